"""`manage.py scenario FILE...`: run stories on the simulator and compare their transcripts (docs/scenarios.md)."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from clustermgr.backends import Result, Wrong, tell
from clusters.domain.codec import encode


class Command(BaseCommand):
    help = "Run scenario texts in virtual time and compare what happens with what is written down."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files, and what to do with the outcome."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="print the final state of every object")
        parser.add_argument("--rewrite", action="store_true", help="write down what happens as the transcript")

    def handle(self, *args: Any, **options: Any) -> None:
        """Every file; the exit status says whether all went as written."""
        wrong = sum(not self._told(path, options["rewrite"], options["json"]) for path in options["files"])
        if wrong:
            raise CommandError(_("%(count)d of the scenarios did not go as written.") % {"count": wrong})

    def _told(self, path: Path, rewrite: bool, as_json: bool) -> bool:
        try:
            result = tell(path.read_text(encoding="utf-8"))
        except (OSError, Wrong) as error:
            self.stderr.write(f"{path}: {error}")
            return False
        if rewrite:
            path.write_text(result.text, encoding="utf-8")
            result = tell(result.text)
        if as_json:
            items = {str(key): encode(item) for key, item in result.state.items()}
            self.stdout.write(json.dumps({"file": str(path), "ok": not result.failures, "state": items}, indent=1))
        else:
            self.stdout.write(result.text)
        return self._reported(path, result)

    def _reported(self, path: Path, result: Result) -> bool:
        for failure in result.failures:
            self.stderr.write(f"{path}: {failure}")
        return not result.failures
