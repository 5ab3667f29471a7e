"""How a cluster is reached, in words: machines with their addresses and keys, and what each test found."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clusters.backends import sshkeys
from clusters.backends.base import MAIN_SOURCE
from clusters.backends.reaching import JUMP, Finding, Verdict
from clusters.domain import codec
from clusters.models import Source
from clusters.presenters.sentences import sentence

CHECKS = {
    "check-reach": (lazy("Reach"), lazy("The machine answers.")),
    "check-host-key": (lazy("Host key"), lazy("It is the machine whose key was confirmed.")),
    "check-login": (lazy("Login"), lazy("The console is let in.")),
    "check-programs": (lazy("Programs and versions"), ""),
    "check-account": (lazy("Account"), ""),
    "check-name": (lazy("Name"), lazy("The machine calls itself the same.")),
    "check-rights": (lazy("Right to read"), lazy("The account may read the cluster.")),
    "check-members": (lazy("Nodes"), lazy("All nodes of the cluster are there.")),
    "check-quorum": (lazy("Quorum"), lazy("The machine belongs to the part with quorum.")),
    "check-libvirt": (lazy("Virtual machines"), ""),
}
MARKS = {
    Verdict.WELL: ("good", "good", lazy("Passed")),
    Verdict.WARNING: ("warn", "warn", lazy("Attention")),
    Verdict.FAILED: ("crit", "crit", lazy("Failed")),
    Verdict.SKIPPED: ("off", "calm", lazy("Not tested")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One test: what it is about, what came out, and what to do."""

    title: str
    shape: str
    tone: str
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine with the tests that were made on it."""

    name: str
    verdict: str
    shape: str
    tone: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Door:
    """A machine with its host key: the confirmed one, the one it shows, or why none is seen."""

    id: str
    name: str
    address: str
    pinned: str
    shown: str
    kind: str
    trouble: str

    @property
    def changed(self) -> bool:
        """Another key than the confirmed one is shown."""
        return bool(self.pinned and self.shown and self.pinned != self.shown)


def machines(found: Mapping[str, tuple[Finding, ...]]) -> tuple[Machine, ...]:
    """What the tests came to, machine by machine."""
    return tuple(_machine(name, findings) for name, findings in found.items())


def doors(
    options: Mapping[str, Any], shown: Mapping[str, list[str]], unseen: Mapping[str, Any], only: tuple[str, ...]
) -> tuple[Door, ...]:
    """The machines of these names, the jump host first."""
    jump = options.get("jump") or {}
    all_of_them = {**({JUMP: jump} if jump else {}), **(options.get("nodes") or {})}
    return tuple(_door(name, each, shown, unseen) for name, each in all_of_them.items() if name in only)


def login(options: Mapping[str, Any], fingerprint: str) -> str:
    """How the console proves who it is."""
    if options.get("agent"):
        return _("by the SSH agent of the console's machine")
    if options.get("credential"):
        return _("by a stored key, %(fingerprint)s") % {"fingerprint": fingerprint or "…"}
    if options.get("key_file"):
        return _("by the key in the file %(file)s") % {"file": options["key_file"]}
    return _("not needed")


def pace(sources: Iterable[Source]) -> str:
    """How often the cluster is looked at, and whether it is waited for its word meanwhile."""
    every = {source.name: source.every_s for source in sources if source.every_s}
    if MAIN_SOURCE not in every:
        return _("not yet")
    told = ngettext("every second", "every %(seconds)g seconds", math.ceil(every[MAIN_SOURCE])) % {
        "seconds": every[MAIN_SOURCE]
    }
    if any(source.pushed for source in sources):
        return _("%(often)s, and at once when it tells of a change") % {"often": told}
    return told


def machine_name(name: str) -> str:
    """A machine as it is called on a page."""
    return _("Jump host") if name == JUMP else name


def names(machines: Iterable[str]) -> str:
    """Several machines in one line."""
    return ", ".join(machine_name(name) for name in machines)


def keyless(machines: Iterable[str]) -> str:
    """That nobody talks to these until their keys are confirmed; empty where there are none."""
    if not (told := names(machines)):
        return ""
    return _(
        "These have no confirmed host key yet: %(names)s. The console does not talk to them until somebody confirms it "
        "on the page Connection."
    ) % {"names": told}


def _machine(name: str, findings: tuple[Finding, ...]) -> Machine:
    worst = max((each.verdict for each in findings), key=_ORDER.index)
    shape, tone, word = MARKS[worst]
    return Machine(machine_name(name), str(word), shape, tone, tuple(_row(each) for each in findings))


_ORDER = (Verdict.SKIPPED, Verdict.WELL, Verdict.WARNING, Verdict.FAILED)


def _row(finding: Finding) -> Row:
    title, calm = CHECKS[finding.check]
    shape, tone, word = MARKS[finding.verdict]
    told = sentence(finding.message) or (str(calm) if finding.verdict is Verdict.WELL else "")
    return Row(str(title), shape, tone, str(word), told)


def _door(name: str, options: Mapping[str, Any], shown: Mapping[str, list[str]], unseen: Mapping[str, Any]) -> Door:
    _public, kind, fingerprint = shown.get(name, ("", "", ""))
    host, port = str(options.get("host", "")), str(options.get("port", ""))
    return Door(
        id=name,
        name=machine_name(name),
        address=f"{host}:{port}" if port else host,
        pinned=_pinned(str(options.get("host_key") or "")),
        shown=fingerprint,
        kind=kind,
        trouble=sentence(codec.decode(unseen[name])) if name in unseen else "",
    )


def _pinned(public: str) -> str:
    try:
        return sshkeys.fingerprint(public) if public else ""
    except ValueError:
        return _("not readable")
