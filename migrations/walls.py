"""The second wall: row-level security by office, and who may do what to which table."""

from __future__ import annotations

from collections.abc import Iterable

from licensing.database import APP_ROLE

CURRENT_OFFICE = """
CREATE FUNCTION current_office() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('satupintu.office', true), '')::uuid $$
"""


def wall(table: str, *, rights: str = "SELECT, INSERT, UPDATE") -> Iterable[str]:
    """Return the statements that show the application the rows of one office alone."""
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield (
        f"CREATE POLICY own_office ON {table} TO {APP_ROLE}"
        " USING (office_id = (SELECT current_office()))"
        " WITH CHECK (office_id = (SELECT current_office()))"
    )
    yield f"GRANT {rights} ON {table} TO {APP_ROLE}"


def lookup(name: str, arguments: str, returns: str, query: str) -> Iterable[str]:
    """Return the statements of a function that finds which office a key belongs to.

    It runs with the owner's rights, because whoever knocks has no office yet, and returns what
    belongs to exactly that key.
    """
    signature = f"{name}({arguments})"
    types = ", ".join(part.split()[-1] for part in arguments.split(","))
    yield (
        f"CREATE FUNCTION {signature} RETURNS TABLE ({returns}) LANGUAGE sql STABLE"
        f" SECURITY DEFINER SET search_path = public, pg_temp AS $$ {query} $$"
    )
    yield f"REVOKE ALL ON FUNCTION {name}({types}) FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION {name}({types}) TO {APP_ROLE}"
