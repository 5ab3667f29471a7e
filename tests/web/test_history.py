"""The history of a machine opens with why it moved last, or why it is moving, and tells how each move went."""

import re
from datetime import timedelta

from django.test import Client

from clusters.models import Cluster, Transition
from tests.web.stage import NOON


def history(browser: Client, role: str) -> str:
    page = browser.get(f"/clusters/ams/roles/{role}?tab=history").content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition('id="history"')[2]).split())


def changed(cluster: Cluster, role: str, what: str, after: str, cause: str, minutes: int) -> None:
    at = NOON - timedelta(minutes=minutes)
    Transition.objects.create(
        cluster=cluster, seq=1, at=at, recorded_at=at, kind="role", key=role, what=what, before="ams-hv01",
        after=after, cause=cause,
    )  # fmt: skip


def test_what_never_moved_says_so(alice: Client) -> None:
    assert "It has not moved since it is watched here." in history(alice, "dc-02")


def test_it_opens_with_why_it_moved_last(alice: Client, cluster: Cluster) -> None:
    changed(cluster, "dc-02", "owner", "ams-hv03", "balancer", 5)
    assert "It moved last to balance the load. 1 move is known." in history(alice, "dc-02")


def test_what_is_under_way_opens_with_why_it_moves_now(alice: Client, cluster: Cluster) -> None:
    changed(cluster, "sql-prod-02", "status", "live-migrating", "drain", 1)
    assert "It is moving because its node is being drained." in history(alice, "sql-prod-02")


def test_a_drain_is_a_reason_and_the_way_is_told_beside_it(alice: Client, cluster: Cluster) -> None:
    changed(cluster, "dc-02", "status", "live-migrating", "drain", 6)
    changed(cluster, "dc-02", "owner", "ams-hv03", "drain", 5)
    assert "AMS-HV01 → AMS-HV03 Live migration Drain" in history(alice, "dc-02")


def test_a_failover_carries_nothing_over_whatever_was_under_way_before(alice: Client, cluster: Cluster) -> None:
    changed(cluster, "dc-02", "status", "live-migrating", "user", 6)
    changed(cluster, "dc-02", "owner", "ams-hv03", "failover", 5)
    assert "AMS-HV01 → AMS-HV03 Restart Failover" in history(alice, "dc-02")


def test_a_manner_of_long_ago_belongs_to_another_move(alice: Client, cluster: Cluster) -> None:
    changed(cluster, "dc-02", "status", "live-migrating", "user", 600)
    changed(cluster, "dc-02", "owner", "ams-hv03", "balancer", 5)
    assert "AMS-HV01 → AMS-HV03 – Balancer" in history(alice, "dc-02")
