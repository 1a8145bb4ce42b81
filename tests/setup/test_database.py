"""Connections: PostgreSQL alone, by psycopg 3, in one role, never waiting for ever."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from licensing.database import connect, parse_url
from tests.bed import Urls


@pytest.mark.parametrize(
    "url",
    [
        "postgres://izin:p%40ss@db:5433/izin?sslmode=require",
        "postgresql://izin:p%40ss@db:5433/izin?sslmode=require",
        "postgresql+psycopg://izin:p%40ss@db:5433/izin?sslmode=require",
    ],
)
def test_every_spelling_of_an_address_is_spoken_to_by_psycopg(url: str) -> None:
    parsed = parse_url(url)
    assert parsed.drivername == "postgresql+psycopg"
    assert (parsed.host, parsed.port, parsed.database) == ("db", 5433, "izin")
    assert parsed.password == "p@ss"
    assert parsed.query == {"sslmode": "require"}


@pytest.mark.parametrize("url", ["sqlite:///izin.db", "mysql://db/izin", "izin", ""])
def test_anything_but_postgresql_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="write postgresql://user@host/name"):
        parse_url(url)


def test_an_error_never_carries_what_was_handed_to_its_statement(database_url: str) -> None:
    engine = connect(database_url)
    with engine.connect() as connection, pytest.raises(DBAPIError) as refused:
        connection.exec_driver_sql("SELECT 1 / length(%s) + nowhere", ("9999990101900001",))
    engine.dispose()

    assert "9999990101900001" not in str(refused.value)


class TestSession:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("role", "satupintu_app"),
            ("TimeZone", "UTC"),
            ("lock_timeout", "5s"),
            ("statement_timeout", "15s"),
            ("idle_in_transaction_session_timeout", "30s"),
            ("transaction_isolation", "read committed"),
        ],
    )
    def test_begins_with(self, name: str, value: str, fresh_database: Urls) -> None:
        engine = connect(fresh_database.app)
        with engine.connect() as connection:
            ask = text("SELECT current_setting(:name)")
            assert connection.scalar(ask, {"name": name}) == value
        engine.dispose()

    def test_keeps_its_role_whatever_the_address_asks(self, fresh_database: Urls) -> None:
        joint = "&" if "?" in fresh_database.owner else "?"
        asked = (
            f"{fresh_database.owner}{joint}options=-c%20role%3Dsatupintu_owner%20-c%20geqo%3Doff"
        )
        engine = connect(asked)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT current_user")) == "satupintu_app"
            assert connection.scalar(text("SHOW geqo")) == "off"
        engine.dispose()

    def test_ends_a_statement_that_takes_too_long(self, fresh_database: Urls) -> None:
        engine = connect(fresh_database.app, statement_timeout_ms=50)
        with engine.connect() as connection, pytest.raises(OperationalError, match="timeout"):
            connection.execute(text("SELECT pg_sleep(20)"))
        engine.dispose()

    def test_is_replaced_after_a_rest_when_the_server_cut_it(
        self, fresh_database: Urls, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("licensing.database._PING_AFTER_S", 0.0)
        engine = connect(fresh_database.app)
        with engine.connect() as connection:
            pid = connection.scalar(text("SELECT pg_backend_pid()"))
        owner = connect(fresh_database.app, role=None)
        with owner.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        owner.dispose()
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT pg_backend_pid()")) != pid
        engine.dispose()
