"""Every sentence that is marked for translation, read from the source and the templates as gettext would."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

from tests.source import PRODUCT, ROOT, calls, modules

PLAIN = frozenset({"_", "gettext", "lazy", "gettext_lazy", "ngettext", "gettext_noop", "ngettext_lazy", "counted"})
IN_CONTEXT = frozenset({"pgettext", "pgettext_lazy"})
TEXT = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL = re.compile(rf"\b(gettext|ngettext|pgettext|_)\({TEXT}(?:, {TEXT})?")


def sentences() -> Iterator[str]:
    """Sentences, where they have a context with that before them, as gettext keeps them."""
    for module in modules(*PRODUCT):
        for name, call in calls(module):
            yield from _marked(name, call)
    for suffix in ("*.html", "*.svg"):
        for template in sorted((ROOT / "templates").rglob(suffix)):
            yield from _in_template(template)


def _marked(name: str, call: ast.Call) -> Iterator[str]:
    texts = [part.value for part in call.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    if name in PLAIN and texts:
        yield texts[0]
    elif name in IN_CONTEXT and len(texts) > 1:
        yield f"{texts[0]}\x04{texts[1]}"


def _in_template(template: Path) -> Iterator[str]:
    for found in CALL.finditer(templatize(template.read_text(encoding="utf-8"), origin=str(template))):
        texts = [ast.literal_eval(text) for text in found.groups()[1:] if text]
        yield f"{texts[0]}\x04{texts[1]}" if found[1] == "pgettext" else texts[0]
