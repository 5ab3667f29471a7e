"""The menu of one role holds its nodes: the best possible one, each with its room, or the reason why not."""

import re
from dataclasses import replace

from django.test import Client

from clusters import snapshots
from clusters.domain.items import ClusterInfo, Node
from clusters.models import Cluster
from tests.web import stage

MENU = "/clusters/ams/menu/role/dc-02"
NODES = "/clusters/ams/targets/live-migrate?kind=role&key=dc-02"
OF_ANOTHER = "/clusters/ams/targets/live-migrate?kind=role&key=app-prod-01"
"""Of a role whose node takes part in no migration."""


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


def test_a_node_without_a_free_slot_says_that_the_move_will_wait(alice: Client, cluster: Cluster) -> None:
    _limit_to(cluster, "1")
    shown = _of(alice.get(OF_ANOTHER).content.decode(), "AMS-HV06")
    assert "Fits, but waits: 1 of 1 slots of AMS-HV06 in use" in shown
    assert "target=ams-hv06" in shown


def test_a_node_with_a_free_slot_says_nothing_of_waiting(alice: Client) -> None:
    assert "waits" not in _of(alice.get(OF_ANOTHER).content.decode(), "AMS-HV06")


def test_a_node_that_has_none_left_to_give_makes_every_move_wait(alice: Client) -> None:
    assert "but waits: 2 of 2 slots of AMS-HV03 in use" in _of(alice.get(NODES).content.decode(), "AMS-HV02")


def test_a_quick_migration_waits_for_no_slot(alice: Client, cluster: Cluster) -> None:
    _limit_to(cluster, "1")
    assert "waits" not in alice.get(OF_ANOTHER.replace("live-", "quick-")).content.decode()


def test_the_version_without_a_queue_refuses_where_no_slot_is_free(alice: Client, cluster: Cluster) -> None:
    _limit_to(cluster, "1", profile="2008R2")
    shown = _of(alice.get(OF_ANOTHER).content.decode(), "AMS-HV06")
    assert 'aria-disabled="true"' in shown
    assert "exch-02 first: AMS-HV06 takes 1 at once." in shown


def test_the_node_that_it_leaves_is_named_in_the_question_and_is_no_choice(alice: Client) -> None:
    asked = alice.get("/clusters/ams/do/live-migrate?kind=role&key=dc-02").content.decode()
    assert "From AMS-HV03 to" in asked
    assert 'value="ams-hv03"' not in asked


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


def _limit_to(cluster: Cluster, most: str, profile: str = "2025") -> None:
    info = snapshots.current(cluster.pk).state.find(ClusterInfo, "self")
    assert info is not None
    properties = (("MaximumParallelMigrations", most),)
    stage.play(cluster, instead=(replace(info, profile=profile, properties=properties),))


def _items(menu: str) -> list[str]:
    return re.findall(r"<button.*?</button>", menu, re.DOTALL)


def _of(menu: str, node: str) -> str:
    return next(item for item in _items(menu) if f"<span>{node}<" in item)
