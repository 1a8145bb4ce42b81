"""What a row of a list says of time: its ledger in one line, read from the clock of the file."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from licensing.queries.file_rows import COLUMNS, HISTORY, JOINS, FileRow, Strip, file_row
from tests.factories import House
from tests.web.site import bare_app
from web.row_parts import RowParts
from workflows.sop import Within

DAYS = Within(3, "working days")


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Jakarta"))


MONDAY = wib("2026-07-06 10:00")


def row_of(house: House, application: UUID, now: datetime, *, history: bool = False) -> FileRow:
    """Return the row of a file as of `now`."""
    more = f", {HISTORY}" if history else ""
    query = f"""
        WITH p AS (SELECT id, lane, holder_id, due_at FROM application WHERE id = %(id)s)
        SELECT p.*, {COLUMNS}{more} FROM p {JOINS}"""
    with house.runtime.transaction(house.office_id) as connection:
        row: Any = connection.exec_driver_sql(query, {"id": application}).one()
        return file_row(house.runtime, connection, row, now)


class TestTheStrip:
    @pytest.mark.parametrize(
        ("step", "now", "strip"),
        [
            # On the day of receipt nothing is used; each working day after it counts.
            ("verification", "2026-07-06 15:00", Strip(0, 0, DAYS)),
            ("verification", "2026-07-08 09:00", Strip(2, 0, DAYS)),
            # The weekend is no working day; on Friday the limit of Thursday is broken.
            ("verification", "2026-07-12 09:00", Strip(4, 0, DAYS)),
            # With the applicant a day passes and is not counted.
            ("correction", "2026-07-08 09:00", Strip(0, 2, DAYS)),
        ],
    )
    def test_counts_days_used_and_days_that_stood_still(
        self, simulated_house: House, step: str, now: str, strip: Strip
    ) -> None:
        application = simulated_house.application(step, at=MONDAY)

        assert row_of(simulated_house, application, wib(now)).strip == strip

    def test_of_an_ended_limit_is_what_the_history_gives(self, simulated_house: House) -> None:
        application = simulated_house.application("verification", at=MONDAY)
        simulated_house.judge_all(application)
        people = simulated_house.people
        simulated_house.press("approve", application, by=people.verifier, at=MONDAY)
        simulated_house.press("sign", application, by=people.head, at=wib("2026-07-08 11:00"))

        row = row_of(simulated_house, application, wib("2026-07-10 09:00"), history=True)

        assert row.strip == Strip(2, 0, DAYS)

    def test_is_against_the_limit_that_still_runs(self, simulated_house: House) -> None:
        application = simulated_house.application("handover", at=MONDAY)

        row = row_of(simulated_house, application, wib("2026-07-07 09:00"))

        assert row.strip == Strip(1, 0, Within(5, "working days"))
        assert row.limit is not None
        assert row.limit.due_at == row.due_at


class TestTheUrgencyOfARow:
    @pytest.mark.parametrize(
        ("now", "status", "left"),
        [
            ("2026-07-06 15:00", "running", 1),
            ("2026-07-07 15:00", "running", 0),
            ("2026-07-07 16:01", "broken", 0),
            ("2026-07-08 09:00", "broken", -1),
        ],
    )
    def test_is_that_of_the_limit_that_breaks_first(
        self, simulated_house: House, now: str, status: str, left: int
    ) -> None:
        application = simulated_house.application("signature", at=MONDAY)

        limit = row_of(simulated_house, application, wib(now)).limit

        assert limit is not None
        assert (limit.key, limit.status, limit.left) == ("step:signature#1", status, left)


@pytest.fixture(scope="module")
def app() -> Flask:
    return bare_app()


class TestItsPicture:
    @pytest.mark.parametrize(
        ("strip", "cells", "words"),
        [
            (Strip(0, 0, DAYS), "nol nanti nanti batas", "0 dari 3 hari kerja"),
            (Strip(1, 2, DAYS), "nol K P P nanti batas", "1 dari 3 hari kerja"),
            (Strip(3, 0, DAYS), "nol K K K", "3 dari 3 hari kerja"),
            (Strip(4, 0, DAYS), "nol K K K K sp-lampau", "4 dari 3 hari kerja"),
            (Strip(150, 0, Within(4, "working hours")), "", "2 dari 4 jam kerja"),
        ],
    )
    def test_is_solid_where_days_count_and_hatched_where_not(
        self, app: Flask, strip: Strip, cells: str, words: str
    ) -> None:
        with app.test_request_context("/"):
            shown = str(RowParts().strip(strip))

        found = [part.partition('"')[0] for part in shown.split('class="sp-hari sp-')[1:]]
        assert " ".join(found) == cells
        assert words in shown
