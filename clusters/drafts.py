"""A cluster that somebody is just adding or changing, kept in his session between the steps of the wizard.

The session holds no secret: a key that was given is sealed at once, bound to this draft. What was tested is forgotten
with every change, so that a result never stands beside other addresses.
"""

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self
from uuid import uuid4

from django.contrib.sessions.backends.base import SessionBase

from clusters import enrolment, keyring
from clusters.backends.reaching import JUMP, Finding, HostKey, Verdict
from clusters.backends.sshkeys import PrivateKey
from clusters.domain import codec
from clusters.domain.messages import Message
from clusters.enrolment import Plan
from clusters.keyring import Sealed
from clusters.models import Cluster

SLOT = "cluster-draft"


@dataclass(frozen=True, slots=True)
class Draft:
    """What was answered so far; everything is plain data that a session can hold."""

    id: str
    backend: str = ""
    slug: str = ""
    name: str = ""
    description: str = ""
    time_zone: str = ""  # of a simulated cluster, whose hours are nobody else's
    options: dict[str, Any] = field(default_factory=dict)
    sealed: dict[str, list[str]] = field(default_factory=dict)  # by key name: id of the sealing key, base64
    public: dict[str, list[str]] = field(default_factory=dict)  # by key name: public half, fingerprint
    shown: dict[str, list[str]] = field(default_factory=dict)  # by machine: host key, kind, fingerprint
    unseen: dict[str, Any] = field(default_factory=dict)  # by machine: why its host key was not seen
    found: dict[str, list[list[Any]]] = field(default_factory=dict)  # by machine: check, verdict, message
    changes: str = ""  # the cluster whose connection is changed; "" for a new one

    def keys(self) -> dict[str, PrivateKey]:
        """The keys that were given in these steps, opened. Raises keyring.Unreadable."""
        opened = {}
        for name, (key_id, text) in self.sealed.items():
            secret = keyring.unseal(Sealed(key_id, base64.b64decode(text)), "draft", self.id, name)
            opened[name] = PrivateKey(secret, *self.public[name])
        return opened

    def with_key(self, name: str, key: PrivateKey) -> Self:
        """The same with a key more. Raises keyring.Unreadable."""
        sealed = keyring.seal(key.text, "draft", self.id, name)
        kept = [sealed.key_id, base64.b64encode(sealed.ciphertext).decode()]
        return replace(
            self,
            sealed={**self.sealed, name: kept},
            public={**self.public, name: [key.public, key.fingerprint]},
            found={},  # tested was another key
        )

    def with_options(self, **changed: Any) -> Self:
        """The same reached otherwise; None takes an option away."""
        options = {name: value for name, value in {**self.options, **changed}.items() if value is not None}
        return replace(self, options=options, found={})

    def with_nodes(self, nodes: Mapping[str, Mapping[str, Any]]) -> Self:
        """Other nodes; a host key stays confirmed where the address is the same."""
        pinned = {_place(each): each["host_key"] for each in self.nodes().values() if each.get("host_key")}
        kept = {
            name: {**each, **({"host_key": pinned[_place(each)]} if each and _place(each) in pinned else {})}
            for name, each in nodes.items()
        }
        return replace(self.with_options(nodes=kept), shown={}, unseen={})

    def nodes(self) -> dict[str, dict[str, Any]]:
        """The nodes' options by name."""
        return enrolment.nodes_of(self.options)

    def with_host_keys(self, seen: Mapping[str, HostKey | Message]) -> Self:
        """What the machines showed."""
        keys = {name: key for name, key in seen.items() if isinstance(key, HostKey)}
        shown = {name: [key.public, key.kind, key.fingerprint] for name, key in keys.items()}
        unseen = {name: codec.encode(why) for name, why in seen.items() if isinstance(why, Message)}
        return replace(self, shown=shown, unseen=unseen)

    def with_confirmed(self, confirmed: Mapping[str, str]) -> Self:
        """Pin the keys whose fingerprints were confirmed, by machine, as they were shown and not as they are now."""
        # The fingerprint comes along from the page: another tab may have looked again since it was read.
        pins = {
            name: self.shown[name][0]
            for name, fingerprint in confirmed.items()
            if name in self.shown and self.shown[name][2] == fingerprint
        }
        options = dict(self.options)
        if JUMP in pins and options.get("jump"):
            options["jump"] = {**options["jump"], "host_key": pins[JUMP]}
        options["nodes"] = {
            name: {**each, "host_key": pins[name]} if name in pins else each for name, each in self.nodes().items()
        }
        pinned = replace(self, options=options, found={})
        # What lies behind a jump host can be asked only now.
        newly = JUMP in pins and JUMP in self.unconfirmed()
        return replace(pinned, shown={}, unseen={}) if newly else pinned

    def unconfirmed(self) -> tuple[str, ...]:
        """The machines whose key nobody has confirmed; those that are reached without one are not among them."""
        return unconfirmed(self.options)

    def in_the_way(self) -> tuple[str, ...]:
        """Those of the unconfirmed that must be confirmed before anybody goes on: nodes that show no key now need not,
        where another one is known. Without a pinned key nobody talks to them."""
        waiting = self.unconfirmed()
        known = any(_is_known(each) or "host" not in each for each in self.nodes().values())
        # A jump host leads to all others: without its key none of them is ever reached.
        if not known or JUMP in waiting:
            return waiting
        return tuple(name for name in waiting if name not in self.unseen)

    def unreached(self) -> tuple[str, ...]:
        """The nodes that were asked, show no host key, and have none."""
        return tuple(name for name in self.unconfirmed() if name in self.unseen and name != JUMP)

    def with_findings(self, found: Mapping[str, tuple[Finding, ...]]) -> Self:
        """What the tests came to."""
        plain = {
            name: [[each.check, each.verdict.value, codec.encode(each.message)] for each in findings]
            for name, findings in found.items()
        }
        return replace(self, found=plain)

    def findings(self) -> dict[str, tuple[Finding, ...]]:
        """The same again, as values."""
        return {
            name: tuple(Finding(check, Verdict(verdict), codec.decode(told)) for check, verdict, told in findings)
            for name, findings in self.found.items()
        }

    def is_untouched(self) -> bool:
        """Whether the cluster is reached as before: then nothing has to be tested before it may act."""
        cluster = self.cluster()
        stored = {"acts": True, **cluster.options} if cluster else {}
        # Whether it may act is no matter of the way to it.
        return bool(cluster) and not self.sealed and {**stored, "acts": 0} == {**self.options, "acts": 0}

    def cluster(self) -> Cluster | None:
        """The cluster whose connection is changed; None for a new one, or one that somebody removed meanwhile."""
        return Cluster.objects.filter(slug=self.changes).first() if self.changes else None

    def plan(self) -> Plan:
        """What is to be stored. Raises keyring.Unreadable."""
        wanted = enrolment.named(self.options)
        keys = {name: key for name, key in self.keys().items() if name in wanted}
        fields = {"description": self.description}
        if profile := self.options.get("profile"):
            fields["profile"] = str(profile)
        if self.time_zone:
            fields["time_zone"] = self.time_zone
        return Plan(self.slug, self.name, self.backend, self.options, keys, fields)


