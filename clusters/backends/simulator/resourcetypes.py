"""The resource types every cluster knows; an extension adds its own."""

from collections.abc import Mapping

from clusters.backends.simulator.disks import PhysicalDisk
from clusters.backends.simulator.resources import Plain, ResourceType
from clusters.backends.simulator.storage import DISK_TYPE

TYPES: Mapping[str, ResourceType] = {
    DISK_TYPE: PhysicalDisk(),
    "network-name": Plain(2000, 500),
    "ip-address": Plain(1000, 200),
    "file-server": Plain(3000, 1000),
    "generic-service": Plain(3000, 2000),
    "generic-application": Plain(3000, 2000),
}
