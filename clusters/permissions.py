"""Who may read and who may operate which cluster, and the reason told to whom may not.

An Audience is what selectors ask for: two users with the same rights are the same audience, so that what was rendered
for one can be handed to the other.
"""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from clusters.domain.messages import NOTHING, Message, say
from clusters.models import Cluster, Grant

User = AbstractBaseUser | AnonymousUser


class Denied(Exception):
    """Not this user's to read or to do; the message says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


@dataclass(frozen=True, slots=True)
class Audience:
    """Ids of the clusters that may be read and operated; None means every cluster, those to come included."""

    # Not "all ids there are": a superuser's audience would change with each new cluster, and with it every kept frame.
    reads: frozenset[int] | None
    operates: frozenset[int] | None

    def may_read(self, cluster_id: int) -> bool:
        return self.reads is None or cluster_id in self.reads

    def may_operate(self, cluster_id: int) -> bool:
        return self.operates is None or cluster_id in self.operates


EVERYTHING = Audience(None, None)
NOBODY = Audience(frozenset(), frozenset())


def audience(user: User) -> Audience:
    """What this user may see and do, at this moment."""
    # Before superusers, who can be switched off too; who has not signed in is not active either.
    if not user.is_active:
        return NOBODY
    if getattr(user, "is_superuser", False):
        return EVERYTHING
    grants = dict(Grant.objects.filter(user_id=user.pk).values_list("cluster_id", "tier")) if user.pk else {}
    operated = frozenset(cluster for cluster, tier in grants.items() if tier >= Grant.Tier.OPERATOR)
    return Audience(frozenset(grants), operated)


def refusal(user: User, cluster: Cluster) -> Message:
    """NOTHING when the user may act on the cluster, else why not, as it is shown beside a grey action."""
    return refusal_for(audience(user), cluster)


def refusal_for(audience: Audience, cluster: Cluster) -> Message:
    """The same for an audience already known."""
    if audience.may_operate(cluster.pk):
        return NOTHING
    return say("needs-operator" if audience.may_read(cluster.pk) else "no-access", cluster=cluster.name)


def may_configure(user: User) -> bool:
    """Whether this user adds and removes clusters and says how they are reached: superusers only, because whoever
    gives a cluster its keys could do with it what he likes."""
    return bool(user.is_active and getattr(user, "is_superuser", False))


def require_operator(user: User, cluster: Cluster) -> None:
    """Raises Denied with the reason unless the user may act on the cluster."""
    reason = refusal(user, cluster)
    if reason:
        raise Denied(reason)
