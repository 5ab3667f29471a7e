"""Which backends there are: the only place where concrete ones are named, and where halves are paired."""

from collections.abc import Callable

from clusters.backends.base import Backend
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.options import transports
from clusters.backends.simulator.scenario.language import Wrong, parse
from clusters.backends.simulator.scenario.runner import Result, run
from clusters.models import Cluster
from vms.backends.libvirt import Libvirt
from vms.backends.simulated import VIRTUAL_MACHINES
from vms.backends.simulated.scenario import VOCABULARY

__all__ = ["BACKENDS", "Result", "Wrong", "connect", "tell"]


def connect(cluster: Cluster) -> Backend:
    """A new backend for the cluster; nothing is contacted yet. Raises KeyError for a name that is not in the table."""
    return BACKENDS[cluster.backend](cluster)


def pacemaker(cluster: Cluster) -> Backend:
    """Pacemaker with libvirt on the same hosts; `transports` says how options are written. Raises Refused."""
    return Libvirt(Pacemaker(transports(cluster.options), cluster.name))


BACKENDS: dict[str, Callable[[Cluster], Backend]] = {
    "pacemaker": pacemaker,
}


def tell(text: str) -> Result:
    """Run a scenario on the simulator, virtual machines included. Raises Wrong for a text that cannot be understood."""
    return run(parse(text), VIRTUAL_MACHINES, VOCABULARY)
