"""What a fresh installation needs before anybody can sign in: an administrator, and a demo to look at.

Does nothing where people already exist, so `make run` may call it every time. The password is generated, because a
known one would be an open door; it is kept where only the owner of the installation can read it.
"""

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand

from clusters.models import Cluster

NAME = "admin"
_PASSWORD_BYTES = 12


class Command(BaseCommand):
    """See the module's docstring."""

    help = "Create the first administrator and load the demo, if nobody exists yet; say where and how to sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare what is missing, then print the address and the login."""
        kept = Path(settings.VAR_DIR) / "administrator-password"
        if not get_user_model().objects.exists():
            # Kept first: an administrator whose password nobody knows would be in the way of the next try.
            keep(kept, secrets.token_urlsafe(_PASSWORD_BYTES))
            User.objects.create_superuser(NAME, password=kept.read_text(encoding="ascii").strip())
            if not Cluster.objects.exists():
                call_command("loaddemo")
        self.stdout.write(f"\nOpen      http://{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}/")
        self.stdout.write(f"Sign in   {login(kept)}\n")


def keep(path: Path, password: str) -> None:
    """Write the password to a file that only its owner can read."""
    # A new file of mode 0600: an old one may belong to others, or be open in another program.
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(password + "\n")


def login(kept: Path) -> str:
    """The login in words: the generated one for as long as it is in use."""
    user = User.objects.filter(username=NAME).first()
    if user and kept.exists() and user.check_password(password := kept.read_text(encoding="ascii").strip()):
        return f"{NAME}, password {password} (kept in {kept})"
    return "with your own name and password"
