"""The secret that signs sessions, made at the first start and kept in a file that only its owner can read.

Nobody has to invent one, and none can end up in version control.
"""

import os
import secrets
from pathlib import Path

_BYTES = 48


def read_or_create(path: Path) -> str:
    """The secret in `path`; if there is none yet, a new one is written there with mode 0600."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        _write_once(path, secrets.token_urlsafe(_BYTES))
    return path.read_text(encoding="ascii").strip()


def _write_once(path: Path, secret: str) -> None:
    """Write the whole file or nothing: of two processes that start together, the first one's secret stays."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret + "\n")
    # A link fails where the name is taken, a rename would replace what another process has just read.
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
