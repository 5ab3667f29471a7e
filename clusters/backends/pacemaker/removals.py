"""A role leaves the configuration: which constraints go with it, what stands in its way, and what becomes of it. Pure.

What names only this role goes with it, and so do our own pairs of roles kept apart. A constraint that ties others to it
is theirs as well: without it they would run where they must not, so it is taken away by who made it, not by us.
"""

from collections.abc import Iterator

from clusters.backends.pacemaker.attributes import OURS
from clusters.backends.pacemaker.cib import Cib
from clusters.backends.pacemaker.document import truth
from clusters.backends.pacemaker.endings import find
from clusters.backends.pacemaker.ties import Mention
from clusters.backends.pacemaker.views import View, node_of
from clusters.domain.messages import NOTHING, Message, say

CONSTRAINT = "rsc_"  # begins the names of their elements
STOP_ORPHANS = "stop-orphan-resources"


def constraints(role: str, cib: Cib) -> tuple[str, ...]:
    """Ids of those that go with it."""
    return tuple(each.id for each in cib.tied.mentions.get(role, ()) if _goes(each, role))


def against(role: str, cib: Cib) -> Message:
    """What has to be undone first by who made it, or NOTHING."""
    for each in cib.tied.mentions.get(role, ()):
        if not each.kind.startswith(CONSTRAINT):
            return say("role-is-named", role=role, by=each.id)
        if not _goes(each, role):
            others = ", ".join(dict.fromkeys(other for other in each.resources if other != role))
            return say("role-is-tied", role=role, roles=others, constraint=each.id)
    return NOTHING


def against_orphaning(role: str, cib: Cib) -> Message:
    """Why one that runs would be stopped by leaving, or NOTHING: for as long as it takes, a set of ours tells Pacemaker
    to leave it alone, but what the cluster's own set says comes before that, whatever the scores."""
    told = cib.options.get(STOP_ORPHANS)
    # An unreadable value is the default, which stops; a rule may say so at any moment.
    stopped = told is not None and truth(told.lower()) is not False
    return say("orphans-are-stopped", role=role) if stopped or STOP_ORPHANS in cib.options_by_rule else NOTHING


def consequences(role: str, view: View) -> Iterator[Message]:
    """What becomes of it, and what is lost."""
    unit = find(view, role)
    owner = next((node for member in unit.members for node in member.nodes), "") if unit else ""
    node = node_of(owner, view)
    yield say("forecast-goes-on-alone", role=role, node=node.name) if node else say("forecast-stays-off", role=role)
    if gone := constraints(role, view.cib):
        yield say("forecast-constraints-go", constraints=", ".join(gone))


def _goes(mention: Mention, role: str) -> bool:
    alone = set(mention.resources) == {role}
    return mention.kind.startswith(CONSTRAINT) and (alone or mention.id.startswith(OURS))
