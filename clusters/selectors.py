"""Which clusters there are for whom: the only way to a cluster, so that everything shown of one was asked for through
here (architecture §0.1.13).

What an audience may not read does not exist for it: not in lists, counts, searches or frames.
"""

from django.db.models import QuerySet

from clusters.models import Cluster
from clusters.permissions import Audience


def clusters(audience: Audience) -> QuerySet[Cluster]:
    """The clusters this audience may read. One that is switched off is shown to nobody: what is known of it is old."""
    found = Cluster.objects.filter(enabled=True)
    return found if audience.reads is None else found.filter(pk__in=audience.reads)


def cluster(audience: Audience, slug: str) -> Cluster:
    """One cluster. Raises Cluster.DoesNotExist also where it may not be read, so that a guess reveals nothing."""
    return clusters(audience).get(slug=slug)
