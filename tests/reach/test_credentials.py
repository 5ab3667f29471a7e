"""Credentials in the database: unreadable there, bound to their cluster, and readable again after each rotation."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from clusters import credentials, keyring, services
from clusters.backends.sshkeys import PrivateKey
from clusters.keyring import Unreadable
from clusters.models import Cluster, Credential


def test_what_is_kept_can_be_used(lab: Cluster, key: PrivateKey) -> None:
    credentials.keep(lab, credentials.KEY, key)
    assert credentials.reveal(lab, credentials.KEY) == key.text


def test_the_row_tells_only_the_public_half(lab: Cluster, key: PrivateKey) -> None:
    credentials.keep(lab, credentials.KEY, key)
    (row,) = Credential.objects.values()
    assert row["public"] == key.public
    assert row["fingerprint"].startswith("SHA256:")
    assert not any(line in f"{row}{bytes(row['ciphertext'])!r}" for line in key.text.splitlines()[1:-1])


def test_keeping_again_replaces(lab: Cluster, key: PrivateKey) -> None:
    credentials.keep(lab, credentials.KEY, key)
    credentials.keep(lab, credentials.KEY, key)
    assert Credential.objects.count() == 1


def test_a_credential_moved_to_another_cluster_does_not_open(lab: Cluster, key: PrivateKey) -> None:
    other = services.add_cluster("other", "Other", "pacemaker")
    row = credentials.keep(lab, credentials.KEY, key)
    Credential.objects.filter(pk=row.pk).update(cluster=other)
    with pytest.raises(Unreadable):
        credentials.reveal(other, credentials.KEY)


def test_a_credential_under_another_name_does_not_open(lab: Cluster, key: PrivateKey) -> None:
    credentials.keep(lab, credentials.JUMP_KEY, key)
    Credential.objects.update(name=credentials.KEY)
    with pytest.raises(Unreadable):
        credentials.reveal(lab, credentials.KEY)


def test_what_is_missing_is_said(lab: Cluster) -> None:
    with pytest.raises(Unreadable) as caught:
        credentials.reveal(lab, credentials.KEY)
    assert caught.value.message.code == "credential-missing"


def test_a_lost_key_is_a_trouble_of_the_cluster(lab: Cluster, key: PrivateKey, ring: Path) -> None:
    credentials.keep(lab, credentials.KEY, key)
    assert not credentials.trouble(lab)
    ring.unlink()
    assert credentials.trouble(lab).code == "credential-key-lost"


def test_removing_a_cluster_removes_its_credentials(lab: Cluster, key: PrivateKey) -> None:
    credentials.keep(lab, credentials.KEY, key)
    services.remove_cluster(lab)
    assert not Credential.objects.exists()


def test_rotating_seals_everything_with_a_new_key_and_drops_the_old(lab: Cluster, key: PrivateKey) -> None:
    before = credentials.keep(lab, credentials.KEY, key)
    out = StringIO()
    call_command("rotatekeys", stdout=out)
    after = Credential.objects.get()
    assert (before.key_id != after.key_id, bytes(before.ciphertext) != bytes(after.ciphertext)) == (True, True)
    assert [each.id for each in keyring.ring()] == [after.key_id]
    assert credentials.reveal(lab, credentials.KEY) == key.text
    assert key.text not in out.getvalue()
    assert before.created_at == after.created_at


def test_old_keys_can_be_kept_for_a_backup(lab: Cluster, key: PrivateKey) -> None:
    old = credentials.keep(lab, credentials.KEY, key).key_id
    call_command("rotatekeys", "--keep-old", stdout=StringIO())
    assert old in {each.id for each in keyring.ring()}


def test_rotating_leaves_what_it_cannot_read_and_says_so(lab: Cluster, key: PrivateKey, ring: Path) -> None:
    lost = credentials.keep(lab, credentials.KEY, key)
    ring.unlink()
    credentials.keep(lab, credentials.JUMP_KEY, key)
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("rotatekeys", stdout=StringIO(), stderr=err)
    assert lost.key_id in err.getvalue()
    assert bytes(Credential.objects.get(pk=lost.pk).ciphertext) == bytes(lost.ciphertext)
    assert credentials.reveal(lab, credentials.JUMP_KEY) == key.text
