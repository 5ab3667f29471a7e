"""Disks of the real cluster: a file system that one node mounts changes hands, one that all mount is nobody's own."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from clusters.domain.commands import MoveDisk
from clusters.domain.items import AccessState, Disk, DiskState, DiskUse, VolumeAccess
from clusters.domain.keys import Key
from tests.lab.pages import Administrator
from tests.lab.real import Lab
from tests.lab.test_acts import do, is_clean, names
from tests.lab.test_cluster import until
from vms.backends.libvirt import Libvirt

pytestmark = pytest.mark.lab

IMAGE = "/srv/ClusterStorage/Volume1/files.img"
PLACE = "/srv/files"
NODES = ("node1", "node2", "node3")
SHARED = "/srv/shared"
CLONE = f"""<configuration><resources><clone id="shared-clone">
  <primitive id="shared" class="ocf" provider="heartbeat" type="Filesystem">
    <instance_attributes id="shared-instance_attributes">
      <nvpair id="shared-device" name="device" value="/srv/ClusterStorage/Volume1"/>
      <nvpair id="shared-directory" name="directory" value="{SHARED}"/>
      <nvpair id="shared-fstype" name="fstype" value="none"/>
      <nvpair id="shared-options" name="options" value="bind"/>
    </instance_attributes>
  </primitive>
</clone></resources></configuration>"""
GROUP = f"""<configuration><resources><group id="files">
  <primitive id="files-disk" class="ocf" provider="heartbeat" type="Filesystem">
    <instance_attributes id="files-disk-instance_attributes">
      <nvpair id="files-disk-device" name="device" value="{IMAGE}"/>
      <nvpair id="files-disk-directory" name="directory" value="{PLACE}"/>
      <nvpair id="files-disk-fstype" name="fstype" value="ext4"/>
      <nvpair id="files-disk-options" name="options" value="loop"/>
    </instance_attributes>
    <operations>
      <op id="files-disk-monitor" name="monitor" interval="20s" timeout="40s"/>
    </operations>
  </primitive>
  <primitive id="files-service" class="ocf" provider="pacemaker" type="Dummy"/>
</group></resources><constraints>
<rsc_location id="files-prefers" rsc="files" node="node1" score="50"/>
</constraints></configuration>"""


@pytest.fixture
def files(lab: Lab) -> Iterator[str]:
    """A role of a disk and what works on it, on node1; its own disk's id."""
    lab.run("exec", "node1", "truncate", "--size=8M", IMAGE)
    lab.run("exec", "node1", "mkfs.ext4", "-q", "-F", IMAGE)
    with configured(lab, GROUP, "group", "files", PLACE):
        yield "files-disk"
    lab.run("exec", "node1", "rm", IMAGE)


@pytest.fixture
def shared(lab: Lab) -> Iterator[str]:
    """The lab's shared volume once more, looked after by the cluster."""
    with configured(lab, CLONE, "clone", "shared-clone", SHARED):
        yield "shared"


@contextmanager
def configured(lab: Lab, patch: str, tag: str, role: str, place: str) -> Iterator[None]:
    """Resources for a while, whose file system is mounted at that place."""
    for node in NODES:
        lab.run("exec", node, "mkdir", "-p", place)
        # The agent wants one, even where nothing has to be loaded.
        lab.run("exec", node, "ln", "-s", "/usr/bin/busybox", "/usr/sbin/modprobe", well=(0, 1))
    on_node1 = ("exec", "node1")
    lab.run(*on_node1, "cibadmin", "--modify", "--allow-create", "-o", "configuration", "--xml-text", patch)
    lab.settle()
    yield
    stopped = ("--meta", "--set-parameter=target-role", "--parameter-value=Stopped")
    lab.run(*on_node1, "crm_resource", "--resource", role, *stopped)
    lab.settle()
    lab.run(*on_node1, "cibadmin", "--delete-all", "--force", "--xpath", f"//constraints/*[@rsc='{role}']")
    lab.run(*on_node1, "cibadmin", "--delete", "-o", "resources", "--xml-text", f'<{tag} id="{role}"/>')
    lab.settle()


def mounted(lab: Lab) -> list[str]:
    """The nodes whose own kernel has it mounted."""
    return [node for node in NODES if f" {PLACE} ext4 " in lab.run("exec", node, "cat", "/proc/mounts")]


async def test_a_disk_changes_hands_with_its_role(lab: Lab, backend: Libvirt, files: str) -> None:
    ids = await names(backend)
    assert mounted(lab) == ["node1"]
    lab.run("exec", "node1", "touch", f"{PLACE}/written-on-node1")
    seen = await do(backend, "hand-over", MoveDisk(files, ids["node2"]))
    disk = seen.state.find(Disk, files)
    assert disk
    assert (disk.owner, disk.state, disk.use, disk.role) == (ids["node2"], DiskState.ONLINE, DiskUse.ROLE, "files")
    assert mounted(lab) == ["node2"]
    assert "written-on-node1" in lab.run("exec", "node2", "ls", PLACE)
    await until(backend, is_clean(lab))
    seen = await do(backend, "hand-over-to-any", MoveDisk(files, ""))
    moved = seen.state.find(Disk, files)
    assert moved
    assert moved.owner not in ("", ids["node2"])
    await until(backend, is_clean(lab))


def test_a_disk_changes_hands_after_a_click(lab: Lab, files: str, admin: Administrator) -> None:
    admin.opens("disks/")
    admin.sees(files, "Online", "node1")
    admin.does("disks/", files, "move-disk", target="node3")
    admin.sees(files, "Online", "node3")
    admin.ended(files, "Move disk", "Done")
    admin.opens("roles/")
    admin.sees("files", "node3")
    assert mounted(lab) == ["node3"]
    lab.wait_until(lambda: not lab.passing())


async def test_a_volume_that_all_nodes_mount_belongs_to_none(lab: Lab, backend: Libvirt, shared: str) -> None:
    ids = await names(backend)
    state = (await backend.observe("")).state
    disk = state.find(Disk, shared)
    assert disk
    assert (disk.state, disk.use, disk.role) == (DiskState.ONLINE, DiskUse.SHARED_VOLUME, "")
    reached = {each.node: each.state for each in state.all(VolumeAccess) if each.disk == shared}
    assert reached == dict.fromkeys(ids.values(), AccessState.DIRECT)
    assert backend.can(MoveDisk, Key("disk", shared)).code == "volume-has-no-owner"
