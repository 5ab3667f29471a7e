"""Adds a cluster to the console, of any backend, and says in words what stands in its way before it is stored.

Credentials are never stored, only the names of the files that hold them.
"""

import asyncio
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from clustermgr.backends import BACKENDS
from clusters import connections, services
from clusters.backends.base import BackendError, Observation
from clusters.domain.items import Role, RoleType
from clusters.models import Cluster
from clusters.presenters.sentences import sentence

SECONDS_AT_MOST = 60
LOCAL = "local"
FILES = {"key_file": "--key-file", "known_hosts_file": "--known-hosts-file"}


class Command(BaseCommand):
    """See the module's docstring."""

    help = "Add a cluster: addcluster lab --key-file ID --known-hosts-file KNOWN --node node1=HOST --node node2=HOST:22"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The cluster's name in addresses, its backend, and what that backend needs."""
        parser.add_argument("slug", help="its name in addresses: letters, digits, hyphens")
        parser.add_argument("--backend", choices=sorted(BACKENDS), default="pacemaker")
        parser.add_argument("--name", default="", help="what people call it")
        parser.add_argument("--user", default="root", help="account on the nodes")
        parser.add_argument("--key-file", default="", help="private key of the console, without a passphrase")
        parser.add_argument("--known-hosts-file", default="", help="the nodes' host keys, pinned")
        parser.add_argument("--node", action="append", default=[], metavar="NAME=HOST[:PORT]", help="or NAME=local")
        parser.add_argument(
            "--option", action="append", default=[], metavar="NAME=VALUE", help="other backends' options"
        )
        parser.add_argument("--unseen", action="store_true", help="add it even if it does not answer now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look first, then store."""
        cluster = Cluster(
            slug=options["slug"],
            name=options["name"] or options["slug"],
            backend=options["backend"],
            options=_options(options),
        )
        try:
            cluster.full_clean()
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        _require_sense(cluster)
        if cluster.options.get("nodes") or cluster.backend == "pacemaker":
            self._look(cluster, options["unseen"])
        try:
            services.add_cluster(cluster.slug, cluster.name, cluster.backend, cluster.options)
        except IntegrityError as error:
            raise CommandError(_("There is a cluster %(slug)s already.") % {"slug": cluster.slug}) from error
        self.stdout.write(_("%(name)s was added.") % {"name": cluster.name})

    def _look(self, cluster: Cluster, unseen: bool) -> None:
        """Say what is seen of it; what keeps it from being seen ends the command, unless it may be unseen."""
        try:
            seen = asyncio.run(_seen(cluster))
        except BackendError as error:
            if not unseen:
                raise CommandError(sentence(error.message)) from error
            self.stderr.write(sentence(error.message))
            return
        for source in seen.sources:
            if source.error:
                self.stderr.write(sentence(source.error))
        machines = [role for role in seen.state.all(Role) if role.type is RoleType.VIRTUAL_MACHINE]
        found = {"nodes": len(seen.state.nodes()), "machines": len(machines)}
        self.stdout.write(_("Seen: %(nodes)s nodes, %(machines)s virtual machines.") % found)


def _require_sense(cluster: Cluster) -> None:
    """A simulated cluster begins now unless told otherwise. Raises CommandError for options that make no cluster."""
    if cluster.backend == "simulator":
        cluster.options.setdefault("began", timezone.now().replace(microsecond=0).isoformat())
    try:
        connections.connect(cluster)
    except BackendError:
        return  # said when it is looked at
    except (KeyError, TypeError, ValueError) as trouble:
        told = _("The options do not describe a cluster of the backend %(backend)s: %(trouble)s.")
        raise CommandError(told % {"backend": cluster.backend, "trouble": trouble}) from trouble


async def _seen(cluster: Cluster) -> Observation:
    backend = connections.connect(cluster)
    try:
        async with asyncio.timeout(SECONDS_AT_MOST):
            return await backend.observe("")
    finally:
        await backend.close()


def _options(given: dict[str, Any]) -> dict[str, Any]:
    """The backend's options from the command line. Raises CommandError for words that are not NAME=VALUE."""
    options: dict[str, Any] = {name: _value(value) for name, value in map(_pair, given["option"])}
    nodes = {name: _address(address) for name, address in map(_pair, given["node"])}
    if nodes:
        files = {name: str(Path(given[name]).expanduser().resolve()) for name in FILES if given[name]}
        options |= {"nodes": nodes, "user": given["user"], **files}
    return options


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value) or "\\u0000" in text:
        raise CommandError(_("“%(text)s” is not NAME=VALUE.") % {"text": text})
    return name, value


def _value(text: str) -> Any:
    """A number, a list, … where it reads as JSON, else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _address(text: str) -> dict[str, Any]:
    """host, host:port, [ipv6]:port, or "local"."""
    if text == LOCAL:
        return {}
    if text.startswith("["):
        host, _bracket, rest = text[1:].partition("]")
        return {"host": host, **({"port": rest[1:]} if rest.startswith(":") else {})}
    host, colon, port = text.rpartition(":")
    return {"host": host, "port": port} if colon and ":" not in host else {"host": text}
