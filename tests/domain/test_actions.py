"""The registry of acts: complete, in order, one answer for page, right click, bulk and API."""

from dataclasses import replace

import pytest

from clusters.domain.action import Group, Risk, Tier
from clusters.domain.actions import ACTIONS, break_panel, check, command, consequences, judge, menu, register
from clusters.domain.acts.faults import BREAKAGES
from clusters.domain.commands import COMMANDS, ClearFault, PauseNode, SetResource, SetRole, SetWitness
from clusters.domain.faults import FaultType
from clusters.domain.items import (
    ActiveFault,
    Disk,
    Resource,
    RoleState,
)
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.state import State
from tests.domain.scenes import CLUSTER, VM, WEB, cluster, why
from vms.domain import actions as vm_actions
from vms.domain import commands as vm_commands
from vms.domain.items import Power

MACHINE = Key("role", "web")

# --- the registry ---


def test_every_command_can_be_asked_for() -> None:
    asked = {action.command for action in ACTIONS.values()}
    assert set(COMMANDS) | set(vm_commands.COMMANDS) <= asked


def test_every_fault_has_its_place_in_the_break_panel() -> None:
    assert {breakage.type for breakage in BREAKAGES} == set(FaultType)


def test_no_two_acts_share_a_name() -> None:
    with pytest.raises(ValueError, match="pause-drain"):
        register(replace(ACTIONS["pause-drain"], place=99))


@pytest.mark.parametrize("kind", ["node", "role", "resource", "disk", "cluster"])
def test_no_two_acts_share_a_letter_in_one_menu(kind: str) -> None:
    for is_machine in (True, False):
        key = Key(kind, "web" if is_machine else "fs")
        letters = [entry.action.letter for entry in menu(cluster(), [key], Tier.OPERATOR) if entry.action.letter]
        assert len(letters) == len(set(letters))


def test_what_destroys_wants_the_name_typed_and_a_reason() -> None:
    destroys = {action.name for action in ACTIONS.values() if action.wants_name}
    assert destroys == {"turn-off", "evict", "fence", "force-quorum", "clear-quarantine", "stop-cluster"}
    assert all(action.wants_reason for action in ACTIONS.values() if action.wants_name)


def test_everything_that_interrupts_says_what_it_does() -> None:
    kinds = {"node": "N1", "role": "web", "vm": "web", "resource": "r", "disk": "d", "cluster": "self"}
    state = cluster(Resource("r", "r", "web"), Disk("d", "d"))
    silent = [
        action.name
        for action in ACTIONS.values()
        if action.risk >= Risk.INTERRUPTS
        and not any(consequences(action, state, [Key(kind, kinds[kind])]) for kind in action.kinds & set(kinds))
    ]
    assert silent == []


GONE = [(action, Key(kind, "gone")) for action in ACTIONS.values() for kind in sorted(action.kinds)]


def test_what_is_gone_is_neither_started_nor_stopped_nor_moved() -> None:
    done = [each for each in GONE if each[0].group in (Group.POWER, Group.MOVE) and each[0].applies(State(), each[1])]
    assert done
    assert [action.name for action, key in done if not check(action, State(), key, Tier.OPERATOR)] == []


def test_of_what_is_gone_every_act_can_still_tell_what_it_would_do() -> None:
    """A dialog may be open when its object goes: all that it asks for is answered."""
    assert all(isinstance(check(action, State(), key, Tier.OPERATOR), Message) for action, key in GONE)
    assert all(isinstance(message, Message) for action, key in GONE for message in action.effects(State(), key))
    assert all(action.applies(State(), key) in (True, False) for action, key in GONE)


# --- menus ---


def names(state: State, *keys: Key) -> list[str]:
    return [entry.action.name for entry in menu(state, keys, Tier.OPERATOR)]


def test_the_menu_of_a_machine_stands_in_fcms_order() -> None:
    assert names(cluster(), Key("role", "web")) == [
        "start-role", "save", "shut-down", "shut-down-forced", "turn-off", "stop-machine",
        "cancel-migration", "live-migrate-best", "live-migrate", "quick-migrate-best", "quick-migrate",
        "move-machine-best", "move-machine",
        "set-priority", "set-preferred-owners", "set-failover", "set-anti-affinity", "set-offline-action",
        "set-machine", "set-monitoring", "refresh-configuration", "reset-monitored",
    ]  # fmt: skip


def test_the_menu_of_a_node_stands_in_fcms_order() -> None:
    assert names(cluster(), Key("node", "N1")) == [
        "pause-drain", "pause", "resume-fail-back", "resume", "start-node", "start-node-to-join",
        "stop-node", "set-vote", "shut-down-node", "restart-node", "force-quorum", "clear-quarantine", "evict",
    ]  # fmt: skip


def test_a_file_server_knows_nothing_of_machines() -> None:
    found = names(cluster(), Key("role", "fs"))
    assert {"start-role", "stop-role", "move-role"} <= set(found)
    assert not {"save", "turn-off", "live-migrate"} & set(found)


def test_several_objects_show_the_acts_they_share() -> None:
    found = names(cluster(), Key("role", "web"), Key("role", "fs"))
    assert "set-priority" in found
    assert "live-migrate" not in found


def test_refused_acts_keep_their_place_and_say_why() -> None:
    entry = next(entry for entry in menu(cluster(), [Key("role", "web")], Tier.OPERATOR))
    assert (entry.action.name, entry.refusal) == ("start-role", say("already-running"))


