"""The pretend cluster behind a socket, so that it and its record survive every death of the console.

One line of JSON asks, one answers. Now and then an answer is late, so that a kill falls into the middle of a call.
"""

import asyncio
import json
from random import Random
from threading import Event, Thread
from typing import Any

from clusters.domain import codec
from tests.ledger.pretend import Engine

TICK_SECONDS = 0.1
LATE_SECONDS = 0.15
START_SECONDS = 10


class EngineServer:
    """Runs in a thread of its own; `port` is where it listens."""

    def __init__(self, engine: Engine, chance: Random) -> None:
        self.engine = engine
        self.port = 0
        self._chance = chance
        self._loop = asyncio.new_event_loop()
        self._ready = Event()
        self._stop = asyncio.Event()
        self._thread = Thread(target=lambda: self._loop.run_until_complete(self._serve()))

    def __enter__(self) -> "EngineServer":
        self._thread.start()
        self._ready.wait(START_SECONDS)
        return self

    def __exit__(self, *trouble: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        clock = asyncio.create_task(self._tick())
        self._ready.set()
        await self._stop.wait()
        clock.cancel()
        server.close()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.engine.tick(TICK_SECONDS)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        if not line.endswith(b"\n"):
            writer.close()  # the console died while it asked
            return
        asked = json.loads(line)
        if self._chance.random() < 0.5:
            await asyncio.sleep(self._chance.random() * LATE_SECONDS)
        answer = self._act(asked)
        if self._chance.random() < 0.5:
            await asyncio.sleep(self._chance.random() * LATE_SECONDS)
        writer.write(json.dumps(answer).encode() + b"\n")
        writer.close()

    def _act(self, asked: dict[str, Any]) -> Any:
        match asked["do"]:
            case "observe":
                seen = self.engine.look(asked["cursor"])
                return {
                    "at": codec.encode(seen.at),
                    "items": [codec.encode(item) for item in seen.state.values()],
                    "tasks": codec.encode(seen.tasks),
                    "transitions": codec.encode(seen.transitions),
                    "cursor": seen.cursor,
                }
            case "submit":
                return self.engine.receive(asked["key"], codec.decode(asked["command"]))
            case "cancel":
                return self.engine.cancel(asked["key"])
        raise ValueError(asked)
