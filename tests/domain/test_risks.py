"""What an act leads to where it fails: said in its question as the cluster says it of its roles, or not at all."""

from dataclasses import replace

import pytest

from clusters.domain.actions import ACTIONS, consequences, where_it_fails
from clusters.domain.acts.risks import MIGRATION, STOP
from clusters.domain.items import Disk, DiskUse, Resource, Role, RoleState
from clusters.domain.keys import Key
from clusters.domain.messages import Message, say
from clusters.domain.state import State
from tests.domain.scenes import FILES, VM, WEB, cluster

DEAR = replace(WEB, failing=(say("fails-stays"), STOP, MIGRATION))
OFF = replace(DEAR, state=RoleState.OFFLINE)
FENCED = say("failed-stop-fences", node="HV01", count=2)
STOPPING = (
    "save", "shut-down", "shut-down-forced", "turn-off", "stop-machine", "quick-migrate", "quick-migrate-best",
    "move-machine", "move-machine-best",
)  # fmt: skip


def told(act: str, state: State, kind: str, *ids: str) -> tuple[Message, ...]:
    return where_it_fails(ACTIONS[act], state, [Key(kind, identity) for identity in ids])


@pytest.mark.parametrize("act", STOPPING)
def test_an_act_that_stops_a_machine_says_what_a_failed_stop_costs(act: str) -> None:
    assert told(act, cluster(DEAR), "vm", "web") == (FENCED,)
    assert consequences(ACTIONS[act], cluster(DEAR), [Key("vm", "web")])[-1] == FENCED


@pytest.mark.parametrize("act", ["live-migrate", "live-migrate-best"])
def test_a_live_migration_says_what_its_failure_costs(act: str) -> None:
    assert told(act, cluster(DEAR), "vm", "web") == (MIGRATION,)


@pytest.mark.parametrize("act", ["stop-role", "move-role", "move-role-best"])
def test_a_role_that_is_no_machine_is_no_exception(act: str) -> None:
    assert told(act, cluster(replace(FILES, failing=(STOP,))), "role", "fs") == (FENCED,)


def test_of_many_roles_on_one_node_it_is_said_once() -> None:
    assert told("stop-role", cluster(DEAR, replace(FILES, failing=(STOP,))), "role", "web", "fs") == (FENCED,)


@pytest.mark.parametrize("act", ["pause-drain", "stop-node"])
def test_emptying_a_node_says_both(act: str) -> None:
    assert told(act, cluster(DEAR), "node", "N1") == (FENCED, say("failed-migrations-reboot", count=1))


@pytest.mark.parametrize("act", [*STOPPING, "live-migrate"])
@pytest.mark.parametrize("role", [WEB, OFF])
def test_where_the_cluster_says_nothing_of_it_or_nothing_runs_there_is_no_warning(act: str, role: Role) -> None:
    assert told(act, cluster(role, VM), "vm", "web") == ()


def test_a_resource_goes_by_its_own_rule() -> None:
    dear, spared = (Resource(name, name, "web", failing=rules) for name, rules in (("a", (STOP,)), ("b", ())))
    state = cluster(DEAR, dear, spared)
    assert told("take-offline", state, "resource", "a") == (FENCED,)
    assert told("take-offline", state, "resource", "b") == ()


def test_a_disk_goes_with_its_role() -> None:
    disk = Disk("d", "d", use=DiskUse.ROLE, role="web", owner="N1")
    assert told("move-disk", cluster(DEAR, disk), "disk", "d") == (FENCED,)


def test_of_a_role_on_several_nodes_no_node_is_named() -> None:
    assert told("stop-role", cluster(replace(DEAR, owner="")), "role", "web") == (STOP,)


def test_a_machine_that_leaves_the_cluster_is_not_stopped() -> None:
    assert told("remove-machine", cluster(DEAR), "vm", "web") == ()
