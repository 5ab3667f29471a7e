"""Answers that come late: a request is held on its way, so that what else happens to a page can overtake it."""

from collections.abc import Callable

from playwright.sync_api import APIResponse, Page, Request, Route

from tests.chromium import PATIENCE_MILLISECONDS

LOOK_MILLISECONDS = 20


class Held:
    """The next request of a page to such an address; those after it go through."""

    def __init__(self, page: Page, address: str, wanted: Callable[[Request], bool] = lambda request: True) -> None:
        self._page, self._wanted = page, wanted
        self._route: Route | None = None
        self._answer: APIResponse | None = None
        page.route(address, self._take)

    def comes(self) -> None:
        """Wait until it is asked, and have the server answer it as things are now. The page is told nothing yet."""
        for _ in range(PATIENCE_MILLISECONDS // LOOK_MILLISECONDS):
            if self._route is not None:
                break
            self._page.wait_for_timeout(LOOK_MILLISECONDS)
        assert self._route is not None, "nobody asked"
        self._answer = self._route.fetch(max_redirects=0)

    def goes(self) -> None:
        """The page has its answer."""
        assert self._route is not None
        held = self._route.request
        with self._page.expect_event("requestfinished", lambda request: request == held):
            self._route.fulfill(response=self._answer)

    def _take(self, route: Route) -> None:
        if self._route is None and self._wanted(route.request):
            self._route = route
        else:
            route.fallback()
