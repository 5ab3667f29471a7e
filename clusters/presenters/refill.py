"""A dialog that is shown again, because an answer was wrong or missing: nothing of what was typed is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from clusters.presenters.menu import Ask, Dialog

Typed = Mapping[str, Sequence[str]]
"""What was sent, by the names of the fields; a flag that was not ticked is not there."""


def refill(shown: Dialog, typed: Typed) -> Dialog:
    """The same dialog with the answers that were given. A password is never shown again."""
    return replace(
        shown,
        asks=tuple(_answered(ask, typed.get(ask.name, ())) for ask in shown.asks),
        reason=_last(typed.get("reason", ())),
        name=_last(typed.get("typed", ())),
    )


def _answered(ask: Ask, given: Sequence[str]) -> Ask:
    if ask.options and (given or ask.widget == "several"):
        options = tuple(replace(option, on=option.value in given and not option.refused) for option in ask.options)
        return replace(ask, options=options)
    return replace(ask, value=_last(given)) if given or ask.widget == "flag" else ask


def _last(given: Sequence[str]) -> str:
    return given[-1] if given else ""
