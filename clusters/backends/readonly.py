"""A cluster that the console only looks at, because nobody has allowed it to act: that is how every cluster begins."""

from collections.abc import Callable

from clusters.backends.base import Answer, Backend, Observation, Question, Refused
from clusters.domain.commands import Command
from clusters.domain.keys import Key
from clusters.domain.messages import Message, say


class ReadOnly:
    """The backend itself, but for acts: they are refused with the reason."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def can(self, command: type, key: Key) -> Message:
        """What the cluster itself cannot do stays the better reason."""
        return self._backend.can(command, key) or say("cluster-read-only")

    async def observe(self, cursor: str) -> Observation:
        return await self._backend.observe(cursor)

    async def submit(self, key: str, command: Command) -> None:
        raise Refused(say("cluster-read-only"))

    async def cancel(self, key: str) -> None:
        """Withdraws only what the console itself began, when it was still allowed to."""
        await self._backend.cancel(key)

    async def ask(self, question: Question) -> Answer:
        return await self._backend.ask(question)

    def watch(self, wake: Callable[[], None]) -> None:
        self._backend.watch(wake)

    async def close(self) -> None:
        await self._backend.close()
