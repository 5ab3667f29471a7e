"""Where a role may go: every node with its room after the move, or the reason why not (ui.md §7).

The dialog of a move and the menu of its targets draw the same choices. A node without a free slot for live migrations
is no refusal, where the cluster queues: it is said that the move will wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clusters.domain import placement
from clusters.domain.bookings import AT_REST
from clusters.domain.items import Disk, Node, NodeState, Role
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message
from clusters.domain.slots import Slots
from clusters.domain.state import State
from clusters.presenters import states, words
from clusters.presenters.facts import Meter, percent
from clusters.presenters.rows import names_of
from clusters.presenters.sentences import sentence


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a question. A refused one keeps its place and says why."""

    value: str
    label: str
    hint: str = ""
    end: str = ""
    on: bool = False
    refused: bool = False
    meter: Meter | None = None


def node_options(state: State, keys: Sequence[Key], optional: bool, slotted: bool = False) -> tuple[Option, ...]:
    """Every node with fit, free memory after the move, or the reason of its refusal (ui.md §7). `slotted`: the move
    takes up a slot for live migrations, of the node that the role leaves too."""
    role = state.find(Role, keys[0].id) if keys[0].kind in ("role", "vm") and len(keys) == 1 else None
    best = (Option("", _("Best possible node"), on=True),) if optional or len(keys) > 1 else ()
    if role is None:
        disk = state.find(Disk, keys[0].id) if keys[0].kind == "disk" and len(keys) == 1 else None
        here = (keys[0].id, disk.owner if disk else "")  # a node drains to another, and a disk leaves its owner
        up = [
            Option(node.id, node.name, node_hint(node), refused=node.state != NodeState.UP or node.paused)
            for node in state.nodes()
            if node.id not in here
        ]
        return (*best, *up)
    ranking = placement.rank(state, role.id, exclude={role.owner})
    names = names_of(state)
    nodes = {node.id: node for node in state.all(Node)}
    # What does not run only changes its owner, and waits for no slot (fcm P25).
    slots = Slots(state) if slotted and role.state not in AT_REST else None
    fits: list[Option] = []
    no: list[Option] = []
    for found in ranking.candidates:
        taken = slots.taken(role.owner, found.node) if slots else NOTHING
        if taken and slots and slots.refuses:
            no.append(_refused(found.node, taken, names))
        else:
            first = not fits and not best
            praise = _best(ranking) if first else _("Fits")
            fits.append(_candidate(found, nodes[found.node], role.memory_mb, first, _hint(praise, found, taken, names)))
    # That it cannot move to where it is goes without saying: the question names the node that it leaves.
    no += [_refused(each.node, each.reason, names) for each in ranking.refusals if each.node != role.owner]
    return (*best, *fits, *no)


def _refused(node: str, reason: Message, names: dict[str, str]) -> Option:
    return Option(node, names.get(node, node), sentence(reason, names), _("refused"), refused=True)


def _best(ranking: placement.Ranking) -> str:
    """What makes the first the best one; what else speaks for it stands in its notes."""
    first, *others = ranking.candidates
    most = bool(others) and not first.notes and all(other.free_after_mb < first.free_after_mb for other in others)
    return _("Best: most free memory after the move") if most else _("Best")


def _hint(praise: str, found: placement.Candidate, taken: Message, names: dict[str, str]) -> str:
    """Whether it fits, whether it will wait, and what speaks for the node or against it."""
    fit = _("%(fits)s, but waits: %(why)s") % {"fits": praise, "why": sentence(taken, names)} if taken else praise
    return " · ".join([fit, *(sentence(note, names) for note in found.notes)])


def _candidate(found: placement.Candidate, node: Node, needed: int, first: bool, hint: str) -> Option:
    used = node.memory_mb - found.free_after_mb
    share, comes = percent(used, node.memory_mb), percent(needed, node.memory_mb)
    told = _("%(percent)s %%, %(free)s free") % {"percent": share, "free": words.memory(found.free_after_mb)}
    return Option(
        found.node,
        node.name,
        hint,
        told,
        first,
        meter=Meter(node.name, told, max(0, share - comes), comes),
    )


def node_hint(node: Node) -> str:
    """The state of a node where nothing is judged about memory."""
    return states.node_mark(node).word
