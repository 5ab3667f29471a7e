"""What is done at one click has no dialog with a token: a second one meanwhile is dropped, or asks for nothing more."""

import re

from django.test import Client

from clusters.models import Operation

POSTS = re.compile(r"<button[^>]*hx-post=[^>]*/do/[^>]*>")


def test_a_click_while_the_first_is_on_its_way_is_dropped(alice: Client) -> None:
    buttons = POSTS.findall(alice.get("/clusters/ams/break/").content.decode())
    assert buttons
    assert all('hx-sync="this:drop"' in button for button in buttons)


def test_the_clock_set_twice_is_one_operation(alice: Client) -> None:
    for _ in range(2):
        alice.post("/clusters/ams/do/set-clock?kind=cluster&key=self", {"speed": "10"})
    assert Operation.objects.count() == 1
