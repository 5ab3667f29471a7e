"""What would become of roles and nodes: the state a planner foresees, compared with the one that is observed.

Every planner answers with a State; what is worth telling of it is worked out here and nowhere else, so that the
simulator's forecast, Pacemaker's and what then really happens are told in the same way (architecture §0.1.17).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from clusters.domain import codec, placement
from clusters.domain.bookings import AT_REST, Bookings
from clusters.domain.items import Node, NodeState, Role, RoleState, RoleType
from clusters.domain.log import Transition
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.placement import Room
from clusters.domain.quorum import while_away
from clusters.domain.state import State

OUTCOMES_MOST = 300
"""Roles told one by one, the worst first; `counts` counts all."""


class Fate(StrEnum):
    """What becomes of one role, worst first."""

    STOPS = "stops"
    UNWATCHED = "unwatched"  # runs on, perhaps: nobody who can tell sees it
    STAYS = "stays"  # it was to leave, and cannot
    WAITS = "waits"  # it was to leave, and is still on its way when the planner stops looking
    RESTARTS = "restarts"  # interrupted, and runs again where it was
    MOVES = "moves"
    STARTS = "starts"


class Method(StrEnum):
    """How a role gets to another node. Only a live migration keeps its clients."""

    LIVE = "live"
    QUICK = "quick"
    MOVE = "move"
    RESTART = "restart"  # started anew, after its node or the role itself failed
    OWNER = "owner"  # it does not run: only its owner changes
    UNKNOWN = ""


MANNERS = {"live-migrating": Method.LIVE, "quick-migrating": Method.QUICK, "moving": Method.MOVE}
"""The method by the word a role's status shows meanwhile."""
UNBROKEN = frozenset({"running", "online", "queued", "unmonitored", "application-critical", "move-blocked", "locked"})
"""A role whose status shows only these goes on serving."""


INTERNAL = frozenset({RoleType.CORE, RoleType.AVAILABLE_STORAGE})
"""Groups the cluster keeps for itself."""
IN_SERVICE = frozenset({NodeState.UP, NodeState.PAUSED})
NODES_NAMED = 5
SPACES_MOST = 16
"""Where a node is emptied or goes, people look for each of the others; of larger clusters only what changes is told."""
AT_LAST = ("forecast-one-more", "forecast-one-more-fits", "forecast-takes", "forecast-takes-longer")
"""Said after all that may be bad."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One role. `status` is its word of ui.md §6 afterwards; `reason` says why it stays where it should not."""

    role: str
    name: str
    fate: Fate
    method: Method
    source: str
    target: str
    status: str
    badness: int
    priority: int
    memory_mb: int
    reason: Message = NOTHING
    seconds: int | None = None  # how long it is under way itself, waiting not counted; None: the planner knows no time


@dataclass(frozen=True, slots=True)
class Space:
    """A node's memory taken by roles, before and after. `out`: afterwards it is no part of the cluster."""

    node: str
    name: str
    memory_mb: int
    before_mb: int
    after_mb: int
    out: bool = False


@dataclass(frozen=True, slots=True)
class Afterwards:
    """The cluster once a node is empty, or `gone`. `away`: how many losses it survives while that node is away, None:
    it stops without it. `fullest` is the name of the node that then has least room, "" where no memory is known."""

    votes: int
    needed: int
    survives: int
    away: int | None
    fullest: str = ""
    fullest_used_mb: int = 0
    fullest_memory_mb: int = 0
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A node, whether it works for the cluster as far as anybody knows, and the roles that stand on it."""

    node: str
    in_service: bool
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """`counts` by fate, over all roles. `interrupted`: how many of them lose their clients on the way. `afterwards`:
    only where one node is emptied or goes, and the cluster goes on. `fenced`: nodes that are to be fenced, as they
    stood."""

    findings: tuple[Message, ...]
    outcomes: tuple[Outcome, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    interrupted: int = 0
    spaces: tuple[Space, ...] = ()
    afterwards: Afterwards | None = None
    fenced: tuple[Standing, ...] = ()

    def count(self, fate: Fate) -> int:
        """How many roles fare so."""
        return dict(self.counts).get(fate.value, 0)


codec.register(Forecast)


def compare(
    before: State,
    after: State,
    methods: Mapping[str, Method] | None = None,
    leaving: Collection[str] = frozenset(),
    told: Iterable[Message] = (),
    seconds: Mapping[str, int] | None = None,
) -> Forecast:
    """What changes between two states. `methods` and `seconds` by role (see `methods_of`, `seconds_of`); `leaving` are
    the nodes that roles are to leave, `told` the planner's own findings."""
    known = methods or {}
    # Summed up once for all roles that stay; where nobody was to leave, nobody asks why he stayed.
    room = Room(after) if leaving else None
    gone = _in_service(before) - _in_service(after)
    outcomes = [
        outcome
        for role in before.all(Role)
        if role.type not in INTERNAL
        if role.owner in gone or role.owner in leaving or not _goes_anyway(role, after, known)
        if (outcome := _outcome(role, after, known.get(role.id, Method.UNKNOWN), leaving, room)) is not None
    ]
    outcomes = [replace(outcome, seconds=(seconds or {}).get(outcome.role)) for outcome in outcomes]
    outcomes.sort(key=lambda outcome: (_RANK[outcome.fate], -outcome.priority, outcome.name))
    counts = Counter(outcome.fate for outcome in outcomes)
    interrupted = sum(_interrupts(outcome) for outcome in outcomes)
    found = (*told, *_findings(before, after, counts, interrupted))
    return Forecast(
        tuple(sorted(found, key=lambda message: message.code in AT_LAST)) or (say("forecast-nothing"),),
        tuple(outcomes[:OUTCOMES_MOST]),
        tuple((fate.value, counts[fate]) for fate in Fate if counts[fate]),
        interrupted,
        tuple(_spaces(before, after, leaving)),
        _afterwards(before, after, leaving),
    )


