"""docs/scenarios.md is complete and true: its examples run as written, and every word of the language is in it."""

import re

import pytest

from clustermgr.backends import tell
from clusters.backends.simulator.scenario import expecting
from clusters.backends.simulator.scenario.vocabulary import CLUSTER
from clusters.backends.simulator.settings import RESOURCE, ROLE
from clusters.domain.faults import FaultType
from tests.source import ROOT
from vms.backends.simulated.scenario import VOCABULARY

DOCUMENT = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```scenario\n(.*?)```", DOCUMENT, flags=re.DOTALL)
WAITS = ("run", "settle", "cancel", "cluster")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.splitlines()[0][2:30])
def test_an_example_goes_as_written(example: str) -> None:
    result = tell(example)
    assert not result.failures, "\n".join(result.failures)
    assert result.text.strip() == example.strip()


def test_there_are_two_examples() -> None:
    assert len(EXAMPLES) == 2


def test_every_verb_is_documented() -> None:
    verbs = {*CLUSTER.setup, *CLUSTER.asks, *VOCABULARY.setup, *VOCABULARY.asks, *WAITS}
    assert not {verb for verb in verbs if not re.search(rf"`{verb}\b", DOCUMENT)}


def test_everything_that_can_be_set_is_documented() -> None:
    targets = {*VOCABULARY.targets, "role", "resource", "disk", "node", "cluster", "witness"}
    assert not {target for target in targets if f"`set {target} " not in DOCUMENT}
    assert not {name for name in {*ROLE, *RESOURCE} if not re.search(rf"`{name}\b", DOCUMENT)}


def test_every_fault_is_documented() -> None:
    assert not {fault for fault in FaultType if f"`{fault}`" not in DOCUMENT}


def test_every_expectation_is_documented() -> None:
    assert not {form for form in expecting.FORMS if f"`expect {form} " not in DOCUMENT}
