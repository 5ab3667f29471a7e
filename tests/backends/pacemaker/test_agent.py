"""The agent for virtual machines: how each choice reaches the agent that it wraps, and what becomes of saved memory.
What becomes of the guest is tested on the real cluster (tests/lab)."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from clusters.backends.pacemaker.cib import Definition
from vms.backends.offline import offline_action
from vms.domain.items import OfflineAction

EMPTY: Mapping[str, str] = MappingProxyType({})
AGENT = Path(__file__).parents[3] / "vms/agent/VirtualMachine"
INNER = """#!/bin/sh
head='<resource-agent name="VirtualDomain">\\n<version>1.0</version>'
[ "$1" = meta-data ] && { printf "$head\\n<parameters>\\n"; exit; }
[ "$1" = monitor ] && { ${OCF_RESKEY_monitor_scripts:-true}; exit; }
how="snapshot=$OCF_RESKEY_snapshot force=$OCF_RESKEY_force_stop"
echo "$1 $OCF_RESOURCE_TYPE $how wait=$((OCF_RESKEY_CRM_meta_timeout / 1000))"
"""
# One guest, whose state is a file; SAVING and ABORT say what becomes of an attempt to save it, and to break that off.
VIRSH = """#!/bin/sh
echo "$*" >>"$HERE/virsh.log"
case "$*" in
    *domstate*) cat "$HERE/guest" ;;
    *domjobabort*) $ABORT ;;
    *save*) printf LibvirtQemudPart >"${6}"; $SAVING || exit 1; printf LibvirtQemudSave >"${6}"; rm "$HERE/guest" ;;
esac
"""
LIBRARY = """
ocf_log() { echo "$*" >&2; }
ocf_exit_reason() { echo "$*" >&2; }
"""
PROGRAMS = {
    "resource.d/heartbeat/VirtualDomain": INNER,
    "lib/heartbeat/ocf-shellfuncs": LIBRARY,
    "bin/virsh": VIRSH,
    "bin/df": '#!/bin/sh\nprintf "Type\\n$DISK\\n"\n',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tree of agents in which the inner one tells what it was asked, and a guest that runs."""
    for name, text in PROGRAMS.items():
        program = tmp_path / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
    (tmp_path / "vm.xml").write_text("<domain>\n  <name>vm</name>\n</domain>\n")
    (tmp_path / "guest").write_text("running\n")
    return tmp_path


def attempt(
    folder: Path,
    action: str,
    parameters: Mapping[str, str] = EMPTY,
    disk: str = "nfs4",
    saving: str = "true",
    abort: str = "true",
) -> subprocess.CompletedProcess[str]:
    """The agent's answer on a node whose folder is on a file system of that type."""
    told = {"config": f"{folder}/vm.xml", "CRM_meta_timeout": "60000", **parameters}
    environment = {
        "PATH": f"{folder}/bin:{os.environ['PATH']}",
        "OCF_ROOT": str(folder),
        "HERE": str(folder),
        "DISK": disk,
        "SAVING": saving,
        "ABORT": abort,
        **{f"OCF_RESKEY_{name}": value for name, value in told.items()},
    }
    return subprocess.run([AGENT, action], env=environment, capture_output=True, text=True, timeout=9, check=False)


def run(folder: Path, action: str, parameters: Mapping[str, str] = EMPTY, **host: str) -> str:
    """What the inner agent was asked; `host` as `attempt` has it."""
    done = attempt(folder, action, parameters, **host)
    assert done.returncode == 0, done.stderr
    return done.stdout.replace(str(folder), "").strip()


def saved(folder: Path) -> bool:
    return (folder / "vm.state").exists()


@pytest.mark.parametrize(
    ("chosen", "asked", "seconds", "kept"),
    [
        ("save", "force=", range(55, 61), True),
        ("shutdown", "force=", range(55, 61), False),
        ("forced-shutdown", "force=", range(15, 16), False),
        ("turnoff", "force=1", range(55, 61), False),
    ],
)
def test_a_stop_does_what_was_chosen(folder: Path, chosen: str, asked: str, seconds: range, kept: bool) -> None:
    for choice in ({"offline_action": chosen}, {"offline_action": "save", "CRM_meta_offline_action": chosen}):
        (folder / "guest").write_text("running\n")
        wrapped, _, wait = run(folder, "stop", choice).rpartition(" wait=")
        assert wrapped == f"stop VirtualDomain snapshot= {asked}"
        assert int(wait) in seconds
        assert saved(folder) is kept


@pytest.mark.parametrize("word", ["", "save", "Save", "SHUTDOWN", "turn-off"])
def test_a_word_that_nobody_knows_saves_and_the_console_says_the_same(folder: Path, word: str) -> None:
    machine = Definition("vm", "ocf:console:VirtualMachine", {"offline_action": word}, {}, {}, None)
    assert offline_action(machine) is OfflineAction.SAVE
    run(folder, "stop", {"offline_action": word})
    assert saved(folder)


def test_a_start_restores_what_was_saved(folder: Path) -> None:
    assert "snapshot=/saved " in run(folder, "start", {"state_dir": "/saved"})


def test_saved_memory_lies_beside_the_configuration_unless_told_otherwise(folder: Path) -> None:
    assert "snapshot= " in run(folder, "start").replace(f"snapshot={folder}", "snapshot=")
    (folder / "elsewhere").mkdir()
    run(folder, "stop", {"state_dir": f"{folder}/elsewhere"})
    assert (folder / "elsewhere/vm.state").exists()