def holds(forecast: Forecast, now: State) -> bool:
    """Whether every role that is told of is still where it was, and every node it would go to still takes roles."""
    # Whoever fences decides about a node and what stands on it; where that goes afterwards is not settled yet, and a
    # cluster in trouble changes its mind while he reads.
    if forecast.fenced:
        return all(standing(each.node, now) == each for each in forecast.fenced)
    # Owners only: states and words change by themselves while somebody reads, and the plan is as good as it was.
    for outcome in forecast.outcomes:
        role = now.find(Role, outcome.role)
        if role is None or role.owner != outcome.source:
            return False
    # What stops has no node afterwards, where the planner is Pacemaker's.
    targets = {outcome.target for outcome in forecast.outcomes if outcome.target not in ("", outcome.source)}
    found = [now.find(Node, target) for target in sorted(targets)]
    return all(node is not None and node.state is NodeState.UP and not node.paused for node in found)


def one_more(after: State, losses: Mapping[str, State]) -> Message:
    """What the loss of one more node would come to: the worst of the `losses`, by node, that were tried on `after`.
    NOTHING where none was tried."""
    # By name among equals, so that the same state always names the same node.
    found = [(_left_lying(after, then), node) for node, then in sorted(losses.items())]
    if not found:
        return NOTHING
    count, node = max(found, key=lambda each: each[0])
    return say("forecast-one-more", count=count, node=node) if count else say("forecast-one-more-fits")


def _left_lying(after: State, then: State) -> int:
    """How many roles no longer run."""
    run = (role for role in after.all(Role) if role.type not in INTERNAL and role.state not in AT_REST)
    return sum((found := then.find(Role, role.id)) is None or found.state in AT_REST for role in run)


def standing(node: str, state: State) -> Standing:
    """What fencing that node would hit."""
    found = state.find(Node, node)
    roles = (role.id for role in state.all(Role) if role.owner == node and role.type not in INTERNAL)
    return Standing(node, found is not None and found.state in IN_SERVICE, tuple(sorted(roles)))


def methods_of(transitions: Iterable[Transition]) -> dict[str, Method]:
    """How each role moved, by the words its status went through on the way; roles that only ran on are left out."""
    found: dict[str, Method] = {}
    for transition in transitions:
        if transition.key.kind != "role" or transition.what != "status":
            continue
        manner = MANNERS.get(transition.after)
        # A restart does not outdo a move: a machine that is moved is started there, too.
        if manner is not None:
            found[transition.key.id] = manner
        elif transition.after not in UNBROKEN:
            found.setdefault(transition.key.id, Method.RESTART)
    return found


def seconds_of(transitions: Iterable[Transition]) -> dict[str, int]:
    """How long each role was on its way, from the first word that says so to its last change. Transitions that are all
    of one moment carry no times."""
    began: dict[str, datetime] = {}
    found: dict[str, int] = {}
    for each in transitions:
        if each.key.kind != "role" or each.what not in ("status", "owner"):
            continue
        if each.what == "status" and each.after not in UNBROKEN:
            began.setdefault(each.key.id, each.at)
        if (start := began.get(each.key.id)) and each.at > start:
            found[each.key.id] = round((each.at - start).total_seconds())
    return found


_RANK = {fate: place for place, fate in enumerate(Fate)}


def _outcome(role: Role, after: State, method: Method, leaving: Collection[str], room: Room | None) -> Outcome | None:
    then = after.find(Role, role.id)
    if then is None:
        return None
    fate = _fate(role, then, method, role.owner in leaving)
    if fate is None:
        return None
    stays = fate is Fate.STAYS
    return Outcome(
        role.id, role.name, fate, _method(role, then, fate, method), role.owner, then.owner, then.status, then.badness,
        role.priority, role.memory_mb, _what_keeps(then, after, room) if stays else NOTHING,
    )  # fmt: skip


def _what_keeps(role: Role, after: State, room: Room | None) -> Message:
    """Why it could not leave: no node can take it, or what the planner says of it afterwards."""
    return placement.rank(after, role.id, {role.owner}, room).reason or role.information


