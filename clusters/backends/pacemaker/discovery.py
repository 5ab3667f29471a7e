"""On which nodes Pacemaker looks for a resource at all: a location constraint may say that it never does on a node, or
that it does on some nodes only (resource-discovery). What is not looked for there stays unknown for ever. Pure.
"""

from collections.abc import Iterator

from clusters.backends.pacemaker.views import View

NEVER, EXCLUSIVE = "never", "exclusive"


def is_looked_for(resource: str, node: str, view: View) -> bool:
    """Whether Pacemaker finds out by itself if the resource runs on that node, by name. A constraint that stands at
    a group counts for what is inside it."""
    found = view.locations(_outwards(resource, view))
    here = {each.discovery for each in found if each.node == node}
    if any(each.discovery == EXCLUSIVE for each in found if each.node):
        return EXCLUSIVE in here
    return NEVER not in here


def _outwards(resource: str, view: View) -> Iterator[str]:
    seen: set[str] = set()
    while resource and resource not in seen:  # a configuration that goes in circles ends here
        seen.add(resource)
        yield resource
        definition = view.cib.definitions.get(resource)
        resource = definition.around if definition else ""
