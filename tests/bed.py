"""The test bed's databases: one migrated template, copies of it, and a copy that forgets."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.pool import StaticPool

from licensing.database import APP_ROLE, OWNER_ROLE, connect
from web.cli.migrate import upgrade
from web.embedded import ADMIN_LOGIN, APP_LOGIN, SUPERUSER, EmbeddedServer

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Urls:
    """The addresses of one database: for the application, and for who migrates it."""

    app: str
    owner: str


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server on which databases may be made and dropped."""

    admin: str
    app: str
    owner: str
    template: str

    def urls(self, database: str) -> Urls:
        return Urls(_with_database(self.app, database), _with_database(self.owner, database))

    def create(self, *, empty: bool = False) -> str:
        """Return the name of a new database: a copy of the migrated template, or an empty one."""
        name = f"satupintu_test_{os.getpid()}_{next(_numbers)}"
        owner = make_url(self.owner).username or SUPERUSER
        source = "template0" if empty else self.template
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(source), sql.Identifier(owner)
                )
            )
        return name

    def drop(self, database: str) -> None:
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
            )

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[Urls]:
        """Return a database of its own, dropped at the end."""
        name = self.create(empty=empty)
        try:
            yield self.urls(name)
        finally:
            self.drop(name)


@contextmanager
def server() -> Iterator[Server]:
    """Return the server of this run: the one asked for, else an embedded one of its own."""
    asked = os.environ.get("SATUPINTU_TEST_DATABASE_URL")
    if asked:
        yield from _with_template(asked, asked, asked)
        return
    with scratch_folder() as folder:
        embedded = EmbeddedServer(folder / "var")
        embedded.start()
        try:
            yield from _with_template(
                embedded.url(SUPERUSER, "postgres"),
                embedded.url(APP_LOGIN),
                embedded.url(ADMIN_LOGIN),
            )
        finally:
            embedded.stop()


def _with_template(admin: str, app: str, owner: str) -> Iterator[Server]:
    found = Server(admin, app, owner, template="")
    name = found.create(empty=True)
    try:
        upgrade(found.urls(name).owner)
        yield Server(admin, app, owner, template=name)
    finally:
        found.drop(name)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Return a folder that a server running as another user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="satupintu-test-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class ForgetfulEngine:
    """A real engine whose transactions are savepoints of one that is never committed.

    `begin()` and `commit()` of code under test work unchanged; `undone()` wipes all of it.
    Two things differ from a real commit: nobody else sees the rows, and `now()` stands still
    (`clock_timestamp()` does not).
    """

    def __init__(self, url: str) -> None:
        source = connect(url, pool_size=1, idle_timeout_ms=0)
        pooled = source.raw_connection()
        pooled.detach()
        self._raw = cast("psycopg.Connection[Any]", pooled.dbapi_connection)
        self._raw.autocommit = True
        self._depth = 0
        source.dispose()
        self.engine: Engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: self._raw,
            poolclass=StaticPool,
            pool_reset_on_return=None,
        )
        dialect: Any = self.engine.dialect
        dialect.do_begin = self._begin
        dialect.do_commit = self._commit
        dialect.do_rollback = self._rollback

    @contextmanager
    def undone(self) -> Iterator[Engine]:
        self._raw.execute("BEGIN")
        try:
            yield self.engine
        finally:
            self._raw.execute("ROLLBACK")
            self._depth = 0

    def close(self) -> None:
        self.engine.dispose()
        self._raw.close()

    def _begin(self, _connection: object) -> None:
        self._depth += 1
        self._raw.execute(f"SAVEPOINT test_{self._depth}")

    def _commit(self, _connection: object) -> None:
        if self._depth == 0:
            return
        if self._depth == 1:
            # What a commit would check, and what it would forget.
            self._raw.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self._raw.execute("SET CONSTRAINTS ALL DEFERRED")
            self._raw.execute("SELECT set_config('satupintu.office', '', true)")
        self._raw.execute(f"RELEASE SAVEPOINT test_{self._depth}")
        self._depth -= 1

    def _rollback(self, _connection: object) -> None:
        if self._depth == 0:
            return
        self._raw.execute(f"ROLLBACK TO SAVEPOINT test_{self._depth}")
        self._raw.execute(f"RELEASE SAVEPOINT test_{self._depth}")
        self._depth -= 1


class OwnerOf:
    """The same engine in the role of the owner of the tables, in the same undone transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL ROLE {OWNER_ROLE}")
            yield connection
            # What failed was rolled back, and the role with it.
            connection.exec_driver_sql(f"SET LOCAL ROLE {APP_ROLE}")

    connect = begin


def _with_database(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)