def _fate(role: Role, then: Role, method: Method, leaves: bool) -> Fate | None:
    """None: nothing becomes of it."""
    ran, runs = role.state not in AT_REST, then.state not in AT_REST
    if ran and not runs:
        return Fate.UNWATCHED if then.state is RoleState.UNKNOWN else Fate.STOPS
    if runs and not ran:
        return Fate.STARTS
    if then.owner != role.owner:
        return Fate.MOVES
    if leaves:
        return Fate.WAITS if then.status == "queued" or then.status in MANNERS else Fate.STAYS
    return Fate.RESTARTS if runs and method not in (Method.UNKNOWN, Method.LIVE) else None


def _goes_anyway(role: Role, after: State, methods: Mapping[str, Method]) -> bool:
    """Whether it is on its way there already and gets there as it was to: no part of what was asked about."""
    then = after.find(Role, role.id)
    # What is saved and moved is started there in any case; a live migration that ends so has been broken off.
    as_it_was_to = methods.get(role.id) is not Method.RESTART or MANNERS.get(role.status) in (Method.QUICK, Method.MOVE)
    if then is None or not role.target or (role.state in AT_REST) != (then.state in AT_REST):
        return False
    return role.owner != then.owner == role.target and as_it_was_to


def _method(role: Role, then: Role, fate: Fate, method: Method) -> Method:
    if fate is not Fate.MOVES:
        return Method.UNKNOWN
    # What has begun already is told by the word it shows now: no step of the plan says it once more.
    return Method.OWNER if role.state in AT_REST else method or MANNERS.get(role.status, Method.UNKNOWN)


def _interrupts(outcome: Outcome) -> bool:
    broken = outcome.method in (Method.QUICK, Method.MOVE, Method.RESTART)
    return outcome.fate is Fate.RESTARTS or (outcome.fate is Fate.MOVES and broken)


def _findings(before: State, after: State, counts: Counter[Fate], interrupted: int) -> Iterator[Message]:
    """Worst first."""
    if before.cluster.has_quorum and not after.cluster.has_quorum:
        yield say("forecast-quorum-lost")
    lost = sorted(_in_service(before) - _in_service(after))
    if len(lost) > NODES_NAMED:
        yield say("forecast-many-nodes-leave", count=len(lost))
    elif lost:
        yield say("forecast-nodes-leave", nodes=",".join(lost))
    told = (
        (counts[Fate.STOPS], say("forecast-roles-stop", count=counts[Fate.STOPS])),
        (counts[Fate.UNWATCHED], say("forecast-roles-unwatched", count=counts[Fate.UNWATCHED])),
        (counts[Fate.STAYS], say("forecast-roles-stay", count=counts[Fate.STAYS])),
        (counts[Fate.WAITS], say("forecast-roles-wait", count=counts[Fate.WAITS])),
        (interrupted, say("forecast-roles-interrupted", count=interrupted)),
        (counts[Fate.MOVES], say("forecast-roles-move", count=counts[Fate.MOVES])),
        (counts[Fate.STARTS], say("forecast-roles-start", count=counts[Fate.STARTS])),
    )
    yield from (message for count, message in told if count)
    if after.cluster.has_quorum and after.cluster.survives != before.cluster.survives:
        yield say("forecast-survives", count=after.cluster.survives)


def _afterwards(before: State, after: State, leaving: Collection[str]) -> Afterwards | None:
    gone = _in_service(before) - _in_service(after)
    concerned = gone | set(leaving)
    if len(concerned) != 1 or not after.cluster.has_quorum:
        return None
    (node,) = concerned
    info, used = after.cluster, Bookings.of(after).memory_mb
    rooms = [each for each in after.nodes() if each.memory_mb and each.state in IN_SERVICE and each.id != node]
    fullest = max(rooms, key=lambda each: used[each.id] / each.memory_mb, default=None)
    away = info.survives if gone else while_away(after, node)
    figures = Afterwards(info.votes, info.votes_needed, info.survives, away, gone=bool(gone))
    if fullest is None:
        return figures
    return replace(figures, fullest=fullest.name, fullest_used_mb=used[fullest.id], fullest_memory_mb=fullest.memory_mb)


def _in_service(state: State) -> set[str]:
    return {node.id for node in state.all(Node) if node.state in IN_SERVICE}


def _spaces(before: State, after: State, leaving: Collection[str]) -> Iterator[Space]:
    now, then = Bookings.of(before).memory_mb, Bookings.of(after).memory_mb
    there, still = _in_service(before), _in_service(after)
    every = bool(leaving or there - still) and len(there) <= SPACES_MOST
    for node in before.nodes():
        if node.memory_mb and after.find(Node, node.id):
            out = node.id in there - still
            if out or then[node.id] != now[node.id] or (every and node.id in still):
                yield Space(node.id, node.name, node.memory_mb, now[node.id], 0 if out else then[node.id], out)
