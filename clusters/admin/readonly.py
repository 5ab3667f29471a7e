"""Who may do what in the administration: observed things and records are read, configuration and rights are changed by
superusers; everybody sees only rows of the clusters that he may read, in filters and searches too.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from clusters import permissions
from clusters.admin.wording import InWords, column, say_of
from clusters.models import Cluster

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin


class BySuperusers:
    """Changed by superusers only: a right to change people or rights would be a right to any right."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Superusers may."""
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Superusers may."""
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Superusers may."""
        return _is_superuser(request)


class ReadableClusters(admin.RelatedFieldListFilter):
    """The clusters to filter by: a list of all would tell their names."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> list[Any]:
        """Those that this person may read."""
        return [(str(found.pk), str(found)) for found in readable(request)]


class InPlainWords(Base):
    """Columns, filters and details in the reader's words."""

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Columns in words."""
        return [column(self.model, str(name)) for name in super().get_list_display(request)]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Filters in words; the one by cluster offers no other clusters."""
        return [self._filter(name) for name in super().get_list_filter(request)]

    def _filter(self, name: Any) -> Any:
        if name == "cluster":
            return (name, ReadableClusters)
        return (name, InWords) if isinstance(name, str) and say_of(self.model, name) else name


class Scoped(InPlainWords):
    """Rows of the clusters that the person may read. `cluster_path` is the way from a row to its cluster."""

    cluster_path = "cluster"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Nothing else is listed, counted, found or opened."""
        rows = super().get_queryset(request)
        reads = permissions.audience(request.user).reads
        return rows if reads is None else rows.filter(**{f"{self.cluster_path}__in": reads})


class ReadOnly(Scoped):
    """Shows rows that carry a cluster."""

    list_select_related: ClassVar[tuple[str, ...]] = ("cluster",)
    list_per_page = 100
    show_full_result_count = False  # counting a long history twice for every page is not worth it

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Details in words."""
        return [column(self.model, str(name)) for name in super().get_fields(request, obj)]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


def readable(request: HttpRequest) -> QuerySet[Cluster]:
    """The clusters of this person, those that are switched off included."""
    reads = permissions.audience(request.user).reads
    found = Cluster.objects.order_by("name", "pk")
    return found if reads is None else found.filter(pk__in=reads)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_superuser)