def test_a_reader_sees_the_same_menu_and_is_told_why() -> None:
    as_reader = menu(cluster(), [Key("node", "N1")], Tier.READER)
    assert [entry.action.name for entry in as_reader] == names(cluster(), Key("node", "N1"))
    assert {entry.refusal for entry in as_reader} == {say("needs-operator")}


def test_what_the_cluster_cannot_do_is_refused_in_its_words() -> None:
    def can(asked: type, key: Key) -> Message:
        return say("not-on-this-cluster") if asked is PauseNode else NOTHING

    refused = [e.action.name for e in menu(cluster(), [Key("node", "N1")], Tier.OPERATOR, can)
               if e.refusal == say("not-on-this-cluster")]  # fmt: skip
    assert refused == ["pause-drain", "pause"]


def test_of_five_machines_the_menu_says_how_many_accept() -> None:
    off = [replace(WEB, id=f"off{n}", state=RoleState.OFFLINE) for n in (1, 2)]
    machines = [replace(VM, id=f"off{n}", power=Power.OFF) for n in (1, 2)]
    keys = [Key("role", "web"), Key("role", "off1"), Key("role", "off2")]
    entry = judge(ACTIONS["save"], cluster(*off, *machines), keys, Tier.OPERATOR)
    assert entry.accepts == (Key("role", "web"),)
    assert [reason.code for _, reason in entry.refuses] == ["not-running", "not-running"]


def test_without_a_selection_there_is_no_menu() -> None:
    assert menu(cluster(), [], Tier.OPERATOR) == ()


# --- commands and faults ---


def test_an_answer_becomes_a_command() -> None:
    made = command(ACTIONS["pause-drain"], Key("node", "N1"), {"target": "N2"})
    assert made == PauseNode("N1", drain=True, target="N2")


def test_a_missing_answer_makes_no_command() -> None:
    with pytest.raises(ValueError, match="target"):
        command(ACTIONS["live-migrate"], Key("role", "web"), {})


def test_a_disk_witness_wants_its_disk() -> None:
    with pytest.raises(ValueError, match="disk"):
        command(ACTIONS["set-witness"], CLUSTER, {"type": "disk"})
    assert command(ACTIONS["set-witness"], CLUSTER, {"type": "none", "disk": "d"}) == SetWitness("none")


def test_a_menu_breaks_nothing_and_the_break_panel_does_nothing_else() -> None:
    assert all(entry.action.group is not Group.BREAK for entry in menu(cluster(), [CLUSTER], Tier.OPERATOR))
    assert all(entry.action.group is Group.BREAK for entry in break_panel(cluster(), [CLUSTER], Tier.OPERATOR))


def test_what_is_broken_is_not_broken_again() -> None:
    broken = cluster(ActiveFault("power:N1", "power", "power", "N1"))
    assert why("break-power", broken, "node", "N1") == say("already-broken")
    assert why("break-power", broken, "node", "N2") == NOTHING


@pytest.mark.parametrize(
    ("act", "key", "answers"),
    [
        ("break-flap", Key("node", "N1"), {"seconds": "soon"}), ("set-clock", CLUSTER, {"speed": "nan"}),
        ("set-priority", Key("role", "web"), {"priority": "9000"}), ("set-life", CLUSTER, {"on": "perhaps"}),
        ("set-failover", Key("role", "web"), {"failover_period_h": "6", "failback_from_h": "25"}),
        ("set-policies", Key("resource", "r"), {"restart_action": "2", "restart_threshold": "²"}),
        ("set-policies", Key("resource", "r"), {"restart_action": "2", "restart_period_s": "9" * 5000}),
    ],
)  # fmt: skip
def test_an_answer_of_the_wrong_kind_makes_no_command(act: str, key: Key, answers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=act):
        command(ACTIONS[act], key, answers)


@pytest.mark.parametrize(
    ("act", "key", "name", "least", "most"),
    [
        ("set-failover", Key("role", "web"), "failover_period_h", 0, 1193),
        ("break-flap", Key("node", "N1"), "seconds", 1, 2**31 - 1),
        ("break-migration-fails", MACHINE, "percent", 0, 100),
        ("set-machine", MACHINE, "memory_mb", 1, 2**31 - 1),
    ],
)
def test_a_number_must_be_one_the_cluster_can_live_with(act: str, key: Key, name: str, least: int, most: int) -> None:
    for wanted in (least, most):
        assert command(ACTIONS[act], key, {name: str(wanted)})
    for strange in (least - 1, most + 1):
        with pytest.raises(ValueError, match=name):
            command(ACTIONS[act], key, {name: str(strange)})


def test_an_empty_answer_takes_a_value_away_where_that_makes_sense() -> None:
    made = command(ACTIONS["set-policies"], Key("resource", "r"),
                   {"restart_action": "2", "restart_threshold": "", "retry_period_s": ""})  # fmt: skip
    assert made == SetResource("r", (("restart_action", "2"), ("retry_period_s", "")))


def test_what_was_not_asked_for_is_left_out() -> None:
    made = command(ACTIONS["set-priority"], Key("role", "web"), {"priority": "1000", "owner": "N9"})
    assert made == SetRole("web", (("priority", "1000"),))


def test_healing_names_the_fault() -> None:
    made = command(ACTIONS["heal"], Key("fault", "power:N1"), {})
    assert isinstance(made, ClearFault)
    assert (made.type, made.target) == ("power", "N1")


def test_the_machines_acts_join_the_registry() -> None:
    assert {action.name for action in vm_actions.ACTIONS} <= set(ACTIONS)
