"""What tests on the real cluster stand on: guests at home, the product's way to them, and its console in a browser."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import pytest_asyncio
from playwright.sync_api import Browser

from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.options import transports
from tests.lab.pages import Administrator
from tests.lab.real import PAUSE_S, Lab
from tests.running import Console
from vms.backends.libvirt import Libvirt

BUSY_S = 300
TIDIES_WITHIN_S = 20  # a move that has ended stays for three seconds, and longer where others are under way
HOSTS = ("node1", "node2", "node3")
UNLIMITED = "8796093022207"  # libvirt's own default, MiB in a second
THERE = 108  # crm_resource: it is on that node already


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers come last: their driver keeps an event loop, beside which no other test can have one. And a cluster on a
    busy machine takes its time."""
    for item in items:
        if item.get_closest_marker("lab") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(BUSY_S))
    items.sort(key=lambda item: "chromium" in getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test all is configured as it was before it, so that who leaves something is told by name. Where a
    console runs, it may tidy up a little later."""
    if not request.node.get_closest_marker("lab"):
        yield
        return
    lab: Lab = request.getfixturevalue("lab")
    before = lab.cib()
    yield
    remains = lab.left_since(before, TIDIES_WITHIN_S if "managing" in request.fixturenames else 0)
    assert not remains, "\n".join(["left behind, or taken away:", *remains])


@pytest.fixture
def takes_back(lab: Lab, at_home: dict[str, str]) -> Iterator[None]:
    """What a test sets at machines on purpose is set back after it. Not what acts put there for a while: that is for
    the console to take away, and must be gone by itself."""
    sections = ("resources", "constraints")
    before = [lab.run("exec", "node1", "cibadmin", "--query", "-o", section) for section in sections]
    yield
    assert not lingering(lab)
    for section, text in zip(sections, before, strict=True):
        lab.run("exec", "node1", "cibadmin", "--replace", "--sync-call", "-o", section, "--xml-text", text)
    lab.settle()


@pytest.fixture
def at_home(lab: Lab, machines: dict[str, str]) -> dict[str, str]:
    """The guests back on their own nodes, running, whatever an earlier test did or failed to undo."""
    lab.settle()
    for name in machines:
        for node in lab.runs(name, *HOSTS):  # QEMU keeps a speed for as long as it lives, a broken off migration or not
            lab.run("exec", node, "virsh", "migrate-setspeed", name, UNLIMITED)
    for name, node in machines.items():
        if located(lab, name) != node and not goes(lab, name, node):
            in_service(lab, node)
            lab.run("exec", "node1", "crm_resource", "--resource", name, "--meta", "--delete-parameter", "target-role")
            lab.run("exec", "node1", "crm_resource", "--resource", name, "--cleanup")
            assert goes(lab, name, node)
    if "cli-" in lab.constraints():
        for name in machines:
            lab.run("exec", "node1", "crm_resource", "--clear", "--resource", name)
        lab.settle()
    return machines


@pytest.fixture
def third(lab: Lab) -> Iterator[str]:
    """One machine more, which a test may take out of the cluster."""
    lab.run("add-vm", "vm3", "--node", "node3")
    yield "vm3"
    remains = lingering(lab)  # goes with the machine
    lab.run("rm-vm", "vm3")
    for verb in ("destroy", "undefine"):  # where the cluster did not know it any more
        lab.run("exec", "node3", "virsh", verb, "vm3", well=(0, 1))
    assert not remains


def lingering(lab: Lab) -> set[str]:
    """What acts put there for a while and is there still, after the time that a console needs."""
    end = time.monotonic() + TIDIES_WITHIN_S
    while (found := lab.passing()) and time.monotonic() < end:
        time.sleep(PAUSE_S)
    return found


def goes(lab: Lab, name: str, node: str) -> bool:
    """Send it there; whether it has arrived."""
    lab.run("exec", "node1", "crm_resource", "--move", "--resource", name, "--node", node, well=(0, THERE))
    lab.settle()
    return located(lab, name) == node


def in_service(lab: Lab, node: str) -> None:
    """Take away everything by which a console or an administrator keeps machines off the node."""
    for name in ("standby", "maintenance", "console-drained"):
        lab.run("exec", "node1", "crm_attribute", "--node", node, "--name", name, "--delete")


def located(lab: Lab, name: str) -> str:
    """The node that Pacemaker says runs the guest; "" for none."""
    told = lab.run("exec", "node1", "crm_resource", "--locate", "--resource", name).split()
    return told[told.index("on:") + 1] if "on:" in told else ""


@pytest.fixture
def repaired(lab: Lab) -> Iterator[None]:
    """Afterwards everything is mended, plugged in and on, and all have joined."""
    yield
    lab.run("mend-fencing", "node1")
    lab.run("plug", "node1")
    lab.wait_until(lambda: all_joined(lab))
    lab.settle()


def all_joined(lab: Lab) -> bool:
    """Whether every host is a member. node1 gets its power back, again where a late fencing took it once more."""
    lab.run("power-on", "node1")
    told = lab.run("exec", "node2", "crm_mon", "-1", "--output-as=xml")
    return told.count('online="true"') == 3 and 'pending="true"' not in told


@pytest_asyncio.fixture
async def backend(lab: Lab) -> AsyncIterator[Libvirt]:
    """The product's own way to the cluster."""
    made = connect(lab)
    yield made
    end = time.monotonic() + TIDIES_WITHIN_S
    while lab.passing() and time.monotonic() < end:  # as a console would, which is not closed with the last act
        await made.observe("")
        await asyncio.sleep(PAUSE_S)
    await made.close()


def connect(lab: Lab) -> Libvirt:
    """A new console's backend, which knows nothing yet."""
    return Libvirt(Pacemaker(transports(lab.options()), "lab"))


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The console in a process of its own, which does not know the lab yet."""
    with Console(tmp_path_factory.mktemp("console")).prepare().serve() as serving:
        yield serving


@pytest.fixture(scope="session")
def managing(lab: Lab, machines: dict[str, str], console: Console) -> Console:
    """The console while it manages the lab: what an administrator types."""
    options = lab.options()
    nodes = [word for name, each in options["nodes"].items() for word in ("--node", f"{name}={each['host']}")]
    files = ("--key-file", options["key_file"], "--known-hosts-file", options["known_hosts_file"])
    console.manage("addcluster", "lab", "--acts", "--name", "Lab", *files, *nodes)
    return console


@pytest.fixture
def sign_in(chromium: Browser, console: Console) -> Iterator[Callable[[], Administrator]]:
    """Opens one more page of the administrator's browser, signed in. It fails where the server logs an error; what is
    refused is a warning."""
    before = len(console.errors)
    context = chromium.new_context(base_url=console.address, viewport={"width": 1440, "height": 900})
    context.new_page().goto("/accounts/login/")
    Administrator(context.pages[0]).signs_in(console.password)
    yield lambda: Administrator(context.new_page())
    context.close()
    assert not [line for line in console.errors[before:].splitlines() if " WARNING " not in line]


@pytest.fixture
def admin(managing: Console, sign_in: Callable[[], Administrator]) -> Administrator:
    """Somebody who looks after the lab by its pages."""
    return sign_in()
