"""Clusters written down in a few lines and read by Pacemaker's own programs: what they say of a configuration is what
it means, whatever we believe."""

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clusters.backends.pacemaker.cib import read_cib
from clusters.backends.pacemaker.looking import CIB, MONITOR
from clusters.backends.pacemaker.monitor import read_monitor
from clusters.backends.pacemaker.picture import picture
from clusters.backends.pacemaker.transport import Finished
from clusters.backends.pacemaker.views import Belief, View
from clusters.backends.pacemaker.votes import Votes
from clusters.domain.state import State
from tests.backends.pacemaker.recorded import Player

PROGRAMS = ("crm_mon", "crm_resource", "crm_simulate", "iso8601")
needs_pacemaker = pytest.mark.skipif(
    not all(map(shutil.which, PROGRAMS)), reason="the programs of Pacemaker are not installed"
)
NODES = ("node1", "node2", "node3")
JOINED = 'in_ccm="true" crmd="online" join="member" expected="member"'


def pairs(prefix: str, values: Mapping[str, object]) -> str:
    """Named values as they stand in a set."""
    return "".join(
        f'<nvpair id="{prefix}-{place}" name="{name}" value="{value}"/>'
        for place, (name, value) in enumerate(values.items())
    )


def meta(owner: str, **values: object) -> str:
    """Meta attributes, with "_" for the hyphens in their names."""
    found = {name.replace("_", "-"): value for name, value in values.items()}
    return f'<meta_attributes id="{owner}-meta">{pairs(f"{owner}-meta", found)}</meta_attributes>'


def dummy(name: str, inside: str = "", kind: str = 'class="ocf" provider="pacemaker" type="Dummy"') -> str:
    return f'<primitive id="{name}" {kind}>{inside}</primitive>'


def written(
    resources: str,
    constraints: str = "",
    options: Mapping[str, object] | None = None,
    defaults: str = "",
    nodes: Mapping[str, str] | None = None,
    running: Iterable[tuple[str, str]] = (),
    states: Mapping[str, str] | None = None,
    transient: Mapping[str, str] | None = None,
) -> str:
    """A CIB. `running` are (resource, node); `nodes` what stands inside each node, `states` the attributes of each
    node's state, `transient` its passing attributes; unless told otherwise, every node is a member."""
    where = list(running)
    named = "".join(
        f'<node id="{place}" uname="{node}">{(nodes or {}).get(node, "")}</node>' for place, node in enumerate(NODES, 1)
    )
    history = "".join(
        f'<node_state id="{place}" uname="{node}" {(states or {}).get(node, JOINED)}>'
        f'<transient_attributes id="{place}"><instance_attributes id="status-{place}">{(transient or {}).get(node, "")}'
        f'</instance_attributes></transient_attributes><lrm id="{place}"><lrm_resources>'
        f"{_history(resources, {each for each, on in where if on == node})}</lrm_resources></lrm></node_state>"
        for place, node in enumerate(NODES, 1)
    )
    settings = pairs("options", {"stonith-enabled": "false", "dc-version": "2.1.5", **(options or {})})
    return (
        '<cib crm_feature_set="3.16.1" validate-with="pacemaker-3.9" epoch="1" num_updates="0" admin_epoch="0" '
        'have-quorum="1" dc-uuid="1"><configuration><crm_config><cluster_property_set id="cib-bootstrap-options">'
        f"{settings}</cluster_property_set></crm_config><nodes>{named}</nodes><resources>{resources}</resources>"
        f"<constraints>{constraints}</constraints>{defaults}</configuration><status>{history}</status></cib>"
    )


def _history(resources: str, running: set[str]) -> str:
    """What was done on one node, by the agents that are configured: every resource was looked for there."""
    found = re.findall(r'<primitive id="([^"]+)" ([^>]*class=[^>/]*)', resources)
    return "".join(done(name, agent, name in running) for name, agent in found)


def done(resource: str, agent: str, runs: bool) -> str:
    """A node's record of a resource: it was started there, or looked for and not found."""
    task, code = ("start", 0) if runs else ("monitor", 7)
    facts = f'crm_feature_set="3.16.1" op-status="0" interval="0" transition-magic="0:{code};2:1:{code}:x"'
    return (
        f'<lrm_resource id="{resource}" {agent}><lrm_rsc_op id="{resource}_last_0" rc-code="{code}" call-id="2" '
        f'operation_key="{resource}_{task}_0" operation="{task}" transition-key="2:1:{code}:x" {facts}/></lrm_resource>'
    )


def told(cib: str, folder: Path, *argv: str, zone: str = "UTC0") -> str:
    """What a program of Pacemaker says of that CIB, on a host in that zone."""
    file = folder / "cib.xml"
    file.write_text(cib)
    asked = {**os.environ, "CIB_file": str(file), "TZ": zone}
    return subprocess.run(argv, env=asked, capture_output=True, text=True, check=True, timeout=30).stdout


def in_force(cib: str, folder: Path, resource: str, name: str) -> str:
    """A meta attribute as the engine sees it; "" where it is not set."""
    file = folder / "cib.xml"
    file.write_text(cib)
    argv = ("crm_resource", f"--resource={resource}", "--meta", f"--get-parameter={name}")
    asked = {**os.environ, "CIB_file": str(file)}
    found = subprocess.run(argv, env=asked, capture_output=True, text=True, check=False, timeout=30)
    return found.stdout.strip() if found.returncode == 0 else ""


def view(cib: str, folder: Path, votes: Votes | None = None) -> View:
    """As the first node sees it."""
    # Who reads a file is told by nobody what time it is.
    monitor = replace(read_monitor(told(cib, folder, *MONITOR)), at=datetime.now(UTC))
    return View("node1", monitor, read_cib(cib), votes)


def seen(cib: str, folder: Path, votes: Votes | None = None) -> State:
    """The whole cluster as the console knows it."""
    found = view(cib, folder, votes)
    return picture(Belief(found, trusted=True), {"node1": found}, "", State())


class Asked(Player):
    """A node whose scheduler is the real one."""

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        if argv[0] != "crm_simulate":
            return await super().run(argv, deadline_s, stdin)
        done = await asyncio.to_thread(
            subprocess.run, argv, input=stdin, capture_output=True, text=True, check=False, timeout=deadline_s
        )
        return Finished(done.returncode, done.stdout, done.stderr)


def players(cib: str, folder: Path) -> list[Asked]:
    """All nodes of that cluster, each of which sees the same."""
    answers = {MONITOR: Finished(0, told(cib, folder, *MONITOR), ""), CIB: Finished(0, cib, "")}
    return [Asked(node, answers) for node in NODES]
