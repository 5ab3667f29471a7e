"""Names of the fields of observed objects, and words for the values they take: for tables that show whatever there is,
such as the effects of an operation and the administration. `vms` adds its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clusters.presenters import actwords, states, words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Say = Callable[[Any], str]

FIELDS: dict[str, _StrPromise] = {
    "name": lazy("name"),
    "cluster": lazy("cluster"),
    "profile": lazy("profile"),
    "quorum_model": lazy("quorum model"),
    "has_quorum": lazy("has quorum"),
    "forced": lazy("forced"),
    "current_host": lazy("current host server"),
    "votes": lazy("votes"),
    "votes_needed": lazy("votes needed"),
    "votes_present": lazy("votes present"),
    "survives": lazy("nodes that may be lost"),
    "state": lazy("state"),
    "status": lazy("status"),
    "paused": lazy("paused"),
    "drain": lazy("drain"),
    "assigned_vote": lazy("assigned vote"),
    "current_vote": lazy("current vote"),
    "memory_mb": lazy("memory (MB)"),
    "memory_used_mb": lazy("memory in use (MB)"),
    "use": lazy("use"),
    "subnet": lazy("subnet"),
    "migration_rank": lazy("rank for live migration"),
    "node": lazy("node"),
    "network": lazy("network"),
    "address": lazy("address"),
    "role": lazy("role"),
    "owner": lazy("owner"),
    "capacity_mb": lazy("capacity (MB)"),
    "used_mb": lazy("used (MB)"),
    "path": lazy("path"),
    "disk": lazy("disk"),
    "reason": lazy("reason"),
    "type": lazy("type"),
    "vote": lazy("vote"),
    "checked_at": lazy("checked at"),
    "restart_action": lazy("response to failure"),
    "locked": lazy("locked"),
    "members": lazy("members"),
    "providers": lazy("providers"),
    "trigger": lazy("trigger"),
    "startup_delay_s": lazy("startup delay (s)"),
    "source": lazy("source"),
    "target": lazy("target"),
    "resource": lazy("resource"),
    "interface": lazy("network connection"),
    "by": lazy("by"),
    "since": lazy("since"),
    "priority": lazy("priority"),
    "preferred_owners": lazy("preferred owners"),
    "seq": lazy("number of the last change"),
    "gone": lazy("gone"),
    "power": lazy("power"),
    "offline_action": lazy("offline action"),
    "cpus": lazy("processors"),
    "heartbeat": lazy("heartbeat"),
    "migration": lazy("migration"),
    "guest_cluster": lazy("guest cluster"),
    "restarts": lazy("restarts"),
    "failovers": lazy("failovers"),
    "action": lazy("operation"),
    "subject_name": lazy("object"),
    "progress": lazy("progress"),
    "requested_by_name": lazy("asked by"),
    "requested_at": lazy("asked at"),
    "ended_at": lazy("ended at"),
    "kind": lazy("kind"),
    "names": lazy("hidden columns"),
    "key": lazy("key"),
    "what": lazy("what"),
    "before": lazy("before"),
    "after": lazy("after"),
    "cause": lazy("cause"),
    "at": lazy("at"),
    "level": lazy("level"),
    "code": lazy("event ID"),
    "text": lazy("text"),
    "user": lazy("user"),
    "slug": lazy("name in addresses"),
    "backend": lazy("backend"),
    "options": lazy("options"),
    "time_zone": lazy("time zone"),
    "description": lazy("description"),
    "enabled": lazy("enabled"),
    "tier": lazy("right"),
    "slot": lazy("place"),
    "minute": lazy("minute"),
    "tries": lazy("tries"),
    "last_at": lazy("last at"),
    "asked_by": lazy("asked by"),
    "asked_at": lazy("asked at"),
    "answered_at": lazy("answered at"),
    "as_of": lazy("as of number"),
    "answer": lazy("answer"),
    "commands": lazy("commands"),
}
"""What a field is called wherever it occurs; fields that are not here keep the name they have."""


def field_word(field: str) -> str:
    """What a field is called; one that this version does not know keeps its own name."""
    return words.word(FIELDS, field)


def value_word(kind: str, field: str, value: Any) -> str:
    """A value in the reader's words; numbers and names as they are."""
    if value is None or value == "":
        return "–"
    return VALUES.get((kind, field), _plain)(value)


def told(table: Mapping[Any, Promise]) -> Say:
    """Values that have a word in a table, as numbers or as the text of a number."""
    by_text = {str(value): word for value, word in table.items()}
    return lambda value: words.word(by_text, str(value))


def marked(table: Mapping[Any, states.Entry]) -> Say:
    """Values that are states of the vocabulary."""
    return told({value: word for value, (_shape, _tone, word) in table.items()})


def _plain(value: Any) -> str:
    if value in ("true", "false"):  # as transitions keep them
        return _("Yes") if value == "true" else _("No")
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


VALUES: dict[tuple[str, str], Say] = {
    ("cluster", "quorum_model"): told(words.QUORUM_MODELS),
    ("node", "state"): marked(states.NODE),
    ("node", "drain"): told(words.DRAINS),
    ("network", "state"): marked(states.NETWORK),
    ("network", "use"): told(words.NETWORK_USES),
    ("interface", "state"): marked(states.NETWORK),
    ("disk", "state"): marked(states.DISK),
    ("disk", "use"): told(words.DISK_USES),
    ("access", "state"): marked(states.ACCESS),
    ("witness", "type"): told(words.WITNESSES),
    ("witness", "state"): marked(states.RESOURCE),
    ("role", "type"): told(words.ROLE_TYPES),
    ("role", "state"): marked(states.ROLE),
    ("role", "status"): marked(states.ROLE),
    ("role", "priority"): told(words.PRIORITIES),
    ("resource", "type"): told(words.RESOURCE_TYPES),
    ("resource", "state"): marked(states.RESOURCE),
    ("resource", "restart_action"): lambda value: str(actwords.CHOICES.get(("restart_action", str(value)), value)),
    ("set", "trigger"): told(words.TRIGGERS),
    ("fault", "type"): lambda value: words.word(actwords.LABELS, f"break-{value}").removeprefix("break-"),
}
"""By kind and field."""
