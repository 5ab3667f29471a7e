"""The life of a request: one end each, nothing started twice, whatever crashes and gets lost on the way."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from clusters.domain.commands import Command, EvictNode, MoveRole, Replay, StartRole
from clusters.domain.operations import NEXT, OPEN, Cancel, Operation, Phase, Status, Submit, Task, advance

T0 = datetime(2026, 3, 4, tzinfo=UTC)
BY_REPLAY: dict[Replay, Command] = {
    Replay.CONVERGE: StartRole("web"),
    Replay.ADOPT: MoveRole("web"),
    Replay.ONCE: EvictNode("N1"),
}


def running(**values: Any) -> Operation:
    return replace(Operation("k", BY_REPLAY[Replay.CONVERGE], Status.RUNNING), **values)


def test_the_table_of_moves_is_total() -> None:
    assert set(NEXT) == set(Status)
    assert {status for status, after in NEXT.items() if after} == OPEN


def test_a_queued_operation_is_submitted_once_it_is_stored_as_running() -> None:
    operation, effects = advance(Operation("k", StartRole("web")), None, T0)
    assert (operation.status, operation.submitted_at) == (Status.RUNNING, T0)
    assert effects == (Submit("k", StartRole("web")),)


def test_cancelled_before_it_began_it_never_begins() -> None:
    operation, effects = advance(Operation("k", StartRole("web"), cancel_requested=True), None, T0)
    assert (operation.status, effects) == (Status.CANCELLED, ())


@pytest.mark.parametrize(
    ("phase", "status"),
    [(Phase.SUCCEEDED, Status.SUCCEEDED), (Phase.FAILED, Status.FAILED), (Phase.CANCELLED, Status.CANCELLED)],
)
def test_it_ends_as_the_cluster_says(phase: Phase, status: Status) -> None:
    assert advance(running(), Task(phase), T0)[0].status is status


def test_an_answer_wins_over_the_deadline() -> None:
    assert advance(running(deadline=T0), Task(Phase.SUCCEEDED), T0)[0].status is Status.SUCCEEDED


def test_past_the_deadline_it_is_lost() -> None:
    assert advance(running(deadline=T0), Task(Phase.RUNNING), T0)[0].status is Status.LOST


def test_our_own_submit_is_given_time_to_arrive() -> None:
    assert advance(running(), None, T0, ours={"k"}) == (running(), ())


@pytest.mark.parametrize("replay", [Replay.CONVERGE, Replay.ADOPT])
def test_another_controllers_submit_is_sent_again_where_that_is_harmless(replay: Replay) -> None:
    operation = running(command=BY_REPLAY[replay])
    assert advance(operation, None, T0) == (operation, (Submit("k", BY_REPLAY[replay]),))


def test_what_must_happen_at_most_once_ends_as_unknown() -> None:
    operation, effects = advance(running(command=BY_REPLAY[Replay.ONCE]), None, T0)
    assert (operation.status, effects) == (Status.UNKNOWN, ())


def test_a_cancel_is_sent_once() -> None:
    operation, effects = advance(running(cancel_requested=True), Task(Phase.RUNNING), T0)
    assert (operation.status, effects) == (Status.CANCELLING, (Cancel("k"),))
    assert advance(operation, Task(Phase.RUNNING, 0.5), T0)[1] == ()


def test_too_late_a_cancel_is_no_lie() -> None:
    cancelling = running(status=Status.CANCELLING)
    assert advance(cancelling, Task(Phase.SUCCEEDED), T0)[0].status is Status.SUCCEEDED


@dataclass
class PretendCluster:
    """Knows keys, does as the replay rule says, may lose a submit on the way."""

    tasks: dict[str, Task] = field(default_factory=dict)
    begun: int = 0

    def submit(self, key: str) -> None:
        if key not in self.tasks:
            self.begun += 1
            self.tasks[key] = Task(Phase.RUNNING, 0.0)


class LifeOfAnOperation(RuleBasedStateMachine):
    """A controller that is killed between storing and acting, over and over, against a cluster that forgets nothing
    unless a submit never reached it."""

    @initialize(replay=st.sampled_from(Replay), patience=st.none() | st.integers(1, 40))
    def ask(self, replay: Replay, patience: int | None) -> None:
        deadline = None if patience is None else T0 + timedelta(seconds=patience)
        self.stored = Operation("k", BY_REPLAY[replay], deadline=deadline)
        self.cluster = PretendCluster()
        self.now = T0
        self.ours: set[str] = set()
        self.sent = 0
        self.endings: list[Status] = []

    @rule(dies=st.sampled_from(["", "before acting", "submit lost"]))
    def look(self, dies: str) -> None:
        """One step: decide, store, act; the process may die after storing, or the submit may get lost."""
        self.now += timedelta(seconds=1)
        task = self.cluster.tasks.get("k")
        after, effects = advance(self.stored, task, self.now, self.ours)
        if after.status not in OPEN and self.stored.status in OPEN:
            self.endings.append(after.status)
        self.stored = after
        for effect in effects:
            if dies == "before acting":
                self.ours.clear()
                return
            self.ours.add("k")
            self._carry_out(effect, lost=dies == "submit lost")

    def _carry_out(self, effect: Submit | Cancel, *, lost: bool) -> None:
        if isinstance(effect, Submit):
            self.sent += 1
            if lost:
                self.ours.clear()
            else:
                self.cluster.submit("k")
        elif "k" in self.cluster.tasks:
            self.cluster.tasks["k"] = Task(Phase.CANCELLED)

    @rule()
    def restart(self) -> None:
        """Another controller takes over; it has submitted nothing itself."""
        self.ours.clear()

    @precondition(lambda self: self.stored.status in OPEN)
    @rule()
    def cancel(self) -> None:
        self.stored = replace(self.stored, cancel_requested=True)

    @precondition(lambda self: "k" in self.cluster.tasks)
    @rule(phase=st.sampled_from([Phase.WAITING, Phase.RUNNING, Phase.SUCCEEDED, Phase.FAILED]))
    def progress(self, phase: Phase) -> None:
        if self.cluster.tasks["k"].phase in (Phase.WAITING, Phase.RUNNING):
            self.cluster.tasks["k"] = Task(phase, 0.5)

    @invariant()
    def ends_once(self) -> None:
        assert len(getattr(self, "endings", [])) <= 1

    @invariant()
    def begins_once(self) -> None:
        assert not hasattr(self, "cluster") or self.cluster.begun <= 1

    @invariant()
    def what_happens_once_is_sent_once(self) -> None:
        if hasattr(self, "stored") and self.stored.command.replay is Replay.ONCE:
            assert self.sent <= 1

    @invariant()
    def endings_are_true(self) -> None:
        if getattr(self, "endings", []) and self.endings[0] in (Status.SUCCEEDED, Status.FAILED):
            assert self.cluster.tasks["k"].phase == self.endings[0].value

    def teardown(self) -> None:
        """Left alone, every operation that has a deadline ends."""
        if hasattr(self, "stored") and self.stored.deadline is not None:
            for _ in range(45):
                self.look("")
            assert self.stored.status not in OPEN


TestLifeOfAnOperation = LifeOfAnOperation.TestCase
TestLifeOfAnOperation.settings = settings(deadline=None, max_examples=150, stateful_step_count=30)
