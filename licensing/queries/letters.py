"""What the printed papers of an application are made from, as of its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from licensing.documents import (
    Erratum,
    FaultLine,
    Letterhead,
    PermitPaper,
    Promise,
    ReceiptPaper,
    RefusalPaper,
    RefusalReason,
    ReturnLetter,
    Signatory,
    Tracking,
)
from licensing.documents.indonesian import date_words
from licensing.errors import NotFound
from licensing.happenings import corrected_times
from licensing.identity import show_npwp, show_phone
from licensing.people import Officer
from licensing.queries.application import ApplicationView, EventView, view_application
from licensing.queries.services import OfficeView, catalogue
from licensing.runtime import Runtime
from licensing.secrecy import unseal
from licensing.services.file_application import CODE_PURPOSE
from workflows.sop import Field, Sop

OBJECTION_DAYS = 21
"""Working days for an objection. Source: UU 30/2014 Art 77(1)."""

UNCOVERED = "Dihitung tanpa hari libur yang belum ditetapkan."
"""Stands beside a promised day of which not every holiday before it is known."""


def receipt(
    runtime: Runtime,
    application_id: UUID,
    by: Officer,
    *,
    reprint: bool,
    narrow: bool = False,
) -> ReceiptPaper:
    """Return the receipt: what came in and when the answer is promised.

    Raises:
        NotFound: no such application in the office of `by`, or nothing is promised: it is with
            the applicant.
    """
    view, office = _read(runtime, application_id, by)
    accepted = _last(view.events, "issue_receipt", view.sop)
    return ReceiptPaper(
        office=letterhead(office),
        tracking=_tracking(runtime, view),
        applicant=view.applicant.name,
        service=view.sop.title["id"],
        received_at=corrected_times(view.events).get(1, view.filed_at),
        promise=_with_coverage(view, _promise(view, accepted)),
        papers=tuple(
            view.sop.papers[paper.name].title["id"]
            for paper in view.papers
            if paper.presence == "received"
        ),
        fee="Tidak dipungut biaya" if view.sop.fee.tariff is None else "Dibayar hanya di bank",
        handed_in_by=(view.proxy or {}).get("name") or view.applicant.name,
        officer=(accepted or view.events[0]).actor or "",
        counter="Petugas loket",
        printed_at=view.now,
        reprint=reprint,
        errata=_errata(view),
        note=(accepted.reason or "") if accepted is not None else "",
        narrow=narrow,
    )


def return_letter(runtime: Runtime, application_id: UUID, by: Officer) -> ReturnLetter:
    """Return the letter of the newest return: one full list of faults.

    Raises:
        NotFound: no such application, or it was never returned.
    """
    view, office = _read(runtime, application_id, by)
    returned = _last(view.events, "list_faults", view.sop)
    if returned is None:
        raise NotFound("return of application", view.number)
    step = view.sop.steps[returned.to_step]
    answer = next((limit for limit in view.limits if limit.key.startswith("answer:")), None)
    notes: Mapping[str, str] = returned.detail.get("words", {})
    at_counter = returned.from_step == view.sop.starts_at
    return ReturnLetter(
        office=letterhead(office),
        tracking=_tracking(runtime, view),
        number=f"{view.number}/{returned.seq}",
        applicant=view.applicant.name,
        address=view.applicant.address,
        service=view.sop.title["id"],
        filed_at=view.filed_at,
        returned_at=returned.effective_at,
        faults=tuple(
            FaultLine(
                view.sop.papers[name].title["id"],
                notes.get(name) or ("Belum ada." if at_counter else "Perlu diperbaiki."),
                _note(view.sop, name),
            )
            for name in returned.detail.get("faults", ())
        ),
        answer_by=None if answer is None else answer.due_at,
        source=step.answer_within.source if step.answer_within else view.sop.source,
        signatory=Signatory(returned.actor or "", view.sop.lanes[returned.lane].title["id"]),
        kind="incomplete" if at_counter else "incorrect",
    )


def permit(runtime: Runtime, application_id: UUID, by: Officer) -> PermitPaper:
    """Return the permit as it was issued.

    Raises:
        NotFound: no such application, or no permit came out of it.
    """
    view, office = _read(runtime, application_id, by)
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_PERMIT, (application_id,)).fetchone()
    if row is None or view.sop.product is None:
        raise NotFound("permit of application", view.number)
    product, fields = view.sop.product, row.content["fields"]
    grade = next(
        (
            band.title["id"]
            for scale in view.sop.scales.values()
            for band in scale.bands
            if fields.get(scale.name) == band.name
        ),
        None,
    )
    check = f"{runtime.public_url}/periksa"
    return PermitPaper(
        office=letterhead(office),
        title=product.title["id"].partition(" (")[0],
        abbreviation=product.series,
        grade=grade,
        number=row.number,
        fields=(
            ("Nama pemohon", row.content["applicant"]["name"]),
            *_fields(view.sop, view.variants, fields),
        ),
        legal_basis=_basis(view.sop),
        registration_number=view.number,
        decided_on=row.issued_on,
        valid_from=row.issued_on,
        valid_until=row.valid_until,
        validity=(
            "Berlaku selama kegiatan usahanya dijalankan."
            if product.valid_years is None
            else f"Berlaku {product.valid_years} tahun."
        ),
        signatory=_head(row, office),
        check_url=f"{check}/{row.verify_code}",
        check_address=bare(check),
        duties=("Melaporkan setiap perubahan data kepada kantor penerbit.",),
        replaces=row.replaced,
        photo=any("pasfoto" in paper.name for paper in view.papers),
    )


def refusal(runtime: Runtime, application_id: UUID, by: Officer) -> RefusalPaper:
    """Return the decision that refuses: reasons, legal basis and remedies.

    Raises:
        NotFound: no such application, or it was not refused.
    """
    view, office = _read(runtime, application_id, by)
    refused = _last(view.events, "issue_refusal", view.sop)
    if refused is None:
        raise NotFound("refusal of application", view.number)
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_SIGNER, (refused.actor_id,)).one()
    decided_on = view.calendar.local_date(refused.effective_at)
    return RefusalPaper(
        office=letterhead(office),
        tracking=_tracking(runtime, view),
        number=f"{view.number}/TOLAK",
        applicant=view.applicant.name,
        address=view.applicant.address,
        service=view.sop.title["id"],
        filed_at=view.filed_at,
        decided_on=decided_on,
        reasons=(RefusalReason(refused.reason or "", refused.detail["legal_basis"]),),
        legal_basis=_basis(view.sop),
        signatory=_head(row, office),
        superior=superior(office),
        objection_by=view.calendar.nth_after(decided_on, OBJECTION_DAYS),
    )


def letterhead(office: OfficeView) -> Letterhead:
    """Return the head of an office's papers."""
    return Letterhead(
        government=office.government,
        name=office.name,
        address=office.address,
        contact=f"Telepon {office.phone}, pos-el {office.email}",
        place=office.place,
        zone=office.zone,
        complaints=office.phone,
        specimen=office.sample,
    )


