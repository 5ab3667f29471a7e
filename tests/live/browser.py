"""A pretend browser: a page as a tree, changed by frames as `static/js/live.js` changes the real one.

It gets pages through Django's own client and knows what the script knows: morph by id, append, gone, position, resync.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.test import Client

VOID = frozenset("area base br col embed hr img input link meta source track wbr path rect use circle line".split())


@dataclass
class Element:
    """One element of the page."""

    tag: str
    attrs: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.attrs.get("id", "")

    def walk(self) -> Iterator["Element"]:
        """Itself and everything in it."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def find(self, identity: str) -> "Element | None":
        """The element with that id."""
        return next((element for element in self.walk() if element.id == identity), None)

    def parent_of(self, element: "Element") -> "Element | None":
        return next((one for one in self.walk() if any(child is element for child in one.children)), None)

    def text(self) -> str:
        """All its words."""
        return " ".join(
            "".join(child if isinstance(child, str) else f" {child.text()} " for child in self.children).split()
        )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self.open[1:]):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.open[-1].children.append(" ".join(data.split()))


def read(html: str) -> Element:
    """The tree of a page or of a frame."""
    reader = _Reader()
    reader.feed(html)
    return reader.root


class Browser:
    """Somebody's browser with one page open."""

    def __init__(self, client: Client, address: str) -> None:
        self.client, self.address = client, address
        self.reloads = -1
        self.load()

    def load(self) -> None:
        """Get the page anew."""
        answer = self.client.get(self.address)
        assert answer.status_code == 200, (self.address, answer.status_code)
        self.page = read(answer.content.decode())
        self.reloads += 1

    @property
    def position(self) -> str:
        return self._at().attrs["data-position"]

    @property
    def token(self) -> str:
        return self._at().attrs["data-token"]

    @property
    def rows(self) -> list[Element]:
        """The rows of the page's list, in the order in which they stand."""
        found = self.page.find("rows")
        return [row for row in found.children if isinstance(row, Element)] if found else []

    @property
    def names(self) -> list[str]:
        return [row.attrs["data-name"] for row in self.rows]

    def text(self, identity: str) -> str:
        """The words of one element."""
        found = self.page.find(identity)
        assert found is not None, identity
        return found.text()

    def apply(self, html: str) -> None:
        """One frame."""
        for part in read(html).children:
            assert isinstance(part, Element), part
            if "data-resync" in part.attrs:
                self.load()
            elif "data-gone" in part.attrs:
                self._remove(part.attrs["data-gone"])
            elif "data-append" in part.attrs:
                self._append(part)
            else:
                self._replace(part)

    def _at(self) -> Element:
        found = self.page.find("at")
        assert found is not None
        return found

    def _remove(self, identity: str) -> None:
        row = self.page.find(identity)
        if row and (parent := self.page.parent_of(row)):
            parent.children = [child for child in parent.children if child is not row]

    def _append(self, part: Element) -> None:
        into = self.page.find(part.attrs["data-append"])
        assert into is not None
        for row in part.children:
            if isinstance(row, Element) and not self._replace(row):
                into.children.append(row)

    def _replace(self, part: Element) -> bool:
        old = self.page.find(part.id)
        if old:
            old.tag, old.attrs, old.children = part.tag, part.attrs, part.children
        return old is not None
