"""What every backend promises of its looks (clusters/backends/base.py), asked of each in the same words."""

import asyncio

import pytest

from clusters.backends.base import MAIN_SOURCE, Answer, BackendError, Question
from clusters.domain.changes import diff
from clusters.domain.items import ClusterInfo, Disk, Interface, Network, Node, Resource, Role, VolumeAccess, key_of
from tests.contract.everywhere import everywhere, keys, said
from tests.contract.rig import Rig
from vms.domain.items import VirtualMachine

KINDS = {ClusterInfo.kind, Node.kind, Role.kind, Resource.kind, VirtualMachine.kind}


@everywhere
async def test_it_observes_everything_every_time(rig: Rig) -> None:
    first = await rig.look()
    again = await rig.look(first.cursor)
    assert keys(first) == keys(again)
    assert {key.kind for key in keys(first)} >= KINDS


@everywhere
async def test_looking_again_where_nothing_happened_changes_nothing(rig: Rig) -> None:
    first = await rig.look()
    again = await rig.look(first.cursor)
    assert diff(first.state, again.state) == ()
    assert (again.log, again.transitions) == ((), ())


@everywhere
async def test_time_never_goes_back(rig: Rig) -> None:
    first = await rig.look()
    await rig.pass_time()
    again = await rig.look(first.cursor)
    assert again.at >= first.at
    assert first.at.utcoffset() is not None
    assert 0 < again.interval_s <= 60


@everywhere
async def test_every_object_stands_under_its_own_key(rig: Rig) -> None:
    seen = await rig.look()
    assert all(key == key_of(item) for key, item in seen.state.items())
    assert all(key.id for key in seen.state)


@everywhere
async def test_what_an_object_names_is_there(rig: Rig) -> None:
    state = (await rig.look()).state
    nodes, roles = {node.id for node in state.nodes()}, {role.id for role in state.all(Role)}
    networks, disks = {each.id for each in state.all(Network)}, {disk.id for disk in state.all(Disk)}
    assert {place for role in state.all(Role) for place in (role.owner, role.target, role.home)} <= nodes | {""}
    assert {resource.role for resource in state.all(Resource)} <= roles
    assert {vm.role for vm in state.all(VirtualMachine)} <= roles
    assert {(each.node in nodes, each.network in networks) for each in state.all(Interface)} <= {(True, True)}
    assert {(each.node in nodes, each.disk in disks) for each in state.all(VolumeAccess)} <= {(True, True)}


@everywhere
async def test_keys_are_the_same_after_a_restart_of_the_console(rig: Rig) -> None:
    before = await rig.look()
    await rig.restart()
    assert keys(await rig.look(before.cursor)) == keys(before)


@everywhere
async def test_every_object_comes_from_a_source_that_is_named(rig: Rig) -> None:
    seen = await rig.look()
    sources = {source.name: source for source in seen.sources}
    assert MAIN_SOURCE in sources
    assert set(seen.origin.values()) <= set(sources)
    assert set(seen.origin) <= keys(seen)
    assert not [source for source in seen.sources if source.error or source.seen_at is None]


@everywhere
async def test_looks_and_questions_at_the_same_time_do_not_disturb_one_another(rig: Rig) -> None:
    first, _, again, _ = await asyncio.gather(
        rig.look(), rig.backend.ask(Question("reach")), rig.look(), rig.backend.cancel("nobody's")
    )
    assert keys(first) == keys(again)


@everywhere
@pytest.mark.parametrize("kind", ["forecast", "reach", "nonsense"])
async def test_every_question_has_an_answer_or_a_reason(rig: Rig, kind: str) -> None:
    before = await rig.look()
    try:
        answer = await rig.backend.ask(Question(kind, rig.stop))
    except BackendError as error:
        answer = Answer((error.message,))
    assert answer.state is not None or answer.messages
    assert all(said(message) for message in answer.messages)
    assert diff(before.state, (await rig.look(before.cursor)).state) == ()


@everywhere
async def test_it_can_be_closed_twice_and_before_the_first_look(rig: Rig) -> None:
    await rig.backend.close()
    await rig.backend.close()
    await rig.restart()
    await rig.look()
    await rig.backend.close()
    await rig.backend.close()
