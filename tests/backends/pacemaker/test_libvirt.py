"""The hypervisor half: what virsh and the domain's XML say, and the machines that come of it."""

from dataclasses import replace

import pytest

from clusters.backends.base import Observation, Refused
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.document import Unreadable
from clusters.backends.pacemaker.transport import Finished
from clusters.domain.commands import StopRole
from clusters.domain.items import Node, Role, RoleState
from clusters.domain.keys import Key
from clusters.domain.lifecycle import role_badness
from tests.backends.pacemaker.recorded import KEY, NODES, Player, script, text
from vms.backends.domainxml import Domain, read_domain
from vms.backends.domstats import read_domstats, read_job, read_nodeinfo
from vms.backends.libvirt import STATS, VIRSH, Libvirt
from vms.domain.commands import (
    LiveMigrate,
    QuickMigrate,
    ResetMonitored,
    SaveMachine,
    SetOfflineAction,
    ShutDownMachine,
    TurnOffMachine,
)
from vms.domain.items import MigrationState, OfflineAction, Power, VirtualMachine

SIZE = "  balloon.maximum=98304\n  vcpu.current=1\n"
NODEINFO = "CPU model:           x86_64\nCPU(s):              2\nMemory size:         5597396 KiB\n"
JOB = (*VIRSH, "domjobinfo", "--rawstats", "--domain", "big")


def block(name: str, state: int = 1, reason: int = 1) -> str:
    """One machine as domstats tells it."""
    return f"Domain: '{name}'\n  state.state={state}\n  state.reason={reason}\n{SIZE}\n"


def cluster(name: str, hosts: dict[str, str]) -> tuple[Libvirt, dict[str, Player]]:
    """Three nodes that play a recording; `hosts` holds what domstats says on each."""
    players = {node: Player(node, script(name)) for node in NODES}
    for node, player in players.items():
        player.answers = {
            **player.answers,
            STATS: Finished(0, hosts.get(node, ""), ""),
            (*VIRSH, "nodeinfo"): Finished(0, NODEINFO, ""),
            ("cat", "--", "/srv/ClusterStorage/Volume1/vm2/vm2.xml"): Finished(0, text("vm2.dumpxml.xml"), ""),
        }
    return Libvirt(Pacemaker(players.values())), players


def machine(seen: Observation, name: str) -> VirtualMachine:
    found = seen.state.find(VirtualMachine, name)
    assert found
    return found


HEALTHY = {"node1": block("vm1"), "node2": block("vm2"), "node3": block("vm3")}


def test_it_reads_a_domain() -> None:
    domain = read_domain(text("vm2.dumpxml.xml"))
    assert (domain.name, domain.memory_mb, domain.cpus, domain.acpi) == ("vm2", 96, 1, True)
    assert (domain.disks, domain.networks) == ((("vda", "/srv/ClusterStorage/Volume1/vm2/vm2.qcow2"),), ("vmbr0",))


@pytest.mark.parametrize(
    ("unit", "amount", "mb"), [("GiB", 2, 2048), ("KiB", 2048, 2), ("b", 1 << 20, 1), ("?", 1024, 1)]
)
def test_it_reads_memory_in_every_unit(unit: str, amount: int, mb: int) -> None:
    assert read_domain(f"<domain><memory unit='{unit}'>{amount}</memory></domain>").memory_mb == mb


def test_what_is_no_domain_is_an_error_and_half_a_domain_is_half_known() -> None:
    with pytest.raises(Unreadable):
        read_domain("<network/>")
    assert read_domain("<domain><vcpu>many</vcpu></domain>") == Domain("")


def test_it_reads_recorded_statistics() -> None:
    stats = read_domstats(text("healthy.virsh.txt"))
    assert {name: (each.power, each.memory_mb, each.cpus) for name, each in stats.items()} == {
        "vm1": (Power.RUNNING, 96, 1), "vm2": (Power.RUNNING, 256, 1), "vm3": (Power.RUNNING, 96, 1)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("reasons", "power"),  # VIR_DOMAIN_PAUSED_…
    [
        ((1, 2, 4, 6, 7, 9, 12), Power.PAUSED),  # USER, MIGRATION, DUMP, WATCHDOG, FROM_SNAPSHOT, SNAPSHOT, POSTCOPY
        ((3,), Power.SAVING),
        ((8,), Power.STOPPING),  # SHUTTING_DOWN
        ((11,), Power.STARTING),
        ((5, 10, 13, 14), Power.PAUSED_CRITICAL),  # IOERROR, CRASHED, POSTCOPY_FAILED, API_ERROR
    ],
)
def test_a_paused_machine_says_why_it_is_paused(reasons: tuple[int, ...], power: Power) -> None:
    assert {read_domstats(block("vm", 3, reason))["vm"].power for reason in reasons} == {power}


def test_a_guest_that_has_crashed_and_is_kept_is_not_just_off() -> None:
    assert read_domstats(block("vm", 6, 1))["vm"].power is Power.PAUSED_CRITICAL


