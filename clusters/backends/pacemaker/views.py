"""Whom to believe. Every node answers with its own view, a cut-off one too, and happily: only a view with quorum
counts, of several the newest, and never one of an older configuration than was seen before (architecture §0.1.16)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from clusters.backends.pacemaker.cib import Cib, Location
from clusters.backends.pacemaker.links import Links
from clusters.backends.pacemaker.monitor import Monitor, NodeFacts
from clusters.backends.pacemaker.votes import Device, Votes
from clusters.domain.messages import NOTHING, Message, say

Config = tuple[int, int]


@dataclass(frozen=True, slots=True)
class View:
    """The cluster as one node (by name) sees it."""

    node: str
    monitor: Monitor
    cib: Cib
    votes: Votes | None = None
    links: Links | None = None
    rings: Mapping[tuple[int, str], str] = field(default_factory=dict)  # configured addresses
    device: Device | None = None  # configured, too
    device_state: str = ""  # its own word
    asked: float = 0.0  # for it, by the loop's time

    @property
    def quorate(self) -> bool | None:
        """None while there is no coordinator: what the configuration says of quorum only a coordinator keeps true."""
        return None if self.monitor.with_quorum is None else self.monitor.with_quorum and self.cib.have_quorum

    def locations(self, names: Iterable[str]) -> list[Location]:
        """The constraints on resources that are in force now: what has lapsed stays written down until somebody clears
        it away."""
        found = (each for name in names for each in self.cib.locations_of(name))
        return [each for each in found if not each.has_lapsed(self.monitor.at)]

    def counts_in(self, node: str) -> bool:
        """Whether that node, by name, is a member in this view."""
        return any(each.name == node and each.online is True for each in self.monitor.nodes)


@dataclass(frozen=True, slots=True)
class Belief:
    """The view to show, and whether it may be taken for the truth; if not, why."""

    view: View
    trusted: bool
    reason: Message = NOTHING


def node_of(identity: str, view: View) -> NodeFacts | None:
    """The node with that id."""
    return next((node for node in view.monitor.nodes if node.id == identity), None)


def believe(views: Sequence[View], seen: Config, everybody: bool, observer: str = "") -> Belief | None:
    """The belief that these views allow; None when there is none.

    `seen` is the newest configuration ever believed; `everybody` says that no node failed to answer, in which case an
    older configuration is the cluster's own (it was restored), not that of a node which slept. `observer` breaks ties.
    """
    if not views:
        return None
    best = max(views, key=lambda view: (*_claim(view), view.cib.version, view.node == observer))
    if best.quorate is None:
        undecided = [view for view in views if view.quorate is None]
        return Belief(best, False, say("no-coordinator-yet", nodes=_names(undecided)))
    if not best.quorate:
        return Belief(best, False, say("no-view-with-quorum", nodes=_names(views)))
    rivals = [view for view in views if view.quorate and view is not best and _exclude_each_other(best, view)]
    if rivals:
        return Belief(best, False, say("two-views-with-quorum", nodes=_names([best, *rivals])))
    if best.cib.config_version() < seen and not everybody:
        return Belief(best, False, say("view-older-than-seen", node=best.node))
    return Belief(best, True)


def _claim(view: View) -> tuple[bool, bool]:
    """Who cannot say yet counts more than who says that there is no quorum: a majority may be choosing just now."""
    return view.quorate is True, view.quorate is None


def _exclude_each_other(one: View, other: View) -> bool:
    return not one.counts_in(other.node) and not other.counts_in(one.node)


def _names(views: Sequence[View]) -> str:
    return ", ".join(sorted(view.node for view in views))
