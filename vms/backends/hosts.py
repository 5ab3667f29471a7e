"""Programs on a cluster's hosts that a machine's own acts need: what libvirt knows there, and shared files."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from clusters.backends.base import Refused, Unreachable
from clusters.backends.pacemaker.looking import complaint
from clusters.backends.pacemaker.transport import Finished, Transport
from clusters.backends.pacemaker.troubles import TransportError
from vms.backends.domstats import read_domstats
from vms.domain.items import Power

LOOKING = ("virsh", "--readonly", "--connect", "qemu:///system")
ACTING = ("virsh", "--connect", "qemu:///system")
DEADLINE_S = 10.0
AT_REST = frozenset({Power.OFF, Power.SAVED})


async def run(transport: Transport, argv: Sequence[str], stdin: str = "") -> Finished:
    """What a program said, however it ended. Raises Unreachable."""
    try:
        return await transport.run(argv, DEADLINE_S, stdin)
    except TransportError as trouble:
        raise Unreachable(trouble.message) from trouble


async def told(transport: Transport, argv: Sequence[str], stdin: str = "") -> str:
    """What a program wrote that ended well. Raises Refused with its complaint, or Unreachable."""
    finished = await run(transport, argv, stdin)
    if finished.code != 0:
        raise Refused(complaint(transport.node, argv, finished).message)
    return finished.out


async def where_well(transports: Iterable[Transport], argv: Sequence[str]) -> list[str]:
    """Names of the nodes on which the program ends well. Raises Unreachable when one of them does not answer."""
    asked = list(transports)
    ended = await asyncio.gather(*(run(transport, argv) for transport in asked))
    return [transport.node for transport, finished in zip(asked, ended, strict=True) if finished.code == 0]


async def contents(transports: Mapping[str, Transport], path: str, strict: bool = True) -> dict[str, str | None]:
    """What a file holds on each node, None where it cannot be read. Raises Unreachable when one of them does not
    answer, or leaves that one out."""
    asked = (run(transport, ("cat", "--", path)) for transport in transports.values())
    ended = dict(zip(transports, await asyncio.gather(*asked, return_exceptions=True), strict=True))
    for trouble in ended.values():
        if isinstance(trouble, BaseException) and (strict or not isinstance(trouble, Unreachable)):
            raise trouble
    said = {node: each for node, each in ended.items() if isinstance(each, Finished)}
    return {node: each.out if each.code == 0 else None for node, each in said.items()}


async def running(transports: Mapping[str, Transport], name: str) -> list[str]:
    """Names of the nodes whose libvirt runs that machine now. Raises Unreachable."""
    argv = (*LOOKING, "domstats", "--nowait", "--state", name)
    ended = await asyncio.gather(*(run(transport, argv) for transport in transports.values()))
    known = {node: read_domstats(finished.out).get(name) for node, finished in zip(transports, ended, strict=True)}
    return [node for node, stats in known.items() if stats is not None and stats.power not in AT_REST]


async def keepers(transports: Mapping[str, Transport], name: str) -> list[str]:
    """Names of the nodes whose libvirt keeps the machine's definition, and might start it by itself."""
    argv = (*LOOKING, "list", "--all", "--persistent", "--name")
    ended = await asyncio.gather(*(run(transport, argv) for transport in transports.values()))
    return [node for node, found in zip(transports, ended, strict=True) if name in found.out.splitlines()]


async def replace_file(transport: Transport, path: str, text: str) -> None:
    """Write a file anew, with the owner and rights that it has; who reads it meanwhile reads the old or the new one."""
    new = f"{path}.console-new"
    await told(transport, ("cp", "--preserve=mode,ownership", "--no-target-directory", "--", path, new))
    await told(transport, ("tee", "--", new), text)
    await told(transport, ("sync", "--", new))
    await told(transport, ("mv", "--no-target-directory", "--", new, path))
