"""That there are credentials, since when, and their public halves; the secret itself is in no page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as lazy

from clusters import models
from clusters.admin.names import call
from clusters.admin.readonly import ReadOnly
from clusters.presenters.fieldwords import FIELDS

FIELDS.update(
    {
        "public": lazy("public half"),
        "fingerprint": lazy("fingerprint"),
        "created_at": lazy("set at"),
        "key_id": lazy("sealed with key"),
    }
)
call(models.Credential, lazy("credential"), lazy("credentials"))


@admin.register(models.Credential)
class CredentialAdmin(ReadOnly):
    """Set on a cluster's page Connection, or by `addcluster`."""

    list_display = ("name", "cluster", "kind", "fingerprint", "created_at")
    list_filter = ("kind", "cluster")
    search_fields = ("name", "fingerprint")
    fields = ("cluster", "name", "kind", "public", "fingerprint", "key_id", "created_at")
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers only: nobody else has business with how clusters are reached."""
        return bool(request.user.is_active and request.user.is_superuser)
