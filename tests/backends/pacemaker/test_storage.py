"""Shared storage that hangs on one host or on all: it holds up no look, and what was read of it stands."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from clusters.backends.base import Observation
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.transport import Finished
from clusters.backends.pacemaker.troubles import TimedOut
from clusters.domain.items import ClusterInfo
from tests.backends.pacemaker.recorded import NODES, Player, script, text
from vms.backends import storage as module
from vms.backends.libvirt import STATS, Libvirt
from vms.backends.storage import REST, Storage
from vms.domain.items import Power, VirtualMachine

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FOLDER = "/srv/ClusterStorage/Volume1"
XML = text("vm2.dumpxml.xml")
SAVED = f"{FOLDER}/vm1/vm1.state"
LATE_S = 0.05  # what a test's look waits for who hangs
ONE, TWO = "/srv/one.xml", "/srv/two.xml"


class Host(Player):
    """A node whose storage has these files, or hangs over some of them until it is let go."""

    def __init__(self, node: str, name: str = "vm-stopped") -> None:
        super().__init__(node, {**script(name), STATS: Finished(0, "", "")})
        self.files: dict[str, str] = {}
        self.asked: list[str] = []
        self.hangs: tuple[str, ...] = ()
        self.cut = asyncio.Event()  # its deadline

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        program, *_, path = argv
        if program not in ("cat", "ls") or tuple(argv) in self.answers:
            return await super().run(argv, deadline_s, stdin)
        self.asked.append(path)
        if path in self.hangs:
            await self.cut.wait()
            raise TimedOut(self.node, program=program, seconds="8.0")
        if program == "cat":
            return Finished(0, self.files[path], "") if path in self.files else Finished(1, "", "No such file\n")
        folders = {file.rpartition("/")[0] for file in self.files}
        return Finished(0, "\n".join(each for each in argv if each in self.files or each in folders), "")


class Room:
    """Hosts with the same storage, and a clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOON
        self.hosts = {node: Host(node) for node in NODES}
        for host in self.hosts.values():
            host.files = {ONE: XML, TWO: XML.replace("vm2", "two"), SAVED: "memory"}
        self.storage = Storage(self.hosts, lambda: self.now)

    async def read(self, *paths: str, files: tuple[str, ...] = (), seconds: float = 0.0) -> None:
        self.now += timedelta(seconds=seconds)
        await self.storage.read(paths, lambda: files, NODES)

    async def cut(self, *nodes: str) -> None:
        """What hangs there ends by its deadline."""
        for node in nodes:
            self.hosts[node].cut.set()
            await asyncio.wait([self.storage._reading[node]])

    def names(self, *paths: str) -> list[str]:
        found = (self.storage.configuration(path) for path in paths)
        return [each.name if each else "" for each in found]

    def troubles(self) -> dict[str, str]:
        return {source.name: source.error.code for source in self.storage.sources()}


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr(module, "PATIENCE_S", LATE_S)
    monkeypatch.setattr(module, "MOMENT_S", LATE_S)
    return Room()


async def test_what_lies_there_is_read_through_the_host_that_is_believed(room: Room) -> None:
    await room.read(ONE, TWO, files=(SAVED, "/srv/other.state"))
    assert room.names(ONE, TWO) == ["vm2", "two"]
    assert (room.storage.is_saved(SAVED), room.storage.is_saved("/srv/other.state")) == (True, False)
    assert [host.asked != [] for host in room.hosts.values()] == [True, False, False]


async def test_while_one_host_hangs_another_one_reads(room: Room) -> None:
    room.hosts["node1"].hangs = (ONE, SAVED)
    await room.read(ONE, files=(SAVED,))
    assert (room.names(ONE), room.storage.is_saved(SAVED)) == ([""], None)
    await room.read(ONE, files=(SAVED,))
    assert (room.names(ONE), room.storage.is_saved(SAVED)) == (["vm2"], True)
    await room.storage.close()


async def test_a_host_is_not_asked_for_more_while_it_hangs_nor_soon_after(room: Room) -> None:
    host = room.hosts["node1"]
    host.hangs = (ONE, TWO)
    await room.read(ONE, TWO)
    await room.cut("node1")
    await room.read(ONE, TWO)
    await room.read(ONE, TWO, seconds=REST.total_seconds() - 1)
    assert len(host.asked) == 1


async def test_it_is_said_who_does_not_get_through_until_it_does(room: Room) -> None:
    host = room.hosts["node1"]
    await room.read(ONE)
    host.hangs = (ONE,)
    await room.read(ONE, seconds=61)
    await room.cut("node1")
    assert room.troubles() == {"storage node1": "storage-hangs"}
    assert [source.seen_at for source in room.storage.sources()] == [NOON]
    host.hangs = ()
    await room.read(ONE)
    assert room.troubles() == {"storage node1": "storage-hangs"}
    await room.read(ONE, seconds=REST.total_seconds())
    assert room.troubles() == {}


