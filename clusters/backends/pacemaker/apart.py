"""Which roles are kept apart (fcm P22): those that share a name, by one colocation constraint for each pair. Pure.

Pacemaker keeps apart two resources, not all that share a name: the names stand at the roles, as a meta attribute that
means nothing to Pacemaker, and the constraints follow from them. Their score is a wish, as it is to FCM: a machine for
which no other node is left still starts. A constraint of somebody else is shown by its id, and is not ours to change.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

from clusters.backends.pacemaker.cib import Cib
from clusters.backends.pacemaker.ties import Colocation, of
from clusters.domain.messages import NOTHING, Message, say

NAMES = "console-apart"  # meta attribute of a role: names, with commas between them
LABEL = "console-apart-"
WISH = -10_000  # above the usual stickiness and every preferred owner, below what would leave a machine off


def listed(text: str) -> tuple[str, ...]:
    """The names in a text, each once."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def shown(role: str, cib: Cib) -> tuple[str, ...]:
    """The names a role shares with those it is kept apart from, and the constraints of others that do the same."""
    return (*_own(role, cib), *_foreign(role, cib))


def write(role: str, value: str, cib: Cib) -> Iterator[tuple[str, ...]]:
    """The programs that make it so; names first, because whoever is killed here must know what was meant."""
    foreign = _foreign(role, cib)
    names = tuple(name for name in listed(value) if name not in foreign)
    setting = ("crm_resource", f"--resource={role}", "--meta")
    change = ("--set-parameter=" + NAMES, "--parameter-value=" + ",".join(names))
    yield (*setting, *change) if names else (*setting, f"--delete-parameter={NAMES}")
    pairs = {_id(role, other): other for other in _alike(role, names, cib)}
    if pairs:
        made = Element("constraints")
        for identity, other in pairs.items():
            facts = {"id": identity, "rsc": role, "with-rsc": other, "score": str(WISH)}
            SubElement(made, "rsc_colocation", facts)
        text = tostring(made, encoding="unicode")
        yield ("cibadmin", "--modify", "--allow-create", "--sync-call", "-o", "constraints", "--xml-text", text)
    yield from (forget(each) for each in _ours(role, cib) if each.id not in pairs)


def forget(colocation: Colocation) -> tuple[str, ...]:
    """The program that takes one away."""
    text = tostring(Element("rsc_colocation", {"id": colocation.id}), encoding="unicode")
    return ("cibadmin", "--delete", "--sync-call", "-o", "constraints", "--xml-text", text)


def holds(role: str, value: str, cib: Cib) -> bool:
    """Whether the configuration says so."""
    names = tuple(name for name in listed(value) if name not in _foreign(role, cib))
    pairs = {_id(role, other) for other in _alike(role, names, cib)}
    return _own(role, cib) == names and {each.id for each in _ours(role, cib)} == pairs


def against(role: str, value: str, cib: Cib) -> Message:
    """Why it cannot be made so, or NOTHING: a constraint of somebody else would have to go."""
    gone = [name for name in _foreign(role, cib) if name not in listed(value)]
    return say("colocation-of-others", constraint=gone[0]) if gone else NOTHING


def _own(role: str, cib: Cib) -> tuple[str, ...]:
    definition = cib.definitions.get(role)
    return listed(definition.meta.get(NAMES, "")) if definition else ()


def _alike(role: str, names: tuple[str, ...], cib: Cib) -> list[str]:
    return [other for other in cib.definitions if other != role and set(_own(other, cib)) & set(names)]


def _ours(role: str, cib: Cib) -> list[Colocation]:
    return [each for each in cib.colocations if each.id.startswith(LABEL) and role in each.resources]


def _foreign(role: str, cib: Cib) -> tuple[str, ...]:
    """Those that name the role itself or a member of it."""
    tied = cib.tied.colocations
    members = [each for each in tied if (known := cib.definitions.get(each)) and known.around == role]
    apart = (each for each in of([role, *members], tied) if each.score < 0 and not each.id.startswith(LABEL))
    return tuple(each.id for each in apart)


def _id(one: str, other: str) -> str:
    """The same, whichever of the two is asked about."""
    return LABEL + "--".join(sorted((one, other)))
