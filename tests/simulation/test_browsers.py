"""Many browsers, lagging, dropped and returning, while a cluster lives: in the end each shows what a fresh page shows.

Modulo what is meant: rows stand in the order in which they came, and a row that left the filter stays where it was.
"""

from collections.abc import Iterator
from random import Random

import pytest
from django.contrib.auth.models import User
from django.test import Client

from clusters import live, positions, windows
from clusters.domain.items import ClusterInfo, Node, NodeState, Role
from clusters.live import Frame, Page
from clusters.models import Ledger
from tests.live.books import Books, key, role
from tests.live.browser import Browser, Element
from tests.live.follow import page_of

ROLES = "/clusters/lab/roles/"
ADDRESSES = (
    "/", "/clusters/lab/", "/clusters/lab/nodes/", ROLES, f"{ROLES}?sort=name", f"{ROLES}?chip=failed",
    f"{ROLES}?q=a", f"{ROLES}?sort=-memory&limit=5", f"{ROLES}?sort=name&limit=4&offset=4", f"{ROLES}?sel=id-bravo",
)  # fmt: skip
NAMES = "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike".split()
STATES = (("running", 0), ("off", 0), ("live-migrating", 1), ("partial", 2), ("unknown", 3), ("failed", 4))
REGIONS = (
    "strip", "tray", "treebox", "chips", "list-count", "more", "line-lab", "line-attic", "start-head", "start-cols",
    "main", "details", "notices-lab", "notices-attic",
)  # fmt: skip
COMMITS = 15
BROWSERS = 5


class Storm:
    """One seed's cluster and its browsers."""

    def __init__(self, seed: int, administrator: User, monkeypatch: pytest.MonkeyPatch) -> None:
        self.chance = Random(seed)
        self.user = administrator
        self.now = 0.0
        live.forget()
        shelf = windows.Shelf(size=self.chance.choice((3, 1000)))
        for place in (live, windows):
            monkeypatch.setattr(place, "SHELF", shelf)
        monkeypatch.setattr("clusters.views.frame.SHELF", shelf)
        monkeypatch.setattr(live, "WINDOWS", windows.Windows(clock=lambda: self.now))
        self.books = Books(
            "lab", ClusterInfo("self", "LAB"), Node("n1", "N1"), Node("n2", "N2"), *map(self.some, NAMES[:6])
        )
        self.other = Books("attic", ClusterInfo("self", "ATTIC"), self.some("alpha"))
        self.languages = [self.chance.choice(("en", "nl")) for _ in range(BROWSERS)]
        self.browsers = [self.open(language) for language in self.languages]
        self.pages: list[Page | None] = [None] * BROWSERS

    def open(self, language: str) -> Browser:
        client = Client()
        client.force_login(self.user)
        client.cookies["django_language"] = language
        return Browser(client, self.chance.choice(ADDRESSES))

    def some(self, name: str) -> Role:
        status, badness = self.chance.choice(STATES)
        memory = self.chance.randrange(1, 9) * 1024
        return role(name, status=status, badness=badness, owner=self.chance.choice(("n1", "n2")), memory_mb=memory)

    def commit(self) -> None:
        """Something happens in the cluster, or in the other one."""
        if self.chance.random() < 0.2:
            self.other.write(self.some(self.chance.choice(NAMES)))
            return
        names = self.chance.sample(NAMES, self.chance.randrange(1, 4))
        match self.chance.randrange(12):
            case 0:
                self.books.write(Node("n1", "N1", state=self.chance.choice((NodeState.UP, NodeState.DOWN))))
            case 1 | 2 | 3:
                self.books.write(gone=tuple(map(key, names)))
            case 4 if self.chance.random() < 0.3:
                self.books.begin_again()
            case 5 if self.chance.random() < 0.3:
                Ledger.objects.filter(cluster=self.books.id).update(horizon=self.books.write(self.some(names[0])))
            case _:
                self.books.write(*map(self.some, names))

    def step(self, number: int) -> None:
        """One browser gets a frame, or lags, or loses its line and comes back with what it has."""
        luck = self.chance.random()
        if luck < 0.3:
            return
        if luck < 0.45:
            self.pages[number] = None
        self.advance(number)

    def advance(self, number: int) -> bool:
        """One frame; whether the page is where the cluster is."""
        browser, before = self.browsers[number], self.browsers[number].names
        page = self.pages[number] or page_of(browser, self.user, self.languages[number])
        upto = positions.now(page.view.clusters)
        if live.is_current(page, upto):
            return True
        outcome = live.frame(page, upto)
        if isinstance(outcome, Frame):
            loads = 'id="list"' in outcome.html
            browser.apply(outcome.html)
            assert loads or _in_order(before, browser.names), (before, browser.names)
            self.pages[number] = outcome.page
        else:
            browser.load()
            self.pages[number] = None
        return False

    def settle(self) -> None:
        """A heartbeat, and the second in which late lists are worked out."""
        for number in range(BROWSERS):
            for _ in range(4):
                self.now += 10
                if self.advance(number):
                    break
            else:
                raise AssertionError("a browser never arrives")

    def differences(self) -> Iterator[str]:
        """Of every browser from a fresh page of the same address."""
        for browser in self.browsers:
            fresh = Browser(browser.client, browser.address)
            for name in REGIONS:
                if name == "more" and not fresh.rows:
                    continue  # nothing matches any more; what was shown stays
                if name == "main" and "/lab/?" not in f"{browser.address}?":
                    continue  # a list, whose rows are looked at below
                if browser.page.find(name) != fresh.page.find(name):
                    yield f"{browser.address} {name}: {browser.page.find(name)} is not {fresh.page.find(name)}"
            yield from _other_rows(browser, fresh)


def _in_order(before: list[str], after: list[str]) -> bool:
    """Nothing moved: what is still there stands as it stood, and what is new stands behind it."""
    kept = [name for name in before if name in after]
    return after[: len(kept)] == kept


def _other_rows(browser: Browser, fresh: Browser) -> Iterator[str]:
    whole = Browser(browser.client, f"{browser.address.partition('?')[0]}?limit=200") if fresh.rows else fresh
    right: dict[str, Element] = {row.id: row for row in (*whole.rows, *fresh.rows)}
    if missing := {row.id for row in fresh.rows} - {row.id for row in browser.rows}:
        yield f"{browser.address} lacks {sorted(missing)}"
    if "limit" not in browser.address and fresh.rows:
        yield from (f"{browser.address} {row.id} is old" for row in browser.rows if right.get(row.id) != row)


def storm(seed: int, administrator: User, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One seed from beginning to end: what its browsers show otherwise than fresh pages."""
    print(f"seed {seed}")
    weather = Storm(seed, administrator, monkeypatch)
    for _ in range(COMMITS):
        weather.commit()
        weather.now += weather.chance.choice((0.1, 0.4, 2.0))
        for number in range(BROWSERS):
            weather.step(number)
    weather.settle()
    return list(weather.differences())


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser("alice")


@pytest.mark.parametrize("seed", [*range(6), 1064])  # 1064: a browser returns while its list is behind
def test_every_browser_ends_where_a_fresh_page_is(
    seed: int, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not storm(seed, administrator, monkeypatch)


def test_a_browser_that_lost_fragments_is_found(administrator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Browser, "apply", lambda browser, html: None)
    assert storm(0, administrator, monkeypatch)


@pytest.mark.storm
@pytest.mark.parametrize("seed", range(1000, 1200))
def test_two_hundred_storms(seed: int, administrator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not storm(seed, administrator, monkeypatch)
