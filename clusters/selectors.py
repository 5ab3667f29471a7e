"""Which clusters there are for whom: the only way to a cluster, so that everything shown of one was asked for through
here (architecture §0.1.13).

What an audience may not read does not exist for it: not in lists, counts, searches or frames.
"""

from django.db.models import QuerySet

from clusters import permissions
from clusters.models import Cluster
from clusters.permissions import Audience, User


def clusters(audience: Audience) -> QuerySet[Cluster]:
    """The clusters this audience may read. One that is switched off is shown to nobody: what is known of it is old."""
    found = Cluster.objects.filter(enabled=True)
    return found if audience.reads is None else found.filter(pk__in=audience.reads)


def cluster(audience: Audience, slug: str) -> Cluster:
    """One cluster. Raises Cluster.DoesNotExist also where it may not be read, so that a guess reveals nothing."""
    return clusters(audience).get(slug=slug)


def switched_off(user: User) -> QuerySet[Cluster]:
    """The clusters that are switched off, for whom may switch them on again."""
    off = Cluster.objects.filter(enabled=False).order_by("name", "pk")
    return off if permissions.may_configure(user) else off.none()
