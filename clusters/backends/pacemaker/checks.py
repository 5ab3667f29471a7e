"""Tests of the way to each node, one by one: is it there, is it the right machine, are we let in, may we read?

Each test is a name and a question to one transport; what the first failing one makes pointless is skipped. Nothing here
changes anything.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from clusters.backends.pacemaker.looking import look
from clusters.backends.pacemaker.options import transports
from clusters.backends.pacemaker.transport import Local, Transport
from clusters.backends.pacemaker.troubles import TransportError
from clusters.backends.pacemaker.views import View
from clusters.backends.reaching import Finding, Options, Secrets, Verdict
from clusters.domain.messages import Message, say

DEADLINE_S = 8.0
REACH, HOST_KEY, LOGIN = "check-reach", "check-host-key", "check-login"
PROGRAMS, ACCOUNT, NAME, RIGHTS, MEMBERS, QUORUM = (
    "check-programs", "check-account", "check-name", "check-rights", "check-members", "check-quorum",
)  # fmt: skip
# Which of the first three a trouble on the way belongs to; what is not named here is one of reaching.
STOPPED_AT = {
    "ssh-wrong-host-key": HOST_KEY,
    "ssh-host-key-changed": HOST_KEY,
    "ssh-host-key-unconfirmed": HOST_KEY,
    "ssh-refused": LOGIN,
    "ssh-key-refused": LOGIN,
    "ssh-no-key": LOGIN,
    "ssh-agent": LOGIN,
    "ssh-file": LOGIN,
    "credential-key-lost": LOGIN,
    "credential-damaged": LOGIN,
    "credential-missing": LOGIN,
    "credential-keys-unreadable": LOGIN,
}
# Only these troubles come after the machine has answered, so only they say that what comes before is well.
ANSWERED = frozenset({"ssh-wrong-host-key", "ssh-host-key-changed", "ssh-refused", "ssh-key-refused"})
VERSIONS = (
    ("crm_mon", "--version"),
    ("cibadmin", "--version"),
    ("crm_resource", "--version"),
    ("crm_attribute", "--version"),
    ("corosync-quorumtool", "-V"),
    ("virsh", "--version"),
)

Further = tuple[str, Callable[[Transport], Awaitable[Message]]]
"""A test of another half on the same machine: its name, and what it says when all is well. Raises TransportError."""


async def findings(
    options: Options, secrets: Secrets, further: Sequence[Further] = ()
) -> dict[str, tuple[Finding, ...]]:
    """All nodes at once, each in order. Raises Refused."""
    doors = transports(options, secrets)
    names = frozenset(door.node for door in doors)
    try:
        found = await asyncio.gather(*(_asked(door, names, further) for door in doors))
    finally:
        for door in doors:
            await door.close()
    return {door.node: each for door, each in zip(doors, found, strict=True)}


async def _asked(door: Transport, names: frozenset[str], further: Sequence[Further]) -> tuple[Finding, ...]:
    rest = (PROGRAMS, ACCOUNT, NAME, RIGHTS, MEMBERS, QUORUM, *(name for name, _ask in further))
    first = await _entered(door)
    if any(each.verdict is Verdict.FAILED for each in first):
        return (*first, *_skipped(rest))
    # At once, because somebody sits before the page: where every program hangs, only the longest is waited for.
    tests = _tried(PROGRAMS, _programs(door)), _account(door), _named(door)
    more = (_tried(name, ask(door)) for name, ask in further)
    seen, found = await asyncio.gather(_seen(door, names), asyncio.gather(*tests, *more))
    return (*first, *found[: len(tests)], *seen, *found[len(tests) :])


async def _entered(door: Transport) -> list[Finding]:
    """Reached, recognised, let in: one login answers all three."""
    order = (REACH,) if isinstance(door, Local) else (REACH, HOST_KEY, LOGIN)
    try:
        await door.run(("true",), DEADLINE_S)
    except TransportError as trouble:
        code = trouble.message.code
        at = order.index(stop) if (stop := STOPPED_AT.get(code, REACH)) in order else 0
        before = Verdict.WELL if code in ANSWERED else Verdict.SKIPPED
        done = [Finding(name, before) for name in order[:at]]
        return [*done, Finding(order[at], Verdict.FAILED, trouble.message), *_skipped(order[at + 1 :])]
    return [Finding(name, Verdict.WELL) for name in order]


async def _tried(name: str, question: Awaitable[Message]) -> Finding:
    try:
        return Finding(name, Verdict.WELL, await question)
    except TransportError as trouble:
        return Finding(name, Verdict.FAILED, trouble.message)


async def _programs(door: Transport) -> Message:
    """All that is needed is installed; the versions that matter."""
    ended = [await door.run(argv, DEADLINE_S) for argv in VERSIONS]
    told = [finished.out.strip().splitlines()[:1] for finished in ended]
    words = [lines[0][:60] if lines else "" for lines in told]
    return say("check-versions", pacemaker=words[0], libvirt=words[-1])


async def _account(door: Transport) -> Finding:
    """Who we are there, because an account that may act is as good as root."""
    try:
        user = (await door.run(("id", "-u", "-n"), DEADLINE_S)).out.strip()
        groups = (await door.run(("id", "-G", "-n"), DEADLINE_S)).out.split()
    except TransportError as trouble:
        return Finding(ACCOUNT, Verdict.FAILED, trouble.message)
    if user == "root":
        return Finding(ACCOUNT, Verdict.WARNING, say("account-root", node=door.node))
    if "haclient" in groups:
        return Finding(ACCOUNT, Verdict.WELL, say("account-in-haclient", user=user, node=door.node))
    return Finding(ACCOUNT, Verdict.WELL, say("account-plain", user=user, node=door.node))


async def _named(door: Transport) -> Finding:
    """The node calls itself what it is called here."""
    try:
        finished = await door.run(("crm_node", "-n"), DEADLINE_S)
    except TransportError as trouble:
        return Finding(NAME, Verdict.FAILED, trouble.message)
    own = finished.out.strip()
    if finished.code or not own:
        return Finding(NAME, Verdict.WARNING, say("check-name-untold", node=door.node))
    if own != door.node:
        return Finding(NAME, Verdict.FAILED, say("check-name-differs", node=door.node, own=own[:100]))
    return Finding(NAME, Verdict.WELL)


async def _seen(door: Transport, names: frozenset[str]) -> list[Finding]:
    """The account may read the cluster; its nodes are those that are meant; it has quorum where we look."""
    try:
        view = await look(door)
    except TransportError as trouble:
        return [Finding(RIGHTS, Verdict.FAILED, trouble.message), *_skipped((MEMBERS, QUORUM))]
    return [Finding(RIGHTS, Verdict.WELL), _members(view, names), _quorum(view)]


def _members(view: View, names: frozenset[str]) -> Finding:
    known = {node.name for node in view.monitor.nodes if node.type != "remote"}
    if strangers := names - known:
        return Finding(MEMBERS, Verdict.FAILED, say("check-not-members", nodes=", ".join(sorted(strangers))))
    if left := known - names:
        return Finding(MEMBERS, Verdict.WARNING, say("check-nodes-left-out", nodes=", ".join(sorted(left))))
    return Finding(MEMBERS, Verdict.WELL)


def _quorum(view: View) -> Finding:
    if view.quorate:
        return Finding(QUORUM, Verdict.WELL)
    if view.quorate is None:
        return Finding(QUORUM, Verdict.WARNING, say("no-coordinator-yet", nodes=view.node))
    return Finding(QUORUM, Verdict.WARNING, say("check-no-quorum", node=view.node))


def _skipped(names: Sequence[str]) -> list[Finding]:
    return [Finding(name, Verdict.SKIPPED) for name in names]
