"""A Pacemaker cluster as a Backend: looks through every node at once, believes the view with quorum, hands commands
to Pacemaker's own programs and reads off the cluster what became of them.

Moves are remembered in the cluster itself (see `moves`), everything else asked for is repeatable and remembered here.
"""

import asyncio
import contextlib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType

from clusters.backends.base import Answer, Observation, Question, Refused, Unreachable
from clusters.backends.pacemaker import commands, drains, endings, overrides, settings, targets, withdrawals
from clusters.backends.pacemaker.chores import Chores, Errands
from clusters.backends.pacemaker.chronicle import Chronicle
from clusters.backends.pacemaker.forecasting import PLACING_S, forecast, misplaced
from clusters.backends.pacemaker.hand import Hand
from clusters.backends.pacemaker.looking import DEADLINE_S, EXISTS, look
from clusters.backends.pacemaker.lookout import Lookout
from clusters.backends.pacemaker.moves import LAPSE, Kind, Move, moves, parent
from clusters.backends.pacemaker.nodes import clock
from clusters.backends.pacemaker.outcomes import ENDED, Outcomes, Reached
from clusters.backends.pacemaker.overrides import Argv
from clusters.backends.pacemaker.picture import picture
from clusters.backends.pacemaker.pushes import CHANGES, Bell, Pushes, tells_of_a_change
from clusters.backends.pacemaker.sayings import Sayings
from clusters.backends.pacemaker.sightings import Sightings
from clusters.backends.pacemaker.transport import Transport
from clusters.backends.pacemaker.troubles import TransportError, worst
from clusters.backends.pacemaker.turns import ANY, Held, Turns, Wanted, about, moved_by, turn
from clusters.backends.pacemaker.views import Belief, View, believe, node_of
from clusters.backends.pacemaker.waiting import is_anything_migrating
from clusters.domain.commands import Command, MoveDisk, MoveRole, ResumeNode, SetResource, SetRole, StopRole
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import Phase, Task
from clusters.domain.state import State

LINGER_S = 3.0  # an ended move stays that long, so that another console on the same cluster sees its ending too
LISTENED_TO = 2  # every node tells of every change; the second is for the moment in which the first is lost
RUNNING = Task(Phase.RUNNING)


def wall_time() -> datetime:
    return datetime.now(UTC)


