"""The virtual machines app; when it is ready it adds machines to the registries of `clusters`."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

PATIENCE = {
    "live-migrate": timedelta(hours=12),  # may wait in a long queue for its turn
    "quick-migrate": timedelta(hours=6),
    "shut-down-vm": timedelta(hours=6),
    "save-vm": timedelta(hours=2),
}


class VmsConfig(AppConfig):
    """Django's handle on the app."""

    name = "vms"
    verbose_name = _("Virtual machines")

    def ready(self) -> None:
        """Add machines and guest services to what `clusters` stores."""
        from clusters import mapping
        from clusters.domain import deadlines
        from vms import events, models, presenters, sentences  # noqa: F401 (tabs and words join those of `clusters`)
        from vms.domain import actions, commands, items, undo  # noqa: F401 (commands join the codec, acts the registry)

        deadlines.PATIENCE.update(PATIENCE)
        progress = ("migration_progress", "migration_round", "migration_left_mb")
        mapping.register(items.VirtualMachine, models.VirtualMachine, volatile=progress)
        mapping.register(items.GuestService, models.GuestService)
