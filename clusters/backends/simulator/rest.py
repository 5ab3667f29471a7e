"""When a cluster has come to rest: nothing is under way, and nothing will begin by itself soon."""

from clusters.backends.simulator.engine import Engine

SOON = frozenset({"regroup", "form", "reconsider", "witness", "stop-cluster", "sense", "grace"})
SOON_OF_SOME = (
    "boot:", "join:", "restart:", "resource:", "drained:", "volume:", "isolation:", "guest-cluster:", "guest-silent:",
    "guest-crashed:", "guest-service:",
)  # fmt: skip


def at_rest(engine: Engine) -> bool:
    """Nothing moves. What comes in an hour (a retry, a failback window) or by chance does not count."""
    if engine.courses or engine.transfers or engine.drains or engine.held:
        return False
    return not any(timer in SOON or timer.startswith(SOON_OF_SOME) for timer in engine.line.timers)


def settle(engine: Engine, within_ms: int, most: int) -> bool:
    """Run until the cluster is at rest; False when that takes longer, or more than so many happenings."""
    limit, last = engine.now + within_ms, engine.line.count + most
    while not at_rest(engine):
        at = engine.line.next_at()
        if at is None or at > limit or engine.line.count > last:
            return False
        engine.run_until(at)
    return True
