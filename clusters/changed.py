"""What changed since a position: every row carries the number of its last change, so the tables are their own log.

One statement for all tables, put together once: each page asks it at each commit.
"""

from collections.abc import Mapping
from functools import cache

from django.db import connection
from django.db.models import Model

from clusters import mapping
from clusters.models import LogEntry, Operation, Source

SOURCE = "source"
"""Not a kind of object: a source of the cluster fell silent or answers again."""

Changed = Mapping[str, Mapping[str, bool]]
"""By kind: the keys, and whether the object is gone."""

_LASTING: dict[str, tuple[type[Model], str]] = {
    "operation": (Operation, "key"),
    "event": (LogEntry, "id"),
    SOURCE: (Source, "name"),
}
"""What carries a number too and is never gone, with the column that names it."""


def since(cluster: int, seq: int) -> Changed:
    """Everything of a cluster that has a higher number."""
    statement, tables = _statement()
    found: dict[str, dict[str, bool]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, [cluster, seq] * tables)
        for kind, key, gone in cursor.fetchall():
            found.setdefault(kind, {})[key] = bool(gone)
    return found


@cache
def _statement() -> tuple[str, int]:
    """The union of all tables, and how many they are."""
    quote = connection.ops.quote_name
    observed = [(each.item.kind, each.model, quote("key"), quote("gone")) for each in mapping.mappings()]
    lasting = [
        # As text: PostgreSQL refuses a union of numbers and texts.
        (kind, model, f"CAST({quote(column)} AS varchar(255))", "FALSE")
        for kind, (model, column) in _LASTING.items()
    ]
    selects = [
        # Kinds, tables and columns are our own words; values are parameters.
        f"SELECT '{kind}', {key}, {gone} FROM {quote(model._meta.db_table)} WHERE cluster_id = %s AND seq > %s"  # noqa: S608
        for kind, model, key, gone in (*observed, *lasting)
    ]
    return " UNION ALL ".join(selects), len(selects)
