"""The agent for virtual machines: how each choice reaches the agent that it wraps. What becomes of the guest is tested
on the real cluster (tests/lab)."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

EMPTY: Mapping[str, str] = MappingProxyType({})
AGENT = Path(__file__).parents[3] / "vms/agent/VirtualMachine"
INNER = """#!/bin/sh
head='<resource-agent name="VirtualDomain">\\n<version>1.0</version>'
[ "$1" = meta-data ] && { printf "$head\\n<parameters>\\n"; exit; }
[ "$1" = monitor ] && exit "$RUNNING"
how="snapshot=$OCF_RESKEY_snapshot force=$OCF_RESKEY_force_stop"
echo "$1 $OCF_RESOURCE_TYPE $how wait=$OCF_RESKEY_CRM_meta_timeout"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tree of agents in which the inner one tells what it was asked."""
    inner = tmp_path / "resource.d/heartbeat/VirtualDomain"
    inner.parent.mkdir(parents=True)
    inner.write_text(INNER)
    inner.chmod(0o755)
    (tmp_path / "vm.xml").write_text("<domain>\n  <name>vm</name>\n</domain>\n")
    return tmp_path


def run(folder: Path, action: str, parameters: Mapping[str, str] = EMPTY, running: bool = True) -> str:
    """What the inner agent was asked."""
    told = {f"OCF_RESKEY_{name}": value for name, value in {"config": f"{folder}/vm.xml", **parameters}.items()}
    environment = {"PATH": os.environ["PATH"], "OCF_ROOT": str(folder), "RUNNING": "0" if running else "7", **told}
    done = subprocess.run([AGENT, action], env=environment, capture_output=True, text=True, timeout=9, check=True)
    return done.stdout.replace(str(folder), "").strip()


@pytest.mark.parametrize(
    ("chosen", "asked"),
    [
        ("save", "stop VirtualDomain snapshot=/ force= wait=60000"),
        ("shutdown", "stop VirtualDomain snapshot= force= wait=60000"),
        ("forced-shutdown", "stop VirtualDomain snapshot= force= wait=15000"),
        ("turnoff", "stop VirtualDomain snapshot= force=1 wait=60000"),
    ],
)
def test_a_stop_does_what_was_chosen(folder: Path, chosen: str, asked: str) -> None:
    limits = {"CRM_meta_timeout": "60000", "state_dir": f"{folder}/"}
    for choice in ({"offline_action": chosen}, {"offline_action": "save", "CRM_meta_offline_action": chosen}):
        assert run(folder, "stop", limits | choice) == asked


def test_a_start_restores_what_was_saved(folder: Path) -> None:
    assert run(folder, "start", {"state_dir": "/saved"}) == "start VirtualDomain snapshot=/saved force= wait="


def test_saved_memory_lies_beside_the_configuration_unless_told_otherwise(folder: Path) -> None:
    assert "snapshot= " in run(folder, "start")


def test_what_the_wrapped_agent_would_do_by_itself_does_not_count(folder: Path) -> None:
    asked = run(folder, "stop", {"offline_action": "shutdown", "snapshot": "/elsewhere", "force_stop": "1"})
    assert asked == "stop VirtualDomain snapshot= force= wait="


@pytest.mark.parametrize(("running", "kept"), [(True, False), (False, True)])
def test_memory_that_was_saved_before_the_guest_ran_on_never_comes_back(
    folder: Path, running: bool, kept: bool
) -> None:
    (folder / "vm.state").write_text("memory")
    run(folder, "stop", {"offline_action": "turnoff"}, running)
    assert (folder / "vm.state").exists() is kept


def test_its_setting_can_be_changed_without_a_restart(folder: Path) -> None:
    told = run(folder, "meta-data")
    assert 'name="VirtualMachine"' in told
    assert "<version>1.1</version>" in told
    assert '<parameter name="offline_action" reloadable="1">' in told
    assert run(folder, "reload-agent") == ""
