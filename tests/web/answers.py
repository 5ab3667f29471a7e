"""What an answer says, be it given at once or in pieces."""

from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import async_to_sync


def text(answer: Any) -> str:
    """The whole of it; a streamed one can be read once."""
    return async_to_sync(_whole)(answer.streaming_content) if answer.streaming else str(answer.content.decode())


async def _whole(pieces: AsyncIterator[bytes]) -> str:
    return b"".join([piece async for piece in pieces]).decode()
