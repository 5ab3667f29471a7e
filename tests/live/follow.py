"""Brings a pretend browser's page to where its clusters are, as its socket would."""

from django.contrib.auth.models import User

from clusters import live, pages, permissions, positions
from clusters.live import Frame, Page
from tests.live.browser import Browser


def page_of(browser: Browser, user: User, language: str = "en") -> Page:
    """What the server makes of what a browser says it has."""
    view = pages.view_of(browser.address, permissions.audience(user), language)
    assert view is not None, browser.address
    return live.opened(view, positions.parse(browser.position), browser.token)


def follow(browser: Browser, user: User, language: str = "en") -> str:
    """One frame up to now; what was sent."""
    page = page_of(browser, user, language)
    outcome = live.frame(page, positions.now(page.view.clusters))
    html = outcome.html if isinstance(outcome, Frame) else "<i data-resync hidden></i>"
    browser.apply(html)
    return html
