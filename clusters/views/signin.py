"""The one door: signing in, for the console and its administration alike, with guessing made slow.

A browser that has signed in carries a mark for a year, so that nobody who guesses its owner's name elsewhere can keep
him out.
"""

import logging
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.views import LoginView, PasswordChangeDoneView, PasswordChangeView, redirect_to_login
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from clusters import refusals, signin, throttle
from clusters.throttle import MustWait, Try
from clusters.views.frame import Crumb, themes

log = logging.getLogger(__name__)

KNOWN = "known"
KNOWN_SECONDS = 365 * 24 * 3600
WAIT = "wait"


def wait_words(seconds: int) -> str:
    """How long it takes until the next try counts."""
    if seconds < 120:
        told = ngettext(
            "Too many wrong passwords. Try again in %(count)s second.",
            "Too many wrong passwords. Try again in %(count)s seconds.",
            seconds,
        )
        return told % {"count": seconds}
    return _("Too many wrong passwords. Try again in %(count)s minutes.") % {"count": -(-seconds // 60)}


def missing_password(request: HttpRequest) -> str:
    """Prove who is there by the password that was sent; what is wrong with it, "" when nothing is."""
    if not (password := request.POST.get("password", "")):
        return _("Give your password too: it was last given a while ago.")
    try:
        signin.prove(request, password)
    except signin.WrongPassword:
        return _("That is not your password.")
    except MustWait as must:
        return wait_words(must.seconds)
    return ""


class SignInForm(AuthenticationForm):
    """Name and password; tried too often, it says how long to wait and does not look at the password."""

    # The same words for both: an account that is switched off is not told from a wrong password.
    error_messages = dict.fromkeys(
        ("invalid_login", "inactive"),
        lazy("Name and password do not belong together, or this account is switched off."),
    )

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError."""
        name = self.cleaned_data.get("username", "")
        if not name or not self.cleaned_data.get("password") or self.request is None:
            raise self.get_invalid_login_error()
        tried = Try(name, signin.address_of(self.request), known_as(self.request, name))
        try:
            throttle.begin(tried, timezone.now())
        except MustWait as must:
            refusals.note(tried, timezone.now())
            log.warning("somebody at %s guesses passwords; the next is looked at in %s s", tried.address, must.seconds)
            raise ValidationError(wait_words(must.seconds), code=WAIT, params={"seconds": must.seconds}) from must
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            refusals.note(tried, timezone.now())
            raise
        throttle.succeed(tried)
        return cleaned


class SignIn(LoginView):
    """The page. Expired sessions are cleared away on this occasion."""

    authentication_form = SignInForm

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """In, and known from now on."""
        response = super().form_valid(form)
        self.request.session.clear_expired()
        name = form.get_user().get_username()
        response.set_signed_cookie(
            KNOWN,
            # The name as a digest: a cookie lies open in the browser. The rest tells one browser from another.
            f"{_digest(name)}:{uuid4().hex}",
            salt=KNOWN,
            max_age=KNOWN_SECONDS,
            path=reverse("login"),
            secure=bool(settings.SESSION_COOKIE_SECURE),
            httponly=True,
            samesite="Lax",
        )
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Again; a program is told in its own terms to wait."""
        response = super().form_invalid(form)
        for error in form.non_field_errors().as_data():
            if error.code == WAIT and error.params:
                response.status_code, response["Retry-After"] = 429, str(error.params["seconds"])
        return response


class CheckedPasswordForm(PasswordChangeForm):
    """A new password. The old one is a guess like any other, for whoever finds an open browser."""

    def __init__(self, *args: Any, request: HttpRequest, **given: Any) -> None:
        super().__init__(*args, **given)
        self._request = request

    def clean_old_password(self) -> str:
        """Raises ValidationError."""
        old = str(self.cleaned_data["old_password"])
        try:
            signin.prove(self._request, old)
        except signin.WrongPassword as wrong:
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect") from wrong
        except MustWait as must:
            raise ValidationError(wait_words(must.seconds), code=WAIT) from must
        return old


class ChangePassword(PasswordChangeView):
    """Somebody's own password."""

    form_class = CheckedPasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form knows the request, whose session its tries count for."""
        return {**super().get_form_kwargs(), "request": self.request}

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        """The rules are told before somebody breaks them."""
        rules = password_validators_help_texts()
        return {**super().get_context_data(**given), **_around(_("Change the password")), "rules": rules}


class PasswordChanged(PasswordChangeDoneView):
    """That it is changed, and the way back."""

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        """The frame of our own pages."""
        return {**super().get_context_data(**given), **_around(_("The password is changed"))}


def _around(title: str) -> dict[str, Any]:
    own = Crumb(_("Where I am signed in"), reverse("sessions"))
    return {"crumbs": (Crumb(_("Clusters"), reverse("start")), own, Crumb(title)), "themes": themes()}


@require_safe
def administration(request: HttpRequest) -> HttpResponse | HttpResponseRedirect:
    """Where the administration sends whom it does not let in: to the door, or, if he is in, to a page that says why."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
    context = {
        "crumbs": (Crumb(_("Clusters"), reverse("start")), Crumb(_("No access"))),
        "themes": themes(),
        "title": _("The administration is not open to you"),
        "text": _("An administrator can make you a member of the staff."),
    }
    return render(request, "clusters/noright.html", context, status=403)


def known_as(request: HttpRequest, name: str) -> str:
    """The mark of a browser that has signed in under this name before, else nothing."""
    try:
        said = request.get_signed_cookie(KNOWN, salt=KNOWN, max_age=KNOWN_SECONDS) or ""
    except (KeyError, BadSignature):
        return ""
    whose, _separator, mark = said.partition(":")
    return mark if whose == _digest(name) else ""


def _digest(name: str) -> str:
    return salted_hmac(KNOWN, name, algorithm="sha256").hexdigest()[:32]
