"""What one look means for all open operations at once, where one alone does not tell."""

from datetime import UTC, datetime, timedelta

import pytest

from clusters.decisions import advance_all
from clusters.domain import deadlines
from clusters.domain.commands import MoveRole, PauseNode, ResumeNode
from clusters.domain.operations import Operation, Phase, Status, Task

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOVE = MoveRole("web", "n2")
PATIENCE = deadlines.patience(MOVE)


@pytest.mark.parametrize(("phase", "given"), [(Phase.WAITING, PATIENCE), (Phase.RUNNING, timedelta(minutes=1))])
def test_what_waits_for_its_turn_uses_up_nobody_s_patience(phase: Phase, given: timedelta) -> None:
    asked = Operation("k", MOVE, Status.WAITING, deadline=NOON + timedelta(minutes=1))
    moved = advance_all([asked], {"k": Task(phase)}, NOON, (), (), fresh=True).moved
    assert [operation.deadline for operation in moved] == [NOON + given]


def test_a_new_deadline_is_not_stored_at_each_look() -> None:
    asked = Operation("k", MOVE, Status.WAITING, deadline=NOON + PATIENCE)
    assert not advance_all([asked], {"k": Task(Phase.WAITING)}, NOON + timedelta(seconds=1), (), (), fresh=True).moved


def test_a_resume_may_take_as_long_as_the_drain_that_it_waits_for() -> None:
    assert deadlines.patience(ResumeNode("n1")) == deadlines.patience(PauseNode("n1"))
