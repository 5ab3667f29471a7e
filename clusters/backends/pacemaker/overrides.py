"""What is different about a resource only as long as one act of ours takes: it is not migrated live, or its stop is
told to do something else with the guest. Pure.

An override is a set of attributes of its own, labelled with the operation's key and stronger than the resource's own
sets, which stay untouched: taking it away restores everything. It is written in one change together with the move's
constraint, and lapses by date should no console ever come back. A stop is told through the meta attributes of its
operation, because Pacemaker stops a resource with the parameters that it was started with.
"""

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from clusters.backends.pacemaker.cib import Cib, Definition
from clusters.backends.pacemaker.document import truth, written
from clusters.backends.pacemaker.monitor import Unit
from clusters.backends.pacemaker.moves import Move, mark, moves
from clusters.backends.pacemaker.roles import is_machine
from clusters.backends.pacemaker.views import View

LABEL = re.compile(r"(console-(?:live|move|quick|off|keep)-(?:to|from|at)-([A-Za-z0-9_.-]{1,100}))--[a-z]+-\d+")
KEEP = "console-keep-at-"
OFF = "console-off-at-"
STRONGEST = "1000000"
STALE_LOOKS = 5
Argv = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Override:
    """Meta attributes of a resource, and of its stop, by name."""

    resource: str
    meta: Mapping[str, str] = field(default_factory=dict)
    stop: Mapping[str, str] = field(default_factory=dict)


def of_move(move: Move, unit: Unit, cib: Cib, stopping: Mapping[str, str]) -> tuple[Override, ...]:
    """What must be different for a move that is not live. `stopping` is told to the stop of each machine."""
    made = []
    for member in unit.members if not move.live else ():
        meta = {"allow-migrate": "false"} if truth(cib.meta(member.id, "allow-migrate").lower()) else {}
        told = stopping if is_machine(member.agent) else {}
        if meta or told:
            made.append(Override(member.id, meta, told))
    return tuple(made)


def of_stop(unit: Unit, stopping: Mapping[str, str]) -> tuple[Override, ...]:
    """The machines of a role are stopped in another way, once."""
    return tuple(Override(member.id, stop=stopping) for member in unit.members if is_machine(member.agent))


def stop_label(key: str) -> str:
    """Label of the overrides of an act that only stops."""
    return f"{OFF}{key}"


Labelled = tuple[str, Iterable[Override], datetime | None, Element | None]
"""A label, what is different under it, until when, and the constraint that goes with it."""


def create(labelled: Iterable[Labelled], cib: Cib) -> Argv:
    """All of it in one change."""
    top = Element("configuration")
    resources, constraints = SubElement(top, "resources"), SubElement(top, "constraints")
    for label, wanted, until, constraint in labelled:
        for number, each in enumerate(wanted):
            primitive = _within(resources, each.resource, cib)
            if each.meta:
                primitive.append(_set(f"{label}--meta-{number}", each.meta, until))
            if each.stop:
                primitive.append(_stop(f"{label}--stop-{number}", each, cib, until))
        if constraint is not None:
            constraints.append(constraint)
    return _merge(top)


def delete(label: str) -> Argv:
    """The constraint, if there is one, and every override of that label; harmless when they are gone already."""
    path = f"//rsc_location[@id='{label}'] | //*[starts-with(@id, '{label}--')]"
    return ("cibadmin", "--delete-all", "--force", "--sync-call", "--xpath", path)


def cancel(move: Move, cib: Cib) -> Argv:
    """Write beside a move that it is to be broken off. To Pacemaker this says nothing, so that what is under way goes
    on undisturbed until the hypervisor breaks it off."""
    top = Element("configuration")
    role = _within(SubElement(top, "resources"), move.role, cib)
    role.append(_set(mark(move), {"console-cancelled": "true"}, move.until))
    return _merge(top)


def keep_orphans(key: str, until: datetime) -> Argv:
    """Tell Pacemaker for a while to leave alone what runs and is no longer configured."""
    label = f"{KEEP}{key}--keep-0"
    top = Element("configuration")
    options = SubElement(SubElement(top, "crm_config"), "cluster_property_set", {"id": label, "score": STRONGEST})
    _lapses(options, until)
    SubElement(options, "nvpair", {"id": f"{label}-stop", "name": "stop-orphan-resources", "value": "false"})
    return _merge(top)


