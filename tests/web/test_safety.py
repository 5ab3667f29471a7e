"""Before a node is switched off: each thing that must hold is looked up, and what does not hold is said."""

from dataclasses import replace

import pytest
from django.test import Client

from clusters import snapshots
from clusters.domain.items import (
    AccessState,
    Disk,
    DrainState,
    Item,
    Node,
    Role,
    VolumeAccess,
)
from clusters.domain.state import State
from clusters.models import Cluster
from clusters.presenters.details import subject
from clusters.presenters.draining import draining
from tests.web import stage

NODE = "ams-hv03"
DRAINED = Node(NODE, "AMS-HV03", paused=True, drain=DrainState.DRAINED, drain_done=16, drain_total=16)


@pytest.fixture
def emptied(cluster: Cluster) -> Cluster:
    """AMS-HV03 has given away everything."""
    stage.play(cluster, instead=tuple(_emptied(snapshots.current(cluster.pk).state)))
    return cluster


def test_a_node_that_may_go_tells_each_reason(emptied: Cluster, alice: Client) -> None:
    page = alice.get(f"/clusters/ams/nodes/{NODE}").content.decode()
    assert "Why it is safe" in page
    assert set(_found(emptied)) >= {"Node", "Roles", "Disks", "Quorum", "Storage"}
    assert "While it is away the cluster survives 2 more nodes." in page


def test_it_is_not_safe_while_it_owns_a_disk(emptied: Cluster) -> None:
    disk = next(iter(snapshots.current(emptied.pk).state.all(Disk)))
    _also(emptied, replace(disk, owner=NODE))
    assert _found(emptied)["Disks"] == f"It still owns {disk.name}."


def test_it_is_not_safe_where_the_cluster_would_stop_without_it(emptied: Cluster, alice: Client) -> None:
    info = snapshots.current(emptied.pk).state.cluster
    _also(emptied, replace(info, profile="", votes_present=2, votes_needed=2))
    page = alice.get(f"/clusters/ams/nodes/{NODE}").content.decode()
    assert "SAFE TO REBOOT" not in page
    assert "Without this node the cluster stops." in page


def test_nobody_vouches_for_a_quorum_that_is_not_known(emptied: Cluster) -> None:
    info = snapshots.current(emptied.pk).state.cluster
    _also(emptied, replace(info, has_quorum=None))
    assert _found(emptied)["Quorum"] == "Nobody can vouch for it now."


def test_it_is_not_safe_where_only_it_reaches_a_volume(emptied: Cluster, alice: Client) -> None:
    state = snapshots.current(emptied.pk).state
    volume = state.all(VolumeAccess)[0].disk
    cut = [each for each in state.all(VolumeAccess) if each.disk == volume and each.node != NODE]
    _also(emptied, *(replace(each, state=AccessState.UNAVAILABLE) for each in cut))
    assert _found(emptied)["Storage"].startswith("No other node reaches ")
    assert "SAFE TO REBOOT" not in alice.get(f"/clusters/ams/nodes/{NODE}").content.decode()


def _emptied(state: State) -> list[Item]:
    roles = [role for role in state.all(Role) if NODE in (role.owner, role.target)]
    away = [replace(role, owner="ams-hv01", target="", home=NODE) for role in roles]
    disks = [replace(disk, owner="ams-hv01") for disk in state.all(Disk) if disk.owner == NODE]
    return [DRAINED, *away, *disks]


def _also(cluster: Cluster, *items: Item) -> None:
    """The emptied node, and these instead of what they were."""
    state = snapshots.current(cluster.pk).state
    stage.play(cluster, instead=(*state.values(), *items))


def _found(cluster: Cluster) -> dict[str, str]:
    about = subject(cluster, "node", NODE)
    assert about is not None
    shown = draining(about)
    assert shown is not None
    return {check.mark.word: check.text for check in shown.checks}
