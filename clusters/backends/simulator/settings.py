"""Changing properties of roles, resources and the cluster: text in, checked values out, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from clusters.backends.simulator import failback, membership, placing, votes
from clusters.backends.simulator.journal import Why
from clusters.domain.commands import SetCluster, SetResource, SetRole
from clusters.domain.items import Resource, Role
from clusters.domain.log import Cause
from clusters.domain.messages import NOTHING, say
from clusters.domain.profiles import number

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine


def names(text: str) -> tuple[str, ...]:
    """A list with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def flag(text: str) -> bool:
    """on or off, in the words people use."""
    if text.lower() not in ("on", "off", "yes", "no", "true", "false", "1", "0"):
        raise ValueError(text)
    return text.lower() in ("on", "yes", "true", "1")


def maybe(text: str) -> int | None:
    """A number, or nothing."""
    return None if text.strip().lower() in ("", "none", "-1") else int(text)


def hour(text: str) -> int | None:
    """An hour of the day, or nothing."""
    found = maybe(text)
    if found is not None and not 0 <= found <= 23:
        raise ValueError(text)
    return found


def owners(text: str) -> tuple[str, ...] | None:
    """Possible owners; "all" is every node."""
    return None if text.strip().lower() == "all" else names(text)


PRIORITIES = {"high": 3000, "medium": 2000, "low": 1000, "none": 0, "no-auto-start": 0}


def priority(text: str) -> int:
    """One of the four words, or a number."""
    return PRIORITIES[text.lower()] if text.lower() in PRIORITIES else int(text)


ROLE: Mapping[str, Callable[[str], Any]] = {
    "name": str, "priority": priority, "preferred_owners": names, "failover_threshold": maybe,
    "failover_period_h": int, "failback": flag, "failback_from_h": hour, "failback_to_h": hour,
    "anti_affinity": names,
}  # fmt: skip
RESOURCE: Mapping[str, Callable[[str], Any]] = {
    "name": str, "possible_owners": owners, "restart_action": int, "restart_threshold": int, "restart_period_s": int,
    "restart_delay_ms": int, "retry_period_s": maybe, "pending_timeout_s": int, "looks_alive_ms": int,
    "locked": flag,
}  # fmt: skip


def set_role(engine: Engine, key: str, command: SetRole) -> None:
    """Change a role's policy; what it allows from now on may happen at once."""
    _set(engine, key, engine.facts.find(Role, command.role), command.values, ROLE)
    failback.look(engine)


def set_resource(engine: Engine, key: str, command: SetResource) -> None:
    """Change a resource's policy."""
    _set(engine, key, engine.facts.find(Resource, command.resource), command.values, RESOURCE)


def set_cluster(engine: Engine, key: str, command: SetCluster) -> None:
    """Change cluster properties by FCM's names."""
    known = dict(engine.facts.cluster.properties)
    for name, value in command.values:
        if name not in known:
            engine.finish(key, say("no-such-property", name=name))
            return
        known[name] = value
    properties = tuple(known.items())
    info = engine.facts.cluster
    after = votes.counted(engine, dynamic=bool(number(properties, "DynamicQuorum", 0)))
    # Static votes count nodes that are down as well, so the switch may cost the majority a shrunken cluster lives on.
    if info.has_quorum and after.dynamic is not info.dynamic_quorum and not votes.keeps_quorum(engine, after):
        engine.finish(key, say("quorum-would-be-lost"))
        return
    with engine.because(Why(Cause.USER, NOTHING, key)):
        engine.change(info, properties=properties, dynamic_quorum=after.dynamic, quorum_model=after.model)
        if info.has_quorum:
            votes.adjust(engine)
    engine.finish(key)
    membership.sense(engine)
    # Another limit or rule may have made room for what waits.
    placing.reconsider(engine)


def _set(
    engine: Engine,
    key: str,
    item: Role | Resource | None,
    values: tuple[tuple[str, str], ...],
    known: Mapping[str, Callable[[str], Any]],
) -> None:
    if item is None:
        engine.finish(key, say("no-such-object"))
        return
    try:
        checked = {name: known[name](value) for name, value in values}
    except KeyError as missing:
        engine.finish(key, say("no-such-property", name=missing.args[0]))
    except ValueError as wrong:
        engine.finish(key, say("not-a-value", value=wrong))
    else:
        with engine.because(Why(Cause.USER, NOTHING, key)):
            engine.change(item, **checked)
        engine.finish(key)
        placing.reconsider(engine)
