"""Pokes: "cluster 7 is at 1042" to browsers, "there is work" to controllers. The only sender on the channel layer.

A poke carries no content, so a lost one costs nothing: browsers hear the position again every few seconds and
controllers look into the database once a second. A channel layer that is away therefore never fails a request.
"""

import logging
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

CONTROLLERS = "controller"
SOCKETS = "sockets"  # every web process, whatever clusters it watches

log = logging.getLogger(__name__)


def group(cluster_id: int) -> str:
    """The group in which each web process hears of one cluster, once."""
    return f"cluster.{cluster_id}"


async def advanced(cluster_id: int, seq: int) -> None:
    """The cluster is at `seq` now."""
    await _send(group(cluster_id), {"type": "advanced", "cluster": cluster_id, "seq": seq})


async def work(cluster_id: int) -> None:
    """Somebody asked for something: the controller of this cluster need not wait for its next look."""
    await _send(CONTROLLERS, {"type": "work", "cluster": cluster_id})


async def grants_changed(cluster_id: int) -> None:
    """Rights were given or taken: open sockets look again whether they may stay."""
    await _send(group(cluster_id), {"type": "grants", "cluster": cluster_id})


async def clusters_changed() -> None:
    """A cluster came or went: open sockets look again what there is to see."""
    await _send(SOCKETS, {"type": "clusters"})


def inquired(cluster_id: int) -> None:
    """`work` from a thread."""
    async_to_sync(work)(cluster_id)


def requested(cluster_id: int, seq: int) -> None:
    """Both pokes from a thread, after the commit of a request."""
    async_to_sync(_requested)(cluster_id, seq)


def regranted(cluster_id: int) -> None:
    """`grants_changed` from a thread."""
    async_to_sync(grants_changed)(cluster_id)


async def _requested(cluster_id: int, seq: int) -> None:
    await work(cluster_id)
    await advanced(cluster_id, seq)


async def _send(to: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        await layer.group_send(to, message)
    except Exception as trouble:  # whatever the layer's driver raises: the poke is repeated anyway
        log.warning("poke to %s was lost: %s", to, trouble)
