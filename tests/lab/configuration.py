"""A cluster's configuration as lines that can be compared, so that whatever somebody left there is told with its place.
Pure.
"""

import re
from collections import Counter
from collections.abc import Iterator

from clusters.backends.pacemaker.document import Element, parse

LABEL = re.compile(r'"(console-[^"]*)"')
CONTAINERS = frozenset({"instance_attributes", "meta_attributes", "utilization", "cluster_property_set", "acls"})
"""Sets count by what they hold: Pacemaker keeps them when the last of it goes."""
OWN_NOTE = "last-lrm-refresh"
"""Pacemaker's own, of the last clean-up."""


def lines(cib: str) -> Counter[str]:
    """Everything that is configured, a line for each element: the way to it, then its attributes. In what order things
    stand beside each other is not told."""
    configuration = parse(cib, "cib").find("configuration")
    assert configuration is not None
    return Counter(line for section in configuration for line in _below(section, ""))


def labels(cib: str) -> set[str]:
    """All ids, names and values that say they are the console's, in the status, too."""
    return set(LABEL.findall(cib))


def left(before: str, after: str) -> list[str]:
    """What the second has too much, with a plus, and too little, with a minus; nothing where they say the same."""
    had, has = lines(before), lines(after)
    told = [f"- {line}" for line in (had - has).elements()] + [f"+ {line}" for line in (has - had).elements()]
    return sorted(told, key=lambda line: line[2:]) + sorted(f"+ {label}" for label in labels(after) - labels(before))


def _below(element: Element, way: str) -> Iterator[str]:
    if element.get("name") == OWN_NOTE or (element.tag in CONTAINERS and not len(element)):
        return
    here = f"{way}/{element.tag}" + (f"[{element.get('id')}]" if element.get("id") else "")
    says = (f'{name}="{value}"' for name, value in sorted(element.items()) if name != "id")
    yield " ".join([here, *says, *filter(None, [(element.text or "").strip()])])
    for child in element:
        yield from _below(child, here)
