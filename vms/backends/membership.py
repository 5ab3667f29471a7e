"""A machine joins the cluster, leaves it, and has its definition written anew. The guest itself is never touched: one
that runs goes on, and the cluster learns of it or forgets it."""

from collections.abc import Mapping
from functools import partial

from clusters.backends.base import Refused, Unreachable
from clusters.backends.pacemaker import commands, removals
from clusters.backends.pacemaker.backend import wall_time
from clusters.backends.pacemaker.document import Unreadable
from clusters.backends.pacemaker.endings import find
from clusters.backends.pacemaker.monitor import Unit
from clusters.backends.pacemaker.moves import LAPSE
from clusters.backends.pacemaker.nodes import clock
from clusters.backends.pacemaker.overrides import KEEP, labels
from clusters.backends.pacemaker.roles import SETTLED, is_machine, unprobed
from clusters.backends.pacemaker.transport import Transport
from clusters.backends.pacemaker.views import View, node_of
from clusters.domain.commands import StartRole, StopRole
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import Phase, Task
from vms.backends import definitions, hosts
from vms.backends.domainxml import Domain, read_domain
from vms.backends.half import ClusterHalf
from vms.backends.offline import definition_of
from vms.domain.commands import AddMachine, RefreshConfiguration, RemoveMachine

RUNNING = Task(Phase.RUNNING)
SUCCEEDED = Task(Phase.SUCCEEDED, progress=1.0)


async def add(key: str, command: AddMachine, cluster: ClusterHalf) -> None:
    """Raises Refused or Unreachable. Who cannot be asked might run the machine: then it is not added."""
    view, nodes = _seen(cluster), cluster.transports
    _require(_against_unknown_hosts(view, cluster))
    text = await hosts.told(nodes[view.node], ("cat", "--", command.config))
    domain = _domain(text, command.config)
    _require(definitions.against_joining(domain.name, command.config, view))
    _require(_against_copies(command.config, text, await hosts.contents(nodes, command.config)))
    where, keepers = await hosts.running(nodes, domain.name), await hosts.keepers(nodes, domain.name)
    if len(where) > 1:
        raise Refused(say("several-owners", nodes=", ".join(where)))
    for node in dict.fromkeys((*where, *keepers)):
        await _require_same(domain, node, cluster)
    ours = len(await hosts.where_well(nodes.values(), ("test", "-x", definitions.AGENT_FILE))) == len(nodes)
    begin = definitions.joined(domain.name, command.config, ours, bool(where), view)
    there = domain.name in view.cib.definitions
    await cluster.carry_out(key, () if there else (begin,), partial(_joined, domain.name, bool(where)))
    for node in keepers:  # else that host starts it behind the cluster's back; last, lest nobody knows it any more
        await hosts.told(nodes[node], (*hosts.ACTING, "undefine", "--keep-nvram", "--domain", domain.name))


async def remove(key: str, command: RemoveMachine, cluster: ClusterHalf) -> None:
    """The machine stays where it runs, and libvirt there keeps its definition. Raises Refused or Unreachable. Asked
    again because an answer got lost, one that has left by then is left alone."""
    view = _seen(cluster)
    if _left(command.role, view) is SUCCEEDED and f"{KEEP}{key}" in labels(view.cib):
        await cluster.carry_out(key, (), partial(_left, command.role))
        return
    _require(against_removing(command.role, cluster))
    unit, definition = find(view, command.role), definition_of(command.role, view)
    owner = node_of(unit.members[0].nodes[0], view) if unit and unit.members[0].nodes else None
    if owner and definition and definition.params.get("config"):
        host = cluster.transports.get(owner.name)
        if host is None:
            raise Refused(say("no-way-to-node", node=owner.name))
        await hosts.told(host, (*hosts.ACTING, "define", definition.params["config"]))
    begin = definitions.leaving(command.role, key, clock(view.monitor, wall_time()) + LAPSE)
    await cluster.carry_out(key, begin, partial(_left, command.role))


async def refresh(key: str, command: RefreshConfiguration, cluster: ClusterHalf) -> str:
    """What libvirt has for the machine's next start becomes the definition on shared storage; its path. Raises Refused
    or Unreachable."""
    view = _seen(cluster)
    _require(against_refreshing(command.role, cluster))
    unit, definition = find(view, command.role), definition_of(command.role, view)
    assert unit
    assert definition
    owner, path = node_of(unit.members[0].nodes[0], view), definition.params["config"]
    host = cluster.transports.get(owner.name) if owner else None
    if host is None:
        raise Refused(say("no-way-to-node", node=owner.name if owner else ""))
    old = _domain(await hosts.told(host, ("cat", "--", path)), path)
    text = await hosts.told(host, (*hosts.ACTING, "dumpxml", "--inactive", "--security-info", "--domain", old.name))
    _require_twins(old, _domain(text, old.name), host.node)
    await hosts.replace_file(host, path, text)
    others = {node: each for node, each in cluster.transports.items() if node != host.node}
    await _replace_copies(path, text, others)
    await cluster.carry_out(key, (), lambda view: SUCCEEDED)
    return path


