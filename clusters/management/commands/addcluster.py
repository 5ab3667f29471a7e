"""Adds a cluster to the console, of any backend, and says in words what stands in its way before it is stored.

The steps are those of the wizard: how to log in, which way, host keys compared by their fingerprints, tests. A private
key is read from a file or from standard input, never from the command line, and is stored encrypted or only named.
"""

import asyncio
import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from clustermgr.backends import BACKENDS
from clusters import connections, credentials, enrolment, keyring
from clusters.backends import sshkeys
from clusters.backends.base import BackendError, Observation
from clusters.backends.reaching import JUMP
from clusters.backends.sshkeys import NoKey, PrivateKey
from clusters.domain.items import Role, RoleType
from clusters.drafts import Draft
from clusters.enrolment import Plan
from clusters.forms import address
from clusters.models import Cluster
from clusters.presenters import counts, reaching
from clusters.presenters.sentences import sentence

SECONDS_AT_MOST = 60
FILES = {"key_file": "--key-file", "known_hosts_file": "--known-hosts-file"}


class Command(BaseCommand):
    """See the module's docstring."""

    help = "Add a cluster: addcluster lab --user console --store-key ID --node node1=HOST --node node2=HOST:22"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The cluster's name in addresses, its backend, and what that backend needs."""
        parser.add_argument("slug", help="its name in addresses: letters, digits, hyphens")
        parser.add_argument("--backend", choices=sorted(BACKENDS), default="pacemaker")
        parser.add_argument("--name", default="", help="what people call it")
        parser.add_argument("--user", default="root", help="account on the nodes")
        login = parser.add_mutually_exclusive_group()
        login.add_argument("--store-key", default="", metavar="FILE", help="private key to store encrypted; - reads it")
        login.add_argument("--key-file", default="", help="private key that stays in its file, without a passphrase")
        login.add_argument("--agent", action="store_true", help="log in with the keys of the SSH agent")
        parser.add_argument("--known-hosts-file", default="", help="the nodes' host keys, pinned in a file")
        parser.add_argument(
            "--host-key",
            action="append",
            default=[],
            metavar="NAME=SHA256:…",
            help="compared at the machine; or jump=…",
        )
        parser.add_argument("--jump", default="", metavar="[USER@]HOST[:PORT]", help="the machine that leads to them")
        parser.add_argument("--jump-key", default="", metavar="FILE", help="a key of its own for that; - reads it")
        parser.add_argument("--node", action="append", default=[], metavar="NAME=HOST[:PORT]", help="or NAME=local")
        parser.add_argument(
            "--option", action="append", default=[], metavar="NAME=VALUE", help="other backends' options"
        )
        parser.add_argument("--acts", action="store_true", help="let the console act there, not only look")
        parser.add_argument("--unseen", action="store_true", help="add it even if it does not answer now")
        parser.add_argument("--check", action="store_true", help="only test it; without nodes, as it is stored")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look first, then store."""
        if options["check"] and not options["node"]:
            self._test(*_stored(options["slug"]))
            return
        plan = self._confirmed(_plan(options), dict(map(_pair, options["host_key"])), options["unseen"])
        cluster = Cluster(slug=plan.slug, name=plan.name, backend=plan.backend, options=dict(plan.options))
        if options["check"]:
            self._test(cluster, plan.keys)
            return
        try:
            cluster.full_clean()
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        _require_sense(cluster)
        if cluster.options.get("nodes") or cluster.backend == "pacemaker":
            self._look(cluster, plan.keys, options["unseen"])
        self._add(replace(plan, options=cluster.options))

    def _add(self, plan: Plan) -> None:
        try:
            enrolment.add(plan)
        except IntegrityError as error:
            raise CommandError(_("There is a cluster %(slug)s already.") % {"slug": plan.slug}) from error
        except keyring.Unreadable as unreadable:
            raise CommandError(sentence(unreadable.message)) from unreadable
        self.stdout.write(_("%(name)s was added.") % {"name": plan.name})
        if plan.options.get("acts") is False:
            self.stdout.write(_("The console only looks at it. With --acts, or on its page Connection, it may act."))

    def _confirmed(self, plan: Plan, compared: Mapping[str, str], unseen: bool) -> Plan:
        """The plan with the host keys pinned that were compared, the jump host's first. A machine that may stay unseen
        is left without. Raises CommandError."""
        if not connections.ways(plan.backend):
            return plan
        draft = Draft("", plan.backend, options=dict(plan.options))
        known = {JUMP if name == "jump" else name: fingerprint for name, fingerprint in compared.items()}
        # Twice at most: behind a jump host nothing can be asked before its own key is confirmed.
        while waiting := draft.unconfirmed():
            try:
                seen = asyncio.run(enrolment.host_keys(draft.backend, draft.options, enrolment.secrets(plan.keys)))
                draft = draft.with_host_keys(seen).with_confirmed(known)
            except BackendError as error:
                if not unseen:
                    raise CommandError(sentence(error.message)) from error
                self.stderr.write(sentence(error.message))
                break
            if draft.unconfirmed() != waiting:
                continue
            # A machine that shows another key than the one that was compared may be another machine.
            if not unseen or draft.shown.keys() & known.keys() & set(waiting):
                raise CommandError(self._to_compare(draft))
            break
        if keyless := reaching.keyless(draft.unconfirmed()):
            self.stderr.write(keyless)
        return replace(plan, options=draft.options)

    def _to_compare(self, draft: Draft) -> str:
        """The keys that nobody has compared yet, and what to say once somebody has."""
        waiting = tuple(name for name in draft.unconfirmed() if name in draft.shown or name in draft.unseen)
        for door in reaching.doors(draft.options, draft.shown, draft.unseen, waiting):
            self.stderr.write(f"{door.name} {door.kind} {door.shown}{door.trouble}")
        if not draft.shown.keys() & set(waiting):
            return _("These show no host key now. Say --unseen to go on without: %(names)s.") % {
                "names": reaching.names(waiting)
            }
        told = _("Compare these host keys at the machines themselves, then say: %(words)s")
        keys = {"jump" if name == JUMP else name: draft.shown[name][2] for name in waiting if name in draft.shown}
        return told % {"words": " ".join(f"--host-key {name}={key}" for name, key in keys.items())}

    def _test(self, cluster: Cluster, keys: Mapping[str, PrivateKey]) -> None:
        """Every test in words. Raises CommandError when one failed."""
        known = enrolment.secrets(keys, cluster if cluster.pk else None)
        try:
            found = asyncio.run(enrolment.tests(cluster.backend, cluster.options, known))
        except BackendError as error:
            raise CommandError(sentence(error.message)) from error
        for machine in reaching.machines(found):
            self.stdout.write(f"{machine.name}:")
            for row in machine.rows:
                self.stdout.write(f"  {row.word:10} {row.title}: {row.text}")
        if not enrolment.passed(found):
            raise CommandError(_("Something stands in the way. Mend it, and test again."))

    def _look(self, cluster: Cluster, keys: Mapping[str, PrivateKey], unseen: bool) -> None:
        """Say what is seen of it; what keeps it from being seen ends the command, unless it may be unseen."""
        try:
            seen = asyncio.run(_seen(cluster, keys))
        except BackendError as error:
            if not unseen:
                raise CommandError(sentence(error.message)) from error
            self.stderr.write(sentence(error.message))
            return
        for source in seen.sources:
            if source.error:
                self.stderr.write(sentence(source.error))
        machines = [role for role in seen.state.all(Role) if role.type is RoleType.VIRTUAL_MACHINE]
        nodes, machines_seen = counts.told("nodes", len(seen.state.nodes())), counts.told("machines", len(machines))
        self.stdout.write(_("Seen: %(nodes)s, %(machines)s.") % {"nodes": nodes, "machines": machines_seen})


def _require_sense(cluster: Cluster) -> None:
    """A simulated cluster begins now unless told otherwise. Raises CommandError for options that make no cluster."""
    if cluster.backend == "simulator":
        cluster.options.setdefault("began", timezone.now().replace(microsecond=0).isoformat())
    try:
        connections.require_sense(cluster)
    except BackendError:
        return  # said when it is looked at
    except ValueError as trouble:
        told = _("The options do not describe a cluster of the backend %(backend)s: %(trouble)s.")
        raise CommandError(told % {"backend": cluster.backend, "trouble": trouble}) from trouble


async def _seen(cluster: Cluster, keys: Mapping[str, PrivateKey]) -> Observation:
    backend = connections.connect(cluster, enrolment.secrets(keys))
    try:
        async with asyncio.timeout(SECONDS_AT_MOST):
            return await backend.observe("")
    finally:
        await backend.close()


def _stored(slug: str) -> tuple[Cluster, Mapping[str, PrivateKey]]:
    try:
        return Cluster.objects.get(slug=slug), {}
    except Cluster.DoesNotExist as error:
        raise CommandError(_("There is no cluster %(slug)s.") % {"slug": slug}) from error


def _plan(given: Mapping[str, Any]) -> Plan:
    """The backend's options from the command line, and the keys to store. Raises CommandError."""
    options: dict[str, Any] = {name: _value(value) for name, value in map(_pair, given["option"])}
    nodes = {name: _address(place) for name, place in map(_pair, given["node"])}
    keys: dict[str, PrivateKey] = {}
    if nodes:
        files = {name: str(Path(given[name]).expanduser().resolve()) for name in FILES if given[name]}
        options |= {"nodes": nodes, "user": given["user"], "acts": given["acts"], **files}
    if given["store_key"]:
        options["credential"], keys[credentials.KEY] = credentials.KEY, _key(given["store_key"])
    if given["agent"]:
        options["agent"] = True
    if given["jump"]:
        user, at, place = given["jump"].rpartition("@")
        options["jump"] = {**_address(place), **({"user": user} if at else {})}
        if given["jump_key"]:
            options["jump"]["credential"], keys[credentials.JUMP_KEY] = credentials.JUMP_KEY, _key(given["jump_key"])
    return Plan(given["slug"], given["name"] or given["slug"], given["backend"], options, keys)


def _key(file: str) -> PrivateKey:
    """A private key from a file, or from standard input. Raises CommandError without a word of it."""
    try:
        return sshkeys.read(sys.stdin.read() if file == "-" else Path(file).expanduser().read_text(encoding="utf-8"))
    except NoKey as error:
        raise CommandError(sentence(error.message)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(_("%(file)s cannot be read.") % {"file": file}) from error


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    # A command line holds no NUL character, but JSON can spell one, which PostgreSQL would refuse.
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
    """An address as the wizard takes it. Raises CommandError."""
    try:
        return address(text)
    except ValidationError as strange:
        raise CommandError(" ".join(strange.messages)) from strange
