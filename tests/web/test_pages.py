"""Every page for everybody: who may see it does, who may not is told so, and hostile names stay names."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from clusters import services
from clusters.domain.items import DrainState, Node
from clusters.models import Cluster, Grant, Ledger, LogEntry, Transition
from tests.web import stage
from tests.web.stage import NOON

HOSTILE = "<script>alert(1)</script>\"'&--><img src=x onerror=alert(1)>"

PAGES = (
    "/clusters/ams/",
    "/clusters/ams/roles/",
    "/clusters/ams/roles/?sel=sql-prod-02&tab=history",
    "/clusters/ams/roles/?q=sql&chip=busy&sort=-name",
    "/clusters/ams/roles/sql-prod-02",
    "/clusters/ams/roles/sql-prod-02?tab=where",
    "/clusters/ams/roles/sql-prod-02?tab=offline",
    "/clusters/ams/roles/sql-prod-02?tab=guests",
    "/clusters/ams/roles/sql-prod-02?tab=history&period=year",
    "/clusters/ams/roles/sofs-01",
    "/clusters/ams/nodes/?sel=ams-hv03",
    "/clusters/ams/nodes/ams-hv03?tab=disks",
    "/clusters/ams/disks/?sel=csv-03&tab=access",
    "/clusters/ams/disks/?sel=csv-02&tab=machines",
    "/clusters/ams/networks/?sel=net-1&tab=connections",
    "/clusters/ams/events/?chip=critical",
    "/clusters/ams/operations/",
    "/clusters/ams/break/",
    "/clusters/ams/selection/?kind=role&sel=dc-01&sel=dc-02",
    "/clusters/ams/menu/?kind=role&key=dc-01",
    "/clusters/ams/menu/node/ams-hv01",
    "/clusters/ams/break/faults/?target=role/dc-01",
    "/clusters/ams/do/live-migrate?kind=role&key=dc-01",
    "/clusters/ams/do/evict?kind=node&key=ams-hv06",
    "/clusters/ams/plan/pause-drain?kind=node&key=ams-hv01",
)


class Tags(HTMLParser):
    """Counts what a browser would run or load."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if (tag == "script" and "src" not in names) or tag == "style" or any(name.startswith("on") for name in names):
            self.bad.append(self.get_starttag_text() or tag)
        if "style" in names:
            self.bad.append(self.get_starttag_text() or tag)


@pytest.mark.parametrize("page", PAGES)
def test_it_shows_every_page_to_the_operator_and_the_reader(alice: Client, bob: Client, page: str) -> None:
    assert alice.get(page).status_code == 200
    assert bob.get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_it_shows_charlie_nothing(charlie: Client, page: str) -> None:
    answer = charlie.get(page)
    assert answer.status_code == 404
    assert b"SQL-PROD" not in answer.content


@pytest.mark.parametrize("page", ["/", *PAGES])
def test_it_asks_a_stranger_to_sign_in(cluster: Cluster, page: str) -> None:
    assert Client().get(page).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("page", ["/", "/find/?q=script", *PAGES])
def test_it_keeps_hostile_names_as_text(alice: Client, cluster: Cluster, page: str) -> None:
    stage.play(cluster, HOSTILE)
    tags = Tags()
    tags.feed(alice.get(page).content.decode())
    assert tags.bad == []


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("page", ["/", "/find/?q=sql", *PAGES])
def test_no_sentence_waits_for_its_figures(alice: Client, page: str, language: str) -> None:
    assert "%(" not in alice.get(page, headers={"accept-language": language}).content.decode()


def test_it_shows_a_hostile_name_as_it_is(alice: Client, cluster: Cluster) -> None:
    stage.play(cluster, HOSTILE)
    assert "&lt;script&gt;alert(1)" in alice.get("/clusters/ams/roles/").content.decode()


def test_it_says_the_quorum_in_words(bob: Client) -> None:
    assert "Survives 3 more nodes" in bob.get("/").content.decode()


def test_it_shows_only_clusters_that_are_yours(charlie: Client) -> None:
    assert "hv-ams" not in charlie.get("/").content.decode()


def test_it_finds_by_name_over_all_clusters_that_are_yours(alice: Client, charlie: Client) -> None:
    assert "SQL-PROD-02" in alice.get("/find/?q=sql").content.decode()
    assert "SQL-PROD-02" not in charlie.get("/find/?q=sql").content.decode()


def test_the_page_of_hits_has_links_and_no_second_box_of_hits(alice: Client) -> None:
    page = alice.get("/find/?q=sql").content.decode()
    assert page.count('id="hits"') == 1
    assert 'role="option"' not in page
    assert 'role="option"' in alice.get("/find/?q=sql", headers={"hx-request": "true"}).content.decode()


@pytest.mark.parametrize(("place", "told"), [("roles", "owner node"), ("networks", "subnets"), ("events", "event IDs")])
def test_a_filter_that_finds_nothing_says_where_it_looked(alice: Client, place: str, told: str) -> None:
    page = alice.get(f"/clusters/ams/{place}/?q=nobody-of-this-name").content.decode()
    assert told in page.partition('id="empty"')[2].partition("</p>")[0]


