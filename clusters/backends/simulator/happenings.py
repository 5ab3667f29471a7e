"""The table of everything that can stand on the timeline, by the name it is saved under."""

from __future__ import annotations

from clusters.backends.simulator import (
    breaking,
    courses,
    drains,
    failback,
    failures,
    forming,
    life,
    membership,
    nodes,
    orphans,
    placing,
    power,
    storage,
    transfers,
    whole,
    witness,
)
from clusters.backends.simulator.extension import Happens

HAPPENINGS: dict[str, Happens] = {
    "booted": power.booted,
    "drain-goes-on": drains.goes_on,
    "drained": nodes.drained,
    "failback": failback.go_back,
    "flap": breaking.flap,
    "form": forming.form,
    "grace-over": orphans.grace_over,
    "isolation-over": membership.isolation_over,
    "join": forming.join,
    "life": life.live,
    "paths-given-up": storage.paths_given_up,
    "preempted-retry": placing.preempted_retry,
    "quarantine-over": forming.quarantine_over,
    "reconsider": placing.reconsider,
    "regroup": membership.regroup,
    "resource-failed": failures.resource_failed,
    "resource-offline": courses.resource_offline,
    "resource-online": courses.resource_online,
    "resource-restart": failures.resource_restart,
    "resource-retry": failures.resource_retry,
    "resource-timeout": failures.resource_timeout,
    "sense": membership.sense,
    "sets-ready": placing.sets_ready,
    "settle": courses.settle,
    "stop-cluster": whole.stopping,
    "transfer": transfers.tick,
    "volume-resumes": storage.volume_resumes,
    "witness-noticed": witness.noticed,
}
