"""The clusters app; it knows nothing of virtual machines, which register themselves from `vms`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClustersConfig(AppConfig):
    """Django's handle on the app."""

    name = "clusters"
    verbose_name = _("Failover clusters")
