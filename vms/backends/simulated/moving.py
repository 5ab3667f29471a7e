"""How a virtual machine moves while it runs: the pre-copy of `vms.domain.migration` as stages on the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from clusters.backends.simulator.resources import Stage
from clusters.domain.items import Disk, DiskUse, Role, RoleState
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.recovery import MoveMethod, drain_method
from vms.backends.simulated.found import machine_of, resource_of
from vms.domain import migration
from vms.domain.items import Heartbeat, MigrationState, Power

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

STATES = {"setup": MigrationState.SETUP, "transfer": MigrationState.TRANSFER, "move": MigrationState.MOVE}
NEEDED_ON_TARGET = frozenset({"switch", "network", "disk", "iso"})


@dataclass(frozen=True, slots=True)
class Moving:
    """The `Mobile` of virtual machine roles."""

    def word(self, engine: Engine, role: Role) -> str:
        """The machine's own state is what lists show."""
        vm = machine_of(engine, role.id)
        if vm.heartbeat is Heartbeat.APPLICATION_CRITICAL:
            return "application-critical"
        if (
            vm.power is Power.OFF
            and role.state is RoleState.PENDING
            and engine.wanted.get(resource_of(engine, role.id).id)
        ):
            return "starting"
        return vm.power.value

    def method(self, engine: Engine, role: Role) -> MoveMethod:
        """Live from MoveTypeThreshold on, else quick (fcm D05-D07)."""
        if machine_of(engine, role.id).power is not Power.RUNNING:
            return MoveMethod.MOVE
        return drain_method(role.priority, engine.setting("MoveTypeThreshold", 2000))

    def plan(self, engine: Engine, role: Role, target: str) -> Sequence[Stage]:
        """Set-up, one stage per round of pre-copy, and the move at the end."""
        vm = machine_of(engine, role.id)
        disk = engine.facts.find(Disk, vm.disk)
        shared = disk is None or disk.use is DiskUse.SHARED_VOLUME
        course = migration.plan(vm.memory_mb, vm.dirty_mb_s, engine.world.bandwidth_mb_s, shared)
        ends = [0, *(round(moment * 1000) for moment in migration.moments(course))]
        # A machine without memory would divide by zero.
        copying = max(ends[-2] - ends[1], 1)
        stages = [Stage("setup", ends[1], 0, 10, 0, vm.memory_mb)]
        for number, (begin, end) in enumerate(pairwise(ends[1:-1]), start=1):
            percents = (10 + 80 * (begin - ends[1]) // copying, 10 + 80 * (end - ends[1]) // copying)
            stages.append(Stage("transfer", end - begin, *percents, number, course.rounds[number - 1].sent_mb))
        return [*stages, Stage("move", course.blackout_ms, 90, 100, len(course.rounds), course.left_mb, False)]

    def refusal(self, engine: Engine, role: Role, target: str) -> Message:
        """What was changed outside and never refreshed may be missing on the target (fcm F21, §2.15)."""
        missing = [name for name, _ in machine_of(engine, role.id).drift if name in NEEDED_ON_TARGET]
        return say("configuration-not-refreshed", what=",".join(missing)) if missing else NOTHING

    def staged(self, engine: Engine, role: Role, stage: Stage, percent: int) -> None:
        """Show where the migration stands."""
        share = (percent - stage.begin) / (stage.end - stage.begin) if stage.end > stage.begin else 0
        # Within a round what is left shrinks; in the other stages it stands still.
        left = stage.left_mb if stage.name != "transfer" else int(stage.left_mb * (1 - share))
        engine.change(
            machine_of(engine, role.id), migration=STATES[stage.name], migration_progress=percent,
            migration_round=stage.round, migration_left_mb=left, migration_failure=NOTHING,
        )  # fmt: skip

    def arrived(self, engine: Engine, role: Role, source: str, plan: Sequence[Stage]) -> None:
        """It runs on the target; the blackout is told (events 20415, 20418, 20417)."""
        blackout = plan[-1].ms
        vm = engine.change(
            machine_of(engine, role.id), owner=role.owner, migration=MigrationState.NONE, migration_progress=None,
            migration_round=0, migration_left_mb=0, blackout_ms=blackout,
        )  # fmt: skip
        subject = Key("role", role.id)
        engine.log(20415, subject, role.owner, vm=vm.name, blackout_ms=blackout)
        engine.log(
            20417 if blackout > migration.LONG_BLACKOUT_MS else 20418, subject, role.owner, vm=vm.name, source=source
        )

    def aborted(self, engine: Engine, role: Role, why: Message) -> None:
        """It runs on where it was (fcm D04)."""
        vm = machine_of(engine, role.id)
        state = MigrationState.FAILED if why else MigrationState.CANCELLED
        engine.change(
            vm, migration=state, migration_progress=None, migration_round=0, migration_left_mb=0, migration_failure=why
        )

    def changed(self, engine: Engine, role: Role) -> None:
        """The machine belongs to whoever owns its role."""
        engine.change(machine_of(engine, role.id), owner=role.owner)
