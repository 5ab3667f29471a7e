"""Who would have to wait for a slot: fcm F05, D01, D02, and the limit that Pacemaker may have."""

from clusters.domain.items import ClusterInfo, Item, Node, Role, RoleState
from clusters.domain.messages import NOTHING, say
from clusters.domain.slots import Slots
from clusters.domain.state import State

NODES = tuple(Node(name, name) for name in ("n1", "n2", "n3", "n4"))


def slots(*roles: Item, profile: str = "2025", **properties: str) -> Slots:
    info = ClusterInfo("self", "lab", profile=profile, properties=tuple(properties.items()))
    return Slots(State.of([info, *NODES, *roles]))


def moving(name: str, owner: str, target: str, status: str = "live-migrating") -> Role:
    return Role(name, name, state=RoleState.ONLINE, status=status, owner=owner, target=target)


def test_where_nobody_migrates_nobody_waits() -> None:
    assert slots().taken("n1", "n2") == NOTHING


def test_both_ends_of_a_migration_take_up_a_slot() -> None:
    found = slots(moving("a", "n1", "n2"))
    assert found.taken("n1", "n3") == say("slots-taken", node="n1", used=1, limit=1)
    assert found.taken("n3", "n2") == say("slots-taken", node="n2", used=1, limit=1)
    assert found.taken("n3", "n4") == NOTHING


def test_the_setting_of_the_cluster_says_how_many_there_are() -> None:
    one = slots(moving("a", "n1", "n2"), MaximumParallelMigrations="2")
    two = slots(moving("a", "n1", "n2"), moving("b", "n3", "n2"), MaximumParallelMigrations="2")
    assert one.taken("n4", "n2") == NOTHING
    assert two.taken("n4", "n2") == say("slots-taken", node="n2", used=2, limit=2)


def test_what_waits_itself_takes_up_no_slot() -> None:
    assert slots(moving("a", "n1", "n2", status="queued")).taken("n1", "n2") == NOTHING


def test_a_quick_migration_takes_up_no_slot() -> None:
    assert slots(moving("a", "n1", "n2", status="quick-migrating")).taken("n1", "n2") == NOTHING


def test_the_version_without_a_queue_refuses_the_second_one() -> None:
    found = slots(moving("a", "n1", "n2"), profile="2008R2")
    assert found.refuses
    assert found.taken("n3", "n1") == say("migration-limit", node="n1", limit=1, behind="a")


def test_pacemaker_lets_nobody_wait_unless_it_has_a_limit() -> None:
    assert slots(moving("a", "n1", "n2"), profile="Pacemaker 2.1.5").taken("n1", "n2") == NOTHING
    limited = slots(moving("a", "n1", "n2"), profile="Pacemaker 2.1.5", **{"migration-limit": "1"})
    assert limited.taken("n1", "n2") == say("slots-taken", node="n1", used=1, limit=1)
