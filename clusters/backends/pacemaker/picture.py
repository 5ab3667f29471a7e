"""A whole cluster from one believed view: the one place where the parts meet. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from clusters.backends.pacemaker import devices, driven
from clusters.backends.pacemaker.moves import moves
from clusters.backends.pacemaker.networks import networks
from clusters.backends.pacemaker.nodes import cluster, nodes
from clusters.backends.pacemaker.roles import unit_items
from clusters.backends.pacemaker.storage import storage
from clusters.backends.pacemaker.views import Belief, View
from clusters.domain.items import Item, Role, RoleState
from clusters.domain.state import State


def picture(belief: Belief, answers: Mapping[str, View], fallback_name: str, before: State) -> State:
    """Everything the view shows. What an untrusted one leaves out is kept from `before`: not seen is not gone."""
    items: list[Item] = [cluster(belief, fallback_name), *nodes(belief, answers)]
    for unit in belief.view.monitor.units:
        items.extend(unit_items(unit, belief))
    items.extend(storage(belief))
    items.extend(networks(belief, answers))
    items.extend(devices.witness(belief))
    state = State.of(_targeted(items, belief))
    return state if belief.trusted else State({**before, **state})


def _targeted(items: Iterable[Item], belief: Belief) -> Iterable[Item]:
    """Roles say where they are going, while a constraint of ours is under way, and where a pause drove them from."""
    ids = {name: identity for identity, name in belief.view.cib.node_names.items()}
    going = {move.role: ids.get(move.node, "") for move in moves(belief.view.cib) if not (move.away or move.withdrawn)}
    live = {move.role for move in moves(belief.view.cib) if move.live}
    homes = driven.homes(belief.view)
    for item in items:
        if isinstance(item, Role):
            target = going.get(item.id, "")
            waits = target not in ("", item.owner) and item.state is RoleState.ONLINE
            status = "queued" if waits and item.id in live else item.status
            target = target if target != item.owner else ""
            yield replace(item, target=target, status=status, home=homes.get(item.id, ""))
        else:
            yield item
