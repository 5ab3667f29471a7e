"""Why roles run where they run: clusters whose configuration was written by hand and read by the real crm_mon."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from clusters.backends.pacemaker.document import parse
from clusters.backends.pacemaker.looking import MONITOR
from clusters.backends.pacemaker.monitor import read_monitor
from clusters.domain.items import Node, Resource, Role
from clusters.domain.messages import Message
from clusters.domain.state import State
from tests.backends.pacemaker.engine import needs_pacemaker
from tests.backends.pacemaker.recorded import FOLDER, state, text

RULES, CONTAINERS = "rules-and-tickets", "bundles-and-remotes"


def words(messages: tuple[Message, ...]) -> Iterator[str]:
    """Each as "code: a parameter" with what it is about."""
    for message in messages:
        facts = dict(message.params)
        about = facts.get("node") or facts.get("role") or facts.get("roles") or facts.get("ticket") or ""
        yield f"{message.code} {about}".strip()


def why(role: str, read: State | None = None) -> list[str]:
    found = (read or state(RULES)).find(Role, role)
    assert found
    return list(words(found.because))


def test_wishes_and_bans_are_told_with_who_follows() -> None:
    assert why("db") == [
        "why-followed web", "why-apart cache", "why-followed keep", "why-before web", "why-before cache",
        "why-never node3", "why-prefers node1",
    ]  # fmt: skip


def test_a_role_that_must_follow_another_says_so() -> None:
    assert why("web") == ["why-together-must db", "why-after-must db"]


def test_a_wish_is_not_a_must() -> None:
    assert why("cache") == ["why-apart db", "why-together keep", "why-after db", "why-stays"]


def test_which_nodes_a_rule_comes_to_the_engine_has_worked_out() -> None:
    assert why("lone") == ["why-rule", "why-never node2", "why-never node1"]


def test_a_role_that_no_node_may_run_says_what_forbids_each() -> None:
    assert why("far")[:3] == ["why-node-forbidden node1", "why-node-forbidden node2", "why-node-forbidden node3"]


def test_one_that_was_stopped_is_another_matter_than_one_that_cannot_run() -> None:
    read = state(RULES)
    stopped, far = read.find(Role, "stopped"), read.find(Role, "far")
    assert stopped
    assert far
    assert (stopped.persistent_online, stopped.information.code, far.persistent_online, far.information.code) == (
        False, "", True, "resource-held-stopped",
    )  # fmt: skip
    assert why("stopped") == ["why-stopped-by-administrator"]


def test_a_missing_ticket_is_the_reason_and_the_nodes_are_not() -> None:
    assert why("ticketed") == [
        "why-ticket-missing berlin", "why-node-could node1", "why-node-could node2", "why-node-could node3",
    ]  # fmt: skip


def test_a_granted_ticket_is_told() -> None:
    assert "why-ticket-granted paris" in why("keep")


def test_what_waits_for_another_says_for_whom() -> None:
    assert why("waiting")[0] == "why-earlier-stopped far"


def test_a_node_where_it_failed_too_often_is_out() -> None:
    assert why("tired") == ["why-node-failed node1", "why-node-failed node2", "why-node-failed node3"]


@pytest.mark.parametrize(
    ("old", "new", "first"),
    [
        ('name="node1" id="1" online="true" standby="false"', 'name="node1" id="1" online="true" standby="true"',
         "why-node-standby node1"),
        ('name="node1" id="1" online="true"', 'name="node1" id="1" online="false"', "why-node-away node1"),
        ('stop-all-resources="false"', 'stop-all-resources="true"', "why-all-stopped"),
        ('maintenance-mode="false"', 'maintenance-mode="true"', "cluster-maintenance-mode"),
    ],
)  # fmt: skip
def test_what_else_may_hold_it_stopped(old: str, new: str, first: str) -> None:
    read = state(RULES, monitor=lambda told: told.replace(old, new))
    assert why("tired", read)[0] == first


def test_where_nothing_explains_it_that_is_said() -> None:
    read = state(RULES, monitor=lambda told: told.replace("fail-count", "novelty"))
    assert why("tired", read)[0] == "why-node-unknown node1"


def test_an_unknown_word_for_a_ticket_is_no_ticket() -> None:
    read = state(RULES, monitor=lambda told: told.replace('status="granted"', 'status="perhaps"'))
    assert "ticket-unknown paris" in list(words(read.cluster.remarks))
    assert "why-ticket-granted paris" not in why("keep", read)


def test_tickets_and_attributes_are_told_of_cluster_and_nodes() -> None:
    read = state(RULES)
    assert list(words(read.cluster.remarks)) == ["ticket-revoked berlin", "ticket-granted paris"]
    node = read.find(Node, "2")
    assert node
    assert [dict(each.params)["name"] for each in node.remarks] == ["pingd", "rack"]


def test_fencing_under_way_and_work_under_way_are_told() -> None:
    pending = '<fence_event action="off" target="node3" client="x" origin="node1" status="pending"/>'

    def busy(text: str) -> str:
        text = text.replace("<tickets>", f"<fence_history>{pending}</fence_history><tickets>")
        return text.replace('VirtualDomain" role="Stopped" active', 'VirtualDomain" role="Starting" active', 1)

    told = list(words(state(RULES, monitor=busy).cluster.remarks))
    assert told[:2] == ["fencing-under-way node3", "cluster-is-working far"]


def test_remote_and_guest_nodes_are_told_from_members_and_containers_are_no_nodes() -> None:
    nodes = {node.name: (list(words(node.remarks)), node.assigned_vote) for node in state(CONTAINERS).nodes()}
    assert nodes["far-away"] == (["node-is-remote"], 0)
    assert nodes["guest1"] == (["node-is-guest guest-vm"], 0)
    assert sorted(nodes) == ["far-away", "guest1", "node1", "node2", "node3"]


def test_a_bundle_is_as_many_replicas_as_were_asked_for() -> None:
    read = state(CONTAINERS)
    role = read.find(Role, "httpd")
    assert role
    assert (role.status, role.information.code) == ("partial", "resource-held-stopped")
    inner = read.find(Resource, "apache@0")
    assert inner
    assert inner.state == "online"


def test_what_runs_on_a_remote_node_is_owned_by_it() -> None:
    role = state(CONTAINERS).find(Role, "inside")
    assert role
    assert (role.status, role.owner) == ("running", "far-away")


def test_a_promotable_clone_is_online_when_every_member_has_an_instance() -> None:
    role = state(CONTAINERS).find(Role, "disk-clone")
    assert role
    assert (role.status, role.information.code) == ("running", "")


def test_where_a_clone_is_promoted_is_told() -> None:
    assert "why-promoted" in {each.code for each in role_of(state(CONTAINERS), "disk-clone").because}


@pytest.mark.parametrize(("target", "told", "status"), [
    ("", "nobody-promoted", "partial"), ("Unpromoted", "", "running"),
])  # fmt: skip
def test_a_clone_that_nobody_leads_though_somebody_should_says_so(target: str, told: str, status: str) -> None:
    wish = f'<nvpair id="dc-t" name="target-role" value="{target}"/>' if target else ""
    read = state(
        CONTAINERS,
        monitor=lambda text: text.replace('role="Promoted"', 'role="Unpromoted"'),
        cib=lambda text: text.replace('<nvpair id="dc-p"', f'{wish}<nvpair id="dc-p"'),
    )
    role = role_of(read, "disk-clone")
    assert (role.information.code, role.status) == (told, status)


def role_of(read: State, name: str) -> Role:
    found = read.find(Role, name)
    assert found
    return found


def test_what_newer_versions_call_removed_is_orphaned() -> None:
    newer = state("healthy", monitor=lambda text: text.replace('orphaned="false"', 'removed="true"'))
    assert role_of(newer, "vm1").information.code == "resource-orphaned"


def test_a_guest_node_whose_machine_is_off_says_so() -> None:
    off = 'name="guest1" id="guest1" online="'
    node = state(CONTAINERS, monitor=lambda told: told.replace(off + "true", off + "false")).find(Node, "guest1")
    assert node
    assert (node.state, node.information.code) == ("down", "node-guest-off")


def test_a_failure_that_is_ignored_is_told_and_changes_nothing() -> None:
    old = 'managed="true" failed="false" failure_ignored="false" nodes_running_on="1"'
    new = 'managed="true" failed="true" failure_ignored="true" nodes_running_on="1"'
    role = state("healthy", monitor=lambda told: told.replace(old, new)).find(Role, "vm1")
    assert role
    assert (role.status, role.information.code, role.badness) == ("running", "resource-failure-ignored", 2)


def test_a_locked_resource_says_where_it_waits() -> None:
    locked = ('nodes_running_on="0"/>', 'nodes_running_on="0" locked_to="node2"/>')
    read = state(RULES, monitor=lambda told: told.replace(*locked))
    far = read.find(Role, "far")
    assert far
    assert far.information.code == "resource-locked-to"
    assert "why-locked node2" in why("far", read)


def located(constraint: str) -> State:
    return state(RULES, cib=lambda told: told.replace("<constraints>", f"<constraints>{constraint}"))


def test_a_ban_of_a_set_concerns_each_of_it() -> None:
    refs = '<resource_set id="s"><resource_ref id="web"/><resource_ref id="keep"/></resource_set>'
    read = located(f'<rsc_location id="both" node="node3" score="-INFINITY">{refs}</rsc_location>')
    assert all("why-never node3" in why(role, read) for role in ("web", "keep"))
    web = read.find(Resource, "web")
    assert web
    assert web.possible_owners == ("1", "2")


def test_a_ban_by_a_pattern_concerns_what_begins_so() -> None:
    read = located('<rsc_location id="p" rsc-pattern="^we" node="node3" score="-INFINITY"/>')
    assert "why-never node3" in why("web", read)
    assert "why-never node3" not in why("keep", read)


def test_a_pattern_that_is_not_understood_may_concern_everything() -> None:
    read = located('<rsc_location id="p" rsc-pattern="(w|k)e+.*p?$" node="node3" score="-INFINITY"/>')
    assert all("why-rule" in why(role, read) for role in ("web", "keep", "lone"))


@needs_pacemaker
@pytest.mark.parametrize("name", [RULES, CONTAINERS])
def test_the_program_on_this_machine_says_the_same(name: str) -> None:
    asked = {**os.environ, "CIB_file": str(FOLDER / f"{name}.cib.xml"), "TZ": "UTC"}
    told = subprocess.run(MONITOR, env=asked, capture_output=True, text=True, check=True, timeout=30)
    now, then = read_monitor(told.stdout), read_monitor(text(f"{name}.crm_mon.xml"))
    assert (now.units, now.bans, now.tickets) == (then.units, then.bans, then.tickets)


@needs_pacemaker
def test_the_scheduler_itself_gives_nodes_that_are_out_no_chance() -> None:
    argv = ("crm_simulate", f"--xml-file={FOLDER / RULES}.cib.xml", "--show-scores", "--output-as=xml")
    told = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=30)
    weights = parse(told.stdout, "pacemaker-result").iterfind("allocations/node_weight")
    scores = {(each.get("id"), each.get("node")): each.get("score") for each in weights}
    out = ("why-node-forbidden", "why-node-failed", "why-never")
    read = state(RULES)
    found = {
        (role.id, dict(each.params)["node"]) for role in read.all(Role) for each in role.because if each.code in out
    }
    assert len(found) == 9
    assert {scores[pair] for pair in found} == {"-INFINITY"}
