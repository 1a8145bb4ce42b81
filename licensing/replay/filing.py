"""Filing without a form: a case of a log becomes an application of an invented applicant."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from licensing.errors import SimulationOnly
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.first_line import (
    FirstLine,
    filing_office,
    new_tracking_code,
    registration_number,
    write_first_line,
)

_COUNTER = "counter"


def file_bare(
    runtime: Runtime, service: str, case: str, applicant_id: UUID, by: Officer, at: datetime
) -> UUID:
    """File an application that has no papers and no form; return its id.

    Its first line of history, its clock and its asks are those of every application.

    Raises:
        SimulationOnly: the office is not simulated.
    """
    with runtime.transaction(by.office_id) as connection:
        office = filing_office(connection, by.office_id, service)
        if not office.simulated:
            raise SimulationOnly(str(office.id))
        sop = runtime.rules(connection, office.sop_version_id).sop
        clockwork = runtime.clockwork(
            connection, office.sop_version_id, office.calendar_version_id, office.late_receipt
        )
        application_id = uuid4()
        line = FirstLine(
            application_id=application_id,
            number=registration_number(connection, office.id, clockwork.calendar.local_date(at)),
            tracking_code=new_tracking_code(),
            service=service,
            subject=case,
            applicant_id=applicant_id,
            once_key=f"replay:{case}",
            lane=_COUNTER if _COUNTER in sop.lanes else sop.steps[sop.starts_at].lane,
        )
        write_first_line(connection, runtime.keyring, office, sop, clockwork, line, by=by.id, at=at)
    return application_id
