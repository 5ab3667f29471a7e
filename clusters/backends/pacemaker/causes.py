"""Why an action on a machine failed, from the words of the programs that did it: a code that has its sentence and cure.

Pacemaker keeps an exit code and hardly a word; what libvirt and QEMU said stands in the log of the node. Pure.
"""

import re
from collections.abc import Iterable

from clusters.backends.pacemaker.monitor import Failure

OUTPUT = " output ["  # before what a program wrote, in the log
CAUSES: tuple[tuple[str, str], ...] = (
    ("cause-broken-off", r"canceled by client|operation aborted"),
    ("cause-host-key", r"Host key verification failed|HOST IDENTIFICATION HAS CHANGED"),
    ("cause-login", r"authentication failed|Permission denied \((?:publickey|password)|authentication unavailable"),
    ("cause-disk-full", r"No space left on device|Disk quota exceeded|\bENOSPC\b"),
    ("cause-locked", r"Failed to get .{1,40}lock|Failed to lock|[Rr]esource busy|locked by another"),
    ("cause-cpu", r"CPU.{0,60}(?:incompatible|not compatible|not supported)|doesn't support requested feature"
     r"|not provided by hypervisor|Unknown CPU model|host CPU"),
    ("cause-memory", r"Cannot allocate memory|cannot set up guest memory|[Oo]ut of memory"),
    ("cause-there-already", r"already exists|already defined|already active"),
    ("cause-unsafe", r"Unsafe migration"),
    ("cause-libvirt", r"Failed to connect socket to|[Ff]ailed to connect to the hypervisor"),
    ("cause-network", r"unable to connect to server|Connection refused|No route to host|Network is unreachable"
     r"|Connection reset|[Cc]annot resolve|Unable to resolve|Name or service not known"),
    ("cause-storage", r"Cannot access storage file|Could not open|No such file or directory|Failed to open file"
     r"|[Cc]onfiguration file .{1,200} (?:does not exist|not readable)|not found"),
    ("cause-timeout", r"[Tt]imed [Oo]ut|[Tt]imeout"),
    ("cause-stopped-outside", r"^not running$"),
)  # fmt: skip
"""The first that fits. Of two that both may stand in a text, the one that leads to the other comes first."""


def of(text: str) -> str:
    """The code of the cause, or the text itself where none is known."""
    return next((code for code, pattern in CAUSES if re.search(pattern, text)), text)


def words(failures: Iterable[Failure]) -> str:
    """The programs' own words, each once."""
    return "; ".join(sorted({each.said or each.reason for each in failures}))


def cause(failures: Iterable[Failure]) -> str:
    """Of several failures, the cause that is known."""
    found = sorted({of(each.said or each.reason) for each in failures})
    return next((each for each in found if each.startswith("cause-")), "; ".join(found))


def output(log: str, failure: Failure) -> str:
    """What the program of a failed action wrote, from the node's log; "" when it is not there (any more)."""
    head = f"{failure.resource}_{failure.task}_"
    lines = [line for line in log.splitlines() if head in line and f"@{failure.node}{OUTPUT}" in line]
    if not lines:
        return ""
    said = lines[-1].partition(OUTPUT)[2].rpartition("]")[0].replace("\\n", "\n")
    told = (line.strip().removeprefix("ocf-exit-reason:") for line in said.splitlines())
    return "; ".join(line for line in told if line)[:600]
