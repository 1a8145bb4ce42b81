"""What the certificate of an application that the law has granted is made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from licensing.documents import CountedDay, LapsePaper, Signatory, Tracking
from licensing.errors import NotFound
from licensing.people import Officer
from licensing.queries.application import EventView, view_application
from licensing.queries.letters import bare, letterhead, superior, tracking_of
from licensing.queries.services import OfficeView, catalogue
from licensing.queries.tracking import TrackingKey, view_tracking
from licensing.runtime import Runtime
from workflows.check import LAPSE
from workflows.ledger import Day
from workflows.sop import Certificate, Limit, Sop

TITLE: Final = "Surat Keterangan Keputusan yang Dianggap Dikabulkan secara Hukum"
CLOSING: Final = (
    "Surat keterangan ini menyatakan apa yang tercatat dan bukan surat izin. Bentuk penetapan "
    "keputusan yang dianggap dikabulkan secara hukum diatur dengan peraturan presiden (UU 30/2014 "
    "Pasal 53 ayat (5) sebagaimana diubah dengan UU 6/2023)."
)
"""What an office says where its SOP says nothing else."""
SUFFIX: Final = "DKH"
"""Dikabulkan karena hukum: the certificate has the number of its file and these letters."""


def lapse_certificate(runtime: Runtime, application_id: UUID, by: Officer) -> LapsePaper:
    """Return the certificate for an officer to print and the head to sign.

    Raises:
        NotFound: no such application in the office of `by`, or the law has not granted it.
    """
    view = view_application(runtime, application_id, by)
    lapsed = _lapse(view.events, view.number)
    with runtime.transaction(by.office_id) as connection:
        head = connection.exec_driver_sql(_HEAD, {"office": by.office_id, "me": by.id}).fetchone()
    office = catalogue(runtime, by.office_id).office
    return _paper(
        office,
        tracking_of(runtime, view.number, view.tracking_cipher),
        view.sop,
        lapsed,
        view.days,
        applicant=view.applicant.name,
        subject=view.subject,
        signatory=None if head is None else _signatory(head, office),
    )


def tracked_certificate(runtime: Runtime, key: TrackingKey) -> LapsePaper:
    """Return the certificate for an applicant, who has shown number and code: masked, unsigned.

    Raises:
        NotFound: there is no such application, or the law has not granted it.
    """
    view = view_tracking(runtime, key)
    lapsed = _lapse(view.events, view.number)
    page = f"{runtime.public_url}/lacak"
    return _paper(
        catalogue(runtime, key.office_id).office,
        Tracking(view.number, "", f"{page}/{view.number}", bare(page)),
        view.sop,
        lapsed,
        view.days,
        applicant=view.applicant_masked,
        subject=view.applicant_masked if view.sop.subject is None else view.subject,
        signatory=None,
    )


def _lapse(events: Sequence[EventView], number: str) -> EventView:
    for event in reversed(events):
        if event.action == LAPSE:
            return event
    raise NotFound("certificate of application", number)


def _paper(
    office: OfficeView,
    tracking: Tracking,
    sop: Sop,
    lapsed: EventView,
    days: Sequence[Day],
    *,
    applicant: str,
    subject: str,
    signatory: Signatory | None,
) -> LapsePaper:
    said: Mapping[str, Any] = lapsed.detail
    amount, unit = said["within"]
    limit: Limit | None = sop.limits.get(said["limit"].partition("#")[0])
    words = Certificate() if limit is None else limit.certificate
    return LapsePaper(
        office=letterhead(office),
        tracking=tracking,
        title=words.title["id"] if words.title else TITLE,
        number=f"{tracking.number}/{SUFFIX}",
        applicant=applicant,
        service=sop.title["id"],
        subject=subject,
        received_at=datetime.fromisoformat(said["started_at"]),
        allowed=f"{amount} {'hari' if unit == 'working days' else 'jam'} kerja",
        source=said["source"],
        ended_at=datetime.fromisoformat(said["lapsed_at"]),
        deemed_on=date.fromisoformat(said["deemed_on"]),
        recorded_at=lapsed.effective_at,
        days=tuple(_counted(sop, days, said["limit"], amount)),
        closing=words.closing["id"] if words.closing else CLOSING,
        signatory=signatory,
    )


def _counted(sop: Sop, days: Sequence[Day], key: str, allowed: int) -> Iterator[CountedDay]:
    """Yield the days that the limit counted, those after its end left out."""
    for day in days:
        ordinal = day.ordinal(key)
        if ordinal is not None and ordinal <= allowed:
            lane = sop.lanes.get(day.lane or "")
            yield CountedDay(ordinal, day.on, "" if lane is None else lane.title["id"])


def _signatory(row: Any, office: OfficeView) -> Signatory:
    return Signatory(
        name=row.name,
        title=row.title or f"Kepala {office.name}",
        on_behalf_of=superior(office),
        nip=row.employee_number or None,
    )


# Whoever prints it signs it, if he is the head.
_HEAD = """
SELECT w.name, w.title, w.employee_number
  FROM officer w JOIN acting_role r ON r.officer_id = w.id
 WHERE w.active AND r.office_id = %(office)s AND r.role = 'head'
 ORDER BY w.id <> %(me)s, w.name, w.id
 LIMIT 1
"""
