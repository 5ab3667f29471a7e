"""Reads XML that a cluster sent: hostile until proved otherwise, and often of another version than ours.

A document type declaration is refused before parsing, so no entity is ever expanded. What an attribute does not say is
None ("unknown"), which the rest of the backend must show as unknown and never as fine.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree  # entities cannot occur: see _DECLARATION

from clusters.domain.messages import Message, say
from clusters.domain.upkeep import INFINITY

Element = ElementTree.Element

_DECLARATION = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
# crm_mon writes "Z" on a host in UTC, elsewhere an offset behind a blank; newer ones also parts of a second.
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9:]{8}(?:\.[0-9]+)?) ?(Z|[+-][0-9]{2}:?[0-9]{2})")
DEPTH_MAX = 64  # a CIB is about ten levels deep
NAME_MAX = 255  # longest identity that can be stored


class Unreadable(Exception):
    """The answer is not what the program promises to write."""

    def __init__(self, reason: str) -> None:
        self.message: Message = say("answer-unreadable", reason=reason)
        super().__init__(reason)


def parse(text: str, root: str) -> Element:
    """The root element, which must have that tag. Raises Unreadable."""
    if _DECLARATION.search(text):
        raise Unreadable("document type declaration")
    try:
        top = ElementTree.fromstring(text.strip())  # noqa: S314 nothing declares an entity, see above
    except (ElementTree.ParseError, ValueError) as error:
        raise Unreadable(str(error)) from error
    if top.tag != root:
        raise Unreadable(f"no <{root}>")
    if _deeper_than(top, DEPTH_MAX):
        raise Unreadable("nested too deeply")
    return top


def _deeper_than(top: Element, limit: int) -> bool:
    """Deep nesting would end in a RecursionError much later and far from here."""
    level = [top]
    for _ in range(limit):
        level = [child for element in level for child in element]
        if not level:
            return False
    return True


def flag(element: Element, name: str) -> bool | None:
    """true and false in Pacemaker's spellings; anything else is None: not known."""
    text = (element.get(name) or "").strip().lower()
    return truth(text)


def truth(text: str) -> bool | None:
    """Pacemaker's own reading of a boolean."""
    word = text.lower()
    if word in ("true", "on", "yes", "y", "1"):
        return True
    return False if word in ("false", "off", "no", "n", "0") else None


def number(text: str | None) -> int | None:
    """A whole number of sane size, INFINITY included (a million, as Pacemaker has it)."""
    word = (text or "").strip().upper()
    if word in ("INFINITY", "+INFINITY"):
        return INFINITY
    if word == "-INFINITY":
        return -INFINITY
    return int(word) if re.fullmatch(r"[+-]?[0-9]{1,15}", word) else None


def seconds(text: str | None) -> int | None:
    """A Pacemaker interval ("10s", "2min", "10", "PT1H" is not read) in seconds."""
    found = re.fullmatch(r"\s*([0-9]{1,9})\s*(ms|msec|s|sec|m|min|h|hr)?\s*", text or "", re.IGNORECASE)
    if not found:
        return None
    factor = {"ms": 0.001, "msec": 0.001, "m": 60, "min": 60, "h": 3600, "hr": 3600}.get((found[2] or "").lower(), 1)
    return int(int(found[1]) * factor)


def moment(text: str | None) -> datetime | None:
    """A moment as crm_mon writes it, in UTC: two nodes must write the same of it. None where no zone is given: that is
    the host's local time, and where the host is nobody says."""
    found = _MOMENT.fullmatch((text or "").strip())
    try:
        return datetime.fromisoformat(found.expand(r"\1T\2\3")).astimezone(UTC) if found else None
    except (ValueError, OverflowError):
        return None


def written(at: datetime) -> str:
    """A moment as every Pacemaker reads it on every host."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def epoch(text: str | None) -> datetime | None:
    """A moment as the CIB writes it: seconds since 1970."""
    count = number(text)
    return datetime.fromtimestamp(count, UTC) if count is not None and 0 < count < 1 << 33 else None


def named(parent: Element, tag: str, attribute: str = "id") -> Iterator[Element]:
    """Direct children that say who they are; nameless or overlong ones cannot be an object of ours."""
    for element in parent.findall(tag):
        if 0 < len(element.get(attribute) or "") <= NAME_MAX:
            yield element
