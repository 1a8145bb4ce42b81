"""Site visits through the one door: planned, put off by the applicant, reported once for good."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from licensing.change import VisitReport
from licensing.effects.visits import MOST_DAYS_AHEAD, report_fingerprint
from licensing.errors import (
    ApplicationEnded,
    GuardRefused,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotYourLane,
    ReasonMissing,
)
from licensing.ports.storage import StorageFault
from licensing.queries.application import view_application
from licensing.queries.visits import agenda
from licensing.runtime import Runtime
from licensing.services.visit_photos import MOST_PHOTOS, attach_photos
from tests import files
from tests.bed import OwnerOf
from tests.factories import House
from tests.licensing.visits import (
    ADDRESS,
    building,
    building_house,
    plan,
    report,
    report_inputs,
)

MONDAY = "2026-07-06"
"""A week without holidays; the office closes at 16:00."""


def at(day: str, time: str = "09:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}:00+07:00")


@pytest.fixture
def office(runtime: Runtime, owner_db: OwnerOf) -> House:
    """An office that issues building permits; every press says when."""
    return building_house(runtime, owner_db, simulated=True)


@pytest.fixture
def planning(office: House) -> UUID:
    """A file for which a visit is to be planned, since Monday 09:00."""
    return building(office, at=at(MONDAY))


@pytest.fixture
def planned(office: House, planning: UUID) -> UUID:
    """A file whose visit is planned for Wednesday."""
    plan(office, planning, at=at(MONDAY, "10:00"), on=date(2026, 7, 8), visit_time="09:30")
    return planning


def visits(office: House, application_id: UUID) -> list[Any]:
    return office.rows(
        "SELECT * FROM visit WHERE application_id = %(id)s ORDER BY number", id=application_id
    )


def faults_of(call: Callable[[], object]) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        call()
    return refused.value.faults


def answer_agencies(office: House, application_id: UUID, when: datetime) -> None:
    people = office.people
    for agency, drafter, decider in (
        ("pu", people.agency_pu, people.agency_head_pu),
        ("lh", people.agency_lh, people.agency_head_lh),
    ):
        for action, by in (("propose", drafter), ("agree", decider)):
            office.press(
                action,
                application_id,
                by=by,
                inputs={"opinion": "Sesuai rencana kota."},
                at=when,
                ask=f"opinion_{agency}#1",
            )


class TestPlanningAVisit:
    def test_writes_one_row_and_tells_the_applicant_who_comes(
        self, office: House, planning: UUID
    ) -> None:
        plan(
            office,
            planning,
            at=at(MONDAY, "10:00"),
            on=date(2026, 7, 8),
            visit_time="9.30",
            visit_note="Siapkan gambar",
        )

        (row,) = visits(office, planning)
        assert (row.number, row.scheduled_on, row.scheduled_time) == (1, date(2026, 7, 8), "09:30")
        assert (row.place, row.inspector_id) == (ADDRESS, office.people.inspector.id)
        assert office.row(planning).state["visit"] == {
            "n": 1, "on": "2026-07-08", "s": "planned", "held": 0, "postponed": 0,
        }  # fmt: skip
        told = office.rows("SELECT params FROM notice WHERE event = 'visit_scheduled'")
        assert [row.params for row in told] == [
            {
                "on": "2026-07-08",
                "time": "09:30",
                "place": ADDRESS,
                "note": "Siapkan gambar",
                "who": "Contoh Peninjau",
            }
        ]

    @pytest.mark.parametrize(
        ("typed", "faults"),
        [
            ({"visit_on": ""}, {"visit_on": "required"}),
            ({"visit_on": "besok"}, {"visit_on": "date"}),
            ({"visit_on": "2026-02-30"}, {"visit_on": "date"}),
            ({"visit_on": "2026-07-03"}, {"visit_on": "visit_in_past"}),
            ({"visit_on": "11-07-2026"}, {"visit_on": "visit_not_working_day"}),
            ({"visit_on": "2026-08-17"}, {"visit_on": "visit_not_working_day"}),
            ({"visit_on": "2026-08-04"}, {"visit_on": "visit_too_far"}),
            ({"visit_on": MONDAY, "visit_time": "09:59"}, {"visit_time": "visit_time_past"}),
            ({"visit_time": "25:00"}, {"visit_time": "visit_time"}),
            ({"visit_place": " "}, {"visit_place": "required"}),
            ({"visit_place": "x" * 201}, {"visit_place": "too_long"}),
            ({"visit_note": "x" * 1001}, {"visit_note": "too_long"}),
            ({"visit_inspector": "seseorang"}, {"visit_inspector": "unknown_choice"}),
            (
                {"visit_on": "", "visit_place": "", "visit_time": "x"},
                {"visit_on": "required", "visit_place": "required", "visit_time": "visit_time"},
            ),
        ],
    )
    def test_is_refused_with_every_fault_at_once(
        self, office: House, planning: UUID, typed: dict[str, Any], faults: dict[str, str]
    ) -> None:
        when = at(MONDAY, "10:00")

        assert faults_of(lambda: plan(office, planning, at=when, **typed)) == faults
        assert visits(office, planning) == []
        assert office.row(planning).step == "visit_planning"

    @pytest.mark.parametrize("day", ["2026-07-06", "2026-07-07", "2026-08-03"])
    def test_reaches_from_today_to_the_twentieth_working_day(
        self, office: House, planning: UUID, day: str
    ) -> None:
        plan(office, planning, at=at(MONDAY, "10:00"), on=date.fromisoformat(day))

        assert [str(row.scheduled_on) for row in visits(office, planning)] == [day]

    def test_takes_inspectors_of_the_office_alone(self, office: House, planning: UUID) -> None:
        for other in (office.people.verifier, office.people.agency_pu):
            planned = partial(plan, office, planning, at=at(MONDAY, "10:00"))
            assert faults_of(partial(planned, visit_inspector=str(other.id))) == {
                "visit_inspector": "not_an_inspector"
            }
        assert office.row(planning).step == "visit_planning"

    def test_takes_no_inspector_whose_account_is_closed(
        self, office: House, planning: UUID
    ) -> None:
        office.as_owner(
            "UPDATE officer SET active = false WHERE id = %(id)s", id=office.people.inspector.id
        )

        assert faults_of(lambda: plan(office, planning, at=at(MONDAY, "10:00"))) == {
            "visit_inspector": "not_an_inspector"
        }

    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(ahead=st.integers(-10, 60))
    def test_accepts_no_date_that_is_not_a_working_day_within_reach(
        self, office: House, planning: UUID, ahead: int
    ) -> None:
        with office.runtime.transaction(office.office_id) as connection:
            version = connection.exec_driver_sql("SELECT id FROM calendar_version").scalar_one()
            calendar = office.runtime.calendar(connection, version, "next_working_day")
        today = date.fromisoformat(MONDAY)
        day = today + timedelta(days=ahead)
        fits = (
            day >= today
            and calendar.is_working(day)
            and calendar.working_days(today, day) <= MOST_DAYS_AHEAD
        )
        number = len(visits(office, planning))

        try:
            plan(office, planning, at=at(MONDAY, "10:00"), on=day)
        except InvalidInput:
            assert not fits
            assert len(visits(office, planning)) == number
        else:
            assert fits
            # Back to where the next example can plan again.
            office.as_owner(
                "UPDATE application SET step = 'visit_planning', lane = 'inspector'"
                " WHERE id = %(id)s",
                id=planning,
            )


class TestPuttingAVisitOff:
    def test_needs_the_reason_of_the_applicant(self, office: House, planned: UUID) -> None:
        with pytest.raises(ReasonMissing):
            office.press("postpone", planned, by=office.people.clerk, at=at("2026-07-07"))

    def test_is_pressed_at_the_counter_never_by_the_inspector(
        self, office: House, planned: UUID
    ) -> None:
        with pytest.raises(NotYourLane):
            office.press(
                "postpone", planned, by=office.people.inspector, reason="x", at=at("2026-07-07")
            )

    def test_keeps_why_and_tells_until_when_the_answer_is_awaited(
        self, office: House, planned: UUID
    ) -> None:
        answer_agencies(office, planned, at(MONDAY, "11:00"))
        office.press(
            "postpone",
            planned,
            by=office.people.clerk,
            reason="Pemilik di luar kota",
            at=at("2026-07-07"),
        )

        (row,) = visits(office, planned)
        assert (row.postponed_why, row.postponed_by) == (
            "Pemilik di luar kota",
            office.people.clerk.id,
        )
        state = office.row(planned).state["visit"]
        assert (state["s"], state["postponed"], state["held"]) == ("postponed", 1, 0)
        (told,) = office.rows("SELECT params FROM notice WHERE event = 'visit_postponed'")
        assert told.params == {"on": "2026-07-08", "answer_by": "2026-07-21T09:00:00+00:00"}

    def test_gives_the_days_until_the_site_is_ready_to_the_applicant(
        self, office: House, planned: UUID
    ) -> None:
        answer_agencies(office, planned, at(MONDAY, "11:00"))
        clerk = office.people.clerk
        office.press(
            "postpone", planned, by=clerk, reason="Pemilik di luar kota", at=at("2026-07-07")
        )
        office.press("ready_again", planned, by=clerk, at=at("2026-07-10", "10:00"))
        plan(office, planned, at=at("2026-07-10", "11:00"), on=date(2026, 7, 13))
        report(office, planned, at=at("2026-07-13", "15:00"))

        view = view_application(office.runtime, planned, office.people.verifier)
        owners = {str(day.on): day.party and str(day.party.value) for day in view.days}
        assert [owners[f"2026-07-{day:02d}"] for day in (6, 7, 8, 9, 10, 13)] == [
            None, "office", "applicant", "applicant", "applicant", "office",
        ]  # fmt: skip

    def test_is_not_the_applicants_time_while_an_agency_still_owes_its_opinion(
        self, office: House, planned: UUID
    ) -> None:
        clerk = office.people.clerk
        office.press("postpone", planned, by=clerk, reason="Sakit", at=at("2026-07-07"))
        office.press("ready_again", planned, by=clerk, at=at("2026-07-09"))

        view = view_application(office.runtime, planned, office.people.verifier)
        owners = {str(day.on): day.party and str(day.party.value) for day in view.days}
        assert owners["2026-07-08"] == "agency"

    def test_can_be_done_twice_and_no_more(self, office: House, planned: UUID) -> None:
        clerk = office.people.clerk
        for day in ("2026-07-07", "2026-07-08"):
            office.press("postpone", planned, by=clerk, reason="Sakit", at=at(day))
            office.press("ready_again", planned, by=clerk, at=at(day, "10:00"))
            plan(office, planned, at=at(day, "11:00"), on=date(2026, 7, 9))

        with pytest.raises(GuardRefused, match="postponement_left"):
            office.press("postpone", planned, by=clerk, reason="Sakit", at=at("2026-07-09"))
        assert [row.number for row in visits(office, planned)] == [1, 2, 3]


class TestReportingAVisit:
    def test_is_refused_before_its_day(self, office: House, planned: UUID) -> None:
        with pytest.raises(GuardRefused, match="visit_scheduled") as refused:
            report(office, planned, at=at("2026-07-07"))

        assert refused.value.missing == ("2026-07-08",)

    def test_writes_what_was_found_under_a_number_of_its_own(
        self, office: House, planned: UUID
    ) -> None:
        report(office, planned, at=at("2026-07-08", "11:00"))
        second = building(office, at=at("2026-07-08"))
        plan(office, second, at=at("2026-07-08"), on=date(2026, 7, 9))
        report(office, second, at=at("2026-07-09"))

        (row,) = visits(office, planned)
        assert row.report_number == "503/0001/BAP/DPMPTSP/2026"
        assert visits(office, second)[0].report_number == "503/0002/BAP/DPMPTSP/2026"
        assert row.present == ["Contoh Pemilik, pemilik", "Contoh Tetangga, tetangga"]
        assert row.findings == [
            {
                "aspect": "Garis sempadan",
                "finding": "4 m dari as jalan, sesuai gambar",
                "fits": True,
            }
        ]
        assert office.row(planned).state["visit"] == {
            "n": 1, "on": "2026-07-08", "s": "held", "held": 1, "postponed": 0, "fits": True,
        }  # fmt: skip

    def test_leaves_its_fingerprint_in_the_history(self, office: House, planned: UUID) -> None:
        report(office, planned, at=at("2026-07-08", "11:00"))

        (row,) = visits(office, planned)
        (event,) = office.rows("SELECT detail FROM application_event WHERE action = 'report'")
        written = VisitReport(
            row.number,
            row.held_on,
            tuple(row.present),
            tuple(row.measured),
            tuple(row.findings),
            row.fits,
            row.summary,
        )
        assert event.detail["visit"]["report"] == report_fingerprint(written)

    @pytest.mark.parametrize(
        ("typed", "faults"),
        [
            ({"held_on": ""}, {"held_on": "required"}),
            ({"held_on": "2026-07-10"}, {"held_on": "visit_not_yet"}),
            ({"held_on": "2026-07-07"}, {"held_on": "visit_before_plan"}),
            ({"present": " \n "}, {"present": "required"}),
            ({"summary": ""}, {"summary": "required"}),
            ({"fits": ""}, {"fits": "choose"}),
            ({"fits": "mungkin"}, {"fits": "choose"}),
            ({"findings": "[]"}, {"aspect_1": "visit_needs_findings"}),
            ({"findings": "{"}, {"findings": "damaged"}),
            ({"findings": "[1]"}, {"findings": "damaged"}),
            ({"findings": json.dumps([{"aspect": "A"}] * 31)}, {"findings": "too_many_rows"}),
            (
                {"findings": json.dumps([{}, {"aspect": "Tinggi"}])},
                {"finding_2": "required", "fits_2": "choose"},
            ),
            ({"measured": json.dumps([{"value": "3 m"}])}, {"label_1": "required"}),
            ({"fits": "no"}, {"fits": "visit_finds_nothing_unfit"}),
            (
                {
                    "findings": json.dumps(
                        [{"aspect": "Lantai", "finding": "3 lantai", "fits": "no"}]
                    )
                },
                {"fits": "visit_finds_unfit"},
            ),
        ],
    )
    def test_is_refused_with_every_fault_at_once(
        self, office: House, planned: UUID, typed: dict[str, Any], faults: dict[str, str]
    ) -> None:
        when = at("2026-07-09")

        assert faults_of(lambda: _report(office, planned, when, **typed)) == faults
        assert visits(office, planned)[0].report_number is None

    def test_that_does_not_fit_stops_the_grant_until_a_second_visit(
        self, office: House, planned: UUID
    ) -> None:
        unfit = json.dumps([{"aspect": "Lantai", "finding": "3 lantai, bukan 2", "fits": "no"}])
        _report(office, planned, at("2026-07-08"), findings=unfit, fits="no")
        answer_agencies(office, planned, at("2026-07-08", "10:00"))
        verifier = office.people.verifier

        with pytest.raises(GuardRefused, match="visit_fits"):
            office.press("propose_grant", planned, by=verifier, at=at("2026-07-08", "11:00"))
        office.press(
            "second_visit", planned, by=verifier, reason="Sudah diubah", at=at("2026-07-09")
        )
        plan(office, planned, at=at("2026-07-09"), on=date(2026, 7, 10))
        assert "fits" not in office.row(planned).state["visit"]
        report(office, planned, at=at("2026-07-10"))
        office.press("propose_grant", planned, by=verifier, at=at("2026-07-10", "11:00"))

        assert office.row(planned).step == "billing"
        assert [row.fits for row in visits(office, planned)] == [False, True]

    def test_cannot_be_changed_or_taken_back_by_the_program(
        self, office: House, planned: UUID
    ) -> None:
        report(office, planned, at=at("2026-07-08", "11:00"))

        with office.runtime.transaction(office.office_id) as connection:
            changed = connection.exec_driver_sql(
                "UPDATE visit SET summary = 'lain', reported_at = NULL WHERE application_id = %s",
                (planned,),
            ).rowcount
        assert changed == 0
        assert visits(office, planned)[0].summary == "Bangunan sesuai gambar."

    def test_may_not_conclude_against_its_findings_whoever_writes_it(
        self, office: House, planned: UUID
    ) -> None:
        report(office, planned, at=at("2026-07-08", "11:00"))

        with pytest.raises(Exception, match="ck_visit_fits_as_found"):
            office.as_owner(
                "UPDATE visit SET fits = false WHERE application_id = %(id)s", id=planned
            )


def _report(office: House, application_id: UUID, when: datetime, **typed: str) -> None:
    inputs = {**report_inputs(date(2026, 7, 8)), **typed}
    office.press("report", application_id, by=office.people.inspector, inputs=inputs, at=when)


def picture(colour: str = "white", kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, kind)
    return out.getvalue()


class TestPhotographs:
    def test_are_kept_beside_the_visit_once_each(self, office: House, planned: UUID) -> None:
        first, second = ("a.jpg", picture("red")), ("b.jpg", picture("blue"))
        by = office.people.inspector

        assert attach_photos(office.runtime, planned, [first, second], by) == 2
        assert attach_photos(office.runtime, planned, [first], by) == 0

        (visit,) = view_application(office.runtime, planned, by).visits
        assert [photo.name for photo in visit.photos] == ["a.jpg", "b.jpg"]

    def test_are_pictures_alone(self, office: House, planned: UUID) -> None:
        pdf = files.pdf()

        for content in (pdf, b"text", b""):
            with pytest.raises(StorageFault):
                attach_photos(
                    office.runtime, planned, [("a", picture()), ("b", content)],
                    office.people.inspector,
                )  # fmt: skip
        assert view_application(office.runtime, planned, office.people.clerk).visits[0].photos == ()

    def test_are_taken_by_inspectors(self, office: House, planned: UUID) -> None:
        with pytest.raises(NotAllowed):
            attach_photos(office.runtime, planned, [("a", picture())], office.people.clerk)

    def test_are_twelve_at_most(self, office: House, planned: UUID) -> None:
        many = [(f"{n}.png", picture(f"#0000{n:02x}", "PNG")) for n in range(MOST_PHOTOS + 1)]
        by = office.people.inspector
        attach_photos(office.runtime, planned, many[:-1], by)

        assert faults_of(lambda: attach_photos(office.runtime, planned, many[-1:], by)) == {
            "photos": "visit_photos_too_many"
        }

    def test_can_be_added_until_the_report_has_been_weighed(
        self, office: House, planned: UUID
    ) -> None:
        by, verifier = office.people.inspector, office.people.verifier
        report(office, planned, at=at("2026-07-08", "11:00"))
        assert attach_photos(office.runtime, planned, [("a", picture("red"))], by) == 1
        answer_agencies(office, planned, at("2026-07-08", "12:00"))
        assert attach_photos(office.runtime, planned, [("b", picture("blue"))], by) == 1

        office.press("return_for_plans", planned, by=verifier, reason="Denah", at=at("2026-07-09"))
        closed = {"photos": "visit_photos_closed"}
        late = [("c", picture("green"))]
        assert faults_of(lambda: attach_photos(office.runtime, planned, late, by)) == closed
        office.press("resubmit_plans", planned, by=office.people.clerk, at=at("2026-07-10"))
        assert faults_of(lambda: attach_photos(office.runtime, planned, late, by)) == closed

    def test_need_a_visit_and_an_open_file(self, office: House, planning: UUID) -> None:
        by = office.people.inspector
        with pytest.raises(NotFound):
            attach_photos(office.runtime, planning, [("a", picture())], by)
        plan(office, planning, at=at(MONDAY, "10:00"), on=date(2026, 7, 8))
        office.press(
            "withdraw", planning, by=office.people.clerk, reason="Batal", at=at("2026-07-07")
        )
        with pytest.raises(ApplicationEnded):
            attach_photos(office.runtime, planning, [("a", picture())], by)


class TestTheListOfAnInspector:
    def test_has_his_planned_visits_the_earliest_first(self, office: House) -> None:
        by = office.people.inspector
        for day, time in ((9, ""), (8, "13:00"), (8, "09:30"), (8, "")):
            file = building(office, at=at(MONDAY))
            plan(office, file, at=at(MONDAY, "10:00"), on=date(2026, 7, day), visit_time=time)

        found = agenda(office.runtime, by)
        assert [(row.scheduled_on.day, row.time) for row in found.rows] == [
            (8, "09:30"), (8, "13:00"), (8, ""), (9, ""),
        ]  # fmt: skip
        assert {row.place for row in found.rows} == {ADDRESS}
        assert agenda(office.runtime, by, limit=3).more == 1
        assert agenda(office.runtime, office.people.head).rows == []
        assert len(agenda(office.runtime, office.people.head, whole_office=True).rows) == 4

    def test_forgets_what_was_reported_put_off_or_withdrawn(
        self, office: House, planned: UUID
    ) -> None:
        by, clerk = office.people.inspector, office.people.clerk
        assert len(agenda(office.runtime, by).rows) == 1
        office.press("withdraw", planned, by=clerk, reason="Batal", at=at("2026-07-07"))

        assert agenda(office.runtime, by).rows == []

    def test_tells_who_plans_how_full_the_days_are(
        self, runtime: Runtime, owner_db: OwnerOf
    ) -> None:
        office = building_house(runtime, owner_db)
        building(office, "visit")
        other = building(office)

        view = view_application(office.runtime, other, office.people.inspector)
        assert [(each.inspector_id, each.count) for each in view.engagements] == [
            (office.people.inspector.id, 1)
        ]
