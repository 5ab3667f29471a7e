"""The wizard that adds a cluster, or changes how one is reached: every step has an address, answers wait in a draft."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync
from django.db import IntegrityError
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clusters import credentials, drafts, enrolment, forms, permissions
from clusters.backends.base import BackendError
from clusters.backends.reaching import JUMP
from clusters.domain.profiles import PROFILES
from clusters.drafts import Draft
from clusters.keyring import Unreadable
from clusters.presenters import reaching
from clusters.presenters.sentences import sentence
from clusters.views.frame import Crumb, UserRequest, themes
from clusters.views.strangers import signed_in

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Step:
    """One page. Those without a form ask machines: they have a view of their own."""

    name: str
    title: "_StrPromise"
    form: type[forms.StepForm] | None
    kinds: frozenset[str]


BOTH = frozenset({forms.SIMULATOR, forms.PACEMAKER})
REAL, SIMULATED = frozenset({forms.PACEMAKER}), frozenset({forms.SIMULATOR})
STEPS = (
    Step("kind", lazy("Kind"), forms.KindForm, BOTH),
    Step("name", lazy("Name"), forms.NameForm, BOTH),
    Step("size", lazy("Version and size"), forms.SizeForm, SIMULATED),
    Step("nodes", lazy("Nodes"), forms.NodesForm, REAL),
    Step("key", lazy("Login"), forms.KeyForm, REAL),
    Step("way", lazy("Way"), forms.JumpForm, REAL),
    Step("host-keys", lazy("Host keys"), None, REAL),
    Step("tests", lazy("Tests"), None, REAL),
    Step("finish", lazy("Finish"), forms.FinishForm, REAL),
    Step("finish", lazy("Finish"), forms.SimulatedFinishForm, SIMULATED),
)
ONCE = frozenset({"kind", "name"})
"""Steps of a new cluster only."""

View = Callable[..., HttpResponse]


def configures(view: View) -> Callable[..., HttpResponseBase]:
    """For those who may say how clusters are reached; others are told who may."""

    @signed_in
    @wraps(view)
    def guarded(request: UserRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if permissions.may_configure(request.user):
            return view(request, *args, **kwargs)
        context = {
            "crumbs": (Crumb(_("Clusters"), reverse("start")), Crumb(_("No access"))),
            "themes": themes(),
            "title": _("Only superusers add clusters and say how they are reached"),
            "text": _(
                "Ask whoever administers the console: who gives a cluster its keys could do with it what he likes."
            ),
        }
        return render(request, "clusters/noright.html", context, status=403)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@configures
def kind(request: UserRequest) -> HttpResponse:
    """The first step, which begins a new draft."""
    # Answers about a cluster that is only changed are no beginning of another one.
    draft = drafts.current(request.session)
    if draft is None or draft.changes:
        draft = drafts.begin(request.session)
    return _ask(request, draft, STEPS[0])


# Outermost: a report of an error anywhere below shows what was posted, but not these.
@sensitive_post_parameters("private_key", "passphrase")
@require_http_methods(["GET", "HEAD", "POST"])
@configures
def step(request: UserRequest, step: str) -> HttpResponse:
    """Any later step; without a draft there is only the first one."""
    draft = drafts.current(request.session)
    if draft is None or not draft.backend:
        return redirect("add")
    at = next((each for each in steps(draft) if each.name == step), None)
    if at is None:
        raise Http404
    if missing := _too_early(draft, at):
        return redirect(address(missing))
    if at.name == "host-keys":
        return _host_keys(request, draft, at)
    if at.name == "tests":
        return _tests(request, draft, at)
    return _ask(request, draft, at)


def steps(draft: Draft) -> tuple[Step, ...]:
    """The steps of this draft, in their order."""
    backend = draft.backend or forms.PACEMAKER
    return tuple(each for each in STEPS if backend in each.kinds and not (draft.changes and each.name in ONCE))


def address(step: Step) -> str:
    """Where a step is."""
    return reverse("add") if step.name == "kind" else reverse("add-step", args=[step.name])


def _ask(request: UserRequest, draft: Draft, at: Step) -> HttpResponse:
    """A form: shown, or answered."""
    assert at.form
    if request.method != "POST":
        return _page(request, draft, at, at.form(draft))
    form = at.form(draft, request.POST)
    try:
        if form.is_valid():
            changed = form.apply()
            return _finish(request, changed) if at.name == "finish" else _go_on(request, changed, at)
    except Unreadable as unreadable:
        form.add_error(None, sentence(unreadable.message))
    # The name was free when it was asked for, some steps ago.
    except IntegrityError:
        form.add_error(None, _("There is a cluster %(slug)s already. Choose another name.") % {"slug": draft.slug})
    return _page(request, draft, at, form, status=422)


def _go_on(request: UserRequest, draft: Draft, at: Step) -> HttpResponseRedirect:
    """To the next step; a key that was just made is shown first, because its public half must be installed."""
    drafts.keep(request.session, draft)
    if at.name == "key" and request.POST.get("how") == "generate":
        return redirect(address(at))
    order = steps(draft)
    return redirect(address(order[order.index(at) + 1]))


def _finish(request: UserRequest, draft: Draft) -> HttpResponseRedirect:
    """Store it. Raises Unreadable, IntegrityError."""
    plan, changed = draft.plan(), draft.cluster()
    if changed:
        enrolment.change(changed, plan.options, plan.keys, request.user)
        drafts.drop(request.session)
        return redirect("connection", changed.slug)
    added = enrolment.add(plan, request.user)
    drafts.drop(request.session)
    return redirect("cluster", added.slug)


def _host_keys(request: UserRequest, draft: Draft, at: Step) -> HttpResponse:
    """Look at the machines' keys, and confirm them one by one; behind a jump host only once its own is confirmed."""
    error, status = "", 200
    if request.method == "POST" and "confirm" in request.POST:
        waiting = draft.in_the_way()
        # From the right: a fingerprint holds no blank.
        confirmed = dict(pair.rsplit(" ", 1) for pair in request.POST.getlist("key") if " " in pair)
        draft = drafts.keep(request.session, draft.with_confirmed(confirmed))
        if not draft.in_the_way():
            return redirect(address(_after(draft, at)))
        # Some were: the rest is asked again, and behind a jump host can only now be asked at all.
        if draft.in_the_way() != waiting:
            return redirect(address(at))
        told = _("Nobody has confirmed the keys of these yet: %(names)s.")
        error, status = told % {"names": reaching.names(waiting)}, 422
    elif request.method == "POST":
        draft, error = _looked(request, draft)
    context = {"doors": _doors(draft), "error": error, "step": at, "ready": not draft.unconfirmed()}
    context["unreached"] = reaching.names(draft.unreached())
    if request.htmx:
        return render(request, "reach/_hostkeys.html", context)
    return _page(request, draft, at, status=status, extra=context)


