"""Settings of roles and acts on nodes: which programs they become, what is refused, and when they hold."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from clusters.backends.base import Refused
from clusters.backends.pacemaker import commands, settings, upkeep
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.cib import read_cib
from clusters.backends.pacemaker.looking import CIB
from clusters.backends.pacemaker.roles import possible, preferred, priority
from clusters.backends.pacemaker.transport import Finished
from clusters.domain.commands import (
    Command,
    Failback,
    MoveDisk,
    PauseNode,
    ResumeNode,
    SetResource,
    SetRole,
    StartNode,
    StopNode,
)
from clusters.domain.items import Priority, Resource, Role
from clusters.domain.operations import Phase
from clusters.domain.upkeep import CleanUp, FenceNode, MaintainCluster, MaintainNode, ManageRole
from tests.backends.pacemaker.recorded import NODES, Player, script, state, text, view
from tests.backends.pacemaker.test_backend import changes, cluster


def programs(command: Command, name: str = "healthy") -> list[str]:
    """What the act becomes, as lines."""
    return [" ".join(argv) for argv in commands.ACTS[type(command)].begin(command, view(name))]


@pytest.mark.parametrize(("level", "score"), [(Priority.HIGH, 1000), (Priority.MEDIUM, 0), (Priority.LOW, -1000)])
def test_a_priority_is_written_and_read_again(level: int, score: int) -> None:
    (line,) = programs(SetRole("vm1", (("priority", str(level)),)))
    assert line.endswith(f"--set-parameter=priority --parameter-value={score}")
    pair = f'<nvpair id="p" name="priority" value="{score}"/>'
    cib = text("healthy.cib.xml").replace('<nvpair id="vm1-meta', pair + '<nvpair id="vm1-meta', 1)
    assert priority("vm1", read_cib(cib)) == level


def test_preferred_owners_replace_the_plain_ones_and_leave_moves_alone() -> None:
    new, old = programs(SetRole("vm2", (("preferred_owners", "3,1"),)))
    assert 'rsc="vm2" score="50" node="node3"' in new
    assert 'rsc="vm2" score="49" node="node1"' in new
    assert old.endswith('<rsc_location id="vm2-prefers" />')


def test_what_was_written_is_what_is_preferred() -> None:
    (new, _) = commands.ACTS[SetRole].begin(SetRole("vm2", (("preferred_owners", "3,1"),)), view("healthy"))
    inside = new[-1].removeprefix("<constraints>")
    written = text("healthy.cib.xml").replace('<rsc_location id="vm2-prefers"', '<gone id="vm2-prefers"')
    assert preferred("vm2", read_cib(written.replace("</constraints>", inside, 1))) == ("3", "1")


def test_a_constraint_that_concerns_others_is_left_alone() -> None:
    refs = '<resource_set id="s"><resource_ref id="vm1"/><resource_ref id="vm3"/></resource_set>'
    both = f'<constraints><rsc_location id="both" node="node3" score="-INFINITY">{refs}</rsc_location>'
    seen = replace(view("healthy"), cib=read_cib(text("healthy.cib.xml").replace("<constraints>", both)))
    command = SetResource("vm1", (("possible_owners", "1,2,3"),))
    assert settings.details(command, seen).code == "constraint-shared"
    assert not any("both" in " ".join(argv) for argv in commands.ACTS[SetResource].begin(command, seen))


def test_possible_owners_bar_the_others() -> None:
    (line,) = programs(SetResource("vm1", (("possible_owners", "1,3"),)))
    assert 'rsc="vm1" score="-INFINITY" node="node2"' in line
    assert "node1" not in line


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ((("failback", "on"),), "setting-not-with-pacemaker"),
        ((("priority", "0"),), "pacemaker-starts-all"),
        ((("priority", "high"),), "pacemaker-starts-all"),
        ((("preferred_owners", "9"),), "no-such-node"),
    ],
)
async def test_what_pacemaker_cannot_hold_is_refused(values: tuple[tuple[str, str], ...], code: str) -> None:
    backend, players = cluster("healthy")
    await backend.observe("")
    with pytest.raises(Refused) as caught:
        await backend.submit("k", SetRole("vm1", values))
    assert caught.value.message.code == code
    assert not changes(players)


def test_a_setting_is_reached_when_the_configuration_says_so() -> None:
    seen = view("healthy")
    assert settings.role_done(SetRole("vm2", (("preferred_owners", "2"),)), seen).phase is Phase.SUCCEEDED
    assert settings.role_done(SetRole("vm2", (("preferred_owners", "3"),)), seen).phase is Phase.RUNNING


@pytest.mark.parametrize(("name", "value", "change"), [
    ("failover_threshold", "3", "--set-parameter=migration-threshold --parameter-value=3"),
    ("failover_threshold", "", "--delete-parameter=migration-threshold"),
    ("failover_period_h", "2", "--set-parameter=failure-timeout --parameter-value=7200"),
])  # fmt: skip
def test_limits_of_a_role_are_meta_attributes(name: str, value: str, change: str) -> None:
    assert programs(SetRole("vm1", ((name, value),))) == [f"crm_resource --resource=vm1 --meta {change}"]


@pytest.mark.parametrize(("name", "value", "change"), [
    ("restart_threshold", "5", "--set-parameter=migration-threshold --parameter-value=5"),
    ("retry_period_s", "600", "--set-parameter=failure-timeout --parameter-value=600"),
    ("retry_period_s", "", "--delete-parameter=failure-timeout"),
])  # fmt: skip
def test_limits_of_a_resource_are_the_same(name: str, value: str, change: str) -> None:
    assert programs(SetResource("vm1", ((name, value),))) == [f"crm_resource --resource=vm1 --meta {change}"]


def test_what_is_so_already_is_left_out_of_what_a_page_sends() -> None:
    """Else the fields that Pacemaker knows nothing of would refuse the ones it knows."""
    sent = SetRole("vm1", (("failover_threshold", "7"), ("failover_period_h", "1"), ("failback", "off")))
    assert settings.changed(sent, state("healthy")).values == (("failover_threshold", "7"),)
    on = SetRole("vm1", (("failback", "on"),))
    assert settings.changed(on, state("healthy")) == on


def test_all_are_possible_owners_again() -> None:
    everybody = SetResource("vm1", (("possible_owners", "all"),))
    assert programs(everybody) == []
    assert not settings.details(everybody, view("healthy"))
    assert settings.resource_done(everybody, view("healthy")).phase is Phase.SUCCEEDED


BANNED = (
    '<rsc_location id="cli-ban-vm1-on-node3" rsc="vm1" role="Started" node="node3" score="-INFINITY"/>',
    '<rsc_location id="a-while" rsc="vm1"><rule id="w" score="-INFINITY"><expression id="we" attribute="#uname" '
    'operation="eq" value="node3"/><date_expression id="wd" operation="lt" end="2099-01-01 00:00:00Z"/></rule>'
    "</rsc_location>",
)


@pytest.mark.parametrize("ban", BANNED)
def test_a_ban_for_a_while_is_no_possible_owner_and_stays_what_it_is(ban: str) -> None:
    """Else all of them could never be set again, and setting others would make it last."""
    cib = text("healthy.cib.xml").replace("<constraints>", f"<constraints>{ban}")
    seen, everybody = replace(view("healthy"), cib=read_cib(cib)), SetResource("vm1", (("possible_owners", "all"),))
    assert settings.resource_done(everybody, seen).phase is Phase.SUCCEEDED
    assert [*settings.resource_settings(everybody, seen)] == []
    resource = state("healthy", cib=lambda told: told.replace("<constraints>", f"<constraints>{ban}"))
    assert {each.possible_owners for each in resource.all(Resource) if each.role == "vm1"} == {None}


@pytest.mark.parametrize("command", [
    SetResource("vm1", (("possible_owners", "1,3"),)), SetRole("vm1", (("preferred_owners", ""),)),
])  # fmt: skip
def test_where_nothing_may_run_unless_a_constraint_says_so_owners_are_not_set(
    command: SetResource | SetRole,
) -> None:
    option = '<nvpair id="opt-in" name="symmetric-cluster" value="false"/></cluster_property_set>'
    seen = replace(view("healthy"), cib=read_cib(text("healthy.cib.xml").replace("</cluster_property_set>", option, 1)))
    assert possible("vm1", seen.cib) == ("1",)  # that it prefers
    assert settings.details(command, seen).code == "owners-opt-in"


@pytest.mark.parametrize(("score", "level"), [
    ("INFINITY", Priority.HIGH), ("+5", Priority.HIGH), ("-INFINITY", Priority.LOW), ("0", Priority.MEDIUM),
])  # fmt: skip
def test_a_priority_is_above_or_below_others_however_it_is_written(score: str, level: int) -> None:
    pair = f'<meta_attributes id="p"><nvpair id="pp" name="priority" value="{score}"/></meta_attributes>'
    cib = re.sub(r'(<primitive id="vm1"[^>]*>)', rf"\1{pair}", text("healthy.cib.xml"))
    assert priority("vm1", read_cib(cib)) == level


def test_whether_it_is_looked_for_on_a_node_is_kept_when_its_ban_is_written_anew() -> None:
    facts = 'rsc="vm1" node="node3" score="-INFINITY" resource-discovery="never"'
    cib = text("healthy.cib.xml").replace("<constraints>", f'<constraints><rsc_location id="no-agent" {facts}/>')
    seen = replace(view("healthy"), cib=read_cib(cib))
    new, old = settings.resource_settings(SetResource("vm1", (("possible_owners", "1"),)), seen)
    assert 'node="node3" resource-discovery="never"' in new[-1]
    assert 'node="node2" />' in new[-1]
    assert 'id="no-agent"' in old[-1]


def test_a_set_that_bans_nobody_is_in_nobody_s_way() -> None:
    refs = '<resource_set id="s"><resource_ref id="vm1"/></resource_set>'
    both = f'<rsc_location id="looks" node="node3" score="0" resource-discovery="never">{refs}</rsc_location>'
    cib = text("healthy.cib.xml").replace("<constraints>", f"<constraints>{both}")
    seen = replace(view("healthy"), cib=read_cib(cib))
    assert not settings.details(SetResource("vm1", (("possible_owners", "1,3"),)), seen)


@pytest.mark.parametrize(("command", "program"), [
    (MaintainCluster(on=True), "crm_attribute --name=maintenance-mode --update=true"),
    (MaintainCluster(on=False), "crm_attribute --name=maintenance-mode --delete"),
    (ManageRole("a", on=False), "crm_resource --resource=a --meta --set-parameter=is-managed --parameter-value=false"),
    (ManageRole("a", on=True), "crm_resource --resource=a --meta --delete-parameter=is-managed"),
])  # fmt: skip
def test_maintenance_becomes_these_programs(command: Command, program: str) -> None:
    assert programs(command) == [program]


def test_what_maintenance_leaves_alone_is_not_managed_by_itself() -> None:
    left = {
        role: upkeep.against_managing(role, view("orphan-unmanaged-maintenance")).code for role in ("vm3", "unmanaged")
    }
    assert left == {"vm3": "left-alone-by-maintenance", "unmanaged": ""}


async def test_a_disk_moves_with_its_role_and_a_volume_has_no_owner() -> None:
    backend, players = cluster("groups-and-clones")
    await backend.observe("")
    assert backend.can(MoveDisk, MoveDisk("storage").subject).code == "volume-has-no-owner"
    with pytest.raises(Refused):
        await backend.submit("k", MoveDisk("storage"))
    assert not changes(players)


def test_acts_on_nodes_become_these_programs() -> None:
    assert programs(MaintainNode("1", on=True)) == ["crm_attribute --node=node1 --name=maintenance --update=true"]
    assert programs(CleanUp("vm1")) == ["crm_resource --cleanup --resource=vm1"]
    assert programs(FenceNode("2")) == ["stonith_admin --fence=node2 --timeout=60"]
    assert programs(StopNode("2")) == ["systemctl --no-block stop pacemaker corosync"]


def test_a_cluster_that_fences_by_a_restart_is_asked_for_that() -> None:
    (argv,) = upkeep.fence(FenceNode("2"), view("one-link-down"))
    seen = view("one-link-down").cib.options.get("stonith-action")
    assert (seen, argv[1]) == ("off", "--fence=node2")


async def test_a_node_is_never_asked_to_cut_its_own_power() -> None:
    backend, players = cluster("healthy")
    await backend.observe("")
    assert backend.view
    itself = next(node.id for node in backend.view.monitor.nodes if node.name == backend.view.node)
    await backend.submit("k", FenceNode(itself))
    await backend.observe("")
    asked = [player.node for player in players if any(argv[0] == "stonith_admin" for argv in player.told)]
    assert asked
    assert asked != [backend.view.node]


class Fencing(Player):
    """A node whose fencing device takes its time, and then fails."""

    def __init__(self, node: str) -> None:
        super().__init__(node, script("healthy"))
        self.gate = asyncio.Event()

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        if argv[0] != "stonith_admin":
            return await super().run(argv, deadline_s, stdin)
        await self.gate.wait()
        return Finished(1, "", "No such device")


async def test_a_fencing_that_takes_its_time_is_followed_and_its_failure_told() -> None:
    players = [Fencing(node) for node in NODES]
    backend = Pacemaker(players)
    await backend.observe("")
    async with asyncio.timeout(1):
        await backend.submit("k", FenceNode("2"))
    assert (await backend.observe("")).tasks["k"].phase is Phase.RUNNING
    for player in players:
        player.gate.set()
    await asyncio.gather(*backend._errands._tasks)
    task = (await backend.observe("")).tasks["k"]
    assert (task.phase, "No such device" in dict(task.message.params).values()) == (Phase.FAILED, True)


async def test_the_cluster_service_is_stopped_on_the_node_itself() -> None:
    backend, players = cluster("healthy")
    await backend.observe("")
    await backend.submit("k", StopNode("3"))
    assert [player.node for player in players if any(argv[0] == "systemctl" for argv in player.told)] == ["node3"]


@pytest.mark.parametrize(("scene", "phase"), [
    ("node-shutdown-clean", Phase.SUCCEEDED), ("host-crashed-fenced", Phase.FAILED), ("healthy", Phase.RUNNING),
])  # fmt: skip
def test_a_node_that_had_to_be_fenced_did_not_leave_in_good_order(scene: str, phase: Phase) -> None:
    seen = view(scene)
    down = next((node.id for node in seen.monitor.nodes if node.online is False), "2")
    assert upkeep.has_left(StopNode(down), seen).phase is phase


async def test_a_start_by_force_is_refused() -> None:
    backend, _ = cluster("node-shutdown-clean")
    await backend.observe("")
    with pytest.raises(Refused) as caught:
        await backend.submit("k", StartNode("2", force_quorum=True))
    assert caught.value.message.code == "start-in-good-order"


async def test_what_a_pause_drove_away_is_remembered_at_the_node_and_brought_back() -> None:
    backend, players = cluster("healthy")
    await backend.observe("")
    await backend.submit("drain", PauseNode("1"))
    assert ("crm_attribute", "--node=node1", "--name=console-drained", "--update=vm1") in changes(players)
    backend, players = away_from_home()
    await backend.observe("")
    await backend.submit("back", ResumeNode("1", Failback.IMMEDIATE))
    begun = next(argv for argv in changes(players) if argv[0] == "cibadmin")
    assert 'id="console-live-to-back-1-back"' in begun[-1]


async def test_who_resumes_without_failback_moves_nothing() -> None:
    backend, players = away_from_home()
    await backend.observe("")
    await backend.submit("back", ResumeNode("1", Failback.NONE))
    assert {argv[0] for argv in changes(players)} == {"crm_attribute"}


def away_from_home() -> tuple[Pacemaker, list[Player]]:
    """The recorded standby, whose machine was driven away."""
    backend, players = cluster("standby")
    for player in players:
        answers = dict(player.answers)
        answers[CIB] = Finished(0, driven(answers[CIB].out), "")
        player.answers = answers
    return backend, players


def test_a_role_that_was_driven_away_says_where_it_belongs() -> None:
    role = state("standby", cib=driven).find(Role, "vm1")
    assert role
    assert role.home == "1"


def driven(cib: str) -> str:
    """The recorded standby, with what the console would have written down."""
    pair = '<nvpair id="nodes-1-driven" name="console-drained" value="vm1"/>'
    return cib.replace('<nvpair id="nodes-1-standby"', pair + '<nvpair id="nodes-1-standby"', 1)
