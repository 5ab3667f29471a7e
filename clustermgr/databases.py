"""How the console uses a database, whichever `DATABASE_URL` names.

SQLite serves one process, PostgreSQL many; the code above is the same. Connections are never kept between
requests (under ASGI each request may run in another thread, and kept connections would leak): PostgreSQL gets a pool.
"""

from typing import Any

import dj_database_url

# Everybody who writes to SQLite writes in turn; the largest commits (8,000 objects at once) take seconds.
SQLITE_LOCK_WAIT_SECONDS = 20
# Requests run in threads, each with a connection of its own; a server takes a hundred by default, from all processes.
POSTGRESQL_POOL_SIZE = 20
POSTGRESQL_POOL_WAIT_SECONDS = 10


def configuration(url: str) -> dict[str, Any]:
    """Django's description of the database at `url`; raises ValueError for an engine that was never tried."""
    database: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=0))
    engine = str(database["ENGINE"]).rpartition(".")[2]
    if engine not in _OPTIONS:
        raise ValueError(f"DATABASE_URL: use sqlite:///path or postgres://…, not {engine}")
    database["OPTIONS"] = {**database.get("OPTIONS", {}), **_OPTIONS[engine]}
    return database


_OPTIONS: dict[str, dict[str, Any]] = {
    # A transaction that will write takes its lock at the start: waiting there works, upgrading half way does not.
    # Readers never wait for a writer (WAL). What is committed survives a power cut (FULL, some milliseconds each): an
    # intent that was acted on and then forgotten would be carried out twice, and a number given out twice.
    "sqlite3": {
        "transaction_mode": "IMMEDIATE",
        "timeout": SQLITE_LOCK_WAIT_SECONDS,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    },
    "postgresql": {
        "pool": {"min_size": 1, "max_size": POSTGRESQL_POOL_SIZE, "timeout": POSTGRESQL_POOL_WAIT_SECONDS},
    },
}
