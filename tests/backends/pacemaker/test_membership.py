"""Machines join and leave a cluster, and are defined anew: what is looked at first, what is written."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clusters.backends.base import Refused
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.cib import read_cib
from clusters.backends.pacemaker.looking import CIB, MONITOR
from clusters.backends.pacemaker.overrides import KEEP, labels
from clusters.backends.pacemaker.transport import Finished
from clusters.domain.commands import Command
from clusters.domain.operations import Phase
from tests.backends.pacemaker.recorded import NODES, Player, script, text, view
from tests.backends.pacemaker.test_libvirt import block
from vms.backends import definitions
from vms.backends.hosts import ACTING, LOOKING
from vms.backends.libvirt import Libvirt
from vms.domain.commands import AddMachine, RefreshConfiguration, RemoveMachine

FILE = "/srv/ClusterStorage/Volume1/new/new.xml"
UUID = "0b3c1e9a-5d3f-4a53-9b57-6f8f9b1b7a11"
NEW = f"<domain><name>new</name><uuid>{UUID}</uuid><memory>65536</memory></domain>"
WELL, NOT_THERE = Finished(0, "", ""), Finished(1, "", "")
STATE = (*LOOKING, "domstats", "--nowait", "--state", "new")
KEPT = (*LOOKING, "list", "--all", "--persistent", "--name")
CHANGING = ("cibadmin", "crm_resource", "tee", "mv", "define", "undefine")


def cluster(
    file: str = NEW, on: Mapping[str, Mapping[tuple[str, ...], Finished]] | None = None
) -> tuple[Libvirt, list[Player]]:
    """The recorded healthy cluster; `on` is what single nodes answer besides."""
    players = [Player(node, script("healthy")) for node in NODES]
    for player in players:
        asked = {("cat", "--", FILE): Finished(0, file, ""), STATE: NOT_THERE}
        asked[("test", "-x", definitions.AGENT_FILE)] = NOT_THERE
        player.answers = {**player.answers, **asked, **(on or {}).get(player.node, {})}
    return Libvirt(Pacemaker(players)), players


def done(players: list[Player]) -> list[tuple[str, str]]:
    """Node and program of everything that was changed."""
    told = [(player.node, argv) for player in players for argv in player.told]
    return [(node, " ".join(argv)) for node, argv in told if any(word in argv for word in CHANGING)]


async def asked(backend: Libvirt, command: Command) -> str:
    """The code of the refusal; "" when it was begun."""
    await backend.observe("")
    try:
        await backend.submit("k", command)
    except Refused as refused:
        return refused.message.code
    return ""


async def test_a_machine_at_rest_joins_at_rest() -> None:
    backend, players = cluster()
    assert await asked(backend, AddMachine(FILE)) == ""
    ((_, line),) = done(players)
    assert line.startswith("cibadmin --create --sync-call -o resources")
    assert '<primitive id="new" class="ocf" provider="heartbeat" type="VirtualDomain">' in line
    assert 'name="target-role" value="Stopped"' in line


async def test_a_machine_that_runs_goes_on_and_its_host_forgets_its_own_definition() -> None:
    on = {
        STATE: Finished(0, block("new"), ""),
        (*LOOKING, "domuuid", "--domain", "new"): Finished(0, UUID, ""),
        KEPT: Finished(0, "old\nnew\n", ""),
    }
    backend, players = cluster(on={"node2": on})
    assert await asked(backend, AddMachine(FILE)) == ""
    (_, line), undefined = done(players)
    assert undefined == ("node2", " ".join((*ACTING, "undefine", "--keep-nvram", "--domain", "new")))
    assert 'name="target-role" value="Started"' in line


@pytest.mark.parametrize(("file", "on", "code"), [
    ("no xml", {}, "no-domain-there"),
    ("<domain><uuid>1</uuid></domain>", {}, "no-domain-there"),
    ("<domain><name>a b</name></domain>", {}, "name-is-no-id"),
    ("<domain><name>vm1</name></domain>", {}, "name-is-taken"),
    (NEW, {"node3": {("cat", "--", FILE): NOT_THERE}}, "file-not-everywhere"),
    (NEW, {"node3": {("cat", "--", FILE): Finished(0, NEW + " ", "")}}, "file-differs"),
    (NEW, {node: {STATE: Finished(0, block("new"), "")} for node in NODES[:2]}, "several-owners"),
    (NEW, {"node1": {STATE: Finished(0, block("new"), "")}}, "another-machine-there"),
    (NEW, {"node3": {KEPT: Finished(0, "new\n", "")}}, "another-machine-there"),
])  # fmt: skip
async def test_what_cannot_join_is_refused_and_nothing_is_written(
    file: str, on: Mapping[str, Mapping[tuple[str, ...], Finished]], code: str
) -> None:
    backend, players = cluster(file, on)
    assert await asked(backend, AddMachine(FILE)) == code
    assert done(players) == []


async def test_a_node_that_the_console_cannot_ask_might_run_it() -> None:
    backend, players = cluster()
    backend = Libvirt(Pacemaker(players[:2]))
    assert await asked(backend, AddMachine(FILE)) == "no-way-to-node"
    assert done(players) == []


async def test_a_machine_that_is_a_role_does_not_become_another_one() -> None:
    path = view("healthy").cib.definitions["vm1"].params["config"]
    assert definitions.against_joining("twin", path, view("healthy")).code == "machine-is-a-role"


def test_it_reaches_other_hosts_as_the_machines_that_are_there() -> None:
    argv = definitions.joined("new", FILE, True, True, view("healthy"))
    assert 'name="migration_transport" value="tcp"' in argv[-1]
    assert 'provider="console" type="VirtualMachine"' in argv[-1]
    assert 'name="migrate_to" interval="0" timeout="3600s" on-fail="block"' in argv[-1]


def test_it_saves_where_the_machines_that_are_there_do_if_they_agree() -> None:
    seen = view("healthy")
    assert "state_dir" not in definitions.joined("new", FILE, True, True, seen)[-1]
    there = seen.cib.definitions.items()
    alike = {name: replace(each, params=each.params | {"state_dir": "/s"}) for name, each in there}
    agreed = replace(seen, cib=replace(seen.cib, definitions=alike))
    assert 'name="state_dir" value="/s"' in definitions.joined("new", FILE, True, True, agreed)[-1]


async def test_a_machine_leaves_and_is_not_stopped() -> None:
    backend, players = cluster()
    assert await asked(backend, RemoveMachine("vm1")) == ""
    config = view("healthy").cib.definitions["vm1"].params["config"]
    assert done(players)[0] == ("node1", " ".join((*ACTING, "define", config)))
    lines = [line for _, line in done(players)[1:]]
    assert 'name="stop-orphan-resources" value="false"' in lines[0]
    assert [line.split(" --")[1] for line in lines[1:]] == ["delete-all", "refresh"]


async def test_a_machine_leaves_a_cluster_that_does_not_tell_the_time() -> None:
    timeless = re.sub(r' last_updated="[^"]*"', "", text("healthy.crm_mon.xml"))
    backend, players = cluster(on={node: {MONITOR: Finished(0, timeless, "")} for node in NODES})
    assert await asked(backend, RemoveMachine("vm1")) == ""
    assert any('name="stop-orphan-resources" value="false"' in line for _, line in done(players))


async def test_one_that_has_left_while_the_answer_got_lost_has_left() -> None:
    (argv, *_) = definitions.leaving("new", "k", datetime(2027, 11, 23, tzinfo=UTC))
    kept = argv[-1].removeprefix("<configuration><crm_config>").removesuffix("</crm_config></configuration>")
    gone = Finished(0, text("healthy.cib.xml").replace("</crm_config>", f"{kept}</crm_config>"), "")
    backend, players = cluster(on={node: {CIB: gone} for node in NODES})
    assert await asked(backend, RemoveMachine("new")) == ""
    assert done(players) == []
    assert (await backend.observe("")).tasks["k"].phase is Phase.SUCCEEDED


def test_what_keeps_it_from_being_stopped_is_found_again() -> None:
    (argv, *_) = definitions.leaving("vm1", "op-1", datetime(2026, 11, 23, tzinfo=UTC))
    kept = argv[-1].removeprefix("<configuration><crm_config>").removesuffix("</crm_config></configuration>")
    cib = read_cib(text("healthy.cib.xml").replace("</crm_config>", f"{kept}</crm_config>"))
    assert labels(cib) == {f"{KEEP}op-1": "op-1"}
    assert "stop-orphan-resources" not in cib.options


@pytest.mark.parametrize(("role", "code"), [("fence-lab", "machine-in-a-group"), ("ghost", "role-unknown")])
async def test_only_machines_leave(role: str, code: str) -> None:
    backend, players = cluster()
    assert await asked(backend, RemoveMachine(role)) == code
    assert done(players) == []


async def test_one_that_others_are_tied_to_does_not_leave() -> None:
    tie = '<constraints><rsc_colocation id="tie" rsc="vm2" with-rsc="vm1" score="INFINITY"/>'
    tied = Finished(0, text("healthy.cib.xml").replace("<constraints>", tie), "")
    backend, players = cluster(on={node: {CIB: tied} for node in NODES})
    assert await asked(backend, RemoveMachine("vm1")) == "role-is-tied"
    assert done(players) == []


async def test_a_definition_is_written_anew_from_what_its_host_has() -> None:
    path = view("healthy").cib.definitions["vm1"].params["config"]
    old, new = (NEW.replace("new", "vm1").replace("65536", size) for size in ("65536", "131072"))
    dump = (*ACTING, "dumpxml", "--inactive", "--security-info", "--domain", "vm1")
    stand: dict[str, dict[tuple[str, ...], Finished]] = {
        node: {("cat", "--", path): Finished(0, holds, "")} for node, holds in zip(NODES, (old, new, old), strict=True)
    }
    backend, players = cluster(on={**stand, "node1": {**stand["node1"], dump: Finished(0, new, "")}})
    assert await asked(backend, RefreshConfiguration("vm1")) == ""
    written = (f"tee -- {path}.console-new", f"mv --no-target-directory -- {path}.console-new {path}")
    # node2 reads the same file, node3 has a copy of its own
    assert done(players) == [(node, line) for node in ("node1", "node3") for line in written]


async def test_another_machine_s_definition_is_never_taken() -> None:
    path = view("healthy").cib.definitions["vm1"].params["config"]
    dump = (*ACTING, "dumpxml", "--inactive", "--security-info", "--domain", "new")
    other = Finished(0, NEW.replace(UUID, "another"), "")
    backend, players = cluster(on={"node1": {("cat", "--", path): Finished(0, NEW, ""), dump: other}})
    assert await asked(backend, RefreshConfiguration("vm1")) == "another-machine-there"
    assert done(players) == []
