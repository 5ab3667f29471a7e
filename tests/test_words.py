"""Everything that the product says has its sentence, and no sentence waits for a code that nobody says."""

import re
from collections import defaultdict

import pytest
from django.utils import translation

from clusters.backends.simulator.events import level_of
from clusters.backends.simulator.resourcetypes import TYPES
from clusters.domain.log import Level
from clusters.domain.messages import say
from clusters.presenters import words
from clusters.presenters.catalogue.eventlog import EVENTS
from clusters.presenters.sentences import CATALOGUE, WORDED, sentence
from tests.said import Said, events, messages

SAID: dict[str, list[Said]] = defaultdict(list)
for found in messages():
    SAID[found.code].append(found)

C, E, W = Level.CRITICAL, Level.ERROR, Level.WARNING
FCM_LEVELS = {
    1011: W, 1069: E, 1125: W, 1127: E, 1129: E, 1130: E, 1135: C, 1137: E, 1155: W, 1177: C, 1205: E, 1230: E, 1250: E,
    1251: W, 1254: E, 1255: E, 1558: W, 1562: W, 1563: E, 1568: E, 1573: E, 1672: C, 1673: W, 1675: W, 1677: E, 1681: W,
    5120: W, 5136: W, 5142: E, 5396: E, 18560: E, 20417: W, 21501: E, 21502: E,
}  # fmt: skip
"""What administrators know these numbers by (fcm §3.8, §3.10); all others are information."""

PARAMETER = re.compile(r"%\((\w+)\)s")


def test_every_code_has_a_sentence() -> None:
    assert not {code: said[0].place for code, said in SAID.items() if code not in CATALOGUE}


def test_every_resource_type_of_the_simulator_has_a_word() -> None:
    assert set(TYPES) <= set(words.RESOURCE_TYPES)


def test_every_sentence_is_said_somewhere() -> None:
    assert not CATALOGUE.keys() - SAID.keys()


def test_a_sentence_uses_only_what_is_given_wherever_its_code_is_said() -> None:
    assert not [
        (said.place, code, used)
        for code in CATALOGUE.keys() & SAID.keys()
        for used in PARAMETER.findall(_template(code))
        for said in SAID[code]
        if used not in said.params
    ]


def test_what_is_put_into_words_is_a_parameter_of_that_sentence() -> None:
    assert not [(code, name) for code, name in WORDED if name not in PARAMETER.findall(_template(code))]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_no_sentence_boasts_apologizes_or_doubts(language: str) -> None:
    with translation.override(language):
        texts = [_template(code) for code in CATALOGUE]
    assert not [
        text
        for text in texts
        if re.search(r"success|oops|are you sure|weet u zeker|succesvol|please|alstublieft", text, re.I)
    ]


def test_every_event_has_a_name_and_a_text() -> None:
    assert not {(code, place) for code, _params, place in events() if code not in EVENTS}


def test_every_event_of_the_founding_clusters_has_its_level() -> None:
    written = {code for code, _params, _place in events()}
    assert {code: level_of(code) for code in written} == {
        code: FCM_LEVELS.get(code, Level.INFORMATION) for code in written
    }


def test_an_event_text_uses_only_what_is_written_with_it() -> None:
    assert not [
        (place, code, used)
        for code, params, place in events()
        for used in PARAMETER.findall(str(EVENTS[code][1]))
        if used not in params
    ]


def test_one_role_is_not_many() -> None:
    assert sentence(say("roles-stay", count=1)) == "1 role stays on it and goes on running."
    assert sentence(say("roles-stay", count=3)) == "3 roles stay on it and go on running."


def test_ids_are_shown_as_names_and_states_as_words() -> None:
    assert sentence(say("node-lost", node="n1"), {"n1": "AMS-HV01"}) == "AMS-HV01 was lost."
    assert sentence(say("busy", doing="live-migrating")) == "Busy: live migrating. Wait until that has ended."


def test_memory_is_told_in_gigabytes_with_the_fraction_that_decides() -> None:
    with translation.override("nl"):
        assert "6,5 GB" in sentence(say("not-enough-memory", needed_mb=8192, free_mb=6656))


def test_an_empty_node_takes_no_memory_and_an_unknown_one_is_not_told() -> None:
    assert words.memory_in_use(0, 524288) == "0 GB of 512 GB"
    assert words.memory_in_use(0, 0) == "–"


class _Unfilled(dict[str, int]):
    """What is not given stays the place that it would fill."""

    def __missing__(self, name: str) -> str:
        return f"%({name})s"


def _template(code: str) -> str:
    """The sentence as it is written, of one that counts both."""
    text = CATALOGUE[code]
    if hasattr(text, "_get_number_value"):
        return " ".join(text % _Unfilled(count=number) for number in (1, 2))
    return str(text)
