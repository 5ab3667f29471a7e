"""How busy real machines and hosts are, by what libvirt counted between two looks."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from clusters.backends.base import Observation, Reading
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.transport import Finished
from clusters.backends.pacemaker.troubles import TimedOut
from clusters.domain.keys import Key
from tests.backends.pacemaker.recorded import NODES, Player, script, text
from vms.backends.domstats import Load, read_domstats, read_load
from vms.backends.libvirt import STATS, VIRSH, Libvirt
from vms.backends.usage import Count, Usage

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
VM = Key("role", "vm1")
MEMORY = text("host.nodememstats.txt")
NODEINFO = "CPU(s):              2\nMemory size:         5597396 KiB\n"


class Room:
    """Three recorded nodes with virsh on them, and a clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = NOON
        self.players = {node: Player(node, script("healthy")) for node in NODES}
        self.busy_ns = 5_000_000_000
        self.host_ns = 1_000_000_000_000
        self.backend = Libvirt(Pacemaker(self.players.values()), lambda: self.now)

    async def look(self, seconds: float = 5.0, busy: float = 0.0) -> Observation:
        """So much later; meanwhile machines and hosts were busy for this share of one processor."""
        self.now += timedelta(seconds=seconds)
        self.busy_ns += int(busy * seconds * 1e9)
        self.host_ns += int(busy * seconds * 1e9)
        for number, (node, player) in enumerate(self.players.items(), 1):
            player.answers = {
                **script("healthy"),
                STATS: Finished(0, self._stats(f"vm{number}"), ""),
                (*VIRSH, "nodeinfo"): Finished(0, NODEINFO, ""),
                (*VIRSH, "nodecpustats"): Finished(0, f"user: {self.host_ns}\nsystem: 0\nidle: 7\n", ""),
                (*VIRSH, "nodememstats"): Finished(0, MEMORY, ""),
            }
            assert node == player.node
        return await self.backend.observe("")

    def _stats(self, name: str) -> str:
        recorded = text("move-under-way.domstats.txt").split("\n\n")[0]
        return recorded.replace("'vm2'", f"'{name}'").replace("vcpu.0.time=5050000000", f"vcpu.0.time={self.busy_ns}")


@pytest.fixture
def room() -> Room:
    return Room()


def test_it_reads_what_was_recorded() -> None:
    stats = read_domstats(text("move-under-way.domstats.txt"))
    assert {name: (each.busy_ns, each.demand_mb) for name, each in stats.items()} == {
        "vm2": (5_050_000_000, 57), "big": (230_000_000, 224)
    }  # fmt: skip


@pytest.mark.parametrize("name", ["healthy.virsh.txt", "standby.virsh.txt", "move-arrived.domstats.txt"])
def test_every_recorded_machine_tells_how_busy_it_is(name: str) -> None:
    stats = read_domstats(text(name)).values()
    assert all(each.busy_ns and each.demand_mb and each.demand_mb <= (each.memory_mb or 0) for each in stats)
    assert stats


@pytest.mark.parametrize(
    ("told", "demand"),
    [
        ("", None),
        ("  balloon.current=98304\n", None),
        ("  balloon.current=98304\n  balloon.rss=51200\n", 50),
        ("  balloon.current=98304\n  balloon.rss=215304\n", 96),
        ("  balloon.current=98304\n  balloon.usable=999999\n", 0),
        ("  balloon.current=viel\n  balloon.usable=10\n", None),
    ],
)
def test_a_guest_that_tells_less_is_known_less(told: str, demand: int | None) -> None:
    assert read_domstats(f"Domain: 'vm'\n{told}")["vm"].demand_mb == demand


@pytest.mark.parametrize("time", ["", "-5", "viel", "9" * 40])
def test_a_damaged_count_is_no_count(time: str) -> None:
    assert read_domstats(f"Domain: 'vm'\n  vcpu.0.time=7\n  vcpu.1.time={time}\n")["vm"].busy_ns is None


def test_years_of_work_fit() -> None:
    assert read_domstats("Domain: 'vm'\n  vcpu.0.time=4000000000000000000\n")["vm"].busy_ns == 4 * 10**18


def test_it_reads_a_host() -> None:
    assert read_load(text("host.nodecpustats.txt"), MEMORY, NOON) == Load(NOON, 17_705_290_000_000, 2153)
    assert read_load("", "error: not supported", NOON) == Load(NOON, None, None)


async def test_at_the_first_look_only_the_memory_is_known(room: Room) -> None:
    assert (await room.look()).readings[VM] == Reading(None, 57)


async def test_the_second_look_tells_how_busy_it_is(room: Room) -> None:
    await room.look()
    seen = await room.look(5, busy=0.38)
    assert (seen.readings[VM].cpu, seen.readings[Key("node", "1")]) == (38, Reading(19, 2153))


async def test_looks_in_quick_succession_keep_what_was_known(room: Room) -> None:
    await room.look()
    await room.look(5, busy=0.5)
    assert (await room.look(1, busy=1)).readings[VM].cpu == 50


async def test_a_host_that_does_not_answer_is_unknown(room: Room) -> None:
    await room.look()
    await room.look(5, busy=0.5)
    room.players["node1"].trouble = TimedOut("node1", program="virsh", seconds="2.0")
    seen = await room.look(5)
    assert not {VM, Key("node", "1")} & seen.readings.keys()
    assert Key("role", "vm2") in seen.readings


async def test_a_host_that_tells_nothing_of_itself_is_unknown_and_fails_nothing(room: Room) -> None:
    class Mute(Player):
        async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
            if argv[-1] == "nodecpustats":
                raise TimedOut("node1", program="virsh", seconds="0.5")
            return await super().run(argv, deadline_s, stdin)

    room.players["node1"] = Mute("node1")
    room.backend = Libvirt(Pacemaker(room.players.values()), lambda: room.now)
    await room.look()
    seen = await room.look(5, busy=0.5)
    assert (Key("node", "1") in seen.readings, seen.readings[VM].cpu) == (False, 50)
    assert not any(source.error for source in seen.sources)


def count(seconds: float, busy_ns: int | None, processors: int | None = 1, host: str = "a") -> Count:
    return Count(VM, f"{host}/vm1", NOON + timedelta(seconds=seconds), busy_ns, processors, 10)


def readings(*counts: Count) -> list[int | None]:
    usage = Usage()
    return [usage.read([each], each.at)[VM].cpu for each in counts]


def test_a_count_that_fell_began_anew() -> None:
    assert readings(count(0, 9 * 10**9), count(5, 0), count(10, 10**9)) == [None, None, 20]


def test_a_machine_that_moved_is_counted_anew() -> None:
    assert readings(count(0, 0), count(5, 10**9), count(10, 90 * 10**9, host="b")) == [None, 20, None]


def test_what_was_long_ago_is_no_just_now() -> None:
    assert readings(count(0, 0), count(31, 10**9), count(36, 2 * 10**9)) == [None, None, 20]


def test_no_reading_exceeds_what_there_is() -> None:
    assert readings(count(0, 0), count(5, 50 * 10**9)) == [None, 100]


def test_a_missing_count_is_unknown() -> None:
    assert readings(count(0, 0), count(5, None), count(10, 10**9), count(15, 10**9, None)) == [None, None, 10, None]
