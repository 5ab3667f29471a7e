"""Which columns a person does not want to see in lists of a kind: kept with the person, whichever browser he uses."""

from collections.abc import Collection

from django.contrib.auth.models import User

from clusters.models import HiddenColumns


def hidden(user: User, kind: str) -> frozenset[str]:
    """The names of these columns; none for who did not choose."""
    stored = HiddenColumns.objects.filter(user=user, kind=kind).values_list("names", flat=True).first()
    return frozenset(stored or ())


def hide(user: User, kind: str, names: Collection[str]) -> None:
    """From now on the person does not see these."""
    HiddenColumns.objects.update_or_create(user=user, kind=kind, defaults={"names": list(names)})
