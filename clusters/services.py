"""What people ask for: requests become stored operations; clusters and rights come and go.

Everything is checked before it is stored, in one transaction that holds the cluster's ledger row, so that two requests
cannot cross. Nothing is carried out here: the controller does that, and a poke after the commit wakes it.
"""

from datetime import datetime
from functools import partial
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from clusters import connections, lease, ledger, notify, permissions, snapshots, undoing
from clusters.backends.base import MAIN_SOURCE
from clusters.domain import admission, codec, undo
from clusters.domain.action import Scene
from clusters.domain.claims import claims
from clusters.domain.commands import Command, PauseNode, ResumeNode
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import OPEN, Status
from clusters.domain.state import State
from clusters.models import Claim, Cluster, Operation, Source
from clusters.permissions import User

# The scene of the last request alone: a bulk act asks nine hundred times about the same state.
_latest: dict[int, Scene] = {}


class Refused(Exception):
    """The request cannot be made now; the message says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


class Busy(Refused):
    """Another open operation works on one of the objects; the message names it."""

    def __init__(self, other: Operation, key: Key) -> None:
        super().__init__(
            say("under-way", action=other.action, subject=other.subject_name, by=other.requested_by_name, object=key.id)
        )
        self.other = other


def request(
    cluster: Cluster, command: Command, user: User, reason: str = "", token: str = "", batch: str = ""
) -> Operation:
    """Store what is asked; the same token gives the same operation. Raises Denied, Refused, Busy."""
    permissions.require_operator(user, cluster)
    token = token or uuid4().hex
    # Before anything is judged: the second click must not be told that what the first began is under way.
    asked = _asked(cluster, token)
    if asked:
        return asked
    try:
        with transaction.atomic():
            return _store(cluster, command, user, reason, token, batch)
    except (IntegrityError, Busy):
        # The same click may have arrived twice at the same time, and the other one was first.
        asked = _asked(cluster, token)
        if asked is None:
            raise
        return asked


def cancel(operation: Operation, user: User) -> None:
    """Ask for the end of an open operation; what becomes of it the cluster decides. Raises Denied, Refused."""
    permissions.require_operator(user, operation.cluster)
    with transaction.atomic():
        # The ledger's row first, here as everywhere: whoever takes locks in one order never waits in a circle.
        number = ledger.touch(operation.cluster_id)
        open_ = Operation.objects.filter(pk=operation.pk, status__in=list(OPEN))
        if not open_.update(cancel_requested=True, seq=number):
            raise Refused(say("already-ended"))
        if not open_.filter(cluster__enabled=True).exists():
            _end_unstarted(open_)
        _poke_after_commit(operation.cluster_id, number)


def take_back(operation: Operation, user: User, reason: str, now: datetime) -> Operation:
    """Ask for what undoes an operation, once. Raises Denied, Refused, Busy."""
    permissions.require_operator(user, operation.cluster)
    # The token is the operation's own, whoever asks: it is undone once, by one of them.
    token = f"undo-{operation.key}"
    if asked := _asked(operation.cluster, token):
        return asked
    if refusal := undoing.refusal(operation, now):
        raise Refused(refusal)
    try:
        back = undoing.command(operation)
    except codec.Unreadable as unreadable:
        # The console was upgraded within these ten minutes.
        raise Refused(say("cannot-be-undone")) from unreadable
    return request(operation.cluster, back, user, reason, token)


def add_cluster(slug: str, name: str, backend: str, options: dict[str, object] | None = None, **fields: str) -> Cluster:
    """A new cluster with its ledger; the controllers find it within a second. Raises IntegrityError: slug taken."""
    with transaction.atomic():
        cluster = Cluster.objects.create(slug=slug, name=name, backend=backend, options=options or {}, **fields)
        ledger.open_for(cluster)
        _poke_after_commit(cluster.pk, 0)
    return cluster


def remove_cluster(cluster: Cluster) -> None:
    """Forget a cluster with all its history. A real one is not touched; a simulated one lives in what is deleted."""
    with transaction.atomic():
        # A commit that is under way ends first; what comes later finds no ledger any more.
        ledger.touch(cluster.pk)
        _poke_after_commit(cluster.pk, 0)
        transaction.on_commit(snapshots.forget_removed)
        cluster.delete()


def _asked(cluster: Cluster, token: str) -> Operation | None:
    return Operation.objects.filter(cluster=cluster, token=token).first()


def _store(cluster: Cluster, command: Command, user: User, reason: str, token: str, batch: str) -> Operation:
    stopped = silence(cluster)
    if stopped:
        raise Refused(stopped)
    # Read before the number is raised: a memo at a number that is rolled back would miss the commit that gets it.
    state = snapshots.current(cluster.pk).state
    refusal = admission.refusal(command, _scene(state), connections.capabilities(cluster))
    if refusal:
        raise Refused(refusal)
    number = ledger.touch(cluster.pk)
    touched = claims(command, state)
    if drain := _called_off(cluster, command):
        _end(drain, number)
    _require_free(cluster, touched)
    subject = command.subject
    operation = Operation.objects.create(
        key=f"{cluster.key_prefix}{uuid4().hex}",
        cluster=cluster,
        subject_kind=subject.kind,
        subject=subject.id,
        # Name and asker as texts of their own: the record must be read when both are long gone.
        subject_name=_name(state, subject),
        action=command.name,
        command=codec.encode(command),
        # From the state as it is now: afterwards nobody knows which of the values was meant (decision 0019).
        undo=codec.encode(undo.way_back(command, state)),
        reason=reason[:500],
        message={},
        requested_by_id=user.pk,
        requested_by_name=user.get_username(),
        requested_at=timezone.now(),
        token=token,
        batch=batch,
        seq=number,
    )
    Claim.objects.bulk_create(
        Claim(operation=operation, cluster=cluster, kind=key.kind, key=key.id) for key in sorted(touched)
    )
    _poke_after_commit(cluster.pk, number)
    return operation


def _called_off(cluster: Cluster, command: Command) -> Operation | None:
    """The drain that ends because its node is resumed: every cluster drops what is left of it then (fcm §2.4).

    One that was not handed over yet is not among them: it would begin after all.
    """
    if not isinstance(command, ResumeNode):
        return None
    begun = Operation.objects.filter(cluster=cluster, status__in=list(OPEN - {Status.QUEUED}))
    return begun.filter(action=PauseNode.name, command__drain=True, subject=command.node).first()


def _end(drain: Operation, number: int) -> None:
    """Nobody cancels it at the cluster: the resume does, and where a drain cannot be cancelled nothing else would."""
    told = codec.encode(say("called-off-by-resume"))
    Operation.objects.filter(pk=drain.pk).update(
        status=Status.CANCELLED, message=told, ended_at=timezone.now(), seq=number
    )
    Claim.objects.filter(operation=drain).delete()


def _end_unstarted(open_: QuerySet[Operation]) -> None:
    """Nobody controls a cluster that is switched off, so nobody else would end what waits for it. A controller that is
    just stopping can no longer begin it: its term has ended."""
    # What was handed over is the cluster's to end: it is judged when somebody controls it again.
    for row in open_.filter(status=Status.QUEUED):
        lease.revoke(row.cluster_id)
        told = codec.encode(say("cancelled-before-start"))
        open_.update(status=Status.CANCELLED, message=told, ended_at=timezone.now())
        Claim.objects.filter(operation=row).delete()


def silence(cluster: Cluster) -> Message:
    """Why nobody would carry it out now: what waited for the cluster's return would come as a surprise, hours later."""
    if not Cluster.objects.filter(pk=cluster.pk, enabled=True).exists():
        return say("cluster-switched-off")
    failing = Source.objects.filter(cluster=cluster, name=MAIN_SOURCE, failing_since__isnull=False).first()
    return codec.decode(failing.error) if failing else NOTHING


def _scene(state: State) -> Scene:
    """The scene that acts are judged in; kept for the next request: the room on the nodes is costly to sum up."""
    scene = _latest.get(0)
    if scene is None or scene.state is not state:
        scene = _latest[0] = Scene(state)
    return scene


def _require_free(cluster: Cluster, touched: frozenset[Key]) -> None:
    """Claims cannot change meanwhile: this transaction holds the cluster's ledger row."""
    for claim in Claim.objects.filter(cluster=cluster).select_related("operation"):
        key = Key(claim.kind, claim.key)
        if key in touched:
            raise Busy(claim.operation, key)


def _name(state: State, key: Key) -> str:
    item = state.get(key)
    return (item.name if item else key.id)[:255]


def _poke_after_commit(cluster_id: int, number: int) -> None:
    transaction.on_commit(partial(notify.requested, cluster_id, number))
