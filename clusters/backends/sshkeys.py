"""Keys of SSH: a private one read or made, and what may be shown of it. Knows no cluster and keeps nothing."""

from dataclasses import dataclass, field

import asyncssh

from clusters.domain.messages import Message, say

ALGORITHM = "ssh-ed25519"
COMMENT = "failover cluster console"
TEXT_MAX = 20_000  # an RSA key of 16384 bits has 13 kB


class NoKey(ValueError):
    """What was given is no private key, or its passphrase is missing or wrong; `message` says which."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """`text` is the secret, without a passphrase; the rest may be shown."""

    text: str = field(repr=False)
    public: str
    fingerprint: str


def read(text: str, passphrase: str = "") -> PrivateKey:
    """A key as ssh-keygen writes it. Raises NoKey."""
    if len(text) > TEXT_MAX:
        raise NoKey(say("key-unreadable"))
    # A browser sends line ends of its own, and who pastes often loses the last one.
    text = text.replace("\r\n", "\n").strip() + "\n"
    try:
        key = asyncssh.import_private_key(text, passphrase or None)
    except (asyncssh.KeyEncryptionError, asyncssh.KeyImportError, ValueError) as error:
        raise NoKey(_why(text, passphrase, str(error).lower())) from error
    return _private(key)


def generate() -> PrivateKey:
    """A new key."""
    return _private(asyncssh.generate_private_key(ALGORITHM, comment=COMMENT))


def fingerprint(public: str) -> str:
    """SHA256 of a public key as ssh-keygen -l shows it. Raises ValueError for what is no public key."""
    try:
        return asyncssh.import_public_key(public).get_fingerprint()
    except asyncssh.KeyImportError as error:
        raise ValueError("no public key") from error


def _why(text: str, passphrase: str, error: str) -> Message:
    """What is wrong with it, as far as the library says so."""
    locked = "passphrase" in error or "decrypt" in error or "encrypt" in error
    if not locked:
        return say("key-unreadable")
    if "OPENSSH" in text.partition("\n")[0]:
        return say("key-passphrase-unsupported")  # its derivation (bcrypt) is not worth a dependency
    return say("key-passphrase-wrong") if passphrase else say("key-passphrase-needed")


def _private(key: asyncssh.SSHKey) -> PrivateKey:
    public = key.export_public_key().decode().strip()
    return PrivateKey(key.export_private_key().decode(), public, key.get_fingerprint())