async def test_what_was_read_stands_while_every_host_hangs(room: Room) -> None:
    await room.read(ONE, files=(SAVED,))
    for host in room.hosts.values():
        host.hangs = (ONE, SAVED)
    for _ in range(4):
        await room.read(ONE, files=(SAVED,), seconds=61)
    assert (room.names(ONE), room.storage.is_saved(SAVED)) == (["vm2"], True)
    assert [len(host.asked) for host in room.hosts.values()] == [3, 1, 0]
    await room.storage.close()


async def test_of_a_machine_that_ran_meanwhile_nobody_knows_whether_it_is_saved(room: Room) -> None:
    await room.read(files=(SAVED,))
    await room.read()
    for host in room.hosts.values():
        host.hangs = (SAVED,)
    await room.read(files=(SAVED,))
    assert room.storage.is_saved(SAVED) is None
    await room.storage.close()


async def test_one_file_that_hangs_everywhere_keeps_no_other_from_being_read(room: Room) -> None:
    for host in room.hosts.values():
        host.hangs = (ONE,)
    await room.read(ONE, TWO, files=(SAVED,))
    await room.cut("node1")
    await room.read(ONE, TWO, files=(SAVED,))
    assert (room.names(ONE, TWO), room.storage.is_saved(SAVED)) == (["", "two"], True)
    await room.storage.close()


async def test_a_host_without_the_storage_knows_nothing_of_it(room: Room) -> None:
    await room.read(ONE, files=(SAVED,))
    room.hosts["node1"].hangs = (ONE, SAVED, "/srv/new.state")
    room.hosts["node2"].files = {}
    await room.read(ONE, files=(SAVED, "/srv/new.state"), seconds=61)
    await room.read(ONE, files=(SAVED, "/srv/new.state"))
    assert room.hosts["node2"].asked
    assert room.names(ONE) == ["vm2"]
    assert [room.storage.is_saved(file) for file in (SAVED, "/srv/new.state")] == [True, None]
    await room.storage.close()


async def test_what_was_being_read_when_it_was_written_anew_is_read_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, gate = room.hosts["node1"], asyncio.Event()

    async def slowly(argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        told = await Host.run(host, argv, deadline_s, stdin)
        await gate.wait()
        return told

    monkeypatch.setattr(host, "run", slowly)
    await room.read(ONE)
    room.now += timedelta(seconds=1)
    room.storage.forget(ONE)
    gate.set()
    await asyncio.wait(room.storage._reading.values())
    assert room.names(ONE) == [""]
    await room.read(ONE)
    assert room.names(ONE) == ["vm2"]


async def test_a_host_that_is_away_is_no_trouble_of_its_storage(room: Room) -> None:
    room.hosts["node1"].hangs = (ONE,)
    await room.read(ONE)
    await room.cut("node1")
    await room.storage.read((ONE,), tuple, NODES[1:])
    assert room.troubles() == {}


async def look(backend: Libvirt) -> Observation:
    """One look that nothing may hold up."""
    async with asyncio.timeout(1):
        return await backend.observe("")


async def test_a_look_says_who_did_not_get_through_and_knows_quorum_and_roles(room: Room) -> None:
    backend = Libvirt(Pacemaker(room.hosts.values()), lambda: room.now)
    for host in room.hosts.values():
        host.hangs = (SAVED,)
    seen = await look(backend)
    made, info = seen.state.find(VirtualMachine, "vm1"), seen.state.find(ClusterInfo, "self")
    assert made
    assert info
    assert (made.power, info.has_quorum) == (Power.UNKNOWN, True)
    room.hosts["node1"].cut.set()
    seen = await look(backend)
    assert {source.name for source in seen.sources if source.error} == {"storage node1"}
    await backend.close()


async def test_a_host_that_does_not_describe_one_machine_is_not_asked_for_the_next(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = Host("node1", "healthy")
    running = "".join(f"Domain: 'vm{number}'\n  state.state=1\n  state.reason=1\n\n" for number in (1, 2, 3))
    host.answers = {**host.answers, STATS: Finished(0, running, "")}
    asked = []

    async def mute(argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        if "dumpxml" in argv:
            asked.append(argv[-1])
            raise TimedOut("node1", program="virsh", seconds="8.0")
        return await Host.run(host, argv, deadline_s, stdin)

    monkeypatch.setattr(host, "run", mute)
    backend = Libvirt(Pacemaker([host]), lambda: room.now)
    await look(backend)
    await look(backend)
    assert asked == ["vm1", "vm2"]
    await backend.close()
