"""Building permits for tests of the site visit: filed, and driven to where one wants."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from licensing.database import Database
from licensing.runtime import Runtime
from licensing.services.file_application import FileApplication, file_application
from tests.factories import House, make_applicant, make_house
from workflows.definitions import text_of

ADDRESS = "Jalan Contoh 12, Kelurahan Contoh"
FINDINGS = (("Garis sempadan", "4 m dari as jalan, sesuai gambar", "yes"),)


def building_house(runtime: Runtime, owner: Database, *, simulated: bool = False) -> House:
    """Return an office that issues building permits."""
    return make_house(runtime, owner, simulated=simulated, sop=text_of("imb"))


def building(house: House, step: str = "visit_planning", *, at: datetime | None = None) -> UUID:
    """Return a building permit that stands at visit_planning, visit, visit_postponed or review."""
    people = house.people
    application_id = file_application(
        house.runtime,
        FileApplication(
            service=house.service,
            applicant=make_applicant(),
            variants={"work": "new", "floors": "low", "owner": "person"},
            fields={
                "owner_name": "Contoh Pemilik",
                "building_address": ADDRESS,
                "building_function": "hunian",
                "floor_area": "240,50",
                "storeys": "2",
                "land_area": "300",
                "land_right": "hak_milik",
                "land_right_number": "HM 00001",
                "krk_number": "KRK/00001",
                "phone": "081200000900",
            },
            once_key=uuid4().hex,
            at=at,
        ),
        by=people.clerk,
    ).application_id
    house.check_all(application_id)
    house.press("accept", application_id, by=people.clerk, at=at)
    house.judge_all(application_id)
    house.press("approve", application_id, by=people.verifier, at=at)
    if step == "visit_planning":
        return application_id
    plan(house, application_id, at=at)
    if step == "visit_postponed":
        house.press(
            "postpone", application_id, by=people.clerk, reason="Pemilik di luar kota", at=at
        )
    elif step == "review":
        report(house, application_id, at=at)
    return application_id


def today(house: House) -> date:
    """Return the day in the office's zone."""
    found: date = house.rows("SELECT (clock_timestamp() AT TIME ZONE 'Asia/Jakarta')::date")[0][0]
    return found


def plan(
    house: House,
    application_id: UUID,
    *,
    at: datetime | None = None,
    on: date | None = None,
    **different: str,
) -> None:
    """Plan a visit, on the next working day from today unless another is given."""
    inputs = {"visit_place": ADDRESS, **different}
    if on is not None:
        inputs["visit_on"] = on.isoformat()
    house.press(
        "schedule",
        application_id,
        by=house.people.inspector,
        inputs={"visit_on": next_working(house, at).isoformat(), **inputs},
        at=at,
    )


def next_working(house: House, at: datetime | None = None) -> date:
    """Return today, or the first working day after it."""
    with house.runtime.transaction(house.office_id) as connection:
        version = connection.exec_driver_sql("SELECT id FROM calendar_version").scalar_one()
        calendar = house.runtime.calendar(connection, version, "next_working_day")
    return calendar.next_working(calendar.local_date(at) if at else today(house))


def report_inputs(
    on: date | None = None,
    *,
    findings: Sequence[tuple[str, str, str]] = FINDINGS,
    **different: Any,
) -> Mapping[str, str]:
    """Return what an inspector types into a report."""
    rows = [{"aspect": a, "finding": f, "fits": fits} for a, f, fits in findings]
    return {
        "held_on": "" if on is None else on.isoformat(),
        "present": "Contoh Pemilik, pemilik\nContoh Tetangga, tetangga",
        "measured": json.dumps([{"label": "Luas lantai", "value": "240,50 m²"}]),
        "findings": json.dumps(rows),
        "fits": "yes",
        "summary": "Bangunan sesuai gambar.",
        **different,
    }


def report(
    house: House, application_id: UUID, *, at: datetime | None = None, **different: Any
) -> None:
    """Hand in the report of the visit that is planned, held on its day."""
    row = house.rows(
        "SELECT scheduled_on FROM visit WHERE application_id = %(id)s ORDER BY number DESC",
        id=application_id,
    )[0]
    house.press(
        "report",
        application_id,
        by=house.people.inspector,
        inputs=report_inputs(row.scheduled_on, **different),
        at=at,
    )
