"""What failures lead to: what the console says, and what Pacemaker's own programs make of the same configuration."""

from pathlib import Path

import pytest

from clusters.backends.pacemaker.cib import read_cib
from clusters.backends.pacemaker.failing import limits
from clusters.domain.items import Resource, Role
from clusters.domain.messages import Message
from tests.backends.pacemaker.engine import dummy, in_force, meta, needs_pacemaker, pairs, seen, told, written
from tests.backends.pacemaker.recorded import state

pytestmark = needs_pacemaker

DEFAULTS = f"<rsc_defaults>{meta('rsc', failure_timeout=50, migration_threshold=5)}</rsc_defaults>"
RULED = (
    '<rsc_defaults><meta_attributes id="ruled"><rule id="r"><rsc_expression id="e" class="ocf"/></rule>'
    '<nvpair id="rt" name="migration-threshold" value="2"/></meta_attributes></rsc_defaults>'
)
TEMPLATE = (
    '<template id="mould" class="ocf" provider="pacemaker" type="Dummy">'
    f"{meta('mould', migration_threshold=7, failure_timeout=70)}</template>"
)


def codes(messages: tuple[Message, ...]) -> list[str]:
    """Each with its figure, if it has one."""
    facts = ((message.code, dict(message.params)) for message in messages)
    return [f"{code} {params.get('count') or params.get('seconds') or ''}".strip() for code, params in facts]


def of(role: str, cib: str, folder: Path) -> list[str]:
    found = seen(cib, folder).find(Role, role)
    assert found
    return codes(found.failing)


@pytest.mark.parametrize(("inside", "options", "expected"), [
    ("", {}, ["fails-stays", "fails-leaves-at-start", "failures-never-forgotten"]),
    ("", {"start-failure-is-fatal": "false"}, ["fails-stays", "fails-start-counts", "failures-never-forgotten"]),
    (meta("a", migration_threshold=3), {}, ["fails-leaves 3", "fails-leaves-at-start", "failures-never-forgotten"]),
    (meta("a", migration_threshold=1), {}, ["fails-leaves 1", "failures-never-forgotten"]),
    (meta("a", migration_threshold=0), {}, ["fails-stays-always", "failures-never-forgotten"]),
    (meta("a", migration_threshold="INFINITY", failure_timeout="2min"), {},
     ["fails-stays", "fails-leaves-at-start", "failures-forgotten 120"]),
    (meta("a", migration_threshold="few"), {}, ["fails-unknown", "failures-never-forgotten"]),
])  # fmt: skip
def test_what_failures_lead_to_is_said(
    inside: str, options: dict[str, str], expected: list[str], tmp_path: Path
) -> None:
    assert of("a", written(dummy("a", inside), options=options), tmp_path) == expected


def test_what_is_in_force_is_what_pacemaker_takes(tmp_path: Path) -> None:
    group = f'<group id="g">{meta("g", migration_threshold=3)}<primitive id="b" template="mould"/>{dummy("c")}</group>'
    own = f'<primitive id="a" template="mould">{meta("a", migration_threshold=8)}</primitive>'
    scored = "".join(
        f'<meta_attributes id="d{score}" score="{score}">{pairs(f"d{score}", {"migration-threshold": score})}'
        "</meta_attributes>" for score in (1, 2)
    )  # fmt: skip
    referring = dummy("e", '<meta_attributes id-ref="a-meta"/>')
    cib = written(TEMPLATE + own + group + dummy("d", scored) + referring + dummy("f"), defaults=DEFAULTS)
    ours, names = (
        read_cib(cib),
        [(each, name) for each in "abcdef" for name in ("migration-threshold", "failure-timeout")],
    )
    assert [ours.meta(*pair) for pair in names] == [in_force(cib, tmp_path, *pair) for pair in names]
    assert [limits(each, ours).threshold for each in "abcdef"] == [8, 7, 3, 2, 8, 5]


def test_what_a_rule_decides_is_not_taken_for_known(tmp_path: Path) -> None:
    told = of("a", written(dummy("a"), defaults=RULED), tmp_path)
    assert told == ["fails-unknown", "failures-never-forgotten"]
    nearer = of("a", written(dummy("a", meta("a", migration_threshold=4)), defaults=RULED), tmp_path)
    assert nearer[0] == "fails-leaves 4"


def test_a_group_speaks_for_its_resources_where_they_agree(tmp_path: Path) -> None:
    inner = dummy("one") + dummy("two")
    same = written(f'<group id="g">{meta("g", migration_threshold=2)}{inner}</group>')
    assert of("g", same, tmp_path)[0] == "fails-leaves 2"
    differing = written(f'<group id="g">{dummy("one", meta("one", migration_threshold=2))}{dummy("two")}</group>')
    assert of("g", differing, tmp_path) == ["fails-by-resource"]
    inside = seen(differing, tmp_path).find(Resource, "two")
    assert inside
    assert codes(inside.failing)[0] == "fails-stays"


@pytest.mark.parametrize("word", ["ignore", "block", "stop", "standby", "fence", "restart"])
def test_what_its_watch_may_lead_to_instead_is_said(word: str, tmp_path: Path) -> None:
    watch = f'<operations><op id="m" name="monitor" interval="10s" on-fail="{word}"/></operations>'
    told = of("a", written(dummy("a", watch)), tmp_path)
    assert (f"fails-{word}" in told) is (word != "restart")


