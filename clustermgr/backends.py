"""Which backends there are: the only place where concrete ones are named, and where halves are paired.

Stored keys are handed to a backend as a question that it asks when it connects, so that it holds none.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from clusters import credentials
from clusters.backends.base import Backend, Refused
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.checks import findings
from clusters.backends.pacemaker.hostkeys import host_keys
from clusters.backends.pacemaker.options import transports
from clusters.backends.reaching import Finding, HostKey, Options, Secrets, Ways
from clusters.backends.readonly import ReadOnly
from clusters.backends.simulator import checkpoint
from clusters.backends.simulator.backend import Input, Saved, Simulator
from clusters.backends.simulator.engine import Engine
from clusters.backends.simulator.scenario.language import Wrong, parse
from clusters.backends.simulator.scenario.runner import Result, run
from clusters.backends.unusable import Unusable
from clusters.domain import codec
from clusters.domain.messages import Message, say
from clusters.domain.profiles import PROFILES
from clusters.models import Cluster
from clusters.store import Store
from vms.backends.libvirt import Libvirt
from vms.backends.libvirtcheck import CHECK, libvirt_answers
from vms.backends.simulated import VIRTUAL_MACHINES, samples
from vms.backends.simulated.scenario import VOCABULARY

__all__ = ["BACKENDS", "WAYS", "Result", "Wrong", "connect", "tell"]


def connect(cluster: Cluster, secrets: Secrets | None = None) -> Backend:
    """A new backend for the cluster; nothing is contacted yet. `secrets` are those of a cluster that is not stored yet.
    Raises KeyError for a name that is not in the table."""
    try:
        return BACKENDS[cluster.backend](cluster, secrets or credentials.stored(cluster))
    except Refused as refused:
        return Unusable(refused.message)


def pacemaker(cluster: Cluster, secrets: Secrets) -> Backend:
    """Pacemaker with libvirt on the same hosts; `transports` says how options are written. Raises Refused."""
    ways = transports(cluster.options, secrets)
    backend = Libvirt(Pacemaker(ways, cluster.name, cluster.key_prefix))
    # Options that do not speak of it act; the wizard and `addcluster` always say it, and begin with looking only.
    return backend if cluster.options.get("acts", True) else ReadOnly(backend)


def simulator(cluster: Cluster, secrets: Secrets) -> Backend:
    """A simulated cluster. `options` name the sample and the moment it began: {"sample": "amsterdam", "began": …}; the
    sample "sized" also the size: {"profile": "2022", "nodes": 4, "machines": 20}. Raises KeyError, also for a time zone
    that nobody knows, and ValueError."""
    options = cluster.options
    began, sample = datetime.fromisoformat(options["began"]), options["sample"]
    if sample == SIZED:
        size = int(options["nodes"]), int(options["machines"])
        build = partial(samples.sized, began, str(options["name"]), PROFILES[options["profile"]].name, *size)
    else:
        build = partial(SAMPLES[sample], began)
    return Simulator(build, VIRTUAL_MACHINES, Recorded(Store(cluster.pk)), zone=ZoneInfo(cluster.time_zone))


class Recorded:
    """The console's store in the simulator's words."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.save = store.save
        self.arrived = store.arrived

    async def load(self) -> Saved:
        """What was stored of the cluster. Raises checkpoint.Unreadable."""
        try:
            kept = await self._store.load()
        except codec.Unreadable as error:
            raise checkpoint.Unreadable(say("checkpoint-damaged", reason=error)) from error
        inputs = [Input(request.at, request.key, request.command) for request in kept.requests]
        return Saved(kept.checkpoint, kept.at, inputs)


class PacemakerWays:
    """How Pacemaker's nodes, which are libvirt's too, are got at."""

    async def host_keys(self, options: Options, secrets: Secrets) -> Mapping[str, HostKey | Message]:
        return await host_keys(options, secrets)

    async def tests(self, options: Options, secrets: Secrets) -> Mapping[str, tuple[Finding, ...]]:
        return await findings(options, secrets, [(CHECK, libvirt_answers)])


WAYS: dict[str, Ways] = {"pacemaker": PacemakerWays()}
"""By backend; a simulated cluster needs no way to it."""

SIZED = "sized"
SAMPLES: dict[str, Callable[[datetime], Engine]] = {
    "amsterdam": samples.amsterdam,
    "utrecht": samples.utrecht,
    "large": samples.large,
}

BACKENDS: dict[str, Callable[[Cluster, Secrets], Backend]] = {
    "simulator": simulator,
    "pacemaker": pacemaker,
}


def tell(text: str) -> Result:
    """Run a scenario on the simulator, virtual machines included. Raises Wrong for a text that cannot be understood."""
    return run(parse(text), VIRTUAL_MACHINES, VOCABULARY)
