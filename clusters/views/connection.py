"""How a cluster is reached: shown, tested, changed, switched off; and the way to forget it."""

from contextlib import suppress
from datetime import datetime

from asgiref.sync import async_to_sync
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clusters import connections, credentials, drafts, enrolment, signin
from clusters.backends.base import BackendError
from clusters.backends.reaching import JUMP
from clusters.domain.profiles import PROFILES
from clusters.models import Cluster
from clusters.presenters import reaching
from clusters.presenters.sentences import sentence
from clusters.views.adding import configures
from clusters.views.frame import Crumb, UserRequest, themes
from clusters.views.signin import missing_password


@require_safe
@configures
def page(request: UserRequest, slug: str) -> HttpResponse:
    """Addresses, keys by their fingerprints, and what can be done."""
    return _show(request, get_object_or_404(Cluster, slug=slug))


@require_POST
@configures
def test(request: UserRequest, slug: str) -> HttpResponse:
    """Run the tests of the connection as it is stored."""
    cluster = get_object_or_404(Cluster, slug=slug)
    context: dict[str, object] = {"run": reverse("connection-tests", args=[slug]), "machines": (), "error": ""}
    try:
        found = async_to_sync(enrolment.tests)(cluster.backend, cluster.options, enrolment.secrets({}, cluster))
        context |= {"machines": reaching.machines(found), "passed": enrolment.passed(found)}
    except BackendError as trouble:
        context["error"] = sentence(trouble.message)
    if request.htmx:
        return render(request, "reach/_findings.html", context)
    return _show(request, cluster, **context)


@require_POST
@configures
def change(request: UserRequest, slug: str, step: str) -> HttpResponse:
    """Begin to change it, at that step."""
    drafts.begin_change(request.session, get_object_or_404(Cluster, slug=slug))
    return redirect("add-step", step)


@require_POST
@configures
def switch(request: UserRequest, slug: str) -> HttpResponse:
    """On or off."""
    enrolment.switch(get_object_or_404(Cluster, slug=slug), request.POST.get("enabled") == "yes", request.user)
    return redirect("connection", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@configures
def remove(request: UserRequest, slug: str) -> HttpResponse:
    """Forget it, with its history and its keys. A real cluster is not touched, a simulated one exists nowhere else."""
    cluster = get_object_or_404(Cluster, slug=slug)
    error = _unproved(request, cluster) if request.method == "POST" else ""
    if request.method == "POST" and not error:
        enrolment.remove(cluster, request.user)
        return redirect("start")
    context = {
        **_around(cluster, _("Remove")),
        "error": error,
        "typed": request.POST.get("typed", ""),
        "password": signin.is_old(request),
    }
    return render(request, "reach/remove.html", context, status=422 if error else 200)


def _unproved(request: UserRequest, cluster: Cluster) -> str:
    """What is still missing of the proofs, in words."""
    # The name may end in a blank, which nobody sees and nobody types.
    if request.POST.get("typed", "").strip() != cluster.name.strip():
        return _("Type the name exactly as it is shown.")
    return missing_password(request) if signin.is_old(request) else ""


def _show(request: UserRequest, cluster: Cluster, **extra: object) -> HttpResponse:
    options = {**cluster.options, "nodes": enrolment.nodes_of(cluster.options)}
    names = (JUMP, *options["nodes"])
    kept = {each.name: each for each in cluster.credentials.all()}
    context = {
        **_around(cluster, _("Connection")),
        "doors": reaching.doors(options, {}, {}, names),
        "keyless": reaching.keyless(drafts.unconfirmed(cluster.options)),
        "account": options.get("user", ""),
        "known_hosts_file": options.get("known_hosts_file", ""),
        "keys": list(kept.values()),
        "login": reaching.login(options, kept[credentials.KEY].fingerprint if credentials.KEY in kept else ""),
        "acts": options.get("acts", True),
        "lost": sentence(credentials.trouble(cluster)),
        "changes": (
            ("nodes", _("Change the nodes")),
            ("key", _("Change the login")),
            ("way", _("Change the way")),
            ("host-keys", _("Confirm host keys")),
            ("finish", _("Change what it may do")),
        ),
        "pace": reaching.pace(tuple(cluster.sources.all())),
        **_made(cluster),
        "run": reverse("connection-tests", args=[cluster.slug]),
        **extra,
    }
    return render(request, "reach/connection.html", context)


def _made(cluster: Cluster) -> dict[str, object]:
    """What a simulated cluster was made of; options of another kind say nothing."""
    options = cluster.options
    began = None
    with suppress(KeyError, TypeError, ValueError):
        began = datetime.fromisoformat(options["began"])
    size = (options.get("nodes"), options.get("machines"))
    profile = PROFILES[cluster.profile].label if cluster.profile in PROFILES else ""
    return {"began": began, "profile": profile, "size": size if all(isinstance(each, int) for each in size) else ()}


def _around(cluster: Cluster, title: str) -> dict[str, object]:
    return {
        "cluster": cluster,
        "title": title,
        # What no way leads to is inside: switched off it stands still, removed it is gone.
        "reached": connections.ways(cluster.backend) is not None,
        "themes": themes(),
        "crumbs": (
            Crumb(_("Clusters"), reverse("start")),
            Crumb(cluster.name, reverse("cluster", args=[cluster.slug]) if cluster.enabled else ""),
            Crumb(title),
        ),
    }
