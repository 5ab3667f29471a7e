"""Which roles are kept apart (fcm P22, P23): those that share a name, by one colocation constraint for each pair. Pure.

Pacemaker keeps apart two resources, not all that share a name: the names stand at the roles, as a meta attribute that
means nothing to Pacemaker, and the constraints follow from them. As a wish, a machine for which no other node is left
still starts; as a must, one of the two stays stopped. A constraint of somebody else is shown by its id under what it
is, and is not ours to change.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from clusters.backends.pacemaker.cib import Cib
from clusters.backends.pacemaker.ties import Colocation, of
from clusters.domain.messages import NOTHING, Message, say

BARRED = -1_000_000


def listed(text: str) -> tuple[str, ...]:
    """The names in a text, each once."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def forget(colocation: Colocation) -> tuple[str, ...]:
    """The program that takes one away."""
    text = tostring(Element("rsc_colocation", {"id": colocation.id}), encoding="unicode")
    return ("cibadmin", "--delete", "--sync-call", "-o", "constraints", "--xml-text", text)


@dataclass(frozen=True, slots=True)
class Distance:
    """One way of being kept apart. `names` is the meta attribute of a role that holds its names, with commas between
    them, `label` begins the ids of our constraints, `score` is theirs."""

    names: str
    label: str
    score: str
    must: bool

    def shown(self, role: str, cib: Cib) -> tuple[str, ...]:
        """The names a role shares with those it is kept apart from, and the constraints of others that do the same."""
        return (*self._own(role, cib), *self._foreign(role, cib))

    def write(self, role: str, value: str, cib: Cib) -> Iterator[tuple[str, ...]]:
        """The programs that make it so; names first, because whoever is killed here must know what was meant."""
        foreign = self._foreign(role, cib)
        names = tuple(name for name in listed(value) if name not in foreign)
        setting = ("crm_resource", f"--resource={role}", "--meta")
        change = ("--set-parameter=" + self.names, "--parameter-value=" + ",".join(names))
        yield (*setting, *change) if names else (*setting, f"--delete-parameter={self.names}")
        pairs = {self._id(role, other): other for other in self._alike(role, names, cib)}
        if pairs:
            made = Element("constraints")
            for identity, other in pairs.items():
                facts = {"id": identity, "rsc": role, "with-rsc": other, "score": self.score}
                SubElement(made, "rsc_colocation", facts)
            text = tostring(made, encoding="unicode")
            yield ("cibadmin", "--modify", "--allow-create", "--sync-call", "-o", "constraints", "--xml-text", text)
        yield from (forget(each) for each in self._ours(role, cib) if each.id not in pairs)

    def holds(self, role: str, value: str, cib: Cib) -> bool:
        """Whether the configuration says so."""
        names = tuple(name for name in listed(value) if name not in self._foreign(role, cib))
        pairs = {self._id(role, other) for other in self._alike(role, names, cib)}
        return self._own(role, cib) == names and {each.id for each in self._ours(role, cib)} == pairs

    def against(self, role: str, value: str, cib: Cib) -> Message:
        """Why it cannot be made so, or NOTHING: a constraint of somebody else would have to go."""
        gone = [name for name in self._foreign(role, cib) if name not in listed(value)]
        return say("colocation-of-others", constraint=gone[0]) if gone else NOTHING

    def _own(self, role: str, cib: Cib) -> tuple[str, ...]:
        definition = cib.definitions.get(role)
        return listed(definition.meta.get(self.names, "")) if definition else ()

    def _alike(self, role: str, names: tuple[str, ...], cib: Cib) -> list[str]:
        return [other for other in cib.definitions if other != role and set(self._own(other, cib)) & set(names)]

    def _ours(self, role: str, cib: Cib) -> list[Colocation]:
        return [each for each in of([role], cib.tied.colocations) if each.id.startswith(self.label)]

    def _foreign(self, role: str, cib: Cib) -> tuple[str, ...]:
        """Those that name the role itself or a member of it."""
        tied = cib.tied.colocations
        members = [each for each in tied if (known := cib.definitions.get(each)) and known.around == role]
        mine = (each for each in of([role, *members], tied) if not each.id.startswith((WISH.label, MUST.label)))
        return tuple(each.id for each in mine if each.score < 0 and (each.score <= BARRED) is self.must)

    def _id(self, one: str, other: str) -> str:
        """The same, whichever of the two is asked about."""
        return self.label + "--".join(sorted((one, other)))


# The wish is above the usual stickiness and every preferred owner, below what would leave a machine off.
WISH = Distance("console-apart", "console-apart-", "-10000", must=False)
MUST = Distance("console-never-together", "console-never-together-", "-INFINITY", must=True)
DISTANCES = {"anti_affinity": WISH, "apart_always": MUST}
"""By the setting of a role."""
