"""A page of open work costs its rows, however deep it lies."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from licensing.queries.due_order import due_or_never
from tests.factories import House

DEEP = datetime(2027, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("table", "last"), [("application", ("id",)), ("ask", ("application_id", "key"))]
)
def test_a_deep_page_begins_in_the_index(house: House, table: str, last: tuple[str, ...]) -> None:
    open_still = "ended_at IS NULL" if table == "application" else "closed_at IS NULL"
    place = ", ".join((due_or_never(), *last))
    after = ", ".join(("%(due)s::timestamptz", "%(id)s::uuid", "''")[: len(last) + 1])

    # Of a table without rows nothing is read in order; what can be looked up shows all the same.
    with house.runtime.transaction(house.office_id) as connection:
        connection.exec_driver_sql("SET LOCAL enable_sort = off")
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        found = connection.exec_driver_sql(
            f"EXPLAIN SELECT 1 FROM {table} WHERE {open_still} AND lane = 'verifier'"
            f" AND ({place}) > ({after}) ORDER BY {place} LIMIT 21",
            {"due": DEEP, "id": UUID(int=0)},
        )
        plan = "\n".join(row[0] for row in found)

    condition = plan.partition("Index Cond: ")[2].partition("\n")[0]
    assert f"ix_{table}_inbox" in plan, plan
    assert "due_at" in condition, plan
