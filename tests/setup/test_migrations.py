"""Migrations: whole or not at all, one at a time, by the owner, and equal to the models."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import alembic.command
import pytest
from sqlalchemy import Connection, Engine, text

from licensing.database import OWNER_ROLE, connect
from licensing.models import metadata
from migrations.roles import LOCK, ensure_roles
from tests.bed import Server, Urls
from tests.factories import broken_promises, make_house, make_runtime
from tests.setup.processes import program, wait_for
from web.cli.migrate import alembic_config, check, upgrade

FIRST = "0001"
LATER = {
    "alert_preference", "bill", "business_field", "counter_window", "deputy", "fee_assessment",
    "kept_file", "letter_template", "office_channel", "office_event", "online_account",
    "online_code", "online_draft", "online_file", "online_session", "opening", "payment",
    "queue_day", "queue_group", "queue_setting", "recompute", "recompute_moved", "reference_import",
    "refused_file", "region", "service_state", "sop_draft", "tariff_price", "ticket",
    "ticket_event", "time_correction", "visit", "window_group", "window_seat",
}  # fmt: skip
"""The tables that came after the first version."""

MIGRATE = "import os; from web.cli.migrate import upgrade; upgrade(os.environ['OWNER'])"


@pytest.fixture
def owner(empty_database: Urls) -> Iterator[Connection]:
    engine = connect(empty_database.owner, role=None, lock_timeout_ms=0)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def tables(connection: Connection) -> dict[str, str]:
    """Return each table and its owner."""
    rows = connection.execute(
        text("SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'public'")
    )
    found = {str(row.tablename): str(row.tableowner) for row in rows}
    connection.rollback()
    return found


def test_the_tables_are_what_the_models_say(fresh_database: Urls) -> None:
    check(fresh_database.owner)


def test_every_table_belongs_to_the_owner(empty_database: Urls, owner: Connection) -> None:
    upgrade(empty_database.owner)
    assert set(tables(owner).values()) == {"satupintu_owner"}


def test_a_second_run_changes_nothing(empty_database: Urls, owner: Connection) -> None:
    upgrade(empty_database.owner)
    before = tables(owner)
    upgrade(empty_database.owner)
    assert tables(owner) == before


def test_two_at_once_wait_for_each_other(empty_database: Urls, owner: Connection) -> None:
    environment = {"OWNER": empty_database.owner}
    with program(MIGRATE, environment) as one, program(MIGRATE, environment) as two:
        assert one.ends(60) == 0, one.text
        assert two.ends(60) == 0, two.text
    check(empty_database.owner)
    assert tables(owner)


def test_a_migration_waits_while_somebody_else_migrates(
    empty_database: Urls, owner: Connection
) -> None:
    owner.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
    owner.commit()
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")

    def waits() -> bool:
        found = bool(owner.scalar(waiting))
        owner.rollback()
        return found

    with program(MIGRATE, {"OWNER": empty_database.owner}) as other:
        wait_for(waits, "the migration stands in the queue")
        assert tables(owner) == {}
        owner.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
        owner.commit()
        assert other.ends(60) == 0, other.text
    assert tables(owner)


def test_one_that_is_killed_leaves_nothing_and_runs_again(
    empty_database: Urls, owner: Connection
) -> None:
    # Somebody making the last table at the same moment holds the migration up near its end.
    last = metadata.sorted_tables[-1].name
    owner.execute(text(f"CREATE TABLE {last} (n integer)"))
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with program(MIGRATE, {"OWNER": empty_database.owner}) as cut:
        wait_for(lambda: bool(owner.scalar(waiting)), "the migration is under way")
        cut.process.send_signal(signal.SIGKILL)
        cut.ends()
    owner.rollback()
    assert tables(owner) == {}
    upgrade(empty_database.owner)
    assert tables(owner)


def test_an_office_of_the_first_version_works_on_after_the_newest(
    fresh_database: Urls, tmp_path: Path
) -> None:
    """Files, history and people stay to the letter, and the next step is pressed."""
    app = connect(fresh_database.app)
    owner = connect(fresh_database.owner, role=OWNER_ROLE)
    try:
        house = make_house(make_runtime(app, tmp_path), owner)
        under_way = house.application(step="verification")
        house.application(step="issued")
        alembic.command.downgrade(alembic_config(fresh_database.owner), FIRST)
        first = everything(owner)
        assert len(first["application"]) == 2
        assert not LATER & set(first), "the first version knows none of these"

        upgrade(fresh_database.owner)

        check(fresh_database.owner)
        now = everything(owner)
        for name, rows in first.items():
            columns = {column for row in rows for column in row}
            kept = [{c: row[c] for c in columns} for row in now[name]]
            assert in_order(kept) == in_order(rows), name
        assert set(now) - set(first) == LATER
        assert [name for name in LATER if now[name]] == []
        house.press("withdraw", under_way, by=house.people.clerk, reason="Batal membuka usaha")
        assert house.row(under_way).outcome == "withdrawn"
        assert broken_promises(house) == {}
    finally:
        app.dispose()
        owner.dispose()


def everything(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table, by column."""
    found = {}
    with engine.begin() as connection:
        names = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).scalars()
        for name in set(names) - {"alembic_version"}:
            rows = connection.execute(text(f"SELECT to_jsonb(t) FROM {name} t"))
            found[name] = [row[0] for row in rows]
    return found


def in_order(rows: list[dict[str, Any]]) -> list[str]:
    """Return rows as text, so that those of two tables can be compared."""
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def test_roles_are_made_by_many_at_once(database_server: Server, empty_database: Urls) -> None:
    failures: list[BaseException] = []

    def make(url: str) -> None:
        engine = connect(url, role=None, lock_timeout_ms=0)
        try:
            with engine.connect() as connection:
                ensure_roles(connection)
        except Exception as error:
            failures.append(error)
        finally:
            engine.dispose()

    with database_server.database(empty=True) as other:
        urls = [empty_database.owner, other.owner] * 3
        threads = [threading.Thread(target=make, args=[url]) for url in urls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []
