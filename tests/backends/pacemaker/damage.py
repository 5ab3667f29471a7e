"""Answers as they should never come: parts missing, doubled, renamed, unknown, huge, cut off. For hypothesis."""

from collections.abc import Callable
from copy import deepcopy
from xml.etree import ElementTree

from hypothesis import strategies as st

from clusters.backends.pacemaker.document import Element, parse

WORDS = st.sampled_from(
    [
        "", " ", "true", "false", "TRUE", "perhaps", "0", "1", "-1", "INFINITY", "9" * 400, "Started", "Stopped",
        "Migrating", "node1", "node9", "vm1", "<script>", "\u202e", "é" * 300, "2026-13-45 99:99:99Z", "1e9", "0x10",
        "None", "Levitating",
    ]
)  # fmt: skip
TAGS = st.sampled_from(["novelty", "resource", "node", "replica", "group", "ticket", "ban"])


@st.composite
def damaged_xml(draw: st.DrawFn, text: str, root: str) -> str:
    """A document with a few things done to it, which may no longer be one."""
    top = parse(text, root)
    for _ in range(draw(st.integers(1, 4))):
        draw(st.sampled_from(TO_ELEMENTS))(top, draw)
    return draw(cut(ElementTree.tostring(top, encoding="unicode")))


@st.composite
def damaged_text(draw: st.DrawFn, text: str) -> str:
    """Lines with a few things done to them."""
    lines = text.splitlines()
    for _ in range(draw(st.integers(1, 4))):
        draw(st.sampled_from(TO_LINES))(lines, draw)
    return draw(cut("\n".join(lines)))


def cut(text: str) -> st.SearchStrategy[str]:
    """Mostly whole; sometimes without its end, doubled, or with a character that has no place in it."""
    at = st.integers(0, len(text))
    return st.one_of(
        st.just(text),
        st.just(text),
        at.map(lambda place: text[:place]),
        st.just(text * 2),
        at.map(lambda place: f"{text[:place]}\x00{text[place:]}"),
    )


def _any(top: Element, draw: st.DrawFn) -> Element:
    elements = list(top.iter())
    return elements[draw(st.integers(0, len(elements) - 1))]


def _lose_child(top: Element, draw: st.DrawFn) -> None:
    parents = [element for element in top.iter() if len(element)]
    if parents:
        parent = parents[draw(st.integers(0, len(parents) - 1))]
        parent.remove(parent[draw(st.integers(0, len(parent) - 1))])


def _lose_attribute(top: Element, draw: st.DrawFn) -> None:
    element = _any(top, draw)
    if element.attrib:
        del element.attrib[draw(st.sampled_from(sorted(element.attrib)))]


def _change_attribute(top: Element, draw: st.DrawFn) -> None:
    element = _any(top, draw)
    if element.attrib:
        element.attrib[draw(st.sampled_from(sorted(element.attrib)))] = draw(WORDS)


def _change_text(top: Element, draw: st.DrawFn) -> None:
    _any(top, draw).text = draw(WORDS)


def _double(top: Element, draw: st.DrawFn) -> None:
    element, into = _any(top, draw), _any(top, draw)
    into.append(deepcopy(element))


def _rename(top: Element, draw: st.DrawFn) -> None:
    element = _any(top, draw)
    if element is not top:
        element.tag = draw(TAGS)


def _invent(top: Element, draw: st.DrawFn) -> None:
    ElementTree.SubElement(_any(top, draw), draw(TAGS), {"id": draw(WORDS), "name": draw(WORDS), "novel": draw(WORDS)})


def _place(lines: list[str], draw: st.DrawFn) -> int:
    return draw(st.integers(0, max(0, len(lines) - 1)))


def _lose_line(lines: list[str], draw: st.DrawFn) -> None:
    del lines[_place(lines, draw) : _place(lines, draw) + 1]


def _double_line(lines: list[str], draw: st.DrawFn) -> None:
    lines[_place(lines, draw) : 0] = lines[: _place(lines, draw)][-1:]


def _change_line(lines: list[str], draw: st.DrawFn) -> None:
    """What stands behind its first separator."""
    if lines:
        place = _place(lines, draw)
        for mark in ("=", ":", " "):
            name, found, _ = lines[place].partition(mark)
            if found:
                lines[place] = f"{name}{mark}{draw(WORDS)}"
                return


Damage = Callable[[Element, st.DrawFn], None]
TO_ELEMENTS: tuple[Damage, ...] = (
    _lose_child, _lose_attribute, _change_attribute, _change_attribute, _change_text, _double, _rename, _invent,
)  # fmt: skip
TO_LINES: tuple[Callable[[list[str], st.DrawFn], None], ...] = (_lose_line, _double_line, _change_line, _change_line)
