"""Acts on many objects from a list of the admin: questions, a preview, then one operation for each under one batch.

The rows of `clusters.domain.actions` decide here as they do in the console; nothing is written but requests.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.admin import ModelAdmin, helpers
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from clusters import services, snapshots
from clusters.admin.bulkform import Consent, Questions, is_about_one_cluster
from clusters.admin.preview import Line, Preview, preview
from clusters.domain import actions
from clusters.domain.action import Action
from clusters.domain.conditions import GONE
from clusters.domain.keys import Key
from clusters.models import Observed
from clusters.permissions import Denied
from clusters.presenters.menu import label
from clusters.presenters.rows import names_of
from clusters.presenters.sentences import sentence

MOST = 1000
"""Objects that one act may be asked for at once; the rows travel in one field, so no limit of Django's applies."""

Perform = Callable[["ModelAdmin[Any]", HttpRequest, QuerySet[Any]], HttpResponse | None]
AdminActs = dict[str, Any]
"""Function, name and words by name, in the form the admin wants; its own types cannot say so."""


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
    """The questions; when they are answered the preview; when that was agreed to the requests."""
    sent = request.POST if "token" in request.POST else None
    rows = _rows(page, request, chosen)
    if trouble := _trouble(action, rows):
        page.message_user(request, trouble, messages.ERROR)
        return None
    keys = [Key("role", row.key) for row in rows]
    questions = Questions(action, snapshots.current(rows[0].cluster_id).state, keys, sent)
    answers: dict[str, str] | None = {}
    if action.questions:
        answers = questions.answers() if sent is not None and questions.is_valid() else None
    shown = preview(request, action, rows, answers)
    agreed = "agreed" in request.POST and answers is not None
    consent = Consent(action, len(shown.changing), sent if agreed else None)
    # The preview is made again before anything is asked, so that what was refused meanwhile is not asked for.
    if agreed and answers is not None and shown.changing and consent.is_valid():
        _request(page, request, action, shown, answers, consent.cleaned_data["reason"])
        return None
    return _page(page, request, action, shown, questions, None if answers is None else consent)


def _rows(page: "ModelAdmin[Any]", request: HttpRequest, chosen: QuerySet[Any]) -> list[Observed]:
    """The rows that were ticked, or those of the page before; one more than may be asked for, to tell too many."""
    if "token" in request.POST:
        # Through the page's own rows: numbers of other clusters, typed into the form, find nothing.
        ids = [int(pk) for pk in request.POST.get("rows", "").split(",") if pk.isdecimal()]
        chosen = page.get_queryset(request).filter(pk__in=ids)
    return list(chosen.select_related("cluster").order_by("cluster", "name")[: MOST + 1])


def _trouble(action: Action, rows: Sequence[Observed]) -> str:
    """Why these rows cannot be asked about; "" when they can."""
    if len(rows) > MOST:
        return _("At most %(count)s at once.") % {"count": MOST}
    if is_about_one_cluster(action) and len({row.cluster_id for row in rows}) > 1:
        return _("Choose objects of one cluster for this.")
    return "" if rows else sentence(GONE)


def _page(
    page: "ModelAdmin[Any]",
    request: HttpRequest,
    action: Action,
    shown: Preview,
    questions: Questions,
    consent: Consent | None,
) -> HttpResponse:
    """The questions still to be answered, or what their answers do and the consent to it."""
    context = {
        **page.admin_site.each_context(request),
        "title": label(action),
        "opts": page.model._meta,
        "action": action.name,
        "checkbox": helpers.ACTION_CHECKBOX_NAME,
        "first": shown.lines[0].row.pk,
        "rows": ",".join(str(line.row.pk) for line in shown.lines),
        "token": request.POST.get("token") or uuid4().hex,
        "shown": shown,
        "effects": _effects(action, shown.changing),
        "questions": questions,
        "consent": consent,
    }
    return TemplateResponse(request, "admin/bulk.html", context)


def _effects(action: Action, changing: Sequence[Line]) -> list[str]:
    """What the act does and what may be lost, each thing said once."""
    told: dict[str, None] = {}
    for cluster_id in {line.row.cluster_id for line in changing}:
        state = snapshots.current(cluster_id).state
        keys = [line.key for line in changing if line.row.cluster_id == cluster_id]
        told |= dict.fromkeys(sentence(each, names_of(state)) for each in actions.consequences(action, state, keys))
    return list(told)


def _request(
    page: "ModelAdmin[Any]", request: HttpRequest, action: Action, shown: Preview, answers: dict[str, str], reason: str
) -> None:
    """One operation for each object that changes, under one batch; the same token does it once."""
    token = request.POST["token"][:32]
    asked, refused = 0, len(shown.refused)
    for line in shown.changing:
        try:
            command = actions.command(action, line.key, answers)
            services.request(line.row.cluster, command, request.user, reason, f"{token}-{line.row.pk}", token)
            asked += 1
        except services.Refused as no:
            refused += 1
            page.message_user(request, f"{line.row.name}: {sentence(no.message)}", messages.WARNING)
        except Denied as denied:
            raise PermissionDenied(sentence(denied.message)) from denied
    said = _("%(act)s: %(asked)s asked, %(refused)s refused. Batch %(batch)s.")
    page.message_user(request, said % {"act": label(action), "asked": asked, "refused": refused, "batch": token})
