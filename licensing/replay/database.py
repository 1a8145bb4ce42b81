"""A database that keeps nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from licensing.one_transaction import OneTransaction


@contextmanager
def undone(owner: Engine) -> Iterator[OneTransaction]:
    """Return a database on which everything done is forgotten at the end."""
    with owner.connect() as connection:
        transaction = connection.begin()
        try:
            yield OneTransaction(connection)
        finally:
            transaction.rollback()
