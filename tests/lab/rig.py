"""The lab as a rig: three real nodes with real guests, and a hand on the lines to them."""

import asyncio

from clusters.backends.pacemaker.options import transports
from clusters.domain.commands import StartRole, StopRole
from clusters.domain.items import Role, RoleState
from tests.contract.lines import PacemakerRig
from tests.lab.real import Lab
from vms.domain.commands import LiveMigrate

PAUSE_S = 0.3
LOOKS_MOST = 60


class Real(PacemakerRig):
    """vm1 runs on one of the nodes; where, no test needs to know."""

    stop = StopRole("vm1")

    def __init__(self, lab: Lab) -> None:
        super().__init__(lambda: tuple(transports(lab.options())))
        self._lab = lab
        self.move = LiveMigrate("vm1", "")

    async def pass_time(self) -> None:
        """Real time passes by itself."""
        await asyncio.sleep(PAUSE_S)

    async def close(self) -> None:
        """As it was found, where anything was done to it."""
        self.mend()
        if self.acts():
            await self._tidy_up()
        await super().close()

    async def _tidy_up(self) -> None:
        """The guest runs again, the console has taken away what it wrote, and Pacemaker has nothing left to do."""
        await self.restart()
        role = (await self.look()).state.find(Role, "vm1")
        if role is not None and role.state is not RoleState.ONLINE:
            await self.submit("contract-again", StartRole("vm1"))
            await self.end("contract-again")
        for _ in range(LOOKS_MOST):
            if not self._lab.passing():
                break
            await self.pass_time()
            await self.recover("")
        self._lab.run(
            "exec", "node1", "crm_resource", "--resource", "vm1", "--meta", "--delete-parameter", "target-role"
        )
        self._lab.settle()
