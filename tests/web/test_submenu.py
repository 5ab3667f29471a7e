"""The menu of one role holds its nodes: the best possible one, each with its room, or the reason why not."""

import re
from dataclasses import replace

from django.test import Client

from clusters import snapshots
from clusters.domain.items import Node
from clusters.models import Cluster
from tests.web import stage

MENU = "/clusters/ams/menu/role/dc-02"
NODES = "/clusters/ams/targets/live-migrate?kind=role&key=dc-02"


def test_a_move_of_one_role_opens_its_nodes_instead_of_two_lines(alice: Client) -> None:
    menu = alice.get(MENU).content.decode()
    assert 'data-sub="/clusters/ams/targets/live-migrate?' in menu
    assert "mi-live-migrate-best" not in menu


def test_a_move_of_several_roles_keeps_its_two_lines(alice: Client) -> None:
    menu = alice.get(f"{MENU}?also=dc-01").content.decode()
    assert "data-sub" not in menu
    assert "mi-live-migrate-best" in menu


def test_the_best_node_comes_first_and_is_left_to_the_cluster(alice: Client) -> None:
    first = _items(alice.get(NODES).content.decode())[1]
    assert "Best possible node" in first
    assert "/do/live-migrate-best?" in first


def test_each_node_tells_its_room_after_the_move(alice: Client) -> None:
    node = _of(alice.get(NODES).content.decode(), "AMS-HV02")
    assert "GB free" in node
    assert "target=ams-hv02" in node


def test_a_node_that_cannot_take_it_stays_in_its_place_with_the_reason(alice: Client, cluster: Cluster) -> None:
    node = snapshots.current(cluster.pk).state.find(Node, "ams-hv02")
    assert node is not None
    stage.play(cluster, instead=(replace(node, paused=True),))
    shown = _of(alice.get(NODES).content.decode(), "AMS-HV02")
    assert 'aria-disabled="true"' in shown
    assert "Paused: it takes no roles." in shown


def test_the_node_chosen_in_the_menu_is_chosen_in_the_question(alice: Client) -> None:
    asked = alice.get("/clusters/ams/do/live-migrate?kind=role&key=dc-02&target=ams-hv05").content.decode()
    assert re.search(r'value="ams-hv05" checked', asked)
    assert asked.count(" checked") == 1


def test_a_reader_gets_no_node_to_choose(bob: Client) -> None:
    menu = bob.get(NODES).content.decode()
    assert "operator" in menu
    assert "hx-get" not in menu


def test_an_act_that_asks_for_no_node_has_no_nodes(alice: Client) -> None:
    assert alice.get("/clusters/ams/targets/save?kind=role&key=dc-02").status_code == 404


def _items(menu: str) -> list[str]:
    return re.findall(r"<button.*?</button>", menu, re.DOTALL)


def _of(menu: str, node: str) -> str:
    return next(item for item in _items(menu) if f"<span>{node}<" in item)
