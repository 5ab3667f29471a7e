"""A Pacemaker cluster that replays recordings: it keeps the constraints it is given and goes on to the recording that
shows what was asked."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from clusters.backends.pacemaker.looking import CIB, EXISTS
from clusters.backends.pacemaker.transport import Finished
from clusters.backends.pacemaker.troubles import ProgramMissing
from clusters.domain.commands import StopRole
from tests.backends.pacemaker.recorded import NODES, script
from tests.contract.lines import PacemakerRig, changes
from vms.backends.libvirt import STATS
from vms.domain.commands import LiveMigrate

STOPPED, MOVED = "vm-stopped", "one-link-down"
HOMES = {"healthy": ("vm1", "vm2", "vm3"), STOPPED: ("", "vm2", "vm3"), MOVED: ("", "vm2", "vm3 vm1")}
"""Which machines run on each node in these recordings."""
IDENTITY = re.compile(r'id="([^"]+)"')
SIZE = "  state.state=1\n  state.reason=1\n  balloon.maximum=98304\n  vcpu.current=1\n"


@dataclass
class Play:
    """What all nodes of the cluster agree on."""

    recording: str = "healthy"
    following: str = ""  # the recording that comes when time passes
    constraints: dict[str, str] = field(default_factory=dict)

    def answer(self, node: str, argv: tuple[str, ...]) -> Finished:
        """What the node says to a program."""
        if changes(argv):
            return self._change(argv)
        if argv == STATS:
            names = HOMES[self.recording][NODES.index(node)].split()
            return Finished(0, "\n".join(f"Domain: '{name}'\n{SIZE}" for name in names), "")
        told = script(self.recording).get(argv, Finished(1, "", f"{argv[0]}: not recorded\n"))
        if argv != CIB:
            return told
        made = "".join(self.constraints.values())
        return Finished(0, told.out.replace("</constraints>", f"{made}</constraints>"), "")

    def _change(self, argv: tuple[str, ...]) -> Finished:
        if argv[0] == "cibadmin":
            return self._constrain(argv[1], argv[-1])
        if argv[-1] == "--parameter-value=Stopped":
            self.following = STOPPED
        return Finished(0, "", "")

    def _constrain(self, how: str, xml: str) -> Finished:
        found = IDENTITY.search(xml)
        assert found
        if how == "--create" and found[1] in self.constraints:
            return Finished(EXISTS, "", "File exists\n")
        if how == "--delete":
            self.constraints.pop(found[1], None)
        else:
            self.constraints[found[1]] = xml
            self.following = MOVED
        return Finished(0, "", "")


@dataclass
class Node:
    """One node of the play."""

    node: str
    play: Play

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        """Answer at once."""
        return self.play.answer(self.node, tuple(argv))

    async def follow(self, argv: Sequence[str], began: Callable[[], None], heard: Callable[[str], None]) -> int:
        """Tells nothing by itself."""
        raise ProgramMissing(self.node, program=argv[0])

    async def close(self) -> None:
        """Nothing is kept."""


class Replayed(PacemakerRig):
    """vm1 runs on node1, vm2 on node2, vm3 on node3."""

    stop = StopRole("vm1")
    move = LiveMigrate("vm1", "3")

    def __init__(self) -> None:
        self._play = Play()
        super().__init__(lambda: [Node(name, self._play) for name in NODES])

    async def pass_time(self) -> None:
        """What was asked is done."""
        self._play.recording, self._play.following = self._play.following or self._play.recording, ""
