"""Changes the key that the credentials of clusters are encrypted with.

A new key is put in front of the ring and everything is encrypted with it; keys that nothing needs any more are dropped,
unless they are to be kept for a backup. Safe to kill: the old keys go last, and a second run goes on. Where the keys
come from the environment, put the new one in front there first; then this encrypts everything with it.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from clusters import credentials, keyring
from clusters.presenters.sentences import sentence


class Command(BaseCommand):
    """See the module's docstring."""

    help = "Encrypt the credentials of clusters with a new key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether old keys stay."""
        parser.add_argument("--keep-old", action="store_true", help="keep keys that only backups need")

    def handle(self, *args: Any, **options: Any) -> None:
        """New key, everything again, old keys away."""
        try:
            self._rotate(options["keep_old"])
        except keyring.Unreadable as unreadable:
            raise CommandError(sentence(unreadable.message)) from unreadable

    def _rotate(self, keep_old: bool) -> None:
        fixed = False
        try:
            keyring.add()
        except keyring.Fixed:
            fixed = True
        done, lost = credentials.seal_again()
        self.stdout.write(_("Encrypted anew: %(count)s") % {"count": done})
        for stored, reason in lost:
            self.stderr.write(f"{stored}: {sentence(reason)}")
        # Last, and only what nothing is sealed with: what could not be opened keeps its key, should that come back.
        if not (keep_old or fixed):
            dropped = keyring.keep_only(credentials.keys_in_use())
            self.stdout.write(_("Old keys dropped: %(count)s") % {"count": dropped})
        if lost:
            raise CommandError(_("Not every credential could be read; those were left as they are."))
