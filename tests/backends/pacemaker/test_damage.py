"""Laws over damaged answers, for everything that is read: a clear error or "unknown", and never a wrong "running".

What really runs is worked out from the damaged answer itself, in another way than the product's.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusters.backends.pacemaker.cib import read_cib, read_stamp
from clusters.backends.pacemaker.document import Unreadable, parse
from clusters.backends.pacemaker.drafts import draft as drafted
from clusters.backends.pacemaker.links import read_links, read_rings
from clusters.backends.pacemaker.monitor import read_monitor
from clusters.backends.pacemaker.picture import picture
from clusters.backends.pacemaker.scheduler import foreseen, read_plan, steps
from clusters.backends.pacemaker.views import Belief, View, believe
from clusters.backends.pacemaker.votes import read_device, read_device_state, read_votes
from clusters.domain.commands import StopRole
from clusters.domain.items import Node, NodeState, Role, RoleState
from clusters.domain.state import State
from tests.backends.pacemaker.damage import damaged_text, damaged_xml
from tests.backends.pacemaker.recorded import belief, text
from tests.backends.pacemaker.test_devices import CONFIGURED, QUORATE
from tests.backends.pacemaker.test_libvirt import block
from vms.backends.domainxml import read_domain
from vms.backends.domstats import read_domstats, read_job, read_load, read_nodeinfo
from vms.domain.items import Power

NAMES = ("healthy", "migrating", "partitioned-unclean-majority", "rules-and-tickets", "bundles-and-remotes",
         "groups-and-clones", "vm-start-failed-everywhere")  # fmt: skip
ACTIVE = {"Started", "Promoted", "Unpromoted", "Master", "Slave"}
UP = {"true", "on", "yes", "y", "1"}
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STATS = block("vm1") + block("vm2", 3, 1) + block("vm3", 5, 1)
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
many = settings(deadline=None, max_examples=100, suppress_health_check=SLOW)
few = settings(many, max_examples=40)


def belief_of(monitor: str, cib: str) -> Belief | None:
    view = View("node1", read_monitor(monitor), read_cib(cib))
    return believe([view], (0, 0), True)


def really_active(monitor: str) -> set[str]:
    """Ids of everything that the answer says is active somewhere on a node that it says is well."""
    top = parse(monitor, "pacemaker-result")
    well = {
        node.get("id")
        for node in top.iterfind("nodes/node")
        if node.get("online", "").lower() in UP and node.get("unclean", "").lower() not in UP
    }
    return {
        resource.get("id", "")
        for resource in top.iter("resource")
        if resource.get("role") in ACTIVE and any(node.get("id") in well for node in resource.findall("node"))
    }


def inside(monitor: str) -> dict[str, set[str]]:
    """Units and what they contain."""
    top = parse(monitor, "pacemaker-result")
    found: dict[str, set[str]] = {}
    for unit in top.iterfind("resources/*"):  # damage may put something else there under the same id
        found.setdefault(unit.get("id", ""), set()).update(each.get("id", "") for each in unit.iter("resource"))
    return found


@pytest.mark.parametrize("name", NAMES)
@few
@given(data=st.data())
def test_nothing_is_said_to_run_that_a_damaged_monitor_does_not_say_runs(name: str, data: st.DataObject) -> None:
    monitor = data.draw(damaged_xml(text(f"{name}.crm_mon.xml"), "pacemaker-result"))
    try:
        held = belief_of(monitor, text(f"{name}.cib.xml"))
    except Unreadable:
        return
    assert held
    state = picture(held, {"node1": held.view}, "", State())
    active, units = really_active(monitor), inside(monitor)
    for role in state.all(Role):
        if role.status == "running":
            assert units.get(role.id, set()) & active, role


@pytest.mark.parametrize("name", NAMES)
@few
@given(data=st.data())
def test_no_node_is_up_that_a_damaged_monitor_does_not_say_is_online(name: str, data: st.DataObject) -> None:
    monitor = data.draw(damaged_xml(text(f"{name}.crm_mon.xml"), "pacemaker-result"))
    try:
        held = belief_of(monitor, text(f"{name}.cib.xml"))
    except Unreadable:
        return
    assert held
    top = parse(monitor, "pacemaker-result")
    online = {node.get("id") for node in top.iterfind("nodes/node") if node.get("online", "").lower() in UP}
    up = {node.id for node in picture(held, {}, "", State()).all(Node) if node.state is NodeState.UP}
    assert up <= online


@pytest.mark.parametrize("name", NAMES)
@few
@given(data=st.data())
def test_a_damaged_configuration_is_an_error_or_read_without_one(name: str, data: st.DataObject) -> None:
    cib = data.draw(damaged_xml(text(f"{name}.cib.xml"), "cib"))
    monitor = text(f"{name}.crm_mon.xml")
    try:
        held = belief_of(monitor, cib)
    except Unreadable:
        return
    assert held
    state = picture(held, {"node1": held.view}, "", State())
    active, units = really_active(monitor), inside(monitor)
    assert all(units[role.id] & active for role in state.all(Role) if role.status == "running")


@many
@given(data=st.data())
def test_a_damaged_forecast_is_an_error_or_foresees_nothing_that_it_does_not_say(data: st.DataObject) -> None:
    answer = data.draw(damaged_xml(text("healthy.stop-vm1.crm_simulate.xml"), "pacemaker-result"))
    held = belief("healthy")
    work = drafted(text("healthy.cib.xml"), [StopRole("vm1")], held.view, NOON)
    try:
        plan = read_plan(answer)
    except Unreadable:
        return
    after = foreseen(plan, work, held, {}, picture(held, {}, "", State()))
    assert list(steps(plan, held.view, NOON)) is not None
    active = {
        each.get("id") for each in parse(answer, "pacemaker-result").iter("resource") if each.get("role") in ACTIVE
    }
    assert all(role.id in active for role in after.all(Role) if role.state is RoleState.ONLINE)


@many
@given(data=st.data())
def test_no_machine_runs_that_damaged_statistics_do_not_say_runs(data: st.DataObject) -> None:
    answer = data.draw(damaged_text(STATS))
    blocks = re.split(r"(?m)^\s*Domain: '", answer)[1:]
    for name, stats in read_domstats(answer).items():
        if stats.power is Power.RUNNING:
            own = [each for each in blocks if each.startswith(f"{name}'")]
            assert any(re.search(r"state\.state\s*[=:]\s*[+]?0*[123]\b", each) for each in own)


READERS: tuple[tuple[Callable[[str], Any], str], ...] = (
    (read_votes, text("healthy.quorum.txt")),
    (read_links, text("one-link-down.rings.txt")),
    (read_rings, text("corosync.conf")),
    (read_device, CONFIGURED),
    (read_votes, QUORATE),
    (read_job, text("migrating.domjobinfo.txt")),
    (read_nodeinfo, "CPU(s):              2\nMemory size:         5597396 KiB\n"),
    (lambda told: read_load(told, told, NOON), text("host.nodecpustats.txt") + text("host.nodememstats.txt")),
    (read_domstats, STATS),
)


@pytest.mark.parametrize(("read", "recording"), READERS)
@few
@given(data=st.data())
def test_damaged_text_is_read_as_what_it_is_or_as_nothing(
    read: Callable[[str], Any], recording: str, data: st.DataObject
) -> None:
    found = read(data.draw(damaged_text(recording)))
    assert type(found) in (type(read(recording)), type(read("")))


@pytest.mark.parametrize(
    "read", [read_votes, read_device, read_device_state, read_links, read_rings, read_job, read_nodeinfo, read_domstats]
)
@many
@given(noise=st.text(max_size=300))
def test_noise_says_no_more_than_silence(read: Callable[[str], Any], noise: str) -> None:
    assert read(noise) == read("")


@many
@given(data=st.data())
def test_a_damaged_description_of_a_machine_is_an_error_or_read_without_one(data: st.DataObject) -> None:
    with suppress(Unreadable):
        domain = read_domain(data.draw(damaged_xml(text("vm2.dumpxml.xml"), "domain")))
        assert domain.memory_mb >= 0
        assert domain.cpus >= 0


@few
@given(noise=st.text(max_size=300))
def test_what_is_no_xml_is_an_error(noise: str) -> None:
    for read in (read_monitor, read_cib, read_stamp, read_domain, read_plan):
        with pytest.raises(Unreadable):
            read(noise)
