"""The quorum in words: how many more nodes may be lost, and whether the witness helps."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clusters.domain.items import ClusterInfo, Witness, WitnessState
from clusters.presenters import words


@dataclass(frozen=True, slots=True)
class QuorumWords:
    """`sentence` is the answer, `witness` and `votes` are the evidence. `badness` 0, 2 or 4; 3 when unknown."""

    sentence: str
    badness: int
    witness: str
    witness_badness: int
    checked_at: datetime | None
    votes: str


def quorum_words(info: ClusterInfo | None, witness: Witness | None, old: bool = False) -> QuorumWords:
    """The answer first, then the evidence. `old`: nobody answers for the cluster, so nobody knows its quorum now."""
    unseen = info is None and witness is None
    if old:
        info, witness = None, replace(witness, state=WitnessState.UNKNOWN) if witness else None
    sentence, badness = _sentence(info)
    told, bad = ("", 0) if unseen else _witness(witness)
    votes = ""
    if info and info.votes:
        counted = ngettext("%(votes)s vote, %(needed)s needed", "%(votes)s votes, %(needed)s needed", info.votes)
        votes = counted % {"votes": info.votes, "needed": info.votes_needed}
    checked = witness.checked_at if witness and witness.state == "online" and witness.type != "none" else None
    return QuorumWords(sentence, badness, told, bad, checked, votes)


def _sentence(info: ClusterInfo | None) -> tuple[str, int]:
    if info is None or info.has_quorum is None:
        return _("Quorum unknown"), 3
    if not info.has_quorum:
        return _("No quorum: the cluster has stopped"), 4
    if info.forced:
        return _("Quorum was forced: only this part runs"), 2
    if info.survives <= 0:
        return _("Survives no loss: the next node failure stops it"), 2
    told = ngettext("Survives %(count)s more node", "Survives %(count)s more nodes", info.survives)
    return told % {"count": info.survives}, 0


def _witness(witness: Witness | None) -> tuple[str, int]:
    if witness is None or witness.type == "none":
        return _("No witness"), 0
    kind = words.word(words.WITNESSES, witness.type)
    if witness.state == "online":
        return _("Witness OK"), 0
    if witness.state == "unknown":
        return _("%(witness)s unknown") % {"witness": kind}, 3
    if witness.state == "failed":
        return _("%(witness)s failed") % {"witness": kind}, 2
    return _("%(witness)s offline") % {"witness": kind}, 2
