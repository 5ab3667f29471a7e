"""What an act on many objects would do to each: from what to what, and what is refused or stays as it is, and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from clusters import connections, permissions, snapshots
from clusters.domain import actions
from clusters.domain.action import Action, Tier
from clusters.domain.keys import Key
from clusters.domain.messages import say
from clusters.models import Cluster, Observed
from clusters.presenters import actwords, words
from clusters.presenters.current import current, value_text
from clusters.presenters.rows import names_of
from clusters.presenters.sentences import sentence


@dataclass(frozen=True, slots=True)
class Setting:
    """One value that the act asks for: as it is, and as it will be ("" while that is not known)."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """One object. `reason`: why it is refused; "" where it is not."""

    row: Observed
    key: Key
    reason: str
    settings: tuple[Setting, ...]

    @property
    def stays(self) -> bool:
        """Whether it is all this already, so that there is nothing to ask for."""
        return not self.reason and bool(self.settings) and all(each.before == each.after for each in self.settings)


@dataclass(frozen=True, slots=True)
class Preview:
    """Every object that was chosen, once."""

    lines: tuple[Line, ...]

    @property
    def changing(self) -> list[Line]:
        return [line for line in self.lines if not line.reason and not line.stays]

    @property
    def staying(self) -> list[Line]:
        return [line for line in self.lines if line.stays]

    @property
    def refused(self) -> list[Line]:
        return [line for line in self.lines if line.reason]

    @property
    def because(self) -> list[tuple[str, int]]:
        """Each reason with the number of objects that it refuses, the commonest first."""
        return Counter(line.reason for line in self.refused).most_common()


def preview(
    request: HttpRequest, action: Action, rows: Sequence[Observed], answers: Mapping[str, str] | None
) -> Preview:
    """The objects of one or more clusters; `answers` is None before the act's questions are answered."""
    clusters = {row.cluster_id: row.cluster for row in rows}
    return Preview(tuple(line for each in clusters.values() for line in _of_one(request, action, each, rows, answers)))


def _of_one(
    request: HttpRequest,
    action: Action,
    cluster: Cluster,
    rows: Sequence[Observed],
    answers: Mapping[str, str] | None,
) -> list[Line]:
    mine = {Key("role", row.key): row for row in rows if row.cluster_id == cluster.pk}
    state = snapshots.current(cluster.pk).state
    names = names_of(state)
    denied = permissions.refusal(request.user, cluster)
    # As an operator: that somebody is none is one reason for all, and told before what the cluster says of each.
    entry = actions.judge(action, state, list(mine), Tier.OPERATOR, connections.capabilities(cluster))
    reasons = {key: say("not-for-this-role") for key in mine if not action.applies(state, key)} | dict(entry.refuses)

    def settings(key: Key) -> tuple[Setting, ...]:
        return tuple(
            Setting(
                words.word(actwords.QUESTIONS, question.name),
                value_text(question, action, current(question, action, state, [key]), names),
                "" if answers is None else value_text(question, action, answers.get(question.name), names),
            )
            for question in action.questions
            if answers is None or question.name in answers or not question.optional
        )

    return [Line(row, key, sentence(denied or reasons.get(key), names), settings(key)) for key, row in mine.items()]
