"""The submenu of a move: the best possible node and every other one, with its room or the reason why not (ui.md §7)."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from clusters import models
from clusters.domain import actions
from clusters.domain.action import Action, Tier
from clusters.domain.items import Role
from clusters.domain.keys import Key
from clusters.presenters import words
from clusters.presenters.menu import BEST, address, can_of, verb
from clusters.presenters.rows import names_of
from clusters.presenters.sentences import sentence
from clusters.presenters.summary import state_of
from clusters.presenters.targets import Option, node_options


@dataclass(frozen=True, slots=True)
class Target:
    """One node of the submenu; without an address it is refused, and `option` says why."""

    dom_id: str
    icon: str
    option: Option
    href: str


@dataclass(frozen=True, slots=True)
class NodeMenu:
    """What `clusters/targets.html` draws. `reason`: the act itself is refused by now."""

    title: str
    needs: str
    best: Target | None
    nodes: tuple[Target, ...]
    reason: str = ""


def node_menu(cluster: models.Cluster, action: Action, key: Key, tier: Tier) -> NodeMenu | None:
    """The nodes that the act can be asked for; None when the role is gone."""
    state = state_of(cluster)
    role = state.find(Role, key.id)
    if role is None:
        return None
    reason = sentence(actions.judge(action, state, [key], tier, can_of(cluster)).refusal, names_of(state))
    options = node_options(state, [key], optional=False, slotted=action.slotted)
    if reason:
        return NodeMenu(verb(action, role.name), "", None, (), reason)
    targets = tuple(_target(action, cluster.slug, key, place, option) for place, option in enumerate(options))
    best = options[0] if options and not options[0].refused else None
    return NodeMenu(
        verb(action, role.name),
        words.memory(role.memory_mb) if role.memory_mb else "",
        None if best is None else _best(action, cluster.slug, key, best),
        targets,
    )


def _target(action: Action, slug: str, key: Key, place: int, option: Option) -> Target:
    said = urlencode({"kind": key.kind, "key": key.id, "target": option.value})
    href = "" if option.refused else f"{reverse('do', args=[slug, action.name])}?{said}"
    return Target(f"to-{place}", "server", option, href)


def _best(action: Action, slug: str, key: Key, found: Option) -> Target | None:
    """The cluster itself chooses when the moment is there; said is whom it would choose now."""
    itself = actions.ACTIONS.get(action.name + BEST)
    if itself is None:
        return None
    now = _("Now %(node)s") % {"node": found.label}
    option = Option("", _("Best possible node"), now, found.end, meter=found.meter)
    return Target("to-best", "star", option, address(itself, slug, [key]))
