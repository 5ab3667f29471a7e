#!/usr/bin/env python
"""Django's command line, bound to this project's settings."""

import os
import sys


def main() -> None:
    """Run the management command named in the arguments."""
    os.umask(0o077)  # what is written here (passwords' digests, keys, sessions) is read by its owner only
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clustermgr.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