def failed(threshold: object, count: object) -> str:
    """A start that failed on the node that it prefers."""
    counts = pairs("counts", {"fail-count-a#start_0": count, "last-failure-a#start_0": 1})
    return written(
        dummy("a", meta("a", migration_threshold=threshold)),
        '<rsc_location id="wish" rsc="a" node="node1" score="100"/>',
        transient={"node1": counts},
    )


@pytest.mark.parametrize(("threshold", "count", "said", "leaves"), [
    ("INFINITY", "INFINITY", "fails-leaves-at-start", True),
    ("0", "INFINITY", "fails-stays-always", False),
    ("3", "2", "fails-leaves 3", False),
    ("3", "3", "fails-leaves 3", True),
])  # fmt: skip
def test_the_scheduler_itself_does_what_is_said(
    threshold: str, count: str, said: str, leaves: bool, tmp_path: Path
) -> None:
    cib = failed(threshold, count)
    assert said in of("a", cib, tmp_path)
    plan = told(cib, tmp_path, "crm_simulate", "--run", f"--xml-file={tmp_path / 'cib.xml'}")
    assert ("node1 )" not in plan.split("Transition Summary")[1].splitlines()[1]) is leaves


def test_failures_that_count_are_told() -> None:
    found = state("vm-failed-1").find(Role, "vm1")
    assert found
    assert "failed-times 1" in codes(found.failing)


def test_a_role_that_its_wish_moves_back_says_so(tmp_path: Path) -> None:
    wish = '<rsc_location id="wish" rsc="a" node="node1" score="100"/>'
    free, kept = (written(dummy("a", meta("a", resource_stickiness=score)), wish) for score in (0, 200))
    assert [found.failback for cib in (free, kept) if (found := seen(cib, tmp_path).find(Role, "a"))] == [True, False]


def failing_move(task: str, on_fail: str, fencing: bool = True, defaults: str = "") -> str:
    """A machine that is to go from its node to another one, stopped or, by migrate_to, live."""
    live = str(task == "migrate_to").lower()
    said = f' on-fail="{on_fail}"' if on_fail else ""
    inside = f'<operations><op id="o" name="{task}" interval="0"{said}/></operations>'
    machine = dummy(
        "vm", meta("vm", allow_migrate=live) + inside, 'class="ocf" provider="heartbeat" type="VirtualDomain"'
    )
    return written(
        machine + dummy("device", kind='class="stonith" type="fence_dummy"'),
        '<rsc_location id="wish" rsc="vm" node="node2" score="INFINITY"/>',
        options={"stonith-enabled": str(fencing).lower()},
        defaults=f'<op_defaults>{meta("op", on_fail=defaults)}</op_defaults>' if defaults else "",
        running=(("vm", "node1"), ("device", "node3")),
    )  # fmt: skip


def after_failure(task: str, cib: str, folder: Path) -> str:
    """What the scheduler wants to do once that operation has failed."""
    file, then = folder / "cib.xml", folder / "then.xml"
    failure = (f"--op-fail=vm_{task}_0@node1=1", f"--save-output={then}")
    told(cib, folder, "crm_simulate", "--simulate", f"--xml-file={file}", *failure)
    return told(then.read_text(), folder, "crm_simulate", "--run", f"--xml-file={file}")


@pytest.mark.parametrize(("on_fail", "fencing", "defaults"), [
    ("", True, ""), ("fence", True, ""), ("standby", True, ""), ("stop", True, ""), ("demote", True, ""),
    ("block", True, ""), ("ignore", True, ""), ("restart", True, ""),
    ("", True, "block"), ("fence", True, "block"), ("", False, ""), ("fence", False, ""),
])  # fmt: skip
def test_a_stop_that_fails_is_said_to_fence_where_it_does(
    on_fail: str, fencing: bool, defaults: str, tmp_path: Path
) -> None:
    cib = failing_move("stop", on_fail, fencing, defaults)
    fences = "Fence (reboot) node1" in after_failure("stop", cib, tmp_path)
    assert ("stop-fails-fences" in of("vm", cib, tmp_path)) is fences


@pytest.mark.parametrize(("on_fail", "defaults", "then"), [
    ("", "", "Recover"), ("restart", "", "Recover"), ("stop", "", "Stop"),
    ("ignore", "", "Migrate"), ("block", "", ""), ("", "block", ""),
])  # fmt: skip
def test_a_live_migration_that_fails_is_said_to_cost_the_guest_where_it_does(
    on_fail: str, defaults: str, then: str, tmp_path: Path
) -> None:
    cib = failing_move("migrate_to", on_fail, True, defaults)
    plan = after_failure("migrate_to", cib, tmp_path).split("Transition Summary")[1]
    assert next((line.split()[1] for line in plan.splitlines() if " vm " in line), "") == then
    assert ("migration-fails-reboots" in of("vm", cib, tmp_path)) is (then in ("Recover", "Stop"))


def test_a_fencing_device_warns_of_nothing(tmp_path: Path) -> None:
    assert not {"stop-fails-fences", "migration-fails-reboots"} & set(of("device", failing_move("stop", ""), tmp_path))


def test_a_resource_warns_as_its_role_does(tmp_path: Path) -> None:
    inside = seen(failing_move("stop", ""), tmp_path).find(Resource, "vm")
    assert inside
    assert "stop-fails-fences" in codes(inside.failing)
