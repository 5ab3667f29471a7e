"""What is written down: requests, history, events, sources, ledgers. To look into, never to edit."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clusters import models, services
from clusters.admin.readonly import ReadOnly
from clusters.permissions import Denied
from clusters.presenters.sentences import sentence


@admin.register(models.Operation)
class OperationAdmin(ReadOnly):
    """Who asked for what, when, why, and what became of it."""

    list_display = tuple(
        "id cluster action subject_name status progress requested_by_name requested_at ended_at reason".split()
    )
    list_filter = ("status", "action", "cluster", "requested_at")
    search_fields = ("subject_name", "subject", "requested_by_name", "reason", "batch", "key")
    date_hierarchy = "requested_at"
    actions = ("cancel",)  # a request of its own, asked through the services like any other; nothing here is edited

    @admin.action(description=gettext_lazy("Cancel the selected operations"))
    def cancel(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Ask for their end; what becomes of them the clusters decide."""
        asked = 0
        for operation in queryset.select_related("cluster"):
            try:
                services.cancel(operation, request.user)
                asked += 1
            except (Denied, services.Refused) as no:
                self.message_user(request, f"{operation}: {sentence(no.message)}", messages.WARNING)
        self.message_user(request, _("Asked to cancel: %(count)s") % {"count": asked})


@admin.register(models.Inquiry)
class InquiryAdmin(ReadOnly):
    """What was asked of the clusters' own planners in the last hour."""

    list_display = ("id", "cluster", "asked_by", "asked_at", "answered_at", "as_of", "error")
    list_filter = ("cluster", "asked_at")
    search_fields = ("asked_by__username",)
    list_select_related = ("cluster", "asked_by")


@admin.register(models.Transition)
class TransitionAdmin(ReadOnly):
    """What went from what to what, when and why."""

    list_display = ("at", "cluster", "kind", "key", "what", "before", "after", "cause", "operation")
    list_filter = ("cause", "kind", "what", "cluster", "at")
    search_fields = ("key", "before", "after")
    list_select_related = ("cluster", "operation")


@admin.register(models.LogEntry)
class LogEntryAdmin(ReadOnly):
    """Cluster events."""

    list_display = ("at", "cluster", "level", "code", "subject", "node", "text")
    list_filter = ("level", "code", "cluster", "at")
    search_fields = ("subject", "node", "text")


@admin.register(models.Change)
class ChangeAdmin(ReadOnly):
    """After-values: what each object was after each change."""

    list_display = ("seq", "cluster", "at", "kind", "key")
    list_filter = ("kind", "cluster", "at")
    search_fields = ("key",)


@admin.register(models.Claim)
class ClaimAdmin(ReadOnly):
    """Which objects open operations work on."""

    list_display = ("kind", "key", "cluster", "operation")
    list_filter = ("kind", "cluster")
    search_fields = ("key",)
    list_select_related = ("cluster", "operation")


@admin.register(models.Source)
class SourceAdmin(ReadOnly):
    """Where facts come from and how old they are."""

    list_display = ("name", "cluster", "seen_at", "failing_since", "error")
    list_filter = ("cluster",)
    search_fields = ("name",)


@admin.register(models.Ledger)
class LedgerAdmin(ReadOnly):
    """The number, the lease and the term of each cluster."""

    list_display = ("cluster", "epoch", "seq", "horizon", "at", "lease_holder", "lease_until", "term")


@admin.register(models.Blob)
class BlobAdmin(ReadOnly):
    """What backends keep with us; the content means nothing to people."""

    list_display = ("name", "cluster", "at")
    list_filter = ("name", "cluster")
    exclude = ("body",)


@admin.register(models.Gauge)
class GaugeAdmin(ReadOnly):
    """What readings there are of."""

    list_display = ("key", "kind", "cluster", "slot", "since")
    list_filter = ("kind", "cluster")
    search_fields = ("key",)


@admin.register(models.Sample)
class SampleAdmin(ReadOnly):
    """When readings were taken; what was read is packed."""

    list_display = ("cluster", "minute", "at")
    list_filter = ("cluster",)
    exclude = ("body",)
