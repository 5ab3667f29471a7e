"""The virtual machines app; when it is ready it adds machines to the registries of `clusters`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VmsConfig(AppConfig):
    """Django's handle on the app."""

    name = "vms"
    verbose_name = _("Virtual machines")

    def ready(self) -> None:
        """Add machines and guest services to what `clusters` stores."""
        from clusters import mapping
        from vms import models
        from vms import events, presenters, sentences  # noqa: F401 (tabs and words join those of `clusters`)
        from vms.domain import actions, commands, items  # noqa: F401 (commands join the codec, acts the registry)

        progress = ("migration_progress", "migration_round", "migration_left_mb")
        mapping.register(items.VirtualMachine, models.VirtualMachine, volatile=progress)
        mapping.register(items.GuestService, models.GuestService)
