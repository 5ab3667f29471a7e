"""Every sentence for what `clusters` says, one file per subject; importing the package adds them all.

Act = verb and object; error = what happened, why, what to do. A test finds codes without a sentence and the reverse.
"""

from clusters.presenters.catalogue import (
    consequences,
    endings,
    evidence,
    faults,
    pacemaker,
    reaching,
    reasons,
    refusals,
    switching,
)

__all__ = [
    "causes", "consequences", "endings", "evidence", "faults", "pacemaker", "reaching", "reasons", "refusals",
    "switching",
]  # fmt: skip
