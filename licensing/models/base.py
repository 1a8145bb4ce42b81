"""What every table shares: metadata with constraint names, column types, the office column."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    LargeBinary,
    MetaData,
    Text,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

Json = dict[str, Any]
NEW_ID = text("uuidv7()")
NOW = text("clock_timestamp()")
EMPTY_OBJECT = text("'{}'::jsonb")


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = metadata
    type_annotation_map = {  # noqa: RUF012 - the attribute that SQLAlchemy reads
        str: Text,
        bytes: LargeBinary,
        datetime: DateTime(timezone=True),
        date: Date,
        UUID: postgresql.UUID(as_uuid=True),
        Json: postgresql.JSONB,
        list[Any]: postgresql.JSONB,
        list[str]: postgresql.ARRAY(Text),
    }


def own_id() -> Mapped[UUID]:
    """Return the primary key column: a time-ordered identifier made by the database."""
    return mapped_column(primary_key=True, server_default=NEW_ID)


def office_id(*, checked: bool = True) -> Mapped[UUID]:
    """Return the column that every row of work carries, and row-level security reads.

    Rows that every step writes are not `checked` against the table of offices: the wall already
    lets only the office of the transaction in, and each check would lock the one row that all
    steps of an office share.
    """
    return mapped_column(ForeignKey("office.id")) if checked else mapped_column()


def one_of(column: str, *values: str) -> str:
    """Return the text of a CHECK that `column` is one of `values`."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def named_checks(checks: Mapping[str, str]) -> tuple[CheckConstraint, ...]:
    """Return CHECK constraints by name."""
    return tuple(CheckConstraint(sql, name=name) for name, sql in checks.items())
