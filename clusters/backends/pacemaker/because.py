"""Why a role runs where it runs, or nowhere: the rules of the configuration that bear on it, and for one that is held
stopped what keeps each node from running it. Pure.

The engine gives no reasons by itself; these are read off the same facts by which it decides. Where they do not explain
what it does, that is said.
"""

from collections.abc import Iterator
from dataclasses import replace

from clusters.backends.pacemaker import capacity, promotions
from clusters.backends.pacemaker.cib import Cib, Location
from clusters.backends.pacemaker.document import number, truth
from clusters.backends.pacemaker.monitor import Ban, NodeFacts, Unit
from clusters.backends.pacemaker.moves import is_ours
from clusters.backends.pacemaker.ties import Colocation, of
from clusters.backends.pacemaker.views import View
from clusters.domain.messages import Message, say
from clusters.domain.upkeep import INFINITY

RUNS = frozenset({"Started", "Promoted", "Unpromoted", "Master", "Slave", "Migrating"})
SAME = {role: pair for pair in (frozenset({"Promoted", "Master"}), frozenset({"Unpromoted", "Slave"})) for role in pair}
"""Both words of each role of a promotable clone: newer versions of Pacemaker renamed them."""


def because(unit: Unit, view: View, wanted: bool) -> tuple[Message, ...]:
    """The strongest first: what stops it, what keeps nodes from it, what ties it, what it prefers."""
    names = frozenset({unit.id, *(member.id for member in unit.members)})
    runs = any(member.nodes for member in unit.members)
    reasons = [] if runs else list(_stopped(unit, names, view) if wanted else _on_purpose(unit, view))
    reasons += [*promotions.where(unit, view), *_locked(unit, view), *_tied(names, view), *_located(names, view)]
    reasons += [*promotions.wished(names, view), *capacity.of_role(unit, view)]
    return tuple(dict.fromkeys(reasons))


def _on_purpose(unit: Unit, view: View) -> Iterator[Message]:
    around = next((each for each in _around(unit, view.cib) if _is_stopped(each, view.cib)), "")
    yield say("why-stopped-by-administrator", resource=around or unit.id)


def _is_stopped(resource: str, cib: Cib) -> bool:
    return cib.meta(resource, "target-role").lower() == "stopped"


def _around(unit: Unit, cib: Cib) -> Iterator[str]:
    yield unit.id
    yield from (member.id for member in unit.members)


def _stopped(unit: Unit, names: frozenset[str], view: View) -> Iterator[Message]:
    """Wanted, and yet it runs nowhere."""
    options = {**dict(view.monitor.options), **view.cib.options}
    whole = list(_whole_cluster(options, view))
    whole += _missing(names, view)
    yield from whole
    yield from (_refusal(node, unit, names, options, view, bool(whole)) for node in view.monitor.nodes)


def _whole_cluster(options: dict[str, str], view: View) -> Iterator[Message]:
    """What stops everything."""
    if truth(options.get("stop-all-resources", "")):
        yield say("why-all-stopped")
    if truth(options.get("maintenance-mode", "")):
        yield say("cluster-maintenance-mode")
    if view.monitor.with_quorum is False and options.get("no-quorum-policy", "stop") != "ignore":
        yield say("why-no-quorum", policy=options.get("no-quorum-policy", "stop"))


def _missing(names: frozenset[str], view: View) -> Iterator[Message]:
    """What it needs and does not have anywhere."""
    granted = {ticket.id: ticket.granted is True and ticket.standby is False for ticket in view.monitor.tickets}
    for ticket in of(names, view.cib.tied.tickets):
        if not granted.get(ticket.ticket, False):
            yield say("why-ticket-missing", ticket=ticket.ticket, constraint=ticket.id)
    for colocation in of(names, view.cib.tied.colocations):
        if colocation.score < INFINITY or colocation.follower_role or colocation.leader in names:
            continue
        if colocation.follower in names:
            yield from _without_partner(colocation, view)
    for order in of(names, view.cib.tied.orders):
        mine = next((place for place, each in enumerate(order.resources) if each in names), 0)
        if order.must:
            earlier = order.resources[:mine]
            yield from (say("why-earlier-stopped", role=each) for each in earlier if not _runs(each, view))


