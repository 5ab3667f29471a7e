"""The guest: Debian's cloud kernel, unpacked and never installed, with an initramfs of busybox and one script.

`apt-get download` fetches the kernel once; afterwards nothing needs a network.
"""

import gzip
import shutil
import subprocess
from pathlib import Path

from tests.lab.cluster.plan import CACHE, HERE, SECONDS_AT_MOST, run

KERNEL = "linux-image-cloud-amd64"
MODULES = (  # in the order of loading
    "drivers/virtio/virtio_ring", "drivers/virtio/virtio", "drivers/virtio/virtio_pci_legacy_dev",
    "drivers/virtio/virtio_pci_modern_dev", "drivers/virtio/virtio_pci", "drivers/block/virtio_blk",
    "drivers/virtio/virtio_balloon", "drivers/acpi/button", "drivers/input/evdev",
)  # fmt: skip


def build() -> tuple[Path, Path]:
    """The kernel and the initramfs, made anew only when they are missing or the script has changed."""
    kernel, image, script = CACHE / "vmlinuz", CACHE / "initrd.gz", HERE / "guest-init"
    if not kernel.exists():
        _fetch(kernel)
    if not image.exists() or image.stat().st_mtime < script.stat().st_mtime:
        _pack(image, script)
    return kernel, image


def _fetch(kernel: Path) -> None:
    """Take the kernel and the modules out of Debian's package."""
    work = CACHE / "unpacked"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    depends = run("apt-cache", "depends", KERNEL)
    package = next(line.split()[-1] for line in depends.splitlines() if "Depends: linux-image-" in line)
    run("apt-get", "-o", "APT::Sandbox::User=root", "download", package, cwd=work)
    run("dpkg-deb", "-x", next(work.glob("*.deb")), work / "root")
    tree = next((work / "root/lib/modules").iterdir()) / "kernel"
    (CACHE / "modules").mkdir(exist_ok=True)
    for module in MODULES:
        if (file := tree / f"{module}.ko").exists():  # the others are part of this kernel
            shutil.copy(file, CACHE / "modules")
    shutil.move(next((work / "root/boot").glob("vmlinuz-*")), kernel)
    shutil.rmtree(work)


def _pack(image: Path, script: Path) -> None:
    work = CACHE / "initrd"
    shutil.rmtree(work, ignore_errors=True)
    (work / "bin").mkdir(parents=True)
    (work / "modules").mkdir()
    shutil.copy("/bin/busybox", work / "bin")
    shutil.copy(script, work / "init")
    (work / "init").chmod(0o755)
    present = [file for module in MODULES if (file := CACHE / "modules" / f"{Path(module).name}.ko").exists()]
    for file in present:
        shutil.copy(file, work / "modules")
    (work / "modules.list").write_text("\n".join(file.name for file in present) + "\n")
    names = "\n".join(str(path.relative_to(work)) for path in sorted(work.rglob("*")))
    archive = subprocess.run(
        ["cpio", "--create", "--format=newc", "--owner=0:0", "--quiet"],
        input=names.encode(),
        cwd=work,
        stdout=subprocess.PIPE,
        timeout=SECONDS_AT_MOST,
        check=True,
    )
    image.write_bytes(gzip.compress(archive.stdout, 1))
    shutil.rmtree(work)
