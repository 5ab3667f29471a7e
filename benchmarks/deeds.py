"""What the console of `console.py` can be asked to do: fill clusters, commit changes, tell sockets something."""

import resource
import time
from datetime import UTC, datetime
from http import HTTPStatus
from statistics import median
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.readings import recorded
from benchmarks.sizes import calmed, changed, cluster_of
from clusters import ledger, live, notify, pages, permissions, positions, snapshots
from clusters.backends.base import Observation
from clusters.backends.simulator.engine import Engine
from clusters.domain.commands import InjectFault
from clusters.domain.faults import Fault, FaultType
from clusters.domain.items import Role
from clusters.domain.state import State
from clusters.frames import local_frames
from clusters.models import Cluster, Ledger
from clusters.pace import Pace
from clusters.presenters.listpage import list_page
from clusters.presenters.start import line
from clusters.regions import Part
from clusters.windows import SHELF
from vms.backends.simulated.samples import large

GROUP = "plain"

pages.register("bench", lambda cluster, kwargs, query: ((Part("line", cluster),), None), framed=False)


class Plain(AsyncWebsocketConsumer):
    """What channels' own tutorial has: every socket a member of the group."""

    async def connect(self) -> None:
        """Join."""
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def told(self, event: dict[str, Any]) -> None:
        """Hand on."""
        await self.send(text_data=event["text"])


class Deeds:
    """Each method answers one line."""

    def __init__(self) -> None:
        self.plain_socket = Plain.as_asgi()
        self._states: dict[int, State] = {}
        self._watched: dict[str, live.Page] = {}

    async def load(self, slug: str, nodes: int, roles: int) -> dict[str, Any]:
        """A cluster of that size; how long its first commit took."""
        return await database_sync_to_async(self._load)(slug, nodes, roles)

    def _load(self, slug: str, nodes: int, roles: int) -> dict[str, Any]:
        cluster = Cluster.objects.create(slug=slug, name=slug, backend="simulator")
        Ledger.objects.create(cluster=cluster, epoch="bench")
        return {"cluster": cluster.pk, **self._commit(cluster.pk, cluster_of(nodes, roles))}

    async def commit(self, cluster: int, changes: int, quiet: bool = False) -> dict[str, Any]:
        """One commit that changes so many roles, and its poke. `at` is when the commit stood."""
        answer = await database_sync_to_async(self._change)(cluster, changes)
        if not quiet:
            await notify.advanced(cluster, answer["seq"])
        return answer

    def _change(self, cluster: int, changes: int) -> dict[str, Any]:
        if cluster not in self._states:
            self._states[cluster] = snapshots.current(cluster).state
        return self._commit(cluster, changed(self._states[cluster], changes))

    def _commit(self, cluster: int, state: State) -> dict[str, Any]:
        began, worked = time.perf_counter(), time.thread_time()
        now = datetime.now(UTC)
        seq = ledger.commit(cluster, 0, Observation(now, state), (), now, Pace())
        self._states[cluster] = state
        cpu_ms = 1000 * (time.thread_time() - worked)
        return {"seq": seq, "ms": 1000 * (time.perf_counter() - began), "cpu_ms": cpu_ms, "at": time.time()}

    async def served(self, path: str, times: int) -> dict[str, Any]:
        """Milliseconds of processor inside Django for a page, session and all, without the network; the median."""
        return {"ms": await database_sync_to_async(_served)(path, times)}

    async def watch(self, address: str, cluster: int) -> dict[str, Any]:
        """Open a page of a list; every role of the cluster comes to rest first, so that all clusters begin alike."""
        return await database_sync_to_async(self._watch)(address, cluster)

    def _watch(self, address: str, cluster: int) -> dict[str, Any]:
        self._commit(cluster, calmed(self._states[cluster]))
        view = pages.view_of(address, permissions.EVERYTHING, "en")
        assert view is not None
        assert view.rows is not None
        at, rows = positions.now(view.clusters), list_page(Cluster.objects.get(pk=cluster), view.rows.spec).rows
        self._watched[address] = live.opened(view, at, SHELF.keep(tuple(row.id for row in rows)))
        return {}

    async def frame(self, address: str, cluster: int) -> dict[str, Any]:
        """What a commit of one change costs, and the frame that it is for an open page."""
        return await database_sync_to_async(self._frame)(address, cluster)

    def _frame(self, address: str, cluster: int) -> dict[str, Any]:
        commit, page = self._change(cluster, 1), self._watched[address]
        upto = positions.now(page.view.clusters)
        began = time.thread_time()
        outcome = live.frame(page, upto)
        cpu_ms = 1000 * (time.thread_time() - began)
        assert isinstance(outcome, live.Frame)
        self._watched[address] = outcome.page
        return {"commit_cpu_ms": commit["cpu_ms"], "cpu_ms": cpu_ms, "bytes": len(outcome.html)}

    async def idle(self, address: str) -> dict[str, Any]:
        """What a page costs whose cluster did not move."""
        return await database_sync_to_async(self._idle)(address)

    def _idle(self, address: str) -> dict[str, Any]:
        page = self._watched[address]
        with CaptureQueriesContext(connection) as queries:
            began = time.perf_counter()
            assert live.is_current(page, page.position)
            took = 1000 * (time.perf_counter() - began)
        return {"untouched_queries": len(queries), "untouched_ms": round(took, 3)}

    async def lose_node(self) -> dict[str, Any]:
        """A node of the largest sample loses its power: how long the simulator takes for a minute of cluster time."""
        return await database_sync_to_async(_lose_node)()

    async def read(self) -> dict[str, Any]:
        """Readings of the largest sample are taken: what that costs."""
        return await database_sync_to_async(recorded)()

    async def group_send(self, cluster: int) -> dict[str, Any]:
        """A fragment to every plain socket, as an application of channels does it after a commit: read, rendered once,
        sent to the group. `at` is when that began."""
        began = time.time()
        text = await database_sync_to_async(_fragment)(cluster)
        rendered = time.time()
        layer = get_channel_layer()
        assert layer is not None
        await layer.group_send(GROUP, {"type": "told", "text": text})
        return {"at": began, "rendering_s": rendered - began}

    async def session(self) -> dict[str, Any]:
        """A cookie of somebody who may see everything."""
        return {"cookie": await database_sync_to_async(_session)()}

    async def counted(self) -> dict[str, Any]:
        """Renderings, memory."""
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {"rendered": local_frames().rendered, "memory_mb": kilobytes / 1024}


