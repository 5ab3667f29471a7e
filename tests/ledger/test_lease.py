"""One process controls a cluster; its successor's term is higher."""

import os
import subprocess
import sys

import pytest

from clusters import lease, processes
from clusters.lease import LeaseLost
from clusters.models import Cluster
from tests.ledger.conftest import NOON, after


def test_who_holds_the_lease_keeps_others_out(cluster: Cluster) -> None:
    assert lease.acquire(cluster.pk, "one", NOON) == 1
    assert lease.acquire(cluster.pk, "other", after(14)) is None


def test_a_lease_that_ran_out_goes_to_the_next_with_a_higher_term(cluster: Cluster) -> None:
    lease.acquire(cluster.pk, "one", NOON)
    assert lease.acquire(cluster.pk, "other", after(16)) == 2
    with pytest.raises(LeaseLost):
        lease.renew(cluster.pk, 1, after(16))


def test_a_renewed_lease_lasts(cluster: Cluster) -> None:
    lease.acquire(cluster.pk, "one", NOON)
    lease.renew(cluster.pk, 1, after(10))
    assert lease.acquire(cluster.pk, "other", after(20)) is None


def test_a_lease_handed_back_is_free_at_once(cluster: Cluster) -> None:
    lease.acquire(cluster.pk, "one", NOON)
    lease.release(cluster.pk, 1)
    assert lease.acquire(cluster.pk, "other", NOON) == 2


def test_a_former_holder_cannot_hand_back_what_is_not_his(cluster: Cluster) -> None:
    lease.acquire(cluster.pk, "one", NOON)
    lease.acquire(cluster.pk, "other", after(16))
    lease.release(cluster.pk, 1)
    assert lease.acquire(cluster.pk, "third", after(16)) is None


def test_the_lease_of_a_dead_process_on_this_machine_is_free_at_once(cluster: Cluster) -> None:
    lease.acquire(cluster.pk, _name_of_a_dead_process(), NOON)
    assert lease.acquire(cluster.pk, "other", NOON) == 2


def test_a_living_process_and_a_stranger_are_not_dead() -> None:
    assert not processes.is_dead(processes.own_name())
    assert not processes.is_dead("another-machine.1.2.3")
    assert not processes.is_dead("")


def test_a_process_id_that_was_given_to_another_is_recognised() -> None:
    machine, _, started, chance = processes.own_name().split(".")
    assert processes.is_dead(f"{machine}.{os.getpid()}.{int(started) - 1}.{chance}")


def _name_of_a_dead_process() -> str:
    tell = "from clusters import processes; print(processes.own_name())"
    told = subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True, timeout=20, check=True)
    return told.stdout.strip()