@pytest.mark.parametrize(
    "damaged", ["", "Domain: 'vm'", "Domain: 'vm'\n state.state=99", "Domain: 'vm'\n state.state=ein"]
)
def test_damaged_statistics_are_never_a_running_machine(damaged: str) -> None:
    assert {stats.power for stats in read_domstats(damaged).values()} <= {Power.UNKNOWN}


def test_it_reads_how_far_a_migration_has_come() -> None:
    job = read_job(text("move-under-way.domjobinfo.txt"))
    assert job
    assert 0 <= job.percent <= 99
    assert job.left <= job.total


@pytest.mark.parametrize("nothing", ["", "Job type: 0", "error: failed to get domain", "operation: 3\nmemory_total: 9"])
def test_no_migration_is_no_progress(nothing: str) -> None:
    assert read_job(nothing) is None


def test_it_reads_a_host() -> None:
    assert read_nodeinfo(NODEINFO) == (2, 5466)
    assert read_nodeinfo("") == (0, 0)


async def test_machines_stand_beside_their_roles() -> None:
    backend, _ = cluster("healthy", HEALTHY)
    seen = await backend.observe("")
    made = machine(seen, "vm2")
    assert (made.power, made.owner, made.memory_mb, made.uuid[:8]) == (Power.RUNNING, "2", 96, "4071901b")
    assert (made.offline_action, machine(seen, "vm3").offline_action) == (
        OfflineAction.SAVE, OfflineAction.SHUT_DOWN_FORCED)  # fmt: skip
    assert seen.origin[Key("vm", "vm2")] == "libvirt node2"


async def test_hosts_tell_their_size_and_what_is_placed_on_them() -> None:
    seen = await cluster("healthy", HEALTHY)[0].observe("")
    nodes = {node.name: (node.cpus, node.memory_mb, node.memory_used_mb) for node in seen.state.all(Node)}
    assert nodes == dict.fromkeys(NODES, (2, 5466, 96))


async def test_a_machine_its_owner_does_not_know_is_not_said_to_run() -> None:
    seen = await cluster("healthy", {**HEALTHY, "node1": ""})[0].observe("")
    assert machine(seen, "vm1").power is Power.UNKNOWN


@pytest.mark.parametrize(
    ("state", "reason", "word"),
    [
        (1, 1, "running"),
        (3, 1, "paused"),
        (3, 2, "paused"),  # for a migration, of which the cluster knows nothing
        (3, 3, "saving"),
        (3, 5, "paused-critical"),
        (3, 8, "stopping"),
        (4, 1, "stopping"),
        (6, 1, "paused-critical"),
        (99, 0, "unknown"),
    ],
)
async def test_a_role_is_told_by_what_its_hypervisor_says_of_the_guest(state: int, reason: int, word: str) -> None:
    seen = await cluster("healthy", {**HEALTHY, "node1": block("vm1", state, reason)})[0].observe("")
    role = seen.state.find(Role, "vm1")
    assert role
    assert (role.state, role.status, role.badness) == (RoleState.ONLINE, word, role_badness(word))


async def test_a_role_whose_guest_is_off_is_a_warning_and_not_said_to_run() -> None:
    role = (await cluster("healthy", {**HEALTHY, "node1": block("vm1", 5)})[0].observe("")).state.find(Role, "vm1")
    assert role
    assert (role.state, role.status, role.badness, role.information.code) == (RoleState.ONLINE, "off", 2, "guest-off")


async def test_what_a_silent_host_last_said_of_a_guest_is_no_word_against_the_cluster() -> None:
    backend, players = cluster("healthy", {**HEALTHY, "node1": block("vm1", 4)})
    await backend.observe("")
    players["node1"].answers = {**players["node1"].answers, STATS: Finished(1, "", "error: failed to connect\n")}
    role = (await backend.observe("")).state.find(Role, "vm1")
    assert role
    assert role.status == "running"


async def test_a_role_whose_machine_its_owner_does_not_know_is_not_said_to_run() -> None:
    role = (await cluster("healthy", {**HEALTHY, "node2": ""})[0].observe("")).state.find(Role, "vm2")
    assert role
    assert (role.status, role.information.code) == ("unknown", "guest-not-known")


async def test_a_host_whose_hypervisor_is_silent_leaves_its_machines_as_they_were() -> None:
    backend, players = cluster("healthy", HEALTHY)
    await backend.observe("")
    players["node1"].answers = {**players["node1"].answers, STATS: Finished(1, "", "error: failed to connect\n")}
    seen = await backend.observe("")
    assert machine(seen, "vm1").power is Power.RUNNING
    errors = {source.name: source.error.code for source in seen.sources}
    assert errors["libvirt node1"] == "program-failed"


