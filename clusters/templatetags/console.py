"""The few marks that stand in every fragment: an icon, a state, a moment.

They are tags and not includes because a list of 200 rows uses a thousand of them. `format_html` escapes every
argument: names reach the page through here too.
"""

from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clusters.drawing import draw
from clusters.presenters.states import StateMark

register = template.Library()

_ICON = '<svg class="ic" aria-hidden="true"><use href="#i-{}"/></svg>'
_SHAPE = '<svg class="st" aria-hidden="true"><use href="#s-{}"/></svg>'


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picked outline icon of the sprite; decoration only, always beside a word or an aria-label."""
    return format_html(_ICON, name)


@register.simple_tag
def shape(name: str) -> SafeString:
    """The bare shape of a state."""
    return format_html(_SHAPE, name)


@register.simple_tag
def state(mark: StateMark, solid: str = "") -> SafeString:
    """Shape, word and colour: the one way a state is shown anywhere (ui.md §6)."""
    classes = f"state tone-{mark.tone} {solid}".strip()
    return format_html(
        '<span class="{}">' + _SHAPE + '<span class="word">{}</span></span>', classes, mark.shape, mark.word
    )


@register.simple_tag
def moment(at: datetime | None, show: str = "clock") -> SafeString:
    """A point in time; the browser writes it in the reader's own zone ("clock", "day", "age" or "both")."""
    if at is None:
        return format_html("{}", _("never"))
    return format_html(
        '<time datetime="{}" data-show="{}">{}</time>', at.isoformat(), show, at.strftime("%Y-%m-%d %H:%M:%S")
    )


@register.simple_tag
def drawn(path: str, name: str, value: Hashable) -> SafeString:
    """Another fragment, which draws this value and nothing else: quicker than to include it."""
    return draw(path, name, value)


@register.filter
def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


@register.filter
def initials(name: str) -> str:
    """At most two letters that stand for a person."""
    parts = [part for part in name.replace(".", " ").replace("_", " ").split() if part]
    return "".join(part[0] for part in parts[:2]).upper() or "?"


@register.filter
def yesno_is(value: object, wanted: object) -> str:
    """ "true" or "false", as ARIA wants it."""
    return "true" if value == wanted else "false"


@register.filter
def contains(values: Iterable[object], wanted: object) -> bool:
    """Whether the value is among the values."""
    return wanted in values


@register.filter
def above(crumbs: Sequence[Any]) -> Any:
    """The nearest page above this one; nothing where there is none."""
    return next((crumb for crumb in reversed(crumbs[:-1]) if crumb.href), None)


@register.filter
def nth(values: Sequence[object], place: int) -> object:
    """One of the values; nothing where there are not so many."""
    return values[place] if place < len(values) else ""


@register.filter
def half(number: int) -> int:
    """Half of a whole number, for the middle of a picture."""
    return number // 2
