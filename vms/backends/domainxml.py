"""What a libvirt domain's XML says of a virtual machine. Pure; the XML lies on shared storage and is not trusted."""

from collections.abc import Iterator
from dataclasses import dataclass

from clusters.backends.pacemaker.document import Element, number, parse

UNITS_KIB = {"b": 1 / 1024, "bytes": 1 / 1024, "kb": 1000 / 1024, "k": 1, "kib": 1, "mb": 1000**2 / 1024, "m": 1024,
             "mib": 1024, "gb": 1000**3 / 1024, "g": 1024**2, "gib": 1024**2, "tib": 1024**3}  # fmt: skip


PLACES = ("file", "dev", "name", "volume", "network", "bridge")  # first what is configured, then what comes of it
FIXED = ("disk", "lun")


@dataclass(frozen=True, slots=True)
class Domain:
    """The machine as it is configured, or as it runs."""

    name: str
    uuid: str = ""
    memory_mb: int = 0
    cpus: int = 0
    disks: tuple[tuple[str, str], ...] = ()  # what the guest calls it, and its path or device; no removable ones
    networks: tuple[str, ...] = ()  # one for each adapter
    guest_os: str = ""
    acpi: bool = False  # without it no shutdown request reaches the guest


def read_domain(text: str) -> Domain:
    """Raises Unreadable when it is no domain."""
    top = parse(text, "domain")
    return Domain(
        name=_text(top, "name"),
        uuid=_text(top, "uuid").lower(),
        memory_mb=_memory_mb(top),
        cpus=_cpus(top),
        disks=tuple(sorted(_disks(top))),
        networks=tuple(sorted(_network(each) for each in top.iterfind("devices/interface"))),
        guest_os=_text(top, "title"),
        acpi=top.find("features/acpi") is not None,
    )


def _text(top: Element, path: str) -> str:
    return (top.findtext(path) or "").strip()


def _cpus(top: Element) -> int:
    """Those it starts with; it may be allowed more."""
    vcpu = top.find("vcpu")
    return 0 if vcpu is None else number(vcpu.get("current")) or number((vcpu.text or "").strip()) or 0


def _disks(top: Element) -> Iterator[tuple[str, str]]:
    for disk in top.iterfind("devices/disk"):
        source, target = disk.find("source"), disk.find("target")
        if disk.get("device", "disk") in FIXED and target is not None:
            yield target.get("dev", ""), "" if source is None else _path(source)


def _network(interface: Element) -> str:
    """What it is plugged into; one without a source is of a kind that wants none, such as `user`."""
    source = interface.find("source")
    return interface.get("type", "") if source is None else _path(source)


def _memory_mb(top: Element) -> int:
    memory = top.find("memory")
    if memory is None:
        return 0
    amount = number(memory.text) or 0
    return int(amount * UNITS_KIB.get(memory.get("unit", "KiB").lower(), 1) / 1024)


def _path(source: Element) -> str:
    return next((path for name in PLACES if (path := source.get(name))), "")
