"""Controls every cluster that no other process controls: leases, new and removed clusters, work noticed late.

One task for each cluster, so that trouble with one never stops the others. The database is asked once a second, in one
query for all clusters, because a poke from another process may be lost.
"""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from clusters import connections, lease, notify, processes, retention, snapshots
from clusters.controller import Controller
from clusters.lease import LeaseLost
from clusters.models import Cluster, Inquiry, Ledger
from clusters.planner import Planner

RENEWALS_A_LEASE = 3  # so that a renewal may wait two thirds of the lease for a busy database
RETRY_SECONDS = 1.0
RETRY_SECONDS_AFTER_TROUBLE = 3.0  # what fails at once must not fill the log and the processor
TIDY_SECONDS = 3600
REJOIN_SECONDS = 3600  # layers forget a group's member after a day

log = logging.getLogger(__name__)


class Fleet:
    """The controllers of one process."""

    def __init__(self) -> None:
        self._keepers: dict[int, asyncio.Task[None]] = {}
        self._controllers: dict[int, Controller] = {}
        self._planners: dict[int, Planner] = {}
        self._poked = asyncio.Event()

    async def run(self) -> None:
        """Control until cancelled; then the leases are handed back."""
        listener = asyncio.create_task(self._listen())
        try:
            while True:
                try:
                    await self._look_round()
                except Exception:
                    # The database is away, say: what is controlled goes on, and the next round may succeed.
                    log.exception("no round could be made")
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._poked.wait(), settings.CONTROLLER_POLL_SECONDS)
                self._poked.clear()
        finally:
            listener.cancel()
            await self._stop(list(self._keepers))

    async def _look_round(self) -> None:
        """One query: which clusters are there, and which have news that is not ours or a question."""
        heads, asked = await _in_thread(_heads)()
        if heads.keys() != self._keepers.keys():
            await notify.clusters_changed()
        for cluster_id, number in heads.items():
            if cluster_id not in self._keepers:
                self._keepers[cluster_id] = asyncio.create_task(self._keep(cluster_id))
            controller = self._controllers.get(cluster_id)
            # Another number than the controller's own means that somebody asked for something.
            if controller is not None and controller.number != number:
                controller.number = number
                controller.wake()
            if cluster_id in asked and cluster_id in self._planners:
                self._planners[cluster_id].wake()
        if gone := [cluster_id for cluster_id in self._keepers if cluster_id not in heads]:
            await self._stop(gone)
            # Removed by another process, it may be: nobody else tells this one to let its state go.
            await _in_thread(snapshots.forget_removed)()

    async def _keep(self, cluster_id: int) -> None:
        """Control one cluster whenever it is free, for as long as it is there."""
        while True:
            pause = RETRY_SECONDS
            try:
                term = await _in_thread(lease.acquire)(cluster_id, processes.own_name(), timezone.now())
                if term is not None:
                    await self._control(cluster_id, term)
            except LeaseLost:
                log.warning("cluster %s: another process took over", cluster_id)
            except Exception:
                log.exception("cluster %s: its controller failed and begins again", cluster_id)
                pause = RETRY_SECONDS_AFTER_TROUBLE
            await asyncio.sleep(pause)

    async def _control(self, cluster_id: int, term: int) -> None:
        cluster, cursor = await _in_thread(_described)(cluster_id)
        backend = await _in_thread(connections.usable)(cluster)
        controller, planner = Controller(cluster_id, backend, term, cursor), Planner(cluster_id, backend)
        self._controllers[cluster_id], self._planners[cluster_id] = controller, planner
        connections.started(cluster_id, backend)
        try:
            await _first_ending(controller.run(), planner.run(), _hold(cluster_id, term), _tidy(cluster_id))
        finally:
            self._controllers.pop(cluster_id, None)
            self._planners.pop(cluster_id, None)
            connections.stopped(cluster_id)
            # In this order: the simulator leaves its last checkpoint, which only the holder of the lease may write.
            await backend.close()
            await _in_thread(lease.release)(cluster_id, term)

    async def _stop(self, cluster_ids: list[int]) -> None:
        keepers = [self._keepers.pop(cluster_id) for cluster_id in cluster_ids]
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)

    async def _listen(self) -> None:
        """Hear pokes. Without a channel layer, or when it fails, the poll does the work."""
        while True:
            try:
                await self._hear()
            except Exception as trouble:
                log.warning("controllers hear no pokes: %s", trouble)
            await asyncio.sleep(RETRY_SECONDS_AFTER_TROUBLE)

    async def _hear(self) -> None:
        layer = get_channel_layer()
        if layer is None:
            return
        channel = await layer.new_channel()
        while True:
            await layer.group_add(notify.CONTROLLERS, channel)
            with suppress(TimeoutError):
                async with asyncio.timeout(REJOIN_SECONDS):
                    while True:
                        await layer.receive(channel)
                        self._poked.set()


async def _hold(cluster_id: int, term: int) -> None:
    """Renew the lease in time; raises LeaseLost."""
    while True:
        await asyncio.sleep(settings.LEASE_SECONDS / RENEWALS_A_LEASE)
        await _in_thread(lease.renew)(cluster_id, term, timezone.now())


async def _tidy(cluster_id: int) -> None:
    """Drop what is older than it is kept, at the start and every hour."""
    while True:
        try:
            await _in_thread(retention.tidy)(cluster_id, timezone.now())
        except Exception:
            # Old rows harm nobody for another hour; a cluster that nobody controls does.
            log.exception("cluster %s: what is old could not be dropped", cluster_id)
        await asyncio.sleep(TIDY_SECONDS)


async def _first_ending(*endless: Coroutine[None, None, None]) -> None:
    """Run endless tasks side by side until one fails, and stop the others."""
    tasks = [asyncio.ensure_future(each) for each in endless]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _heads() -> tuple[dict[int, int], set[int]]:
    """The numbers of all clusters that are switched on, and which of them are asked something."""
    # A question raises no number, so it has to be looked for by itself.
    open_ = Inquiry.objects.filter(cluster_id=OuterRef("cluster_id"), answered_at__isnull=True)
    enabled = Ledger.objects.filter(cluster__enabled=True)
    rows = list(enabled.values_list("cluster_id", "seq", Exists(open_)))
    return {cluster: number for cluster, number, _ in rows}, {cluster for cluster, _, asked in rows if asked}


def _described(cluster_id: int) -> tuple[Cluster, str]:
    ledger = Ledger.objects.select_related("cluster").get(cluster_id=cluster_id)
    return ledger.cluster, ledger.cursor


_in_thread = database_sync_to_async
