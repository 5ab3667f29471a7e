"""The offline action on a Pacemaker cluster: what a machine's agent can do with the guest, and how it is told. Pure.

Plain VirtualDomain does at every stop what it was configured for; the agent that comes along (vms/agent) can be told.
"""

from pathlib import PurePosixPath

from clusters.backends.pacemaker.cib import Definition
from clusters.backends.pacemaker.document import truth
from clusters.backends.pacemaker.endings import find
from clusters.backends.pacemaker.overrides import Argv
from clusters.backends.pacemaker.roles import is_machine
from clusters.backends.pacemaker.views import View
from clusters.domain.messages import NOTHING, Message, say
from vms.domain.items import OfflineAction

AGENT = "VirtualMachine"
PARAMETER = "offline_action"
TOLD = "offline-action"  # meta attribute of the stop
ACTIONS = {
    "save": OfflineAction.SAVE,
    "shutdown": OfflineAction.SHUT_DOWN,
    "forced-shutdown": OfflineAction.SHUT_DOWN_FORCED,
    "turnoff": OfflineAction.TURN_OFF,
}
WORDS = {action: word for word, action in ACTIONS.items()}


def definition_of(role: str, view: View) -> Definition | None:
    """The resource that is the machine: the role itself, or one of the group's members."""
    unit = find(view, role)
    members = [member.id for member in unit.members if is_machine(member.agent)] if unit else []
    return view.cib.definitions.get(members[0]) if members else None


def has_choice(definition: Definition | None) -> bool:
    """Whether its agent can be told what to do."""
    return definition is not None and definition.agent.rpartition(":")[2] == AGENT


def offline_action(definition: Definition | None) -> OfflineAction:
    """What stopping does. Plain VirtualDomain asks the guest to shut down and, when time is up, turns it off."""
    params = definition.params if definition else {}
    if has_choice(definition):
        return ACTIONS.get(params.get(PARAMETER, ""), OfflineAction.SAVE)
    if truth(params.get("force_stop", "").lower()):
        return OfflineAction.TURN_OFF
    return OfflineAction.SAVE if params.get("snapshot") else OfflineAction.SHUT_DOWN_FORCED


def against(definition: Definition | None, *actions: OfflineAction) -> Message:
    """Why none of these can be done to the guest, or NOTHING."""
    able = has_choice(definition) or offline_action(definition) in actions
    return NOTHING if able else say("agent-cannot", agent=definition.agent if definition else "")


def telling(definition: Definition | None, action: OfflineAction) -> dict[str, str]:
    """What is told to one stop; nothing to an agent that does it anyway."""
    return {TOLD: WORDS[action]} if has_choice(definition) else {}


def setting(definition: Definition, action: OfflineAction) -> Argv:
    """The program that changes the setting, which restarts nothing."""
    return (
        "crm_resource",
        f"--resource={definition.id}",
        f"--set-parameter={PARAMETER}",
        f"--parameter-value={WORDS[action]}",
    )


def state_file(definition: Definition | None, domain: str) -> str:
    """Where a saved guest's memory lies; "" when its agent never saves."""
    params = definition.params if definition else {}
    folder = params.get("snapshot", "")
    if has_choice(definition) and params.get("config"):
        folder = params.get("state_dir") or str(PurePosixPath(params["config"]).parent)
    return f"{folder}/{domain}.state" if folder else ""
