"""What nodes offer and roles take: what is said of it, and what the real scheduler makes of the same figures."""

from collections.abc import Mapping
from pathlib import Path

from clusters.domain.items import Node, Role
from clusters.domain.messages import Message
from clusters.domain.state import State
from tests.backends.pacemaker.engine import dummy, needs_pacemaker, pairs, seen, told, written

pytestmark = needs_pacemaker

BALANCED = {"placement-strategy": "balanced"}
RULE = '<rule id="r"><date_expression id="d" operation="gt" start="2020-01-01"/></rule>'


def takes(owner: str, rule: str = "", **figures: object) -> str:
    return f'<utilization id="{owner}-takes">{rule}{pairs(f"{owner}-takes", figures)}</utilization>'


ROOM = {"node1": takes("n1", cpu=4), "node2": takes("n2", cpu=2), "node3": takes("n3", cpu=1)}
LARGE = dummy("here", takes("here", cpu=2)) + dummy("large", takes("large", cpu=3))


def clustered(
    folder: Path, options: Mapping[str, str] = BALANCED, room: Mapping[str, str] = ROOM, resources: str = LARGE
) -> tuple[State, str]:
    """The cluster as the console knows it, and its CIB."""
    cib = written(resources, options=options, nodes=room, running=(("here", "node1"),))
    return seen(cib, folder), cib


SAID = ("node", "name", "strategy", "figures", "used", "all", "needed", "free")


def lines(messages: tuple[Message, ...], prefix: str) -> list[str]:
    """Code and what is said, in the order of the sentence."""
    found = [(each.code, dict(each.params)) for each in messages if each.code.startswith(prefix)]
    return [" ".join((code, *(facts[name] for name in SAID if name in facts))) for code, facts in found]


def role(state: State, name: str) -> Role:
    found = state.find(Role, name)
    assert found
    return found


def test_a_node_says_how_much_of_it_is_taken(tmp_path: Path) -> None:
    state, _ = clustered(tmp_path)
    assert [lines(node.remarks, "capacity") for node in state.all(Node)] == [
        ["capacity cpu 2 4"], ["capacity cpu 0 2"], ["capacity cpu 0 1"],
    ]  # fmt: skip


def test_a_role_that_fits_nowhere_says_what_each_node_lacks_and_the_scheduler_agrees(tmp_path: Path) -> None:
    state, cib = clustered(tmp_path)
    large = role(state, "large")
    assert large.state == "offline"
    assert lines(large.because, "why-node") == [
        "why-node-full node1 cpu 3 2", "why-node-full node2 cpu 3 2", "why-node-full node3 cpu 3 1",
    ]  # fmt: skip
    plan = told(cib, tmp_path, "crm_simulate", "--simulate", f"--xml-file={tmp_path / 'cib.xml'}")
    assert "Start      large" not in plan
    unheeded = cib.replace("balanced", "default")
    assert "Start      large" in told(
        unheeded, tmp_path, "crm_simulate", "--simulate", f"--xml-file={tmp_path}/cib.xml"
    )


def test_the_first_of_a_group_is_what_lacks_room(tmp_path: Path) -> None:
    group = f'<group id="g">{dummy("one", takes("one", cpu=9))}{dummy("two", takes("two", cpu=1))}</group>'
    state, _ = clustered(tmp_path, resources=dummy("here", takes("here", cpu=2)) + group)
    assert "why-node-full node1 cpu 9 2" in lines(role(state, "g").because, "why-node")
    assert lines(role(state, "g").because, "role-takes") == ["role-takes cpu 10"]


def test_what_a_node_does_not_offer_it_has_none_of(tmp_path: Path) -> None:
    state, _ = clustered(tmp_path, room={})
    assert "why-node-full node2 cpu 3 0" in lines(role(state, "large").because, "why-node")


def test_by_the_default_strategy_figures_play_no_part_and_that_is_said(tmp_path: Path) -> None:
    state, _ = clustered(tmp_path, options={})
    assert lines(role(state, "here").because, "role-takes") == ["role-takes-unheeded cpu 2"]
    assert not lines(role(state, "large").because, "why-node-full")
    assert lines(state.cluster.remarks, "capacity") == ["capacity-unheeded default"]


def test_without_figures_nothing_is_said(tmp_path: Path) -> None:
    state, _ = clustered(tmp_path, options={}, room={}, resources=dummy("here"))
    assert not lines(state.cluster.remarks, "capacity")
    assert not lines(role(state, "here").because, "role-takes")


def test_what_a_rule_decides_is_unknown(tmp_path: Path) -> None:
    ruled = dummy("here", takes("here", RULE, cpu=2))
    state, _ = clustered(tmp_path, resources=ruled)
    node = state.find(Node, "1")
    assert node
    assert lines(node.remarks, "capacity") == ["capacity-unknown cpu"]
    assert lines(role(state, "here").because, "role-takes") == ["role-takes cpu ?"]
