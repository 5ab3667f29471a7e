"""How a machine is reached: stored keys, the agent, pinned host keys, a jump host; each trouble has its own name."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import asyncssh
import pytest
import pytest_asyncio

from clusters.backends.base import Refused
from clusters.backends.pacemaker.lines import AGENT_VARIABLE, words
from clusters.backends.pacemaker.options import jump, transports
from clusters.backends.pacemaker.transport import Finished, Ssh
from clusters.backends.pacemaker.troubles import (
    AgentTrouble,
    CredentialTrouble,
    HostKeyChanged,
    HostKeyNotConfirmed,
    KeyRefused,
    NotReached,
    WrongHostKey,
)
from clusters.backends.reaching import Secrets
from clusters.domain.messages import say
from tests.backends.pacemaker.sshnode import HOST, USER, Node, pin, ssh_node

DEADLINE_S = 10.0


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest_asyncio.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with ssh_node(made(tmp_path / "node")) as running:
        running.answers["true"] = Finished(0, "", "")
        yield running


@pytest_asyncio.fixture
async def gate(tmp_path: Path) -> AsyncIterator[Node]:
    async with ssh_node(made(tmp_path / "gate")) as running:
        yield running


def stored(**texts: str) -> Secrets:
    """A store of keys, in memory."""

    async def secrets(name: str) -> str:
        if name not in texts:
            raise Refused(say("credential-key-lost", key="abc"))
        return texts[name]

    return secrets


def reached(node: Node, **options: object) -> Ssh:
    """A way by a stored key, changed by `options`."""
    secrets = stored(key=(node.folder / "id").read_text())
    given = {"user": USER, "credential": "key", "nodes": {"node1": node.options}, **options}
    (ssh,) = transports(given, secrets)
    assert isinstance(ssh, Ssh)
    return ssh


async def test_a_stored_key_opens_the_door(node: Node) -> None:
    ssh = reached(node)
    assert (await ssh.run(["true"], DEADLINE_S)).code == 0
    await ssh.close()


async def test_a_key_that_cannot_be_read_is_said_in_the_store_s_words(node: Node) -> None:
    with pytest.raises(CredentialTrouble) as caught:
        await reached(node, credential="other").run(["true"], DEADLINE_S)
    assert caught.value.message == say("credential-key-lost", key="abc")
    assert node.logins == 0


async def test_a_stored_key_that_is_not_authorized_is_refused_once(node: Node) -> None:
    (node.folder / "id").write_text(asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode())
    ssh = reached(node)
    with pytest.raises(KeyRefused) as first:
        await ssh.run(["true"], DEADLINE_S)
    with pytest.raises(KeyRefused) as second:
        await ssh.run(["true"], DEADLINE_S)
    assert first.value is second.value


async def test_a_changed_host_key_stops_with_both_fingerprints(node: Node) -> None:
    shown = asyncssh.import_public_key(node.host_key).get_fingerprint()
    other = asyncssh.generate_private_key("ssh-ed25519")
    pin(node, other)
    with pytest.raises(HostKeyChanged) as caught:
        await reached(node).run(["true"], DEADLINE_S)
    assert dict(caught.value.message.params) == {"node": "node1", "old": other.get_fingerprint(), "new": shown}
    assert node.logins == 0


async def test_a_host_that_shows_a_key_of_another_kind_is_stopped_too(node: Node) -> None:
    pin(node, asyncssh.generate_private_key("ecdsa-sha2-nistp256"))
    with pytest.raises(HostKeyChanged):
        await reached(node).run(["true"], DEADLINE_S)
    assert node.logins == 0


@pytest.mark.parametrize("pinned", ["", "nonsense"])
async def test_a_host_whose_key_nobody_confirmed_is_not_talked_to(node: Node, pinned: str) -> None:
    ssh = reached(node, nodes={"node1": {**node.options, "host_key": pinned}})
    with pytest.raises(HostKeyNotConfirmed):
        await ssh.run(["true"], DEADLINE_S)
    assert node.logins == 0


async def test_the_host_s_key_is_shown_before_anybody_logs_in(node: Node) -> None:
    ssh = reached(node, credential="other", nodes={"node1": {**node.options, "host_key": ""}})
    assert (await ssh.host_key()).get_fingerprint() == asyncssh.import_public_key(node.host_key).get_fingerprint()
    assert node.logins == 0


async def test_a_machine_without_a_server_shows_no_key(node: Node) -> None:
    with pytest.raises(NotReached):
        await reached(node, nodes={"node1": {**node.options, "port": 1}}).host_key()


async def test_the_way_may_lead_through_a_jump_host_with_a_key_of_its_own(node: Node, gate: Node) -> None:
    secrets = stored(key=(node.folder / "id").read_text(), gate=(gate.folder / "id").read_text())
    options = {"user": USER, "credential": "key", "jump": {**gate.options, "credential": "gate"}}
    one, other = transports({**options, "nodes": {"node1": node.options, "node2": node.options}}, secrets)
    for each in (one, other):
        assert (await each.run(["true"], DEADLINE_S)).code == 0
    assert gate.led_on == [(HOST, node.port)] * 2
    assert gate.logins == 1
    await one.close()
    assert (await other.run(["true"], DEADLINE_S)).code == 0
    assert gate.logins == 1
    await other.close()


async def test_a_jump_host_with_another_key_leads_nowhere(node: Node, gate: Node) -> None:
    pin(gate, asyncssh.generate_private_key("ssh-ed25519"))
    ssh = reached(node, jump=gate.options)
    with pytest.raises(HostKeyChanged) as caught:
        await ssh.run(["true"], DEADLINE_S)
    assert dict(caught.value.message.params)["node"] == HOST
    assert gate.led_on == []


async def test_a_jump_host_in_a_known_hosts_file_that_lacks_it_leads_nowhere(node: Node, gate: Node) -> None:
    options = {name: value for name, value in gate.options.items() if name != "host_key"}
    way = jump(
        {"user": USER, "credential": "key", "known_hosts_file": str(node.folder / "known_hosts"), "jump": options}
    )
    assert way
    with pytest.raises((WrongHostKey, CredentialTrouble)):
        await way.connected()


async def test_what_the_jump_host_cannot_reach_is_a_trouble_of_the_node(node: Node, gate: Node) -> None:
    secrets = stored(key=(gate.folder / "id").read_text())
    options = {"user": USER, "credential": "key", "jump": gate.options}
    (ssh,) = transports({**options, "nodes": {"node1": {**node.options, "port": 1}}}, secrets)
    with pytest.raises(NotReached) as caught:
        await ssh.run(["true"], DEADLINE_S)
    assert dict(caught.value.message.params)["node"] == "node1"
    await ssh.close()


async def test_without_an_agent_there_is_no_login(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(AGENT_VARIABLE, raising=False)
    with pytest.raises(AgentTrouble):
        await reached(node, credential="", agent=True).run(["true"], DEADLINE_S)


@pytest.mark.skipif(not shutil.which("ssh-agent"), reason="there is no ssh-agent here")
async def test_the_agent_s_keys_open_the_door(node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    socket = tmp_path / "agent"
    async with AsyncExitStack() as stack:
        agent = await asyncio.create_subprocess_exec(
            "ssh-agent", "-D", "-a", str(socket), stdout=asyncio.subprocess.PIPE
        )
        stack.push_async_callback(agent.wait)
        stack.callback(agent.terminate)
        assert agent.stdout
        await agent.stdout.readline()
        monkeypatch.setenv(AGENT_VARIABLE, str(socket))
        ssh = reached(node, credential="", agent=True)
        with pytest.raises(AgentTrouble):
            await ssh.run(["true"], DEADLINE_S)
        async with asyncssh.connect_agent(str(socket)) as hands:
            await hands.add_keys([str(node.folder / "id")])
        assert (await ssh.run(["true"], DEADLINE_S)).code == 0
        await ssh.close()


def test_a_host_that_does_not_answer_is_told_in_the_system_s_words() -> None:
    assert words(TimeoutError()) == "Connection timed out"
    assert words(OSError(113, "Connect call failed ('10.77.1.11', 22)")) == "No route to host"


async def test_no_representation_and_no_trouble_holds_the_key(node: Node) -> None:
    text = (node.folder / "id").read_text()
    ssh = reached(node)
    await ssh.run(["true"], DEADLINE_S)
    shown = f"{ssh!r} {ssh.address!r} {vars(ssh)!r} {vars(ssh._line)!r}"
    assert not any(line in shown for line in text.splitlines()[1:-1])
    await ssh.close()
