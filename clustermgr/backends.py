"""Which backends there are: the only place where concrete ones are named, and where halves are paired."""

from collections.abc import Callable
from pathlib import Path

from clusters.backends.base import Backend
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.transport import Address, Local, Ssh, Transport
from clusters.backends.simulator.scenario.language import Wrong, parse
from clusters.backends.simulator.scenario.runner import Result, run
from clusters.models import Cluster
from vms.backends.libvirt import Libvirt
from vms.backends.simulated import VIRTUAL_MACHINES
from vms.backends.simulated.scenario import VOCABULARY

__all__ = ["BACKENDS", "Result", "Wrong", "connect", "tell"]

SSH_PORT = 22


def connect(cluster: Cluster) -> Backend:
    """A new backend for the cluster; nothing is contacted yet. Raises KeyError for a name that is not in the table."""
    return BACKENDS[cluster.backend](cluster)


def pacemaker(cluster: Cluster) -> Backend:
    """Pacemaker with libvirt on the same hosts. `options` name the nodes: {"nodes": {"node1": {"host": …}}}."""
    nodes: dict[str, dict[str, str]] = cluster.options["nodes"]
    return Libvirt(Pacemaker([transport(node, options) for node, options in nodes.items()], cluster.name))


def transport(node: str, options: dict[str, str]) -> Transport:
    """The way to one node: the console's own machine where no host is named, else SSH with a pinned host key."""
    if "host" not in options:
        return Local(node)
    key, known = Path(options["key_file"]), Path(options["known_hosts_file"])
    return Ssh(node, Address(options["host"], options["user"], key, known, int(options.get("port", SSH_PORT))))


BACKENDS: dict[str, Callable[[Cluster], Backend]] = {
    "pacemaker": pacemaker,
}


def tell(text: str) -> Result:
    """Run a scenario on the simulator, virtual machines included. Raises Wrong for a text that cannot be understood."""
    return run(parse(text), VIRTUAL_MACHINES, VOCABULARY)
