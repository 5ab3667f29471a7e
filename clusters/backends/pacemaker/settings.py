"""Settings of roles and resources in Pacemaker's terms: which there are, how they are written, when they hold. Pure.

Pacemaker orders by `priority`, 0 unless set: above is high, below is low, and nothing is left unstarted by it.
Preferred and possible owners are location constraints; setting them replaces all plain ones of that kind, whoever made
them, because they are what the console shows as the setting.
"""

from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element, SubElement, tostring

from clusters.backends.pacemaker.apart import DISTANCES
from clusters.backends.pacemaker.cib import Cib, Location
from clusters.backends.pacemaker.overrides import Argv
from clusters.backends.pacemaker.roles import is_opt_in, is_passing, possible, preferred, priority
from clusters.backends.pacemaker.views import View, node_of
from clusters.domain.commands import SetResource, SetRole
from clusters.domain.items import Priority
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import Phase, Task
from clusters.domain.state import State
from clusters.domain.undo import restored
from clusters.domain.upkeep import INFINITY

LEVELS = {Priority.HIGH: 1000, Priority.MEDIUM: 0, Priority.LOW: -1000}
BARRED = -INFINITY
WISH = 50  # the first preferred owner's score; below the usual stickiness, so that a wish moves nothing that runs
META = {
    "failover_threshold": "migration-threshold",
    "failover_period_h": "failure-timeout",
    "restart_threshold": "migration-threshold",
    "retry_period_s": "failure-timeout",
}
"""Pacemaker counts failures on a node; at the threshold the role goes elsewhere, after the time they are forgotten."""
PAST = "console-"
ALL = "all"  # as possible owners: nobody is barred
KNOWN: dict[type, frozenset[str]] = {
    SetRole: frozenset({"priority", "preferred_owners", *DISTANCES, *META} - {"restart_threshold"}),
    SetResource: frozenset({"possible_owners", "restart_threshold", "retry_period_s"}),
}


def role_settings(command: SetRole, view: View) -> Iterator[Argv]:
    """The programs that write them."""
    for name, value in command.values:
        if name == "priority":
            yield _meta(command.role, "priority", str(LEVELS.get(int(value), 0)))
        elif name in META:
            yield _limit(command.role, name, value)
        elif name in DISTANCES:
            yield from DISTANCES[name].write(command.role, value, view.cib)
        elif name == "preferred_owners":
            yield from _replace(command.role, _wishes(command.role, view.cib), _ranked(value, view), "prefers", view)


def resource_settings(command: SetResource, view: View) -> Iterator[Argv]:
    for name, value in command.values:
        if name in META:
            yield _limit(command.resource, name, value)
            continue
        able = _able(value, view.cib)
        bars = {node: BARRED for node in view.cib.node_names if node not in able}
        role = role_of(command.resource, view)
        yield from _replace(role, _bars(role, view.cib), bars, "bars", view)


def role_done(command: SetRole, view: View) -> Task:
    """When the configuration says so."""
    return _told(all(_holds(command.role, name, value, view.cib) for name, value in command.values))


def resource_done(command: SetResource, view: View) -> Task:
    owners = possible(role_of(command.resource, view), view.cib)
    able = set(view.cib.node_names) if owners is None else set(owners)
    limits = [(name, value) for name, value in command.values if name in META]
    lists = [value for name, value in command.values if name not in META]
    held = all(_holds(command.resource, name, value, view.cib) for name, value in limits)
    return _told(held and all(able == _able(value, view.cib) for value in lists))


def changed(command: SetRole | SetResource, state: State) -> SetRole | SetResource:
    """The command without what is so already: a page sends all its fields, those that Pacemaker has not as well."""
    item = state.get(command.subject)
    return replace(command, values=tuple(value for value in command.values if not _is_so(item, value)))


def _is_so(item: object, value: tuple[str, str]) -> bool:
    try:
        return item is not None and restored(item, (value,)) == (value,)
    except AttributeError:
        return False


def details(command: SetRole | SetResource, view: View) -> Message:
    """What Pacemaker has no setting for."""
    for name, value in command.values:
        if name not in KNOWN[type(command)]:
            return say("setting-not-with-pacemaker", name=name)
        if name == "priority" and (not value.isdigit() or int(value) not in LEVELS):
            return say("pacemaker-starts-all")
        if name in DISTANCES and (reason := DISTANCES[name].against(command.subject.id, value, view.cib)):
            return reason
        if name in META and (member := _nearer(command.subject.id, META[name], view.cib)):
            return say("set-at-member", name=META[name], resource=member)
        if name.endswith("_owners"):
            if is_opt_in(view.cib):
                return say("owners-opt-in")
            if constraint := _shared(name, role_of(command.subject.id, view), view.cib):
                return say("constraint-shared", constraint=constraint)
            unknown = [node for node in value.split(",") if node not in ("", ALL) and node_of(node, view) is None]
            if unknown:
                return say("no-such-node", node=unknown[0])
    return NOTHING


