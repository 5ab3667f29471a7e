"""A cluster whose options make no way to it: it says why, instead of failing, until somebody mends them."""

from collections.abc import Callable

from clusters.backends.base import Answer, Observation, Question, Refused, Unreachable
from clusters.domain.commands import Command
from clusters.domain.keys import Key
from clusters.domain.messages import Message


class Unusable:
    """A Backend that has only its reason. Whoever changes the options has the cluster connected anew."""

    def __init__(self, reason: Message) -> None:
        self._reason = reason

    def can(self, command: type, key: Key) -> Message:
        return self._reason

    async def observe(self, cursor: str) -> Observation:
        raise Unreachable(self._reason)

    async def submit(self, key: str, command: Command) -> None:
        raise Refused(self._reason)

    async def cancel(self, key: str) -> None:
        """Nothing is under way."""

    async def ask(self, question: Question) -> Answer:
        return Answer((self._reason,))

    def watch(self, wake: Callable[[], None]) -> None:
        """Nothing happens here."""

    async def close(self) -> None:
        """Nothing is kept."""