def _without_partner(tie: Colocation, view: View) -> Iterator[Message]:
    if not _runs(tie.leader, view):
        yield say("why-partner-stopped", role=tie.leader)
    elif tie.leader_role and not _runs(tie.leader, view, SAME.get(tie.leader_role, frozenset({tie.leader_role}))):
        yield say("why-partner-not-in-role", role=tie.leader, kind=tie.leader_role)


def _runs(resource: str, view: View, roles: frozenset[str] = RUNS) -> bool:
    """Whether a resource, or something inside it, is active somewhere in one of these roles."""
    return any(
        member.nodes and member.role in roles
        for unit in view.monitor.units
        for member in unit.members
        if resource in (unit.id, member.id)
    )


def _refusal(
    node: NodeFacts, unit: Unit, names: frozenset[str], options: dict[str, str], view: View, explained: bool
) -> Message:
    """What keeps one node from running it."""
    if node.online is not True or node.unclean is not False or node.pending is not False:
        return say("why-node-away", node=node.name)
    if node.standby is not False:
        return say("why-node-standby", node=node.name)
    if node.maintenance is not False:
        return say("why-node-maintenance", node=node.name)
    if banned := _banned(node, names, view):
        return say("why-node-forbidden", node=node.name, constraint=banned)
    if count := _failures(node, unit, view):
        return say("why-node-failed", node=node.name, count=count)
    opted = any(each.node == node.name and each.score >= 0 for each in _locations(names, view))
    if truth(options.get("symmetric-cluster", "true")) is False and not opted:
        return say("why-node-not-allowed", node=node.name)
    if lack := capacity.lack(unit, node, view):
        return lack
    return say("why-node-could" if explained else "why-node-unknown", node=node.name)


def against(unit: Unit, node: NodeFacts, view: View, then: View) -> Iterator[Message]:
    """What keeps that node from taking a role that runs elsewhere; `then` is where the engine would have everything."""
    names = frozenset({unit.id, *(member.id for member in unit.members)})
    idle = replace(unit, members=tuple(replace(member, nodes=()) for member in unit.members))
    options = {**dict(view.monitor.options), **view.cib.options}
    company = list(_company(node, names, then))
    yield from company
    reason = _refusal(node, idle, names, options, view, False)
    if not (company and reason.code == "why-node-unknown"):
        yield reason


def _company(node: NodeFacts, names: frozenset[str], then: View) -> Iterator[Message]:
    """With whom it has to be and who is not on that node, and the other way round."""
    there = {
        name
        for unit in then.monitor.units
        for member in unit.members
        if node.id in member.nodes
        for name in (unit.id, member.id)
    }
    for tie in of(names, then.cib.tied.colocations):
        if tie.follower_role or tie.leader_role:
            continue
        if tie.follower in names and tie.score >= INFINITY and tie.leader not in names | there:
            yield say("why-together-must", roles=tie.leader, score=_score(tie.score), constraint=tie.id)
        other = tie.leader if tie.follower in names else tie.follower
        if tie.score <= -INFINITY and other in there - names:
            yield say("why-apart-must", roles=other, score=_score(tie.score), constraint=tie.id)


def _banned(node: NodeFacts, names: frozenset[str], view: View) -> str:
    """The constraint that forbids the node, also by a rule that only the engine can work out."""
    own = (each.id for each in _locations(names, view) if each.node == node.name and each.score <= -INFINITY)
    told = (ban.id for ban in _bans(names, view) if ban.node == node.name)
    return next(own, "") or next(told, "")


def _bans(names: frozenset[str], view: View) -> Iterator[Ban]:
    """As the engine has worked them out; its list has those as well that only make a node less liked."""
    bans = (ban for ban in view.monitor.bans if ban.resource in names and not ban.promoted)
    return (ban for ban in bans if ban.weight is None or ban.weight <= -INFINITY)


