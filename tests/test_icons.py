"""Every act has an icon that is in the sprite; one that is not would be an empty square."""

import re

import vms.domain.actions  # noqa: F401 machines have acts, too
from clusters.domain.actions import ACTIONS
from tests.source import ROOT


def test_the_icon_of_every_act_is_drawn() -> None:
    drawn = set(re.findall(r'id="i-([a-z0-9-]+)"', (ROOT / "templates/pieces/sprite.html").read_text()))
    assert drawn
    assert not {action.name: action.icon for action in ACTIONS.values() if action.icon not in drawn}
