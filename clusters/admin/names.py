"""What administrators call the tables. Said here and not in the models, whose migrations would record every wording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Model
from django.utils.translation import gettext_lazy as lazy

from clusters import models
from clusters.presenters.fieldwords import FIELDS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def call(model: type[Model], one: _StrPromise, many: _StrPromise) -> None:
    """Name a table in the singular and the plural, and its fields."""
    model._meta.verbose_name, model._meta.verbose_name_plural = one, many
    for field in model._meta.fields:
        if field.name in FIELDS:
            field.verbose_name = FIELDS[field.name]


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
call(models.HiddenColumns, lazy("choice of columns"), lazy("choices of columns"))
call(models.Grant, lazy("access right"), lazy("access rights"))
call(models.RefusedSignIn, lazy("refused sign-in"), lazy("refused sign-ins"))
call(models.WrongTries, lazy("wrong passwords"), lazy("wrong passwords"))
call(models.Blob, lazy("stored state"), lazy("stored states"))

admin.site.site_header = admin.site.site_title = lazy("Cluster Console: administration")
