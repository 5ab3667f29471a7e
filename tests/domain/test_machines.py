"""The offline action of virtual machines in its exact scope (fcm F10-F18)."""

from typing import Any

import pytest

from clusters.domain.lifecycle import ROLE_BADNESS
from clusters.domain.messages import NOTHING, say
from vms.domain.items import OfflineAction, Power, VirtualMachine
from vms.domain.offline import DEFAULT, EFFECTS, RUNS, Occasion, admits, choices, effects


def machine(power: Power = Power.RUNNING, **more: Any) -> VirtualMachine:
    return VirtualMachine("web", "web", "web", power=power, **more)


def test_every_power_is_a_word_that_roles_are_shown_by() -> None:
    assert {power.value for power in Power} <= set(ROLE_BADNESS)


def test_save_is_the_default() -> None:  # fcm F18
    assert machine().offline_action is DEFAULT is OfflineAction.SAVE


def test_every_occasion_and_every_action_is_decided() -> None:
    assert set(RUNS) == set(Occasion)
    assert set(EFFECTS) == set(OfflineAction)


@pytest.mark.parametrize("occasion", [Occasion.MOVE, Occasion.TAKEN_OFFLINE])
@pytest.mark.parametrize("action", OfflineAction)
def test_it_runs_when_moved_or_taken_offline(occasion: Occasion, action: OfflineAction) -> None:  # fcm F10-F13, F17
    told = effects(occasion, machine(offline_action=action))
    assert told == (say("offline-action-runs", action=action.name.lower()), *EFFECTS[action].loses)


@pytest.mark.parametrize(
    "occasion", [Occasion.LIVE_MIGRATION, Occasion.QUICK_MIGRATION, Occasion.UNPLANNED_FAILOVER]
)  # fmt: skip
@pytest.mark.parametrize("action", OfflineAction)
def test_it_never_runs_otherwise(occasion: Occasion, action: OfflineAction) -> None:  # fcm F14-F16
    assert effects(occasion, machine(offline_action=action)) == (say("offline-action-not-run"),)


def test_only_a_clean_shutdown_waits_for_processes() -> None:  # fcm F11, F12
    waits = [action for action, effect in EFFECTS.items() if say("waits-for-processes") in effect.loses]
    assert waits == [OfflineAction.SHUT_DOWN]


def test_turning_off_says_that_data_may_be_lost() -> None:  # fcm F13
    assert say("loses-data-like-power-cut") in EFFECTS[OfflineAction.TURN_OFF].loses


def test_only_a_machine_that_is_saved_passes_through_saving() -> None:
    passes = [action for action, effect in EFFECTS.items() if effect.through is Power.SAVING]
    assert passes == [OfflineAction.SAVE]


def test_the_choices_stand_in_the_order_of_the_settings_tab() -> None:
    order = [choice.action.name for choice in choices(machine())]
    assert order == ["SAVE", "SHUT_DOWN", "SHUT_DOWN_FORCED", "TURN_OFF"]


def test_a_running_machine_admits_all_four() -> None:
    assert all(choice.refusal == NOTHING for choice in choices(machine()))


@pytest.mark.parametrize("power", [Power.OFF, Power.SAVED])
def test_what_does_not_run_cannot_be_stopped(power: Power) -> None:
    assert {choice.refusal.code for choice in choices(machine(power))} == {"not-running"}


def test_shutting_down_needs_the_integration_component() -> None:
    deaf = machine(guest_shutdown=False)
    assert admits(deaf, OfflineAction.SHUT_DOWN) == say("no-shutdown-component")
    assert admits(deaf, OfflineAction.SHUT_DOWN_FORCED) == say("no-shutdown-component")
    assert admits(deaf, OfflineAction.TURN_OFF) == NOTHING


def test_a_stuck_machine_can_still_be_turned_off() -> None:
    stuck = machine(Power.STOPPING)
    assert admits(stuck, OfflineAction.SAVE) == say("busy", doing="stopping")
    assert admits(stuck, OfflineAction.TURN_OFF) == NOTHING


def test_nobody_acts_on_what_he_cannot_see() -> None:
    assert {choice.refusal.code for choice in choices(machine(Power.UNKNOWN))} == {"state-unknown"}
