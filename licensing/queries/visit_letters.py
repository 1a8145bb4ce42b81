"""What the report of a visit is printed from, as it stands in the file."""

from __future__ import annotations

from uuid import UUID

from licensing.documents import FindingLine, Signatory, VisitPaper
from licensing.documents.photos import thumbnail
from licensing.errors import NotFound
from licensing.people import Officer
from licensing.queries.application import view_application
from licensing.queries.letters import letterhead
from licensing.queries.services import catalogue
from licensing.runtime import Runtime

PRINTED_PHOTOS = 6
PRINTED_SIDE = 720
"""Pixels: enough for half the width of the sheet."""


def visit_report(
    runtime: Runtime, application_id: UUID, by: Officer, *, number: int | None = None
) -> VisitPaper:
    """Return the report of the visit `number`, or the newest one.

    Raises:
        NotFound: no such application in the office of `by`, or no such report.
        StorageFault: a photograph is gone or altered.
    """
    view = view_application(runtime, application_id, by)
    for visit in view.visits:
        report = visit.report
        if report is not None and number in (None, visit.number):
            break
    else:
        raise NotFound("report of a visit to application", view.number)
    printed = visit.photos[:PRINTED_PHOTOS]
    return VisitPaper(
        office=letterhead(catalogue(runtime, by.office_id).office),
        number=report.number,
        registration_number=view.number,
        applicant=view.applicant.name,
        service=view.sop.title["id"],
        subject=view.subject,
        place=visit.place,
        planned_on=visit.scheduled_on,
        held_on=report.held_on,
        visit=visit.number,
        present=tuple(report.present),
        measured=tuple(report.measured),
        findings=tuple(
            FindingLine(line.aspect, line.finding, line.fits) for line in report.findings
        ),
        fits=report.fits,
        summary=report.summary,
        photos=tuple(
            thumbnail(runtime.storage.get(photo.sha256), longest=PRINTED_SIDE) for photo in printed
        ),
        photos_kept=len(visit.photos),
        reported_at=report.reported_at,
        inspector=Signatory(
            report.reported_by, "Peninjau lapangan", nip=report.reported_by_number or None
        ),
    )
