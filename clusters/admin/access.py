"""What an administrator edits: which clusters there are, and who may do what on them."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _

from clusters import connections, lease, ledger, notify, services
from clusters.admin.readonly import BySuperusers, Scoped
from clusters.enrolment import RESERVED
from clusters.models import Cluster, Grant

if TYPE_CHECKING:
    Inline = admin.TabularInline[Any, Any]
    FormOfCluster = ModelForm[Cluster]
else:
    Inline = admin.TabularInline
    FormOfCluster = ModelForm


class GrantInline(BySuperusers, Inline):
    """Who may do what on this cluster."""

    model = Grant
    extra = 1
    autocomplete_fields = ("user",)


class ClusterForm(FormOfCluster):
    """A cluster's fields."""

    def clean_slug(self) -> str:
        """Raises ValidationError for an address of our own."""
        slug = str(self.cleaned_data["slug"])
        if slug in RESERVED:
            raise ValidationError(_("This is an address of the console's own."))
        return slug

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for a backend and options that make no cluster."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            said = {name: cleaned[name] for name in ("name", "backend", "options", "time_zone")}
            try:
                connections.require_sense(Cluster(pk=self.instance.pk, slug=self.instance.slug, **said))
            except ValueError as trouble:
                told = _("The options do not describe a cluster of the backend %(backend)s: %(trouble)s.")
                raise ValidationError(told % {"backend": said["backend"], "trouble": trouble}) from trouble
        return cleaned


@admin.register(Cluster)
class ClusterAdmin(BySuperusers, Scoped):
    """Configuration. A real cluster that is removed here is only forgotten, a simulated one is gone."""

    cluster_path = "pk"
    list_display = ("name", "slug", "backend", "profile", "time_zone", "enabled")
    list_filter = ("backend", "enabled")
    search_fields = ("name", "slug", "description")
    inlines = (GrantInline,)
    form = ClusterForm

    def get_readonly_fields(self, request: HttpRequest, obj: Cluster | None = None) -> tuple[str, ...]:
        """The name in addresses stays: links lead to it, and its keys are sealed for it."""
        return ("slug",) if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Cluster | None = None) -> dict[str, Sequence[str]]:
        """Of a new one."""
        return {} if obj else {"slug": ("name",)}

    def save_model(self, request: HttpRequest, obj: Cluster, form: "ModelForm[Any]", change: bool) -> None:
        """A new cluster gets its ledger in the same transaction; one that is reached otherwise is connected anew."""
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if not change:
                ledger.open_for(obj)
            # Its controller holds a connection made of the old ones, in whichever process it runs.
            elif {"backend", "options", "time_zone"} & set(form.changed_data):
                lease.revoke(obj.pk)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """Only the clusters are named: what was observed and recorded of them may be a million rows."""
        names = [str(cluster) for cluster in objs]
        return list(names), {str(Cluster._meta.verbose_name_plural): len(names)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Cluster) -> None:
        """Forget it; its controller lets go."""
        services.remove_cluster(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Likewise, several."""
        # One by one: Django's own way would take their rows from under a commit, without the ledger's lock.
        for cluster in queryset:
            services.remove_cluster(cluster)

    def save_related(self, request: HttpRequest, form: "ModelForm[Any]", formsets: Any, change: bool) -> None:
        """Open pages look again whether they may stay."""
        super().save_related(request, form, formsets, change)
        transaction.on_commit(lambda: notify.regranted(form.instance.pk))


@admin.register(Grant)
class GrantAdmin(BySuperusers, Scoped):
    """Rights, all clusters together."""

    list_display = ("user", "cluster", "tier")
    list_filter = ("tier", "cluster")
    search_fields = ("user__username", "cluster__name")
    autocomplete_fields = ("user", "cluster")
    list_select_related = ("user", "cluster")

    def save_model(self, request: HttpRequest, obj: Grant, form: "ModelForm[Any]", change: bool) -> None:
        """Open pages look again whether they may stay."""
        super().save_model(request, obj, form, change)
        transaction.on_commit(lambda: notify.regranted(obj.cluster_id))

    def delete_model(self, request: HttpRequest, obj: Grant) -> None:
        """The same when a right is taken."""
        cluster_id = obj.cluster_id
        super().delete_model(request, obj)
        transaction.on_commit(lambda: notify.regranted(cluster_id))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """And when many are taken at once."""
        # Before they go: afterwards nothing tells whose they were.
        cluster_ids = set(queryset.values_list("cluster_id", flat=True))
        super().delete_queryset(request, queryset)
        for cluster_id in cluster_ids:
            transaction.on_commit(partial(notify.regranted, cluster_id))
