"""The timed jobs: one scheduler leads, another takes over, and all of them end when told."""

from __future__ import annotations

import base64
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest

from config import Settings
from licensing.runtime import Runtime
from licensing.services.housekeeping import drop_old_counts, end_old_sessions
from tests.bed import Urls
from tests.factories import House
from tests.setup.processes import program, wait_for
from web.scheduler import LEADER_LOCK, Job, jobs, work

HOLDERS = (
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def settings_for(urls: Urls, folder: Path) -> Settings:
    """Return the settings of a process on this database."""
    key = base64.b64encode(bytes(32)).decode()
    return Settings.from_environment(
        {
            "DATABASE_URL": urls.app,
            "SATUPINTU_DATA_DIR": str(folder),
            "SATUPINTU_SECRET_KEY": "s" * 40,
            "SATUPINTU_NIK_ENCRYPTION_KEY": key,
            "SATUPINTU_NIK_HASH_KEY": key,
            "SATUPINTU_SWEEP_SECONDS": "1",
        }
    )


@dataclass(slots=True)
class Ticks:
    """Who has ticked, in order."""

    names: list[str] = field(default_factory=list)

    def wait_for_more(self, number: int = 5) -> list[str]:
        """Return the next ticks, at least so many."""
        before = len(self.names)
        return wait_for(
            lambda: self.names[before:] if len(self.names) >= before + number else None,
            f"{number} ticks",
        )


@contextmanager
def scheduler(settings: Settings, name: str, ticks: Ticks) -> Iterator[threading.Event]:
    """Run a scheduler in a thread; the event ends it."""
    stop = threading.Event()
    table = [Job("tick", 0.05, lambda _: ticks.names.append(name))]
    thread = threading.Thread(
        target=work,
        args=(settings, cast(Runtime, None), table, stop),
        kwargs={"look_seconds": 0.05},
    )
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def holders(urls: Urls) -> list[int]:
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        return [row[0] for row in connection.execute(HOLDERS, (LEADER_LOCK,))]


class TestTheLeader:
    def test_only_one_of_two_works(self, fresh_database: Urls, tmp_path: Path) -> None:
        settings, ticks = settings_for(fresh_database, tmp_path), Ticks()
        with scheduler(settings, "first", ticks):
            ticks.wait_for_more(1)
            with scheduler(settings, "second", ticks):
                assert set(ticks.wait_for_more(20)) == {"first"}
                assert len(holders(fresh_database)) == 1

    def test_when_it_ends_another_takes_over(self, fresh_database: Urls, tmp_path: Path) -> None:
        settings, ticks = settings_for(fresh_database, tmp_path), Ticks()
        with scheduler(settings, "first", ticks) as stop:
            ticks.wait_for_more(1)
            with scheduler(settings, "second", ticks):
                stop.set()
                wait_for(lambda: "second" in ticks.names, "the second takes over")

    def test_a_lost_connection_loses_the_lead_and_somebody_leads_again(
        self, fresh_database: Urls, tmp_path: Path
    ) -> None:
        settings, ticks = settings_for(fresh_database, tmp_path), Ticks()
        with scheduler(settings, "first", ticks), scheduler(settings, "second", ticks):
            ticks.wait_for_more(1)
            before = wait_for(lambda: holders(fresh_database), "a leader")
            # Whoever signs in as the application may end its own sessions.
            with psycopg.connect(fresh_database.app, autocommit=True) as connection:
                connection.execute("SELECT pg_terminate_backend(%s)", (before[0],))

            after = wait_for(
                lambda: [pid for pid in holders(fresh_database) if pid not in before],
                "a new leader",
            )
            ticks.wait_for_more(5)
            assert holders(fresh_database) == after

    def test_a_job_that_fails_runs_again(self, fresh_database: Urls, tmp_path: Path) -> None:
        settings, runs, stop = settings_for(fresh_database, tmp_path), [], threading.Event()

        def fails(_: Runtime) -> None:
            runs.append(1)
            raise RuntimeError("once more")

        thread = threading.Thread(
            target=work,
            args=(settings, cast(Runtime, None), [Job("fails", 0.05, fails)], stop),
            kwargs={"look_seconds": 0.05},
        )
        thread.start()
        try:
            wait_for(lambda: len(runs) >= 3, "three runs")
        finally:
            stop.set()
            thread.join(20)


class TestTheProcess:
    def test_it_sweeps_and_ends_cleanly_when_told(
        self, fresh_database: Urls, tmp_path: Path
    ) -> None:
        with program(*_child(fresh_database, tmp_path)) as running:
            _swept(fresh_database)
            running.process.send_signal(signal.SIGTERM)
            assert running.ends() == 0
        assert holders(fresh_database) == []

    def test_it_ends_when_its_parent_is_gone(self, fresh_database: Urls, tmp_path: Path) -> None:
        with program(*_child(fresh_database, tmp_path)) as running:
            _swept(fresh_database)
            assert running.process.stdin is not None
            running.process.stdin.close()
            running.process.wait(20)


def _child(urls: Urls, folder: Path) -> tuple[str, dict[str, str]]:
    code = "from web.process import main; main(['scheduler'])"
    return code, settings_for(urls, folder).to_environment()


def _swept(urls: Urls) -> None:
    def look() -> bool:
        with psycopg.connect(urls.owner, autocommit=True) as connection:
            found: Any = connection.execute("SELECT 1 FROM heartbeat WHERE job = 'sweep'")
            return found.fetchone() is not None

    wait_for(look, "the first sweep")


class TestTheTable:
    def test_every_job_runs(self, house: House, tmp_path: Path) -> None:
        table = jobs(settings_for(Urls("postgresql://x/y", "postgresql://x/y"), tmp_path))

        assert [job.name for job in table] == [
            "sweep", "recompute", "digest", "deliver", "seal", "drop_old_counts",
            "end_old_sessions", "drop_old_online", "drop_old_openings", "scan_waiting",
            "sweep_unused", "sweep_unused_whole",
        ]  # fmt: skip
        for job in table:
            job.run(house.runtime)

    def test_the_sweep_runs_as_often_as_the_settings_say(self, tmp_path: Path) -> None:
        table = jobs(settings_for(Urls("postgresql://x/y", "postgresql://x/y"), tmp_path))
        assert {job.name: job.seconds for job in table}["sweep"] == 1


class TestHousekeeping:
    def test_counts_whose_window_has_passed_go(self, house: House) -> None:
        with house.runtime.db.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO rate_count (key, count, expires_at) VALUES"
                " ('old', 1, clock_timestamp() - interval '1 second'),"
                " ('new', 1, clock_timestamp() + interval '1 minute')"
            )

        assert drop_old_counts(house.runtime) >= 1
        assert [row.key for row in house.rows("SELECT key FROM rate_count WHERE key = 'new'")]
        assert not house.rows("SELECT key FROM rate_count WHERE key = 'old'")

    @pytest.mark.parametrize(
        ("created", "seen", "ends"),
        [
            (timedelta(hours=1), timedelta(minutes=1), False),
            (timedelta(hours=2), timedelta(minutes=61), True),
            (timedelta(hours=13), timedelta(minutes=1), True),
        ],
    )
    def test_sessions_open_or_idle_too_long_end(
        self, house: House, created: timedelta, seen: timedelta, ends: bool
    ) -> None:
        house.as_owner(
            "INSERT INTO login_session (key_hash, office_id, officer_id, created_at, seen_at)"
            " VALUES ('\\x01', %(office)s, %(who)s, clock_timestamp() - %(created)s::interval,"
            " clock_timestamp() - %(seen)s::interval)",
            office=house.office_id,
            who=house.people.clerk.id,
            created=created,
            seen=seen,
        )

        assert end_old_sessions(house.runtime) == ends
