"""Recordings of a real three-node cluster, and a pretend transport that plays them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from clusters.backends.pacemaker.cib import Cib, read_cib
from clusters.backends.pacemaker.links import read_links, read_rings
from clusters.backends.pacemaker.looking import CIB, LINKS, MONITOR, QUORUM, RINGS, STAMP, STATUS
from clusters.backends.pacemaker.monitor import Monitor, read_monitor
from clusters.backends.pacemaker.picture import picture
from clusters.backends.pacemaker.transport import Finished
from clusters.backends.pacemaker.views import Belief, View, believe
from clusters.backends.pacemaker.votes import read_votes
from clusters.domain.state import State

FOLDER = Path(__file__).parents[2] / "contract/recordings/pacemaker"
NAMES = sorted(path.name.removesuffix(".cib.xml") for path in FOLDER.glob("*.cib.xml"))
NODES = ("node1", "node2", "node3")
# Who was asked for the recording, where it was not the first node.
ASKED = {"partitioned-minority": "node3", "partitioned-fenced": "node2"}
KEY = "5f0c9a5e6b6f4d0f8a8b2f1c3d4e5f60"  # operation in the recordings of a move


def text(name: str) -> str:
    """One recorded output; "" where it was not recorded."""
    path = FOLDER / name
    return path.read_text() if path.exists() else ""


def view(name: str, node: str = "") -> View:
    """The recorded view of a node."""
    monitor, cib = read_monitor(text(f"{name}.crm_mon.xml")), read_cib(text(f"{name}.cib.xml"))
    return _seen(name, node or ASKED.get(name, "node1"), monitor, cib)


def _seen(name: str, node: str, monitor: Monitor, cib: Cib) -> View:
    votes, links = read_votes(text(f"{name}.quorum.txt")), read_links(text(f"{name}.rings.txt"))
    return View(node, monitor, cib, votes, links, read_rings(text("corosync.conf")))


def belief(name: str, monitor: Callable[[str], str] = str, cib: Callable[[str], str] = str) -> Belief:
    """What one recorded view makes us believe; the functions change the recording first."""
    changed = read_monitor(monitor(text(f"{name}.crm_mon.xml"))), read_cib(cib(text(f"{name}.cib.xml")))
    seen = _seen(name, ASKED.get(name, "node1"), *changed)
    found = believe([seen], (0, 0), True)
    assert found
    return found


def state(name: str, monitor: Callable[[str], str] = str, cib: Callable[[str], str] = str) -> State:
    """The whole recorded cluster as the console knows it."""
    held = belief(name, monitor, cib)
    return picture(held, {held.view.node: held.view}, "", State())


def part(argv: Sequence[str], whole: Finished) -> Finished | None:
    """What a node that answers so when it is asked for everything says of its version, or of what was done, alone."""
    if tuple(argv) == STAMP:
        opening = whole.out[: whole.out.find(">") + 1].strip()
        return replace(whole, out=opening.removesuffix("/>").removesuffix(">") + "/>")
    if tuple(argv) == STATUS:
        return replace(whole, out=whole.out[whole.out.find("<status") : whole.out.find("</cib>")])
    return None


Script = Mapping[tuple[str, ...], Finished]


def script(name: str) -> dict[tuple[str, ...], Finished]:
    """What a node answers to the questions of a look."""
    return {
        MONITOR: Finished(0, text(f"{name}.crm_mon.xml"), ""),
        CIB: Finished(0, text(f"{name}.cib.xml"), ""),
        QUORUM: Finished(0, text(f"{name}.quorum.txt"), ""),
        LINKS: Finished(0, text(f"{name}.rings.txt"), ""),
        RINGS: Finished(0, text("corosync.conf"), ""),
    }


@dataclass
class Player:
    """A node that answers from a script, or raises what stands there, and remembers what else it was told to do."""

    node: str
    answers: Script = field(default_factory=dict)
    otherwise: Finished = field(default_factory=lambda: Finished(0, "", ""))
    told: list[tuple[str, ...]] = field(default_factory=list)
    trouble: Exception | None = None
    closed: bool = False
    said: tuple[str, ...] = ()
    heard: Callable[[str], None] | None = None

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        if self.trouble:
            raise self.trouble
        if CIB in self.answers and (told := part(argv, self.answers[CIB])):
            return told
        if tuple(argv) in self.answers:
            return self.answers[tuple(argv)]
        self.told.append(tuple(argv))
        return self.otherwise

    async def follow(self, argv: Sequence[str], began: Callable[[], None], heard: Callable[[str], None]) -> int:
        """Says what stands in `said`, and then goes on in silence."""
        if self.trouble:
            raise self.trouble
        began()
        self.heard = heard
        for line in self.said:
            heard(line)
        await asyncio.Event().wait()
        return 0

    async def close(self) -> None:
        self.closed = True

    def changes(self) -> list[tuple[str, ...]]:
        """The changing programs it ran."""
        return [argv for argv in self.told if argv[0] in ("cibadmin", "crm_resource", "crm_attribute")]
