"""Acts on whole nodes, and the forgetting of failures. The only place that names the program which fences. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from clusters.backends.pacemaker.document import seconds, truth
from clusters.backends.pacemaker.endings import find
from clusters.backends.pacemaker.nodes import why_down
from clusters.backends.pacemaker.overrides import Argv
from clusters.backends.pacemaker.views import View, node_of
from clusters.domain.commands import StartNode, StopNode
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import Phase, Task
from clusters.domain.upkeep import CleanUp, FenceNode, MaintainCluster, MaintainNode, ManageRole

RUNNING = Task(Phase.RUNNING)
SUCCEEDED = Task(Phase.SUCCEEDED, progress=1.0)
SERVICES = ("pacemaker", "corosync")
FENCING_S = 60  # Pacemaker's own default
FENCING_MOST_S = 590
FENCED_WITHIN_S = 600.0
ONLY_OFF = frozenset({"off", "poweroff"})


def name(node: str, view: View) -> str:
    """A node's name, as programs want it."""
    found = node_of(node, view)
    return found.name if found else node


def set_at(node: str, attribute: str, value: str, view: View) -> Iterator[Argv]:
    """Set an attribute of a node, or with "" take it away: also the one that lasts only until the node reboots, where
    somebody set that and not the lasting one."""
    facts = node_of(node, view)
    program = ("crm_attribute", f"--node={facts.name if facts else node}", f"--name={attribute}")
    yield (*program, f"--update={value}" if value else "--delete")
    on = facts is not None and getattr(facts, attribute) is True
    if on and not value and not truth(view.cib.attributes.get((node, attribute), "")):
        yield (*program, "--lifetime=reboot", "--delete")


def maintain(command: MaintainNode, view: View) -> Iterable[Argv]:
    yield from set_at(command.node, "maintenance", "true" if command.on else "", view)


def maintained(command: MaintainNode, view: View) -> Task:
    node = node_of(command.node, view)
    return SUCCEEDED if node and node.maintenance is command.on else RUNNING


def maintain_all(command: MaintainCluster, view: View) -> Iterable[Argv]:
    yield ("crm_attribute", "--name=maintenance-mode", "--update=true" if command.on else "--delete")


def all_maintained(command: MaintainCluster, view: View) -> Task:
    on = truth(view.cib.options.get("maintenance-mode", "")) is True
    return SUCCEEDED if on is command.on else RUNNING


def manage(command: ManageRole, view: View) -> Iterable[Argv]:
    """What is said of the role itself goes; where it inherits that it is left alone, the opposite is said of it."""
    program = ("crm_resource", f"--resource={command.role}", "--meta")
    if command.on and not _inherits_being_alone(command.role, view):
        yield (*program, "--delete-parameter=is-managed")
    else:
        yield (*program, "--set-parameter=is-managed", f"--parameter-value={'true' if command.on else 'false'}")
    if command.on and any(truth(view.cib.meta(each, "maintenance")) for each in _parts(command.role, view)):
        yield (*program, "--delete-parameter=maintenance")


def managed(command: ManageRole, view: View) -> Task:
    """As it is configured: while all is in maintenance, nothing is managed whatever is said here."""
    alone = [_is_left_alone(each, view) for each in _parts(command.role, view)]
    return SUCCEEDED if (not any(alone) if command.on else all(alone)) else RUNNING


def against_managing(identity: str, view: View) -> Message:
    """What a node's or the cluster's maintenance leaves alone is not the role's own setting."""
    unit = find(view, identity)
    if unit is None:
        return say("role-unknown", role=identity)
    itself = any(_is_left_alone(each, view) for each in _parts(identity, view))
    everywhere = any(member.managed is False for member in unit.members) and not itself
    return say("left-alone-by-maintenance", role=identity) if everywhere else NOTHING


def _parts(role: str, view: View) -> list[str]:
    """The resources of a role: each may have settings of its own."""
    unit = find(view, role)
    return list(dict.fromkeys(member.id for member in unit.members)) if unit and unit.members else [role]


def _is_left_alone(resource: str, view: View) -> bool:
    meta = view.cib.meta
    return truth(meta(resource, "is-managed")) is False or truth(meta(resource, "maintenance")) is True