def _fragment(cluster: int) -> str:
    found = Cluster.objects.get(pk=cluster)
    return render_to_string("clusters/_line.html", {"cluster": found, "line": line(found)})


def _served(path: str, times: int) -> float:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(username="bench"))
    took = []
    for _ in range(times + 1):
        began = time.thread_time()
        answer = client.get(path)
        took.append(1000 * (time.thread_time() - began))
        assert answer.status_code == HTTPStatus.OK, answer.status_code
    return round(median(took[1:]), 1)


def _lose_node() -> dict[str, Any]:
    began = time.perf_counter()
    engine = large(datetime(2026, 1, 5, 8, tzinfo=UTC))
    built = time.perf_counter() - began
    node = engine.facts.nodes()[0]
    hit = sum(role.owner == node.id for role in engine.facts.all(Role))
    engine.run_until(engine.now + 1000)
    engine.state()
    began = time.perf_counter()
    engine.submit("loss", InjectFault(Fault(FaultType.POWER, node.id)))
    engine.run_until(engine.now + 60_000)
    took = time.perf_counter() - began
    nodes, roles = len(engine.facts.nodes()), len(engine.facts.all(Role))
    return {
        "nodes": nodes, "roles": roles, "roles_on_it": hit, "build_s": round(built, 2),
        "minute_of_cluster_time_s": round(took, 2), "state_ms": _timed_state(engine),
    }  # fmt: skip


def _timed_state(engine: Engine) -> float:
    began = time.perf_counter()
    engine.state()
    return round(1000 * (time.perf_counter() - began), 1)


def _session() -> str:
    user, _ = User.objects.get_or_create(username="bench", is_superuser=True)
    store = SessionStore()
    store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store.create()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"
