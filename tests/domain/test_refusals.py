"""What may be done with an object now, and the reason when not; what it does and what may be lost."""

from dataclasses import replace

import pytest

from clusters.domain.actions import ACTIONS, consequences
from clusters.domain.acts.cluster import witness_disk
from clusters.domain.items import (
    ActiveFault,
    Disk,
    DiskState,
    DiskUse,
    DrainState,
    Node,
    NodeState,
    Resource,
    ResourceState,
    RoleState,
)
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, say
from clusters.domain.state import State
from tests.domain.scenes import FILES, N1, N2, N3, VM, WEB, cluster, node, why
from vms.domain.items import Heartbeat, MigrationState, OfflineAction, Power

# --- nodes ---


@pytest.mark.parametrize(
    ("act", "given", "reason"),
    [
        ("pause", node(paused=True), "already-paused"),
        ("pause", node(NodeState.DOWN), "node-down"),
        ("pause-drain", node(NodeState.PAUSED, paused=True), ""),
        ("pause-drain", node(NodeState.PAUSED, paused=True, drain=DrainState.DRAINED), "already-drained"),
        ("pause-drain", node(NodeState.PAUSED, paused=True, drain=DrainState.DRAINING), "drain-running"),
        ("pause-drain", node(NodeState.PAUSED, paused=True, drain=DrainState.FAILED), ""),
        ("resume", node(), "not-paused"),
        ("resume-fail-back", node(NodeState.PAUSED, paused=True), ""),
        ("start-node", node(), "already-started"),
        ("start-node", node(NodeState.DOWN), ""),
        ("start-node", node(NodeState.QUARANTINED), "node-quarantined"),
        ("clear-quarantine", node(NodeState.QUARANTINED), ""),
        ("clear-quarantine", node(), "not-quarantined"),
        ("stop-node", node(), ""),
        ("stop-node", node(NodeState.DOWN), "already-stopped"),
        ("force-quorum", node(), "already-started"),
        ("force-quorum", node(NodeState.DOWN), "already-quorum"),
        ("evict", node(NodeState.DOWN), ""),
    ],
)  # fmt: skip
def test_a_node_accepts_or_says_why_not(act: str, given: Node, reason: str) -> None:
    assert why(act, cluster(given), "node", "N1").code == reason


def test_force_is_for_a_cluster_that_has_stopped() -> None:
    assert why("force-quorum", cluster(node(NodeState.DOWN), has_quorum=False), "node", "N1") == NOTHING


@pytest.mark.parametrize("act", ["start-node", "force-quorum"])
def test_a_node_without_power_is_asked_nothing(act: str) -> None:
    dark = cluster(node(NodeState.DOWN), ActiveFault("power:N1", "power", "power", "N1"), has_quorum=False)
    assert why(act, dark, "node", "N1") == say("node-has-no-power", node="N1")


def test_2008_r2_cannot_drain() -> None:
    assert why("pause-drain", cluster(profile="2008R2"), "node", "N1").code == "drain-not-in-version"


@pytest.mark.parametrize("act", ["save", "shut-down", "turn-off", "stop-machine", "live-migrate"])
def test_without_quorum_nothing_is_done_to_machines(act: str) -> None:
    assert why(act, cluster(has_quorum=False), "role", "web") == say("no-quorum")


def test_a_role_that_comes_or_goes_is_not_moved() -> None:
    coming = cluster(replace(FILES, state=RoleState.PENDING, status="starting"))
    assert why("move-role", coming, "role", "fs") == say("busy", doing="starting")


def test_a_drain_needs_somewhere_to_go() -> None:
    alone = cluster(replace(N2, state=NodeState.DOWN), replace(N3, paused=True, state=NodeState.PAUSED))
    assert why("pause-drain", alone, "node", "N1") == say("no-other-node-up")


def test_the_last_node_is_not_evicted() -> None:
    assert why("evict", State.of([N1]), "node", "N1") == say("last-node")


def test_a_drain_says_how_many_roles_move() -> None:
    said = consequences(ACTIONS["pause-drain"], cluster(), [Key("node", "N1")])
    assert say("drain-moves-roles", count=2) in said


# --- roles and machines ---


