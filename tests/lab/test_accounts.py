"""Accounts with fewer rights than root, on the real cluster: what they see, and what they are told."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from clusters.backends.base import Refused, Unreachable
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.options import transports
from clusters.domain.commands import StopRole
from clusters.domain.items import Interface, Network, NetworkState
from tests.lab.real import Lab
from vms.backends.libvirt import Libvirt
from vms.domain.items import Power, VirtualMachine

pytestmark = pytest.mark.lab

RULES = (
    '<acls><acl_role id="read"><acl_permission id="read-cib" kind="read" xpath="/cib"/></acl_role>'
    '<acl_target id="reader"><role id="read"/></acl_target></acls>'
)
ACCOUNTS = {"outsider": "users", "reader": "haclient", "roleless": "haclient"}
THERE_ALREADY = 9
DEADLINE_S = 10.0
SWITCH = ("crm_attribute", "--name", "enable-acl")


@pytest.fixture(scope="module")
def accounts(lab: Lab, machines: dict[str, str]) -> Iterator[Callable[[str], dict[str, Any]]]:
    """Options to reach the cluster by one of the accounts, while its access rules are in force: `machines`, which
    compare the configuration before and after, are there before them."""
    for host in ("node1", "node2", "node3"):
        for name, group in ACCOUNTS.items():
            # without PAM, sshd takes the "!" of a new account for a locked one
            login = ("--gid", group, "--create-home", "--shell", "/bin/sh", "--password", "*")
            lab.run("exec", host, "useradd", *login, name, well=(0, THERE_ALREADY))
    lab.run("exec", "node1", "cibadmin", "--modify", "--allow-create", "-o", "acls", "--xml-text", RULES)
    lab.run("exec", "node1", *SWITCH, "--update", "true")
    yield lambda name: {**lab.options(), "user": name}
    lab.run("exec", "node1", *SWITCH, "--delete")
    lab.run("exec", "node1", "cibadmin", "--delete-all", "--force", "--xpath", "//acls/*")


@pytest.mark.parametrize(("name", "told"), [("outsider", "program-forbidden"), ("roleless", "acl-hides-configuration")])
async def test_an_account_that_sees_nothing_is_told_what_it_lacks(
    accounts: Callable[[str], dict[str, Any]], name: str, told: str
) -> None:
    backend = Pacemaker(transports(accounts(name)))
    with pytest.raises(Unreachable) as caught:
        await backend.observe("")
    await backend.close()
    assert caught.value.message.code == told


async def test_an_account_that_only_reads_sees_all_and_is_told_why_it_cannot_act(
    accounts: Callable[[str], dict[str, Any]], at_home: dict[str, str]
) -> None:
    backend = Pacemaker(transports(accounts("reader")))
    state = (await backend.observe("")).state
    assert {ring.state for ring in state.all(Network)} == {NetworkState.UP}
    assert state.cluster.votes_present == 3
    with pytest.raises(Refused) as caught:
        await backend.submit("lab-reader", StopRole("vm1"))
    await backend.close()
    assert caught.value.message.code == "acl-forbids-acts"


async def test_an_account_that_only_reads_sees_the_machines_and_cannot_touch_them(
    lab: Lab, accounts: Callable[[str], dict[str, Any]], at_home: dict[str, str]
) -> None:
    lines = transports(accounts("reader"))
    backend = Libvirt(Pacemaker(lines))
    machine = (await backend.observe("")).state.find(VirtualMachine, "vm1")
    assert machine
    assert (machine.power, machine.memory_mb > 0) == (Power.RUNNING, True)
    node1 = next(line for line in lines if line.node == "node1")
    for manner in (("--readonly",), ()):
        tried = await node1.run(("virsh", *manner, "--connect", "qemu:///system", "destroy", "vm1"), DEADLINE_S)
        assert tried.code != 0
    await backend.close()
    assert lab.runs("vm1", "node1")


@pytest.mark.django_db
def test_addcluster_says_what_the_account_lacks(accounts: Callable[[str], dict[str, Any]]) -> None:
    options = accounts("outsider")
    nodes = [word for name, each in options["nodes"].items() for word in ("--node", f"{name}={each['host']}")]
    files = ("--key-file", options["key_file"], "--known-hosts-file", options["known_hosts_file"])
    with pytest.raises(CommandError, match="Add it to the group haclient"):
        call_command("addcluster", "rightless", "--user", "outsider", *files, *nodes)


async def test_a_pulled_cable_is_an_adapter_that_nobody_reaches(lab: Lab) -> None:
    backend = Pacemaker(transports(lab.options()))
    lab.run("unplug-cluster", "node3")
    try:
        looks = [await backend.observe("")]
        while not (cut := unreachable(looks[-1].state.all(Interface))) and len(looks) < 60:
            looks.append(await backend.observe(""))
    finally:
        lab.run("plug", "node3")
        await backend.close()
    assert cut == ["node3 - Ring 0"]
    assert {ring.id: ring.state for ring in looks[-1].state.all(Network)} == {"ring0": "partitioned", "ring1": "up"}


def unreachable(adapters: tuple[Interface, ...]) -> list[str]:
    return [each.name for each in adapters if each.state is NetworkState.UNREACHABLE]
