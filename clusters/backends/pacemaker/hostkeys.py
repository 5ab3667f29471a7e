"""Asks machines for their host keys without trusting or logging in to any, but for a jump host that is confirmed."""

import asyncio

from clusters.backends.pacemaker.lines import Line
from clusters.backends.pacemaker.options import jump, transports
from clusters.backends.pacemaker.transport import Ssh
from clusters.backends.pacemaker.troubles import TransportError
from clusters.backends.reaching import JUMP, HostKey, Options, Secrets
from clusters.domain.messages import Message


async def host_keys(options: Options, secrets: Secrets) -> dict[str, HostKey | Message]:
    """By node name, and by JUMP; what cannot be seen yet is left out. Raises Refused."""
    found: dict[str, HostKey | Message] = {}
    way = jump(options, secrets)
    if way:
        found[JUMP] = await _shown(way)
        await way.close()
        if not options["jump"].get("host_key"):
            return found
    doors = [each for each in transports(options, secrets) if isinstance(each, Ssh)]
    shown = await asyncio.gather(*(_shown(each) for each in doors))
    for door in doors:
        await door.close()
    return {**found, **{door.node: each for door, each in zip(doors, shown, strict=True)}}


async def _shown(door: Line | Ssh) -> HostKey | Message:
    try:
        key = await door.host_key()
    except TransportError as trouble:
        return trouble.message
    public = key.export_public_key().decode().strip()
    return HostKey(public, key.get_algorithm(), key.get_fingerprint())
