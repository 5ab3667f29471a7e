"""The catalogues: what is compiled is what was written, and every sentence has its translation."""

import gettext
import re
from pathlib import Path

import pytest

from tests.marked import sentences
from tests.source import ROOT

CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]*\}")
ENTRY = re.compile(
    r"^(?P<flags>#,[^\n]*\n)?(?:#[^\n]*\n)*"
    r'(?:msgctxt (?P<context>(?:"(?:[^"\\]|\\.)*"\n?)+))?'
    r'msgid (?P<id>(?:"(?:[^"\\]|\\.)*"\n?)+)'
    r'(?:msgid_plural (?P<plural>(?:"(?:[^"\\]|\\.)*"\n?)+))?'
    r'(?P<texts>(?:msgstr(?:\[\d\])? (?:"(?:[^"\\]|\\.)*"(?:\n|$))+)+)',
    re.MULTILINE,
)
TEXT = re.compile(r'msgstr(?:\[\d\])? ((?:"(?:[^"\\]|\\.)*"(?:\n|$))+)')


@pytest.fixture(params=CATALOGUES, ids=lambda path: "/".join(path.parts[-3:]))
def catalogue(request: pytest.FixtureRequest) -> Path:
    """Each catalogue in turn."""
    path: Path = request.param
    return path


def test_the_compiled_catalogue_says_what_the_written_one_says(catalogue: Path) -> None:
    with catalogue.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    written = {source: texts[0] or source for source, texts in _entries(catalogue).items()}
    different = [source for source, text in written.items() if text != compiled.gettext(source)]
    assert not different, "run: python manage.py compilemessages"


def test_every_sentence_is_translated(catalogue: Path) -> None:
    assert not [source for source, texts in _entries(catalogue).items() if not all(texts)]


def test_every_marked_sentence_is_in_the_catalogue(catalogue: Path) -> None:
    assert not set(sentences()) - _entries(catalogue).keys(), "run: python manage.py makemessages -l nl"


def test_no_sentence_of_the_catalogue_is_left_over(catalogue: Path) -> None:
    assert not _entries(catalogue).keys() - set(sentences()), "run: python manage.py makemessages -l nl"


def test_no_translation_is_a_guess(catalogue: Path) -> None:
    assert "fuzzy" not in catalogue.read_text(encoding="utf-8")


def test_a_translation_keeps_every_placeholder(catalogue: Path) -> None:
    assert not [
        source
        for source, texts in _entries(catalogue).items()
        if any(set(PLACEHOLDER.findall(text)) - set(PLACEHOLDER.findall(source)) for text in texts)
        or set(PLACEHOLDER.findall(source.partition("\x04")[2] or source)) - set(PLACEHOLDER.findall(texts[-1]))
    ]


def _entries(catalogue: Path) -> dict[str, list[str]]:
    """Source sentence (its context before it, as gettext does) to its translations, the head of the file apart."""
    found = {}
    for entry in ENTRY.finditer(catalogue.read_text(encoding="utf-8")):
        source = _plain(entry["id"])
        context = f"{_plain(entry['context'])}\x04" if entry["context"] else ""
        found[context + source] = [_plain(text) for text in TEXT.findall(entry["texts"])]
    found.pop("", None)
    return found


def _plain(quoted: str) -> str:
    """The text of quoted lines, put together and unescaped."""
    joined = "".join(line.strip()[1:-1] for line in quoted.strip().splitlines())
    return re.sub(r"\\(.)", lambda escape: {"n": "\n", "t": "\t"}.get(escape[1], escape[1]), joined)
