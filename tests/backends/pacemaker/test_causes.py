"""Why something failed, from the words of the programs that did it, and where those are read."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from clusters.backends.pacemaker import causes
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.monitor import Failure
from clusters.backends.pacemaker.sayings import LOG, Sayings
from clusters.backends.pacemaker.transport import Finished
from clusters.backends.pacemaker.troubles import TimedOut
from clusters.backends.pacemaker.views import View
from clusters.domain.items import Role
from clusters.domain.messages import say
from clusters.presenters.catalogue.causes import CAUSES
from clusters.presenters.sentences import raw_words, sentence
from tests.backends.pacemaker.recorded import NODES, Player, script, view

FULL = "error: internal error: qemu unexpectedly closed the monitor: No space left on device"
LINE = (
    "Nov 23 04:53:18.196 node1 pacemaker-controld  [68] (log_executor_event) \tnotice: vm1_migrate_to_0@node1 output "
    f"[ {FULL}\\nocf-exit-reason:vm1: live migration to node2 failed: 1\\n ]"
)


@pytest.mark.parametrize(("code", "said"), [
    ("cause-cpu", "error: unsupported configuration: guest and host CPU are not compatible: missing features: vmx"),
    ("cause-cpu", "error: operation failed: guest CPU doesn't match specification: missing features: avx2, host CPU"),
    ("cause-storage", "error: Cannot access storage file '/srv/vm1/disk.qcow2': No such file or directory"),
    ("cause-storage", "Configuration file /srv/vm1/vm1.xml does not exist or is not readable."),
    ("cause-locked", 'qemu-system-x86_64: Failed to get "write" lock'),
    ("cause-locked", "error: resource busy: Lockspace resource '/srv/vm1/disk' is locked"),
    ("cause-timeout", "Timed Out"),
    ("cause-disk-full", FULL),
    ("cause-host-key", "Cannot recv data: Host key verification failed.: Connection reset by peer"),
    ("cause-login", "authentication failed: Failed to verify peer's certificate"),
    ("cause-network", "error: unable to connect to server at 'node2:16509': Connection refused"),
    ("cause-memory", "cannot set up guest memory 'pc.ram': Cannot allocate memory"),
    ("cause-there-already", "operation failed: domain 'vm1' already exists with uuid 0b3c"),
    ("cause-unsafe", "error: Unsafe migration: Migration may lead to data corruption if disks use cache != none"),
    ("cause-libvirt", "error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory"),
    ("cause-broken-off", "error: operation aborted: job 'migration out' canceled by client"),
    ("cause-stopped-outside", "not running"),
])  # fmt: skip
def test_a_cause_is_known_by_the_words_of_libvirt_and_qemu(code: str, said: str) -> None:
    assert causes.of(said) == code


def test_every_cause_has_a_sentence_and_every_sentence_a_cause() -> None:
    assert {code for code, _ in causes.CAUSES} == CAUSES.keys()


def test_of_an_unknown_cause_the_words_themselves_are_told() -> None:
    told = say("move-failed", role="vm1", task="stop", node="node1", reason="odd", cause=causes.of("odd"))
    assert sentence(told).endswith("odd.")


def test_the_words_of_a_program_are_read_from_the_log() -> None:
    failure = Failure("vm1", "node1", "migrate_to", "error", "15", None)
    assert causes.output(f"x\n{LINE}\ny", failure) == f"{FULL}; vm1: live migration to node2 failed: 1"
    assert causes.output(LINE, replace(failure, node="node2")) == ""
    assert causes.output(LINE, replace(failure, resource="vm11")) == ""


def cluster(log: Finished) -> tuple[Pacemaker, list[Player]]:
    players = [Player(node, {**script("migration-failed-blocked"), LOG: log}) for node in NODES]
    return Pacemaker(players), players


async def test_a_failed_role_tells_the_cause_and_keeps_the_raw_words() -> None:
    backend, _ = cluster(Finished(0, LINE, ""))
    role = (await backend.observe("")).state.find(Role, "vm1")
    assert role
    params = dict(role.information.params)
    assert params["cause"] == "cause-disk-full"
    assert FULL in params["reason"]
    assert "Make room" in sentence(role.information)
    assert FULL in raw_words(role.information)


async def test_who_may_not_read_the_log_is_told_what_pacemaker_keeps() -> None:
    backend, _ = cluster(Finished(1, "", "Permission denied"))
    role = (await backend.observe("")).state.find(Role, "vm1")
    assert role
    assert dict(role.information.params)["cause"] == "error"


class Hung(Player):
    """Its log does not come."""

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        if tuple(argv) == LOG:
            raise TimedOut(self.node, program="tail", seconds="2.0")
        return await super().run(argv, deadline_s, stdin)


async def test_a_log_that_does_not_come_hides_nothing() -> None:
    backend = Pacemaker([Hung(node, script("migration-failed-blocked")) for node in NODES])
    assert (await backend.observe("")).state.find(Role, "vm1")


class Counting(Player):
    """Counts how often its log is read."""

    logs = 0

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        self.logs += tuple(argv) == LOG
        return await super().run(argv, deadline_s, stdin)


def failing(count: int) -> View:
    """A cluster with so many failures on record, the first of which has left its words."""
    seen = view("healthy")
    failures = tuple(Failure(f"vm{place}", "node1", "migrate_to", "error", "15", None) for place in range(1, count + 1))
    return replace(seen, monitor=replace(seen.monitor, failures=failures))


async def test_a_log_is_read_once_however_many_failures_are_on_record() -> None:
    node, sayings = Counting("node1", {LOG: Finished(0, LINE, "")}), Sayings()
    looks = [await sayings.heard(failing(700), {"node1": node}) for _ in range(3)]
    assert node.logs == 1
    assert {FULL in look.monitor.failures[0].said for look in looks} == {True}


async def test_a_failure_that_comes_back_after_it_was_cleaned_up_is_looked_up_anew() -> None:
    node, sayings = Counting("node1", {LOG: Finished(0, LINE, "")}), Sayings()
    for count in (1, 0, 1):
        await sayings.heard(failing(count), {"node1": node})
    assert node.logs == 2
