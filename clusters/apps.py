"""The clusters app; it knows nothing of virtual machines, which register themselves from `vms`."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class ClustersConfig(AppConfig):
    """Django's handle on the app."""

    name = "clusters"
    verbose_name = _("Failover clusters")

    def ready(self) -> None:
        """Say how each kind of item is stored; the second part of a row names what moves without being history."""
        from clusters import mapping, models, sessions, signin
        from clusters.domain import items
        from clusters.presenters import catalogue, placefacts, rolefacts, workfacts  # noqa: F401 (words, tabs)

        user_logged_in.connect(signin.proved)
        user_logged_in.connect(sessions.began)
        mapping.register(items.ClusterInfo, models.ClusterInfo)
        mapping.register(items.Node, models.Node, volatile=("memory_used_mb",))
        mapping.register(items.Network, models.Network)
        mapping.register(items.Interface, models.Interface)
        mapping.register(items.Disk, models.Disk)
        mapping.register(items.VolumeAccess, models.VolumeAccess)
        mapping.register(items.Witness, models.Witness, volatile=("checked_at",))
        mapping.register(items.Role, models.Role, volatile=("progress",))
        mapping.register(items.Resource, models.Resource)
        mapping.register(items.GroupSet, models.GroupSet)
        mapping.register(items.ActiveFault, models.ActiveFault)
