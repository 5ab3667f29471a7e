"""Clusters come, change and go together with how they are reached: options, stored keys and all in one transaction.

The wizard and `addcluster` both end here. Before anything is stored, the same questions are asked of the machines:
which host keys they show, and what the tests of the connection find.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import User
from django.db import transaction

from clusters import connections, credentials, lease, notify, services
from clusters.backends.base import Refused
from clusters.backends.reaching import Finding, HostKey, Secrets, Verdict, Ways
from clusters.backends.sshkeys import PrivateKey
from clusters.domain.messages import Message, say
from clusters.models import Cluster

SECONDS_AT_MOST = 60  # somebody sits before the page that waits for it
RESERVED = frozenset({"add"})
"""Addresses of our own, which no cluster may be called by."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A cluster as it is to be: `keys` are those to be stored, by the name that the options call them."""

    slug: str
    name: str
    backend: str
    options: Mapping[str, Any]
    keys: Mapping[str, PrivateKey] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


def add(plan: Plan, by: User | None = None) -> Cluster:
    """Store it; controllers find it within a second. Raises IntegrityError (slug taken), keyring.Unreadable."""
    with transaction.atomic():
        cluster = services.add_cluster(plan.slug, plan.name, plan.backend, dict(plan.options), **plan.fields)
        for name, key in plan.keys.items():
            credentials.keep(cluster, name, key)
        _record(by, cluster, ADDITION, plan.options)
    return cluster


def change(
    cluster: Cluster, options: Mapping[str, Any], keys: Mapping[str, PrivateKey], by: User | None = None
) -> None:
    """Reach it otherwise from now on; keys that the options no longer name are forgotten. Raises keyring.Unreadable."""
    names = {name for name in {*cluster.options, *options} if cluster.options.get(name) != options.get(name)}
    with transaction.atomic():
        cluster.options = dict(options)
        cluster.save(update_fields=["options"])
        for name, key in keys.items():
            credentials.keep(cluster, name, key)
        # A door that is not used any more needs no key in the house.
        for name in {credentials.KEY, credentials.JUMP_KEY} - named(options):
            credentials.forget(cluster, name)
        _record(by, cluster, CHANGE, {*names, *(f"new {name}" for name in keys)})
        _begin_again(cluster)


def switch(cluster: Cluster, enabled: bool, by: User | None = None) -> None:
    """Manage it, or leave it alone; what is known of it stays. The time of a simulated one stands still meanwhile."""
    with transaction.atomic():
        cluster.enabled = enabled
        cluster.save(update_fields=["enabled"])
        _record(by, cluster, CHANGE, {"switched on" if enabled else "switched off"})
        _begin_again(cluster)


def remove(cluster: Cluster, by: User | None = None) -> None:
    """Forget it, with its history and its keys. A real cluster is not touched; a simulated one is gone."""
    with transaction.atomic():
        # Before it goes: afterwards it has no number to be recorded under.
        _record(by, cluster, DELETION, ())
        services.remove_cluster(cluster)


def nodes_of(options: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """How each node is reached, by its name; of a simulated cluster "nodes" is their number, and none is reached."""
    nodes = options.get("nodes")
    return dict(nodes) if isinstance(nodes, Mapping) else {}


def named(options: Mapping[str, Any]) -> frozenset[str]:
    """The stored keys that the options name."""
    among = [options, options.get("jump"), *nodes_of(options).values()]
    return frozenset(str(each["credential"]) for each in among if isinstance(each, Mapping) and each.get("credential"))


def secrets(keys: Mapping[str, PrivateKey], cluster: Cluster | None = None) -> Secrets:
    """New keys first, then those that the cluster has stored; what cannot be read is refused when it is asked for."""
    known: dict[str, str | Message] = credentials.opened(cluster) if cluster else {}
    known |= {name: key.text for name, key in keys.items()}

    async def secret(name: str) -> str:
        found = known.get(name, say("credential-missing", name=name))
        if isinstance(found, Message):
            raise Refused(found)
        return found

    return secret


async def host_keys(backend: str, options: Mapping[str, Any], known: Secrets) -> Mapping[str, HostKey | Message]:
    """The host keys that the machines show now, see `Ways`. Raises Refused."""
    try:
        async with asyncio.timeout(SECONDS_AT_MOST):
            return await _ways(backend).host_keys(options, known)
    except TimeoutError as late:
        raise Refused(say("tests-too-slow", seconds=SECONDS_AT_MOST)) from late


async def tests(backend: str, options: Mapping[str, Any], known: Secrets) -> Mapping[str, tuple[Finding, ...]]:
    """What the tests of the connection find, see `Ways`. Raises Refused."""
    try:
        async with asyncio.timeout(SECONDS_AT_MOST):
            return await _ways(backend).tests(options, known)
    except TimeoutError as late:
        raise Refused(say("tests-too-slow", seconds=SECONDS_AT_MOST)) from late


def passed(found: Mapping[str, tuple[Finding, ...]]) -> bool:
    """At least one test, and none failed."""
    verdicts = [finding.verdict for each in found.values() for finding in each]
    return bool(verdicts) and Verdict.FAILED not in verdicts


def _ways(backend: str) -> Ways:
    ways = connections.ways(backend)
    if ways is None:
        raise Refused(say("no-way-needed"))
    return ways


def _record(by: User | None, cluster: Cluster, what: int, names: Iterable[str]) -> None:
    """Who did it, in the administration's own record; names of options only, never what they say."""
    if by:
        LogEntry.objects.log_actions(by.pk, [cluster], what, ", ".join(sorted(names)), single_object=True)


def _begin_again(cluster: Cluster) -> None:
    # Whichever process controls it: its connection was made of the old options, and its next write fails.
    lease.revoke(cluster.pk)
    transaction.on_commit(partial(notify.requested, cluster.pk, 0))
