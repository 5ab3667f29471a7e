"""Acts on many objects from a list of the admin: a preview first, then one operation for each under one batch.

The rows of `clusters.domain.actions` decide here as they do in the console; nothing is written but requests.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.admin import ModelAdmin, helpers
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from clusters import connections, permissions, services, snapshots
from clusters.admin.bulkform import BulkForm
from clusters.domain import actions
from clusters.domain.action import Action, Tier
from clusters.domain.conditions import GONE
from clusters.domain.keys import Key
from clusters.domain.messages import say
from clusters.models import Cluster, Observed
from clusters.permissions import Denied
from clusters.presenters.menu import label
from clusters.presenters.rows import names_of
from clusters.presenters.sentences import sentence

MOST = 1000
"""Objects that one act may be asked for at once."""

Perform = Callable[["ModelAdmin[Any]", HttpRequest, QuerySet[Any]], HttpResponse | None]
AdminActs = dict[str, Any]
"""Function, name and words by name, in the form the admin wants; its own types cannot say so."""


@dataclass(frozen=True, slots=True)
class Line:
    """One object of the preview; an empty reason means that the act will be asked for."""

    row: Observed
    key: Key
    reason: str


def act(name: str) -> Action:
    """The act of that name. Raises KeyError: a fault in this program."""
    return actions.ACTIONS[name]


def acts_of(acts: Iterable[Action]) -> AdminActs:
    """The acts as the admin wants its actions."""
    return {each.name: (_performing(each), each.name, str(label(each))) for each in acts}


def _performing(action: Action) -> Perform:
    def perform(page: "ModelAdmin[Any]", request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
        return _perform(page, request, action, chosen)

    return perform


def _perform(
    page: "ModelAdmin[Any]", request: HttpRequest, action: Action, chosen: QuerySet[Any]
) -> HttpResponse | None:
    """The preview; when it was confirmed, the requests."""
    confirmed = "token" in request.POST
    if confirmed:
        ids = [int(pk) for pk in request.POST.get("rows", "").split(",") if pk.isdigit()]
        chosen = page.get_queryset(request).filter(pk__in=ids)
    rows = list(chosen.select_related("cluster").order_by("cluster", "name")[: MOST + 1])
    clusters = {row.cluster for row in rows}
    if len(rows) > MOST:
        page.message_user(request, _("At most %(count)s at once.") % {"count": MOST}, messages.ERROR)
        return None
    if action.questions and len(clusters) != 1 and BulkForm.is_about_one_cluster(action):
        page.message_user(request, _("Choose objects of one cluster for this."), messages.ERROR)
        return None
    if not rows:
        page.message_user(request, sentence(GONE), messages.ERROR)
        return None
    lines = [line for cluster in clusters for line in _judge(request, action, cluster, rows)]
    accepted = [line for line in lines if not line.reason]
    keys = [line.key for line in lines]
    form = BulkForm(
        action, snapshots.current(rows[0].cluster_id).state, keys, len(accepted), request.POST if confirmed else None
    )
    if confirmed and accepted and form.is_valid():
        _request(page, request, action, accepted, len(lines) - len(accepted), form)
        return None
    return _preview(page, request, action, lines, form)


def _judge(request: HttpRequest, action: Action, cluster: Cluster, rows: list[Observed]) -> list[Line]:
    """Each object of one cluster with the reason that refuses it."""
    mine = [row for row in rows if row.cluster_id == cluster.pk]
    keys = [Key("role", row.key) for row in mine]
    state = snapshots.current(cluster.pk).state
    names = names_of(state)
    denied = permissions.refusal(request.user, cluster)
    entry = actions.judge(action, state, keys, Tier.OPERATOR, connections.capabilities(cluster))
    reasons = {key: say("not-for-this-role") for key in keys if not action.applies(state, key)} | dict(entry.refuses)
    return [Line(row, key, sentence(denied or reasons.get(key), names)) for row, key in zip(mine, keys, strict=True)]


def _preview(
    page: "ModelAdmin[Any]", request: HttpRequest, action: Action, lines: list[Line], form: BulkForm
) -> HttpResponse:
    accepted = [line for line in lines if not line.reason]
    context = {
        **page.admin_site.each_context(request),
        "title": label(action),
        "opts": page.model._meta,
        "action": action.name,
        "checkbox": helpers.ACTION_CHECKBOX_NAME,
        "first": lines[0].row.pk if lines else "",
        "rows": ",".join(str(line.row.pk) for line in lines),
        "token": request.POST.get("token") or uuid4().hex,
        "accepted": accepted,
        "refused": [line for line in lines if line.reason],
        "effects": _effects(action, accepted),
        "form": form,
    }
    return TemplateResponse(request, "admin/bulk.html", context)


def _effects(action: Action, accepted: list[Line]) -> list[str]:
    """What the act does and what may be lost, each thing said once."""
    told: dict[str, None] = {}
    for cluster_id in {line.row.cluster_id for line in accepted}:
        state = snapshots.current(cluster_id).state
        keys = [line.key for line in accepted if line.row.cluster_id == cluster_id]
        told |= dict.fromkeys(sentence(each, names_of(state)) for each in actions.consequences(action, state, keys))
    return list(told)


def _request(
    page: "ModelAdmin[Any]", request: HttpRequest, action: Action, accepted: list[Line], refused: int, form: BulkForm
) -> None:
    """One operation for each object, under one batch; the same token does it once."""
    token = request.POST["token"][:32]
    asked = 0
    for line in accepted:
        try:
            command = actions.command(action, line.key, form.answers())
            reason = form.cleaned_data["reason"]
            services.request(line.row.cluster, command, request.user, reason, f"{token}-{line.row.pk}", token)
            asked += 1
        except services.Refused as no:
            refused += 1
            page.message_user(request, f"{line.row.name}: {sentence(no.message)}", messages.WARNING)
        except Denied as denied:
            raise PermissionDenied(sentence(denied.message)) from denied
    said = _("%(act)s: %(asked)s asked, %(refused)s refused. Batch %(batch)s.")
    page.message_user(request, said % {"act": label(action), "asked": asked, "refused": refused, "batch": token})
