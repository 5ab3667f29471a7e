"""The page of a node that gives its roles away says how far it is, and whether it may be rebooted."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from clusters import snapshots
from clusters.domain import codec
from clusters.domain.commands import PauseNode
from clusters.domain.items import Disk, DrainState, Node, Role
from clusters.models import Cluster, Operation, Transition
from tests.web import stage

NODE = "/clusters/ams/nodes/ams-hv03"


def text(page: str) -> str:
    """The words of it."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_it_says_how_far_the_drain_is_and_that_nobody_may_reboot_yet(alice: Client) -> None:
    page = alice.get(NODE).content.decode()
    assert "DRAINING 5 / 16" in page
    assert "AMS-HV03 is not safe to reboot." in page


def test_it_names_each_role_that_is_still_there_and_where_it_goes(alice: Client) -> None:
    steps = alice.get(NODE).content.decode().partition('id="steps"')[2]
    assert "SQL-PROD-02" in steps
    assert "AMS-HV03 → AMS-HV05" in steps


def test_it_counts_the_roles_that_cannot_leave(alice: Client, cluster: Cluster) -> None:
    role = snapshots.current(cluster.pk).state.find(Role, "sql-prod-02")
    assert role is not None
    stage.play(cluster, instead=(replace(role, status="move-blocked", badness=2),))
    assert "· 1 blocked" in alice.get(NODE).content.decode()


def test_it_is_safe_to_reboot_when_nothing_is_left(alice: Client, cluster: Cluster) -> None:
    drained = Node("ams-hv03", "AMS-HV03", paused=True, drain=DrainState.DRAINED, drain_done=16, drain_total=16)
    state = snapshots.current(cluster.pk).state
    mine = [item for item in state.all(Role) if "ams-hv03" in (item.owner, item.target)]
    away = [replace(role, owner="ams-hv01", target="", home="ams-hv03") for role in mine]
    disks = [replace(disk, owner="ams-hv01") for disk in state.all(Disk) if disk.owner == "ams-hv03"]
    stage.play(cluster, instead=(drained, *away, *disks))
    page = alice.get(NODE).content.decode()
    assert "SAFE TO REBOOT" in page
    assert "Moved" in page


@pytest.fixture
def drain(cluster: Cluster) -> Operation:
    """The drain of the stage, as somebody asked for it."""
    now = datetime.now(UTC)
    return Operation.objects.create(
        key="op-drain", cluster=cluster, subject_kind="node", subject="ams-hv03", subject_name="AMS-HV03", seq=1,
        action="pause-node", command=codec.encode(PauseNode("ams-hv03")), requested_by_name="alice", requested_at=now,
        status="running", token="drain",
    )  # fmt: skip


def went(drain: Operation, role: str, *way: tuple[str, str, str, int]) -> None:
    """What history knows of a role: changed from, to, seconds after noon."""
    for what, before, after, at in way:
        moment = stage.NOON + timedelta(seconds=at)
        Transition.objects.create(
            cluster=drain.cluster, seq=1, at=moment, recorded_at=moment, kind="role", key=role, what=what,
            before=before, after=after, cause="drain", operation=drain,
        )  # fmt: skip


LIVE = (
    ("status", "running", "queued", 0), ("status", "queued", "live-migrating", 4),
    ("owner", "ams-hv03", "ams-hv01", 17), ("status", "live-migrating", "running", 17),
)  # fmt: skip


def emptied(cluster: Cluster) -> None:
    node = Node("ams-hv03", "AMS-HV03", paused=True, drain=DrainState.DRAINED, drain_done=16, drain_total=16)
    state = snapshots.current(cluster.pk).state
    mine = [role for role in state.all(Role) if "ams-hv03" in (role.owner, role.target)]
    away = [replace(role, owner="ams-hv01", target="", status="running", badness=0) for role in mine]
    stage.play(cluster, instead=(node, *away))


def test_a_drain_that_is_over_says_what_happened_way_by_way(alice: Client, cluster: Cluster, drain: Operation) -> None:
    went(drain, "sql-prod-02", *LIVE)
    emptied(cluster)
    told = text(alice.get(NODE).content.decode().partition("What happened")[2])
    assert "1 × live migration longest: sql-prod-02, 13 s" in told


def test_each_role_that_has_left_says_how(alice: Client, cluster: Cluster, drain: Operation) -> None:
    went(drain, "sql-prod-02", *LIVE)
    emptied(cluster)
    steps = text(alice.get(NODE).content.decode().partition('id="steps"')[2])
    assert "SQL-PROD-02 Moved AMS-HV03 → AMS-HV01 Live migration, 13 s" in steps


def test_what_does_not_run_has_only_changed_its_owner(alice: Client, cluster: Cluster, drain: Operation) -> None:
    went(drain, "dev-03", ("status", "off", "moving", 0), ("owner", "ams-hv03", "ams-hv01", 0))
    off = snapshots.current(cluster.pk).state.find(Role, "dev-03")
    assert off is not None
    stage.play(cluster, instead=(replace(off, owner="ams-hv01"),))
    steps = text(alice.get(NODE).content.decode().partition('id="steps"')[2])
    assert "DEV-03 Moved AMS-HV03 → AMS-HV01 Owner change" in steps


def test_what_has_left_and_does_not_work_yet_is_told(alice: Client, cluster: Cluster, drain: Operation) -> None:
    went(drain, "dc-02", ("owner", "ams-hv03", "ams-hv01", 1))
    role = snapshots.current(cluster.pk).state.find(Role, "dc-02")
    assert role is not None
    stage.play(cluster, instead=(replace(role, owner="ams-hv01", status="quick-migrating", badness=1),))
    page = text(alice.get(NODE).content.decode())
    assert "1 role is arriving elsewhere." in page
    assert "DC-02 Quick migrating AMS-HV03 → AMS-HV01" in page


def test_a_role_that_is_under_way_shows_how_far_it_is_and_one_that_waits_does_not(alice: Client) -> None:
    steps = alice.get(NODE).content.decode().partition('id="steps"')[2]
    assert 'value="37"' in steps
    assert "APP-PROD-04 0 %" not in steps


def test_a_node_in_service_says_nothing_of_a_drain(alice: Client) -> None:
    assert 'id="drain"' not in alice.get("/clusters/ams/nodes/ams-hv01").content.decode()
