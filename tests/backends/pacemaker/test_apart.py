"""Roles that are kept apart: which constraints follow from shared names, and that those of others stay theirs."""

from dataclasses import replace

from clusters.backends.pacemaker.apart import MUST, WISH, Distance
from clusters.backends.pacemaker.cib import Cib, Definition, read_cib
from clusters.domain.items import Role
from tests.backends.pacemaker.recorded import state, text

OTHERS = (
    '<rsc_colocation id="never-together" rsc="vm1" with-rsc="vm3" score="-INFINITY"/>'
    '<rsc_colocation id="together" rsc="vm1" with-rsc="vm2" score="INFINITY"/>'
    '<rsc_colocation id="spread" score="-50"><resource_set id="s"><resource_ref id="vm2"/><resource_ref id="vm3"/>'
    "</resource_set></rsc_colocation>"
)
PAIR = "console-apart-vm1--vm2"


def configured(cib: str, constraints: str = "", **names: str) -> str:
    """The recorded healthy cluster with more constraints, and names at its machines."""
    for role, value in names.items():
        pair = f'<nvpair id="{role}-apart" name="console-apart" value="{value}"/>'
        cib = cib.replace(f'<nvpair id="{role}-meta', f'{pair}<nvpair id="{role}-meta', 1)
    return cib.replace("</constraints>", f"{constraints}</constraints>")


def cluster(constraints: str = "", **names: str) -> Cib:
    return read_cib(configured(text("healthy.cib.xml"), constraints, **names))


def lines(role: str, value: str, cib: Cib, distance: Distance = WISH) -> list[str]:
    return [" ".join(argv) for argv in distance.write(role, value, cib)]


def test_one_constraint_for_each_pair_that_shares_a_name() -> None:
    setting, pairs = lines("vm1", "dc, sql", cluster(vm2="dc", vm3="web,sql"))
    assert setting.endswith("--set-parameter=console-apart --parameter-value=dc,sql")
    assert f'id="{PAIR}" rsc="vm1" with-rsc="vm2" score="-10000"' in pairs
    assert 'with-rsc="vm3"' in pairs


def test_the_first_with_a_name_has_nobody_to_be_kept_apart_from() -> None:
    assert len(lines("vm1", "dc", cluster())) == 1


def test_without_names_the_constraints_go() -> None:
    held = cluster(f'<rsc_colocation id="{PAIR}" rsc="vm2" with-rsc="vm1" score="-10000"/>', vm1="dc", vm2="dc")
    setting, gone = lines("vm1", "", held)
    assert setting.endswith("--delete-parameter=console-apart")
    assert gone.endswith(f'<rsc_colocation id="{PAIR}" />')


def test_it_holds_when_names_and_constraints_are_there() -> None:
    constraint = f'<rsc_colocation id="{PAIR}" rsc="vm1" with-rsc="vm2" score="-10000"/>'
    assert WISH.holds("vm1", "dc", cluster(constraint, vm1="dc", vm2="dc"))
    assert not WISH.holds("vm1", "dc", cluster(vm1="dc", vm2="dc"))
    assert not WISH.holds("vm1", "", cluster(constraint, vm1="dc", vm2="dc"))


def test_a_must_has_names_and_constraints_of_its_own() -> None:
    held = cluster(f'<rsc_colocation id="{PAIR}" rsc="vm2" with-rsc="vm1" score="-10000"/>', vm1="dc", vm2="dc")
    held = replace(held, definitions={name: named(each) for name, each in held.definitions.items()})
    setting, pair = lines("vm1", "sql", held, MUST)
    assert setting.endswith("--set-parameter=console-never-together --parameter-value=sql")
    assert 'id="console-never-together-vm1--vm2" rsc="vm1" with-rsc="vm2" score="-INFINITY"' in pair
    assert PAIR not in pair


def named(definition: Definition) -> Definition:
    """vm2 is never to run beside others called "sql"."""
    sql = {"console-never-together": "sql"} if definition.id == "vm2" else {}
    return replace(definition, meta={**definition.meta, **sql})


def test_constraints_of_others_are_shown_as_what_they_are_and_stay_theirs() -> None:
    seen = cluster(OTHERS, vm1="dc")
    assert [WISH.shown(role, seen) for role in ("vm1", "vm2", "vm3")] == [("dc",), ("spread",), ("spread",)]
    assert [MUST.shown(role, seen) for role in ("vm1", "vm2", "vm3")] == [
        ("never-together",), (), ("never-together",),
    ]  # fmt: skip
    assert MUST.against("vm1", "", seen).code == "colocation-of-others"
    assert not MUST.against("vm1", "never-together", seen)
    assert not [line for line in lines("vm1", "never-together", seen, MUST) if "rsc_colocation" in line]


def test_a_role_shows_what_it_is_kept_apart_by() -> None:
    found = state("healthy", cib=lambda cib: configured(cib, OTHERS, vm1="dc,sql")).find(Role, "vm1")
    assert found
    assert (found.anti_affinity, found.apart_always) == (("dc", "sql"), ("never-together",))
