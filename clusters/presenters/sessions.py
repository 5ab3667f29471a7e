"""Sessions as their owner knows them: by browser and machine, not by what a browser says of itself."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from clusters.sessions import SignedIn

BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"), ("curl/", "curl"), ("Python", "Python"),
)  # fmt: skip
SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
"""In this order: most browsers also claim to be those that stand behind them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One session with its browser in words."""

    session: SignedIn
    browser: str
    icon: str


def line(session: SignedIn) -> Line:
    """The session as its owner would call it."""
    browser, system = _first(BROWSERS, session.agent), _first(SYSTEMS, session.agent)
    icon = "device-mobile" if system in ("Android", "iPhone", "iPad") else "device-desktop"
    if not browser:
        return Line(session, system or _("A browser that does not say what it is"), icon)
    return Line(
        session, _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser, icon
    )


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((word for mark, word in table if mark in agent), "")
