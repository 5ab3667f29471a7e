"""What is left behind in a configuration is told with its place, whatever it is: the lab's own check can fail."""

import pytest

from tests.lab.configuration import left

CIB = """<cib epoch="7"><configuration>
  <crm_config><cluster_property_set id="options"><nvpair id="o-1" name="stonith-enabled" value="true"/>
    <nvpair id="o-2" name="last-lrm-refresh" value="1700000000"/></cluster_property_set></crm_config>
  <nodes><node id="1" uname="node1"/></nodes>
  <resources>
    <primitive id="vm1" class="ocf" provider="console" type="VirtualMachine">
      <meta_attributes id="vm1-meta"><nvpair id="vm1-meta-1" name="allow-migrate" value="true"/></meta_attributes>
      <operations><op id="vm1-stop" name="stop" interval="0" timeout="60s"/></operations>
    </primitive>
    <primitive id="vm2" class="ocf" provider="console" type="VirtualMachine"/>
  </resources>
  <constraints><rsc_location id="vm1-prefers" rsc="vm1" node="node1" score="50"/></constraints>
</configuration><status><node_state id="1"/></status></cib>"""

MOVE = '<rsc_location id="console-live-to-op-1" rsc="vm1" node="node2" score="INFINITY"/>'
QUICK = (
    '<meta_attributes id="console-quick-to-op-1--m" score="1">'
    '<nvpair id="console-quick-to-op-1--m-1" name="allow-migrate" value="false"/></meta_attributes>'
)
STOP = '<op id="vm1-stop" name="stop" interval="0" timeout="60s"'
STANDBY = (
    '<instance_attributes id="nodes-1"><nvpair id="nodes-1-standby" name="standby" value="on"/></instance_attributes>'
)


def changed(old: str, new: str) -> list[str]:
    """What is told of that configuration, once that stands in it instead."""
    assert old in CIB
    return left(CIB, CIB.replace(old, new))


def test_of_a_configuration_that_is_as_it_was_nothing_is_told() -> None:
    assert left(CIB, CIB.replace('epoch="7"', 'epoch="9"')) == []


def test_notes_and_empty_sets_of_pacemaker_s_own_are_nothing() -> None:
    assert changed('value="1700000000"', 'value="1800000000"') == []
    assert changed('uname="node1"/>', 'uname="node1"><instance_attributes id="nodes-1"/></node>') == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "<constraints>",
            f"<constraints>{MOVE}",
            '+ /constraints/rsc_location[console-live-to-op-1] node="node2" rsc="vm1" score="INFINITY"',
        ),
        (
            "<operations>",
            f"{QUICK}<operations>",
            "+ /resources/primitive[vm1]/meta_attributes[console-quick-to-op-1--m]"
            '/nvpair[console-quick-to-op-1--m-1] name="allow-migrate" value="false"',
        ),
        (
            f"{STOP}/>",
            f'{STOP}/><op id="vm1-more" name="monitor" interval="5s"/>',
            '+ /resources/primitive[vm1]/operations/op[vm1-more] interval="5s" name="monitor"',
        ),
        (
            'uname="node1"/>',
            f'uname="node1">{STANDBY}</node>',
            '+ /nodes/node[1]/instance_attributes[nodes-1]/nvpair[nodes-1-standby] name="standby" value="on"',
        ),
        (
            "</cluster_property_set>",
            '<nvpair id="o-3" name="maintenance-mode" value="true"/></cluster_property_set>',
            '+ /crm_config/cluster_property_set[options]/nvpair[o-3] name="maintenance-mode" value="true"',
        ),
    ],
    ids=["constraint", "meta attribute set", "operation", "node attribute", "option"],
)
def test_what_is_left_behind_is_told_with_its_place(old: str, new: str, told: str) -> None:
    assert told in changed(old, new)


def test_what_hangs_elsewhere_is_another_thing() -> None:
    pair = '<nvpair id="vm1-meta-1" name="allow-migrate" value="true"/>'
    moved = CIB.replace(pair, "").replace(
        f"{STOP}/>", f'{STOP}><meta_attributes id="vm1-meta">{pair}</meta_attributes></op>'
    )
    assert [line[0] for line in left(CIB, moved)].count("-") == 2


def test_what_is_taken_away_or_changed_is_told() -> None:
    assert changed('score="50"', 'score="49"') == [
        '+ /constraints/rsc_location[vm1-prefers] node="node1" rsc="vm1" score="49"',
        '- /constraints/rsc_location[vm1-prefers] node="node1" rsc="vm1" score="50"',
    ]
    assert changed('<node id="1" uname="node1"/>', "") == ['- /nodes/node[1] uname="node1"']


def test_a_label_in_the_status_is_told() -> None:
    assert changed(
        '<node_state id="1"/>', '<node_state id="1"><nvpair id="x" name="console-drained"/></node_state>'
    ) == ["+ console-drained"]
