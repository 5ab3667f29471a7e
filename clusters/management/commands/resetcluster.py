"""Begins a new history of a cluster, so that no browser trusts a position of the old one.

Needed after a backup was restored: the sequence number then stands where it stood once before. With `--world` a
simulated cluster also begins its first day anew.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clusters import ledger
from clusters.models import Cluster


class Command(BaseCommand):
    """See the module's docstring."""

    help = "Begin a new history of these clusters; after restoring a backup, of all of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which clusters."""
        parser.add_argument("slug", nargs="*", help="the clusters as their addresses name them")
        parser.add_argument("--all", action="store_true", help="every cluster")
        parser.add_argument("--world", action="store_true", help="simulated clusters begin their first day anew")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reset and say so."""
        clusters = Cluster.objects.all() if options["all"] else Cluster.objects.filter(slug__in=options["slug"])
        unknown = set(options["slug"]) - {cluster.slug for cluster in clusters}
        if unknown or not clusters:
            raise CommandError("There is no such cluster: " + (", ".join(sorted(unknown)) or "name one, or say --all"))
        for cluster in clusters:
            # Without --world the observed rows stay: they are compared with the cluster at the next look anyway.
            if options["world"]:
                ledger.reset(cluster.pk)
            else:
                ledger.begin_again(cluster.pk)
            self.stdout.write(f"{cluster} begins a new history.")
