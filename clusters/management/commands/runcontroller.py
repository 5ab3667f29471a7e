"""Controllers in a process of their own, for installations of many processes; `serve` has them built in."""

import asyncio
import signal
from typing import Any

from django.core.management.base import BaseCommand

from clusters.fleet import Fleet


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT; leases are handed back."""

    help = "Control every cluster that no other process controls."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the controllers on a loop of their own."""
        asyncio.run(_until_told())


async def _until_told() -> None:
    # Cancelled, not stopped: leases are handed back on the way out, so that another process need not wait for them.
    fleet = asyncio.ensure_future(Fleet().run())
    loop = asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, fleet.cancel)
    await asyncio.wait({fleet})
    if not fleet.cancelled():
        fleet.result()
