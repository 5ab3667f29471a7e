"""Seals secrets with keys that lie outside the database: in a file that only its owner can read, or in the environment.

The first key seals, every key opens, so that a new one can be put in front at any time. What is sealed is bound to its
context: the same text moved to another row does not open. A secret is text here for as short as can be, and in no
message, log or representation.
"""

import base64
import binascii
import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from clusters.domain.messages import Message, say

KEY_BYTES = 32  # AES-256-GCM (decision 0014)
NONCE_BYTES = 12  # what GCM is made for; by chance, since a ring never seals so much that two could meet
ID_LETTERS = 12


class Unreadable(Exception):
    """A secret cannot be opened, or none can be sealed; the message says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


class Fixed(Exception):
    """The keys come from the environment: whoever set them there adds and removes them there."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the ring; its id is a digest, so that a ring is nothing but a list of keys."""

    raw: bytes = field(repr=False)  # error pages and logs show representations

    @property
    def id(self) -> str:
        """Names the key without telling anything of it."""
        # With words of its own before it, so that the id is a digest nobody uses for anything else.
        return hashlib.sha256(b"console key id" + self.raw).hexdigest()[:ID_LETTERS]

    @property
    def text(self) -> str:
        """As it is written down."""
        return base64.urlsafe_b64encode(self.raw).decode()


@dataclass(frozen=True, slots=True)
class Sealed:
    """What may be stored: which key opens it, and the text nobody can read without it."""

    key_id: str
    ciphertext: bytes


def seal(text: str, *context: str) -> Sealed:
    """Encrypt for this context; the first key is made when there is none yet. Raises Unreadable."""
    key = (ring() or [_first()])[0]
    nonce = secrets.token_bytes(NONCE_BYTES)
    return Sealed(key.id, nonce + AESGCM(key.raw).encrypt(nonce, text.encode(), _bound(context)))


def unseal(sealed: Sealed, *context: str) -> str:
    """The text again. Raises Unreadable: its key is gone, or it was changed or moved here from elsewhere."""
    known = {key.id: key for key in ring()}
    if sealed.key_id not in known:
        raise Unreadable(say("credential-key-lost", key=sealed.key_id))
    nonce, body = sealed.ciphertext[:NONCE_BYTES], sealed.ciphertext[NONCE_BYTES:]
    try:
        return AESGCM(known[sealed.key_id].raw).decrypt(nonce, body, _bound(context)).decode()
    except (InvalidTag, ValueError) as trouble:
        raise Unreadable(say("credential-damaged")) from trouble


def ring() -> list[Key]:
    """The ring, newest first; read anew each time, because another process may have rotated it. Raises Unreadable."""
    if settings.CREDENTIAL_KEYS:
        return _read(settings.CREDENTIAL_KEYS, "CLUSTERMGR_CREDENTIAL_KEYS")
    try:
        return _read(_file().read_text(encoding="ascii"), str(_file()))
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as trouble:
        raise Unreadable(say("credential-keys-unreadable", place=_file())) from trouble


def add() -> Key:
    """Put a new key in front. Raises Fixed, Unreadable."""
    key = Key(secrets.token_bytes(KEY_BYTES))
    _rewrite(lambda ring: [key, *ring])
    return key


def keep_only(needed: Container[str]) -> int:
    """Drop the keys that nothing needs any more, but never the first; how many. Raises Fixed, Unreadable."""
    before = len(ring())
    _rewrite(lambda ring: [key for place, key in enumerate(ring) if place == 0 or key.id in needed])
    return before - len(ring())


def _first() -> Key:
    """Of two processes that begin together, the second finds the first one's key."""
    return _rewrite(lambda ring: ring or [Key(secrets.token_bytes(KEY_BYTES))])[0]


def _bound(context: tuple[str, ...]) -> bytes:
    # As JSON: joined by any letter, ("a", "b/c") and ("a/b", "c") would be the same place.
    return json.dumps(context).encode()


def _read(text: str, place: str) -> list[Key]:
    try:
        read = [Key(base64.b64decode(word, b"-_", validate=True)) for word in text.replace(",", " ").split()]
    except (binascii.Error, ValueError) as trouble:
        raise Unreadable(say("credential-keys-unreadable", place=place)) from trouble
    if any(len(key.raw) != KEY_BYTES for key in read):
        raise Unreadable(say("credential-keys-unreadable", place=place))
    return read


def _rewrite(change: Callable[[list[Key]], list[Key]]) -> list[Key]:
    """Replace the file's keys, whole or not at all, while nobody else does. Raises Fixed, Unreadable."""
    if settings.CREDENTIAL_KEYS:
        raise Fixed
    try:
        with _locked():
            # Read under the lock: of two that rotate at once, the second keeps the first one's key.
            changed = change(ring())
            draft = _file().with_name(f"{_file().name}.new")
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write("".join(f"{key.text}\n" for key in changed))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(_file())
            return changed
    except OSError as trouble:
        raise Unreadable(say("credential-keys-unreadable", place=_file())) from trouble


@contextmanager
def _locked() -> Iterator[None]:
    # A file beside it: the ring's own is replaced, and a lock on what was replaced holds nobody back.
    lock = os.open(_file().with_name(f"{_file().name}.lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _file() -> Path:
    return Path(settings.CREDENTIAL_KEYS_FILE)
