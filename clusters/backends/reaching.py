"""How the nodes of a kind of cluster are got at, before and beside managing it: host keys, tests in words."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from clusters.domain.messages import NOTHING, Message

Options = Mapping[str, Any]
Secrets = Callable[[str], Awaitable[str]]
"""A stored private key by its name. Raises BackendError when it cannot be read."""
JUMP = "jump host"
"""What the jump host is called among the nodes; no node is called so, for their names have no spaces."""


class Verdict(StrEnum):
    """What a test came to; a test that needs one that failed is skipped."""

    WELL = "well"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One test on one machine. `check` is the test's name, a message code ("check-login"); the message says more."""

    check: str
    verdict: Verdict
    message: Message = NOTHING


@dataclass(frozen=True, slots=True)
class HostKey:
    """What a machine showed when nobody had logged in yet. `public` is its key as options pin it."""

    public: str
    kind: str
    fingerprint: str


class Ways(Protocol):
    """What one kind of cluster offers. Nothing here changes anything on a machine."""

    async def host_keys(self, options: Options, secrets: Secrets) -> Mapping[str, HostKey | Message]:
        """The key that each machine shows now, or why none is seen. Machines behind a jump host whose own key is not
        confirmed are left out. Raises Refused for options that make no sense."""
        ...

    async def tests(self, options: Options, secrets: Secrets) -> Mapping[str, tuple[Finding, ...]]:
        """The tests of every machine, in their order. Raises Refused for options that make no sense."""
        ...