def _failures(node: NodeFacts, unit: Unit, view: View) -> str:
    """How often it failed there, once that is too often."""
    for member in unit.members:
        failed = view.monitor.fail_counts.get((node.name, member.id))
        if failed and (number(failed.count) or 0) >= (number(failed.threshold) or INFINITY):
            return failed.count if (number(failed.count) or 0) < INFINITY else "INFINITY"
    return ""


def _locked(unit: Unit, view: View) -> Iterator[Message]:
    for member in unit.members:
        if member.locked_to:
            yield say("why-locked", node=member.locked_to)


def _tied(names: frozenset[str], view: View) -> Iterator[Message]:
    yield from _together(names, view.cib)
    for order in of(names, view.cib.tied.orders):
        mine = [place for place, each in enumerate(order.resources) if each in names]
        if mine:
            yield from _ordered(order.resources, mine[0], order.must, order.id)
    granted = {ticket.id: ticket.granted for ticket in view.monitor.tickets}
    for ticket in of(names, view.cib.tied.tickets):
        if granted.get(ticket.ticket):
            yield say("why-ticket-granted", ticket=ticket.ticket, constraint=ticket.id)


def _together(names: frozenset[str], cib: Cib) -> Iterator[Message]:
    """In one sentence, whom it follows by one constraint, and who follows it."""
    others: dict[tuple[str, str, int, str], list[str]] = {}
    for tie in of(names, cib.tied.colocations):
        follows = tie.follower in names
        other, kind = (tie.leader, tie.follower_role or tie.leader_role) if follows else (tie.follower, "")
        if other not in names:
            others.setdefault((_code(tie, follows), tie.id, tie.score, kind), []).append(other)
    for (code, constraint, score, kind), roles in others.items():
        facts = {"roles": ", ".join(dict.fromkeys(roles)), "score": _score(score), "constraint": constraint}
        yield say(code, **facts, **({"kind": kind} if kind else {}))


def _code(tie: Colocation, follows: bool) -> str:
    score = tie.score
    if follows and tie.follower_role:
        return "why-role-follows"
    if follows and tie.leader_role:
        return "why-together-in-role-must" if score >= INFINITY else "why-together-in-role"
    if tie.follower_role or tie.leader_role:  # it is not whatever runs of either that they keep away from
        return "why-followed" if score > 0 else "why-apart"
    if score < 0:
        return "why-apart-must" if score <= -INFINITY else "why-apart"
    if not follows:
        return "why-followed"
    return "why-together-must" if score >= INFINITY else "why-together"


def _ordered(resources: tuple[str, ...], mine: int, must: bool, constraint: str) -> Iterator[Message]:
    before, after = ", ".join(resources[:mine]), ", ".join(resources[mine + 1 :])
    if before:
        yield say("why-after-must" if must else "why-after", roles=before, constraint=constraint)
    if after:
        yield say("why-before", roles=after, constraint=constraint)


def _locations(names: frozenset[str], view: View) -> list[Location]:
    return view.locations(sorted(names))


def _located(names: frozenset[str], view: View) -> Iterator[Message]:
    """Wishes and bans, strongest first."""
    found = _locations(names, view)
    for each in sorted(found, key=lambda each: (-abs(each.score), each.node)):
        if each.rule or not each.node:
            yield say("why-rule", constraint=each.id)
            continue
        facts = {"node": each.node, "score": _score(each.score), "constraint": each.id}
        if is_ours(each.id):
            yield say("why-our-move", **facts)
        elif each.score <= -INFINITY:
            yield say("why-never", **facts)
        elif each.score >= INFINITY:
            yield say("why-always", **facts)
        elif each.score:
            yield say("why-prefers" if each.score > 0 else "why-avoids", **facts)
    told = {each.node for each in found if each.score <= -INFINITY and not each.rule}
    for ban in _bans(names, view):  # which nodes the rules come to just now, the engine has worked out
        if ban.node not in told:
            yield say("why-never", node=ban.node, score="-INFINITY", constraint=ban.id)
    stays = {view.cib.meta(name, "resource-stickiness") for name in names} - {"", "0"}
    yield from (say("why-stays", score=each) for each in sorted(stays))


def _score(score: int) -> str:
    if abs(score) < INFINITY:
        return str(score)
    return "INFINITY" if score > 0 else "-INFINITY"
