"""Many processes on PostgreSQL and Redis are one console."""

import re
import time
from collections.abc import Callable

import pytest
from websockets.sync.connection import Connection

from tests.running import Console, Visitor

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]

WITHIN_SECONDS = 20
TAKEOVER_SECONDS = 30


def test_an_act_at_one_is_seen_at_the_other(visitors: tuple[Visitor, Visitor]) -> None:
    here, there = visitors
    nodes, node = _a_node_that_is_up(here)
    with there.follow(nodes) as socket:
        _pause(here, nodes, node)
        assert _until(socket, lambda said: "Paused" in said)
    _resume(here, nodes, node)


def test_what_one_reads_the_other_shows(visitors: tuple[Visitor, Visitor]) -> None:
    nodes, node = _a_node_that_is_up(visitors[1])
    place = f"{nodes.replace('/nodes/', '/readings/node/')}{node}"
    until = time.monotonic() + WITHIN_SECONDS
    while not re.search(r"CPU Usage, last hour: <b>\d+ %", visitors[1].get(place)):
        assert time.monotonic() < until
        time.sleep(1)
    assert "unknown" not in visitors[1].get(place)


def test_what_one_asks_the_other_answers(visitors: tuple[Visitor, Visitor]) -> None:
    nodes, node = _a_node_that_is_up(visitors[1])
    _, told = visitors[1].send(f"{nodes.replace('/nodes/', '/forecast/stop-node')}?kind=node&key={node}")
    answer = re.search(r'hx-get="([^"]+)" hx-trigger="load', told)
    assert answer
    until = time.monotonic() + WITHIN_SECONDS
    while "Asking the cluster" in (told := visitors[1].get(answer[1])):
        assert time.monotonic() < until
        time.sleep(0.5)
    assert "planner (simulator)" in told


def test_when_the_controller_dies_the_other_process_takes_over(
    visitors: tuple[Visitor, Visitor], consoles: tuple[Console, Console]
) -> None:
    nodes, node = _a_node_that_is_up(visitors[1])
    consoles[0].kill()
    with visitors[1].follow(nodes) as socket:
        _pause(visitors[1], nodes, node)
        assert _until(socket, lambda said: "Paused" in said, TAKEOVER_SECONDS)
    _resume(visitors[1], nodes, node)


def test_neither_has_anything_to_complain_about(
    visitors: tuple[Visitor, Visitor], consoles: tuple[Console, Console]
) -> None:
    visitors[0].get("/")
    assert "Traceback" not in consoles[0].errors


def _a_node_that_is_up(visitor: Visitor) -> tuple[str, str]:
    """The page of the nodes of the first cluster, and the key of its last node."""
    slug = re.findall(r'href="/clusters/(?!add/)([\w-]+)/', visitor.get("/"))[0]
    nodes = f"/clusters/{slug}/nodes/"
    return nodes, re.findall(rf'href="{nodes}([\w-]+)"', visitor.get(nodes))[-1]


def _pause(visitor: Visitor, nodes: str, node: str) -> None:
    assert (
        visitor.post(f"{nodes.replace('/nodes/', '/do/pause')}?kind=node&key={node}", token=f"pause-{time.time_ns()}")
        == 204
    )


def _resume(visitor: Visitor, nodes: str, node: str) -> None:
    assert (
        visitor.post(f"{nodes.replace('/nodes/', '/do/resume')}?kind=node&key={node}", token=f"resume-{time.time_ns()}")
        == 204
    )


def _until(socket: Connection, told: Callable[[str], bool], seconds: float = WITHIN_SECONDS) -> bool:
    """Whether a frame within that time says it."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        try:
            if told(str(socket.recv(timeout=left))):
                return True
        except TimeoutError:
            break
    return False
