"""The real cluster tells of changes by itself: the console looks at once, and does not wait for its next turn."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from clusters.backends.base import MAIN_SOURCE, Observation
from clusters.domain.items import Node
from tests.lab.real import Lab
from tests.lab.test_cluster import until
from vms.backends.libvirt import Libvirt
from vms.domain.items import Power, VirtualMachine

pytestmark = pytest.mark.lab

SECONDS = 2.0  # what is promised; the program that makes the change counts as well
Shown = Callable[[Observation], bool]


async def listening(backend: Libvirt) -> asyncio.Event:
    """Set whenever the cluster tells; from now on nothing else makes us look."""
    woken = asyncio.Event()
    backend.watch(woken.set)
    await until(backend, is_told)
    woken.clear()
    return woken


def is_told(seen: Observation) -> bool:
    return all(source.pushed for source in seen.sources if source.name == MAIN_SOURCE or "libvirt" in source.name)


async def seconds_until(shown: Shown, backend: Libvirt, woken: asyncio.Event, change: Awaitable[object]) -> float:
    """From the beginning of the change until it is seen, by looks that the cluster itself asked for."""
    loop = asyncio.get_running_loop()
    began, changing = loop.time(), asyncio.ensure_future(change)
    async with asyncio.timeout(10):
        while True:
            await woken.wait()
            woken.clear()
            if shown(await backend.observe("")):
                break
    await changing
    return loop.time() - began


def has_colour(seen: Observation) -> bool:
    return any("colour" in dict(each.params).values() for node in seen.state.all(Node) for each in node.remarks)


def power(of: Power) -> Shown:
    def shown(seen: Observation) -> bool:
        machine = seen.state.find(VirtualMachine, "vm1")
        return machine is not None and machine.power is of

    return shown


async def test_a_change_of_the_configuration_is_seen_at_once(
    lab: Lab, backend: Libvirt, at_home: dict[str, str]
) -> None:
    woken = await listening(backend)
    colour = ("exec", "node2", "crm_attribute", "--node=node1", "--name=colour")
    try:
        change = asyncio.to_thread(lab.run, *colour, "--update=red")
        took = await seconds_until(has_colour, backend, woken, change)
    finally:
        await asyncio.to_thread(lab.run, *colour, "--delete")
    print(f"configuration: {took:.2f} s")
    assert took < SECONDS


async def test_what_a_hypervisor_does_is_seen_at_once(lab: Lab, backend: Libvirt, at_home: dict[str, str]) -> None:
    woken = await listening(backend)
    virsh = ("exec", "node1", "virsh")
    try:
        change = asyncio.to_thread(lab.run, *virsh, "suspend", "vm1")
        took = await seconds_until(power(Power.PAUSED), backend, woken, change)
    finally:
        await asyncio.to_thread(lab.run, *virsh, "resume", "vm1")
    print(f"hypervisor: {took:.2f} s")
    assert took < SECONDS
