"""What an engine says is on the pages: why a role runs where it runs, notes of nodes and cluster, the pace."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clusters.backends.base import Source as Seen
from clusters.domain.items import ClusterInfo, Node, Role
from clusters.domain.messages import say
from clusters.models import Cluster, Source
from clusters.presenters.reaching import pace
from clusters.sources import look, save
from tests.web import stage

HOSTILE = "<script>alert(1)</script>"


def of(kind: type[Role | Node | ClusterInfo]) -> Role | Node | ClusterInfo:
    """Some object of the staged cluster."""
    return next(item for item in stage.items("") if isinstance(item, kind))


@pytest.fixture
def role(cluster: Cluster) -> Role:
    """A role with rules of an engine's."""
    found = of(Role)
    assert isinstance(found, Role)
    rules = (
        say("why-never", node=HOSTILE, score="-INFINITY", constraint="ban-1"),
        say("why-after-must", roles="db", constraint="o"),
    )
    stage.play(cluster, instead=(replace(found, because=rules),))
    return found


def tab(client: Client, role: Role, name: str) -> str:
    asked = {"kind": "role", "key": role.id, "tab": name}
    return client.get(f"/clusters/ams/roles/{role.id}", asked).content.decode()


def test_a_role_says_why_it_runs_there(alice: Client, role: Role) -> None:
    told = tab(alice, role, "why")
    assert "It starts after db and stops before it (o)." in told
    assert "It never runs on &lt;script&gt;" in told
    assert HOSTILE not in told


def test_a_role_without_rules_has_no_such_tab(alice: Client, cluster: Cluster) -> None:
    found = of(Role)
    assert isinstance(found, Role)
    assert "Why it runs there" not in tab(alice, found, "")


def test_what_failures_lead_to_stands_in_the_engines_words(alice: Client, cluster: Cluster) -> None:
    found = of(Role)
    assert isinstance(found, Role)
    rules = (say("fails-stays"), say("failures-never-forgotten"))
    stage.play(cluster, instead=(replace(found, failing=rules, apart_always=("theirs",)),))
    told = tab(alice, found, "")
    assert "no number of failures makes it leave" in told
    assert "Failures are never forgotten" in told
    assert "Never together" in told
    assert "of 6 h" not in told


def test_a_node_says_what_else_it_is(alice: Client, cluster: Cluster) -> None:
    node = of(Node)
    assert isinstance(node, Node)
    stage.play(cluster, instead=(replace(node, remarks=(say("node-is-remote"),)),))
    assert (
        "A remote node: it runs roles but has no vote." in alice.get(f"/clusters/ams/nodes/{node.id}").content.decode()
    )


def test_the_cluster_says_what_it_is_doing(alice: Client, cluster: Cluster) -> None:
    info = of(ClusterInfo)
    assert isinstance(info, ClusterInfo)
    stage.play(cluster, instead=(replace(info, remarks=(say("fencing-under-way", node="n3", action="off"),)),))
    assert "n3 is being fenced (off)." in alice.get("/clusters/ams/").content.decode()


def test_the_line_of_the_cluster_says_how_often_it_is_read_when_that_is_not_every_second(
    alice: Client, cluster: Cluster
) -> None:
    assert "every 30 s" not in alice.get("/clusters/ams/").content.decode()
    Source.objects.filter(cluster=cluster).update(every_s=30)
    assert "every 30 s" in alice.get("/clusters/ams/").content.decode()


@pytest.mark.parametrize(
    ("every", "pushed", "said"),
    [
        (1.0, False, "every second"),
        (30.0, False, "every 30 seconds"),
        (1.0, True, "every second, and at once when it tells of a change"),
        (None, False, "not yet"),
    ],
)
def test_the_page_of_the_connection_says_the_pace(every: float | None, pushed: bool, said: str) -> None:
    assert pace([Source(name="engine", every_s=every, pushed=pushed)]) == said


def test_a_new_pace_is_news_and_the_same_is_none(cluster: Cluster) -> None:
    now = timezone.now() + timedelta(seconds=1)
    slow = Seen("engine", now, every_s=30.0, pushed=True)
    news = look(cluster.pk, [slow], now)
    assert [(row.every_s, row.pushed) for row in news] == [(30.0, True)]
    save(9, news)
    assert look(cluster.pk, [slow], now) == []


@pytest.fixture
def pacemaker(cluster: Cluster) -> Role:
    """A role of a Pacemaker cluster that failures never move."""
    info, found = of(ClusterInfo), of(Role)
    assert isinstance(info, ClusterInfo)
    assert isinstance(found, Role)
    rules = (say("fails-stays"), say("failures-forgotten", seconds=900))
    changed = replace(found, failing=rules, failover_threshold=None, retry_period_s=900, apart_always=("sql",))
    stage.play(cluster, instead=(replace(info, profile="Pacemaker 2.1.5"), changed))
    return changed


def question(client: Client, act: str, role: Role) -> str:
    return client.get(f"/clusters/ams/do/{act}", {"kind": "role", "key": role.id}).content.decode()


def test_the_question_about_failures_says_what_holds_now_and_what_the_answers_mean(
    alice: Client, pacemaker: Role
) -> None:
    told = question(alice, "set-failures", pacemaker)
    assert "no number of failures makes it leave" in told
    assert "forgotten 15 min after the last one" in told
    assert 'name="leaves_after" value=""' in told
    assert 'name="forgets_after_s" value="900"' in told
    assert "on each node by itself" in told


def test_wish_and_must_are_offered_beside_each_other_with_what_they_mean(alice: Client, pacemaker: Role) -> None:
    wish, must = (question(alice, act, pacemaker) for act in ("set-anti-affinity", "set-apart-always"))
    assert "they share one" in wish
    assert "one of them stays stopped" in must
    assert 'name="apart_always" value="sql"' in must


def test_the_question_before_a_stop_says_what_a_failed_one_costs(alice: Client, cluster: Cluster) -> None:
    machine, other = [item for item in stage.items("") if isinstance(item, Role) and item.status == "running"][:2]
    dear = replace(machine, failing=(say("stop-fails-fences"), say("migration-fails-reboots")))
    stage.play(cluster, instead=(dear,))
    assert "is fenced, with all" in question(alice, "save", dear)
    assert "Set on-fail=block for migrate_to" in question(alice, "live-migrate", dear)
    assert "fenced" not in question(alice, "save", other)


def test_the_plan_of_a_drain_says_it_as_well(alice: Client, cluster: Cluster) -> None:
    machine = next(item for item in stage.items("") if isinstance(item, Role) and item.status == "running")
    stage.play(cluster, instead=(replace(machine, failing=(say("stop-fails-fences"),)),))
    asked = {"kind": "node", "key": machine.owner}
    assert "is fenced, with all" in alice.get("/clusters/ams/plan/pause-drain", asked).content.decode()
