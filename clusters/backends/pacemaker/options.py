"""A cluster's options as an administrator writes them, made into transports. Files are named, never read in here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clusters.backends.base import Refused
from clusters.backends.pacemaker.transport import Address, Local, Ssh, Transport
from clusters.domain.messages import say

# {"user": "root", "key_file": "…", "known_hosts_file": "…", "nodes": {"node1": {"host": "10.0.0.11", "port": 22}, …}}
# What all nodes share may stand above them. A node without a host is the machine that the console runs on.
SSH_PORT = 22
NEEDED = ("user", "key_file", "known_hosts_file")


def transports(options: Mapping[str, Any]) -> tuple[Transport, ...]:
    """One way to each node. Raises Refused with what is missing or wrong."""
    nodes = options.get("nodes")
    if not isinstance(nodes, Mapping) or not nodes:
        raise Refused(say("no-nodes-configured"))
    shared = {name: options[name] for name in (*NEEDED, "port") if name in options}
    return tuple(_transport(str(node), {**shared, **_mapping(node, each)}) for node, each in nodes.items())


def _mapping(node: str, options: object) -> Mapping[str, Any]:
    if not isinstance(options, Mapping):
        raise Refused(say("address-unreadable", node=node, address=options))
    return options


def _transport(node: str, options: Mapping[str, Any]) -> Transport:
    if "host" not in options:
        return Local(node)
    if missing := [name for name in NEEDED if not options.get(name)]:
        raise Refused(say("options-missing", node=node, names=", ".join(missing)))
    host, port = str(options["host"]).strip(), _port(options.get("port", SSH_PORT))
    if not host or port is None:
        raise Refused(say("address-unreadable", node=node, address=f"{host}:{options.get('port', '')}"))
    key, known_hosts = Path(options["key_file"]), Path(options["known_hosts_file"])
    return Ssh(node, Address(host, str(options["user"]), key, known_hosts, port))


def _port(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isdecimal() and 0 < int(text) < 65536 else None
