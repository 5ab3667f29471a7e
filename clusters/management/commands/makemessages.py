"""Collects every sentence of ours for the translators, also those marked with the short names `lazy` and `counted`.

Written without line numbers, so that a change of the source changes only what is said; and without guesses, so that
what is not translated yet is empty and a test finds it.
"""

from django.core.management.base import CommandParser
from django.core.management.commands import makemessages

NOT_OURS = (".venv", "var", "tests", "benchmarks", "static")


class Command(makemessages.Command):
    """`python manage.py makemessages -l nl`, translate what is empty, then `python manage.py compilemessages -l nl`."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=lazy", "--keyword=counted:1,2"]
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(
            ignore_patterns=list(NOT_OURS),
            extensions=["html", "py", "svg"],
            no_wrap=True,
            no_location=True,
            no_obsolete=True,
        )
