"""A cluster's options as an administrator writes them, made into transports. Files are named, never read in here.

    {"user": "root", "credential": "key", "acts": true,
     "jump": {"host": "gate", "user": "console", "credential": "jump-key", "host_key": "ssh-ed25519 AAAA…"},
     "nodes": {"node1": {"host": "10.0.0.11", "port": 22, "host_key": "ssh-ed25519 AAAA…"}, …}}

What all nodes share may stand above them. A node without a host is the machine that the console runs on. Instead of a
stored credential: "key_file": "…" or "agent": true; instead of a pinned host key: "known_hosts_file": "…".
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clusters.backends.base import Refused
from clusters.backends.pacemaker.lines import Address, Line, no_secrets
from clusters.backends.pacemaker.transport import Local, Ssh, Transport
from clusters.backends.reaching import Secrets
from clusters.domain.messages import say

SSH_PORT = 22
LOGINS = ("credential", "key_file", "agent")
PINS = ("host_key", "known_hosts_file")
JUMP = "jump"
SHARED = ("user", "port", *LOGINS, "known_hosts_file")


def transports(options: Mapping[str, Any], secrets: Secrets = no_secrets) -> tuple[Transport, ...]:
    """One way to each node. Raises Refused with what is missing or wrong."""
    nodes = options.get("nodes")
    if not isinstance(nodes, Mapping) or not nodes:
        raise Refused(say("no-nodes-configured"))
    through = jump(options, secrets)
    shared = {name: options[name] for name in SHARED if name in options}
    return tuple(_transport(str(node), _merged(shared, node, each), through, secrets) for node, each in nodes.items())


def jump(options: Mapping[str, Any], secrets: Secrets = no_secrets) -> Line | None:
    """The way that all connections take, if there is one. Raises Refused."""
    if not (described := options.get(JUMP)):
        return None
    shared = {name: options[name] for name in ("user", *LOGINS, "known_hosts_file") if name in options}
    merged = _merged(shared, JUMP, described)
    return Line(str(merged.get("host", JUMP)), _address(str(merged.get("host", JUMP)), merged), None, secrets)


def _merged(shared: Mapping[str, Any], node: object, options: object) -> Mapping[str, Any]:
    """A node's own options over the shared ones; a login of its own leaves no other one standing beside it."""
    if not isinstance(options, Mapping):
        raise Refused(say("address-unreadable", node=node, address=options))
    own = any(options.get(name) for name in LOGINS)
    return {**{name: value for name, value in shared.items() if not (own and name in LOGINS)}, **options}


def _transport(node: str, options: Mapping[str, Any], through: Line | None, secrets: Secrets) -> Transport:
    if "host" not in options:
        return Local(node)
    return Ssh(node, _address(node, options), through, secrets)


def _address(node: str, options: Mapping[str, Any]) -> Address:
    missing = [] if options.get("user") else ["user"]
    missing += [] if any(options.get(name) for name in LOGINS) else ["key_file"]
    if options.get("key_file") and not any(name in options for name in PINS):
        missing.append("known_hosts_file")  # elsewhere a key that is not pinned is one that nobody has confirmed yet
    if missing:
        raise Refused(say("options-missing", node=node, names=", ".join(missing)))
    host, port = str(options.get("host", "")).strip(), _port(options.get("port", SSH_PORT))
    if not host or port is None:
        raise Refused(say("address-unreadable", node=node, address=f"{host}:{options.get('port', '')}"))
    return Address(
        host,
        str(options["user"]),
        _file(options.get("key_file")),
        _file(options.get("known_hosts_file")),
        port,
        str(options.get("credential") or ""),
        bool(options.get("agent")),
        str(options.get("host_key") or ""),
    )


def _file(value: object) -> Path | None:
    return Path(str(value)) if value else None


def _port(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isdecimal() and 0 < int(text) < 65536 else None
