"""Sealing: what comes out is not what went in, comes back only in its place, and the keys are nobody else's to read."""

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from clusters import keyring
from clusters.keyring import Fixed, Unreadable

SECRET = "correct horse battery staple"


def test_what_is_sealed_opens_again_in_its_place() -> None:
    sealed = keyring.seal(SECRET, "lab", "key")
    assert SECRET.encode() not in sealed.ciphertext
    assert keyring.unseal(sealed, "lab", "key") == SECRET


def test_the_same_text_is_never_sealed_alike() -> None:
    assert keyring.seal(SECRET, "lab").ciphertext != keyring.seal(SECRET, "lab").ciphertext


@pytest.mark.parametrize("place", [("lab", "jump-key"), ("other", "key"), ("la", "bkey"), ("lab",)])
def test_it_does_not_open_in_another_place(place: tuple[str, ...]) -> None:
    sealed = keyring.seal(SECRET, "lab", "key")
    with pytest.raises(Unreadable) as caught:
        keyring.unseal(sealed, *place)
    assert caught.value.message.code == "credential-damaged"


@pytest.mark.parametrize("byte", [0, 11, 12, -1])
def test_a_single_changed_byte_is_noticed(byte: int) -> None:
    sealed = keyring.seal(SECRET, "lab")
    changed = bytearray(sealed.ciphertext)
    changed[byte] ^= 1
    with pytest.raises(Unreadable):
        keyring.unseal(replace(sealed, ciphertext=bytes(changed)), "lab")


@pytest.mark.parametrize("cut", [b"", b"short", b"x" * 12])
def test_what_is_too_short_is_noticed(cut: bytes) -> None:
    with pytest.raises(Unreadable):
        keyring.unseal(replace(keyring.seal(SECRET, "lab"), ciphertext=cut), "lab")


def test_only_the_owner_can_read_the_keys(ring: Path) -> None:
    keyring.seal(SECRET, "lab")
    assert {stat.S_IMODE(path.stat().st_mode) for path in ring.parent.iterdir()} == {0o600}


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    old = keyring.seal(SECRET, "lab")
    added = keyring.add()
    assert keyring.seal(SECRET, "lab").key_id == added.id != old.key_id
    assert keyring.unseal(old, "lab") == SECRET


def test_a_lost_key_is_said_by_its_name(ring: Path) -> None:
    sealed = keyring.seal(SECRET, "lab")
    ring.unlink()
    with pytest.raises(Unreadable) as caught:
        keyring.unseal(sealed, "lab")
    assert caught.value.message.code == "credential-key-lost"
    assert dict(caught.value.message.params) == {"key": sealed.key_id}


def test_opening_never_makes_a_key(ring: Path) -> None:
    sealed = keyring.seal(SECRET, "lab")
    ring.unlink()
    with pytest.raises(Unreadable):
        keyring.unseal(sealed, "lab")
    assert not ring.exists()


@pytest.mark.parametrize("text", ["nonsense!", "YWJj", "\N{GRINNING FACE}"])
def test_a_file_that_holds_no_keys_is_named_and_left_alone(ring: Path, text: str) -> None:
    ring.write_text(text, encoding="utf-8")
    with pytest.raises(Unreadable) as caught:
        keyring.seal(SECRET, "lab")
    assert dict(caught.value.message.params) == {"place": str(ring)}
    assert ring.read_text(encoding="utf-8") == text


def test_keys_may_come_from_the_environment(settings: Settings, ring: Path) -> None:
    new, old = (keyring.Key(bytes([number]) * 32) for number in (1, 2))
    settings.CREDENTIAL_KEYS = old.text
    sealed = keyring.seal(SECRET, "lab")
    settings.CREDENTIAL_KEYS = f"{new.text}, {old.text}"
    assert keyring.unseal(sealed, "lab") == SECRET
    assert keyring.seal(SECRET, "lab").key_id == new.id
    assert not ring.exists()


def test_keys_from_the_environment_are_not_changed_here(settings: Settings) -> None:
    settings.CREDENTIAL_KEYS = keyring.Key(b"1" * 32).text
    with pytest.raises(Fixed):
        keyring.add()
    with pytest.raises(Fixed):
        keyring.keep_only(())


def test_old_keys_go_but_never_the_first() -> None:
    first, second, third = keyring.add(), keyring.add(), keyring.add()
    assert keyring.keep_only({first.id}) == 1
    assert [key.id for key in keyring.ring()] == [third.id, first.id]
    assert second.id not in {key.id for key in keyring.ring()}
    assert keyring.keep_only(()) == 1


def test_many_who_begin_together_end_with_one_key() -> None:
    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(lambda number: keyring.seal(str(number), "lab"), range(8)))
    assert len({each.key_id for each in sealed}) == 1
    assert [keyring.unseal(each, "lab") for each in sealed] == [str(number) for number in range(8)]


def test_a_key_shows_itself_nowhere() -> None:
    key = keyring.add()
    assert key.text not in repr(key)
    assert key.raw.hex() not in repr(key)
    assert key.text not in key.id
