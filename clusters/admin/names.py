"""What administrators call the tables. Said here and not in the models, whose migrations would record every wording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Model
from django.utils.translation import gettext_lazy as lazy

from clusters import models

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FIELDS: dict[str, _StrPromise] = {
    "name": lazy("name"),
    "cluster": lazy("cluster"),
    "profile": lazy("profile"),
    "quorum_model": lazy("quorum model"),
    "has_quorum": lazy("has quorum"),
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
    "target": lazy("target"),
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


def call(model: type[Model], one: _StrPromise, many: _StrPromise) -> None:
    """Name a table in the singular and the plural, and its fields."""
    model._meta.verbose_name, model._meta.verbose_name_plural = one, many
    for field in model._meta.fields:
        field.verbose_name = FIELDS.get(field.name, field.verbose_name)


call(models.Cluster, lazy("cluster"), lazy("clusters"))
call(models.Ledger, lazy("ledger"), lazy("ledgers"))
call(models.Source, lazy("source of facts"), lazy("sources of facts"))
call(models.ClusterInfo, lazy("cluster as seen"), lazy("clusters as seen"))
call(models.Node, lazy("node"), lazy("nodes"))
call(models.Network, lazy("network"), lazy("networks"))
call(models.Interface, lazy("network connection"), lazy("network connections"))
call(models.Disk, lazy("disk"), lazy("disks"))
call(models.VolumeAccess, lazy("access to a volume"), lazy("access to volumes"))
call(models.Witness, lazy("witness"), lazy("witnesses"))
call(models.Role, lazy("role"), lazy("roles"))
call(models.Resource, lazy("resource"), lazy("resources"))
call(models.GroupSet, lazy("set of roles"), lazy("sets of roles"))
call(models.ActiveFault, lazy("fault"), lazy("faults"))
call(models.Operation, lazy("operation"), lazy("operations"))
call(models.Inquiry, lazy("forecast"), lazy("forecasts"))
call(models.Claim, lazy("claim"), lazy("claims"))
call(models.Change, lazy("change"), lazy("changes"))
call(models.Transition, lazy("transition"), lazy("transitions"))
call(models.LogEntry, lazy("cluster event"), lazy("cluster events"))
call(models.Gauge, lazy("gauge"), lazy("gauges"))
call(models.Sample, lazy("readings of a minute"), lazy("readings of minutes"))
call(models.Grant, lazy("access right"), lazy("access rights"))
call(models.WrongTries, lazy("wrong passwords"), lazy("wrong passwords"))
call(models.Blob, lazy("stored state"), lazy("stored states"))

admin.site.site_header = admin.site.site_title = lazy("Cluster Console: administration")
