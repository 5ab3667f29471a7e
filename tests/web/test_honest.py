"""A page that shows what is no longer certain says so."""

import pytest
from django.test import Client

from clusters import models
from clusters.domain.items import Disk, DiskState, DiskUse
from clusters.models import Cluster
from tests.web import stage


def fail(cluster: Cluster, source: str) -> None:
    """Let what we hear from one place of the cluster be old."""
    models.Source.objects.update_or_create(cluster=cluster, name=source, defaults={"failing_since": stage.NOON})


def test_it_shows_a_cluster_that_answers_as_it_is(bob: Client) -> None:
    assert "is-old" not in bob.get("/").content.decode()
    assert "is-old" not in bob.get("/clusters/ams/roles/").content.decode()


@pytest.mark.parametrize("page", ["roles/", "nodes/", "roles/sql-prod-02", "", "break/"])
def test_it_takes_the_certainty_from_a_cluster_that_does_not_answer(bob: Client, cluster: Cluster, page: str) -> None:
    fail(cluster, "engine")
    shown = bob.get(f"/clusters/ams/{page}").content.decode()
    assert 'class="strip is-old"' in shown
    assert shown.index('id="strip"') < shown.index('id="main"')  # the style of what follows the strip hangs on it


def test_it_puts_old_figures_in_brackets(bob: Client, cluster: Cluster) -> None:
    fail(cluster, "engine")
    assert "(6 of 6 up)" in bob.get("/").content.decode()


def test_it_does_not_know_the_quorum_of_a_cluster_that_does_not_answer(bob: Client, cluster: Cluster) -> None:
    fail(cluster, "engine")
    shown = bob.get("/clusters/ams/").content.decode()
    assert "Quorum unknown" in shown
    assert "Survives" not in shown
    assert "Witness OK" not in shown


def test_one_node_that_does_not_answer_leaves_the_rest_certain(bob: Client, cluster: Cluster) -> None:
    fail(cluster, "ams-hv01")
    shown = bob.get("/clusters/ams/roles/").content.decode()
    assert "Part of it silent since" in shown
    assert "No answer since" not in shown
    assert "is-old" not in shown


def test_a_cluster_with_a_silent_host_is_not_counted_among_the_silent(bob: Client, cluster: Cluster) -> None:
    fail(cluster, "ams-hv01")
    shown = bob.get("/").content.decode()
    assert "1 answers only in part" in shown
    assert "1 does not answer" not in shown


def test_it_draws_no_stay_of_before_anything_was_known(bob: Client) -> None:
    shown = bob.get("/clusters/ams/roles/dc-01?tab=history&period=day").content.decode()
    assert 'class="seg-n" x="1000.0"' in shown  # it was seen for the first time just now


def test_it_draws_a_stay_from_the_first_move_on(bob: Client) -> None:
    shown = bob.get("/clusters/ams/roles/sql-prod-02?tab=history&period=day").content.decode()
    assert 'class="seg-n" x="120.0"' in shown


def test_a_disk_of_unknown_size_shows_no_figures(alice: Client, cluster: Cluster) -> None:
    stage.play(cluster, instead=(Disk("files", "Files", DiskState.ONLINE, DiskUse.ROLE),))
    assert "free of" not in alice.get("/clusters/ams/disks/?q=Files").content.decode()
