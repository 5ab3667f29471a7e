"""What somebody set elsewhere than the console would is undone as well: the programs that the console would run are run
on a configuration, by Pacemaker itself, and what comes of it is read again."""

from pathlib import Path

import pytest

from clusters.backends.pacemaker import commands
from clusters.backends.pacemaker.views import View
from clusters.domain.commands import Command, Failback, ResumeNode
from clusters.domain.operations import Phase
from clusters.domain.upkeep import MaintainNode, ManageRole
from tests.backends.pacemaker.engine import dummy, in_force, meta, needs_pacemaker, pairs, told, view, written

pytestmark = needs_pacemaker

BY_DEFAULT = f"<rsc_defaults>{meta('rsc', is_managed='false')}</rsc_defaults>"
MOULD = f'<template id="t" class="ocf" provider="pacemaker" type="Dummy">{meta("t", is_managed="false")}</template>'


def done(command: Command, cib: str, folder: Path) -> View:
    """The view once the command's programs have run."""
    before = view(cib, folder)
    assert not commands.ACTS[type(command)].against(command.subject.id, before)
    for argv in commands.ACTS[type(command)].begin(command, before):
        told(cib, folder, *argv)
        cib = (folder / "cib.xml").read_text()
    return view(cib, folder)


def reached(command: Command, seen: View) -> bool:
    return commands.ACTS[type(command)].reached(command, seen).phase is Phase.SUCCEEDED


@pytest.mark.parametrize(("role", "cib"), [
    ("a", written(dummy("a", meta("a", is_managed="false")))),
    ("a", written(dummy("a", meta("a", is_managed="No")))),
    ("a", written(dummy("a"), defaults=BY_DEFAULT)),
    ("a", written(f'{MOULD}<primitive id="a" template="t"/>')),
    ("a", written(dummy("a", meta("a", maintenance="true")))),
    ("g", written(f'<group id="g">{dummy("a", meta("a", is_managed="false"))}{dummy("b")}</group>')),
])  # fmt: skip
def test_a_role_is_managed_again_whatever_left_it_alone(role: str, cib: str, tmp_path: Path) -> None:
    seen = done(ManageRole(role, True), cib, tmp_path)
    assert reached(ManageRole(role, True), seen)
    assert all(member.managed for unit in seen.monitor.units for member in unit.members)


def test_a_role_whose_parts_say_otherwise_is_left_alone(tmp_path: Path) -> None:
    clone = written(f'<clone id="c">{dummy("a", meta("a", is_managed="true"))}</clone>', running=[("a", "node1")])
    assert reached(ManageRole("c", False), done(ManageRole("c", False), clone, tmp_path))


@pytest.mark.parametrize(("command", "attribute"), [
    (ResumeNode("1", Failback.NONE), "standby"), (MaintainNode("1", False), "maintenance"),
])  # fmt: skip
def test_what_was_to_last_until_the_node_reboots_ends_as_well(command: Command, attribute: str, tmp_path: Path) -> None:
    passing = {"node1": f'<nvpair id="passing" name="{attribute}" value="true"/>'}
    cib = written(dummy("a"), transient=passing)
    assert not reached(command, view(cib, tmp_path))
    assert reached(command, done(command, cib, tmp_path))


def test_a_pause_that_a_failure_made_ends_with_the_failure(tmp_path: Path) -> None:
    cib = written(dummy("a", '<operations><op id="m" name="monitor" interval="10s" on-fail="standby"/></operations>'),
                  running=[("a", "node1")])  # fmt: skip
    failed = (
        '<lrm_rsc_op id="a_last_failure_0" operation="monitor" operation_key="a_monitor_10000" interval="10000" '
        'rc-code="1" op-status="4" call-id="3" transition-key="3:1:0:x" transition-magic="4:1;3:1:0:x" '
        'crm_feature_set="3.16.1" last-rc-change="1700000000"/>'
    )
    seen = view(cib.replace(
        "</lrm_resource>", f"{failed}</lrm_resource>", 1), tmp_path)  # fmt: skip
    assert commands.ACTS[ResumeNode].against("1", seen).code == "node-standby-after-failure"


@pytest.mark.parametrize("scores", [("", ""), ('score="5"', 'score="5"'), ('score="1"', 'score="9"')])
def test_of_two_sets_the_one_counts_that_pacemaker_takes(scores: tuple[str, str], tmp_path: Path) -> None:
    sets = "".join(
        f'<meta_attributes id="s{place}" {score}>{pairs(f"s{place}", {"priority": place})}</meta_attributes>'
        for place, score in enumerate(scores, 1)
    )
    cib = written(dummy("a", sets))
    assert view(cib, tmp_path).cib.meta("a", "priority") == in_force(cib, tmp_path, "a", "priority") == "2"
