"""Lengths of time as people say them: "22 min 45 s", "30 min", "1.4 s". Every duration on a page is written here.

The longer it is, the coarser it is told: beyond ten minutes nobody counts single seconds, beyond a day no minutes.
"""

from datetime import timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3600, 86400
STEPS = ((10 * MINUTE, 1), (HOUR, 5), (DAY, MINUTE))
"""Below so many seconds it is told to so many seconds; from there on to the hour."""

IN_SECONDS = {"seconds": 1.0, "blackout_ms": 0.001}
"""Parameters of messages and events that are lengths of time, and how long one of theirs is."""


def duration(span: timedelta | float) -> str:
    """A length of time, given as such or in seconds, in the two largest units that matter."""
    seconds = span.total_seconds() if isinstance(span, timedelta) else span
    if seconds < 10:
        return _brief(seconds)
    step = next((step for below, step in STEPS if seconds < below), HOUR)
    whole = int(seconds / step + 0.5) * step
    figures = (whole // DAY, whole % DAY // HOUR, whole % HOUR // MINUTE, whole % MINUTE)
    words = (_("%(figure)s d"), _("%(figure)s h"), _("%(figure)s min"), _("%(figure)s s"))
    return " ".join(word % {"figure": figure} for word, figure in zip(words, figures, strict=True) if figure)


def parameter(name: str, value: str) -> str:
    """A parameter of a message as its sentence shows it: in words where it is a length of time, else as it is."""
    try:
        return duration(float(value) * IN_SECONDS[name]) if name in IN_SECONDS else value
    except ValueError:
        return value


def _brief(seconds: float) -> str:
    """Where a fraction of a second decides."""
    if 0 < seconds < 1:
        return _("%(figure)s ms") % {"figure": int(seconds * 1000 + 0.5)}
    tenths = int(seconds * 10 + 0.5)
    return _("%(figure)s s") % {"figure": number_format(tenths / 10, 0 if tenths % 10 == 0 else 1)}
