"""What happened, for people: events as codes with parameters, and transitions with their cause.

State drives screens, transitions drive history (architecture §0.1.3). A cause is stored with its evidence; where
there is none it is UNKNOWN, never guessed.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message


class Level(IntEnum):
    """Event levels of fcm §3.8, worst highest."""

    INFORMATION = 1
    WARNING = 2
    ERROR = 3
    CRITICAL = 4


class Cause(StrEnum):
    """The Why column (users.md need 16)."""

    USER = "user"
    DRAIN = "drain"
    FAILOVER = "failover"
    FAILBACK = "failback"
    RESTART = "restart"
    PRIORITY = "priority"
    BALANCER = "balancer"
    OUTSIDE = "outside"
    CLUSTER = "cluster"  # the cluster's own rule: start order, quorum, protected network; the evidence says which
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A cluster event: an FCM event id with parameters, translated when shown."""

    at: datetime
    level: Level
    code: int  # 1135: a node was removed from membership (fcm §3.8)
    subject: Key | None
    params: tuple[tuple[str, str], ...] = ()
    node: str = ""  # node whose log it stands in
    native_id: str = ""  # unique per cluster, so that reading twice is harmless
    text: str = ""  # the engine's own words, where it is a real one


@dataclass(frozen=True, slots=True)
class Transition:
    """One object went from one word to another: `what` is "owner", "state", "power", ... (a field of the item)."""

    at: datetime
    key: Key
    what: str
    before: str
    after: str
    cause: Cause = Cause.UNKNOWN
    evidence: Message = NOTHING
    operation: str = ""  # key of the stored operation that asked for it
