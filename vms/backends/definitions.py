"""A virtual machine as a resource of a Pacemaker cluster: how one is made from a domain's XML, and how it leaves
without being stopped. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from clusters.backends.pacemaker.attributes import OURS
from clusters.backends.pacemaker.cib import Definition
from clusters.backends.pacemaker.overrides import Argv, keep_orphans
from clusters.backends.pacemaker.roles import is_machine
from clusters.backends.pacemaker.views import View
from clusters.domain.messages import NOTHING, Message, say

AGENTS = {True: ("console", "VirtualMachine"), False: ("heartbeat", "VirtualDomain")}  # whether ours is installed
AGENT_FILE = "/usr/lib/ocf/resource.d/console/VirtualMachine"
OPERATIONS = (
    # A guest may take long to shut down, and a stop that fails gets the node fenced.
    ("start", "0", "180s", ""), ("stop", "0", "300s", ""), ("monitor", "10s", "30s", ""),
    # A live migration that fails leaves the guest where it is.
    ("migrate_to", "0", "3600s", "block"), ("migrate_from", "0", "600s", ""),
)  # fmt: skip
LIKE_THE_OTHERS = (
    "hypervisor", "migration_transport", "migrate_options", "migration_network_suffix", "migration_user", "migrateuri",
    "remoteuri", "autoset_utilization_cpu", "autoset_utilization_hv_memory", "autoset_utilization_host_memory",
    "state_dir",
)  # fmt: skip
"""Parameters that say how this cluster's hosts reach each other and what they share: taken over where all its machines
agree."""

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}")  # what an id in Pacemaker's configuration may be


def against_joining(name: str, path: str, view: View) -> Message:
    """Why a machine of that name cannot become a resource, or NOTHING."""
    if not NAME.fullmatch(name):
        return say("name-is-no-id", name=name)
    there = view.cib.definitions.get(name)
    if there is not None and there.params.get("config") != path:
        return say("name-is-taken", name=name)
    others = (each.id for each in view.cib.definitions.values() if each.params.get("config") == path)
    twin = next((other for other in others if other != name), "")
    return say("machine-is-a-role", role=twin) if twin else NOTHING


def joined(name: str, path: str, ours: bool, runs: bool, view: View) -> Argv:
    """The program that makes it a resource: one that runs goes on, one that is off stays off."""
    provider, kind = AGENTS[ours]
    resource = Element("primitive", {"id": name, "class": "ocf", "provider": provider, "type": kind})
    params = {"config": path, "hypervisor": "qemu:///system", **_shared(view)}
    _pairs(resource, "instance_attributes", params)
    _pairs(resource, "meta_attributes", {"allow-migrate": "true", "target-role": "Started" if runs else "Stopped"})
    operations = SubElement(resource, "operations")
    for task, interval, timeout, on_fail in OPERATIONS:
        facts = {"id": f"{name}-{task}", "name": task, "interval": interval, "timeout": timeout}
        SubElement(operations, "op", facts | ({"on-fail": on_fail} if on_fail else {}))
    text = tostring(resource, encoding="unicode")
    return ("cibadmin", "--create", "--sync-call", "-o", "resources", "--xml-text", text)


def leaving(role: str, key: str, until: datetime) -> tuple[Argv, ...]:
    """The programs that make the cluster forget it, in this order: Pacemaker stops what is no longer configured, unless
    it is told to leave that alone until its records of it are gone, too."""
    # Only what concerns nobody else, also where somebody adds a constraint in between: then the program refuses.
    own = f"//rsc_location[@rsc='{role}'] | //rsc_ticket[@rsc='{role}']"
    sets = f"//constraints/*[resource_set/resource_ref/@id='{role}' and not(resource_set/resource_ref/@id!='{role}')]"
    pairs = f"//rsc_colocation[starts-with(@id,'{OURS}') and (@rsc='{role}' or @with-rsc='{role}')]"
    path = f"//primitive[@id='{role}'] | {own} | {sets} | {pairs}"
    return (
        keep_orphans(key, until),
        ("cibadmin", "--delete-all", "--force", "--sync-call", "--xpath", path),
        ("crm_resource", "--refresh", "--force", f"--resource={role}"),
    )


def _shared(view: View) -> Mapping[str, str]:
    machines: list[Definition] = [
        each for each in view.cib.definitions.values() if is_machine(each.agent) and each.shape != "template"
    ]
    agreed = {}
    for name in LIKE_THE_OTHERS:
        values = {each.params.get(name, "") for each in machines}
        if len(values) == 1 and (value := values.pop()):
            agreed[name] = value
    return agreed


def _pairs(resource: Element, tag: str, values: Mapping[str, str]) -> None:
    identity = f"{resource.get('id')}-{tag}"
    made = SubElement(resource, tag, {"id": identity})
    for name, value in values.items():
        SubElement(made, "nvpair", {"id": f"{identity}-{name}", "name": name, "value": value})
