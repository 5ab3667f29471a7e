"""What can go wrong on the way to a node, against a real SSH server, and that each has a name of its own."""

import os
import select
from collections.abc import AsyncIterator
from pathlib import Path

import asyncssh
import pytest
import pytest_asyncio

from clusters.backends.pacemaker import transport as module
from clusters.backends.pacemaker.looking import CIB, MONITOR, QUORUM, look
from clusters.backends.pacemaker.transport import Finished, Local
from clusters.backends.pacemaker.troubles import (
    AnswerUnreadable,
    AuthenticationRefused,
    FileTrouble,
    NotReached,
    ProgramFailed,
    ProgramForbidden,
    ProgramMissing,
    ServiceStopped,
    TimedOut,
    TooMuchOutput,
    WrongHostKey,
)
from tests.backends.pacemaker.recorded import text
from tests.backends.pacemaker.sshnode import Node, pin, ssh_node

DEADLINE_S = 10.0


@pytest_asyncio.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with ssh_node(tmp_path) as running:
        yield running


async def test_it_runs_a_program_and_tells_its_end(node: Node) -> None:
    node.answers["true"] = Finished(3, "out", "err")
    ssh = node.transport()
    assert await ssh.run(["true"], DEADLINE_S) == Finished(3, "out", "err")
    await ssh.close()


async def test_many_calls_share_one_connection(node: Node) -> None:
    node.answers["true"] = Finished(0, "", "")
    ssh = node.transport()
    for _ in range(5):
        await ssh.run(["true"], DEADLINE_S)
    assert node.logins == 1
    await ssh.close()


async def test_a_lost_connection_is_made_anew(node: Node) -> None:
    node.answers["true"] = Finished(0, "", "")
    ssh = node.transport()
    await ssh.run(["true"], DEADLINE_S)
    await ssh.close()
    await ssh.run(["true"], DEADLINE_S)
    assert node.logins == 2
    await ssh.close()


async def test_hostile_arguments_reach_the_program_as_they_are(node: Node) -> None:
    hostile = ["echo", "$(reboot)", "a b", "'; rm -rf /", "`id`", "--", "\n", "*"]
    ssh = node.transport()
    with pytest.raises(ProgramMissing):
        await ssh.run(hostile, DEADLINE_S)
    assert node.heard == ["echo '$(reboot)' 'a b' ''\"'\"'; rm -rf /' '`id`' -- '\n' '*'"]
    await ssh.close()


async def test_a_wrong_host_key_is_refused_and_nobody_logs_in(node: Node) -> None:
    pin(node, asyncssh.generate_private_key("ssh-ed25519"))
    with pytest.raises(WrongHostKey) as caught:
        await node.transport().run(["true"], DEADLINE_S)
    assert node.logins == 0
    assert dict(caught.value.message.params)["file"] == str(node.folder / "known_hosts")


async def test_an_unknown_host_is_refused(node: Node) -> None:
    (node.folder / "known_hosts").write_text("")
    with pytest.raises(WrongHostKey):
        await node.transport().run(["true"], DEADLINE_S)


async def test_a_key_that_is_not_authorized_is_refused_once_and_not_tried_again(node: Node) -> None:
    stranger = node.folder / "stranger"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(stranger)
    ssh = node.transport(key_file=stranger)
    with pytest.raises(AuthenticationRefused) as first:
        await ssh.run(["true"], DEADLINE_S)
    with pytest.raises(AuthenticationRefused) as second:
        await ssh.run(["true"], DEADLINE_S)
    assert first.value is second.value


@pytest.mark.parametrize("which", ["key_file", "known_hosts_file"])
async def test_a_missing_file_is_named(node: Node, which: str) -> None:
    missing = node.folder / "missing"
    with pytest.raises(FileTrouble) as caught:
        await node.transport(**{which: missing}).run(["true"], DEADLINE_S)
    assert dict(caught.value.message.params)["file"] == str(missing)


async def test_a_file_that_is_no_key_is_named(node: Node) -> None:
    (node.folder / "id").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nnonsense\n")
    with pytest.raises(FileTrouble):
        await node.transport().run(["true"], DEADLINE_S)