def test_more_hits_than_are_shown_are_said(alice: Client, cluster: Cluster) -> None:
    assert "There are more" not in alice.get("/find/?q=1201").content.decode()
    facts = {"level": 1, "code": 1201, "at": NOON, "seq": 1}
    LogEntry.objects.bulk_create(LogEntry(cluster=cluster, native_id=f"more-{each}", **facts) for each in range(51))
    page = alice.get("/find/?q=1201").content.decode()
    assert "There are more" in page
    assert page.count("Event 1201: ") == 50


def test_a_page_without_a_tree_leads_to_the_page_above(alice: Client) -> None:
    page = alice.get("/sessions/").content.decode()
    assert 'href="/" aria-label="Back to Clusters"' in page
    assert "Back to" not in alice.get("/").content.decode()


@pytest.mark.parametrize("tab", ["resources", "history"])
def test_a_table_is_one_by_its_roles_too(alice: Client, tab: str) -> None:  # phones stack its cells
    page = alice.get(f"/clusters/ams/roles/sql-prod-02?tab={tab}").content.decode()
    table = page.partition("<table")[2].partition("</table>")[0]
    bare = [each for each in re.findall(r"<(?:thead|tbody|tr|th|td)\b[^>]*>", table) if 'role="' not in each]
    assert table
    assert not bare


def test_it_says_that_an_object_is_gone(alice: Client) -> None:
    assert alice.get("/clusters/ams/roles/nobody").status_code == 404


def test_it_speaks_dutch(alice: Client) -> None:
    answer = alice.get("/clusters/ams/roles/", headers={"accept-language": "nl"})
    assert '<html lang="nl"' in answer.content.decode()


def test_the_break_panel_keeps_what_was_picked_when_it_is_drawn_anew(alice: Client) -> None:
    page = alice.get("/clusters/ams/break/?target=role/dc-02").content.decode()
    assert '<option value="role/dc-02" selected>' in page
    offered = page.partition('id="target-faults"')[2].partition("</section>")[0]
    assert set(re.findall(r"key=([\w-]+)", offered)) == {"dc-02"}
    assert alice.get("/clusters/ams/break/?target=nothing").status_code == 404


def test_it_has_no_break_panel_for_a_real_cluster(alice: Client, cluster: Cluster) -> None:
    Cluster.objects.filter(pk=cluster.pk).update(backend="pacemaker")
    assert alice.get("/clusters/ams/break/").status_code == 404


def test_it_shows_a_cluster_that_was_never_seen(alice: Client, cluster: Cluster) -> None:
    user = User.objects.get(username="alice")
    other = services.add_cluster("new", "new", "simulator")
    Grant.objects.create(user=user, cluster=other, tier=Grant.Tier.OPERATOR)
    assert "Quorum unknown" in alice.get("/clusters/new/").content.decode()


@pytest.mark.parametrize("target", ["interface/ams-hv01@net-1", "disk/csv-01", "resource/cluster-name"])
def test_it_offers_to_break_links_disks_and_resources(alice: Client, target: str) -> None:
    assert (
        'hx-get="/clusters/ams/do/break-' in alice.get(f"/clusters/ams/break/faults/?target={target}").content.decode()
    )


def test_it_says_how_much_memory_a_live_migration_has_left(bob: Client) -> None:
    assert "round 3, 512 MB left" in bob.get("/clusters/ams/roles/exch-02").content.decode()


def test_it_says_what_keeps_a_drained_node_from_being_safe(alice: Client, cluster: Cluster) -> None:
    stage.play(cluster, instead=(Node("ams-hv03", "AMS-HV03", paused=True, drain=DrainState.DRAINED),))
    assert "It still owns CSV-02" in alice.get("/clusters/ams/nodes/ams-hv03").content.decode()


def test_it_hides_a_cluster_that_is_switched_off(alice: Client, cluster: Cluster) -> None:
    Cluster.objects.filter(pk=cluster.pk).update(enabled=False)
    assert alice.get("/clusters/ams/roles/").status_code == 404


@pytest.mark.parametrize("key", ["a\nb", "a b/../c?d#e", "%00", "<i>", "\u202etxt"])
def test_it_can_link_to_any_key(alice: Client, cluster: Cluster, key: str) -> None:
    stage.play(cluster, instead=(Node(key, "odd"),))
    assert reverse("node", args=["ams", key]) in alice.get("/clusters/ams/nodes/").content.decode()
    assert alice.get(reverse("node", args=["ams", key])).status_code == 200


def test_it_has_a_place_for_the_age_of_each_cluster(alice: Client, cluster: Cluster) -> None:
    assert f'<time data-seen-of="{cluster.pk}" data-show="wall-age">' in alice.get("/").content.decode()


def test_the_start_page_says_what_moved_last_and_leads_to_why(alice: Client) -> None:
    moves = alice.get("/").content.decode().partition("Last moves")[2]
    assert "/clusters/ams/roles/sql-prod-02?tab=history" in moves


def test_the_start_page_says_since_when_something_needs_its_reader(alice: Client, cluster: Cluster) -> None:
    at = stage.NOON - timedelta(minutes=19)
    found = Transition(cluster=cluster, seq=1, at=at, recorded_at=at, kind="role", key="gis-01", what="status")
    found.save()
    needed = alice.get("/").content.decode().partition('aria-labelledby="needs"')[2]
    assert at.isoformat() in needed


def test_a_cluster_that_never_answered_is_not_called_empty(alice: Client, cluster: Cluster) -> None:
    Ledger.objects.filter(cluster=cluster).delete()
    assert "hv-ams has not been seen yet" in alice.get("/clusters/ams/roles/").content.decode()
