"""Answers that are damaged, cut off, doubled, huge or from another version: a clear error or "unknown", never worse.

The one unforgivable thing is a machine that is said to run when the damaged answer no longer says so.
"""

import random
import re
from collections.abc import Callable, Iterator
from functools import partial
from xml.etree import ElementTree

import pytest

from clusters.backends.pacemaker.cib import read_cib
from clusters.backends.pacemaker.document import DEPTH_MAX, Unreadable, parse, truth
from clusters.backends.pacemaker.monitor import read_monitor
from clusters.domain.items import Node, NodeState, Role
from clusters.domain.state import State
from tests.backends.pacemaker.recorded import NAMES, state, text

VARIED = ("healthy", "standby", "partitioned-unclean-majority", "migration-failed-blocked", "vm-stopped", "migrating")


def fine(read: State) -> set[tuple[str, str]]:
    """All that is said to be well: roles that run and where, nodes that are up."""
    roles = {(role.id, role.owner) for role in read.all(Role) if role.status == "running"}
    return roles | {(node.id, "up") for node in read.all(Node) if node.state is NodeState.UP}


def _without_each_attribute(document: str) -> Iterator[tuple[str, str]]:
    root = "cib" if document.startswith("<cib") else "pacemaker-result"
    top = parse(document, root)
    pairs = sorted({(element.tag, name) for element in top.iter() for name in element.attrib})
    for tag, name in pairs:
        changed = parse(document, root)
        for element in changed.iter(tag):
            element.attrib.pop(name, None)
        yield f"{tag}/@{name}", ElementTree.tostring(changed, encoding="unicode")


def _instead(changed: str, _recording: str) -> str:
    return changed


@pytest.mark.parametrize("name", VARIED)
def test_no_missing_attribute_of_the_monitor_makes_anything_look_better(name: str) -> None:
    was = fine(state(name))
    for what, changed in _without_each_attribute(text(f"{name}.crm_mon.xml")):
        try:
            now = fine(state(name, monitor=partial(_instead, changed)))
        except Unreadable:
            continue
        assert now <= was, what


@pytest.mark.parametrize("name", VARIED)
def test_no_missing_attribute_of_the_cib_makes_anything_look_better(name: str) -> None:
    was = fine(state(name))
    for what, changed in _without_each_attribute(text(f"{name}.cib.xml")):
        try:
            now = fine(state(name, cib=partial(_instead, changed)))
        except Unreadable:
            continue
        assert now <= was, what


@pytest.mark.parametrize("attribute", ["role", "managed", "failed", "blocked"])
def test_a_resource_that_does_not_say_enough_is_unknown(attribute: str) -> None:
    changed = dict(_without_each_attribute(text("healthy.crm_mon.xml")))
    roles = state("healthy", monitor=lambda _: changed[f"resource/@{attribute}"]).all(Role)
    assert {role.status for role in roles} == {"unknown"}


@pytest.mark.parametrize("attribute", ["online", "unclean", "standby", "maintenance", "pending"])
def test_a_node_that_does_not_say_enough_is_unknown(attribute: str) -> None:
    changed = dict(_without_each_attribute(text("healthy.crm_mon.xml")))
    nodes = state("healthy", monitor=lambda _: changed[f"node/@{attribute}"]).nodes()
    assert {node.state for node in nodes} == {NodeState.UNKNOWN}


@pytest.mark.parametrize("name", NAMES)
def test_a_truncated_answer_is_an_error(name: str) -> None:
    seed = random.randrange(1 << 30)
    print("seed", seed)
    chance = random.Random(seed)
    for file, read in ((f"{name}.crm_mon.xml", read_monitor), (f"{name}.cib.xml", read_cib)):
        whole = text(file)
        for _ in range(20):
            with pytest.raises(Unreadable):
                read(whole[: chance.randrange(len(whole.strip()) - 1)])


@pytest.mark.parametrize("document", ["", " ", "crm_mon: command not found", "<html/>", "<cib/>", "\x00", "<a", "🙈"])
def test_what_is_no_answer_is_an_error(document: str) -> None:
    for read in (read_monitor, read_cib):
        with pytest.raises(Unreadable):
            read(document)


def test_an_unknown_element_changes_nothing() -> None:
    def strange(recording: str) -> str:
        return recording.replace("<resources>", "<novelty a='1'><resource id='ghost'/></novelty><resources>").replace(
            "<nodes>", "<wonder/><nodes><wonder/>"
        )

    assert dict(state("healthy", strange, strange)) == dict(state("healthy"))


def test_an_unknown_word_for_a_state_is_unknown() -> None:
    roles = state("healthy", monitor=lambda recording: recording.replace('"Started"', '"Levitating"')).all(Role)
    assert {role.status for role in roles} == {"unknown"}


