"""How many there are of something, in words that agree with the number: titles of the tree, captions, summaries."""

from django.utils.functional import Promise
from django.utils.translation import ngettext_lazy as counted

COUNTED: dict[str, Promise] = {
    "roles": counted("%(count)s role", "%(count)s roles", "count"),
    "nodes": counted("%(count)s node", "%(count)s nodes", "count"),
    "storage": counted("%(count)s disk", "%(count)s disks", "count"),
    "networks": counted("%(count)s network", "%(count)s networks", "count"),
    "events": counted("%(count)s error in the last day", "%(count)s errors in the last day", "count"),
    "operations": counted("%(count)s open operation", "%(count)s open operations", "count"),
    "objects": counted("%(count)s object", "%(count)s objects", "count"),
    "volumes": counted("%(count)s shared volume", "%(count)s shared volumes", "count"),
    "machines": counted("%(count)s virtual machine", "%(count)s virtual machines", "count"),
}
"""By the name of the page that lists them, where there is one."""


def told(what: str, count: int) -> str:
    """So many of them: "1 role", "12 roles"."""
    return str(COUNTED[what] % {"count": count})
