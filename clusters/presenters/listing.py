"""What belongs to a list, asked of where its objects are: observed ones of the state in memory, which is the same in
every process; requests and events, of which there is no end, of their tables.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Model, Q, QuerySet

from clusters import models
from clusters.domain.keys import Key
from clusters.presenters.headcount import headcount
from clusters.presenters.lists import KINDS, Chip, ListSpec
from clusters.presenters.roster import ROSTERS
from clusters.presenters.summary import state_of

STORED: dict[str, tuple[type[Model], str]] = {"event": (models.LogEntry, "pk"), "operation": (models.Operation, "key")}
"""Kinds that only the database has, with the column that names a row for life."""


@dataclass(frozen=True, slots=True)
class Found:
    """The keys of a window in order, and how many match in all."""

    keys: tuple[str, ...]
    matching: int


def find(cluster: models.Cluster, spec: ListSpec) -> Found:
    """What the list shows. A window beyond the end is the first one."""
    return _stored(cluster, spec) if spec.kind in STORED else _observed(cluster, spec)


def rows(cluster: models.Cluster, kind: str, keys: Iterable[str]) -> Mapping[str, Any]:
    """Objects by key, as far as they are there: items of the domain, or the stored rows."""
    if kind in STORED:
        column = STORED[kind][1]
        found = _table(cluster, kind).filter(**{f"{column}__in": tuple(keys)})
        return {str(getattr(row, column)): row for row in found}
    items = state_of(cluster).kinds.get(kind, {})
    return {key: items[Key(kind, key)] for key in keys if Key(kind, key) in items}


def every(cluster: models.Cluster, spec: ListSpec) -> tuple[str, ...]:
    """The keys of all observed objects that match, in order."""
    roster = ROSTERS.of(cluster.pk, spec, state_of(cluster))
    return roster.keys(replace(spec, offset=0, limit=len(roster.ranks)))


def stored(cluster: models.Cluster, spec: ListSpec) -> QuerySet[Any]:
    """All rows that match, in order, of a kind that only the database has."""
    kind, chip = KINDS[spec.kind], spec.chosen
    queried = reduce(or_, (Q(**{f"{field}__icontains": spec.query}) for field in kind.search)) if spec.query else Q()
    return _table(cluster, spec.kind).filter(queried, _under(chip) if chip else Q()).order_by(*_order(spec))


def counts(cluster: models.Cluster, spec: ListSpec) -> tuple[tuple[Chip, int], ...]:
    """How many of all rows each chip would show, worst kinds first; empty ones are left out."""
    chips = KINDS[spec.kind].chips
    if spec.kind in STORED:
        base = _table(cluster, spec.kind)
        found = {chip.name: base.filter(_under(chip)).count() for chip in chips}
    else:
        found = headcount(cluster.pk, state_of(cluster)).chips if chips else {}
    return tuple((chip, found[chip.name]) for chip in chips if found[chip.name] or chip.name == spec.chip)


def total(cluster: models.Cluster, kind: str) -> int:
    """How many there are without any filter."""
    if kind in STORED:
        return _table(cluster, kind).count()
    state = state_of(cluster)
    return headcount(cluster.pk, state).total if kind == "role" else len(state.kinds.get(kind, {}))


def _observed(cluster: models.Cluster, spec: ListSpec) -> Found:
    roster = ROSTERS.of(cluster.pk, spec, state_of(cluster))
    matching = len(roster.ranks)
    return Found(roster.keys(_within(spec, matching)), matching)


def _stored(cluster: models.Cluster, spec: ListSpec) -> Found:
    found = stored(cluster, spec)
    matching = found.count()
    shown = _within(spec, matching)
    keys = found.values_list(STORED[spec.kind][1], flat=True)
    return Found(tuple(map(str, keys[shown.offset : shown.offset + shown.limit])), matching)


def _within(spec: ListSpec, matching: int) -> ListSpec:
    return replace(spec, offset=0) if spec.offset >= matching else spec


def _table(cluster: models.Cluster, kind: str) -> QuerySet[Any]:
    return STORED[kind][0]._default_manager.filter(cluster=cluster)


def _under(chip: Chip) -> Q:
    return Q(**{f"{chip.field}__in": chip.values})


def _order(spec: ListSpec) -> tuple[str, ...]:
    if not spec.is_turned:
        return spec.order
    return tuple(name.removeprefix("-") if name.startswith("-") else f"-{name}" for name in spec.order)
