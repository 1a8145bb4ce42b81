"""What the sweep looks for besides rungs costs what is due, not what is open."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from licensing.services.sweep_silence import _LATE
from tests.factories import House

NOW = datetime(2026, 7, 31, 2, tzinfo=UTC)


def test_limits_of_the_law_that_have_passed_are_found_in_an_index(simulated_house: House):
    application = simulated_house.application("verification")
    simulated_house.as_owner(
        "INSERT INTO deadline (application_id, key, office_id, name, status, started_at, due_at,"
        " rungs)"
        " SELECT %(id)s, 'law#' || n, %(office)s, 'law', 'running', %(now)s,"
        " %(now)s::timestamptz + interval '1 year', '[]' FROM generate_series(2, 5000) n",
        id=application,
        office=simulated_house.office_id,
        now=NOW,
    )
    simulated_house.as_owner("ANALYZE deadline")

    asked = {
        "office": simulated_house.office_id,
        "now": NOW,
        "after": "-infinity",
        "id": UUID(int=0),
        "key": "",
        "page": 200,
    }
    plan = "\n".join(row[0] for row in simulated_house.rows(f"EXPLAIN {_LATE}", **asked))

    assert "ix_deadline_law" in plan, plan
    assert "due_at <" in plan.partition("Index Cond: ")[2].partition("\n")[0]
    assert "Seq Scan on deadline" not in plan
