"""The console's side of the socket: a Backend whose cluster lives in the process of the test."""

import asyncio
import json
import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

from clusters.backends.base import Answer, Backend, Observation, Question, Unreachable
from clusters.domain import codec
from clusters.domain.commands import Command
from clusters.domain.keys import Key
from clusters.domain.log import Transition
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import Task
from clusters.domain.state import State
from clusters.models import Cluster

INTERVAL_SECONDS = 0.05
LINE_MOST = 2**24  # bytes: the engine names every key that it was ever given


class Remote:
    """Asks the engine at the port that the environment names."""

    def can(self, command: type, key: Key) -> Message:
        return NOTHING

    async def observe(self, cursor: str) -> Observation:
        told = await self._ask(do="observe", cursor=cursor)
        return Observation(
            datetime.fromisoformat(told["at"]),
            State.of(codec.decode(item) for item in told["items"]),
            codec.decode_as(dict[str, Task], told["tasks"]),
            codec.decode_as(tuple[Transition, ...], told["transitions"]),
            cursor=told["cursor"],
            interval_s=INTERVAL_SECONDS,
        )

    async def submit(self, key: str, command: Command) -> None:
        await self._ask(do="submit", key=key, command=codec.encode(command))

    async def cancel(self, key: str) -> None:
        await self._ask(do="cancel", key=key)

    async def ask(self, question: Question) -> Answer:
        return Answer()

    def watch(self, wake: Callable[[], None]) -> None:
        return None

    async def close(self) -> None:
        return None

    async def _ask(self, **asked: Any) -> Any:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(os.environ["ENGINE_PORT"]), limit=LINE_MOST)
        except OSError as trouble:
            raise Unreachable(say("connection-refused")) from trouble
        writer.write(json.dumps(asked).encode() + b"\n")
        answer = await reader.readline()
        writer.close()
        return json.loads(answer)


def connect(cluster: Cluster) -> Backend:
    """The composition root of the killed console."""
    return Remote()