def _looked(request: UserRequest, draft: Draft) -> tuple[Draft, str]:
    try:
        known = enrolment.secrets(draft.keys(), draft.cluster())
        seen = async_to_sync(enrolment.host_keys)(draft.backend, draft.options, known)
    except (BackendError, Unreadable) as trouble:
        return draft, sentence(trouble.message)
    return drafts.keep(request.session, draft.with_host_keys(seen)), ""


def _doors(draft: Draft) -> tuple[reaching.Door, ...]:
    """All machines that are reached by SSH; behind a jump host that is not confirmed, that alone."""
    names = tuple(name for name, each in draft.nodes().items() if "host" in each)
    if draft.options.get("jump"):
        names = (JUMP,) if JUMP in draft.unconfirmed() else (JUMP, *names)
    return reaching.doors(draft.options, draft.shown, draft.unseen, names)


def _tests(request: UserRequest, draft: Draft, at: Step) -> HttpResponse:
    """Run the tests (POST), or show what they came to."""
    error = ""
    if request.method == "POST":
        try:
            known = enrolment.secrets(draft.keys(), draft.cluster())
            found = async_to_sync(enrolment.tests)(draft.backend, draft.options, known)
            draft = drafts.keep(request.session, draft.with_findings(found))
        except (BackendError, Unreadable) as trouble:
            error = sentence(trouble.message)
    found = draft.findings()
    context = {"machines": reaching.machines(found), "error": error, "passed": enrolment.passed(found)}
    context |= {"run": address(at), "next": address(_after(draft, at))}
    if request.htmx:
        return render(request, "reach/_findings.html", context)
    return _page(request, draft, at, extra=context)


def _page(
    request: UserRequest,
    draft: Draft,
    at: Step,
    form: forms.StepForm | None = None,
    status: int = 200,
    extra: Mapping[str, Any] | None = None,
) -> HttpResponse:
    order = steps(draft)
    place = order.index(at)
    title = _("Change the connection of %(name)s") % {"name": draft.name} if draft.changes else _("Add a cluster")
    back = address(order[place - 1]) if place else _leave(draft)
    context = {
        "crumbs": (Crumb(_("Clusters"), reverse("start")), Crumb(title)),
        "themes": themes(),
        "title": title,
        "step": at,
        "steps": [(each, address(each), number < place) for number, each in enumerate(order)],
        "draft": draft,
        "form": form,
        "said": _said(form),
        "back": back,
        "leave": _leave(draft),
        "here": address(at),
        "public": draft.public.get(credentials.KEY, ("", "")) if draft.options.get("credential") else ("", ""),
        "has_key": forms.has_key(draft),
        "profile": PROFILES[draft.options["profile"]].label if draft.options.get("profile") in PROFILES else "",
        "jump_key": draft.public.get(credentials.JUMP_KEY, ("", "")),
        "keyless": reaching.keyless(draft.unconfirmed()),
        "passed": draft.is_untouched() or enrolment.passed(draft.findings()),
        **(extra or {}),
    }
    return render(request, f"reach/{at.name.replace('-', '')}.html", context, status=status)


def _said(form: forms.StepForm | None) -> dict[str, Any]:
    """What stands in the fields: what was typed, or what was answered before; never a secret."""
    if form is None:
        return {}
    return {name: form[name].value() for name in form.fields if name not in ("private_key", "passphrase")}


def _too_early(draft: Draft, at: Step) -> Step | None:
    """The step that must be answered before this one can be."""
    order = steps(draft)
    done = {
        "kind": bool(draft.backend),
        "name": bool(draft.slug),
        "size": "sample" in draft.options,
        "nodes": bool(draft.nodes()),
        "key": any(draft.options.get(name) for name in ("credential", "agent", "key_file")),
        # Left alone it is the direct way; tests may be left out, the last step asks whether that is meant.
        "way": True,
        "host-keys": not draft.in_the_way(),
        "tests": True,
    }
    return next((each for each in order[: order.index(at)] if not done[each.name]), None)


def _after(draft: Draft, at: Step) -> Step:
    order = steps(draft)
    return order[order.index(at) + 1]


def _leave(draft: Draft) -> str:
    return reverse("connection", args=[draft.changes]) if draft.changes else reverse("start")
