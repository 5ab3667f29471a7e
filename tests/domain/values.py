"""Random items, commands and states for property tests, built from the classes' own annotations."""

from typing import Any, cast

from hypothesis import strategies as st

from clusters.domain import items
from clusters.domain.commands import COMMANDS
from clusters.domain.items import Item
from clusters.domain.state import State
from vms.domain import commands as vm_commands
from vms.domain.items import GuestService, VirtualMachine

ITEMS: tuple[type[Item], ...] = (
    items.ClusterInfo, items.Node, items.Network, items.Interface, items.Disk, items.VolumeAccess, items.Witness,
    items.Role, items.Resource, items.GroupSet, items.ActiveFault, VirtualMachine, GuestService,
)  # fmt: skip
ALL_COMMANDS: tuple[type, ...] = (*COMMANDS, *vm_commands.COMMANDS)


st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))  # no clock runs at no speed at all


def any_of(*classes: type) -> st.SearchStrategy[Any]:
    """Any value of any of the classes, every field filled."""
    return st.one_of([st.builds(cls) for cls in classes])


def any_item() -> st.SearchStrategy[Item]:
    return cast("st.SearchStrategy[Item]", any_of(*ITEMS))


def any_state() -> st.SearchStrategy[State]:
    return st.lists(any_item(), max_size=6).map(State.of)
