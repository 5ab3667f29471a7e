"""Two simulated clusters to look at, operate and break: a large new one and a small old one.

Running it again adds what is missing and leaves everything else as it is.
"""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext_noop

from clusters import services
from clusters.models import Cluster

LARGE = gettext_noop("Six nodes, sixty virtual machines on shared volumes")
SMALL = gettext_noop("Two nodes with ordinary clustered disks")
DEMO = (
    ("amsterdam", "AMS-CLUSTER01", "2025", "Europe/Amsterdam", LARGE),
    ("utrecht", "UTR-CLUSTER01", "2008R2", "Europe/Amsterdam", SMALL),
)


class Command(BaseCommand):
    """See the module's docstring."""

    help = "Load the simulated demo clusters that are not there yet."

    def handle(self, *args: Any, **options: Any) -> None:
        """Add what is missing and say so."""
        for slug, name, profile, zone, description in DEMO:
            if Cluster.objects.filter(slug=slug).exists():
                self.stdout.write(f"{name} is there already.")
                continue
            # In the options, not worked out later: the simulator builds the same first day again at every recovery.
            began = timezone.now().replace(microsecond=0)
            kept: dict[str, object] = {"sample": slug, "began": began.isoformat()}
            services.add_cluster(
                slug, name, "simulator", kept, profile=profile, time_zone=zone, description=description
            )
            self.stdout.write(f"{name} was added: {description}.")
