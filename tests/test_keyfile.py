"""The secret key: made once, the same ever after, readable by its owner only."""

from pathlib import Path

from clustermgr import keyfile


def test_it_makes_a_secret_at_the_first_start(tmp_path: Path) -> None:
    assert len(keyfile.read_or_create(tmp_path / "key")) >= 50


def test_it_gives_the_same_secret_ever_after(tmp_path: Path) -> None:
    assert keyfile.read_or_create(tmp_path / "key") == keyfile.read_or_create(tmp_path / "key")


def test_it_gives_every_installation_its_own_secret(tmp_path: Path) -> None:
    assert keyfile.read_or_create(tmp_path / "one") != keyfile.read_or_create(tmp_path / "other")


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    keyfile.read_or_create(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_the_second_of_two_processes_takes_the_first_ones_secret(tmp_path: Path) -> None:
    keyfile._write_once(tmp_path / "key", "first")
    keyfile._write_once(tmp_path / "key", "second")
    assert keyfile.read_or_create(tmp_path / "key") == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
