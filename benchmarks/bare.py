"""The yardstick: the `websockets` library's own broadcast in a process of its own, with nothing behind it."""

import asyncio
import json
import sys
import time

from websockets.asyncio.server import ServerConnection, broadcast, serve

open_sockets: set[ServerConnection] = set()


async def stay(socket: ServerConnection) -> None:
    """Keep a socket until it leaves."""
    open_sockets.add(socket)
    try:
        await socket.wait_closed()
    finally:
        open_sockets.discard(socket)


async def main() -> None:
    """Each line of standard input is broadcast; each is answered by the moment at which that began."""
    async with serve(stay, "127.0.0.1", 0, compression=None) as server:
        print(json.dumps({"port": next(iter(server.sockets)).getsockname()[1]}), flush=True)
        reader = asyncio.StreamReader(limit=2**20)
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            at = time.time()
            broadcast(open_sockets, json.loads(line)["text"])
            print(json.dumps({"at": at}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
