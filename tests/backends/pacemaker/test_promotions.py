"""Constraints on promoted instances only: they say where a clone is led, not where it runs, and are nobody's owners."""

from pathlib import Path

import pytest

from clusters.backends.pacemaker import settings
from clusters.backends.pacemaker.views import View
from clusters.domain.commands import SetResource, SetRole
from clusters.domain.items import Resource, Role
from clusters.domain.operations import Phase
from tests.backends.pacemaker.engine import meta, needs_pacemaker, seen, view, written

pytestmark = needs_pacemaker

LED = (
    f'<clone id="led">{meta("led", promotable="true")}'
    '<primitive id="disk" class="ocf" provider="pacemaker" type="Stateful"/></clone>'
)
EVERYWHERE = tuple(("disk", node) for node in ("node1", "node2", "node3"))


def wish(node: str, score: str, role: str, name: str = "led") -> str:
    return f'<rsc_location id="{role}-{node}" rsc="{name}" node="{node}" score="{score}" role="{role}"/>'


def ruled(role: str, outside: str = "") -> str:
    return (
        f'<rsc_location id="ruled" rsc="led" {outside}><rule id="ruled-r" score="-INFINITY" role="{role}">'
        '<expression id="ruled-e" attribute="#uname" operation="eq" value="node3"/></rule></rsc_location>'
    )


def of_set(role: str) -> str:
    refs = f'<resource_set id="some" role="{role}"><resource_ref id="led"/></resource_set>'
    return f'<rsc_location id="set" node="node3" score="-INFINITY">{refs}</rsc_location>'


def asked(constraints: str, folder: Path) -> View:
    return view(written(LED, constraints, running=EVERYWHERE), folder)


@pytest.mark.parametrize(("constraint", "promoted"), [
    *((wish("node3", "-INFINITY", role), True) for role in ("Promoted", "Master")),
    *((wish("node3", "-INFINITY", role), False) for role in ("Started", "Unpromoted", "Slave")),
    (ruled("Promoted"), True),
    (ruled("Started", 'role="Promoted"'), False),  # beside a rule the constraint's own role is nothing
    (of_set("Promoted"), True),
    (of_set("Unpromoted"), False),
])  # fmt: skip
def test_whom_a_ban_concerns_is_as_the_engine_has_it(constraint: str, promoted: bool, tmp_path: Path) -> None:
    known = asked(constraint, tmp_path)
    assert [ban.promoted for ban in known.monitor.bans] == [promoted]
    assert [bool(each.only) for each in known.cib.locations] == [promoted]


def test_where_it_is_to_be_promoted_is_told_and_is_no_owner(tmp_path: Path) -> None:
    constraints = wish("node3", "-INFINITY", "Promoted") + wish("node1", "70", "Master")
    read = seen(written(LED, constraints, running=EVERYWHERE), tmp_path)
    role = read.find(Role, "led")
    assert role
    told = [(each.code, dict(each.params)["node"]) for each in role.because]
    assert told == [("why-never-promoted", "node3"), ("why-promotion", "node1")]
    assert role.preferred_owners == ()
    assert {each.possible_owners for each in read.all(Resource)} == {None}


def test_settings_leave_it_where_it_is(tmp_path: Path) -> None:
    known = asked(wish("node3", "-INFINITY", "Promoted") + wish("node1", "70", "Promoted"), tmp_path)
    owners, preferred = SetResource("disk", (("possible_owners", "all"),)), SetRole("led", (("preferred_owners", ""),))
    assert [*settings.resource_settings(owners, known), *settings.role_settings(preferred, known)] == []
    assert settings.resource_done(owners, known).phase is Phase.SUCCEEDED
    assert settings.role_done(preferred, known).phase is Phase.SUCCEEDED