async def test_a_node_without_a_server_is_not_reached(node: Node) -> None:
    with pytest.raises(NotReached):
        await node.transport(port=1).run(["true"], DEADLINE_S)


async def test_a_program_that_is_not_installed_is_named(node: Node) -> None:
    ssh = node.transport()
    with pytest.raises(ProgramMissing) as caught:
        await look(ssh)
    assert dict(caught.value.message.params)["program"] in ("crm_mon", "cibadmin")
    await ssh.close()


async def test_a_program_that_may_not_be_run_is_named(node: Node) -> None:
    node.answers["crm_mon"] = Finished(126, "", "Permission denied")
    ssh = node.transport()
    with pytest.raises(ProgramForbidden):
        await ssh.run(["crm_mon"], DEADLINE_S)
    await ssh.close()


async def test_a_program_that_never_ends_meets_its_deadline(node: Node) -> None:
    node.answers["crm_mon"] = None
    ssh = node.transport()
    with pytest.raises(TimedOut) as caught:
        await ssh.run(["crm_mon"], 0.2)
    assert dict(caught.value.message.params)["program"] == "crm_mon"
    await ssh.close()


async def test_endless_output_is_cut_off(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OUTPUT_MAX_BYTES", 100_000)
    node.answers["yes"] = Finished(0, "y" * 200_000, "")
    ssh = node.transport()
    with pytest.raises(TooMuchOutput):
        await ssh.run(["yes"], DEADLINE_S)
    await ssh.close()


def _cluster(node: Node, monitor: Finished) -> None:
    node.answers = {
        " ".join(MONITOR): monitor,
        " ".join(CIB): Finished(0, text("healthy.cib.xml"), ""),
        " ".join(QUORUM): Finished(0, text("healthy.quorum.txt"), ""),
    }


async def test_a_look_over_ssh_gives_the_node_s_view(node: Node) -> None:
    _cluster(node, Finished(0, text("healthy.crm_mon.xml"), ""))
    ssh = node.transport()
    view = await look(ssh)
    assert (view.node, view.quorate, len(view.monitor.nodes)) == ("node1", True, 3)
    await ssh.close()


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (Finished(4, text("no-rights.crm_mon.xml"), ""), ProgramForbidden),
        (Finished(102, "", "Not connected"), ServiceStopped),
        (Finished(1, "", "error: something broke"), ProgramFailed),
        (Finished(0, text("healthy.crm_mon.xml")[:900], ""), AnswerUnreadable),
    ],
)
async def test_a_complaint_of_pacemaker_is_understood(node: Node, answer: Finished, trouble: type[Exception]) -> None:
    _cluster(node, answer)
    ssh = node.transport()
    with pytest.raises(trouble):
        await look(ssh)
    await ssh.close()


async def test_votes_are_optional(node: Node) -> None:
    _cluster(node, Finished(0, text("healthy.crm_mon.xml"), ""))
    del node.answers[" ".join(QUORUM)]
    ssh = node.transport()
    assert (await look(ssh)).votes is None
    await ssh.close()


async def test_a_local_program_gets_its_input_and_plain_words() -> None:
    finished = await Local("here").run(["cat"], DEADLINE_S, stdin="words")
    assert finished == Finished(0, "words", "")
    assert "LC_ALL=C" in (await Local("here").run(["env"], DEADLINE_S)).out


async def test_a_local_program_and_its_children_end_at_the_deadline(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with pytest.raises(TimedOut):
        await Local("here").run(["sh", "-c", f'sleep 600 & echo $! > "{note}"; wait'], 0.5)
    try:
        child = os.pidfd_open(int(note.read_text()))
    except ProcessLookupError:
        return
    ended, _, _ = select.select([child], [], [], DEADLINE_S)
    os.close(child)
    assert ended


async def test_a_local_program_that_is_missing_is_named() -> None:
    with pytest.raises(ProgramMissing):
        await Local("here").run(["no-such-program"], DEADLINE_S)
