"""A quorum device: another machine that gives the cluster a vote. What corosync's configuration, its count of votes and
the device's own tool say of it. Pure.

Each source is optional, and only what one of them says is taken for true: a device that is configured and of which
nothing can be read is unknown, never fine.
"""

from collections.abc import Iterator

from clusters.backends.pacemaker.views import Belief, View
from clusters.domain.items import Witness, WitnessKind, WitnessState
from clusters.domain.messages import Message, say

CONNECTED = "Connected"


def witness(belief: Belief) -> Iterator[Witness]:
    """The device, where there is one, as the console's witness."""
    view = belief.view
    if not is_there(view):
        return
    state = standing(view) if belief.trusted else WitnessState.UNKNOWN
    cast = view.votes.device.votes if view.votes and view.votes.device else 0
    yield Witness("witness", _host(view), WitnessKind.DEVICE, state, cast)


def is_there(view: View) -> bool:
    return view.device is not None or bool(view.votes and view.votes.device)


def standing(view: View) -> WitnessState:
    """What the node that is believed sees of it. Without votes, or with marks we do not know, nobody can say."""
    if view.votes is None:
        return WitnessState.UNKNOWN
    cast = view.votes.device
    if cast is None or "NR" in cast.standing:
        return WitnessState.OFFLINE  # configured, but corosync counts none: its service does not run
    if cast.standing & {"NA", "NV"} or view.device_state not in ("", CONNECTED):
        return WitnessState.FAILED
    return WitnessState.ONLINE if cast.standing >= {"A", "V"} and cast.votes else WitnessState.UNKNOWN


def remarks(view: View) -> Iterator[Message]:
    """What the cluster's page says of it."""
    if view.votes is None and not view.rings:
        yield say("quorum-not-told")
    if not is_there(view):
        return
    host, state = _host(view), standing(view)
    cast = view.votes.device if view.votes else None
    if state is WitnessState.UNKNOWN:
        yield say("quorum-device-unknown", host=host)
    elif state is WitnessState.OFFLINE:
        yield say("quorum-device-off", host=host)
    elif cast and state is WitnessState.FAILED:
        yield say("quorum-device-silent", host=host, assigned=cast.assigned, state=view.device_state or "–")
    elif cast:
        yield say("quorum-device-votes", host=host, votes=cast.votes)


def _host(view: View) -> str:
    return (view.device.host or view.device.model) if view.device else "Qdevice"
