"""Where a role may go: every node with its room after the move, or the reason why not (ui.md §7).

The dialog of a move and the menu of its targets draw the same choices.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clusters.domain import placement
from clusters.domain.items import Node, NodeState, Role
from clusters.domain.keys import Key
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


def node_options(state: State, keys: Sequence[Key], optional: bool) -> tuple[Option, ...]:
    """Every node with fit, free memory after the move, or the reason of its refusal (ui.md §7)."""
    role = state.find(Role, keys[0].id) if keys[0].kind in ("role", "vm") and len(keys) == 1 else None
    best = (Option("", _("Best possible node"), on=True),) if optional or len(keys) > 1 else ()
    if role is None:
        up = [
            Option(node.id, node.name, node_hint(node), refused=node.state != NodeState.UP or node.paused)
            for node in state.nodes()
            if node.id != keys[0].id
        ]
        return (*best, *up)
    ranking = placement.rank(state, role.id, exclude={role.owner})
    names = names_of(state)
    nodes = {node.id: node for node in state.all(Node)}
    fits = [
        _candidate(found, nodes[found.node], role.memory_mb, place == 0 and not best, names)
        for place, found in enumerate(ranking.candidates)
    ]
    no = [
        Option(
            refused.node,
            names.get(refused.node, refused.node),
            sentence(refused.reason, names),
            _("refused"),
            refused=True,
        )
        for refused in ranking.refusals
    ]
    return (*best, *fits, *no)


def _candidate(found: placement.Candidate, node: Node, needed: int, first: bool, names: dict[str, str]) -> Option:
    used = node.memory_mb - found.free_after_mb
    share, comes = percent(used, node.memory_mb), percent(needed, node.memory_mb)
    told = _("%(percent)s %%, %(free)s free") % {"percent": share, "free": words.memory(found.free_after_mb)}
    notes = " · ".join(sentence(note, names) for note in found.notes)
    hint = " · ".join(part for part in (_("Best") if first else _("Fits"), notes) if part)
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
