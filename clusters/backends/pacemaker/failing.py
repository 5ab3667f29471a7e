"""What Pacemaker does when a resource fails, from the values in force: after how many failures it leaves its node, when
failures are forgotten, and what happens at once. Pure.

FCM's failover threshold and period have no counterpart here: Pacemaker counts failures on each node, and unless
somebody has set a limit it never leaves a node for them and never forgets them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clusters.backends.pacemaker.cib import Cib
from clusters.backends.pacemaker.document import number, seconds, truth
from clusters.backends.pacemaker.monitor import Unit
from clusters.backends.pacemaker.views import View
from clusters.domain.messages import Message, say
from clusters.domain.upkeep import INFINITY

THRESHOLD, FORGET, FATAL = "migration-threshold", "failure-timeout", "start-failure-is-fatal"
FENCING = "stonith-enabled"
OTHERWISE = {
    "ignore": say("fails-ignore"),
    "block": say("fails-block"),
    "demote": say("fails-demote"),
    "stop": say("fails-stop"),
    "standby": say("fails-standby"),
    "fence": say("fails-fence"),
}
"""What on-fail of its monitor may ask for instead of a restart."""
SPARES_NODE = ("block", "ignore", "restart")
"""What on-fail of a stop may ask for, if its node is not to be fenced: Pacemaker takes no other word for a stop."""
STAYS = ("block", "ignore")
"""What on-fail of migrate_to may ask for, if the guest is to run on where it is."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one resource. `threshold` 0 is Pacemaker's own "never", whatever fails; INFINITY a limit that nothing but a
    failed start reaches. `forget_s` 0: never. None: not to be read from here, `unsure` names the meta attributes."""

    threshold: int | None
    forget_s: int | None
    unsure: tuple[str, ...] = ()
    otherwise: str = ""


def limits(resource: str, cib: Cib) -> Limits:
    """What is in force for a resource, or for all instances of a clone of it."""
    threshold = _number(cib.meta(resource, THRESHOLD) or "INFINITY")
    forget = seconds(cib.meta(resource, FORGET) or "0")
    known = {THRESHOLD: threshold, FORGET: forget}
    unsure = tuple(name for name, value in known.items() if value is None or cib.is_by_rule(resource, name))
    threshold, forget = (None if name in unsure else value for name, value in known.items())
    return Limits(threshold, forget, unsure, on_fail(resource, "monitor", cib))


def of_resource(resource: str, view: View) -> tuple[Message, ...]:
    """In words: of a resource, or of an instance."""
    mine = resource.partition(":")[0]
    return (*_told(limits(mine, view.cib), view), *_dearer([mine], view), *_counted([mine], view))


def of_role(unit: Unit, view: View) -> tuple[Message, ...]:
    """As of its resources, where one thing can be said of all; else that each has its own."""
    members = list(dict.fromkeys(member.id.partition(":")[0] for member in unit.members))
    found = {limits(member, view.cib) for member in members}
    told = _told(found.pop(), view) if len(found) == 1 else [say("fails-by-resource")] if found else []
    return (*told, *_dearer(members, view), *_counted(members, view))


def on_fail(resource: str, task: str, cib: Cib) -> str:
    """What is asked for where that operation on a resource fails; "" is Pacemaker's own choice, and what a rule decides
    is not counted on."""
    definition = cib.definitions.get(resource)
    usual = "" if "on-fail" in cib.op_defaults_by_rule else cib.op_defaults.get("on-fail", "")
    return (definition.on_fail.get(task, "") if definition else "") or usual


def _told(known: Limits, view: View) -> Iterator[Message]:
    yield from (say("fails-unknown", name=name) for name in known.unsure)
    if known.otherwise in OTHERWISE:
        yield OTHERWISE[known.otherwise]
    if known.threshold == 0:
        yield say("fails-stays-always")
    elif known.threshold is not None:
        yield from _leaving(known.threshold, truth(view.cib.options.get(FATAL, "true")) is not False)
    if known.forget_s is not None:
        yield say("failures-forgotten", seconds=known.forget_s) if known.forget_s else say("failures-never-forgotten")


def _leaving(threshold: int, fatal: bool) -> Iterator[Message]:
    yield say("fails-stays") if threshold >= INFINITY else say("fails-leaves", count=threshold)
    if threshold > 1:
        yield say("fails-leaves-at-start" if fatal else "fails-start-counts")


def _dearer(resources: Iterable[str], view: View) -> Iterator[Message]:
    """Failures that cost more than the resource: a stop its node, a live migration its guest."""
    cib = view.cib
    known = [each for each in map(cib.definitions.get, resources) if each and not each.agent.startswith("stonith:")]
    # As the engine itself has it, where it says so: a rule may decide about the option.
    fences = truth((dict(view.monitor.options).get(FENCING) or cib.options.get(FENCING, "true")).lower()) is not False
    if fences and any(on_fail(each.id, "stop", cib) not in SPARES_NODE for each in known):
        yield say("stop-fails-fences")
    live = [each.id for each in known if truth(cib.meta(each.id, "allow-migrate").lower())]
    if any(on_fail(each, "migrate_to", cib) not in STAYS for each in live):
        yield say("migration-fails-reboots")


def _counted(members: Iterable[str], view: View) -> Iterator[Message]:
    """How often each has failed where, as far as that still counts."""
    for (node, resource), failed in sorted(view.monitor.fail_counts.items()):
        count = number(failed.count)
        if resource.partition(":")[0] in members and count:
            if count >= INFINITY:
                yield say("failed-for-good", resource=resource, node=node)
            else:
                yield say("failed-times", resource=resource, node=node, count=count)


def _number(text: str) -> int | None:
    """A threshold; less than none is not one that Pacemaker promises anything about."""
    found = number(text)
    return None if found is None or found < 0 else min(found, INFINITY)
