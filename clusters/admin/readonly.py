"""Who may do what in the administration: observed things and records are read, configuration and rights are changed by
superusers; everybody sees only rows of the clusters that he may read, in filters and searches too.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from clusters import permissions

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin


class BySuperusers(Base):
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


class ReadOnly(Base):
    """Shows rows that carry a cluster. `cluster_path` is the way from the row to its cluster."""

    cluster_path = "cluster"
    list_select_related: ClassVar[tuple[str, ...]] = ("cluster",)
    list_per_page = 100
    show_full_result_count = False  # counting a long history twice for every page is not worth it

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows of the clusters that this person may read."""
        rows = super().get_queryset(request)
        reads = permissions.audience(request.user).reads
        return rows if reads is None else rows.filter(**{f"{self.cluster_path}__in": reads})

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_superuser)
