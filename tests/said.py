"""Finds everything the product says: message codes and event numbers in its source, with the parameters given to each.

A code is a literal, a choice of literals, or comes from a table; tables and patterns are named here, so that a new one
is noticed. Codes said with fewer parameters in one place than in another count with the fewest: a sentence has to read
well everywhere.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from clusters.backends.pacemaker import nodes, troubles
from clusters.domain import faults, items
from clusters.domain.conditions import IN_SERVICE
from clusters.domain.placement import CLOSED_STATES
from tests.source import Module, calls, modules

PATTERNS: dict[str, tuple[str, ...]] = {
    "node-{node.state}": tuple(f"node-{state}" for state in items.NodeState if state not in IN_SERVICE),
    "{codes.pop()}-anywhere": ("anti-affinity-conflict-anywhere", "not-enough-memory-anywhere"),
    "fault-{fault.type}": tuple(f"fault-{fault}" for fault in faults.FaultType),
    "breaks-{breakage.type}": tuple(f"breaks-{fault}" for fault in faults.FaultType),
}
"""Codes put together from values: all that can come out."""

TABLES: dict[str, tuple[str, ...]] = {
    "clusters.domain.placement": tuple(code for code in CLOSED_STATES.values() if code),
    "clusters.backends.pacemaker.because": (
        "why-role-follows", "why-together-in-role-must", "why-together-in-role", "why-followed", "why-apart-must",
        "why-apart", "why-together-must", "why-together",
    ),
    "clusters.backends.pacemaker.nodes": tuple(code for _test, _state, code in nodes.STATES if code),
    "clusters.backends.pacemaker.placing": ("no-better-node", "would-not-be-put-there"),
    "clusters.backends.pacemaker.troubles": (),
    "clusters.backends.simulator.failures": (),
}  # fmt: skip
"""By module: the codes that a variable given to `say` can hold. Troubles and outcomes are found where they are made."""

LEAST_EVENT = 1000

KINDS: list[type[troubles.TransportError]] = [troubles.TransportError, *troubles.TransportError.__subclasses__()]
TROUBLES = {kind.__name__: kind.code for kind in KINDS}


@dataclass(frozen=True)
class Said:
    """A code, the names of what is given with it, and where."""

    code: str
    params: frozenset[str]
    place: str


def messages() -> Iterator[Said]:
    """Every message code of the product."""
    for module in modules("clusters", "vms", "clustermgr"):
        for name, call in calls(module):
            if name == "say":
                params = _params(module, call)
                yield from (Said(code, params, module.at(call)) for code in _codes(module, call.args[0]))
            elif name in TROUBLES:
                yield Said(
                    TROUBLES[name],
                    frozenset({"node"} | {word.arg for word in call.keywords if word.arg}),
                    module.at(call),
                )
            elif name.endswith(".after") or name == "Outcome":
                yield from _bare(module, name, call)


def _codes(module: Module, code: ast.expr) -> tuple[str, ...]:
    """All that the expression can be."""
    match code:
        case ast.Constant(value=str(text)):
            return (text,)
        case ast.IfExp(body=body, orelse=orelse):
            return (*_codes(module, body), *_codes(module, orelse))
        case ast.JoinedStr():
            return PATTERNS[ast.unparse(code)[2:-1]]
        case _:
            return TABLES[module.name]


def _params(module: Module, call: ast.Call) -> frozenset[str]:
    """Names of what is given, or may be; a dictionary that is unpacked stands there, or above in the same module."""
    names = {word.arg for word in call.keywords if word.arg}
    for word in call.keywords:
        if word.arg is None and isinstance(word.value, ast.Name):
            names |= _keys(_nearest(module, word.value.id, call.lineno))
        elif word.arg is None:
            names |= _keys(word.value)
    return frozenset(names)


def _nearest(module: Module, name: str, line: int) -> ast.expr | None:
    """The dictionary of that name which stands nearest above the line."""
    written = [value for value in _assigned(module, name) if isinstance(value, ast.Dict) and value.lineno < line]
    return written[-1] if written else None


def _keys(written: ast.expr | None) -> set[str]:
    """Keys of the dictionaries in an expression."""
    found = [each for each in ast.walk(written) if isinstance(each, ast.Dict)] if written else []
    keys = [key.value for each in found for key in each.keys if isinstance(key, ast.Constant)]
    return {key for key in keys if isinstance(key, str)}


def _bare(module: Module, name: str, call: ast.Call) -> Iterator[Said]:
    """A failure that waits for its moment in the simulator keeps its code only."""
    if name == "Outcome":
        inner = [part for part in ast.walk(call) if isinstance(part, ast.Call) and ast.unparse(part.func) == "say"]
        yield from (Said(code, frozenset(), module.at(part)) for part in inner for code in _codes(module, part.args[0]))
    elif any(isinstance(part, ast.Constant) and part.value == "resource-failed" for part in call.args[2:3]):
        yield from (
            Said(str(part.value), frozenset(), module.at(call))
            for part in call.args[4:]
            if isinstance(part, ast.Constant)
        )


def events() -> Iterator[tuple[int, frozenset[str], str]]:
    """Every event number written by the simulated cluster, with what it tells, and where."""
    for module in modules("clusters", "vms"):
        for name, call in calls(module):
            if name == "engine.log":
                params = frozenset(word.arg for word in call.keywords if word.arg)
                yield from ((code, params, module.at(call)) for code in _numbers(module, call.args[0]))


def _numbers(module: Module, code: ast.expr, above: frozenset[str] = frozenset()) -> set[int]:
    """Every event number that the expression can be: what it names is looked up in its module."""
    if isinstance(code, ast.IfExp):
        return _numbers(module, code.body, above) | _numbers(module, code.orelse, above)
    found: set[int] = set()
    for part in ast.walk(code):
        if isinstance(part, ast.Constant) and isinstance(part.value, int) and part.value > LEAST_EVENT:
            found.add(part.value)
        elif isinstance(part, ast.Name) and part.id not in above:
            for value in _assigned(module, part.id):
                found |= _numbers(module, value, above | {part.id})
    return found


def _assigned(module: Module, name: str) -> Iterator[ast.expr]:
    """What a name of a module is made of, wherever it is assigned."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name for target in node.targets
        ):
            yield node.value
