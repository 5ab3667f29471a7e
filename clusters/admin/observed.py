"""One read-only page for each kind of observed object: a table says what each shows, filters and searches."""

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest

from clusters import models
from clusters.admin.bulk import AdminActs, act, acts_of
from clusters.admin.readonly import ReadOnly

ROLE_ACTS = ("start-role", "stop-role", "move-role-best", "move-role", "set-priority", "set-preferred-owners")


class ObservedAdmin(ReadOnly):
    """What was seen of the clusters. `seq` is the number of the last change."""

    search_fields: ClassVar[tuple[str, ...]] = ("name", "key")
    ordering = ("cluster", "name")


def show(model: type[models.Observed], columns: str, filters: str = "") -> None:
    """Register a kind: its columns after name and cluster, and its filters before the ones that all have."""
    page = type(
        f"{model.__name__}Admin",
        (ObservedAdmin,),
        {
            "list_display": ("name", "cluster", *columns.split(), "seq", "gone"),
            "list_filter": (*filters.split(), "cluster", "gone"),
        },
    )
    admin.site.register(model, page)


show(models.ClusterInfo, "profile quorum_model has_quorum votes votes_needed votes_present survives", "has_quorum")
show(models.Node, "state paused drain assigned_vote current_vote memory_mb memory_used_mb", "state paused drain")
show(models.Network, "state use subnet migration_rank", "state use")
show(models.Interface, "node network state address", "state")
show(models.Disk, "state use role owner capacity_mb used_mb path", "state use")
show(models.VolumeAccess, "disk node state reason", "state")
show(models.Witness, "type state vote disk checked_at", "type state")
show(models.Resource, "type role state restart_action locked", "state type")
show(models.GroupSet, "members providers trigger startup_delay_s")
show(models.ActiveFault, "type target since", "type")


@admin.register(models.Role)
class RoleAdmin(ObservedAdmin):
    """Roles of every type, with acts for those that are no virtual machines (these have their own page)."""

    list_display = ("name", "cluster", "type", "status", "owner", "priority", "preferred_owners", "seq", "gone")
    list_filter = ("state", "type", "priority", "cluster", "gone")

    def get_actions(self, request: HttpRequest) -> AdminActs:
        """Acts by name."""
        return acts_of([act(name) for name in ROLE_ACTS])
