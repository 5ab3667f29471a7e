"""Cluster events by the numbers of Failover Cluster Manager: a name for lists, and a sentence of our own for each.

Numbers and levels are facts an administrator knows (fcm §3.8-3.10). A sentence uses only what every writer gives.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

Told = tuple[Promise, Promise]

NODES: dict[int, Told] = {
    1011: (lazy("Node evicted"), lazy("Node %(node)s was evicted from the cluster.")),
    1062: (lazy("Node joined"), lazy("Node %(node)s joined the cluster.")),
    1135: (
        lazy("Node removed"),
        lazy("Node %(node)s was removed from the active membership: it stopped or was cut off."),
    ),
    1137: (lazy("Drain move failed"), lazy("%(role)s could not be moved away while its node is being drained.")),
    1672: (lazy("Node quarantined"), lazy("Node %(node)s left the cluster too often and was put in quarantine.")),
    1673: (lazy("Node isolated"), lazy("Node %(node)s is isolated: it hears no other node.")),
    1677: (lazy("Drain failed"), lazy("The drain of node %(node)s stopped: not all roles could leave.")),
    1680: (lazy("Node no longer isolated"), lazy("Node %(node)s is no longer isolated.")),
    1681: (lazy("Machines unmonitored"), lazy("The virtual machines on node %(node)s are unmonitored.")),
    1682: (lazy("Machines monitored again"), lazy("The virtual machines of node %(node)s are monitored again.")),
}

CLUSTER: dict[int, Told] = {
    1061: (lazy("Cluster formed"), lazy("The cluster was formed.")),
    1177: (lazy("Quorum lost"), lazy("Quorum was lost: the Cluster service stops. Restore nodes, witness or network.")),
    1558: (lazy("Disk witness failed"), lazy("The disk witness cannot be reached; its vote does not count meanwhile.")),
    1562: (
        lazy("File share witness failed"),
        lazy("The file share witness cannot be reached; its vote does not count."),
    ),
    1568: (
        lazy("Cloud witness failed"),
        lazy("The cloud witness cannot be reached; its vote does not count meanwhile."),
    ),
    5396: (
        lazy("Two partitions with quorum"),
        lazy("Node %(node)s stops: another partition was forced to have quorum."),
    ),
}

ROLES: dict[int, Told] = {
    1069: (lazy("Resource failed"), lazy("Resource %(resource)s of role %(role)s failed.")),
    1153: (lazy("Failover"), lazy("Role %(role)s fails over to %(target)s.")),
    1154: (lazy("Failback"), lazy("Role %(role)s fails back to %(target)s.")),
    1155: (lazy("Queued move dropped"), lazy("The queued move of %(role)s was not carried out.")),
    1201: (lazy("Role online"), lazy("Role %(role)s is online.")),
    1204: (lazy("Role offline"), lazy("Role %(role)s is offline.")),
    1205: (lazy("Role not complete"), lazy("Role %(role)s could not be brought online or offline completely.")),
    1230: (lazy("Resource timed out"), lazy("Resource %(resource)s took too long and was terminated.")),
    1251: (
        lazy("Role pre-empted"),
        lazy("Role %(role)s was taken offline to make room for %(by)s, which is more important."),
    ),
    1254: (
        lazy("Failover threshold reached"),
        lazy("Role %(role)s failed too often; nothing more is tried until somebody brings it online."),
    ),
    1641: (lazy("Role moves"), lazy("Role %(role)s moves from %(source)s to %(target)s.")),
}

NETWORKS: dict[int, Told] = {
    1125: (lazy("Adapter unreachable"), lazy("Network adapter %(interface)s cannot be reached by other nodes.")),
    1127: (lazy("Adapter failed"), lazy("Network adapter %(interface)s failed.")),
    1126: (lazy("Network unreachable"), lazy("Network %(network)s cannot be reached by all nodes.")),
    1129: (
        lazy("Network partitioned"),
        lazy("Network %(network)s is partitioned: some nodes do not hear one another on it."),
    ),
    1130: (lazy("Network down"), lazy("Network %(network)s is down: no node can use it.")),
    1131: (lazy("Network up"), lazy("Network %(network)s is up again.")),
}

STORAGE: dict[int, Told] = {
    5120: (lazy("Volume paused"), lazy("Volume %(disk)s is paused: input and output wait until a path returns.")),
    5121: (
        lazy("Volume redirected"),
        lazy("Volume %(disk)s is no longer reached directly from this node, but through its owner."),
    ),
    5136: (lazy("Redirected access on"), lazy("Redirected access was turned on for volume %(disk)s.")),
    5142: (lazy("Volume not accessible"), lazy("Volume %(disk)s cannot be reached from this node.")),
}

PACEMAKER: dict[int, Told] = {
    90001: (lazy("Node fenced"), lazy("Node %(node)s was fenced.")),
    90002: (lazy("Fencing failed"), lazy("Node %(node)s could not be fenced. Check its fencing device.")),
}

EVENTS: dict[int, Told] = {**NODES, **CLUSTER, **ROLES, **NETWORKS, **STORAGE, **PACEMAKER}
"""Every event of the cluster itself; `vms` adds those of its machines."""