def against_removing(role: str, cluster: ClusterHalf) -> Message:
    """Why it cannot leave now, or NOTHING. What is left of one that is leaving can go on leaving."""
    view = cluster.view
    unit = find(view, role) if view else None
    if unit is None:
        return say("role-unknown", role=role)
    if unit.shape != "resource" or not is_machine(unit.members[0].agent):
        machine = next((member.id for member in unit.members if is_machine(member.agent)), role)
        return say("machine-in-a-group", role=role, machine=machine)
    if any(member.orphaned for member in unit.members):
        return NOTHING
    assert view
    if not _is_still(unit):
        return say("role-is-moving", role=role)
    runs = any(member.nodes for member in unit.members)
    return removals.against(role, view.cib) or (removals.against_orphaning(role, view.cib) if runs else NOTHING)


def against_refreshing(role: str, cluster: ClusterHalf) -> Message:
    """Why its definition cannot be written anew, or NOTHING: only libvirt where it runs has another one."""
    view = cluster.view
    unit = find(view, role) if view else None
    if view is None or unit is None:
        return say("role-unknown", role=role)
    definition = definition_of(role, view)
    if definition is None or not definition.params.get("config"):
        return say("role-unknown", role=role)
    runs = _is_still(unit) and all(member.nodes for member in unit.members)
    return NOTHING if runs else say("role-not-running", role=role)


def _against_unknown_hosts(view: View, cluster: ClusterHalf) -> Message:
    """A member that the console has no way to might run the machine."""
    members = (node.name for node in view.monitor.nodes if node.type == "member")
    away = next((name for name in members if name not in cluster.transports), "")
    return say("no-way-to-node", node=away) if away else NOTHING


def _against_copies(path: str, text: str, found: Mapping[str, str | None]) -> Message:
    """Every node is to start the same machine."""
    if blind := [node for node, there in found.items() if there is None]:
        return say("file-not-everywhere", file=path, nodes=", ".join(sorted(blind)))
    other = [node for node, there in found.items() if there != text]
    return say("file-differs", file=path, nodes=", ".join(sorted(other))) if other else NOTHING


async def _replace_copies(path: str, text: str, others: Mapping[str, Transport]) -> None:
    """Where nodes have copies of the file instead of one that they share, theirs are written as well; of those that
    answer."""
    for node, there in (await hosts.contents(others, path, strict=False)).items():
        if there is not None and there != text:
            await hosts.replace_file(others[node], path, text)


def _is_still(unit: Unit) -> bool:
    return all(
        member.role == "Stopped" or (member.role in SETTLED and len(member.nodes) == 1) for member in unit.members
    )


def _joined(name: str, runs: bool, view: View) -> Task:
    """One that is off joins at rest."""
    unit = find(view, name)
    if unit is None or any(unprobed(member, view) for member in unit.members):
        return RUNNING
    command = StartRole(name) if runs else StopRole(name)
    return commands.ACTS[type(command)].reached(command, view)


def _left(role: str, view: View) -> Task:
    return SUCCEEDED if find(view, role) is None and role not in view.cib.definitions else RUNNING


def _seen(cluster: ClusterHalf) -> View:
    """What may be acted by. Raises Unreachable."""
    if reason := cluster.distrust():
        raise Unreachable(reason)
    assert cluster.view
    return cluster.view


def _require(reason: Message) -> None:
    if reason:
        raise Refused(reason)


def _domain(text: str, source: str) -> Domain:
    try:
        domain = read_domain(text)
    except Unreadable as unreadable:
        raise Refused(say("no-domain-there", file=source, reason=unreadable)) from unreadable
    if not domain.name:
        raise Refused(say("no-domain-there", file=source, reason="<name>"))
    return domain


async def _require_same(domain: Domain, node: str, cluster: ClusterHalf) -> None:
    """What runs there under that name is what the file describes."""
    uuid = await hosts.told(cluster.transports[node], (*hosts.LOOKING, "domuuid", "--domain", domain.name))
    _require_twins(domain, Domain(domain.name, uuid.strip().lower()), node)


def _require_twins(one: Domain, other: Domain, node: str) -> None:
    if (one.name, one.uuid) != (other.name, other.uuid):
        raise Refused(say("another-machine-there", name=one.name, node=node))
