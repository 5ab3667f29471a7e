"""What the console of `console.py` can be asked to do: fill clusters, commit changes, tell sockets something."""

import resource
import time
from datetime import UTC, datetime
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore

from benchmarks.sizes import changed, cluster_of
from clusters import ledger, notify, pages
from clusters.backends.base import Observation
from clusters.domain.state import State
from clusters.frames import local_frames
from clusters.hub import local_hub
from clusters.models import Cluster, Ledger
from clusters.pace import Pace
from clusters.regions import Part

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

    async def load(self, slug: str, nodes: int, roles: int) -> dict[str, Any]:
        """A cluster of that size; how long its first commit took."""
        return await database_sync_to_async(self._load)(slug, nodes, roles)

    def _load(self, slug: str, nodes: int, roles: int) -> dict[str, Any]:
        cluster = Cluster.objects.create(slug=slug, name=slug, backend="simulator")
        Ledger.objects.create(cluster=cluster, epoch="bench")
        return {"cluster": cluster.pk, **self._commit(cluster.pk, cluster_of(nodes, roles))}

    async def commit(self, cluster: int, changes: int, quiet: bool = False) -> dict[str, Any]:
        """One commit that changes so many roles, and its poke. `at` is when the commit stood."""
        state = changed(self._states[cluster], changes)
        answer = await database_sync_to_async(self._commit)(cluster, state)
        if not quiet:
            await notify.advanced(cluster, answer["seq"])
        return answer

    def _commit(self, cluster: int, state: State) -> dict[str, Any]:
        began = time.perf_counter()
        now = datetime.now(UTC)
        seq = ledger.commit(cluster, 0, Observation(now, state), (), now, Pace())
        self._states[cluster] = state
        return {"seq": seq, "ms": 1000 * (time.perf_counter() - began), "at": time.time()}

    async def group_send(self, text: str) -> dict[str, Any]:
        """The same text to every plain socket, as channels does it."""
        began = time.time()
        layer = get_channel_layer()
        assert layer is not None
        await layer.group_send(GROUP, {"type": "told", "text": text})
        return {"at": began}

    async def session(self) -> dict[str, Any]:
        """A cookie of somebody who may see everything."""
        return {"cookie": await database_sync_to_async(_session)()}

    async def counted(self) -> dict[str, Any]:
        """Sockets, renderings, memory."""
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {"sockets": len(local_hub()._wakes), "rendered": local_frames().rendered, "memory_mb": kilobytes / 1024}


def _session() -> str:
    user, _ = User.objects.get_or_create(username="bench", is_superuser=True)
    store = SessionStore()
    store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store.create()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"
