"""Engines and transactions on PostgreSQL: the roles, time limits and office of a connection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from time import monotonic
from typing import Any, Final, LiteralString, Protocol, cast
from uuid import UUID

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

APP_ROLE = "satupintu_app"
OWNER_ROLE = "satupintu_owner"

Parameters = Sequence[Any] | Mapping[str, Any]

_RESTED: Final = "satupintu.rested"
_PING_AFTER_S: Final = 1.0

_SET_OFFICE: Final = "SELECT set_config('satupintu.office', %s, true)"
_SET_OFFICE_PLANNED: Final = (
    "SELECT set_config('satupintu.office', %s, true),"
    " set_config('plan_cache_mode', 'force_generic_plan', true)"
)


class Database(Protocol):
    """What a service needs of an engine: units of work."""

    def begin(self) -> AbstractContextManager[Connection]:
        """Return a unit of work that commits at its end and rolls back on an error."""

    def connect(self) -> AbstractContextManager[Connection]:
        """Return a connection whose reads end with it."""


def parse_url(url: str) -> URL:
    """Return the address of a PostgreSQL database, spoken to by psycopg 3.

    Raises:
        ValueError: it is no address, or not PostgreSQL's.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ValueError("is no database address: write postgresql://user@host/name") from error
    if parsed.drivername not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError(
            f"speaks {parsed.drivername!r}: only PostgreSQL is supported, "
            "write postgresql://user@host/name"
        )
    return parsed.set(drivername="postgresql+psycopg")


def connect(
    url: str,
    *,
    role: str | None = APP_ROLE,
    pool_size: int = 8,
    max_overflow: int = 4,
    lock_timeout_ms: int = 5_000,
    statement_timeout_ms: int = 15_000,
    idle_timeout_ms: int = 30_000,
    application_name: str = "satupintu",
) -> Engine:
    """Return an engine whose sessions act as `role`, in UTC, and never wait for ever.

    With `role=None` sessions keep the rights of the user who signs in. A time limit of 0 is none.

    Raises:
        ValueError: `url` is no address of a PostgreSQL database.
    """
    parsed = parse_url(url)
    settings = {
        "lock_timeout": lock_timeout_ms,
        "statement_timeout": statement_timeout_ms,
        "idle_in_transaction_session_timeout": idle_timeout_ms,
        "timezone": "UTC",
        # A page asks for few rows: a second process takes longer to start than they to read.
        "max_parallel_workers_per_gather": 0,
    }
    if role is not None:
        settings["role"] = role
    ours = " ".join(f"-c {name}={value}" for name, value in settings.items())
    asked = parsed.query.get("options", "")
    theirs = asked if isinstance(asked, str) else " ".join(asked)
    # Ours come last and win: nobody leaves the role of the application through an address.
    query = {name: value for name, value in parsed.query.items() if name != "options"}
    engine = create_engine(
        parsed.set(query=query),
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=5,
        pool_recycle=1_800,
        # An error is logged with its statement, never with the names and numbers handed to it.
        hide_parameters=True,
        connect_args={
            "options": f"{theirs} {ours}".strip(),
            "connect_timeout": 5,
            "application_name": application_name,
        },
    )
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", _ping_after_rest)
    return engine


def _note_rest(_driver: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    record.info[_RESTED] = monotonic()


def _ping_after_rest(
    driver: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    """Ask a connection that has rested whether its server is still there.

    One that has just been used needs no question: asking before every transaction would cost as
    much as the office setting.
    """
    rested = record.info.get(_RESTED)
    if rested is None or monotonic() - rested < _PING_AFTER_S:
        return
    connection = cast("psycopg.Connection[Any]", driver)
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        # The pool throws it away and tries another, then a new one.
        raise DisconnectionError from error


def execute(
    connection: Connection, statement: LiteralString, parameters: Parameters
) -> psycopg.Cursor[Any]:
    """Send one statement straight to the driver, inside the transaction of `connection`.

    For the statements of a step alone: the toolkit's result, which nobody asks there, costs as
    much as the statement.

    Raises:
        DBAPIError: as the toolkit raises it.
    """
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    try:
        return driver.execute(statement, parameters)
    except psycopg.Error as error:
        lost = connection.dialect.is_disconnect(error, None, None)  # type: ignore[arg-type]
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            statement,
            None,
            error,
            psycopg.Error,
            connection_invalidated=lost,
            dialect=connection.dialect,
        ) from error


def read_one(db: Database, statement: LiteralString, parameters: Parameters) -> Any:
    """Return the first row of a statement that needs no office; None where there is none.

    It is one message and no transaction of three: every page of the staff asks so for its reader.

    Raises:
        DBAPIError: as the toolkit raises it.
    """
    if not isinstance(db, Engine):
        with db.begin() as connection:
            return execute(connection, statement, parameters).fetchone()
    with db.connect() as connection:
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        was_alone = driver.autocommit
        if not was_alone:
            driver.autocommit = True
        try:
            return execute(connection, statement, parameters).fetchone()
        finally:
            if not was_alone and not driver.closed:
                driver.autocommit = False


def enter_office(connection: Connection, office_id: UUID, *, planned: bool = False) -> None:
    """Let the running transaction see and write the rows of one office alone.

    With `planned` its statements are planned once for all values: for long ones that find few rows
    by their keys whatever the values are, where planning anew costs more than running.
    """
    execute(connection, _SET_OFFICE_PLANNED if planned else _SET_OFFICE, (str(office_id),))


@contextmanager
def office_transaction(
    db: Database, office_id: UUID, *, planned: bool = False
) -> Iterator[Connection]:
    """Return a unit of work that sees and writes the rows of one office alone."""
    with db.begin() as connection:
        enter_office(connection, office_id, planned=planned)
        yield connection
