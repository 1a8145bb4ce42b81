"""Names of regions and of business fields read in from a file: by the owner of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from licensing.reference_files import ReferenceFile


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed; nothing where the same file was the last one read."""

    rows: int
    written: int
    """Rows that are new or read otherwise than before."""
    unlisted: int
    """Codes that the file no longer lists; they stay, for numbers that carry them."""
    again: bool = False


def import_regions(owner: Engine, file: ReferenceFile) -> Imported:
    """Put the regions of a file in the place of those of its provinces."""
    with owner.begin() as connection:
        return _imported(connection, file, "regions", "", ("code", "name", "kind", "path"))


def import_business_fields(owner: Engine, file: ReferenceFile, edition: str) -> Imported:
    """Put the headings of a file in the place of those of its levels, in one edition."""
    with owner.begin() as connection:
        columns = ("code", "level", "title", "description")
        return _imported(connection, file, "business_fields", edition, columns)


def _imported(
    connection: Connection, file: ReferenceFile, kind: str, edition: str, columns: Sequence[str]
) -> Imported:
    # One import at a time: who comes second sees what the first has written.
    connection.exec_driver_sql("LOCK TABLE reference_import IN SHARE ROW EXCLUSIVE MODE")
    newest = connection.exec_driver_sql(_NEWEST, (kind, edition)).scalar_one_or_none()
    if newest == file.sha256:
        return Imported(len(file.rows), 0, 0, again=True)
    import_id = connection.exec_driver_sql(
        _IMPORT, (kind, edition, file.sha256, file.names, len(file.rows))
    ).scalar_one()
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE read_in ({', '.join(f'{name} text' for name in columns)})"
    )
    _copy(connection, columns, [astuple(row) for row in file.rows])
    named = ", ".join(columns)
    rest = columns[1:]
    if kind == "regions":
        written = connection.exec_driver_sql(
            _merged("region", "", "code", named, rest), {"import": import_id}
        ).rowcount
        unlisted = connection.exec_driver_sql(_UNLIST_REGIONS).rowcount
    else:
        written = connection.exec_driver_sql(
            _merged("business_field", edition, "edition, code", named, rest), {"import": import_id}
        ).rowcount
        unlisted = connection.exec_driver_sql(_UNLIST_FIELDS, (edition,)).rowcount
    connection.exec_driver_sql("DROP TABLE pg_temp.read_in")
    return Imported(len(file.rows), written, unlisted)


def _merged(table: str, edition: str, key: str, named: str, rest: Sequence[str]) -> str:
    """Return the statement that writes what is new or reads otherwise; all names are ours."""
    extra = ("edition, ", f"'{edition}', ") if edition else ("", "")
    was = ", ".join(f"{table}.{name}" for name in rest)
    becomes = ", ".join(f"excluded.{name}" for name in rest)
    return (
        f"INSERT INTO {table} ({extra[0]}{named}, import_id)"  # noqa: S608 - our own names
        f" SELECT {extra[1]}{named}, %(import)s FROM read_in"
        f" ON CONFLICT ({key}) DO UPDATE"
        f" SET ({', '.join(rest)}, import_id, listed) = ({becomes}, excluded.import_id, true)"
        f" WHERE ({was}, {table}.listed) IS DISTINCT FROM ({becomes}, true)"
    )


def _copy(connection: Connection, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - the connection is open
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY read_in ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


_NEWEST = """
SELECT sha256 FROM reference_import WHERE kind = %s AND edition = %s ORDER BY id DESC LIMIT 1
"""

_IMPORT = """
INSERT INTO reference_import (kind, edition, sha256, file_name, row_count)
VALUES (%s, %s, %s, %s, %s) RETURNING id
"""

# A file of one province says nothing about the others.
_UNLIST_REGIONS = """
UPDATE region SET listed = false
 WHERE listed AND NOT EXISTS (SELECT FROM read_in r WHERE r.code = region.code)
   AND left(code, 2) IN (SELECT code FROM read_in WHERE kind = 'provinsi')
"""

# A file of one level says nothing about the others.
_UNLIST_FIELDS = """
UPDATE business_field SET listed = false
 WHERE listed AND edition = %s
   AND NOT EXISTS (SELECT FROM read_in r WHERE r.code = business_field.code)
   AND level IN (SELECT level FROM read_in)
"""
