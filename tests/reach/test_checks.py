"""The tests of a connection: the first that fails is named, and what that makes pointless is skipped."""

from pathlib import Path
from typing import Any

import asyncssh
import pytest
from asgiref.sync import async_to_sync

from clusters import enrolment
from clusters.backends.pacemaker import checks
from clusters.backends.pacemaker.looking import CIB, MONITOR
from clusters.backends.pacemaker.transport import Finished
from clusters.backends.reaching import JUMP, Finding, HostKey, Verdict
from clusters.backends.sshkeys import PrivateKey
from clusters.presenters.reaching import CHECKS, machines
from clusters.presenters.sentences import CATALOGUE
from tests.backends.pacemaker.recorded import text
from tests.backends.pacemaker.sshnode import USER, Node, pin
from tests.reach.hosts import host
from vms.backends import libvirtcheck

NODES = ("node1", "node2", "node3")
REST = tuple(name for name in CHECKS if name not in ("check-reach", "check-host-key", "check-login"))


def examined(node: Node, **options: Any) -> tuple[Finding, ...]:
    """What is found on node1, of three nodes that are all the same machine."""
    keys = {"key": PrivateKey((node.folder / "id").read_text(), "", "")}
    given = {"user": USER, "credential": "key", "nodes": dict.fromkeys(NODES, node.options), **options}
    return async_to_sync(enrolment.tests)("pacemaker", given, enrolment.secrets(keys))["node1"]


def verdicts(found: tuple[Finding, ...]) -> dict[str, Verdict]:
    return {each.check: each.verdict for each in found}


def test_a_healthy_node_passes_every_test(node: Node) -> None:
    assert verdicts(examined(node)) == dict.fromkeys(CHECKS, Verdict.WELL)


def test_a_machine_that_is_away_fails_at_once_and_the_rest_is_skipped(node: Node) -> None:
    away = {**node.options, "port": 1}
    found = examined(node, nodes={"node1": away})
    assert verdicts(found) == {"check-reach": Verdict.FAILED} | dict.fromkeys(list(CHECKS)[1:], Verdict.SKIPPED)


def test_a_changed_host_key_is_no_trouble_of_the_network(node: Node) -> None:
    pin(node, asyncssh.generate_private_key("ssh-ed25519"))
    found = examined(node)
    assert list(verdicts(found).values())[:3] == [Verdict.WELL, Verdict.FAILED, Verdict.SKIPPED]
    assert found[1].message.code == "ssh-host-key-changed"


def test_a_machine_that_was_never_asked_is_not_said_to_answer(node: Node) -> None:
    unconfirmed, away = {**node.options, "host_key": ""}, {**node.options, "port": 1}
    for found in (examined(node, nodes={"node1": unconfirmed}), examined(node, credential="no", nodes={"node1": away})):
        assert Verdict.WELL not in verdicts(found).values()


def test_a_refused_key_is_a_trouble_of_the_login(node: Node) -> None:
    (node.folder / "id").write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    found = examined(node)
    assert list(verdicts(found).values())[:3] == [Verdict.WELL, Verdict.WELL, Verdict.FAILED]
    assert set(list(verdicts(found).values())[3:]) == {Verdict.SKIPPED}


@pytest.mark.parametrize(
    ("line", "answer", "check", "code"),
    [
        ("virsh --version", Finished(127, "", ""), "check-programs", "program-missing"),
        (" ".join(MONITOR), Finished(4, text("no-rights.crm_mon.xml"), ""), "check-rights", "program-forbidden"),
        (" ".join(CIB), Finished(4, "", ""), "check-rights", "acl-hides-configuration"),
        ("crm_node -n", Finished(0, "other\n", ""), "check-name", "check-name-differs"),
        (
            "virsh --readonly --connect qemu:///system list --all --name",
            Finished(1, "", "error: failed to connect"),
            "check-libvirt",
            "program-failed",
        ),
    ],
)
def test_what_is_in_the_way_on_a_node_is_named(node: Node, line: str, answer: Finished, check: str, code: str) -> None:
    node.answers[line] = answer
    (failed,) = [each for each in examined(node) if each.verdict is Verdict.FAILED]
    assert (failed.check, failed.message.code) == (check, code)


def test_a_node_that_is_not_in_this_cluster_is_named(node: Node) -> None:
    found = examined(node, nodes={"node1": node.options, "stranger": node.options})
    (members,) = [each for each in found if each.check == "check-members"]
    assert (members.verdict, dict(members.message.params)) == (Verdict.FAILED, {"nodes": "stranger"})