@pytest.mark.parametrize("act", ["live-migrate", "quick-migrate"])
def test_a_failed_node_gives_nothing_away_in_good_order(act: str) -> None:  # fcm F04, F09
    crashed = cluster(node(NodeState.DOWN))
    assert why(act, crashed, "role", "web") == say("node-down-planned-only", node="HV01")


@pytest.mark.parametrize("act", ["live-migrate", "quick-migrate", "move-machine"])
def test_one_move_at_a_time(act: str) -> None:
    moving = cluster(replace(WEB, status="live-migrating", target="N2"))
    assert why(act, moving, "role", "web") == say("already-moving", target="N2")


def test_an_off_machine_may_be_moved_it_only_changes_its_owner() -> None:  # fcm P25
    off = cluster(replace(WEB, state=RoleState.OFFLINE, status="off"), replace(VM, power=Power.OFF))
    assert why("live-migrate", off, "role", "web") == NOTHING


def test_a_machine_in_between_is_not_migrated() -> None:
    busy = cluster(replace(VM, power=Power.SAVING))
    assert why("live-migrate", busy, "role", "web") == say("busy", doing="saving")


def test_a_move_without_any_possible_owner_is_refused() -> None:  # fcm P17, P18
    bound = cluster(Resource("r", "r", "web", possible_owners=("N1",)))
    assert why("live-migrate", bound, "role", "web") == say("no-possible-owner")


@pytest.mark.parametrize(
    ("state", "status", "reason"),
    [
        (MigrationState.TRANSFER, "live-migrating", ""), (MigrationState.SETUP, "live-migrating", ""),
        (MigrationState.NONE, "queued", ""), (MigrationState.MOVE, "live-migrating", "too-late-to-cancel"),
        (MigrationState.NONE, "running", "not-migrating"),
    ],
)  # fmt: skip
def test_a_migration_is_cancelled_before_its_switch(state: MigrationState, status: str, reason: str) -> None:
    given = cluster(replace(WEB, status=status), replace(VM, migration=state))  # fcm D03, D04
    assert why("cancel-migration", given, "role", "web").code == reason


def test_shutting_down_needs_the_integration_component() -> None:
    assert why("shut-down", cluster(replace(VM, guest_shutdown=False)), "role", "web") == say("no-shutdown-component")


def test_only_drift_is_refreshed() -> None:  # fcm F21
    assert why("refresh-configuration", cluster(), "role", "web") == say("configuration-is-fresh")
    drifted = cluster(replace(VM, drift=(("memory_mb", "8192"),)))
    assert why("refresh-configuration", drifted, "role", "web") == NOTHING


def test_only_a_critical_mark_is_reset() -> None:
    assert why("reset-monitored", cluster(), "role", "web") == say("not-critical")
    sick = cluster(replace(VM, heartbeat=Heartbeat.APPLICATION_CRITICAL))
    assert why("reset-monitored", sick, "role", "web") == NOTHING


def test_a_move_names_the_offline_action_and_what_it_may_lose() -> None:  # fcm F13
    off = cluster(replace(VM, offline_action=OfflineAction.TURN_OFF))
    said = consequences(ACTIONS["move-machine"], off, [Key("role", "web")])
    assert said[0] == say("offline-action-runs", action="turn_off")
    assert say("loses-data-like-power-cut") in said


def test_a_live_migration_says_when_a_disk_changes_hands() -> None:  # fcm F03
    shared = cluster(Disk("d", "d", use=DiskUse.SHARED_VOLUME), replace(VM, disk="d"))
    own = cluster(Disk("d", "d", use=DiskUse.ROLE), replace(VM, disk="d"))
    keys = [Key("role", "web")]
    assert say("connections-survive") in consequences(ACTIONS["live-migrate"], shared, keys)
    assert say("disk-changes-hands") in consequences(ACTIONS["live-migrate"], own, keys)


def test_nothing_starts_without_quorum() -> None:
    stopped = cluster(replace(WEB, state=RoleState.OFFLINE), has_quorum=False)
    assert why("start-role", stopped, "role", "web") == say("no-quorum")


