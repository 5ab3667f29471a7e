"""What every test stands on: a database in a file of its own, as the product has, so that threads may share it."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import translation
from pytest_django import DjangoDbBlocker

pytest_plugins = ["tests.chromium", "tests.lab.real"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, help="run only this one of the seeded storms (tests/simulation/test_storm.py)")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """SQLite tests in a temporary file: a database in memory locks its tables between threads."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """PostgreSQL drops no database that is in use, and the event loops of tests leave connections behind."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def no_language_left_behind() -> Iterator[None]:
    """A request in Dutch leaves its language in the thread; the next test would be told everything in it."""
    yield
    translation.deactivate()
