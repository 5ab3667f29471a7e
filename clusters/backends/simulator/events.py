"""The levels of the events the simulated cluster writes, by their number (fcm §3.8-3.10)."""

from clusters.domain.log import Level

LEVELS: dict[int, Level] = {
    1011: Level.WARNING, 1069: Level.ERROR, 1125: Level.WARNING, 1127: Level.ERROR, 1129: Level.ERROR,
    1130: Level.ERROR, 1135: Level.CRITICAL, 1137: Level.ERROR, 1155: Level.WARNING, 1177: Level.CRITICAL,
    1205: Level.ERROR, 1230: Level.ERROR, 1250: Level.ERROR, 1251: Level.WARNING, 1254: Level.ERROR,
    1255: Level.ERROR, 1558: Level.WARNING, 1562: Level.WARNING, 1563: Level.ERROR, 1568: Level.ERROR,
    1573: Level.ERROR, 1672: Level.CRITICAL, 1673: Level.WARNING, 1675: Level.WARNING, 1677: Level.ERROR,
    1681: Level.WARNING, 5120: Level.WARNING, 5136: Level.WARNING, 5142: Level.ERROR, 5396: Level.ERROR,
    20417: Level.WARNING, 21501: Level.ERROR, 21502: Level.ERROR, 18560: Level.ERROR,
}  # fmt: skip
"""Everything else is information."""


def level_of(code: int) -> Level:
    """How bad the event is."""
    return LEVELS.get(code, Level.INFORMATION)
