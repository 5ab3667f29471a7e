"""What every backend promises of its record: nothing twice, and the same things under the same identity."""

from collections.abc import Iterable

from clusters.backends.base import Observation
from clusters.domain.log import LogEntry
from tests.contract.everywhere import everywhere, keys
from tests.contract.rig import Rig


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
    first = await rig.look()
    await rig.submit("contract-stop", rig.stop)
    looks = [first, *await rig.end("contract-stop", first.cursor)]
    found = [entry.native_id for entry in entries([*looks, await rig.look(looks[-1].cursor)])]
    assert len(found) == len(set(found))
    assert all(found)


@everywhere
async def test_an_event_has_one_identity_for_ever(rig: Rig) -> None:
    first = await rig.look()
    await rig.submit("contract-move", rig.move)
    once = identities(entries([first, *await rig.end("contract-move", first.cursor)]))
    await rig.restart()
    again = identities(entries([await rig.look(first.cursor)]))
    assert not [fact for fact, found in again.items() if fact in once and not found <= once[fact]]


@everywhere
async def test_a_transition_is_told_once_with_what_it_was_and_became(rig: Rig) -> None:
    first = await rig.look()
    await rig.submit("contract-move", rig.move)
    looks = [first, *await rig.end("contract-move", first.cursor)]
    found = [each for seen in looks for each in seen.transitions]
    assert found
    assert len({(each.at, each.key, each.what, each.after) for each in found}) == len(found)
    assert all(each.before != each.after for each in found)
    assert {each.key for each in found} <= keys(looks[-1])


@everywhere
async def test_a_move_is_told_with_the_request_that_asked_for_it(rig: Rig) -> None:
    first = await rig.look()
    await rig.submit("contract-move", rig.move)
    looks = [first, *await rig.end("contract-move", first.cursor)]
    found = [each for seen in looks for each in seen.transitions]
    moved = [each.operation for each in found if each.key == rig.move.subject and each.what == "owner"]
    assert moved[-1:] == ["contract-move"]
