"""Menus, questions and acts. Asking changes nothing; only a post with a token does, and the same token does it once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from clusters import inquiries, permissions, services, signin
from clusters.domain import actions
from clusters.domain.action import Action, Answer
from clusters.domain.keys import Key
from clusters.domain.messages import Message
from clusters.models import Cluster, Operation
from clusters.permissions import Audience, Denied
from clusters.presenters import words
from clusters.presenters.menu import BEST, can_of, dialog, label, opens_nodes, typed_name, verb
from clusters.presenters.nodemenu import node_menu
from clusters.presenters.refill import refill
from clusters.presenters.rows import names_of, subject_name
from clusters.presenters.sentences import sentence
from clusters.presenters.summary import state_of
from clusters.views.acts import acts_of, asked_for, beyond
from clusters.views.frame import Crumb, UserRequest, around, cluster_view, refused, tier_of
from clusters.views.signin import missing_password


@require_safe
@cluster_view
def menu(request: UserRequest, cluster: Cluster, audience: Audience, kind: str = "", key: str = "") -> HttpResponse:
    """The context menu of the objects: every act, refused ones with their reason."""
    kind = kind or request.GET.get("kind", "")
    ids = [key, *request.GET.getlist("also")] if key else asked_for(request, cluster, kind)
    return render(
        request,
        "clusters/menu.html",
        {"acts": acts_of(request, cluster, audience, kind, ids, pane=False), "cluster": cluster},
    )


@require_safe
@cluster_view
def targets(request: UserRequest, cluster: Cluster, audience: Audience, action: str) -> HttpResponse:
    """The submenu of a move: its nodes, refused ones with their reason."""
    act, keys = asked_act(request, cluster, action)
    shown = node_menu(cluster, act, keys[0], tier_of(audience, cluster)) if opens_nodes(act, keys) else None
    if shown is None:
        raise Http404
    return render(request, "clusters/targets.html", {"menu": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@cluster_view
def do(request: UserRequest, cluster: Cluster, audience: Audience, action: str) -> HttpResponse:
    """Ask before an act (GET), or request it (POST)."""
    act, keys = asked_act(request, cluster, action)
    if request.method != "POST":
        shown = dialog(cluster, act, keys, tier_of(audience, cluster), uuid4().hex)
        if target := request.GET.get("target"):
            shown = refill(shown, {"target": [target]})  # chosen in the menu already
        shown = replace(shown, password=signin.wants_password(request, act))
        matching = beyond(request, cluster, keys[0].kind)
        return render(request, "clusters/_dialog.html", {"dialog": shown, "cluster": cluster, "beyond": matching})
    try:
        permissions.require_operator(request.user, cluster)
    except Denied as denied:
        return refused(request, denied.message, status=403)
    # Before the proofs: whoever is shown another forecast has to read, not to type his password for nothing.
    if _is_outdated(request, cluster):
        told = _("The cluster has moved on since this forecast. Look at the new one, then confirm.")
        return _again(request, cluster, audience, act, keys, told)
    if missing := _unproved(request, cluster, act, keys):
        return _again(request, cluster, audience, act, keys, missing)
    try:
        answers = answers_of(act, request.POST)
        failed = _request(request, cluster, left_to_cluster(act, keys, answers), keys, answers)
    except ValueError:
        return _again(request, cluster, audience, act, keys, _("An answer is missing, or is not of the right kind."))
    # Some refused: what was asked is under way and the rest is said. All refused: nothing was done, so ask again.
    if len(failed) == len(keys):
        return _again(request, cluster, audience, act, keys, sentence(failed[0][1], names_of(state_of(cluster))))
    return _done(act, len(keys) - len(failed), failed)


@require_safe
@cluster_view
def plan(request: UserRequest, cluster: Cluster, audience: Audience, action: str) -> HttpResponse:
    """What a drain will do, role by role, before it is asked for. A page: whoever asks from a menu is led there."""
    if request.htmx:
        return HttpResponseClientRedirect(request.get_full_path())
    act, keys = asked_act(request, cluster, action)
    node = names_of(state_of(cluster)).get(keys[0].id, keys[0].id)
    page = Crumb(_("Nodes"), reverse("nodes", args=[cluster.slug]))
    context = around(request, audience, cluster, (page, Crumb(verb(act, node))))
    context |= {"node": node, "live": False}
    context["dialog"] = dialog(cluster, act, keys, tier_of(audience, cluster), uuid4().hex)
    return render(request, "clusters/plan.html", context)


@require_POST
@cluster_view
def cancel(request: UserRequest, cluster: Cluster, audience: Audience, key: str) -> HttpResponse:
    """Ask for the end of an operation; what becomes of it the cluster decides."""
    operation = Operation.objects.filter(cluster=cluster, key=key).first()
    if operation is None:
        raise Http404
    try:
        services.cancel(operation, request.user)
    except Denied as denied:
        return refused(request, denied.message, status=403)
    except services.Refused as no:
        return refused(request, no.message)
    return HttpResponse(status=204)


@require_POST
@cluster_view
def undo(request: UserRequest, cluster: Cluster, audience: Audience, key: str) -> HttpResponse:
    """Ask for the reverse of an operation, as an operation of its own."""
    operation = Operation.objects.filter(cluster=cluster, key=key).first()
    if operation is None:
        raise Http404
    names = names_of(state_of(cluster))
    done = words.operation_word(operation.action, operation.command)
    told = {"act": done, "subject": subject_name(operation, names), "who": operation.requested_by_name}
    reason = _("Undo of: %(act)s, %(subject)s, asked by %(who)s") % told
    try:
        services.take_back(operation, request.user, reason, timezone.now())
    except Denied as denied:
        return refused(request, denied.message, status=403)
    except services.Refused as no:
        return refused(request, no.message, names)
    return HttpResponse(status=204)


def _is_outdated(request: UserRequest, cluster: Cluster) -> bool:
    """Whether what was read before the click is no longer what would happen. A click that arrives twice was right."""
    if Operation.objects.filter(cluster=cluster, token=f"{request.POST.get('token', '')}-0").exists():
        return False
    return inquiries.outdated(cluster, request.POST.get("foretold", ""))


def asked_act(request: UserRequest, cluster: Cluster, name: str) -> tuple[Action, list[Key]]:
    """The act and its objects. Raises Http404."""
    act = actions.ACTIONS.get(name)
    kind = request.GET.get("kind", "")
    ids = asked_for(request, cluster, kind)
    if act is None or not ids or kind not in act.kinds:
        raise Http404
    return act, [Key(kind, each) for each in ids]


def left_to_cluster(act: Action, keys: Sequence[Key], answers: Mapping[str, str]) -> Action:
    """The act without a node where several objects were asked to go to the best possible one: that is its pair."""
    named = len(keys) == 1 or "target" in answers
    return act if named else actions.ACTIONS.get(act.name + BEST, act)


def _unproved(request: UserRequest, cluster: Cluster, act: Action, keys: Sequence[Key]) -> str:
    """What is still missing of the proofs that what destroys wants: the name typed, the password where the last one is
    old; "" when nothing is."""
    # The name first: each password that is looked at counts as a try.
    wanted = typed_name(act, cluster, state_of(cluster), keys)
    if wanted and request.POST.get("typed", "").strip() != wanted:
        return _("Type the name exactly as it is shown.")
    return missing_password(request) if signin.wants_password(request, act) else ""


def answers_of(act: Action, posted: QueryDict) -> Mapping[str, str]:
    """The answers under the questions' names; a flag that is not ticked is an answer too, and so is a field that was
    emptied where that takes the value away."""
    answers = {}
    # Of several objects with different values the field is empty from the start: that asks for nothing.
    alone = len(posted.getlist("key")) <= 1
    for question in act.questions:
        if question.answer is Answer.NODES:
            answers[question.name] = ",".join(posted.getlist(question.name))
        # Browsers do not send a box that is not ticked; left out, it could never be taken away.
        elif question.answer is Answer.FLAG:
            answers[question.name] = "on" if posted.get(question.name) == "on" else "off"
        elif (given := str(posted.get(question.name, "")).strip()) or (
            alone and question.clears and question.name in posted
        ):
            answers[question.name] = given
    return answers


def _request(
    request: UserRequest, cluster: Cluster, act: Action, keys: Sequence[Key], answers: Mapping[str, str]
) -> list[tuple[Key, Message]]:
    """Request the act for each object; those that were refused, with the reason. Raises ValueError."""
    # Cut to what the column holds with the number behind it; a page makes tokens of 32 letters.
    token = request.POST.get("token", "")[:40] or uuid4().hex
    batch = token if len(keys) > 1 else ""
    state, can, failed = state_of(cluster), can_of(cluster), []
    for place, key in enumerate(keys):
        asked = f"{token}-{place}"
        # A click that arrives twice is done, not refused as "under way".
        if Operation.objects.filter(cluster=cluster, token=asked).exists():
            continue
        # The rights were looked at for all of them; what is left is what the cluster says of each.
        reason = actions.check(act, state, key, tier=act.tier, can=can)
        if not reason:
            try:
                services.request(
                    cluster,
                    actions.command(act, key, answers),
                    request.user,
                    request.POST.get("reason", ""),
                    asked,
                    batch,
                )
            except services.Refused as no:
                reason = no.message
        if reason:
            failed.append((key, reason))
    return failed


def _again(
    request: UserRequest, cluster: Cluster, audience: Audience, act: Action, keys: Sequence[Key], error: str
) -> HttpResponse:
    """The dialog again, with what was wrong and all that was typed."""
    shown = dialog(cluster, act, keys, tier_of(audience, cluster), request.POST.get("token", "") or uuid4().hex, error)
    shown = replace(refill(shown, dict(request.POST.lists())), password=signin.wants_password(request, act))
    return render(request, "clusters/_dialog.html", {"dialog": shown, "cluster": cluster}, status=422)


def _done(act: Action, done: int, failed: Sequence[tuple[Key, Message]]) -> HttpResponse:
    """No content: the clicking browser learns of it like every other; only a sentence is said aloud."""
    told = _("Asked: %(act)s") % {"act": label(act)}
    if failed:
        told = _("%(told)s for %(done)s; %(failed)s refused") % {"told": told, "done": done, "failed": len(failed)}
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"asked": {"text": told}})
    return response
