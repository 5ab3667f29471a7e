"""`addcluster` against a real SSH server: what is wrong is said in words, and only what was seen is stored."""

import asyncio
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from typing import Any

import asyncssh
import pytest
import pytest_asyncio
from django.core.management import CommandError, call_command

from clusters import connections
from clusters.backends.pacemaker.looking import CIB, MONITOR, QUORUM
from clusters.backends.pacemaker.transport import Finished
from clusters.models import Cluster, Ledger
from tests.backends.pacemaker.recorded import text
from tests.backends.pacemaker.sshnode import HOST, USER, Node, pin, ssh_node

pytestmark = pytest.mark.django_db(transaction=True)


@pytest_asyncio.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with ssh_node(tmp_path) as running:
        running.answers = {
            " ".join(MONITOR): Finished(0, text("healthy.crm_mon.xml"), ""),
            " ".join(CIB): Finished(0, text("healthy.cib.xml"), ""),
            " ".join(QUORUM): Finished(0, text("healthy.quorum.txt"), ""),
        }
        yield running


async def add(door: Node, *words: str, **options: Any) -> str:
    """Run the command in a thread of its own, as it has an event loop of its own; what it prints."""
    out = StringIO()
    given = {
        "user": USER,
        "key_file": str(door.folder / "id"),
        "known_hosts_file": str(door.folder / "known_hosts"),
        "node": [f"node1={HOST}:{door.port}"],
        "stdout": out,
        "stderr": out,
        **options,
    }
    await asyncio.to_thread(call_command, "addcluster", "lab", *words, **given)
    return out.getvalue()


async def stored() -> list[tuple[str, str]]:
    return [(each.slug, each.backend) async for each in Cluster.objects.all()]


async def test_a_cluster_that_answers_is_added(node: Node) -> None:
    said = await add(node, name="The lab")
    assert "Seen: 3 nodes, 3 virtual machines." in said
    assert await stored() == [("lab", "pacemaker")]
    assert await Ledger.objects.filter(cluster__slug="lab").aexists()


async def test_only_names_of_files_are_stored(node: Node) -> None:
    await add(node)
    options = (await Cluster.objects.aget(slug="lab")).options
    assert options["key_file"] == str(node.folder / "id")
    assert "PRIVATE" not in str(options)


async def test_a_wrong_host_key_is_said_and_nothing_is_stored(node: Node) -> None:
    pin(node, asyncssh.generate_private_key("ssh-ed25519"))
    with pytest.raises(CommandError, match="host key"):
        await add(node)
    assert await stored() == []


async def test_missing_rights_are_said_with_what_to_do(node: Node) -> None:
    node.answers[" ".join(MONITOR)] = Finished(4, text("no-rights.crm_mon.xml"), "")
    with pytest.raises(CommandError, match="haclient"):
        await add(node)


async def test_a_missing_program_is_named(node: Node) -> None:
    node.answers = {}
    with pytest.raises(CommandError, match=r"crm_mon|cibadmin"):
        await add(node)


async def test_a_cluster_that_is_away_can_be_added_unseen(node: Node) -> None:
    node.answers = {}
    await add(node, unseen=True)
    assert await stored() == [("lab", "pacemaker")]


async def test_a_slug_is_used_once(node: Node) -> None:
    await add(node)
    with pytest.raises(CommandError):
        await add(node)


async def test_what_is_no_address_is_said(node: Node) -> None:
    with pytest.raises(CommandError, match="NAME=VALUE"):
        await add(node, node=["node1"])
    with pytest.raises(CommandError):
        await add(node, node=["node1=host:ssh"])
    with pytest.raises(CommandError, match=r"[Nn]o node"):
        await add(node, node=[])


def test_a_simulated_cluster_begins_now() -> None:
    call_command("addcluster", "second", "--backend", "simulator", "--option", "sample=utrecht", stdout=StringIO())
    assert connections.connect(Cluster.objects.get())


@pytest.mark.parametrize("options", [[], ["sample=nowhere"], ["sample=utrecht", "began=yesterday"]])
def test_options_that_make_no_cluster_are_refused(options: list[str]) -> None:
    with pytest.raises(CommandError, match="options"):
        call_command("addcluster", "second", "--backend", "simulator", option=options)
    assert not Cluster.objects.exists()


def test_an_option_with_a_nul_is_refused() -> None:
    with pytest.raises(CommandError, match="NAME=VALUE"):
        call_command("addcluster", "second", "--backend", "simulator", option=['sample="\\u0000"'])
