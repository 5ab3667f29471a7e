"""What every backend promises of its record: nothing twice, and the same things under the same identity."""

from collections.abc import Iterable

from clusters.backends.base import Observation
from clusters.domain.log import LogEntry
from tests.contract.everywhere import everywhere, keys
from tests.contract.rig import Rig


async def looks_at_a_move(rig: Rig) -> list[Observation]:
    """From before it to some time after its end, each look going on where the one before it ended."""
    looks = [await rig.look()]
    await rig.submit("contract-move", rig.move)
    looks += await rig.end("contract-move", looks[0].cursor)
    for _ in range(2):
        await rig.pass_time()
        looks.append(await rig.look(looks[-1].cursor))
    return looks


def entries(looks: Iterable[Observation]) -> list[LogEntry]:
    return [entry for seen in looks for entry in seen.log]


def identities(found: Iterable[LogEntry]) -> dict[object, set[str]]:
    """Under which ids a thing that happened was told."""
    by_fact: dict[object, set[str]] = {}
    for entry in found:
        by_fact.setdefault((entry.at, entry.code, entry.subject, entry.node, entry.params), set()).add(entry.native_id)
    return by_fact


@everywhere
async def test_the_cursor_never_repeats_an_event(rig: Rig) -> None:
    found = [entry.native_id for entry in entries(await looks_at_a_move(rig))]
    assert len(found) == len(set(found))
    assert all(found)


@everywhere
async def test_an_event_has_one_identity_for_ever(rig: Rig) -> None:
    looks = await looks_at_a_move(rig)
    once = identities(entries(looks))
    await rig.restart()
    again = identities(entries([await rig.look(looks[0].cursor)]))
    assert not [fact for fact, found in again.items() if fact in once and not found <= once[fact]]


@everywhere
async def test_a_transition_is_told_once_with_what_it_was_and_became(rig: Rig) -> None:
    looks = await looks_at_a_move(rig)
    found = [each for seen in looks for each in seen.transitions]
    assert found
    assert len({(each.at, each.key, each.what, each.after) for each in found}) == len(found)
    assert all(each.before != each.after for each in found)
    assert {each.key for each in found} <= keys(looks[-1])


@everywhere
async def test_a_move_is_told_with_the_request_that_asked_for_it(rig: Rig) -> None:
    found = [each for seen in await looks_at_a_move(rig) for each in seen.transitions]
    moved = [each.operation for each in found if each.key == rig.move.subject and each.what == "owner"]
    assert moved[-1:] == ["contract-move"]
