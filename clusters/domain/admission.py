"""Whether a command may be stored as a request now: the same rows decide that grey out the menus.

A page may be older than the cluster, so what a menu allowed a moment ago is asked again here.
"""

from clusters.domain.action import Can, Scene
from clusters.domain.actions import ACTIONS
from clusters.domain.commands import Command
from clusters.domain.conditions import GONE
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message


def refusal(command: Command, scene: Scene, can: Can) -> Message:
    """NOTHING when at least one act that makes such commands accepts the object, else the first reason."""
    rows = [row for row in ACTIONS.values() if row.command is type(command)]
    # An act stands on roles and on machines alike, and either key may be known; gone is only what neither is.
    known = [key for key in _about(command) if any(key.kind in row.kinds for row in rows)]
    if known and not any(key in scene.state for key in known):
        return GONE
    reasons = [
        can(row.command, key) or row.check(scene, key)
        for row in rows
        for key in known
        if key in scene.state and key.kind in row.kinds and row.applies(scene.state, key)
    ]
    # A fault that is to be injected is no object yet, so no row can judge it: only the backend can.
    if not reasons:
        return can(type(command), command.subject)
    return NOTHING if not all(reasons) else reasons[0]


def _about(command: Command) -> tuple[Key, ...]:
    """The subject; of a command whose subject is no object of the cluster (a migration), the role it belongs to."""
    role = getattr(command, "role", "")
    subject = command.subject
    return (subject,) if not role or subject.kind == "role" else (subject, Key("role", role))
