"""The order of every list of open work: what is due first, what nothing is due of last."""

from __future__ import annotations


def due_or_never(alias: str = "") -> str:
    """Return the SQL of when a row is due, for conditions and orders that an index answers.

    It is written as a CASE because a condition that PostgreSQL cannot prove to leak nothing is not
    looked up in an index behind row-level security, and of `coalesce` it does not know. With it a
    page costs its rows; without it, every row before them too.
    """
    due = f"{alias}.due_at" if alias else "due_at"
    return f"CASE WHEN {due} IS NULL THEN 'infinity'::timestamptz ELSE {due} END"
