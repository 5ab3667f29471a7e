"""The line to one node of a Pacemaker cluster, recorded or real, with a hand on it: cut it, garble it, hold it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.transport import Finished, Transport, within
from clusters.backends.pacemaker.troubles import NotReached, ServiceStopped, TransportError
from tests.contract.rig import Parted
from vms.backends.libvirt import Libvirt

GARBAGE = "<pacemaker-result><status code='0'\x00\ufffd ]]> Ω" * 3


class Line:
    """A transport around another, that counts what changes the cluster."""

    def __init__(self, inner: Transport) -> None:
        self.node = inner.node
        self.acts = 0
        self._inner = inner
        self._answer: Finished | TransportError | None = None
        self._free = asyncio.Event()
        self._free.set()

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        """As any transport, within the deadline."""
        await within(deadline_s, self._free.wait(), self.node, argv)
        if isinstance(self._answer, TransportError):
            raise self._answer
        if self._answer is not None:
            return self._answer
        self.acts += changes(argv)
        return await self._inner.run(argv, deadline_s, stdin)

    async def follow(self, argv: Sequence[str], began: Callable[[], None], heard: Callable[[str], None]) -> int:
        """As the inner one; nothing of it is promised."""
        return await self._inner.follow(argv, began, heard)

    async def close(self) -> None:
        """Let the node go."""
        await self._inner.close()

    def give(self, answer: Finished | TransportError | None) -> None:
        """From now on every program answers so; None: as the node does."""
        self._answer = answer

    def hold(self) -> None:
        """From now on nothing is answered."""
        self._free.clear()

    def free(self) -> None:
        """The node answers again."""
        self._answer = None
        self._free.set()


def changes(argv: Sequence[str]) -> bool:
    """Whether the program changes the cluster."""
    return argv[0] in ("crm_resource", "crm_attribute") or (argv[0] == "cibadmin" and argv[1] != "--query")


class PacemakerRig(Parted):
    """Pacemaker and libvirt as the console pairs them, over lines to three nodes."""

    def __init__(self, nodes: Callable[[], Sequence[Transport]]) -> None:
        self._nodes = nodes
        self._lines: list[Line] = []
        self._before = 0
        self._connect()
        self.troubles: Mapping[str, Callable[[], None]] = {
            "cut": lambda: self._everywhere(lambda line: NotReached(line.node, reason="the cable is out")),
            "stopped": lambda: self._everywhere(lambda line: ServiceStopped(line.node)),
            "garbled": lambda: self._everywhere(lambda line: Finished(0, GARBAGE, "")),
            "silent": lambda: self._everywhere(lambda line: Finished(0, "", "")),
            "refusing": lambda: self._everywhere(lambda line: Finished(4, "", "Permission denied\n")),
            "failing": lambda: self._everywhere(lambda line: Finished(1, "", "segmentation fault\n")),
            "hung": self.hang,
        }

    async def restart(self) -> None:
        """New connections, and nothing remembered."""
        await self.backend.close()
        self._before = self.acts()
        self._connect()

    def acts(self) -> int:
        """Changing programs that were run on any node."""
        return self._before + sum(line.acts for line in self._lines)

    def silence(self) -> frozenset[str]:
        """The last node is cut off from us, though not from the others."""
        node = self._lines[-1].node
        self._lines[-1].give(NotReached(node, reason="the cable is out"))
        return frozenset({node, f"libvirt {node}"})

    def hang(self) -> None:
        """No node answers anything."""
        for line in self._lines:
            line.hold()

    def mend(self) -> None:
        """Every node answers."""
        for line in self._lines:
            line.free()

    def _connect(self) -> None:
        self._lines = [Line(node) for node in self._nodes()]
        self.backend = Libvirt(Pacemaker(self._lines, "lab"))

    def _everywhere(self, answer: Callable[[Line], Finished | TransportError]) -> None:
        for line in self._lines:
            line.give(answer(line))
