"""Every story of tests/scenarios, and that no behaviour of the reference is without one."""

import re
from pathlib import Path

import pytest

from clusters.backends.simulator.scenario.language import Wrong, parse
from clusters.backends.simulator.scenario.runner import run
from vms.backends.simulated import VIRTUAL_MACHINES
from vms.backends.simulated.scenario import VOCABULARY

FOLDER = Path(__file__).parent / "scenarios"
FILES = sorted(FOLDER.glob("*.txt"))
RANGES = {"F": 24, "P": 25, "D": 15, "Q": 15, "R": 7, "C": 9}
REQUIRED = [f"{letter}{number:02}" for letter, last in RANGES.items() for number in range(1, last + 1)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_goes_as_written(path: Path) -> None:
    result = run(parse(path.read_text(encoding="utf-8")), VIRTUAL_MACHINES, VOCABULARY)
    assert not result.failures, "\n".join(result.failures)


def test_every_behaviour_has_its_story() -> None:
    told = {path.name.partition("-")[0] for path in FILES}
    assert not [behaviour for behaviour in REQUIRED if behaviour not in told]


def test_every_story_says_why() -> None:
    assert not [path.name for path in FILES if not path.read_text(encoding="utf-8").startswith("# ")]


def test_file_names_tell_the_story() -> None:
    assert not [path.name for path in FILES if not re.fullmatch(r"[A-Z]+\d*(-[a-z0-9]+)+\.txt", path.name)]


@pytest.mark.parametrize("more", ["cluster profile=2008R2 nodes=17", "cluster profile=2008R2 nodes=16\nnode N17"])
def test_a_version_takes_so_many_nodes_and_no_more(more: str) -> None:  # fcm §2.17
    with pytest.raises(Wrong, match="a cluster of Windows Server 2008 R2 has 16 nodes at most"):
        run(parse(f"{more}\n----\nok\n"), VIRTUAL_MACHINES, VOCABULARY)


def test_an_expectation_that_would_always_hold_is_refused() -> None:
    with pytest.raises(Wrong, match="goes with events alone, not with runs"):
        run(parse("cluster nodes=2\n----\nok\n\nrun 1s\nexpect no runs web01 N1\n----\n"), VIRTUAL_MACHINES, VOCABULARY)