def _read(
    runtime: Runtime, application_id: UUID, by: Officer
) -> tuple[ApplicationView, OfficeView]:
    return (
        view_application(runtime, application_id, by),
        catalogue(runtime, by.office_id).office,
    )


def tracking_of(runtime: Runtime, number: str, cipher: str) -> Tracking:
    """Return how the applicant follows a file, with the code that its cipher holds."""
    code = unseal(runtime.keyring, cipher, purpose=CODE_PURPOSE)
    page = f"{runtime.public_url}/lacak"
    half = len(code) // 2
    return Tracking(
        number=number,
        code=f"{code[:half]}-{code[half:]}",
        url=f"{page}/{number}?k={code}",
        address=bare(page),
    )


def _tracking(runtime: Runtime, view: ApplicationView) -> Tracking:
    return tracking_of(runtime, view.number, view.tracking_cipher)


def _promise(view: ApplicationView, accepted: EventView | None) -> Promise:
    """Return the date promised at acceptance; before it, when the check is promised."""
    if accepted is not None and accepted.detail.get("promised"):
        return _service_promise(view, datetime.fromisoformat(accepted.detail["promised"]))
    for limit in view.limits:
        if limit.name == "filing" and limit.ended_at is None and limit.due_at is not None:
            return Promise(
                limit.due_at,
                limit.within.amount,
                label="Hasil pemeriksaan kelengkapan paling lambat",
                since="berkas diterima",
            )
    raise NotFound("promised day of application", view.number)


def _with_coverage(view: ApplicationView, promise: Promise) -> Promise:
    """Return a promise that says so where it lies beyond the closed days that are known."""
    if not view.calendar.past_coverage(view.calendar.local_date(promise.at)):
        return promise
    return replace(promise, note=" ".join(filter(None, (promise.note, UNCOVERED))))


