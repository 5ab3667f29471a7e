"""What can be done with roles and their resources (fcm §1.4-1.6); what only machines know is added by `vms`."""

from collections.abc import Mapping

from clusters.domain import conditions as when
from clusters.domain.action import Action, Answer, Group, Make, Question, Risk, always, first, kinds
from clusters.domain.acts import risks
from clusters.domain.commands import (
    BringOnline,
    MoveRole,
    SetResource,
    SetRole,
    SimulateFailure,
    StartRole,
    StopRole,
    TakeOffline,
    Values,
)
from clusters.domain.items import Priority, Resource, Role, RoleType
from clusters.domain.keys import Key
from clusters.domain.messages import Message, say
from clusters.domain.state import State

ROLE = kinds("role", "vm")
RESOURCE = kinds("resource")
TARGET = Question("target", Answer.NODE)
POLICIES = (
    "restart_action", "restart_threshold", "restart_period_s", "restart_delay_ms", "retry_period_s",
    "pending_timeout_s", "looks_alive_ms",
)  # fmt: skip
FAILOVER_PERIOD_MOST_H = 1193
"""Windows keeps it in milliseconds, in 32 bits (fcm §2.7)."""
PRIORITIES = tuple(str(value) for value in (Priority.HIGH, Priority.MEDIUM, Priority.LOW, Priority.NO_AUTO_START))


def is_plain(state: State, key: Key) -> bool:
    """A role that is no virtual machine: those stop in their own ways."""
    role = state.find(Role, key.id)
    return role is not None and role.type is not RoleType.VIRTUAL_MACHINE


def given(answers: Mapping[str, str], *names: str) -> Values:
    """The answers that were given, as command values."""
    return tuple((name, answers[name]) for name in names if name in answers)


def set_role(*names: str) -> Make:
    """Makes a SetRole of the named answers."""
    return lambda key, answers: SetRole(key.id, given(answers, *names))


def stops(state: State, key: Key) -> tuple[Message, ...]:
    return (say("role-stops"), say("clients-disconnected"))


def moves(state: State, key: Key) -> tuple[Message, ...]:
    return (say("role-offline-while-moving"), say("clients-disconnected"))


def dependents(state: State, key: Key) -> tuple[Message, ...]:
    """What depends on the resource goes offline with it (fcm §2.6)."""
    resource = state.find(Resource, key.id)
    others = state.resources_of(resource.role) if resource else ()
    names = _dependents({key.id}, others)
    return (say("dependents-go-offline", names=", ".join(names)),) if names else (say("resource-goes-offline"),)


def _dependents(lost: set[str], others: tuple[Resource, ...]) -> list[str]:
    """Names of what depends on the lost resources, directly or through others."""
    found = [other for other in others if other.id not in lost and lost & set(other.depends_on)]
    if not found:
        return []
    return [other.name for other in found] + _dependents(lost | {other.id for other in found}, others)


def goes_by_fcm(state: State, key: Key) -> bool:
    """Whether failures are counted in FCM's way; Pacemaker has limits of its own (see `upkeep`)."""
    return not when.runs_pacemaker(state, key)


def keeps_apart(state: State, key: Key) -> tuple[Message, ...]:
    """FCM waits for the next start; Pacemaker's planner goes through all roles at every change."""
    if not when.runs_pacemaker(state, key):
        return (say("anti-affinity-when-recycled"),)
    return say("apart-where-possible"), say("roles-part-at-once")


