"""Where nobody looks for a resource: what the console takes for known, and where the real scheduler would look."""

import re
from pathlib import Path

import pytest

from clusters.backends.pacemaker.discovery import is_looked_for
from clusters.domain.items import Role, RoleState
from tests.backends.pacemaker.engine import NODES, dummy, needs_pacemaker, seen, told, view, written

pytestmark = needs_pacemaker

GROUP = f'<group id="g">{dummy("a")}{dummy("b")}</group>'


def rule(end: str) -> str:
    return (
        '<rsc_location id="until" rsc="g" resource-discovery="never"><rule id="until-r" score="-INFINITY">'
        '<expression id="until-e" attribute="#uname" operation="eq" value="node3"/>'
        f'<date_expression id="until-d" operation="lt" end="{end}"/></rule></rsc_location>'
    )


def found(node: str, discovery: str, facts: str = 'rsc="g"', inside: str = "") -> str:
    return (
        f'<rsc_location id="on-{node}-{discovery}" node="{node}" score="0" resource-discovery="{discovery}" {facts}>'
        f"{inside}</rsc_location>"
    )


def forgotten(cib: str, resource: str, *nodes: str) -> str:
    """Nobody has looked for it on those nodes."""
    for node in nodes:
        before, rest = cib.split(f'<node_state id="{NODES.index(node) + 1}"')
        rest = re.sub(f'<lrm_resource id="{resource}".*?</lrm_resource>', "", rest, count=1)
        cib = f'{before}<node_state id="{NODES.index(node) + 1}"{rest}'
    return cib


@pytest.mark.parametrize("constraints", [
    "",
    found("node3", "never"),
    found("node3", "always"),
    found("node3", "never", 'rsc="a"'),
    found("node1", "exclusive"),
    found("node1", "exclusive", 'rsc="b"'),
    found("node1", "exclusive") + found("node1", "never"),
    found("node1", "exclusive") + found("node2", "never"),
    found("node1", "never") + found("node1", "always"),
    found("node3", "never", 'rsc="g" role="Promoted"'),
    found("node3", "never", "", '<resource_set id="s"><resource_ref id="a"/></resource_set>'),
    rule("2099-01-01 00:00:00Z"),
    rule("2020-01-01 00:00:00Z"),
])  # fmt: skip
def test_it_is_looked_for_where_the_scheduler_would_look(constraints: str, tmp_path: Path) -> None:
    cib = forgotten(forgotten(written(GROUP, constraints), "a", *NODES), "b", *NODES)
    file = tmp_path / "unlooked.xml"
    file.write_text(cib)
    plan = told(cib, tmp_path, "crm_simulate", f"--xml-file={file}", "--simulate", "--output-as=text")
    looks = set(re.findall(r"Resource action: (\w+) +monitor on (\w+)", plan))
    known = view(cib, tmp_path)
    assert looks == {(name, node) for name in "ab" for node in NODES if is_looked_for(name, node, known)}


@pytest.mark.parametrize(("constraints", "state"), [
    ("", RoleState.UNKNOWN),
    (found("node3", "never", 'rsc="a"'), RoleState.OFFLINE),
    (found("node1", "exclusive", 'rsc="a"'), RoleState.OFFLINE),
])  # fmt: skip
def test_a_node_on_which_nobody_looks_leaves_nothing_unknown(
    constraints: str, state: RoleState, tmp_path: Path
) -> None:
    read = seen(forgotten(written(dummy("a"), constraints), "a", "node3"), tmp_path).find(Role, "a")
    assert read
    assert read.state is state
