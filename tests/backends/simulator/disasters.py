"""A small cluster and a random day of commands and faults, for tests that only ask whether two ways give the same."""

from datetime import UTC, datetime
from random import Random

from clusters.backends.simulator.engine import Engine
from clusters.domain.commands import (
    ClearFault,
    Command,
    InjectFault,
    MoveRole,
    PauseNode,
    ResumeNode,
    StartRole,
    StopRole,
)
from clusters.domain.faults import Fault, FaultType
from clusters.domain.items import Role
from vms.backends.simulated import samples
from vms.domain.commands import LiveMigrate, QuickMigrate

ORIGIN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
DAY_MS = 3_600_000


def cluster() -> Engine:
    """The demo cluster, alive."""
    return samples.amsterdam(ORIGIN)


def plan(engine: Engine, chance: Random, asks: int = 40) -> list[tuple[int, str, Command]]:
    """Moments, keys and commands of one day."""
    roles = [role.id for role in engine.facts.all(Role)]
    nodes = [node.id for node in engine.facts.nodes()]
    makers = (
        lambda: LiveMigrate(chance.choice(roles)),
        lambda: QuickMigrate(chance.choice(roles)),
        lambda: MoveRole(chance.choice(roles)),
        lambda: StopRole(chance.choice(roles)),
        lambda: StartRole(chance.choice(roles)),
        lambda: PauseNode(chance.choice(nodes)),
        lambda: ResumeNode(chance.choice(nodes)),
        lambda: InjectFault(Fault(FaultType.POWER, chance.choice(nodes))),
        lambda: InjectFault(Fault(FaultType.ISOLATE, chance.choice(nodes))),
        lambda: InjectFault(Fault(FaultType.GUEST_CRASH, chance.choice(roles))),
        lambda: ClearFault(),
        lambda: ClearFault(),
    )
    moments = sorted(chance.randrange(DAY_MS) for _ in range(asks))
    return [(at, f"op-{number}", chance.choice(makers)()) for number, at in enumerate(moments)]
