"""What may be done with what is selected, for the actions pane and the context menu."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from clusters.domain.keys import Key
from clusters.models import Cluster
from clusters.permissions import Audience
from clusters.presenters import details
from clusters.presenters.menu import Acts, present_acts
from clusters.views.frame import UserRequest, tier_of

MOST = 1000
"""Objects one act may be asked for at once."""


def acts_of(
    request: UserRequest, cluster: Cluster, audience: Audience, kind: str, ids: Sequence[str], pane: bool = True
) -> Acts:
    """The acts for one kind of object; without a selection the pane says so."""
    keys = [Key(kind, each) for each in ids[:MOST]]
    title, word = _title(cluster, kind, ids)
    return present_acts(cluster, keys, tier_of(audience, cluster), title, word, pane)


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
    return details.title(about), mark.word if mark else ""
