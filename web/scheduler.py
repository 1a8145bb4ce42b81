"""The timed jobs of an office: one table of them, and one process at a time that runs them."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from config import Settings
from licensing.database import connect
from licensing.runtime import Runtime

log = logging.getLogger(__name__)

LEADER_LOCK = 0x5350_0001
"""Key of the advisory lock that the leading scheduler holds."""
LOOK_SECONDS = 2.0
"""How often a scheduler asks whether it leads, or still leads."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every so often."""

    name: str
    seconds: float
    run: Callable[[Runtime], object]


def jobs(settings: Settings) -> Sequence[Job]:
    """Return every timed job. Each is safe to run anywhere, twice at once, and to be killed."""
    return (
        Job("sweep", settings.sweep_seconds, _sweep),
        Job("recompute", 5, _recompute),
        Job("digest", 60, _digest),
        Job("deliver", 10, _deliver),
        Job("seal", 60, _seal),
        Job("drop_old_counts", 3_600, _drop_old_counts),
        Job("end_old_sessions", 3_600, _end_old_sessions),
        Job("drop_old_online", 3_600, _drop_old_online),
        Job("drop_old_openings", 600, _drop_old_openings),
        Job("scan_waiting", 120, _scan_waiting),
        Job("sweep_unused", 3_600, _sweep_unused),
        Job("sweep_unused_whole", 86_400, _sweep_unused_whole),
    )


def main(settings: Settings) -> None:
    """Run the timed jobs until told to end; only where no other scheduler leads."""
    from web.wiring import runtime_from

    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    work(settings, runtime_from(settings), jobs(settings), stop)


def work(
    settings: Settings,
    runtime: Runtime,
    table: Sequence[Job],
    stop: threading.Event,
    *,
    look_seconds: float = LOOK_SECONDS,
) -> None:
    """Lead where nobody else does, and run the jobs while leading, until `stop` is set."""
    engine = connect(
        str(settings.database_url), pool_size=1, max_overflow=0, application_name="satupintu-leader"
    )
    leadership = Leadership(engine)
    try:
        while not stop.is_set():
            if not leadership.won():
                stop.wait(look_seconds)
                continue
            log.info("this scheduler leads")
            scheduler = start(runtime, table)
            try:
                while leadership.kept() and not stop.wait(look_seconds):
                    pass
            finally:
                # A job under way may be cut short: each is whole or absent.
                scheduler.shutdown(wait=False)
    finally:
        leadership.give_up()
        engine.dispose()


class Leadership:
    """The leader's lock, held by a connection of its own: whoever loses that, loses the lead."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def won(self) -> bool:
        """Return whether this process leads from now on; a database that is away has no leader."""
        try:
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        except SQLAlchemyError as error:
            log.warning("no database to lead on: %s", _first_line(error))
            return False
        try:
            won = connection.exec_driver_sql("SELECT pg_try_advisory_lock(%s)", (LEADER_LOCK,))
            if won.scalar_one():
                self._connection = connection
                return True
        except SQLAlchemyError as error:
            log.warning("could not ask for the lead: %s", _first_line(error))
        connection.close()
        return False

    def kept(self) -> bool:
        """Return whether this process still leads."""
        if self._connection is None:
            return False
        try:
            self._connection.exec_driver_sql("SELECT 1")
        except SQLAlchemyError as error:
            log.warning("the lead was lost: %s", _first_line(error))
            self.give_up()
            return False
        return True

    def give_up(self) -> None:
        """Leave the lead to another."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            # Not back into the pool: the lock ends with the session that holds it.
            connection.invalidate()
            connection.close()
        except SQLAlchemyError as error:
            log.warning("the leader's connection could not be closed: %s", _first_line(error))


def start(runtime: Runtime, table: Sequence[Job]) -> BackgroundScheduler:
    """Return a running scheduler of `table`; every job runs once at once, then in its turn."""
    from datetime import UTC, datetime

    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(max_workers=max(len(table), 1))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in table:
        scheduler.add_job(
            _guarded(job, runtime),
            "interval",
            id=job.name,
            name=job.name,
            seconds=job.seconds,
            next_run_time=datetime.now(UTC),
        )
    scheduler.start()
    return scheduler


def _guarded(job: Job, runtime: Runtime) -> Callable[[], None]:
    def run() -> None:
        try:
            job.run(runtime)
        except SQLAlchemyError as error:
            # The database will be back, and then so will the job.
            log.error("%s: %s", job.name, _first_line(error))
        except Exception:
            log.exception("%s failed", job.name)

    return run


def _sweep(runtime: Runtime) -> object:
    from licensing.services.sweep import sweep

    return sweep(runtime)


def _recompute(runtime: Runtime) -> object:
    from licensing.services.recompute import recompute

    return recompute(runtime)


def _digest(runtime: Runtime) -> object:
    from licensing.services.digest import send_digests

    return send_digests(runtime)


def _deliver(runtime: Runtime) -> object:
    from licensing.services.deliver import deliver

    return deliver(runtime)


def _seal(runtime: Runtime) -> Any:
    from licensing.services.seal import seal_offices

    return seal_offices(runtime)


def _drop_old_counts(runtime: Runtime) -> object:
    from licensing.services.housekeeping import drop_old_counts

    return drop_old_counts(runtime)


def _end_old_sessions(runtime: Runtime) -> object:
    from licensing.services.housekeeping import end_old_sessions

    return end_old_sessions(runtime)


def _drop_old_openings(runtime: Runtime) -> object:
    from licensing.services.openings import drop_old_openings

    return drop_old_openings(runtime)


def _drop_old_online(runtime: Runtime) -> object:
    from licensing.services.housekeeping import drop_old_online

    return drop_old_online(runtime)


def _scan_waiting(runtime: Runtime) -> object:
    from licensing.services.kept_files import scan_waiting

    return scan_waiting(runtime)


def _sweep_unused(runtime: Runtime) -> object:
    from licensing.services.kept_files import sweep_unused

    return sweep_unused(runtime)


def _sweep_unused_whole(runtime: Runtime) -> object:
    from licensing.services.kept_files import sweep_unused

    return sweep_unused(runtime, whole=True)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
