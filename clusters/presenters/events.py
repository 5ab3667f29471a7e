"""Cluster events in words: event ids of Failover Cluster Manager with our own sentences."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from clusters import models
from clusters.presenters.sentences import _Params

EVENTS: dict[int, Promise] = {}
"""Sentence by event id, with the parameters the log carries."""

EVENTS.update({
    1038: lazy("Ownership of disk %(disk)s was lost."),
    1045: lazy("No matching network for %(resource)s was found."),
    1069: lazy("Resource %(resource)s of role %(role)s failed."),
    1135: lazy("Node %(node)s was removed from the active membership."),
    1155: lazy("A queued move of %(role)s was left unfinished."),
    1177: lazy("The Cluster service stops: quorum was lost."),
    1205: lazy("Role %(role)s could not be brought online or offline completely."),
    1250: lazy("An application or service inside %(vm)s is unhealthy."),
    1251: lazy("Role %(role)s was taken offline in favour of a more important one."),
    1254: lazy("Role %(role)s failed too often; no further failover is tried until somebody brings it online."),
    1255: lazy("The protected network of %(vm)s is lost on %(node)s."),
    1561: lazy("Node %(node)s may not form the cluster: it does not have the newest configuration."),
    1564: lazy("File share witness %(witness)s could not be reached."),
    1573: lazy("Node %(node)s could not form a cluster: the witness was not reachable."),
    1637: lazy("Resource %(resource)s went from %(before)s to %(after)s."),
    1641: lazy("Role %(role)s is being moved."),
    1650: lazy("Node %(node)s missed heartbeats of %(peer)s."),
    1672: lazy("Node %(node)s was put in quarantine."),
    1673: lazy("Node %(node)s is isolated."),
    1675: lazy("Node %(node)s may not join while it is in quarantine."),
    1676: lazy("The quarantine of node %(node)s was cleared."),
    1677: lazy("The drain of node %(node)s failed."),
    1680: lazy("Node %(node)s is no longer isolated."),
    1681: lazy("The virtual machines on node %(node)s are not monitored."),
    1682: lazy("The virtual machines on node %(node)s are monitored again."),
    1137: lazy("Moving %(role)s away during a drain failed."),
    5120: lazy("Volume %(disk)s is paused on %(node)s."),
    5121: lazy("Volume %(disk)s is reached through another node by %(node)s."),
    5142: lazy("Volume %(disk)s is no longer reachable from %(node)s."),
    5396: lazy("Node %(node)s stops: another partition was forced to have quorum."),
})  # fmt: skip


def event_text(entry: models.LogEntry, names: Mapping[str, str]) -> str:
    """The event's sentence; of a real cluster the engine's own words."""
    if entry.text:
        return entry.text
    params = entry.params if isinstance(entry.params, dict) else dict(entry.params)
    shown = _Params({name: names.get(str(value), str(value)) for name, value in params.items()})
    if entry.code in EVENTS:
        return str(EVENTS[entry.code]) % shown
    return ", ".join(f"{name} {value}" for name, value in sorted(shown.items()))
