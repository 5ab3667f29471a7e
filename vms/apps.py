"""The virtual machines app; when it is ready it adds machines to the registries of `clusters`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VmsConfig(AppConfig):
    """Django's handle on the app."""

    name = "vms"
    verbose_name = _("Virtual machines")
