"""Writes many observed rows with one prepared statement: thousands of objects may change in one commit.

Django's bulk_create would build a model instance for each row and prepare each value by itself, ten times as slow.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from django.db import connection

from clusters.domain.items import Item
from clusters.mapping import Mapping
from clusters.models import Observed

OURS = ("cluster", "seq", "source", "gone")


def upsert(mapping: Mapping, cluster_id: int, seq: int, items: Iterable[tuple[Item, str]]) -> None:
    """Insert or replace the rows of these items, each with the source it comes from."""
    rows = [(cluster_id, seq, source, False, *mapping.values(item)) for item, source in items]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_statement(mapping.model, mapping.columns), rows)


@cache
def _statement(model: type[Observed], columns: Sequence[str]) -> str:
    """One row of the model, whether it is there already or not."""
    fields = (model._meta.get_field(column) for column in (*OURS, *columns))
    names = [connection.ops.quote_name(str(getattr(field, "column", ""))) for field in fields]
    one = [connection.ops.quote_name(column) for column in ("cluster_id", "key")]
    renewed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in one)
    holders = ", ".join(["%s"] * len(names))
    table = connection.ops.quote_name(model._meta.db_table)
    # Every name is a column of our own models, every value a parameter.
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({holders}) "  # noqa: S608
        f"ON CONFLICT ({', '.join(one)}) DO UPDATE SET {renewed}"
    )
