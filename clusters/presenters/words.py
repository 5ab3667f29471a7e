"""The reader's words for the values that are not states: types, priorities, uses, causes, amounts."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

Words = dict[str, Promise]

ROLE_TYPES: Words = {
    "virtual-machine": lazy("Virtual Machine"),
    "file-server": lazy("File Server"),
    "generic-application": lazy("Generic Application"),
    "generic-service": lazy("Generic Service"),
    "core": lazy("Cluster Core"),
    "available-storage": lazy("Available Storage"),
    "other": lazy("Other Server"),
}
ROLE_ICONS = {"virtual-machine": "device-desktop", "file-server": "folder", "core": "topology-ring-3"}

PRIORITIES: dict[int, Promise] = {
    3000: pgettext_lazy("priority", "High"),
    2000: pgettext_lazy("priority", "Medium"),
    1000: pgettext_lazy("priority", "Low"),
    0: lazy("No Auto Start"),
}

DISK_USES: Words = {
    "csv": lazy("Cluster Shared Volume"),
    "role": lazy("Role"),
    "witness": lazy("Disk witness in quorum"),
    "available": lazy("Available Storage"),
}
NETWORK_USES: Words = {
    "none": pgettext_lazy("network use", "None"),
    "cluster": lazy("Cluster only"),
    "cluster-client": lazy("Cluster and client"),
}
WITNESSES: Words = {
    "none": lazy("No witness"),
    "disk": lazy("Disk witness"),
    "share": lazy("File share witness"),
    "cloud": lazy("Cloud witness"),
    "device": lazy("Quorum device"),
}
DRAINS: Words = {
    "none": lazy("No drain"),
    "draining": lazy("Draining"),
    "drained": lazy("Drained"),
    "failed": lazy("Drain stopped"),
}
TRIGGERS: Words = {
    "delay": lazy("after a delay"),
    "online": lazy("when its providers are online"),
}
QUORUM_MODELS: Words = {
    "node-majority": lazy("Node Majority"),
    "node-and-disk-majority": lazy("Node and Disk Majority"),
    "node-and-share-majority": lazy("Node and File Share Majority"),
    "disk-only": lazy("No Majority: Disk Only"),
    "majority": lazy("Majority"),
}
DYNAMIC_QUORUM = lazy("votes follow the members")
CAUSES: dict[str, tuple[str, str, Promise]] = {
    "user": ("user", "", lazy("By hand")),
    "drain": ("door-exit", "work", lazy("Drain")),
    "failover": ("bolt", "bad", lazy("Failover")),
    "failback": ("home-move", "", lazy("Failback")),
    "restart": ("rotate-clockwise", "", lazy("Restart")),
    "priority": ("adjustments", "", lazy("Priority")),
    "balancer": ("scale", "", lazy("Balancer")),
    "outside": ("external-link", "", lazy("Outside this console")),
    "cluster": ("topology-ring-3", "", lazy("Rule of the cluster")),
    "unknown": ("question-mark", "", lazy("Unknown")),
}
"""Icon, class and word of each cause."""

OPERATIONS: Words = {
    "move-role": lazy("Move"),
    "start-role": lazy("Start"),
    "stop-role": lazy("Take offline"),
    "set-role": lazy("Change properties"),
    "set-resource": lazy("Change resource"),
    "bring-online": lazy("Bring online"),
    "take-offline": lazy("Take offline"),
    "simulate-failure": lazy("Simulate failure"),
    "pause-node": lazy("Pause"),
    "drain-node": lazy("Drain"),
    "resume-node": lazy("Resume"),
    "start-node": lazy("Start Cluster service"),
    "stop-node": lazy("Stop Cluster service"),
    "shut-down-node": lazy("Shut down node"),
    "evict-node": lazy("Evict"),
    "maintain-node": lazy("Maintenance mode"),
    "maintain-cluster": lazy("Maintenance mode of the cluster"),
    "manage-role": lazy("Leave alone or manage"),
    "fence-node": lazy("Fence"),
    "clean-up": lazy("Clean up failures"),
    "set-node": lazy("Change node"),
    "start-cluster": lazy("Start cluster"),
    "stop-cluster": lazy("Shut down cluster"),
    "set-cluster": lazy("Change cluster"),
    "set-witness": lazy("Change witness"),
    "move-disk": lazy("Move disk"),
    "set-disk": lazy("Change disk"),
    "inject-fault": lazy("Break"),
    "clear-fault": lazy("Heal"),
    "set-clock": lazy("Change speed"),
    "set-life": lazy("Change life"),
}
"""What an operation does, by its command's name; `vms` adds its own."""

RESOURCE_TYPES: Words = {
    "virtual-machine": lazy("Virtual Machine"),
    "virtual-machine-configuration": lazy("Virtual Machine Configuration"),
    "physical-disk": lazy("Physical Disk"),
    "ip-address": lazy("IP Address"),
    "network-name": lazy("Network Name"),
    "file-server": lazy("File Server"),
    "generic-service": lazy("Generic Service"),
    "generic-application": lazy("Generic Application"),
}


def word(table: Mapping[Any, Promise], value: str | int) -> str:
    """The word for a value; an unknown value is shown as it is."""
    found = table.get(value)
    return str(value) if found is None else str(found)


def operation_word(action: str, command: object) -> str:
    """What an operation does; a pause that empties the node is called by what takes the time."""
    drains = action == "pause-node" and isinstance(command, dict) and command.get("drain")
    return word(OPERATIONS, "drain-node" if drains else action)


def memory(megabytes: int) -> str:
    """A figure with its unit: gigabytes decide, so megabytes are shown only below one."""
    if not megabytes:
        return "–"
    if megabytes < 1024:
        return _("%(figure)s MB") % {"figure": megabytes}
    return _("%(figure)s GB") % {"figure": f"{megabytes / 1024:.0f}"}


def exact_memory(megabytes: int) -> str:
    """Memory where a fraction decides: whether something still fits."""
    return _("%(figure)s GB") % {"figure": number_format(megabytes / 1024, 0 if megabytes % 1024 == 0 else 1)}


def memory_in_use(used_mb: int, all_mb: int) -> str:
    """How much of a node's memory is taken; an empty node takes none, which is known."""
    if not all_mb:
        return "–"
    return _("%(used)s of %(all)s") % {"used": memory(used_mb) if used_mb else exact_memory(0), "all": memory(all_mb)}


def size(megabytes: int) -> str:
    """Space on a volume."""
    if megabytes >= 1024 * 1024:
        return _("%(figure)s TB") % {"figure": number_format(megabytes / 1024 / 1024, 1)}
    return memory(megabytes)
