"""The secrets of clusters: kept sealed, bound to their cluster and name, opened only to be used.

Only `reveal` and `opened` give a secret away, to who connects.
"""

from channels.db import database_sync_to_async
from django.db import transaction
from django.utils import timezone

from clusters import keyring
from clusters.backends.base import Refused
from clusters.backends.reaching import Secrets
from clusters.backends.sshkeys import PrivateKey
from clusters.domain.messages import NOTHING, Message, say
from clusters.keyring import Sealed, Unreadable
from clusters.models import Cluster, Credential

KEY = "key"  # what logs in on the nodes
JUMP_KEY = "jump-key"  # what logs in on the jump host


def keep(cluster: Cluster, name: str, key: PrivateKey) -> Credential:
    """Store a key under a name, in the place of the one that was there. Raises Unreadable: no key to seal it with."""
    sealed = keyring.seal(key.text, *_context(cluster, name))
    stored, _new = Credential.objects.update_or_create(
        cluster=cluster,
        name=name,
        defaults={
            "kind": Credential.Kind.SSH_KEY,
            "ciphertext": sealed.ciphertext,
            "key_id": sealed.key_id,
            "public": key.public,
            "fingerprint": key.fingerprint,
            "created_at": timezone.now(),
        },
    )
    return stored


def reveal(cluster: Cluster, name: str) -> str:
    """The secret itself. Raises Unreadable."""
    stored = Credential.objects.filter(cluster=cluster, name=name).first()
    if stored is None:
        raise Unreadable(say("credential-missing", name=name))
    return _opened(stored)


def stored(cluster: Cluster) -> Secrets:
    """The cluster's secrets by name, for who connects; what cannot be read is refused with the reason."""

    async def secret(name: str) -> str:
        try:
            return await database_sync_to_async(reveal)(cluster, name)
        except Unreadable as unreadable:
            raise Refused(unreadable.message) from unreadable

    return secret


def opened(cluster: Cluster) -> dict[str, str | Message]:
    """All secrets of the cluster by name, or why one cannot be read. For who connects at once and keeps none."""
    found: dict[str, str | Message] = {}
    for stored in Credential.objects.filter(cluster=cluster).select_related("cluster"):
        try:
            found[stored.name] = _opened(stored)
        except Unreadable as unreadable:
            found[stored.name] = unreadable.message
    return found


def trouble(cluster: Cluster) -> Message:
    """Why a secret of this cluster cannot be read, or NOTHING."""
    return next((each for each in opened(cluster).values() if isinstance(each, Message)), NOTHING)


def forget(cluster: Cluster, name: str) -> None:
    """It is not needed any more."""
    Credential.objects.filter(cluster=cluster, name=name).delete()


def seal_again() -> tuple[int, list[tuple[Credential, Message]]]:
    """Seal everything with the first key: how many were, and which could not be opened, with the reason."""
    done, lost = 0, []
    # All in one transaction: a key that is replaced meanwhile waits, and is not sealed over with what it replaces.
    with transaction.atomic():
        for stored in Credential.objects.select_for_update().select_related("cluster"):
            try:
                sealed = keyring.seal(_opened(stored), *_context(stored.cluster, stored.name))
            except Unreadable as unreadable:
                lost.append((stored, unreadable.message))
                continue
            stored.ciphertext, stored.key_id = sealed.ciphertext, sealed.key_id
            stored.save(update_fields=["ciphertext", "key_id"])
            done += 1
    return done, lost


def keys_in_use() -> frozenset[str]:
    """Ids of the keys that something is sealed with."""
    return frozenset(Credential.objects.values_list("key_id", flat=True))


def _opened(stored: Credential) -> str:
    return keyring.unseal(Sealed(stored.key_id, bytes(stored.ciphertext)), *_context(stored.cluster, stored.name))


def _context(cluster: Cluster, name: str) -> tuple[str, ...]:
    # A slug is for life: the administration does not change it, because nothing sealed would open any more.
    return "credential", cluster.slug, name
