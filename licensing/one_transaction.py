"""A database whose units of work are savepoints of one transaction: kept whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from licensing.database import APP_ROLE, OWNER_ROLE

_FIRST = "SAVEPOINT step"
# The savepoint of the step before is released with the same message that sets the next one:
# a message costs more than what it says.
_NEXT = "RELEASE SAVEPOINT step; SAVEPOINT step"
_BACK = "ROLLBACK TO SAVEPOINT step"


class OneTransaction:
    """The units of work of one transaction, which its opener commits or rolls back.

    A refused step rolls back to its own savepoint only. It begins with the rights of whoever
    signed in; `as_application` drops to those of the application, as they are for real work.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection
        self._depth = 0
        self._set = False

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Return a unit of work: a savepoint, rolled back to on an error."""
        if self._depth:
            with self._connection.begin_nested():
                yield self._connection
            return
        self._driver.execute(_NEXT if self._set else _FIRST)
        self._set = True
        self._depth = 1
        try:
            yield self._connection
        except BaseException:
            self._driver.execute(_BACK)
            raise
        finally:
            self._depth = 0

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Return the connection for reading."""
        yield self._connection

    def as_application(self) -> None:
        """Give up the owner's rights for the rest of the transaction."""
        # A role set after a savepoint would be taken back with it.
        if self._set:
            self._driver.execute("RELEASE SAVEPOINT step")
            self._set = False
        self._connection.execute(text(f"SET LOCAL ROLE {APP_ROLE}"))

    def counted(self, *tables: str) -> None:
        """Let the planner see how much this transaction has written into these tables.

        Nobody else can count it: to the server's own count of a table, rows of a transaction that
        goes on do not exist, and plans for an empty table take minutes on a full one.
        """
        self.as_application()
        self._connection.execute(text(f"SET LOCAL ROLE {OWNER_ROLE}"))
        self._connection.execute(text(f"ANALYZE {', '.join(tables)}"))
        self._connection.execute(text(f"SET LOCAL ROLE {APP_ROLE}"))