def test_a_doubled_answer_is_an_error() -> None:
    for name, read in (("healthy.crm_mon.xml", read_monitor), ("healthy.cib.xml", read_cib)):
        with pytest.raises(Unreadable):
            read(text(name) * 2)


def test_a_resource_told_twice_is_shown_once() -> None:
    def doubled(recording: str) -> str:
        start, end = recording.index("    <resource "), recording.index("  </resources>")
        return recording[:end] + recording[start:end] + recording[end:]

    assert dict(state("healthy", monitor=doubled)) == dict(state("healthy"))


def test_two_owners_are_a_failure() -> None:
    def second(recording: str) -> str:
        return recording.replace(
            '<node name="node3" id="3" cached="true"/>', '<node name="node3" id="3"/><node name="node1" id="1"/>'
        )

    role = state("healthy", monitor=second).find(Role, "vm3")
    assert role
    assert (role.status, role.badness, role.information.code) == ("failed", 4, "several-owners")


def test_a_yes_is_one_however_it_is_spelt() -> None:
    assert [truth(word) for word in ("TRUE", "On", "y")] == [True] * 3
    assert [truth(word) for word in ("No", "fAlse", "OFF")] == [False] * 3
    assert [truth(word) for word in ("perhaps", "")] == [None] * 2


def doubled_later(cib: str) -> str:
    """vm2 left node1 by a live migration (call 121), and its stop there (126) fell in the same second."""
    begun = re.search(r'<lrm_rsc_op id="vm2_migrate_to_0"[^>]* call-id="121"[^>]*(last-rc-change="[0-9]+")', cib)
    stopped = re.search(r'<lrm_rsc_op [^>]*operation="stop"[^>]* call-id="126"[^>]*(last-rc-change="[0-9]+")', cib)
    assert begun
    assert stopped
    return cib.replace(stopped[0], stopped[0].replace(stopped[1], begun[1]))


def unnumbered(cib: str) -> str:
    return re.sub(r'( call-id)="126"', r'\1="-1"', cib)


@pytest.mark.parametrize("change", [str, doubled_later, unnumbered], ids=["recorded", "same second", "no number"])
def test_a_guest_that_runs_twice_after_its_migration_is_not_on_its_way(change: Callable[[str], str]) -> None:
    def second(recording: str) -> str:
        there = '<node name="node2" id="2" cached="true"/>'
        return re.sub(
            rf'(<resource id="vm2".*?)({there})',
            r'\1\2<node name="node1" id="1"/>',
            recording,
            count=1,
            flags=re.DOTALL,
        )

    role = state("standby", monitor=second, cib=change).find(Role, "vm2")
    assert role
    assert (role.status, role.badness, role.information.code) == ("failed", 4, "several-owners")


def test_an_answer_that_declares_entities_is_refused_before_it_is_read() -> None:
    bomb = '<!DOCTYPE cib [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><cib>&b;</cib>'
    with pytest.raises(Unreadable, match="declaration"):
        read_cib(bomb)


def test_an_answer_nested_without_end_is_refused() -> None:
    deep = 10_000
    with pytest.raises(Unreadable, match="deep"):
        parse("<cib>" + "<a>" * deep + "</a>" * deep + "</cib>", "cib")
    assert parse("<a>" * DEPTH_MAX + "</a>" * DEPTH_MAX, "a") is not None


def test_a_huge_cluster_is_read() -> None:
    one = (
        '<resource id="x{0}" resource_agent="ocf:heartbeat:VirtualDomain" role="Started" active="true" '
        'orphaned="false" blocked="false" managed="true" failed="false"><node name="node1" id="1"/></resource>'
    )
    many = "".join(one.format(number) for number in range(3000))
    read = state("healthy", monitor=lambda recording: recording.replace("</resources>", many + "</resources>"))
    assert sum(role.status == "running" for role in read.all(Role)) == 3004


def test_an_endless_number_and_an_overlong_name_are_no_facts() -> None:
    def endless(recording: str) -> str:
        return recording.replace('id="vm1" resource_agent', f'id="{"v" * 300}" resource_agent').replace(
            'resources_running="2"', f'resources_running="{"9" * 5000}"'
        )

    assert state("healthy", monitor=endless).find(Role, "vm1") is None


def test_a_hostile_name_stays_a_name() -> None:
    name = "&lt;script&gt;alert(1)&lt;/script&gt;"
    roles = state("healthy", monitor=lambda recording: recording.replace('id="vm1" resource', f'id="{name}" resource'))
    assert roles.find(Role, "<script>alert(1)</script>")
