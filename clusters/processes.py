"""Names processes so that another one on the same machine can tell whether they are still alive.

A killed console then hands its clusters over at once instead of after the lease. The name holds what makes a process
unique for ever: machine boot, process namespace, process id and its start time; elsewhere nothing can be told.
"""

import os
from functools import cache
from hashlib import blake2s
from pathlib import Path
from uuid import uuid4

_PROC = Path("/proc")
_START_TIME_FIELD = 19  # of /proc/<pid>/stat, counted after the command name


@cache
def own_name() -> str:
    """This process, for life."""
    return f"{_machine()}.{os.getpid()}.{_started(os.getpid())}.{uuid4().hex[:8]}"


def is_dead(name: str) -> bool:
    """Whether the process of that name surely does not run any more; False when that cannot be known from here."""
    machine, _, rest = name.partition(".")
    pid, _, rest = rest.partition(".")
    started = rest.partition(".")[0]
    # Another machine, boot or namespace: the same number there is another process, or none that can be seen from here.
    if not machine or machine != _machine() or not pid.isdigit() or not started:
        return False
    return _started(int(pid)) != started


@cache
def _machine() -> str:
    """Boot and process namespace, as a digest; "" where there is no /proc."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii")
        namespace = (_PROC / "self/ns/pid").readlink()
    except OSError:
        return ""
    return blake2s(f"{boot}{namespace}".encode(), digest_size=6).hexdigest()


def _started(pid: int) -> str:
    """When the process began, in clock ticks since boot; "" when there is none, or only its corpse."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # After the last bracket: a command's name may hold blanks and brackets of its own.
    after_name = stat.rpartition(")")[2].split()
    # A killed process that nobody has waited for keeps its entry, but does nothing more.
    return "" if after_name[0] in "ZX" else after_name[_START_TIME_FIELD]
