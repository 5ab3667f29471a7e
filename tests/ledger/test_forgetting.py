"""What processes know by heart of a cluster ends with it: the state of a large one is thousands of objects."""

import gc
from dataclasses import replace

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from clusters import services, snapshots
from clusters.domain.items import Role
from clusters.models import Cluster
from clusters.presenters import moves
from clusters.presenters.headcount import headcount
from tests.ledger.conftest import N1, WEB, Books

MAYFLY = "mayfly"


@pytest.fixture(autouse=True)
def _known(books: Books) -> None:
    """A role that nobody but this process's memories holds: its cluster was read, its roles followed and counted."""
    books.see(N1, replace(WEB, name=MAYFLY, badness=3))
    snapshots._memo.clear()
    state = snapshots.current(books.cluster.pk).state
    headcount(books.cluster.pk, state)
    moves.follow(books.cluster.pk, Role.kind, state)


def alive() -> bool:
    gc.collect()
    return any(isinstance(each, Role) and each.name == MAYFLY for each in gc.get_objects())


def test_a_removed_cluster_is_forgotten(
    cluster: Cluster, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_cluster(cluster)
    assert not alive()


def test_the_others_stay_known(cluster: Cluster) -> None:
    snapshots.forget_removed()
    assert alive()