def test_on_a_paused_node_nothing_comes_online() -> None:  # fcm D08
    paused = cluster(
        node(NodeState.PAUSED, paused=True), Resource("r", "r", "fs"), replace(FILES, state=RoleState.OFFLINE)
    )
    for act, kind, name in (("bring-online", "resource", "r"), ("start-role", "role", "fs")):
        assert why(act, paused, kind, name) == say("node-paused-no-online", node="HV01")


# --- resources, disks, cluster ---


def test_taking_a_resource_offline_names_what_goes_with_it() -> None:
    chain = [Resource("ip", "IP", "fs"), Resource("nn", "Name", "fs", depends_on=("ip",)),
             Resource("sh", "Share", "fs", depends_on=("nn",))]  # fmt: skip
    said = consequences(ACTIONS["take-offline"], cluster(*chain), [Key("resource", "ip")])
    assert said == (say("dependents-go-offline", names="Name, Share"),)


@pytest.mark.parametrize(
    ("act", "state", "reason"),
    [
        ("bring-online", ResourceState.ONLINE, "already-online"), ("bring-online", ResourceState.FAILED, ""),
        ("take-offline", ResourceState.OFFLINE, "already-offline"), ("simulate-failure", ResourceState.ONLINE, ""),
        ("simulate-failure", ResourceState.OFFLINE, "not-online"),
    ],
)  # fmt: skip
def test_a_resource_accepts_or_says_why_not(act: str, state: ResourceState, reason: str) -> None:
    assert why(act, cluster(Resource("r", "r", "fs", state=state)), "resource", "r").code == reason


def test_a_locked_resource_stays_as_it_is() -> None:
    locked = Resource("r", "r", "fs", state=ResourceState.ONLINE, locked=True)
    assert why("take-offline", cluster(locked), "resource", "r") == say("resource-locked")


@pytest.mark.parametrize(
    ("act", "disk", "reason"),
    [
        ("maintenance-on", Disk("d", "d", use=DiskUse.WITNESS), "witness-no-maintenance"),
        ("maintenance-on", Disk("d", "d", use=DiskUse.SHARED_VOLUME), ""),
        ("maintenance-off", Disk("d", "d"), "not-in-maintenance"),
        ("share-disk", Disk("d", "d", use=DiskUse.AVAILABLE), ""),
        ("share-disk", Disk("d", "d", use=DiskUse.WITNESS), "disk-is-witness"),
        ("share-disk", Disk("d", "d", use=DiskUse.ROLE, role="fs"), "disk-belongs-to-role"),
        ("move-disk", Disk("d", "d", use=DiskUse.ROLE, role="fs"), "disk-belongs-to-role"),
        ("unshare-disk", Disk("d", "d"), "not-a-shared-volume"),
        ("redirect-on", Disk("d", "d", DiskState.REDIRECTED, DiskUse.SHARED_VOLUME), "already-redirected"),
        ("redirect-off", Disk("d", "d", use=DiskUse.SHARED_VOLUME), "not-redirected"),
    ],
)
def test_a_disk_accepts_or_says_why_not(act: str, disk: Disk, reason: str) -> None:  # fcm Q16
    assert why(act, cluster(disk), "disk", "d").code == reason


def test_maintenance_of_a_shared_volume_takes_its_machines_down() -> None:  # fcm C03, C04
    shared, plain = Disk("d", "d", use=DiskUse.SHARED_VOLUME), Disk("d", "d", use=DiskUse.ROLE)
    said = [consequences(ACTIONS["maintenance-on"], cluster(disk), [Key("disk", "d")])[0] for disk in (shared, plain)]
    assert said == [say("maintenance-dependents-offline"), say("maintenance-dependents-stay")]


def test_a_shared_volume_cannot_be_the_witness() -> None:  # fcm Q15
    state = cluster(Disk("d", "CSV 1", use=DiskUse.SHARED_VOLUME), Disk("q", "Q"))
    assert witness_disk(state, "d") == say("csv-cannot-be-witness", disk="CSV 1")
    assert witness_disk(state, "q") == NOTHING


def test_a_cluster_that_runs_is_not_started() -> None:
    assert why("start-cluster", cluster(), "cluster", "self") == say("all-nodes-started")
    assert why("stop-cluster", cluster(), "cluster", "self") == NOTHING