@pytest.mark.parametrize("disk", ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "fuseblk", "a new one", ""])
def test_on_a_disk_of_the_nodes_own_nothing_is_saved_or_restored(folder: Path, disk: str) -> None:
    # Another node would boot the guest without it, and this one would bring it back over disks that have gone on.
    assert "stop VirtualDomain snapshot= force= " in run(folder, "stop", disk=disk)
    assert not saved(folder)
    (folder / "guest").unlink()
    (folder / "vm.state").write_text("LibvirtQemudSave of long ago")
    assert attempt(folder, "start", disk=disk).stdout.startswith("start VirtualDomain snapshot= force= ")


def test_who_names_the_folder_vouches_for_it(folder: Path) -> None:
    run(folder, "stop", {"state_dir": str(folder)}, disk="ext4")
    assert saved(folder)
    assert attempt(folder, "start", {"state_dir": "/vol"}, disk="ext4").stdout.startswith(
        "start VirtualDomain snapshot=/vol "
    )


def test_where_the_wrapped_agent_could_not_restore_nothing_is_saved(folder: Path) -> None:
    (folder / "of two").mkdir()
    run(folder, "stop", {"state_dir": f"{folder}/of two"})
    assert not (folder / "of two/vm.state").exists()


def test_what_the_wrapped_agent_would_do_by_itself_does_not_count(folder: Path) -> None:
    asked = run(folder, "stop", {"offline_action": "shutdown", "snapshot": "/elsewhere", "force_stop": "1"})
    assert asked.startswith("stop VirtualDomain snapshot= force= wait=")


@pytest.mark.parametrize("scripts", ["true", "false"])
@pytest.mark.parametrize(("state", "kept"), [("running", False), ("paused", False), ("crashed", False), ("", True)])
def test_memory_that_was_saved_before_the_guest_ran_on_never_comes_back(
    folder: Path, state: str, kept: bool, scripts: str
) -> None:
    (folder / "vm.state").write_text("LibvirtQemudSave")
    (folder / "guest").write_text(state)
    run(folder, "stop", {"offline_action": "turnoff", "monitor_scripts": scripts})
    assert saved(folder) is kept


@pytest.mark.parametrize(("state", "kept"), [("running", False), ("paused", True), ("", True)])
def test_nor_after_a_machine_that_runs_was_found_by_the_cluster(folder: Path, state: str, kept: bool) -> None:
    (folder / "vm.state").write_text("LibvirtQemudSave")
    (folder / "guest").write_text(state)  # one that is just being saved is paused
    attempt(folder, "monitor", {"CRM_meta_interval": "0"})
    assert saved(folder) is kept


def test_a_guest_that_its_monitor_calls_failed_is_not_saved_as_it_is(folder: Path) -> None:
    assert "stop VirtualDomain snapshot= force= " in run(folder, "stop", {"monitor_scripts": "false"})
    assert not saved(folder)
    run(folder, "stop", {"monitor_scripts": "true"})
    assert saved(folder)


@pytest.mark.parametrize("saving", ["false", "tail -f /dev/null"])
def test_a_save_that_fails_or_lasts_leaves_time_to_shut_down(folder: Path, saving: str) -> None:
    asked = run(folder, "stop", {"CRM_meta_timeout": "4000"}, saving=saving)
    assert re.fullmatch(r"stop VirtualDomain snapshot= force= wait=[0-4]", asked)
    assert not saved(folder)
    assert "domjobabort" in (folder / "virsh.log").read_text()  # else libvirt goes on without us


def test_a_guest_whose_save_cannot_even_be_broken_off_is_turned_off(folder: Path) -> None:
    asked = run(folder, "stop", {"CRM_meta_timeout": "2000"}, saving="false", abort="exit 124")  # as `timeout` does
    assert asked.startswith("stop VirtualDomain snapshot= force=1 ")


def test_what_was_saved_in_part_is_no_reason_never_to_start(folder: Path) -> None:
    (folder / "guest").unlink()
    (folder / "vm.state").write_text("LibvirtQemudPart\0\2")
    run(folder, "start")
    assert not saved(folder)
    (folder / "vm.state").write_text("LibvirtQemudSave\0\2")
    run(folder, "start")
    assert saved(folder)


@pytest.mark.parametrize(
    ("grace", "seconds"),
    [("0", 5), ("20", 25), ("10s", 15), ("08", 15), ("-3", 15), ("x[$(id)]", 15), ("9" * 30, 15), ("3600", 60)],
)
def test_the_grace_of_a_forced_shutdown_is_seconds_and_ends_before_the_stop_does(
    folder: Path, grace: str, seconds: int
) -> None:
    asked = run(folder, "stop", {"offline_action": "forced-shutdown", "forced_grace": grace})
    assert int(asked.rpartition("wait=")[2]) in range(min(seconds, 55), seconds + 1)


@pytest.mark.parametrize("wrong", [{"forced_grace": "10s"}, {"offline_action": "Save"}, {"state_dir": "relative"}])
def test_what_does_not_count_is_named_when_it_is_validated(folder: Path, wrong: Mapping[str, str]) -> None:
    done = attempt(folder, "validate-all", wrong)
    assert done.returncode == 6
    assert next(iter(wrong)) in done.stderr
    assert attempt(folder, "validate-all", {"forced_grace": "20", "state_dir": "/vol"}).returncode == 0


def test_its_setting_can_be_changed_without_a_restart(folder: Path) -> None:
    told = run(folder, "meta-data")
    assert 'name="VirtualMachine"' in told
    assert "<version>1.1</version>" in told
    assert '<parameter name="offline_action" reloadable="1">' in told
    assert run(folder, "reload-agent") == ""
