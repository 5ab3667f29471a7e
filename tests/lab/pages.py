"""The console's pages as an administrator of the lab uses them: a few verbs, each what an eye or a hand does."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import cast

from playwright.sync_api import Locator, Page, Response, expect

WITHIN_MS = 60_000  # of anything that a cluster does
FORECASTS_MOST = 4

# Writes down everything that a row of the list has shown, each once it differs from what it showed before.
WATCH = """name => {
  window.shown = [];
  const look = () => {
    const row = document.querySelector(`#rows > .row[data-name="${name}"]`);
    const text = row ? [...row.children].map(cell => cell.innerText.trim()).join(' | ') : 'gone';
    if (window.shown.at(-1) !== text) window.shown.push(text);
  };
  look();
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


# Promises the moment, of a clock that the test has as well, when that row begins to say something or no longer does.
CLOCK = """([name, words, wanted, within]) => {
  window.moment = new Promise((found, lost) => {
    const look = () => {
      const row = document.querySelector(`#rows > .row[data-name="${name}"]`);
      if (row && row.innerText.includes(words) === wanted) found(Date.now());
    };
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
    setTimeout(() => lost(new Error(`${name} never came to that: ${words}`)), within);
  });
}"""


# Tells the form that is shown from the one that comes in its place.
MARK = "() => document.querySelector('#dialog > form')?.setAttribute('data-read', '')"


class Administrator:
    """One page of a browser, signed in, at the cluster named lab."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._pressed = time.monotonic()

    def signs_in(self, password: str) -> None:
        self.page.fill("input[name=username]", "admin")
        self.page.fill("input[name=password]", password)
        self.page.click("form button.primary")
        self.page.wait_for_url(re.compile(r"://[^/]+/$"))  # the page of signing in ends with a slash, too

    def opens(self, place: str) -> None:
        self.page.goto(f"/clusters/lab/{place}")

    def row(self, name: str) -> Locator:
        """The line of that object in the list that is open."""
        return self.page.locator(f'#rows > .row[data-name="{name}"]')

    def sees(self, name: str, *words: str) -> None:
        """Wait, without touching the page, until the line says all of it at once; tells how long that took."""
        self._sees(name, "".join(f"(?=.*{re.escape(word)})" for word in words), " ".join(words))

    def _sees(self, name: str, pattern: str, told: str) -> None:
        began = time.monotonic()
        expect(self.row(name)).to_have_text(re.compile(pattern, re.DOTALL), timeout=WITHIN_MS)
        self._tells(f"{name}: {told} after {time.monotonic() - began:.1f} s")

    def _tells(self, what: str) -> None:
        """For the table of what was shown."""
        print(f"{what}, {time.monotonic() - self._pressed:.1f} s after the last click")

    def misses(self, name: str) -> None:
        """Wait, without touching the page, until the open list has no such line."""
        expect(self.row(name)).to_have_count(0, timeout=WITHIN_MS)
        self._tells(f"{name}: gone")

    def reads(self, place: str, *words: str) -> None:
        """Open a page and wait, without touching it, until it says all of it."""
        self.opens(place)
        for word in words:
            expect(self.page.locator("#main")).to_contain_text(word, timeout=WITHIN_MS)
        self._tells(f"{place or 'the cluster'}: {words}")

    def reads_no_more(self, *words: str) -> None:
        """Wait, without touching it, until the open page says none of it."""
        for word in words:
            expect(self.page.locator("#main")).not_to_contain_text(word, timeout=WITHIN_MS)
        self._tells(f"no longer: {words}")

    def finds_elsewhere(self, role: str, nodes: Sequence[str]) -> None:
        """Wait until the open list says that it runs on one of these nodes."""
        self._sees(role, f"Running.*({'|'.join(nodes)})", f"runs on one of {nodes}")

    def watches(self, name: str) -> None:
        """From now on everything is kept that the line shows."""
        self.row(name).wait_for(timeout=WITHIN_MS)
        self.page.evaluate(WATCH, name)

    def saw(self) -> list[str]:
        """What the watched line has shown, in this order: its cells, with bars between them."""
        return cast(list[str], self.page.evaluate("window.shown"))

    def times(self, name: str, words: str, change: Callable[[], object], *, comes: bool = True) -> float:
        """Seconds from the beginning of somebody's change until the open list's line says that, or says it no more."""
        self.page.evaluate(CLOCK, [name, words, comes, WITHIN_MS])
        began = time.time()
        change()
        return float(self.page.evaluate("() => window.moment")) / 1000 - began

    def asks(self, place: str, name: str, act: str) -> None:
        """Open the list, choose the line, press the act; without a name it is one of the page's own."""
        self.opens(place)
        if name:
            self.row(name).click(timeout=WITHIN_MS)
        button = self.page.locator(f"#act-{act}")
        button.wait_for(state="attached")
        if not button.is_visible():
            self.page.locator("#actions .more-acts summary").click()
        button.click()

    def does(self, place: str, name: str, act: str, choice: str = "", **answers: str | Sequence[str]) -> None:
        """Ask for the act, choose that answer where there are several, type the others, and let it be done."""
        self.asks(place, name, act)
        self._settles(choice, answers)

    def does_inside(self, role: str, act: str, **answers: str | Sequence[str]) -> None:
        """The same with the resource of a role, by its menu."""
        self.opens(f"roles/{role}?tab=resources")
        self.page.locator("#table [data-acts]").first.click(timeout=WITHIN_MS)
        self.page.locator(f"#mi-{act}").click()
        self._settles("", answers)

    def _settles(self, choice: str, answers: Mapping[str, str | Sequence[str]]) -> None:
        """Answer what is asked, and press the button that is no danger."""
        for field, answer in answers.items():
            self._answers(field, answer)
        if choice:
            exactly = self.page.locator(".ct", has_text=re.compile(f"^{re.escape(choice)}$"))
            self.page.locator("#ask .choice", has=exactly).click()
        refused = self.presses("#ask button.primary")
        assert not refused, refused

    def _answers(self, name: str, answer: str | Sequence[str]) -> None:
        """What is to be ticked comes as a list of labels, everything else as the words to type or to choose."""
        field = self.page.locator(f"#ask [name={name}]")
        field.first.wait_for()
        if not isinstance(answer, str):
            for box in self.page.locator("#ask .ticks label").all():
                box.locator(f"[name={name}]").set_checked(box.inner_text().strip() in answer)
        elif field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(label=answer)
        else:
            field.fill(answer)

    def drains(self, node: str) -> None:
        """Ask for the plan of it, wait for what the cluster's planner says, and let it be done."""
        self.asks("nodes/", node, "pause-drain")
        expect(self.page.locator(".foresee")).to_contain_text("Pacemaker's scheduler", timeout=WITHIN_MS)
        expect(self.page.locator(".plan")).to_contain_text("If one more fails", timeout=WITHIN_MS)
        refused = self.presses(".actbar button.primary")
        assert not refused, refused
        expect(self.page.locator("#details")).to_contain_text("Paused, drained", timeout=WITHIN_MS)

    def fences(self, node: str) -> None:
        self.destroys("nodes/", node, "fence")

    def destroys(self, place: str, name: str, act: str) -> None:
        """Ask for it and type the name; once more where the forecast has changed meanwhile."""
        self.asks(place, name, act)
        for _ in range(FORECASTS_MOST):
            self.page.fill("#ask [name=typed]", name)
            if not (refused := self.presses("#ask button.danger")):
                return
        raise AssertionError(refused)

    def presses(self, button: str) -> str:
        """Press what does it; what the dialog says against it, once it does: what it said before is gone then."""
        self.page.evaluate(MARK)
        with self.page.expect_response(_is_done) as answered:
            self._pressed = time.monotonic()
            self.page.click(button)
        if answered.value.status == HTTPStatus.NO_CONTENT:
            return ""
        dialog = self.page.locator("#dialog[open]:has(> form:not([data-read]))")
        told = dialog.locator("[role=alert]").or_(dialog.locator("#refused .db"))
        return told.inner_text(timeout=WITHIN_MS)

    def ended(self, name: str, action: str, *words: str) -> None:
        """Wait until the newest such operation on that object says all of it."""
        self.opens("operations/")
        newest = self.page.locator("#rows > .row", has_text=name).filter(has_text=re.compile(action)).first
        pattern = "".join(f"(?=.*{re.escape(word)})" for word in words)
        expect(newest).to_have_text(re.compile(pattern, re.DOTALL | re.IGNORECASE), timeout=WITHIN_MS)
        self._tells(f"{name}: {action} ended")

    def explains(self, role: str, why: str) -> None:
        """Wait until the history says that of its last move."""
        self.opens(f"roles/{role}?tab=history")
        expect(self.page.locator("#history .hist-a")).to_contain_text(why, ignore_case=True, timeout=WITHIN_MS)

    def recalls(self, *words: str) -> None:
        """Wait until the events of the cluster tell all of it. Open lists of them only count what is new."""
        until, told = time.monotonic() + WITHIN_MS / 1000, self._events()
        while missing := [word for word in words if word not in told]:
            assert time.monotonic() < until, missing
            told = self._events()

    def _events(self) -> str:
        """Newest first, a line each."""
        self.opens("events/")
        self.page.locator("#rows > .row").first.wait_for(timeout=WITHIN_MS)
        return "\n".join(line.replace("\n", " ") for line in self.page.locator("#rows > .row").all_inner_texts())


def _is_done(response: Response) -> bool:
    """The answer to the act itself: its dialog is asked for at the same address, and may be answered as late."""
    return "/do/" in response.url and response.request.method == "POST"
