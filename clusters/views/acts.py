"""What may be done with what is selected, for the actions pane and the context menu."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from clusters.domain.keys import Key
from clusters.models import Cluster
from clusters.permissions import Audience
from clusters.presenters import details
from clusters.presenters.listing import find
from clusters.presenters.lists import KINDS, parse_spec
from clusters.presenters.menu import Acts, present_acts
from clusters.views.frame import UserRequest, tier_of

MOST = 900
"""Objects one act may be asked for at once: Django takes a thousand fields of a form."""


def acts_of(
    request: UserRequest, cluster: Cluster, audience: Audience, kind: str, ids: Sequence[str], pane: bool = True
) -> Acts:
    """The acts for one kind of object; without a selection the pane says so."""
    title, word = _title(cluster, kind, ids)
    meant = [Key(kind, each) for each in ids[:MOST]]
    if matching := beyond(request, cluster, kind):
        title = _("The first %(count)s of %(all)s") % {"count": MOST, "all": matching}
    return present_acts(cluster, meant, tier_of(audience, cluster), title, word, pane, every(request, kind))


def every(request: UserRequest, kind: str) -> str:
    """The filter that stands for the objects where all that match it are meant, else nothing."""
    if "all" not in request.GET or kind not in KINDS:
        return ""
    said = {name: request.GET[name] for name in ("q", "chip") if request.GET.get(name)}
    return urlencode({"kind": kind, "all": "1", **said})


def asked_for(request: UserRequest, cluster: Cluster, kind: str, name: str = "key") -> list[str]:
    """Ids of the objects meant: posted, or all that match the filter (counted here, not in the window), or named."""
    # What is posted are the objects that the dialog showed: what is done is what was read (decision 0009).
    if posted := request.POST.getlist("key"):
        return posted[:MOST]
    if every(request, kind):
        spec = replace(parse_spec(kind, request.GET), offset=0, limit=MOST)
        return list(find(cluster, spec).keys)
    return request.GET.getlist(name)[:MOST]


def beyond(request: UserRequest, cluster: Cluster, kind: str) -> int:
    """How many match the filter where all that match are meant, if one act cannot reach them all; else 0."""
    if not every(request, kind):
        return 0
    matching = find(cluster, parse_spec(kind, request.GET)).matching
    return matching if matching > MOST else 0


def _title(cluster: Cluster, kind: str, ids: Sequence[str]) -> tuple[str, str]:
    if len(ids) > 1:
        return _("%(count)s selected") % {"count": len(ids)}, ""
    if not ids:
        return "", ""
    if kind == "cluster":
        return cluster.name, ""
    about = details.subject(cluster, kind, ids[0])
    if about is None:
        return ids[0], _("gone")
    mark = details.mark(about)
    word = mark.word if mark else ""
    if kind == "role" and about.item.owner:
        node = about.names.get(about.item.owner, about.item.owner)
        word = _("%(state)s on %(node)s") % {"state": word, "node": node}
    return details.title(about), word
