"""The page of a node that gives its roles away says how far it is, and whether it may be rebooted."""

from dataclasses import replace

from django.test import Client

from clusters import snapshots
from clusters.domain.items import Disk, DrainState, Node, Role
from clusters.models import Cluster
from tests.web import stage

NODE = "/clusters/ams/nodes/ams-hv03"


def test_it_says_how_far_the_drain_is_and_that_nobody_may_reboot_yet(alice: Client) -> None:
    page = alice.get(NODE).content.decode()
    assert "DRAINING 5 / 16" in page
    assert "AMS-HV03 is not safe to reboot." in page


def test_it_names_each_role_that_is_still_there_and_where_it_goes(alice: Client) -> None:
    steps = alice.get(NODE).content.decode().partition('id="steps"')[2]
    assert "SQL-PROD-02" in steps
    assert "AMS-HV03 → AMS-HV05" in steps


def test_it_counts_the_roles_that_cannot_leave(alice: Client, cluster: Cluster) -> None:
    role = snapshots.current(cluster.pk).state.find(Role, "sql-prod-02")
    assert role is not None
    stage.play(cluster, instead=(replace(role, status="move-blocked", badness=2),))
    assert "· 1 blocked" in alice.get(NODE).content.decode()


def test_it_is_safe_to_reboot_when_nothing_is_left(alice: Client, cluster: Cluster) -> None:
    drained = Node("ams-hv03", "AMS-HV03", paused=True, drain=DrainState.DRAINED, drain_done=16, drain_total=16)
    state = snapshots.current(cluster.pk).state
    mine = [item for item in state.all(Role) if "ams-hv03" in (item.owner, item.target)]
    away = [replace(role, owner="ams-hv01", target="", home="ams-hv03") for role in mine]
    disks = [replace(disk, owner="ams-hv01") for disk in state.all(Disk) if disk.owner == "ams-hv03"]
    stage.play(cluster, instead=(drained, *away, *disks))
    page = alice.get(NODE).content.decode()
    assert "SAFE TO REBOOT" in page
    assert "Moved" in page


def test_a_node_in_service_says_nothing_of_a_drain(alice: Client) -> None:
    assert 'id="drain"' not in alice.get("/clusters/ams/nodes/ams-hv01").content.decode()
