"""Resources that are made from a template: what stands there is theirs, as Pacemaker's own programs take it."""

from datetime import UTC, datetime
from pathlib import Path

from clusters.backends.pacemaker import overrides
from clusters.backends.pacemaker.cib import read_cib
from clusters.backends.pacemaker.document import parse
from clusters.backends.pacemaker.overrides import Override
from clusters.domain.items import Role, RoleType
from tests.backends.pacemaker.engine import done, needs_pacemaker, pairs, seen, told, written

pytestmark = needs_pacemaker

AGENT = 'class="ocf" provider="heartbeat" type="VirtualDomain"'
CONFIG = f'<instance_attributes id="p">{pairs("p", {"config": "/srv/a.xml", "hypervisor": "qemu:///system"})}'
MOULD = (
    f'<template id="mould" {AGENT}>{CONFIG}</instance_attributes><operations>'
    '<op id="m-stop" name="stop" interval="0" timeout="300s"/><op id="m-monitor" name="monitor" interval="10s"/>'
    '<op id="m-to" name="migrate_to" interval="0" on-fail="block"/></operations>'
    '<utilization id="u"><nvpair id="u-cpu" name="cpu" value="2"/></utilization></template>'
)
OWN = (
    f'<instance_attributes id="own">{pairs("own", {"config": "/srv/b.xml"})}</instance_attributes>'
    '<operations><op id="o-to" name="migrate_to" interval="0"/></operations>'
)
BOTH = MOULD + f'<primitive id="a" template="mould"/><primitive id="b" template="mould">{OWN}</primitive>'
NEVER = datetime(2099, 1, 1, tzinfo=UTC)
STOPPED = ("--set-parameter=target-role", "--parameter-value=Stopped")


def test_a_resource_has_what_its_template_says_but_for_what_it_says_itself(tmp_path: Path) -> None:
    cib = written(BOTH)
    ours = read_cib(cib).definitions
    for name in ("a", "b"):
        file = f"--resource={name}"
        for parameter in ("config", "hypervisor"):
            engines = told(cib, tmp_path, "crm_resource", file, f"--get-parameter={parameter}").strip()
            assert ours[name].params[parameter] == engines
    assert [ours[name].params["config"] for name in ("a", "b")] == ["/srv/a.xml", "/srv/b.xml"]
    assert (ours["a"].agent, ours["a"].monitor_s) == ("ocf:heartbeat:VirtualDomain", 10)
    assert (ours["a"].on_fail, ours["b"].on_fail) == ({"migrate_to": "block"}, {})
    assert ours["a"].utilization == {"cpu": 2}


def test_a_template_is_no_role(tmp_path: Path) -> None:
    roles = seen(written(BOTH), tmp_path).all(Role)
    assert {(role.id, role.type) for role in roles} == {(name, RoleType.VIRTUAL_MACHINE) for name in ("a", "b")}


def test_a_stop_that_is_told_what_to_do_has_the_time_that_the_template_gives(tmp_path: Path) -> None:
    """Else a machine that is saved would have Pacemaker's 20 seconds, and its node be fenced after them."""
    cib = written(BOTH).replace("<lrm_resources>", f"<lrm_resources>{done('a', AGENT, runs=True)}", 1)
    ours = read_cib(cib)
    off = overrides.create([("console-off-at-k", [Override("a", stop={"x": "save"})], NEVER, None)], ours)
    for change in (off, ("crm_resource", "--resource=a", "--meta", *STOPPED)):
        told(cib, tmp_path, *change)
        cib = (tmp_path / "cib.xml").read_text()
    file, graph = tmp_path / "cib.xml", tmp_path / "graph"
    told(cib, tmp_path, "crm_simulate", "--simulate", f"--xml-file={file}", f"--save-graph={graph}")
    planned = parse(graph.read_text(), "transition_graph").iter("rsc_op")
    (stop,) = [each for each in planned if each.get("operation") == "stop"]
    facts = stop.find("attributes")
    assert facts is not None
    assert (facts.get("CRM_meta_timeout"), facts.get("CRM_meta_x")) == ("300000", "save")
