"""Which columns a person does not want to see in lists of a kind: kept with the person, whichever browser he uses."""

from collections.abc import Collection

from clusters.models import HiddenColumns
from clusters.permissions import User


def hidden(user: User, kind: str) -> frozenset[str]:
    """The names of these columns; none for who did not choose."""
    stored = HiddenColumns.objects.filter(user_id=user.pk, kind=kind).values_list("names", flat=True).first()
    return frozenset(stored or ())


def hide(user: User, kind: str, names: Collection[str]) -> None:
    """From now on the person does not see these."""
    HiddenColumns.objects.update_or_create(user_id=user.pk, kind=kind, defaults={"names": list(names)})
