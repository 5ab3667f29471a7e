"""What `DATABASE_URL` turns into."""

import pytest

from clustermgr import databases


def test_sqlite_takes_its_lock_at_the_start_of_a_transaction() -> None:
    options = databases.configuration("sqlite:////tmp/console.sqlite3")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]


def test_what_is_committed_survives_a_power_cut() -> None:
    assert "synchronous=FULL" in databases.configuration("sqlite:////tmp/console.sqlite3")["OPTIONS"]["init_command"]


def test_postgresql_has_a_pool() -> None:
    assert databases.configuration("postgres://console@127.0.0.1/console")["OPTIONS"]["pool"]["max_size"] > 1


@pytest.mark.parametrize("url", ["sqlite:////tmp/console.sqlite3", "postgres://console@127.0.0.1/console"])
def test_no_connection_outlives_its_request(url: str) -> None:
    assert databases.configuration(url)["CONN_MAX_AGE"] == 0


def test_it_keeps_the_options_of_the_address() -> None:
    database = databases.configuration("postgres://console@127.0.0.1/console?sslmode=require")
    assert database["OPTIONS"]["sslmode"] == "require"


def test_it_refuses_an_engine_that_was_never_tried() -> None:
    with pytest.raises(ValueError, match="not mysql"):
        databases.configuration("mysql://console@127.0.0.1/console")
