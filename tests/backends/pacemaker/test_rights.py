"""Accounts without the rights they need, as a real cluster answers them: what is missing is said, and the cure."""

import pytest

from clusters.backends.base import Refused, Unreachable
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.looking import CIB, LINKS, MONITOR, QUORUM
from clusters.backends.pacemaker.transport import Finished
from clusters.domain.commands import StopRole
from clusters.domain.items import Network, NetworkState
from tests.backends.pacemaker.recorded import Player, Script, script, text

OUTSIDE: Script = {
    MONITOR: Finished(4, text("no-rights.crm_mon.xml"), ""),
    CIB: Finished(102, "", "Could not connect to the CIB: Transport endpoint is not connected\n"),
}
WITHOUT_ROLE: Script = {
    MONITOR: Finished(0, '<pacemaker-result><status code="0" message="OK"/></pacemaker-result>', ""),
    CIB: Finished(4, "", "Call cib_query failed: Permission denied\n"),
}
WITHOUT_COROSYNC: Script = {
    QUORUM: Finished(1, "", "Cannot initialize CMAP service\n"),
    LINKS: Finished(1, "", "Could not initialize corosync configuration API error 11\n"),
}
READS_ONLY = Finished(4, "", "crm_resource: Error performing operation: Insufficient privileges\n")


async def complaint(answers: Script) -> str:
    backend = Pacemaker([Player("node1", {**script("healthy"), **answers})])
    with pytest.raises(Unreachable) as caught:
        await backend.observe("")
    return caught.value.message.code


async def test_an_account_outside_the_group_is_told_of_the_group_and_not_that_pacemaker_stopped() -> None:
    assert await complaint(OUTSIDE) == "program-forbidden"


async def test_an_account_without_a_role_is_told_of_the_access_rules() -> None:
    assert await complaint(WITHOUT_ROLE) == "acl-hides-configuration"


async def test_an_account_that_may_only_read_sees_everything_and_is_told_why_it_cannot_act() -> None:
    backend = Pacemaker([Player("node1", script("healthy"), otherwise=READS_ONLY)])
    assert len((await backend.observe("")).state.nodes()) == 3
    with pytest.raises(Refused) as caught:
        await backend.submit("k", StopRole("vm1"))
    assert caught.value.message.code == "acl-forbids-acts"


async def test_an_account_that_corosync_does_not_answer_sees_the_rest() -> None:
    backend = Pacemaker([Player("node1", {**script("healthy"), **WITHOUT_COROSYNC})])
    state = (await backend.observe("")).state
    assert state.cluster.votes == 3
    assert {ring.state for ring in state.all(Network)} == {NetworkState.UNKNOWN}
