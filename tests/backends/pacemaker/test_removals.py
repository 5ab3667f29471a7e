"""A machine leaves the cluster, and settings are changed: what would happen, by the real scheduler, and what is in the
way."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clusters.backends.base import Answer, Question
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.cib import read_cib
from clusters.backends.pacemaker.removals import against, constraints
from clusters.domain.commands import Command, SetResource, SetRole
from clusters.domain.items import Role
from clusters.domain.keys import Key
from tests.backends.pacemaker.engine import dummy, meta, needs_pacemaker, players, told, written
from vms.backends.definitions import leaving
from vms.backends.libvirt import Libvirt
from vms.domain.commands import RemoveMachine

MACHINE = 'class="ocf" provider="heartbeat" type="VirtualDomain"'
FILE = '<instance_attributes id="vm-params"><nvpair id="vm-c" name="config" value="/srv/vm.xml"/></instance_attributes>'
TWO = dummy("vm", FILE, MACHINE) + dummy("web")
OWN = (
    '<rsc_location id="wish" rsc="vm" node="node1" score="50"/><rsc_ticket id="t" rsc="vm" ticket="paris"/>'
    '<rsc_location id="set" node="node2" score="5"><resource_set id="s"><resource_ref id="vm"/></resource_set>'
    "</rsc_location>"
    '<rsc_colocation id="console-apart-vm--web" rsc="vm" with-rsc="web" score="-10000"/>'
)
RUNNING = (("vm", "node1"), ("web", "node2"))


async def ask(command: Command, cib: str, folder: Path) -> Answer:
    backend = Libvirt(Pacemaker(players(cib, folder)))
    await backend.observe("")
    return await backend.ask(Question("forecast", command))


@needs_pacemaker
async def test_a_machine_that_leaves_goes_on_alone_and_its_constraints_go(tmp_path: Path) -> None:
    ours = OWN.replace('<rsc_ticket id="t" rsc="vm" ticket="paris"/>', "")
    answer = await ask(RemoveMachine("vm"), written(TWO, ours, running=RUNNING), tmp_path)
    told = [(each.code, dict(each.params)) for each in answer.messages]
    assert told == [
        ("forecast-goes-on-alone", {"role": "vm", "node": "node1"}),
        ("forecast-constraints-go", {"constraints": "wish, set, console-apart-vm--web"}),
    ]
    assert answer.state
    assert [role.id for role in answer.state.all(Role)] == ["web"]


@needs_pacemaker
async def test_one_that_is_off_stays_off(tmp_path: Path) -> None:
    off = TWO.replace(FILE, FILE + meta("vm", target_role="Stopped"))
    answer = await ask(RemoveMachine("vm"), written(off), tmp_path)
    assert [each.code for each in answer.messages] == ["forecast-stays-off"]


def test_what_names_only_it_goes_along() -> None:
    cib = read_cib(written(TWO, OWN))
    assert constraints("vm", cib) == ("wish", "t", "set", "console-apart-vm--web")
    assert not against("vm", cib)


@pytest.mark.parametrize("constraint", [
    '<rsc_colocation id="tie" rsc="web" with-rsc="vm" score="INFINITY"/>',
    '<rsc_order id="tie" first="vm" then="web"/>',
    '<rsc_location id="tie" node="node3" score="-INFINITY"><resource_set id="s"><resource_ref id="vm"/>'
    '<resource_ref id="web"/></resource_set></rsc_location>',
])  # fmt: skip
def test_what_ties_others_to_it_is_taken_away_by_who_made_it(constraint: str) -> None:
    reason = against("vm", read_cib(written(TWO, constraint)))
    assert reason.code == "role-is-tied"
    assert dict(reason.params) == {"role": "vm", "roles": "web", "constraint": "tie"}


@pytest.mark.parametrize("around", [
    '<tags><tag id="mine"><obj_ref id="vm"/></tag></tags>',
    '<acls><acl_role id="r"><acl_permission id="mine" kind="read" reference="vm"/></acl_role></acls>',
])  # fmt: skip
def test_tags_and_rights_that_name_it_are_in_the_way(around: str) -> None:
    reason = against("vm", read_cib(written(TWO, defaults=around)))
    assert (reason.code, dict(reason.params)["by"]) == ("role-is-named", "mine")


def option(value: str) -> str:
    """A running machine in a cluster whose own options say that of what is no longer configured; "" nothing."""
    return written(TWO, options={"stop-orphan-resources": value} if value else None, running=RUNNING)


RULED = option("true").replace(
    '<cluster_property_set id="cib-bootstrap-options">',
    '<cluster_property_set id="cib-bootstrap-options"><rule id="r" score="INFINITY">'
    '<date_expression id="d" operation="gt" start="2000-01-01"/></rule>',
)


def without_it(cib: str, folder: Path) -> str:
    """What the scheduler would do as soon as the machine has left as the console makes it leave."""
    keep, *_ = leaving("vm", "op-1", datetime.now(UTC) + timedelta(hours=1))
    ours = keep[-1].removeprefix("<configuration><crm_config>").removesuffix("</crm_config></configuration>")
    left = cib.replace(dummy("vm", FILE, MACHINE), "").replace("</crm_config>", f"{ours}</crm_config>")
    return told(left, folder, "crm_simulate", "--run", f"--xml-file={folder / 'cib.xml'}")


@needs_pacemaker
@pytest.mark.parametrize(("cib", "stopped"), [
    (option(""), False), (option("false"), False), (option("No"), False),
    (option("true"), True), (option("perhaps"), True), (RULED, True),
])  # fmt: skip
async def test_a_machine_that_runs_stays_where_leaving_would_stop_it(cib: str, stopped: bool, tmp_path: Path) -> None:
    backend = Libvirt(Pacemaker(players(cib, tmp_path)))
    await backend.observe("")
    assert ("Stop       vm " in without_it(cib, tmp_path)) is stopped
    assert backend.can(RemoveMachine, Key("vm", "vm")).code == ("orphans-are-stopped" if stopped else "")


@needs_pacemaker
async def test_one_at_rest_may_leave_whatever_becomes_of_those_that_run(tmp_path: Path) -> None:
    off = TWO.replace(FILE, FILE + meta("vm", target_role="Stopped"))
    backend = Libvirt(Pacemaker(players(written(off, options={"stop-orphan-resources": "true"}), tmp_path)))
    await backend.observe("")
    assert not backend.can(RemoveMachine, Key("vm", "vm"))


ONE_NODE = "".join(
    f'<rsc_location id="{role}{node}" rsc="{role}" node="{node}" score="-INFINITY"/>'
    for role in ("vm", "web") for node in ("node2", "node3")
)  # fmt: skip


@needs_pacemaker
@pytest.mark.parametrize(("setting", "attribute", "states"), [
    ("apart_always", "console_never_together", ["offline", "online"]),
    ("anti_affinity", "console_apart", ["online", "online"]),
])  # fmt: skip
async def test_the_scheduler_says_what_keeping_apart_on_one_node_would_stop(
    setting: str, attribute: str, states: list[str], tmp_path: Path
) -> None:
    both = dummy("vm", FILE, MACHINE) + dummy("web", meta("web", **{attribute: "dc"}))
    cib = written(both, ONE_NODE, running=(("vm", "node1"), ("web", "node1")))
    answer = await ask(SetRole("vm", ((setting, "dc"),)), cib, tmp_path)
    assert answer.state
    assert sorted(role.state for role in answer.state.all(Role)) == states


@needs_pacemaker
@pytest.mark.parametrize(("owners", "owner"), [("2,3", "2"), ("1,2,3", "1")])
async def test_what_a_change_of_possible_owners_would_move_is_foreseen(owners: str, owner: str, tmp_path: Path) -> None:
    wish = "".join(
        f'<rsc_location id="{node}" rsc="web" node="{node}" score="{score}"/>'
        for node, score in (("node1", 9), ("node2", 5))
    )
    cib = written(dummy("web"), wish, running=(("web", "node1"),))
    answer = await ask(SetResource("web", (("possible_owners", owners),)), cib, tmp_path)
    assert answer.state
    found = answer.state.find(Role, "web")
    assert found
    assert found.owner == owner


@needs_pacemaker
async def test_a_setting_that_would_be_refused_is_not_foreseen(tmp_path: Path) -> None:
    theirs = '<rsc_colocation id="theirs" rsc="vm" with-rsc="web" score="-INFINITY"/>'
    answer = await ask(SetRole("vm", (("apart_always", ""),)), written(TWO, theirs, running=RUNNING), tmp_path)
    assert answer.state is None
    assert [each.code for each in answer.messages] == ["colocation-of-others"]
