"""What is written on a host's own disk before its services start. Pure: path -> (content, mode)."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.lab.cluster.plan import HERE, HOSTS, NETS, ROOT, STATE, address, number

File = tuple[str, int]
AGENT = "/usr/lib/ocf/resource.d/console/VirtualMachine"
PROGRAMS = {
    "/usr/sbin/fence_lab": HERE / "fence_lab",
    "/usr/bin/systemctl": HERE / "systemctl",
    AGENT: ROOT / "vms/agent/VirtualMachine",
}
FIRST_CIB = "/var/lib/pacemaker/cib/cib.xml"

LIBVIRTD = """listen_tls = 0
listen_tcp = 1
auth_tcp = "none"
auth_unix_ro = "none"
auth_unix_rw = "none"
unix_sock_ro_perms = "0777"
unix_sock_rw_perms = "0700"
keepalive_interval = 5
keepalive_count = 3
host_uuid = "{uuid}"
"""
QEMU = """user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
namespaces = []
cgroup_controllers = []
stdio_handler = "file"
keepalive_interval = 5
keepalive_count = 3
"""
COROSYNC = """totem {{
    version: 2
    cluster_name: lab
    transport: knet
    crypto_cipher: none
    crypto_hash: none
    token: 3000
    link_mode: passive
}}
nodelist {{
{nodes}}}
quorum {{
    provider: corosync_votequorum
}}
logging {{
    to_logfile: yes
    logfile: /var/log/corosync/corosync.log
    to_syslog: no
}}
"""
SSHD = """HostKey /etc/ssh/lab_host_key
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
AuthorizedKeysFile /etc/ssh/lab_users
StrictModes no
UseDNS no
PrintMotd no
"""


def files(host: str) -> dict[str, File]:
    """Everything but the first CIB. Read before the host hides the machine's own directories."""
    identity = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{host}.lab"))
    names = "".join(f"{address(each, NETS[0])} {each}\n" for each in HOSTS)
    texts = {
        "/etc/hostname": f"{host}\n",
        "/etc/machine-id": hashlib.sha256(host.encode()).hexdigest()[:32] + "\n",
        "/etc/hosts": f"127.0.0.1 localhost\n{names}",
        "/etc/resolv.conf": "",
        "/etc/libvirt/libvirtd.conf": LIBVIRTD.format(uuid=identity),
        "/etc/libvirt/qemu.conf": QEMU,
        "/etc/corosync/corosync.conf": COROSYNC.format(nodes="".join(map(_node, HOSTS))),
        "/etc/ssh/sshd_config": SSHD,
        "/etc/ssh/lab_users": (STATE / "ssh/id.pub").read_text(),
        **dict.fromkeys((f"/root/{name}" for name in (".bashrc", ".profile", ".bash_profile")), ""),
    }
    key = {"/etc/ssh/lab_host_key": ((STATE / f"ssh/{host}").read_text(), 0o600)}
    programs = {path: (source.read_text(), 0o755) for path, source in PROGRAMS.items()}
    return {path: (text, 0o644) for path, text in texts.items()} | key | programs


def write(wanted: Mapping[str, File]) -> None:
    """Put them on the disk."""
    for path, (text, mode) in wanted.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)
        Path(path).chmod(mode)


def _node(host: str) -> str:
    rings = "".join(f"        ring{ring}_addr: {address(host, net)}\n" for ring, net in enumerate(NETS))
    return f"    node {{\n        name: {host}\n        nodeid: {number(host)}\n{rings}    }}\n"


def pairs(identity: str, values: Mapping[str, str]) -> str:
    """Name-value pairs as a CIB has them."""
    made = (f'<nvpair id="{identity}-{name}" name="{name}" value="{value}"/>' for name, value in values.items())
    return "".join(made)


def operations(resource: str, wanted: Iterable[tuple[str, ...]]) -> str:
    """Operations of a resource: (name, interval, timeout) and on-fail where it is not the default."""
    words = ("name", "interval", "timeout", "on-fail")
    return "".join(
        f'<op id="{resource}-{each[0]}" '
        + " ".join(f'{word}="{value}"' for word, value in zip(words, each, strict=False))
        + "/>"
        for each in wanted
    )


def first_cib() -> str:
    """The cluster is born with fencing and short timers: the usual twenty seconds for the first election are dear."""
    options = {
        "stonith-enabled": "true",
        "stonith-action": "off",
        "no-quorum-policy": "stop",
        "cluster-recheck-interval": "60s",
        "dc-deadtime": "4s",
        "cluster-name": "lab",
    }
    fencing = {"pcmk_host_list": " ".join(HOSTS), "pcmk_host_check": "static-list"}
    return (
        '<cib crm_feature_set="3.16.1" validate-with="pacemaker-3.9" epoch="1" num_updates="0" admin_epoch="0">'
        f'<configuration><crm_config><cluster_property_set id="options">{pairs("options", options)}'
        '</cluster_property_set></crm_config><nodes/><resources><primitive id="fence-lab" class="stonith" '
        f'type="fence_lab"><instance_attributes id="fence-lab-ia">{pairs("fence-lab-ia", fencing)}'
        f"</instance_attributes><operations>{operations('fence-lab', [('monitor', '60s', '20s')])}</operations>"
        '</primitive></resources><constraints/><rsc_defaults><meta_attributes id="defaults">'
        f"{pairs('defaults', {'resource-stickiness': '100'})}</meta_attributes></rsc_defaults>"
        "</configuration><status/></cib>\n"
    )