def begin(session: SessionBase) -> Draft:
    """A new draft in the place of the one that may be there."""
    return keep(session, Draft(uuid4().hex))


def begin_change(session: SessionBase, cluster: Cluster) -> Draft:
    """A draft of a cluster's own connection."""
    public = {each.name: [each.public, each.fingerprint] for each in cluster.credentials.all()}
    return keep(
        session,
        Draft(
            uuid4().hex, cluster.backend, cluster.slug, cluster.name, cluster.description,
            options={"acts": True, **cluster.options},
            public=public, changes=cluster.slug,
        ),
    )  # fmt: skip


def current(session: SessionBase) -> Draft | None:
    """The draft of this session; one that another version began is none."""
    try:
        return Draft(**session[SLOT]) if session.get(SLOT) else None
    except TypeError:
        return None


def keep(session: SessionBase, draft: Draft) -> Draft:
    """Store what was answered."""
    # One draft a session: two tabs of the wizard are the same wizard.
    session[SLOT] = asdict(draft)
    return draft


def drop(session: SessionBase) -> None:
    """It became a cluster, or nobody wants it any more."""
    session.pop(SLOT, None)


def unconfirmed(options: Mapping[str, Any]) -> tuple[str, ...]:
    """The machines of these options whose key nobody has confirmed; those that need none are not among them."""
    if "known_hosts_file" in options:
        return ()
    jump = options.get("jump")
    waits = (JUMP,) if jump and not _is_known(jump) else ()
    nodes = enrolment.nodes_of(options)
    return (*waits, *(name for name, each in nodes.items() if "host" in each and not _is_known(each)))


def _is_known(options: Mapping[str, Any]) -> bool:
    return bool(options.get("host_key") or options.get("known_hosts_file"))


def _place(options: Mapping[str, Any]) -> tuple[str, str]:
    return str(options.get("host", "")), str(options.get("port", 22))