ACTIONS = (
    Action(
        "start-role", ROLE, Group.POWER, 10, Risk.REVERSIBLE, "player-play", StartRole,
        lambda key, answers: StartRole(key.id),
        first(when.has_quorum, when.role_not_running, when.node_takes_roles),
        lambda state, key: (say("role-starts"),), letter="s",
    ),
    Action(
        "stop-role", ROLE, Group.POWER, 60, Risk.INTERRUPTS, "player-stop", StopRole,
        lambda key, answers: StopRole(key.id), first(when.has_quorum, when.role_not_offline), stops,
        failing=risks.of_stopping, applies=is_plain,
    ),
    Action(
        "move-role-best", ROLE, Group.MOVE, 50, Risk.INTERRUPTS, "star", MoveRole,
        lambda key, answers: MoveRole(key.id),
        first(when.has_quorum, when.role_not_moving, when.another_node_fits), moves,
        failing=risks.of_stopping, submenu=("move",), applies=is_plain,
    ),
    Action(
        "move-role", ROLE, Group.MOVE, 60, Risk.INTERRUPTS, "arrow-right", MoveRole,
        lambda key, answers: MoveRole(key.id, answers["target"]),
        first(when.has_quorum, when.role_not_moving, when.another_node_fits), moves,
        failing=risks.of_stopping, questions=(TARGET,), submenu=("move",), letter="m", applies=is_plain,
    ),
    # Settings refuse nothing: they are the role's own, whatever it does just now.
    Action(
        "set-priority", ROLE, Group.CHANGE, 10, Risk.REVERSIBLE, "adjustments", SetRole, set_role("priority"),
        always, lambda state, key: (say("priority-orders-starts"),),
        questions=(Question("priority", Answer.CHOICE, PRIORITIES),),
    ),
    Action(
        "set-preferred-owners", ROLE, Group.CHANGE, 20, Risk.REVERSIBLE, "users", SetRole, set_role("preferred_owners"),
        always, lambda state, key: (say("preferred-is-not-possible"),),
        questions=(Question("preferred_owners", Answer.NODES, clears=True),), rearranges=True,
    ),
    Action(
        "set-failover", ROLE, Group.CHANGE, 30, Risk.REVERSIBLE, "settings", SetRole,
        set_role("failover_threshold", "failover_period_h", "failback", "failback_from_h", "failback_to_h"),
        always, lambda state, key: (say("failback-wants-preferred-owner"),),
        questions=(
            Question("failover_threshold", Answer.NUMBER, clears=True),
            Question("failover_period_h", Answer.NUMBER, most=FAILOVER_PERIOD_MOST_H),
            Question("failback", Answer.FLAG, optional=True),
            Question("failback_from_h", Answer.HOUR, clears=True),
            Question("failback_to_h", Answer.HOUR, clears=True),
        ),
        applies=goes_by_fcm,
    ),
    Action(
        "set-anti-affinity", ROLE, Group.CHANGE, 40, Risk.REVERSIBLE, "affiliate", SetRole, set_role("anti_affinity"),
        always, keeps_apart,
        questions=(Question("anti_affinity", Answer.TEXT, clears=True),), rearranges=True,
    ),
    Action(
        "bring-online", RESOURCE, Group.POWER, 10, Risk.REVERSIBLE, "player-play", BringOnline,
        lambda key, answers: BringOnline(key.id),
        first(when.has_quorum, when.resource_not_online, when.node_takes_roles),
        lambda state, key: (say("what-it-needs-comes-first"),),
    ),
    Action(
        "take-offline", RESOURCE, Group.POWER, 20, Risk.INTERRUPTS, "player-stop", TakeOffline,
        lambda key, answers: TakeOffline(key.id), first(when.has_quorum, when.resource_not_offline), dependents,
        failing=risks.of_stopping,
    ),
    Action(
        "set-possible-owners", RESOURCE, Group.CHANGE, 10, Risk.REVERSIBLE, "users", SetResource,
        lambda key, answers: SetResource(key.id, given(answers, "possible_owners")),
        always, lambda state, key: (say("possible-owners-restrict"),),
        questions=(Question("possible_owners", Answer.NODES),), rearranges=True,
    ),
    Action(
        "set-policies", RESOURCE, Group.CHANGE, 20, Risk.REVERSIBLE, "settings", SetResource,
        lambda key, answers: SetResource(key.id, given(answers, *POLICIES)),
        questions=(
            Question("restart_action", Answer.CHOICE, ("0", "1", "2")),
            *(Question(name, Answer.NUMBER, optional=True, clears=name == "retry_period_s") for name in POLICIES[1:]),
        ),
        applies=goes_by_fcm,
    ),
    Action(
        "simulate-failure", RESOURCE, Group.MORE, 10, Risk.INTERRUPTS, "bug", SimulateFailure,
        lambda key, answers: SimulateFailure(key.id), when.resource_online,
        lambda state, key: (say("failure-counts-as-real"),), submenu=("more",),
    ),
)  # fmt: skip