class Pacemaker:
    """One transport per node; `name` is shown until the cluster tells its own. What was written under keys that do not
    begin with `own` is another console's: it is followed, and never taken away."""

    def __init__(
        self, transports: Iterable[Transport], name: str = "", own: str = "", now: Callable[[], datetime] = wall_time
    ) -> None:
        self.transports = {transport.node: transport for transport in transports}
        self.belief: Belief | None = None
        self._answers: dict[str, View] = {}
        self._name = name
        self._now = now
        self._hand = Hand(self.transports)
        self._turns, self._chores, self._errands = Turns(), Chores(), Errands()
        self._looks = Lookout(self.transports.values())
        self.bell = Bell()
        self._pushes = Pushes(self.transports.values(), CHANGES, tells_of_a_change, LISTENED_TO)
        self._seen_config = (0, 0)
        self._sightings = Sightings(self.transports)
        self._state = State()
        self._chronicle, self._sayings = Chronicle(), Sayings()
        self._outcomes = Outcomes(own)
        self._unwanted: set[str] = set()
        self._leftovers = overrides.Leftovers()
        self._looked = False

    # observing

    async def observe(self, cursor: str) -> Observation:
        """Raises Unreachable when no node has anything to say of the cluster."""
        answers, troubles = await self._looks.gather()
        self.bell.rest(self._looks.rest_s)
        self._looked = True
        belief = believe(list(answers.values()), self._seen_config, not troubles, self._hand.believed)
        if belief is None:
            self.belief, self._hand.believed = None, ""
            raise Unreachable(worst(troubles))
        belief = replace(belief, view=await self._sayings.heard(belief.view, self.transports))
        self._take_in(belief, answers)
        view, at = belief.view, self._at(belief.view)
        tasks = await self._tasks(belief, at)
        state = self._turns.shown(self._state, view)
        log, transitions, cursor = self._chronicle.read(belief, self._state, cursor, at)
        moving = any(task.phase not in ENDED for task in tasks.values())
        return Observation(
            at=at,
            state=state,
            tasks=tasks,
            transitions=transitions,
            log=log,
            cursor=cursor,
            sources=tuple(
                self._sightings.sources(belief, troubles, self._looks.pause_s(busy=False), self._pushes.alive)
            ),
            interval_s=self._looks.pause_s(moving or is_anything_migrating(view)),
        )

    @property
    def view(self) -> View | None:
        """The view of the last look, trusted or not."""
        return self.belief.view if self.belief else None

    def moving(self) -> dict[str, str]:
        """Moves that the cluster remembers: operation key -> role."""
        return {move.key: move.role for move in moves(self.belief.view.cib)} if self.belief else {}

    def _take_in(self, belief: Belief, answers: dict[str, View]) -> None:
        self.belief, self._answers, self._hand.believed = belief, answers, belief.view.node
        if belief.trusted:
            self._seen_config = belief.view.cib.config_version()
        self._sightings.note(belief, answers, self._now(), asyncio.get_running_loop().time())
        self._state = picture(belief, answers, self._name, self._state)

    # what became of commands

    async def _tasks(self, belief: Belief, at: datetime) -> dict[str, Task]:
        """Of moves as the cluster remembers them, of the rest as it is remembered here."""
        if not belief.trusted:
            remembered = [move.key for move in moves(belief.view.cib) if not parent(move.key)]
            waiting = dict.fromkeys((*self._turns.held, *self._turns.given), Task(Phase.WAITING))
            return {**dict.fromkeys([*remembered, *self._outcomes.goals], RUNNING), **waiting, **self._outcomes.ended}
        ended = [move.id for move in moves(belief.view.cib) if self._is_removable(move, belief.view, at)]
        self._outcomes.look(belief.view)
        over = self._leftovers.over(belief.view, self._outcomes.needed, self._outcomes.is_own)
        await self._chores.begin(partial(self._tidy, [*ended, *over], belief.view, at))
        under_way = {
            move.key: withdrawals.told(move, move.key in self._unwanted, belief.view, at)
            for move in moves(belief.view.cib)
        }
        waiting = self._turns.told(belief.view, at, self._outcomes.ended)
        told = {**self._outcomes.under_way(), **under_way, **waiting, **self._outcomes.ended}
        return {key: task for key, task in told.items() if not parent(key)}

    def _is_removable(self, move: Move, view: View, at: datetime) -> bool:
        """An ending is told first; its constraint goes a few looks later."""
        task = self._outcomes.ended.get(move.key) or self._outcomes.judged(move.key, endings.task(move, view, at))
        if task.phase not in ENDED:
            return False
        self._outcomes.end(move.key, task)
        now = asyncio.get_running_loop().time()
        return self._outcomes.is_own(move.key) and now >= self._leftovers.until(move.key, now + LINGER_S)

    async def _tidy(self, labels: Iterable[str], view: View, at: datetime) -> None:
        """Clear away what has ended, and hand over what waits; not while memory is copied anywhere: a change of the
        configuration makes Pacemaker plan anew, which can cost the guest its migration."""
        for key in self._unwanted & self._turns.held.keys():  # cancelled while it was being handed over, in vain
            await self.cancel(key)
        for move in moves(view.cib):
            await self._take_back(move, view, at)
        ended = self._outcomes.ended
        # A later look may have seen something begin; and a node that hangs over one change is not given the next.
        with contextlib.suppress(TransportError, Unreachable):
            for label in labels:
                if not self._turns.behind(ANY, self._trusted_view(), at, ended):
                    with contextlib.suppress(Refused):
                        await self._hand.change(overrides.delete(label))
            await self._turns.give(self._trusted_view(), at, ended, self._write, self._outcomes.end)

    def vouch(self, roles: Container[str]) -> dict[str, Task]:
        """These came alive, say their hosts: what Pacemaker noted as their restart was a live migration (decision
        0028). What then became of the operations it was for."""
        return self._outcomes.vouch(roles, moves(self.belief.view.cib) if self.belief else ())

    # acting

    def can(self, command: type, key: Key) -> Message:
        """Per object, by the last look; before the first one, whether Pacemaker has such an act at all."""
        if not self._looked:
            return commands.unknown(command)
        return self.distrust() or commands.refusal(command, key, self._trusted_view())

    def against_moving(self, role: str, live: bool = True) -> Message:
        """Why a role cannot be moved now, live or not, or NOTHING."""
        if not self._looked:
            return NOTHING
        return self.distrust() or commands.against_moving(role, self._trusted_view(), live)

    async def submit(self, key: str, command: Command) -> None:
        """Raises Refused with the reason, or Unreachable when nobody trustworthy answers now."""
        if key in self._outcomes or key in self._turns.held:
            return
        view = self._trusted_view()
        if isinstance(command, MoveRole | MoveDisk):
            role = command.role if isinstance(command, MoveRole) else settings.role_of(command.disk, view)
            await self.relocate(key, role, command.target, Kind.MOVE)
            return
        if isinstance(command, SetRole | SetResource):
            command = settings.changed(command, self._state)
        if reason := self.can(type(command), command.subject) or commands.details(command, view):
            raise Refused(reason)
        for gone in self._turns.called_off(command):
            self._outcomes.end(gone, Task(Phase.CANCELLED))
        if self._waits(turn(key, command, view, partial(self.submit, key, command)), view):
            return
        if about(command) == ANY:
            self._turns.sent(key, *moved_by(command, view))
        await self._clear_ended(moved_by(command, view) if about(command) == ANY else (command.subject.id,), view)
        if isinstance(command, ResumeNode):
            await self._resume(key, command, view)
            return
        act = commands.ACTS[type(command)]
        node = node_of(act.on(command, view), view)
        where = node.name if node else ""
        await self.carry_out(key, act.begin(command, view), partial(act.reached, command), where, act.within_s)

    async def _resume(self, key: str, command: ResumeNode, view: View) -> None:
        """In one step or two; what a console that was killed has written is there already."""
        for argv in drains.resume(key, command, view, self._at(view), self._outcomes.over()):
            await self._hand.change_or_raise(argv, also_well=(EXISTS,))
        if drains.comes_again(command, view):
            self._turns.held[key] = Held(key, ANY, partial(self.submit, key, command), command=command)
        else:
            self._outcomes.goals[key] = partial(drains.resumed, key, command, self._outcomes.ended)

    async def carry_out(
        self, key: str, begin: Iterable[Argv], reached: Reached, where: str = "", within_s: float = DEADLINE_S
    ) -> None:
        """Run programs that may be run again, and follow what comes of it by what the cluster shows."""
        if key in self._outcomes:
            return
        work = partial(self._hand.change_all, begin, where, within_s)
        if within_s > DEADLINE_S:  # longer than whoever asks waits
            self._errands.begin(work, lambda reason: self._outcomes.refuse({key: reason}))
        else:
            with self._outcomes.beginning(key):
                await work()
        self._outcomes.goals[key] = reached

    async def stop_by(self, key: str, role: str, stopping: Mapping[str, str]) -> None:
        """Take a role offline; the stop of its machines is told to do something else this once."""
        view = self._trusted_view()
        reason = self.can(StopRole, Key("role", role))
        unit = endings.find(view, role)
        if reason or unit is None:
            raise Refused(reason)
        if self._waits(Held(key, role, partial(self.stop_by, key, role, stopping)), view):
            return
        await self._clear_ended((role,), view)
        until = self._at(view) + LAPSE
        told = overrides.create([(overrides.stop_label(key), overrides.of_stop(unit, stopping), until, None)], view.cib)
        act, command = commands.ACTS[StopRole], StopRole(role)
        await self.carry_out(key, (told, *act.begin(command, view)), partial(act.reached, command))

    async def relocate(
        self, key: str, role: str, target: str, kind: Kind, stopping: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Move a role to a node by id, or with "" to where Pacemaker thinks best; adopts a move already under way.
        `stopping` tells the stop of its machines to do something else than what is set for them."""
        if key in self._outcomes or key in self._turns.held:
            return
        plan = partial(self._planned, key, role, target, kind, stopping)
        wanted = plan()
        if wanted and not self._waits(Held(key, ANY, move=wanted[0], plan=plan), self._trusted_view()):
            await self._write([wanted])

    def _planned(self, key: str, role: str, target: str, kind: Kind, stopping: Mapping[str, str]) -> Wanted | None:
        """What is to be written; None where nothing is left to do."""
        view = self._trusted_view()
        if any(move.key == key for move in moves(view.cib)):
            return None
        unit = endings.find(view, role)
        node = node_of(target, view)
        if unit and node and endings.is_there(unit, node.name, False, view):
            self._outcomes.end(key, Task(Phase.SUCCEEDED, progress=1.0, message=say("already-there", node=node.name)))
            return None
        reason = commands.against_moving(role, view, kind is Kind.LIVE)
        if reason or unit is None:
            raise Refused(reason)
        if reason := targets.against_target(unit, target, self._outcomes.over(), view):
            raise Refused(reason)
        return targets.planned(key, unit, target, kind, view, self._at(view)), stopping

    async def _write(self, planned: Sequence[Wanted]) -> None:
        """Moves that begin together are one change; those that Pacemaker would not make end here."""
        view = self._trusted_view()
        moved, over = [move for move, _ in planned], self._outcomes.over()
        self._turns.about_to_be_sent(moved, PLACING_S)
        refused = await misplaced(moved, over, self.transports[view.node], view, self._at(view))
        self._outcomes.refuse(refused)
        changes = []
        for move, stopping in [each for each in planned if each[0].key not in refused]:
            self._turns.sent(move.key, move.role)
            await self._clear_ended((move.role,), view)
            unit = endings.find(view, move.role)
            changes.append((move, overrides.of_move(move, unit, view.cib, stopping) if unit else ()))
        if changes:
            await self._hand.change_or_raise(commands.create(changes, view.cib), also_well=(EXISTS,))

    async def _clear_ended(self, roles: Container[str], view: View) -> None:
        """The constraint of a move that has ended must not fight with the next one, nor bring a failed one back when
        the failure is cleaned up; nor may the next stop be told what an earlier one was."""
        over = [each for each in moves(view.cib) if each.role in roles and each.key in self._outcomes.over()]
        stops = overrides.told_stops(view.cib, self._outcomes.needed, self._outcomes.is_own)
        for label in (*(move.id for move in over), *stops):
            await self._hand.change_or_raise(overrides.delete(label))

    async def cancel(self, key: str) -> None:
        """What waits never begins; a move is taken back by and by, see `withdrawals`; nothing else can be."""
        if held := self._turns.held.pop(key, None):
            self._outcomes.end(key, Task(Phase.CANCELLED))
            with contextlib.suppress(TransportError, Refused):
                for argv in drains.given_up(held.command, self.belief.view) if self.belief else ():
                    await self._hand.change(argv)
        else:
            self._unwanted.add(key)

    async def call_off(self, key: str, role: str) -> None:
        """As an act by itself: cancel the move that a role is making. Raises Refused or Unreachable."""
        if key in self._outcomes:
            return
        if reason := self.against_cancelling(role):
            raise Refused(reason)
        move = self._turns.of_role(role) or self._moving(role)
        assert move is not None
        await self.cancel(move.key)
        self._outcomes.goals[key] = lambda view: withdrawals.outcome(self._outcomes.ended.get(move.key))

    def against_cancelling(self, role: str) -> Message:
        """Why what moves that role cannot be cancelled, or NOTHING."""
        if self.belief is None or not self.belief.trusted:
            return self.distrust()
        if self._turns.of_role(role):
            return NOTHING
        return withdrawals.against(role, self._moving(role), self.belief.view)

    def breaking_off(self) -> dict[str, str]:
        """Live migrations that the hypervisor is to break off: operation key -> role."""
        wanted = withdrawals.breaking_off(self.belief.view) if self.belief and self.belief.trusted else {}
        return {key: role for key, role in wanted.items() if self._outcomes.is_own(key)}

    def _moving(self, role: str) -> Move | None:
        noted = moves(self.belief.view.cib) if self.belief else ()
        open_ = (each for each in noted if self._outcomes.is_own(each.key) and each.key not in self._outcomes.ended)
        return next((each for each in open_ if each.role == role), None)

    async def _take_back(self, move: Move, view: View, at: datetime) -> None:
        """One step, if a fresh look asks for it as well: Pacemaker may have begun in between."""
        unwanted = move.key in self._unwanted
        if self._outcomes.is_own(move.key) and (wanted := withdrawals.step(move, unwanted, view, at)):
            with contextlib.suppress(TransportError, Refused):
                if withdrawals.step(move, unwanted, await look(self.transports[view.node]), at) == wanted:
                    await self._hand.change(wanted)

    def _waits(self, held: Held | None, view: View) -> bool:
        return held is not None and self._turns.waits(held, view, self._at(view), self._outcomes.ended)

    def _at(self, view: View) -> datetime:
        return clock(view.monitor, self._now())

    def distrust(self) -> Message:
        """Why nothing may be decided by what was seen last, or NOTHING."""
        if self.belief is None:
            return say("not-observed-yet")
        return NOTHING if self.belief.trusted else self.belief.reason

    def _trusted_view(self) -> View:
        if self.belief is None or not self.belief.trusted:
            raise Unreachable(self.distrust())
        return self.belief.view

    async def ask(self, question: Question) -> Answer:
        """ "forecast" is answered by Pacemaker's scheduler, "reach" tells what stands between us and each node."""
        if question.kind == "forecast" and question.command:
            view, transport = self._trusted_view(), self.transports[self._hand.believed]
            assert self.belief is not None
            asked, at = (question.command, *question.also), self._at(view)
            return await forecast(asked, transport, self.belief, self._answers, self._state, at)
        if question.kind != "reach":
            return Answer((say("question-not-answered", kind=question.kind),))
        answers, troubles = await self._looks.gather()
        if troubles:
            return Answer(tuple(trouble.message for _, trouble in sorted(troubles.items())))
        return Answer((say("all-nodes-answer", nodes=", ".join(sorted(answers))),))

    def watch(self, wake: Callable[[], None]) -> None:
        """Changes of the configuration and the status wake; the looks at intervals go on all the same."""
        self.bell.watch(wake)
        self._pushes.begin(self.bell.ring)

    async def close(self) -> None:
        self.bell.silence()
        await asyncio.gather(self._chores.close(), self._errands.close())
        await self._pushes.close()
        await self._looks.close()
        for transport in self.transports.values():
            await transport.close()
