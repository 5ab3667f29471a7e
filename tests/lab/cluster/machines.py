"""The lab's virtual machines: their files on the shared volume and their resources in the cluster."""

import hashlib
import shutil
import uuid
from pathlib import Path

from tests.lab.cluster.files import operations, pairs
from tests.lab.cluster.plan import VOLUME, run

MEMORY_MB = 96  # Debian's kernel wants that much
AGENTS = {"console": ("console", "VirtualMachine"), "stock": ("heartbeat", "VirtualDomain")}
OPERATIONS = [
    ("start", "0", "90s"),
    ("stop", "0", "60s"),
    ("monitor", "10s", "30s"),
    ("migrate_to", "0", "180s", "block"),  # a live migration that fails leaves the guest where it is
    ("migrate_from", "0", "90s"),
]


def lay_out(volume: Path, name: str, memory: int, options: str) -> None:
    """Disk and configuration of a machine. `options` are words for its kernel's command line."""
    folder = volume / name
    folder.mkdir()
    run("qemu-img", "create", "-q", "-f", "qcow2", folder / "disk.qcow2", "16M")
    (folder / f"{name}.xml").write_text(definition(name, memory, options))


def definition(name: str, memory: int, options: str) -> str:
    """libvirt's description of a machine. `check='none'`: the same processor everywhere, without KVM."""
    folder = f"{VOLUME}/{name}"
    mac = hashlib.sha256(name.encode()).hexdigest()
    return f"""<domain type='qemu'>
  <name>{name}</name>
  <uuid>{uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.lab")}</uuid>
  <description>{mac[:8]}</description>
  <memory unit='MiB'>{memory}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <kernel>{VOLUME}/guest/vmlinuz</kernel>
    <initrd>{VOLUME}/guest/initrd.gz</initrd>
    <cmdline>console=ttyS0 quiet vm={name} {options}</cmdline>
  </os>
  <features><acpi/></features>
  <cpu mode='custom' match='exact' check='none'><model fallback='allow'>qemu64</model></cpu>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='none'/>
      <source file='{folder}/disk.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <controller type='usb' model='none'/>
    <serial type='file'><source path='{folder}/console.log' append='on'/><target port='0'/></serial>
    <memballoon model='virtio'/>
  </devices>
</domain>
"""


def resource(name: str, node: str, agent: str) -> str:
    """The machine's resource and where it likes to be, as one patch to the CIB."""
    provider, kind = AGENTS[agent]
    parameters = {
        "config": f"{VOLUME}/{name}/{name}.xml",
        "hypervisor": "qemu:///system",
        "migration_transport": "tcp",
        "migrate_options": "--unsafe",  # the shared volume is a local directory, for libvirt
        **{f"autoset_utilization_{what}": "false" for what in ("cpu", "host_memory", "hv_memory")},
    }
    meta = {"allow-migrate": "true", "migration-threshold": "2", "failure-timeout": "900s"}
    if agent == "console":
        parameters["state_dir"] = VOLUME  # the agent believes no local directory to be shared, either
    likes = f'<rsc_location id="{name}-prefers" rsc="{name}" node="{node}" score="50"/>' if node else ""
    return (
        f'<configuration><resources><primitive id="{name}" class="ocf" provider="{provider}" type="{kind}">'
        f'<instance_attributes id="{name}-instance_attributes">{pairs(f"{name}-instance_attributes", parameters)}'
        f'</instance_attributes><meta_attributes id="{name}-meta_attributes">{pairs(f"{name}-meta_attributes", meta)}'
        f"</meta_attributes><operations>{operations(name, OPERATIONS)}</operations></primitive></resources>"
        f"<constraints>{likes}</constraints></configuration>"
    )


def share_guest(volume: Path, *files: Path) -> None:
    """Kernel and initramfs, to the shared volume."""
    (volume / "guest").mkdir(exist_ok=True)
    for file in files:
        shutil.copy(file, volume / "guest")