_WHY_MOVED: Final[Mapping[str, str]] = {
    "extend": "perpanjangan",
    "correct_time": "pembetulan waktu terima",
    "recount": "perubahan kalender",
}


def _service_promise(view: ApplicationView, first: datetime) -> Promise:
    """Return the promise of the standard: the first one, unless an act on the clock moved it.

    A file that was away makes the date later too; that is said on the receipt, and not dated anew.
    """
    standard = view.sop.limits["service"].within.amount
    why = [_WHY_MOVED[event.action] for event in view.events if event.action in _WHY_MOVED]
    now = next((limit for limit in view.limits if limit.key == "service"), None)
    if not why or now is None or now.due_at == first:
        return Promise(first, standard)
    if now.due_at is None:
        # It has no date while it is away; what was extended is said all the same.
        more = f"Waktu kami kini {now.within.amount} hari kerja ({', '.join(dict.fromkeys(why))})."
        return Promise(first, standard, note=more if now.extended else None)
    return Promise(
        now.due_at,
        now.within.amount,
        note=f"Semula {date_words(view.calendar.local_date(first))}; berubah karena "
        f"{', '.join(dict.fromkeys(why))}.",
    )


def _errata(view: ApplicationView) -> tuple[Erratum, ...]:
    """Return the corrected times of receipt, as first recorded and as they are now."""
    times = corrected_times(view.events)
    return tuple(
        Erratum(_what(view.sop, event), event.effective_at, times[event.seq])
        for event in view.events
        if event.seq in times
    )


def _what(sop: Sop, event: EventView) -> str:
    step = sop.steps.get(event.from_step or "")
    action = step.actions.get(event.action) if step is not None else None
    return "Permohonan diterima" if action is None else action.title["id"]


def _last(events: Sequence[EventView], effect: str, sop: Sop) -> EventView | None:
    """Return the newest line whose action had this effect."""
    for event in reversed(events):
        step = sop.steps.get(event.from_step or "")
        action = step.actions.get(event.action) if step else None
        if action is not None and effect in action.then:
            return event
    return None


def _fields(
    sop: Sop, variants: Mapping[str, str], values: Mapping[str, Any]
) -> list[tuple[str, str]]:
    rows = []
    for name, field in sop.fields.items():
        if name in values and field.when.holds_for(variants):
            rows.append((field.title["id"], _shown(field, values[name])))
    return rows


def _shown(field: Field, value: Any) -> str:
    match field.type:
        case "money_idr":
            return f"Rp{int(value):,}".replace(",", ".")
        case "number" | "decimal":
            return f"{Decimal(str(value)):,f}".translate(str.maketrans(",.", ".,"))
        case "choice":
            return field.choices[value]["id"] if value in field.choices else str(value)
        case "npwp":
            return show_npwp(str(value))
        case "phone":
            return show_phone(str(value))
        case "date":
            return date_words(datetime.fromisoformat(str(value)).date())
        case _:
            return str(value)


def _note(sop: Sop, name: str) -> str | None:
    note = sop.papers[name].note
    return None if note is None else note["id"]


def _basis(sop: Sop) -> tuple[str, ...]:
    """Return what a decision rests on: the rule of the service first, then the acts around it."""
    return tuple(dict.fromkeys((sop.source, *sop.legal_basis)))


def _head(row: Any, office: OfficeView) -> Signatory:
    return Signatory(
        name=row.name,
        title=row.title or f"Kepala {office.name}",
        on_behalf_of=superior(office),
        nip=row.employee_number or None,
    )


def superior(office: OfficeView) -> str:
    """Return the head of the region, who delegated. Source: PP 96/2012 Art 16."""
    region = office.government.removeprefix("Pemerintah ").removeprefix("PEMERINTAH ")
    office_of = "Bupati" if region.lower().startswith("kabupaten") else "Wali Kota"
    return f"{office_of} {region.partition(' ')[2] or region}"


def bare(address: str) -> str:
    """Return an address as it is typed by hand: host and path."""
    parts = urlsplit(address)
    return f"{parts.netloc}{parts.path}"


_PERMIT = """
SELECT m.number, m.issued_on, m.valid_until, m.verify_code, m.content, w.name, w.title,
       w.employee_number, r.number AS replaced
  FROM permit m
  JOIN officer w ON w.id = m.signed_by
  LEFT JOIN permit r ON r.id = m.replaces_id
 WHERE m.application_id = %s
"""

_SIGNER = "SELECT name, title, employee_number FROM officer WHERE id = %s"
