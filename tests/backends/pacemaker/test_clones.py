"""Clones of groups, and clones whose instances differ: they run when every part of them does, wherever it can."""

import pytest

from clusters.domain.items import Disk, Role, VolumeAccess
from clusters.domain.messages import say
from tests.backends.pacemaker.recorded import state

CLONES = "clones-in-part"  # three of a group (a lock manager, a file system), three of addresses with four instances


def role(name: str, cib: tuple[str, str] = ("", "")) -> tuple[str, int, str]:
    found = state(CLONES, cib=lambda recording: recording.replace(*cib) if cib[0] else recording).find(Role, name)
    assert found
    return found.status, found.badness, found.information.code


@pytest.mark.parametrize(("name", "status", "badness", "said"), [
    ("whole", "running", 0, ""),
    ("partly", "partial", 2, "clone-lacks"),
    ("nowhere", "partial", 2, "clone-lacks"),  # the lock manager runs everywhere, which is no use
    ("full", "running", 0, ""),
    ("lacking", "partial", 2, "clone-lacks"),
    ("spare", "running", 0, ""),  # one for each node, and three nodes
])  # fmt: skip
def test_it_runs_when_every_part_of_it_does(name: str, status: str, badness: int, said: str) -> None:
    assert role(name) == (status, badness, said)


def test_it_says_which_part_is_missing() -> None:
    found = state(CLONES).find(Role, "partly")
    assert found
    assert found.information == say("clone-lacks", resources="partly-fs")


def test_instances_that_are_all_the_same_are_one_for_each_node() -> None:
    """Pacemaker does not heed clone-node-max there."""
    several = '<meta_attributes id="m"><nvpair id="n" name="clone-node-max" value="2"/></meta_attributes>'
    changed = ('<clone id="whole">', f'<clone id="whole">{several}')
    assert role("whole", changed) == ("running", 0, "")


@pytest.mark.parametrize("barred", ["partly", "partly-fs"])
def test_where_it_may_not_run_it_is_not_missed(barred: str) -> None:
    """To Pacemaker a constraint on what is inside a clone concerns the clone."""
    bans = "".join(
        f'<rsc_location id="ban{node}" rsc="{barred}" node="node{node}" score="-INFINITY"/>' for node in (2, 3)
    )
    assert role("partly", ("<constraints />", f"<constraints>{bans}</constraints>")) == ("running", 0, "")


@pytest.mark.parametrize(("name", "mounted"), [("whole", "123"), ("partly", "1"), ("nowhere", "")])
def test_the_volume_of_a_cloned_group_is_reached_where_it_is_mounted(name: str, mounted: str) -> None:
    read = state(CLONES)
    disk = read.find(Disk, f"{name}-fs")
    assert disk
    assert (disk.use, disk.state, disk.path) == ("csv", "online" if mounted else "offline", f"/srv/{name}")
    reached = {each.node: str(each.state) for each in read.all(VolumeAccess) if each.disk == f"{name}-fs"}
    assert reached == {node: "direct" if node in mounted else "unavailable" for node in "123"}


def test_instances_with_numbers_are_still_one_volume() -> None:
    def mounted(recording: str) -> str:
        return recording.replace("IPaddr2", "Filesystem")

    read = state(CLONES, mounted, mounted)
    assert [disk.id for disk in read.all(Disk) if disk.id.startswith("full")] == ["full-ip"]
    reached = {each.node: str(each.state) for each in read.all(VolumeAccess) if each.disk == "full-ip"}
    assert reached == dict.fromkeys("123", "direct")
