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
Ranked = tuple[str, str, int]


def group(names: str, facts: str = "") -> str:
    refs = "".join(f'<resource_ref id="{name}"/>' for name in names)
    return f'<resource_set id="of-{names}" {facts}>{refs}</resource_set>'


def together(inside: str = "", facts: str = 'score="INFINITY"') -> str:
    return f'<rsc_colocation id="tie" {facts}>{inside}</rsc_colocation>'


def clustered(constraint: str, stopped: str = "") -> str:
    resources = (dummy(name, meta(name, target_role="Stopped") if name == stopped else "") for name in NAMES)
    return written("".join(resources), constraint)


def ours(cib: str) -> set[Ranked]:
    return {(each.follower, each.leader, each.score) for each in of(NAMES, read_cib(cib).tied.colocations)}


def engines(cib: str, folder: Path) -> Iterator[Ranked]:
    for name in NAMES:
        argv = ("crm_resource", f"--resource={name}", "--constraints", "--output-as=xml")
        for each in parse(told(cib, folder, *argv), "pacemaker-result").iter("rsc_colocation"):
            yield each.get("rsc", ""), each.get("with-rsc", ""), number(each.get("score")) or 0


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


@pytest.mark.parametrize("constraint", [together(group("abc")), together(group("ab", LOOSE) + group("cd"))])
def test_whoever_is_said_to_follow_does_not_run_without_it(constraint: str, tmp_path: Path) -> None:
    pairs = ours(clustered(constraint))
    assert pairs
    for follower, leader, _ in pairs:
        file = tmp_path / "stopped.xml"
        file.write_text(clustered(constraint, stopped=leader))
        argv = ("crm_simulate", f"--xml-file={file}", "--simulate", "--output-as=text")
        after = told(clustered(constraint), tmp_path, *argv).rpartition("Revised Cluster Status")[2]
        assert f"{follower}\t(ocf:pacemaker:Dummy):\t Stopped" in after
