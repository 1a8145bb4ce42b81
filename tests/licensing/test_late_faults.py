"""A second return that raises a fault which the first could have raised is recorded as such."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from licensing.services.papers import PaperMarks, check_papers
from licensing.services.scans import attach_scan
from tests import files
from tests.factories import House, broken_promises

SCAN = files.pdf()


def returned(house: House, application_id: UUID, paper: str, *others: str) -> None:
    """The verifier finds `paper` (and others) faulty and returns the file."""
    house.judge_all(application_id, faulty=paper)
    house.press(
        "return_for_correction", application_id, by=house.people.verifier, reason="Perbaiki"
    )


def back(house: House, application_id: UUID) -> None:
    house.press("resubmit_correction", application_id, by=house.people.clerk)


def late(house: House, application_id: UUID) -> list[Any]:
    """Return what each return of the file recorded as late, in order."""
    rows = house.rows(
        "SELECT detail FROM application_event WHERE application_id = %(id)s"
        " AND detail ? 'faults' ORDER BY seq",
        id=application_id,
    )
    return [row.detail.get("late_faults") for row in rows]


@pytest.fixture
def file(house: House) -> UUID:
    return house.application("verification")


class TestASecondReturn:
    def test_that_names_a_paper_unchanged_since_the_first_is_late(
        self, house: House, file: UUID
    ) -> None:
        returned(house, file, "npwp")
        back(house, file)

        returned(house, file, "ktp")

        assert late(house, file) == [None, ["ktp"]]
        assert broken_promises(house) == {}

    def test_that_names_the_paper_that_was_returned_is_not(self, house: House, file: UUID) -> None:
        returned(house, file, "npwp")
        back(house, file)

        returned(house, file, "npwp")

        assert late(house, file) == [None, None]

    def test_that_names_a_paper_scanned_anew_since_the_first_is_not(
        self, house: House, file: UUID
    ) -> None:
        returned(house, file, "npwp")
        attach_scan(house.runtime, file, "ktp", SCAN, "ktp.pdf", house.people.clerk)
        back(house, file)

        returned(house, file, "ktp")

        assert late(house, file) == [None, None]

    def test_after_one_at_the_counter_is_late_for_a_paper_that_was_there(
        self, house: House
    ) -> None:
        file = house.application("completion")
        house.press("resubmit", file, by=house.people.clerk)
        house.check_all(file)
        house.press("accept", file, by=house.people.clerk)

        returned(house, file, "ktp")

        assert late(house, file) == [None, ["ktp"]]

    def test_after_one_at_the_counter_is_not_for_the_paper_that_was_missing(
        self, house: House
    ) -> None:
        file = house.application("completion")
        house.press("resubmit", file, by=house.people.clerk)
        house.check_all(file)
        house.press("accept", file, by=house.people.clerk)

        returned(house, file, "npwp")

        assert late(house, file) == [None, None]

    def test_is_not_late_for_a_paper_that_came_in_meanwhile(self, house: House) -> None:
        file = house.file().application_id
        marks = dict.fromkeys(house.papers(file), ("received", ""))
        marks |= {"npwp": ("missing", ""), "pasfoto": ("not_needed", "")}
        check_papers(
            house.runtime, PaperMarks(file, house.version(file), marks), house.people.clerk
        )
        house.press("return_incomplete", file, by=house.people.clerk, reason="NPWP belum ada")
        house.press("resubmit", file, by=house.people.clerk)
        house.check_all(file)  # the photographs have come too
        house.press("accept", file, by=house.people.clerk)

        returned(house, file, "pasfoto")

        assert late(house, file) == [None, None]


def test_a_third_return_is_measured_by_the_first(house: House, file: UUID) -> None:
    for paper in ("npwp", "ktp", "ktp", "pasfoto"):
        returned(house, file, paper)
        back(house, file)

    # What was named late once came back another paper.
    assert late(house, file) == [None, ["ktp"], None, ["pasfoto"]]
