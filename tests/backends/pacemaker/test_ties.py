"""Who follows whom by a colocation, as Pacemaker itself takes it apart; and what the console says of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clusters.backends.pacemaker.cib import read_cib
from clusters.backends.pacemaker.document import number, parse
from clusters.backends.pacemaker.ties import of
from clusters.domain.items import Role
from clusters.domain.messages import Message
from tests.backends.pacemaker.engine import dummy, meta, needs_pacemaker, seen, told, written

pytestmark = needs_pacemaker

NAMES = "abcdef"
APART = 'score="-INFINITY"'
LOOSE = 'sequential="false"'
Ranked = tuple[str, str, int, str, str]


def group(names: str, facts: str = "") -> str:
    refs = "".join(f'<resource_ref id="{name}"/>' for name in names)
    return f'<resource_set id="of-{names}" {facts}>{refs}</resource_set>'


def together(inside: str = "", facts: str = 'score="INFINITY"') -> str:
    return f'<rsc_colocation id="tie" {facts}>{inside}</rsc_colocation>'


LED = "".join(
    f'<clone id="{name}">{meta(name, promotable="true")}<primitive id="in-{name}" class="ocf" provider="pacemaker" '
    'type="Stateful"/></clone>'
    for name in "xy"
)


def clustered(constraint: str, stopped: str = "", running: str = "") -> str:
    resources = (dummy(name, meta(name, target_role="Stopped") if name == stopped else "") for name in NAMES)
    return written("".join(resources) + LED, constraint, running=[(name, "node1") for name in running.split()])


def ours(cib: str) -> set[Ranked]:
    found = of([*NAMES, "x", "y"], read_cib(cib).tied.colocations)
    return {(each.follower, each.leader, each.score, each.follower_role, each.leader_role) for each in found}


def engines(cib: str, folder: Path) -> Iterator[Ranked]:
    for name in (*NAMES, "x", "y"):
        argv = ("crm_resource", f"--resource={name}", "--constraints", "--output-as=xml")
        for each in parse(told(cib, folder, *argv), "pacemaker-result").iter("rsc_colocation"):
            pair, roles = (
                (each.get("rsc", ""), each.get("with-rsc", "")),
                (each.get("rsc-role"), each.get("with-rsc-role")),
            )
            yield *pair, number(each.get("score")) or 0, roles[0] or "", roles[1] or ""


@pytest.mark.parametrize("constraint", [
    together(facts='rsc="a" with-rsc="b" score="INFINITY"'),
    together(facts='rsc="a" with-rsc="b"'),
    together(group("abc")),
    together(group("abc", 'ordering="listed"')),
    together(group("abc", LOOSE)),
    together(group("abc"), APART),
    together(group("abc", LOOSE), APART),
    together(group("ab") + group("cd")),
    together(group("ab") + group("cd"), APART),
    together(group("ab", LOOSE) + group("cd", LOOSE)),
    together(group("ab", LOOSE) + group("cd") + group("ef", LOOSE)),
    together(group("ab") + group("cd", LOOSE) + group("ef")),
    together(group("ab", 'score="10"') + group("cd", 'score="20"'), 'score="30"'),
    together(group("ab", 'score="10"') + group("cd", 'score="20"'), ""),
    together(facts='rsc="a" with-rsc="x" with-rsc-role="Promoted" score="INFINITY"'),
    together(facts='rsc="a" with-rsc="x" with-rsc-role="Unpromoted" score="-20"'),
    together(facts='rsc="a" with-rsc="x" with-rsc-role="Started" score="20"'),
    together(facts='rsc="x" rsc-role="Promoted" with-rsc="a" score="INFINITY"'),
    together(group("xy", 'role="Promoted"') + group("ab")),
    together(group("ab") + group("x", 'role="Promoted"')),
])  # fmt: skip
def test_every_way_to_write_it_is_taken_apart_as_by_pacemaker(constraint: str, tmp_path: Path) -> None:
    cib = clustered(constraint)
    assert ours(cib) == set(engines(cib, tmp_path))


def words(messages: tuple[Message, ...]) -> list[str]:
    found = ((each.code, dict(each.params)) for each in messages)
    return [f"{code} {facts.get('roles') or facts.get('role')}" for code, facts in found if "role" in "".join(facts)]


def why(role: str, cib: str, folder: Path) -> list[str]:
    found = seen(cib, folder).find(Role, role)
    assert found
    return [each for each in words(found.because) if not each.startswith("why-node")]


def test_of_a_set_the_later_follows_the_one_before_it(tmp_path: Path) -> None:
    cib = clustered(together(group("abc")))
    assert [why(name, cib, tmp_path) for name in "abc"] == [
        ["why-followed b"],
        ["why-partner-stopped a", "why-together-must a", "why-followed c"],
        ["why-partner-stopped b", "why-together-must b"],
    ]


def test_of_two_sets_the_first_follows_the_second(tmp_path: Path) -> None:
    cib = clustered(together(group("ab", LOOSE) + group("cd", LOOSE)))
    assert why("a", cib, tmp_path)[-1] == "why-together-must c, d"
    assert why("c", cib, tmp_path) == ["why-followed a, b"]


def test_to_run_where_another_is_promoted_is_not_to_run_where_it_runs(tmp_path: Path) -> None:
    cib = clustered(together(facts='rsc="a" with-rsc="x" with-rsc-role="Master" score="INFINITY"'), running="in-x")
    assert why("a", cib, tmp_path) == ["why-partner-not-in-role x", "why-together-in-role-must x"]
    assert why("x", cib, tmp_path) == ["why-followed a"]


def test_whom_its_promoted_instance_follows_says_nothing_of_where_it_runs(tmp_path: Path) -> None:
    cib = clustered(together(facts='rsc="x" rsc-role="Promoted" with-rsc="a" score="-INFINITY"'))
    assert why("x", cib, tmp_path) == ["why-role-follows a"]
    assert why("a", cib, tmp_path) == ["why-apart x"]


@pytest.mark.parametrize("constraint", [together(group("abc")), together(group("ab", LOOSE) + group("cd"))])
def test_whoever_is_said_to_follow_does_not_run_without_it(constraint: str, tmp_path: Path) -> None:
    pairs = ours(clustered(constraint))
    assert pairs
    for follower, leader, *_ in pairs:
        file = tmp_path / "stopped.xml"
        file.write_text(clustered(constraint, stopped=leader))
        argv = ("crm_simulate", f"--xml-file={file}", "--simulate", "--output-as=text")
        after = told(clustered(constraint), tmp_path, *argv).rpartition("Revised Cluster Status")[2]
        assert f"{follower}\t(ocf:pacemaker:Dummy):\t Stopped" in after