def test_nodes_that_were_left_out_are_a_warning(node: Node) -> None:
    found = examined(node, nodes={"node1": node.options})
    (members,) = [each for each in found if each.check == "check-members"]
    assert (members.verdict, dict(members.message.params)) == (Verdict.WARNING, {"nodes": "node2, node3"})


def test_a_part_without_quorum_is_a_warning(node: Node) -> None:
    node.answers[" ".join(MONITOR)] = Finished(0, text("partitioned-minority.crm_mon.xml"), "")
    node.answers[" ".join(CIB)] = Finished(0, text("partitioned-minority.cib.xml"), "")
    assert verdicts(examined(node))["check-quorum"] is Verdict.WARNING


@pytest.mark.parametrize(
    ("who", "groups", "code"),
    [("root", "root", "account-root"), ("console", "haclient", "account-in-haclient"), ("me", "me", "account-plain")],
)
def test_it_is_said_what_the_account_is(node: Node, who: str, groups: str, code: str) -> None:
    node.answers |= {"id -u -n": Finished(0, f"{who}\n", ""), "id -G -n": Finished(0, f"{groups}\n", "")}
    (account,) = [each for each in examined(node) if each.check == "check-account"]
    assert account.message.code == code


def test_tests_change_nothing(node: Node) -> None:
    examined(node)
    assert {line.split()[0] for line in node.heard} <= {
        "true", "id", "crm_mon", "cibadmin", "crm_resource", "crm_attribute", "corosync-quorumtool", "corosync-cfgtool",
        "cat", "crm_node", "virsh",
    }  # fmt: skip
    assert not [
        line
        for line in node.heard
        if line.startswith(("cibadmin", "virsh")) and not {"--query", "--readonly", "--version"} & set(line.split())
    ]


def test_every_finding_has_its_words(node: Node) -> None:
    found = examined(node)
    assert not [each for each in found if each.message and each.message.code not in CATALOGUE]
    (shown,) = machines({"node1": found})
    assert all(row.title and row.text for row in shown.rows)


def test_host_keys_are_seen_without_a_login(node: Node) -> None:
    options = {"user": USER, "credential": "nothing", "nodes": {"node1": {**node.options, "host_key": ""}}}
    seen = async_to_sync(enrolment.host_keys)("pacemaker", options, enrolment.secrets({}))
    shown = seen["node1"]
    assert isinstance(shown, HostKey)
    assert shown.public.split()[:2] == node.host_key.split()[:2]
    assert node.logins == 0


def test_behind_a_jump_host_that_nobody_confirmed_nothing_is_asked(node: Node, tmp_path: Path) -> None:
    with host(tmp_path / "gate") as gate:
        options = {
            "user": USER,
            "credential": "key",
            "jump": {**gate.options, "host_key": ""},
            "nodes": {"node1": {**node.options, "host_key": ""}},
        }
        seen = async_to_sync(enrolment.host_keys)("pacemaker", options, enrolment.secrets({}))
        assert set(seen) == {JUMP}
        assert (gate.logins, gate.led_on) == (0, [])


def test_a_node_whose_programs_hang_does_not_keep_back_what_the_others_say(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (checks, libvirtcheck):
        monkeypatch.setattr(module, "DEADLINE_S", 2.0)
    monkeypatch.setattr(enrolment, "SECONDS_AT_MOST", 7)  # one after the other they would take eight
    with host(tmp_path / "hung", "node3") as hung:
        hangs = (
            "crm_mon --version",
            "id -u -n",
            "crm_node -n",
            "virsh --readonly --connect qemu:///system list --all --name",
        )
        hung.answers.update(dict.fromkeys(hangs))
        gone = {**hung.options, "credential": "hung"}
        keys = {
            name: PrivateKey((each.folder / "id").read_text(), "", "")
            for name, each in {"key": node, "hung": hung}.items()
        }
        nodes = {"node1": node.options, "node2": node.options, "node3": gone}
        given = {"user": USER, "credential": "key", "nodes": nodes}
        found = async_to_sync(enrolment.tests)("pacemaker", given, enrolment.secrets(keys))
    assert verdicts(found["node1"]) == dict.fromkeys(CHECKS, Verdict.WELL)
    failed = {each.check: each.message.code for each in found["node3"] if each.verdict is Verdict.FAILED}
    assert failed == dict.fromkeys(("check-programs", "check-account", "check-name", "check-libvirt"), "timed-out")
