"""`addcluster` against a real SSH server: what is wrong is said in words, and only what was seen is stored."""

import asyncio
import re
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from typing import Any

import asyncssh
import pytest
import pytest_asyncio
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from clusters import connections
from clusters.backends import sshkeys
from clusters.backends.pacemaker.looking import CIB, MONITOR, QUORUM
from clusters.backends.pacemaker.transport import Finished
from clusters.models import Cluster, Credential, Ledger
from tests.backends.pacemaker.recorded import text
from tests.backends.pacemaker.sshnode import HOST, USER, Node, pin, ssh_node
from tests.reach.hosts import answers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def ring(tmp_path: Path, settings: Settings) -> None:
    """The keys of this test's own console."""
    settings.CREDENTIAL_KEYS_FILE = tmp_path / "credential-keys"


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
    for strange in ("host:ssh", "[fd00::1", "-oProxyCommand=x"):
        with pytest.raises(CommandError, match="is no address"):
            await add(node, node=[f"node1={strange}"])
    with pytest.raises(CommandError, match=r"[Nn]o node"):
        await add(node, node=[])


async def test_a_stored_key_is_sealed_and_its_cluster_is_seen_with_it(node: Node) -> None:
    given = {"key_file": "", "known_hosts_file": "", "store_key": str(node.folder / "id")}
    said = await add(node, **given, host_key=[f"node1={sshkeys.fingerprint(node.host_key)}"])
    assert "Seen: 3 nodes, 3 virtual machines." in said
    options = (await Cluster.objects.aget(slug="lab")).options
    assert (options["credential"], "key_file" in options, options["acts"]) == ("key", False, False)
    assert options["nodes"]["node1"]["host_key"].split()[:2] == node.host_key.split()[:2]


async def test_unseen_pins_what_is_seen_and_names_what_is_not(node: Node) -> None:
    given: dict[str, Any] = {"key_file": "", "known_hosts_file": "", "store_key": str(node.folder / "id")}
    given["node"] = [f"node1={HOST}:{node.port}", f"node2={HOST}:1"]
    pin = f"node1={sshkeys.fingerprint(node.host_key)}"
    with pytest.raises(CommandError, match="--unseen"):
        await add(node, **given, host_key=[pin])
    said = await add(node, **given, host_key=[pin], unseen=True)
    assert ("no confirmed host key yet: node2." in said, "Seen: 3 nodes" in said) == (True, True)
    nodes = (await Cluster.objects.aget(slug="lab")).options["nodes"]
    assert (nodes["node1"]["host_key"].split()[:2], "host_key" in nodes["node2"]) == (node.host_key.split()[:2], False)


async def test_unseen_pins_nothing_that_nobody_compared(node: Node) -> None:
    given = {"key_file": "", "known_hosts_file": "", "store_key": str(node.folder / "id"), "unseen": True}
    with pytest.raises(CommandError, match="Compare"):
        await add(node, **given, host_key=["node1=SHA256:something-else"])
    assert "no confirmed host key yet: node1." in await add(node, **given)
    assert "host_key" not in (await Cluster.objects.aget(slug="lab")).options["nodes"]["node1"]
    assert node.logins == 0


async def test_host_keys_that_nobody_compared_are_told_and_nothing_is_stored(node: Node) -> None:
    given = {"key_file": "", "known_hosts_file": "", "store_key": str(node.folder / "id")}
    words = re.escape(f"--host-key node1={sshkeys.fingerprint(node.host_key)}")
    with pytest.raises(CommandError, match=words):
        await add(node, **given)
    with pytest.raises(CommandError, match=words):
        await add(node, **given, host_key=["node1=SHA256:something-else"])
    assert (node.logins, await stored()) == (0, [])


async def test_a_key_may_come_by_standard_input(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO((node.folder / "id").read_text()))
    await add(node, key_file="", store_key="-")
    assert await Credential.objects.acount() == 1


async def test_the_way_may_lead_through_a_jump_host(node: Node, tmp_path: Path) -> None:
    folder = tmp_path / "gate"
    folder.mkdir()
    async with ssh_node(folder) as gate:
        pins = [f"{name}={sshkeys.fingerprint(each.host_key)}" for name, each in (("node1", node), ("jump", gate))]
        given = {"key_file": "", "known_hosts_file": "", "store_key": str(node.folder / "id"), "host_key": pins}
        given |= {"jump": f"{USER}@{HOST}:{gate.port}", "jump_key": str(gate.folder / "id")}
        for known in (0, 1):  # the jump host's key is told first, then what lies behind it
            with pytest.raises(CommandError, match=re.escape(pins[1 - known])):
                await add(node, **{**given, "host_key": pins[2 - known :]})
        said = await add(node, **given)
        assert "Seen: 3 nodes" in said
        assert gate.led_on


@pytest.mark.parametrize("content", ["nonsense", ""])
async def test_what_is_no_key_is_said_without_a_word_of_it(node: Node, tmp_path: Path, content: str) -> None:
    (tmp_path / "broken").write_text(content)
    with pytest.raises(CommandError, match="no private key"):
        await add(node, key_file="", store_key=str(tmp_path / "broken"))
    with pytest.raises(CommandError, match="cannot be read"):
        await add(node, key_file="", store_key=str(tmp_path / "missing"))


async def test_acting_is_asked_for(node: Node) -> None:
    assert "only looks" in await add(node)
    await Cluster.objects.all().adelete()
    await add(node, acts=True)
    assert (await Cluster.objects.aget(slug="lab")).options["acts"] is True


async def test_checking_stores_nothing_and_names_what_is_in_the_way(node: Node) -> None:
    node.answers.update(answers("node1"))
    assert "The account may read the cluster." in await add(node, "--check")
    node.answers["crm_node -n"] = Finished(0, "other", "")
    with pytest.raises(CommandError, match="in the way"):
        await add(node, "--check")
    assert await stored() == []


async def test_a_stored_connection_can_be_checked(node: Node) -> None:
    node.answers.update(answers("node1"))
    await add(node)
    assert "Quorum" in await add(node, "--check", node=[])
    await Cluster.objects.all().adelete()
    with pytest.raises(CommandError, match="no cluster"):
        await add(node, "--check", node=[])


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
