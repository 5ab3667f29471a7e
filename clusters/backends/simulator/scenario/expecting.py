"""`expect`: what must hold at this moment of a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from clusters.backends.simulator.scenario.language import Line, Wrong
from clusters.backends.simulator.scenario.transcript import find, text
from clusters.domain.items import Resource, Role
from clusters.domain.operations import Phase

if TYPE_CHECKING:
    from clusters.backends.simulator.scenario.runner import Run


def check(now: Run, line: Line) -> None:
    """expect OBJECT FIELD [not] VALUE · event N · no event N · refused CODE · operation NAME PHASE [CODE]
    · why NAME CAUSE · runs NAME NODE|nowhere."""
    kind = line.word(0)
    problem = FORMS.get(kind, _field)(now, line)
    if problem:
        now.failures.append(f"line {line.number}: {problem}")


def _field(now: Run, line: Line) -> str:
    name, field = line.word(0), line.word(1)
    negated = line.word(2) == "not"
    wanted = line.word(3 if negated else 2)
    item = find(now.cluster.state(), name, field)
    if item is None:
        return f"there is no {name} with a {field}"
    found = text(getattr(item, field))
    if (found == wanted) is negated:
        return f"{name} {field} is {found}, expected {'not ' if negated else ''}{wanted}"
    return ""


def _count(now: Run, code: str, subject: str) -> int:
    return sum(str(e.code) == code and subject in ("", e.subject.id if e.subject else "") for e in now.log)


def _event(now: Run, line: Line) -> str:
    subject = line.words[2] if len(line.words) > 2 else ""
    return "" if _count(now, line.word(1), subject) else f"no event {line.word(1)} {subject}"


def _no_event(now: Run, line: Line) -> str:
    # Of anything else "no" would count no events, and hold whatever happens.
    if line.word(1) != "event":
        raise Wrong(line.number, f'"no" goes with events alone, not with {line.word(1)}')
    subject = line.words[3] if len(line.words) > 3 else ""
    return f"there is an event {line.word(2)}" if _count(now, line.word(2), subject) else ""


def _refused(now: Run, line: Line) -> str:
    """The last command ended at once, with that code."""
    task = now.cluster.tasks.get(now.last)
    if task is None or task.phase is not Phase.FAILED:
        return "the last command was not refused"
    return "" if task.message.code == line.word(1) else f"refused because {task.message.code}"


def _operation(now: Run, line: Line) -> str:
    name, phase = line.word(1), line.word(2)
    key = next((key for subject, key in reversed(now.keys.items()) if subject.id == name), "")
    task = now.cluster.tasks.get(key)
    if task is None:
        return f"nothing was asked about {name}"
    code = line.words[3] if len(line.words) > 3 else task.message.code
    if task.phase != phase or task.message.code != code:
        return f"the operation on {name} is {task.phase} {task.message.code}"
    return ""


def _why(now: Run, line: Line) -> str:
    """The cause of the object's last change."""
    name, cause = line.word(1), line.word(2)
    causes = [found.cause for found in now.transitions if found.key.id == name]
    return "" if causes and causes[-1] == cause else f"{name} changed because of {causes[-1] if causes else 'nothing'}"


def _runs(now: Run, line: Line) -> str:
    """Where it really runs, whatever the cluster believes."""
    name, wanted = line.word(1), line.word(2)
    engine = now.cluster
    if engine.facts.find(Role, name) is None and engine.facts.find(Resource, name) is None:
        raise Wrong(line.number, f"there is no {name}")
    mine = [resource.id for resource in engine.facts.resources_of(name)] or [name]
    places = sorted({place for resource in mine for place in engine.world.runs_on(resource)})
    found = ",".join(places) or "nowhere"
    return "" if found == wanted else f"{name} runs on {found}, expected {wanted}"


FORMS: Mapping[str, Callable[[Run, Line], str]] = {
    "event": _event, "no": _no_event, "refused": _refused, "operation": _operation, "why": _why, "runs": _runs,
}  # fmt: skip