def role_of(resource: str, view: View) -> str:
    """The role that a resource belongs to; itself where it stands alone."""
    units = (unit.id for unit in view.monitor.units if any(member.id == resource for member in unit.members))
    return next(units, resource)


def _holds(role: str, name: str, value: str, cib: Cib) -> bool:
    if name == "priority":
        return priority(role, cib) == int(value)
    if name == "preferred_owners":
        return preferred(role, cib) == tuple(node for node in value.split(",") if node)
    if name in DISTANCES:
        return DISTANCES[name].holds(role, value, cib)
    definition = cib.definitions.get(role)
    # Taken away where it stood: what then comes from the defaults is no sign that it is still there.
    return definition is not None and definition.meta.get(META[name], "") == _worded(name, value)


def _nearer(role: str, meta: str, cib: Cib) -> str:
    """What is inside a group or clone and has a value of its own, which wins over the one set around it."""
    inside = [each.id for each in cib.definitions.values() if each.around == role]
    mine = (each for each in inside if meta in cib.definitions[each].meta or _nearer(each, meta, cib))
    return next(mine, "")


def _able(value: str, cib: Cib) -> set[str]:
    """Ids of the nodes that a list of possible owners means."""
    return set(cib.node_names) if value == ALL else set(value.split(","))


def _limit(resource: str, name: str, value: str) -> Argv:
    return _meta(resource, META[name], _worded(name, value)) if value else _without(resource, META[name])


def _worded(name: str, value: str) -> str:
    """As Pacemaker has it: a time in seconds."""
    hours = name.endswith("_h") and value.isdigit()
    return str(int(value) * 3600) if hours else value


def _told(reached: bool) -> Task:
    return Task(Phase.SUCCEEDED, progress=1.0) if reached else Task(Phase.RUNNING)


def _ranked(value: str, view: View) -> dict[str, int]:
    wanted = [node for node in value.split(",") if node]
    return {node: max(1, WISH - place) for place, node in enumerate(wanted)}


def _wishes(role: str, cib: Cib) -> list[Location]:
    return [each for each in cib.locations_of(role) if each.score > 0 and _is_plain(each)]


def _bars(role: str, cib: Cib) -> list[Location]:
    return [each for each in cib.locations_of(role) if each.score <= BARRED and _is_plain(each)]


def _is_plain(location: Location) -> bool:
    return not (location.rule or location.shared or is_passing(location))


def _shared(name: str, role: str, cib: Cib) -> str:
    """A constraint that says the same of other resources, which must not change when this one does."""
    wishes = name == "preferred_owners"
    mine = (each for each in cib.locations_of(role) if each.shared and not each.rule)
    return next((each.id for each in mine if (each.score > 0 if wishes else each.score <= BARRED)), "")


def _replace(role: str, old: list[Location], scores: dict[str, int], what: str, view: View) -> Iterator[Argv]:
    """First the new ones, then away with the old: in between there are too many wishes, never too few."""
    made = Element("constraints")
    looked = {each.node: {"resource-discovery": each.discovery} for each in old if each.discovery}
    for node, score in scores.items():
        facts = {"id": f"{PAST}{what}-{role}-{node}", "rsc": role, "score": _score(score)}
        name = view.cib.node_names.get(node, node)
        # Whether Pacemaker looks for it there is another matter: on a node without the agent, looking is a failure.
        SubElement(made, "rsc_location", {**facts, "node": name, **looked.get(name, {})})
    if scores:
        text = tostring(made, encoding="unicode")
        yield ("cibadmin", "--modify", "--allow-create", "--sync-call", "-o", "constraints", "--xml-text", text)
    kept = {each.get("id") for each in made}
    for each in old:
        if each.id not in kept:
            gone = tostring(Element("rsc_location", {"id": each.id}), encoding="unicode")
            yield ("cibadmin", "--delete", "--sync-call", "-o", "constraints", "--xml-text", gone)


def _score(score: int) -> str:
    return "-INFINITY" if score <= BARRED else str(score)


def _meta(resource: str, name: str, value: str) -> Argv:
    return ("crm_resource", f"--resource={resource}", "--meta", f"--set-parameter={name}", f"--parameter-value={value}")


def _without(resource: str, name: str) -> Argv:
    return ("crm_resource", f"--resource={resource}", "--meta", f"--delete-parameter={name}")
