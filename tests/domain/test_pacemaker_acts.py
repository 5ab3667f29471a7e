"""Acts that differ on a cluster that Pacemaker runs: what it does in another way is refused before the click."""

from dataclasses import replace

import pytest

from clusters.domain.action import Tier
from clusters.domain.actions import ACTIONS, consequences, menu
from clusters.domain.items import Node, NodeState, Resource
from clusters.domain.keys import Key
from clusters.domain.messages import Message, say
from clusters.domain.state import State
from tests.domain.scenes import VM, WEB, cluster, node, why

PACEMAKER = "Pacemaker 2.1.5"


def offered(state: State, kind: str, identity: str) -> set[str]:
    return {entry.action.name for entry in menu(state, [Key(kind, identity)], Tier.OPERATOR)}


@pytest.mark.parametrize(("act", "given", "reason"), [
    ("pause", node(), "pause-always-drains"),
    ("pause-drain", node(), ""),
    ("force-quorum", node(NodeState.DOWN), "start-in-good-order"),
    ("start-node-to-join", node(NodeState.DOWN), "start-in-good-order"),
    ("start-node", node(NodeState.DOWN), ""),
    ("fence", node(NodeState.UNKNOWN), ""),
    ("fence", node(), ""),
])  # fmt: skip
def test_what_pacemaker_does_in_its_own_way_is_refused_before_the_click(act: str, given: Node, reason: str) -> None:
    assert why(act, cluster(given, profile=PACEMAKER), "node", "N1").code == reason


@pytest.mark.parametrize(("hint", "act", "other"), [
    (Message(""), "cluster-maintenance-on", "cluster-maintenance-off"),
    (say("cluster-maintenance-mode"), "cluster-maintenance-off", "cluster-maintenance-on"),
])  # fmt: skip
def test_maintenance_of_the_cluster_is_turned_on_or_off(hint: Message, act: str, other: str) -> None:
    acts = offered(cluster(profile=PACEMAKER, hint=hint), "cluster", "self")
    assert act in acts
    assert other not in acts


@pytest.mark.parametrize("locked", [True, False])
def test_a_role_is_left_alone_or_managed_again(locked: bool) -> None:
    acts = offered(cluster(Resource("r", "r", "web", locked=locked), profile=PACEMAKER), "role", "web")
    assert ("manage" in acts, "unmanage" in acts) == (locked, not locked)


def test_a_simulated_cluster_knows_nothing_of_it() -> None:
    simulated = cluster(VM)
    assert not {"manage", "unmanage"} & offered(simulated, "role", "web")
    assert not {"cluster-maintenance-on"} & offered(simulated, "cluster", "self")


@pytest.mark.parametrize(
    ("act", "profile", "codes"), [
        ("set-anti-affinity", PACEMAKER, ["apart-where-possible", "roles-part-at-once"]),
        ("set-apart-always", PACEMAKER, ["apart-at-any-price", "roles-part-at-once"]),
        ("set-anti-affinity", "2025", ["anti-affinity-when-recycled"]),
    ],
)  # fmt: skip
def test_what_keeping_apart_means_and_when_is_said(act: str, profile: str, codes: list[str]) -> None:
    told = consequences(ACTIONS[act], cluster(profile=profile), [Key("role", "web")])
    assert [message.code for message in told] == codes


@pytest.mark.parametrize(("profile", "count"), [(PACEMAKER, 2), ("2025", 0)])
def test_limits_of_failures_are_asked_for_in_the_engines_own_terms(profile: str, count: int) -> None:
    acts = offered(cluster(VM, profile=profile), "role", "web")
    assert len(acts & {"set-failures", "set-apart-always"}) == count
    assert ("set-failover" in acts) is (count == 0)


def test_what_failures_lead_to_now_stands_in_the_question() -> None:
    state = cluster(replace(WEB, failing=(say("fails-stays"),)), profile=PACEMAKER)
    told = consequences(ACTIONS["set-failures"], state, [Key("role", WEB.id)])
    assert [message.code for message in told] == ["fails-stays", "limits-on-one-node", "limits-left-open"]


@pytest.mark.parametrize(("owner", "code"), [("N1", "machine-goes-on-alone"), ("", "machine-stays-off")])
def test_what_becomes_of_a_machine_that_leaves_is_said(owner: str, code: str) -> None:
    state = cluster(replace(WEB, owner=owner), profile=PACEMAKER)
    told = consequences(ACTIONS["remove-machine"], state, [Key("role", "web")])
    assert [message.code for message in told] == ["machine-leaves", code, "settings-go-along"]
