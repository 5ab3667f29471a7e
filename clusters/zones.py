"""Time zones that a cluster's administrators may mean their hours in (fcm P13), and the one of the console."""

from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

LOCAL_TIME = Path("/etc/localtime")
UTC = "UTC"


@cache
def zones() -> tuple[str, ...]:
    """UTC and the zones of places, in the order of their names; without the many old names of the same."""
    places = "Africa America Antarctica Asia Atlantic Australia Europe Indian Pacific".split()
    return (UTC, *sorted(name for name in available_timezones() if name.partition("/")[0] in places))


def own_zone(link: Path = LOCAL_TIME) -> str:
    """The zone of the machine that the console runs on; UTC where it does not say."""
    # Not from the environment: Django sets the process's zone, which is always UTC.
    _before, _separator, name = str(link.resolve()).partition("/zoneinfo/")
    return name if name in zones() else UTC
