"""Where a role goes and why not elsewhere: the deterministic rule of fcm §2.2, and P16-P18, P22, P23."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.domain.items import ClusterInfo, Item, Node, NodeState, Resource, Role, RoleState, RoleType, key_of
from clusters.domain.messages import NOTHING, say
from clusters.domain.placement import Room, best, rank, refusal
from clusters.domain.state import State

GB = 1024


def node(name: str, memory_gb: int = 64, state: NodeState = NodeState.UP, *, paused: bool = False) -> Node:
    return Node(name, name, state, paused, memory_mb=memory_gb * GB)


def role(name: str, owner: str = "N1", memory_gb: int = 4, state: RoleState = RoleState.ONLINE, **more: Any) -> Role:
    return Role(name, name, owner=owner, memory_mb=memory_gb * GB, state=state, **more)


def cluster(*items: Item, hard: bool = False) -> State:
    info = ClusterInfo("self", "C", properties=(("ClusterEnforcedAntiAffinity", str(int(hard))),))
    return State.of([info, *items])


def order(state: State, name: str, *exclude: str) -> list[str]:
    return [candidate.node for candidate in rank(state, name, exclude).candidates]


def test_most_free_memory_comes_first() -> None:
    state = cluster(node("N1"), node("N2", 32), node("N3", 48), role("web"))
    assert order(state, "web", "N1") == ["N3", "N2"]


def test_of_equal_memory_fewer_roles_then_the_name_decide() -> None:
    state = cluster(node("N1"), node("N3"), node("N2"), node("N4"), role("web"), role("idle", "N2", 0))
    assert order(state, "web", "N1") == ["N3", "N4", "N2"]


def test_preferred_owners_come_before_everything() -> None:
    state = cluster(node("N1"), node("N2", 8), node("N3", 99), role("web", preferred_owners=("N2",)))
    assert order(state, "web", "N1") == ["N2", "N3"]


def test_an_unlisted_node_may_still_be_chosen() -> None:  # fcm P16
    state = cluster(node("N1", state=NodeState.DOWN), node("N2"), role("web", preferred_owners=("N1",)))
    assert rank(state, "web").best == "N2"


def test_a_node_that_is_no_possible_owner_is_never_chosen() -> None:  # fcm P17
    state = cluster(node("N1"), node("N2"), role("web"), Resource("r1", "r1", "web", possible_owners=("N1",)))
    ranking = rank(state, "web", {"N1"})
    assert ranking.best == ""
    assert ranking.refusal("N2") == say("not-possible-owner")
    assert ranking.reason == say("no-possible-owner")


def test_every_resource_of_the_role_has_a_say() -> None:
    resources = [
        Resource("r1", "r1", "web", possible_owners=("N1", "N2")),
        Resource("r2", "r2", "web", possible_owners=("N2", "N3")),
        Resource("r3", "r3", "web"),
    ]
    assert order(cluster(node("N1"), node("N2"), node("N3"), role("web"), *resources), "web") == ["N2"]


CLOSED = [state for state in NodeState if state is not NodeState.UP]


@pytest.mark.parametrize("state", CLOSED)
def test_a_node_that_is_not_up_is_refused_with_its_reason(state: NodeState) -> None:
    found = cluster(node("N1"), node("N2", state=state), role("web"))
    assert rank(found, "web").refusal("N2") == say(f"node-{state}")


def test_a_paused_node_is_refused_even_while_it_says_up() -> None:
    state = cluster(node("N1"), node("N2", paused=True), role("web"))
    assert rank(state, "web").refusal("N2") == say("node-paused")


def test_memory_that_is_taken_counts() -> None:
    state = cluster(node("N1"), node("N2", 8), role("big", "N2", 6), role("web"))
    assert rank(state, "web").refusal("N2") == say("not-enough-memory", needed_mb=4 * GB, free_mb=2 * GB)


def test_a_stopped_role_takes_no_memory() -> None:
    state = cluster(node("N1"), node("N2", 8), role("big", "N2", 6, RoleState.OFFLINE), role("web"))
    assert not rank(state, "web").refusal("N2")


def test_a_role_on_its_way_takes_memory_at_both_ends() -> None:
    state = cluster(node("N1"), node("N2", 8), role("big", "N1", 6, target="N2"), role("web"))
    assert rank(state, "web").refusal("N2").code == "not-enough-memory"


def test_a_node_takes_no_more_machines_than_its_version_allows() -> None:  # fcm §2.17
    machines = [role(f"vm{n}", "N1", 0, type=RoleType.VIRTUAL_MACHINE) for n in range(384)]
    more = role("more", "N2", 0, type=RoleType.VIRTUAL_MACHINE)
    state = State.of([ClusterInfo("self", "C", "2008R2"), node("N1"), node("N2"), *machines, more, role("files", "N2")])
    assert rank(state, "more").refusal("N1") == say("node-full", most=384)
    assert not rank(state, "vm0").refusal("N1")
    assert not rank(state, "files").refusal("N1")


def test_a_cluster_runs_no_more_machines_than_its_version_allows() -> None:  # fcm §2.17
    machines = [role(f"vm{n}", f"N{n % 3}", 0, type=RoleType.VIRTUAL_MACHINE) for n in range(1000)]
    more = role("more", "N1", 0, RoleState.OFFLINE, type=RoleType.VIRTUAL_MACHINE)
    state = State.of([ClusterInfo("self", "C", "2008R2"), *(node(f"N{n}") for n in range(4)), *machines, more])
    assert rank(state, "more").reason == say("cluster-full", most=1000)
    assert rank(state, "vm0").refusal("N3") == NOTHING
    room = Room(state.with_changes([(key_of(machines[0]), None)]))
    assert best(more, room) == "N3"
    room.put(more, "N3")
    assert not best(more, room)


def test_the_place_a_role_already_has_stays_free_for_it() -> None:
    state = cluster(node("N1", 4), role("web", "N1", 4))
    assert rank(state, "web").best == "N1"


def test_soft_anti_affinity_gives_way_when_there_is_no_other_node() -> None:  # fcm P22
    pair = [role("dc1", "N1", anti_affinity=("dc",)), role("dc2", "N2", anti_affinity=("dc",))]
    state = cluster(node("N1"), node("N2"), node("N3", 8), *pair)
    assert order(state, "dc2", "N2") == ["N3", "N1"]
    assert order(state, "dc2", "N2", "N3") == ["N1"]


def test_hard_anti_affinity_does_not() -> None:  # fcm P23
    pair = [role("dc1", "N1", anti_affinity=("dc",)), role("dc2", "N2", anti_affinity=("dc",))]
    state = cluster(node("N1"), node("N2", state=NodeState.DOWN), *pair, hard=True)
    ranking = rank(state, "dc2")
    assert ranking.refusal("N1") == say("anti-affinity-conflict")
    assert rank(state, "dc2", {"N2"}).best == ""


def test_where_it_already_runs_a_conflict_is_tolerated() -> None:  # fcm P24
    pair = [role("dc1", "N1", anti_affinity=("dc",)), role("dc2", "N1", anti_affinity=("dc",))]
    assert not rank(cluster(node("N1"), *pair, hard=True), "dc2").refusal("N1")


def test_a_role_does_not_count_against_its_own_node() -> None:
    assert order(cluster(node("N1"), node("N2"), role("web", "N1")), "web") == ["N1", "N2"]


def test_the_note_says_what_speaks_for_a_node() -> None:
    state = cluster(node("N1"), node("N2"), role("web", preferred_owners=("N1", "N2")))
    assert rank(state, "web", {"N1"}).candidates[0].notes == (say("preferred-owner", rank=2),)


def test_its_own_node_is_refused_as_such() -> None:
    assert rank(cluster(node("N1"), role("web")), "web", {"N1"}).refusal("N1") == say("is-owner")


def test_nobody_can_take_an_unknown_role() -> None:
    assert rank(cluster(node("N1")), "ghost").best == ""


def test_an_unknown_node_is_refused() -> None:
    state = cluster(node("N1"), role("web"))
    assert refusal(role("web"), "N9", Room(state)) == say("no-such-node", node="N9")


def test_a_plan_keeps_its_own_books() -> None:
    state = cluster(node("N1", state=NodeState.DOWN), node("N2", 8), node("N3", 8), role("a", memory_gb=6), role("b"))
    room, found = Room(state), state.find(Role, "a")
    assert found is not None
    room.put(found, best(found, room))
    assert best(role("b"), room) == "N3"
    room.take(found, "N2")
    assert best(role("b"), room) == "N2"


# --- against a slow, obvious reference ---

NODES = st.lists(
    st.builds(
        Node, st.just(""), st.just(""), st.sampled_from(NodeState), st.booleans(), memory_mb=st.integers(0, 4)
    ),
    min_size=1, max_size=5,
).map(lambda found: [replace(item, id=f"N{n}", name=f"N{n}") for n, item in enumerate(found)])  # fmt: skip
IDS = st.sampled_from([f"N{n}" for n in range(5)])
OWNERS = st.lists(IDS, max_size=3, unique=True).map(tuple)
ROLES = st.lists(
    st.builds(
        Role, st.just(""), st.just(""), state=st.sampled_from(RoleState), owner=IDS, memory_mb=st.integers(0, 3),
        preferred_owners=OWNERS, anti_affinity=st.lists(st.sampled_from("ab"), max_size=1).map(tuple),
    ),
    min_size=1, max_size=6,
).map(lambda found: [replace(item, id=f"R{n}", name=f"R{n}") for n, item in enumerate(found)])  # fmt: skip
RESOURCES = st.lists(
    st.builds(Resource, st.just(""), st.just(""), st.just("R0"), possible_owners=st.none() | OWNERS), max_size=3
).map(lambda found: [replace(item, id=f"r{n}") for n, item in enumerate(found)])


def slow_best(state: State, subject: Role, hard: bool) -> str:
    """Every node that fulfils every condition, written out; then the sort of fcm §2.2."""
    at_rest = (RoleState.OFFLINE, RoleState.FAILED, RoleState.UNKNOWN)
    others = [each for each in state.all(Role) if each.id != subject.id and each.state not in at_rest]
    fit = []
    for place in state.nodes():
        there = [each for each in others if each.owner == place.id]
        free = place.memory_mb - sum(each.memory_mb for each in there)
        alike = any(set(each.anti_affinity) & set(subject.anti_affinity) for each in there)
        at_home = subject.owner == place.id and subject.state not in at_rest
        allowed = all(
            r.possible_owners is None or place.id in r.possible_owners for r in state.resources_of(subject.id)
        )
        if place.state is NodeState.UP and not place.paused and allowed and subject.memory_mb <= free:
            if hard and alike and not at_home:
                continue
            wish = subject.preferred_owners.index(place.id) if place.id in subject.preferred_owners else 9
            fit.append((min(wish, len(subject.preferred_owners)), alike, -free, len(there), place.name))
    return min(fit)[-1] if fit else ""


@settings(deadline=None)
@given(NODES, ROLES, RESOURCES, st.booleans())
def test_the_best_node_is_the_slow_one(nodes: list[Node], roles: list[Role], more: list[Resource], hard: bool) -> None:
    state = cluster(*nodes, *roles, *more, hard=hard)
    assert rank(state, "R0").best == best(roles[0], Room(state)) == slow_best(state, roles[0], hard)


@settings(deadline=None)
@given(NODES, ROLES, RESOURCES, st.booleans())
def test_every_node_is_either_a_candidate_or_refused(
    nodes: list[Node], roles: list[Role], more: list[Resource], hard: bool
) -> None:
    ranking = rank(cluster(*nodes, *roles, *more, hard=hard), "R0")
    named = [candidate.node for candidate in ranking.candidates] + [each.node for each in ranking.refusals]
    assert sorted(named) == sorted(each.id for each in nodes)
    assert bool(ranking.reason) == (not ranking.candidates)
