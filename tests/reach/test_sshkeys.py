"""Private keys as people have them, and what is told of one that is none."""

import asyncssh
import pytest

from clusters.backends import sshkeys
from clusters.backends.sshkeys import NoKey


@pytest.mark.parametrize("algorithm", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"])
@pytest.mark.parametrize("format_name", ["openssh", "pkcs8-pem"])
def test_keys_of_every_usual_kind_are_read(algorithm: str, format_name: str) -> None:
    made = asyncssh.generate_private_key(algorithm)
    read = sshkeys.read(made.export_private_key(format_name).decode())
    assert (read.fingerprint, read.public.split()[0]) == (made.get_fingerprint(), made.get_algorithm())


def test_line_ends_of_a_browser_and_a_lost_last_one_do_no_harm() -> None:
    made = sshkeys.generate()
    assert sshkeys.read(made.text.strip().replace("\n", "\r\n")).public == made.public


@pytest.mark.parametrize(
    "text", ["", "nonsense", "ssh-ed25519 AAAA", "-----BEGIN OPENSSH PRIVATE KEY-----", "A" * 30_000]
)
def test_what_is_no_key_is_said(text: str) -> None:
    with pytest.raises(NoKey) as caught:
        sshkeys.read(text)
    assert caught.value.message.code == "key-unreadable"


def test_a_public_key_is_not_taken_for_a_private_one() -> None:
    with pytest.raises(NoKey):
        sshkeys.read(sshkeys.generate().public)


def test_a_made_key_tells_its_public_half_only() -> None:
    made = sshkeys.generate()
    assert not any(line in repr(made) for line in made.text.splitlines()[1:-1])
    assert sshkeys.fingerprint(made.public) == made.fingerprint
