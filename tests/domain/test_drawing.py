"""The pictures in the documents are those of the tables."""

from tests.domain.drawing import document
from tests.source import ROOT


def test_the_pictures_are_those_of_the_tables() -> None:
    drawn = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")
    assert drawn == document(), "draw them anew: python -m tests.domain.drawing > docs/states.md"