def _inherits_being_alone(role: str, view: View) -> bool:
    """By what is around it, its template or the defaults, were nothing said of the role itself."""
    own = view.cib.definitions.get(role)
    silent = {role: replace(own, meta={})} if own else {}
    others = replace(view.cib, definitions=view.cib.definitions | silent)
    return truth(others.meta(role, "is-managed")) is False


def forgetting(resource: str) -> Argv:
    """The program that takes failures off the record."""
    return ("crm_resource", "--cleanup", f"--resource={resource}")


def old_migrations(role: str, view: View) -> Iterator[Argv]:
    """The programs that take earlier migrations off the record of nodes that it has left. They come first: with only
    the record of where it runs forgotten, Pacemaker 2.1.5 takes it for half-way from such a node, and boots it anew."""
    unit = find(view, role)
    online = {node.name for node in view.monitor.nodes if node.online is True}
    for member in unit.members if unit else ():
        left = online - {view.cib.node_names.get(node, node) for node in member.nodes}
        gone = {done.node for done in view.cib.done.get(member.id, ()) if done.task == "migrate_to"}
        for node in sorted(left & gone):
            yield ("crm_resource", "--refresh", f"--resource={member.id}", f"--node={node}")


def clean_up(command: CleanUp, view: View) -> Iterable[Argv]:
    yield from old_migrations(command.role, view)
    yield forgetting(command.role)


def cleaned_up(command: CleanUp, view: View) -> Task:
    """Nothing is on record against it any more, and it is not held back."""
    unit = find(view, command.role)
    ids = {member.id for member in unit.members} if unit else set()
    held = unit is not None and any(member.blocked for member in unit.members)
    return RUNNING if held or any(each.resource in ids for each in view.monitor.failures) else SUCCEEDED


def fence(command: FenceNode, view: View) -> Iterable[Argv]:
    """Off or a restart, as the cluster itself would do it, and in the time that it would give it."""
    time = max(FENCING_S, seconds(view.cib.options.get("stonith-timeout")) or 0)
    way = "--fence" if view.cib.options.get("stonith-action") in ONLY_OFF else "--reboot"
    yield ("stonith_admin", f"{way}={name(command.node, view)}", f"--timeout={min(time, FENCING_MOST_S)}")


def another(command: FenceNode, view: View) -> str:
    """Who does it: the node whose view is believed, unless its own power is to be cut."""
    up = [node for node in view.monitor.nodes if node.online is True and node.id != command.node]
    return min(up, key=lambda node: (node.name != view.node, node.name)).id if up else ""


def is_down(command: FenceNode | StopNode, view: View) -> Task:
    """Out of the cluster for certain."""
    node = node_of(command.node, view)
    return SUCCEEDED if node and node.online is False and node.unclean is False else RUNNING


def has_left(command: StopNode, view: View) -> Task:
    """Down in good order: of what could not be stopped the node is fenced."""
    node, task = node_of(command.node, view), is_down(command, view)
    told = why_down(node, view) if node and task is SUCCEEDED else NOTHING
    return Task(Phase.FAILED, message=told) if told.code == "node-fenced" else task


def against_fencing(identity: str, view: View) -> Message:
    if node_of(identity, view) is None:
        return say("no-such-node", node=identity)
    return NOTHING if view.cib.options.get("stonith-enabled", "true") != "false" else say("fencing-disabled")


def stop(command: StopNode, view: View) -> Iterable[Argv]:
    """Roles leave in good order first, which may take long: it is not waited for."""
    yield ("systemctl", "--no-block", "stop", *SERVICES)


def start(command: StartNode, view: View) -> Iterable[Argv]:
    yield ("systemctl", "--no-block", "start", *reversed(SERVICES))


def started(command: StartNode, view: View) -> Task:
    node = node_of(command.node, view)
    return SUCCEEDED if node and node.online is True and node.pending is False else RUNNING


def against_starting(identity: str, view: View) -> Message:
    node = node_of(identity, view)
    if node is None:
        return say("no-such-node", node=identity)
    return say("node-runs-already", node=node.name) if node.online is not False else NOTHING