def labels(cib: Cib) -> dict[str, str]:
    """Whose overrides the configuration holds: label -> operation key."""
    found = (LABEL.fullmatch(each) for each in cib.temporary)
    return {label[1]: label[2] for label in found if label}


def unneeded(cib: Cib, needed: Container[str], units: Iterable[Unit], is_own: Callable[[str], bool]) -> set[str]:
    """Labels of our operations that are over. As long as something orphaned runs, it must not be stopped after all."""
    orphans = any(member.orphaned for unit in units for member in unit.members)
    return {label for label in _over(cib, needed, is_own) if not (orphans and label.startswith(KEEP))}


def told_stops(cib: Cib, needed: Container[str], is_own: Callable[[str], bool]) -> list[str]:
    """Labels of what stops were told that are over. Of two such sets Pacemaker takes the older one."""
    return [label for label in _over(cib, needed, is_own) if label.startswith(OFF)]


def _over(cib: Cib, needed: Container[str], is_own: Callable[[str], bool]) -> list[str]:
    return [label for label, key in labels(cib).items() if is_own(key) and key not in needed]


class Leftovers:
    """Which overrides may be taken away: neither a move nor a goal needs them, and for some looks already, because what
    needs them may just be being written."""

    def __init__(self) -> None:
        self._looks: dict[str, int] = {}
        self._until: dict[str, float] = {}

    def over(self, view: View, goals: Iterable[str], is_own: Callable[[str], bool]) -> list[str]:
        """Their labels; to be asked once at each look."""
        needed = {move.key for move in moves(view.cib)} | set(goals)
        self._until = {key: until for key, until in self._until.items() if key in needed}
        found = unneeded(view.cib, needed, view.monitor.units, is_own)
        self._looks = {label: self._looks.get(label, 0) + 1 for label in found}
        return [label for label, looks in self._looks.items() if looks > STALE_LOOKS]

    def until(self, key: str, otherwise: float) -> float:
        """How long a move that has ended stays, as it was said first."""
        return self._until.setdefault(key, otherwise)


def _merge(configuration: Element) -> Argv:
    text = tostring(configuration, encoding="unicode")
    return ("cibadmin", "--modify", "--allow-create", "--sync-call", "-o", "configuration", "--xml-text", text)


def _within(resources: Element, identity: str, cib: Cib) -> Element:
    """The resource's element inside those of its group and clone, without which it would be taken for a new one."""
    chain: list[Definition] = []
    each = cib.definitions.get(identity)
    while each is not None and each not in chain:
        chain.append(each)
        each = cib.definitions.get(each.around)
    found = resources
    for definition in reversed(chain):
        same = next((child for child in found if child.get("id") == definition.id), None)
        found = SubElement(found, definition.shape, {"id": definition.id}) if same is None else same
    return found


def _set(identity: str, values: Mapping[str, str], until: datetime | None) -> Element:
    made = Element("meta_attributes", {"id": identity, "score": STRONGEST})
    if until:
        _lapses(made, until)
    for name, value in values.items():
        SubElement(made, "nvpair", {"id": f"{identity}-{name}", "name": name, "value": value})
    return made


def _lapses(made: Element, until: datetime) -> None:
    """No set of ours holds for ever, whatever becomes of us."""
    identity = made.get("id")
    rule = SubElement(made, "rule", {"id": f"{identity}-rule", "score": STRONGEST, "boolean-op": "and"})
    end = {"operation": "lt", "end": written(until)}
    SubElement(rule, "date_expression", {"id": f"{identity}-until", **end})


def _stop(identity: str, override: Override, cib: Cib, until: datetime | None) -> Element:
    """Operations stand in a list; a resource without a stop of its own gets one for as long as this takes. It takes the
    place of its template's, and so has to give the guest the same time: a stop that fails gets the node fenced."""
    definition = cib.definitions.get(override.resource)
    own = definition.stop if definition else ""
    operations = Element("operations")
    new = {"name": "stop", "interval": "0", **(definition.stop_like if definition else {})}
    new["id"] = identity.replace("--stop-", "--op-")
    SubElement(operations, "op", {"id": own} if own else new).append(_set(identity, override.stop, until))
    return operations
