"""Where a machine that runs differs from the definition that the cluster holds of it (fcm F21). Pure.

Somebody changed one of the two: at the next start the machine is again what the definition says, unless that is
refreshed. What one of them does not tell is no difference.
"""

from vms.backends.domainxml import Domain
from vms.backends.domstats import Stats
from vms.domain.items import Power

Drift = tuple[tuple[str, str], ...]


def drift(held: Domain | None, stats: Stats | None, running: Domain | None) -> Drift:
    """Field and the value with which it runs, by name. Its size is known at every look, what it is made of is looked
    at now and then (`running`)."""
    if held is None or stats is None or stats.power in (Power.OFF, Power.SAVED):
        return ()
    pairs = (
        ("cpus", _number(held.cpus, stats.cpus)),
        ("disk", _disks(held, running) if running else ""),
        ("memory_mb", _number(held.memory_mb, stats.memory_mb)),
        ("network", _networks(held, running) if running else ""),
    )
    return tuple((name, value) for name, value in pairs if value)


def _number(held: int, running: int | None) -> str:
    return str(running) if held and running and held != running else ""


def _disks(held: Domain, running: Domain) -> str:
    """Each by what the guest calls it; a path that only one side tells cannot be compared."""
    before, now = dict(held.disks), dict(running.disks)
    moved = {name for name in before.keys() & now.keys() if before[name] and now[name] and before[name] != now[name]}
    if not moved and before.keys() == now.keys():
        return ""
    return ", ".join(f"{name} {path}".strip() for name, path in running.disks) or "-"


def _networks(held: Domain, running: Domain) -> str:
    if held.networks == running.networks:
        return ""
    told = all(held.networks) and all(running.networks)
    return (", ".join(running.networks) or "-") if told or len(held.networks) != len(running.networks) else ""