async def test_a_machine_on_an_unclean_node_is_unknown() -> None:
    seen = await cluster("partitioned-unclean-majority", HEALTHY)[0].observe("")
    assert machine(seen, "vm3").power is Power.UNKNOWN


async def test_a_machine_on_an_unclean_node_is_not_moved() -> None:  # fcm F04, F09
    backend, _ = cluster("partitioned-unclean-majority", HEALTHY)
    await backend.observe("")
    reasons = {backend.can(kind, LiveMigrate("vm3").subject).code for kind in (LiveMigrate, QuickMigrate)}
    assert reasons == {"owner-unclean"}


async def test_a_stopped_machine_is_off() -> None:
    assert machine(await cluster("vm-stopped", HEALTHY)[0].observe(""), "vm1").power is Power.OFF


async def test_a_migration_shows_its_progress_on_machine_role_and_task() -> None:
    backend, players = cluster("move-under-way", {"node2": block("big"), "node1": block("big", 3, 2)})
    players["node2"].answers = {**players["node2"].answers, JOB: Finished(0, text("move-under-way.domjobinfo.txt"), "")}
    seen = await backend.observe("")
    made, role = machine(seen, "big"), seen.state.find(Role, "big")
    assert role
    assert made.migration is MigrationState.TRANSFER
    assert made.power is Power.RUNNING
    assert role.progress == made.migration_progress
    assert seen.tasks[KEY].progress == (made.migration_progress or 0) / 100


async def test_it_offers_what_the_agent_of_a_machine_can_do() -> None:
    backend, _ = cluster("healthy", HEALTHY)
    await backend.observe("")
    acts = (QuickMigrate, SaveMachine, ShutDownMachine, TurnOffMachine, SetOfflineAction, ResetMonitored)
    told = {role: [backend.can(act, Key("role", role)).code for act in acts] for role in ("vm1", "vm3")}
    assert told == {
        "vm1": ["", "", "", "", "", "not-with-pacemaker"],
        "vm3": ["agent-cannot", "agent-cannot", "", "agent-cannot", "agent-cannot", "not-with-pacemaker"],
    }


async def test_live_migration_and_the_cluster_s_own_acts_are_possible() -> None:
    backend, players = cluster("healthy", HEALTHY)
    await backend.observe("")
    assert not backend.can(LiveMigrate, Key("role", "vm1"))
    assert not backend.can(StopRole, Key("role", "vm1"))
    await backend.submit("op-1", LiveMigrate("vm1", "2"))
    assert [argv[:2] for player in players.values() for argv in player.changes()] == [("cibadmin", "--create")]


async def test_a_machine_is_turned_off_by_telling_its_stop() -> None:
    backend, players = cluster("healthy", HEALTHY)
    await backend.observe("")
    await backend.submit("op-1", TurnOffMachine("vm1"))
    told, stopped = [argv for player in players.values() for argv in player.changes()]
    assert 'name="offline-action" value="turnoff"' in told[-1]
    assert stopped[-1] == "--parameter-value=Stopped"


async def test_a_stop_that_the_agent_cannot_be_told_of_is_refused() -> None:
    backend, players = cluster("healthy", HEALTHY)
    await backend.observe("")
    for command in (TurnOffMachine("vm3"), ShutDownMachine("vm3"), SetOfflineAction("vm3", OfflineAction.SAVE)):
        with pytest.raises(Refused) as caught:
            await backend.submit("op-1", command)
        assert caught.value.message.code == "agent-cannot"
    assert not [argv for player in players.values() for argv in player.changes()]


async def test_a_machine_at_rest_whose_memory_lies_on_the_shared_storage_is_saved() -> None:
    backend, players = cluster("vm-stopped", HEALTHY)
    question = ("ls", "-d", "--", "/srv/ClusterStorage/Volume1/vm1/vm1.state")
    for player in players.values():
        player.answers = {**player.answers, question: Finished(0, question[-1] + "\n", "")}
    seen = await backend.observe("")
    machine = seen.state.find(VirtualMachine, "vm1")
    assert machine
    assert machine.power is Power.SAVED


async def test_the_machine_of_a_group_is_found_by_its_configuration() -> None:
    backend, players = cluster("healthy", HEALTHY)
    for player in players.values():
        player.answers = {argv: replace(answer, out=_grouped(answer.out)) for argv, answer in player.answers.items()}
    seen = await backend.observe("")
    assert machine(seen, "shop").power is Power.RUNNING


def _grouped(out: str) -> str:
    """vm2 as a member of a group, in both documents."""
    if "<pacemaker-result" in out:
        start = out.index('    <resource id="vm2"')
        end = out.index("</resource>", start) + len("</resource>")
        return out[:start] + '<group id="shop">' + out[start:end] + "</group>" + out[end:]
    if "<cib " in out:
        start = out.index('<primitive id="vm2"')
        end = out.index("</primitive>", start) + len("</primitive>")
        return out[:start] + '<group id="shop">' + out[start:end] + "</group>" + out[end:]
    return out
