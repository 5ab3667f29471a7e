"""Sets of named values in a CIB, as Pacemaker reads them: the highest score that knows a name wins, of equal scores the
last set, and a set may stand elsewhere and only be referred to. Pure.

What stands under a rule holds at times, or for some resources: working that out is the engine's business. Such names
are told apart, so that nobody takes them for set, or for not set.
"""

from clusters.backends.pacemaker.document import Element, number

OURS = "console-"  # begins the id of whatever we put there for a while
FIRST = "cib-bootstrap-options"  # of the cluster's options this set comes first, whatever its score


def pairs(element: Element | None, tag: str) -> dict[str, str]:
    """A resource's parameters, its meta attributes, a node's attributes. Ours, which hold only while one act takes, do
    not count: they are no settings."""
    found: dict[str, str] = {}
    for each in _sets(element, tag):
        for pair in each.iterfind("nvpair") if each.find("rule") is None else ():
            found.setdefault(pair.get("name", ""), pair.get("value", ""))
    return found


def ruled(element: Element | None, tag: str) -> frozenset[str]:
    """The names that a rule decides about."""
    sets = (each for each in _sets(element, tag) if each.find("rule") is not None)
    return frozenset(pair.get("name", "") for each in sets for pair in each.iterfind("nvpair"))


def figures(element: Element | None, tag: str) -> dict[str, int | None]:
    """A set of numbers; None for what is no number, and for what a rule decides about."""
    told: dict[str, int | None] = {name: number(value) for name, value in pairs(element, tag).items()}
    return told | dict.fromkeys(ruled(element, tag))


def refer(configuration: Element) -> None:
    """Give each set that only refers to another one that one's values."""
    references = [each for each in configuration.iter() if each.get("id-ref")]
    known = {each.get("id"): each for each in configuration.iter() if each.get("id")} if references else {}
    for each in references:
        meant = known.get(each.get("id-ref"))
        if meant is not None and meant.tag == each.tag:
            for name, value in meant.items():
                each.attrib.setdefault(name, value)
            # Without what is inside them: a set that refers to one around it would have no end.
            each.extend([Element(value.tag, value.attrib) for value in meant])


def _sets(element: Element | None, tag: str) -> list[Element]:
    lasting = [] if element is None else [each for each in element.findall(tag)[::-1] if not _is_ours(each)]
    return sorted(lasting, key=lambda each: (each.get("id") != FIRST, -(number(each.get("score")) or 0)))


def _is_ours(element: Element) -> bool:
    return (element.get("id") or "").startswith(OURS)
