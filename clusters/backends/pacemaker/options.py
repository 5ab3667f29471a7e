"""A cluster's options as an administrator writes them, made into transports. Files are named, never read in here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clusters.backends.base import Refused
from clusters.backends.pacemaker.transport import Address, Local, Ssh, Transport
from clusters.domain.messages import say

# {"nodes": {"node1": "10.0.0.11:22", "node2": "host2"}, "user": "root", "key_file": "...", "known_hosts_file": "..."}
# An address "local" means that the console runs on that node itself.
LOCAL = "local"
SSH_PORT = 22


def transports(options: Mapping[str, Any]) -> tuple[Transport, ...]:
    """One way to each node. Raises Refused with what is missing or wrong."""
    nodes = options.get("nodes")
    if not isinstance(nodes, Mapping) or not nodes:
        raise Refused(say("no-nodes-configured"))
    return tuple(_transport(str(node), str(address), options) for node, address in nodes.items())


def _transport(node: str, address: str, options: Mapping[str, Any]) -> Transport:
    if address == LOCAL:
        return Local(node)
    missing = [name for name in ("user", "key_file", "known_hosts_file") if not options.get(name)]
    if missing:
        raise Refused(say("options-missing", names=", ".join(missing)))
    host, port = _host_and_port(node, address)
    return Ssh(
        node,
        Address(host, str(options["user"]), Path(options["key_file"]), Path(options["known_hosts_file"]), port),
    )


def _host_and_port(node: str, address: str) -> tuple[str, int]:
    """host, host:port, [ipv6] or [ipv6]:port."""
    host, port = address, ""
    if address.startswith("["):
        host, _, rest = address[1:].partition("]")
        port = rest.removeprefix(":")
    elif address.count(":") == 1:
        host, _, port = address.partition(":")
    if not host or (port and not (port.isdecimal() and 0 < int(port) < 65536)):
        raise Refused(say("address-unreadable", node=node, address=address))
    return host, int(port) if port else SSH_PORT
