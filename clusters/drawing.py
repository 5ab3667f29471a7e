"""Fragments of plain values: what looks the same is not rendered again.

A row stands in many lists, a twig of the tree on every page, and of thousands only a few change. What they draw is a
frozen value and nothing else, so the value and the language are the name under which its HTML is kept.
"""

from collections.abc import Hashable
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

KEPT = 8192


def draw(template: str, name: str, value: Hashable) -> SafeString:
    """The template with this value under this name, in the language of the moment."""
    return _drawn(template, name, value, get_language())


@lru_cache(maxsize=KEPT)
def _drawn(template: str, name: str, value: Hashable, language: str | None) -> SafeString:
    return render_to_string(template, {name: value})
