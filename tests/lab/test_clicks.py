"""The real cluster is changed by clicks: the page asks, does it and shows it, the cluster or the guest proves it."""

from collections.abc import Iterator

import pytest

from tests.lab.conftest import goes, located
from tests.lab.guests import Guest
from tests.lab.pages import Administrator
from tests.lab.real import Lab

pytestmark = pytest.mark.lab

FOLDER = "/srv/ClusterStorage/Volume1"
SLOW = "1"  # MiB in a second: such a migration takes a minute and a half


def asked(lab: Lab, *words: str) -> str:
    """What that program says on node1; "" where there is nothing to be said."""
    return lab.run("exec", "node1", *words, well=(0, 1, 6, 105)).strip()


def meta(lab: Lab, resource: str, name: str) -> str:
    return asked(lab, "crm_resource", "--resource", resource, "--meta", "--get-parameter", name, "--quiet")


@pytest.fixture
def slowly(lab: Lab, at_home: dict[str, str]) -> Iterator[None]:
    """What migrates vm1 away from node1 takes its time."""
    before = asked(lab, "virsh", "migrate-getspeed", "vm1")
    lab.run("exec", "node1", "virsh", "migrate-setspeed", "vm1", SLOW)
    yield
    asked(lab, "virsh", "migrate-setspeed", "vm1", before)


@pytest.fixture
def together(lab: Lab, at_home: dict[str, str]) -> Iterator[None]:
    """Both machines on node1, and nothing that holds them there."""
    assert goes(lab, "vm2", "node1")
    lab.run("exec", "node1", "crm_resource", "--clear", "--resource", "vm2")
    lab.settle()
    assert located(lab, "vm2") == "node1"
    yield
    for name in ("vm1", "vm2"):
        asked(lab, "crm_resource", "--resource", name, "--meta", "--delete-parameter", "console-apart")
    asked(lab, "cibadmin", "--delete", "-o", "constraints", "-X", '<rsc_colocation id="console-apart-vm1--vm2"/>')


def test_a_machine_leaves_the_cluster_and_joins_it_again_and_never_stops(
    lab: Lab, third: str, admin: Administrator
) -> None:
    guest = Guest(lab, third)
    admin.does("roles/", third, "remove-machine")
    admin.misses(third)
    admin.ended(third, "Remove from the cluster", "Done")
    assert f'id="{third}"' not in asked(lab, "cibadmin", "--query", "-o", "resources")
    admin.does("", "", "add-machine", config=f"{FOLDER}/{third}/{third}.xml")
    admin.opens("roles/")
    admin.sees(third, "Running", "node3")
    admin.ended("the cluster", "Add a virtual machine", "Done")
    assert located(lab, third) == "node3"
    guest.beats_on()
    assert guest.diary().unbroken


def test_machines_that_are_to_be_kept_apart_part_live(lab: Lab, together: None, admin: Administrator) -> None:
    guests = [Guest(lab, name) for name in ("vm1", "vm2")]
    for name in ("vm1", "vm2"):
        admin.does("roles/", name, "set-anti-affinity", anti_affinity="web")
        admin.ended(name, "Change properties", "Done")
    lab.wait_until(lambda: located(lab, "vm1") != located(lab, "vm2"))
    admin.opens("roles/")
    for name in ("vm1", "vm2"):
        admin.sees(name, "Running", located(lab, name))
    admin.reads("roles/vm2", "Keep apart", "web")
    for guest in guests:
        guest.beats_on()
        assert guest.diary().unbroken
    for name in ("vm1", "vm2"):
        admin.does("roles/", name, "set-anti-affinity", anti_affinity="")
        admin.ended(name, "Change properties", "Done")
    assert "console-apart" not in "\n".join(lab.configuration())


def test_a_live_migration_is_cancelled_and_the_guest_counts_on_where_it_was(
    lab: Lab, slowly: None, admin: Administrator
) -> None:
    guest = Guest(lab, "vm1")
    admin.does("roles/", "vm1", "live-migrate", "node2")
    admin.sees("vm1", "Live migrating")
    admin.does("roles/", "vm1", "cancel-migration")
    admin.opens("roles/")
    admin.sees("vm1", "Running", "node1")
    admin.ended("vm1", "Live migration", "Cancelled")
    admin.ended("vm1", "Cancel live migration", "Done")
    guest.beats_on()
    assert guest.diary().unbroken
    assert lab.runs("vm1", "node1", "node2") == ["node1"]
    lab.wait_until(lambda: not lab.passing())


def test_the_whole_cluster_is_left_alone_and_looked_after_again(
    lab: Lab, at_home: dict[str, str], admin: Administrator
) -> None:
    said = "The cluster is in maintenance mode"
    mode = ("crm_attribute", "--name=maintenance-mode", "--query", "--quiet")
    admin.does("", "", "cluster-maintenance-on")
    admin.reads("", said)
    admin.ended("the cluster", "Maintenance mode of the cluster", "Done")
    assert asked(lab, *mode) == "true"
    admin.does("", "", "cluster-maintenance-off")
    admin.reads_no_more(said)
    admin.ended("the cluster", "Maintenance mode of the cluster", "Done")
    assert asked(lab, *mode) != "true"


def test_one_machine_is_left_alone_and_looked_after_again(
    lab: Lab, at_home: dict[str, str], admin: Administrator
) -> None:
    admin.does("roles/", "vm1", "unmanage")
    admin.sees("vm1", "Pacemaker does not manage it now")
    admin.ended("vm1", "Leave alone or manage", "Done")
    assert meta(lab, "vm1", "is-managed") == "false"
    admin.opens("roles/")
    admin.watches("vm1")
    admin.does("roles/", "vm1", "manage")
    admin.ended("vm1", "Leave alone or manage", "Done")
    admin.opens("roles/")
    admin.sees("vm1", "Running")
    assert meta(lab, "vm1", "is-managed") != "false"
