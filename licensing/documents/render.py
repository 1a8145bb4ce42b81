"""Values in, PDF out: the same bytes for the same values, and nothing in them is ever markup."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import singledispatch
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typst

from licensing.documents import indonesian as id_
from licensing.documents import photos, qr
from licensing.documents.bill_data import bill_data, slip_data
from licensing.documents.bill_values import BillPaper, SlipPaper
from licensing.documents.lapse_values import LapsePaper, lapse_data
from licensing.documents.values import (
    Letterhead,
    Paper,
    PermitPaper,
    ReceiptPaper,
    RefusalPaper,
    ReturnLetter,
    Signatory,
    Tracking,
)
from licensing.documents.visit_values import VisitPaper
from licensing.errors import LicensingError

TEMPLATES = Path(__file__).parent / "templates"
_UNSHOWABLE = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
_INVISIBLE_ORDER = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BEYOND_EUROPE = re.compile("[^\n\u0020-\u052f\u1e00-\u206f\u20a0-\u22ff\u25a1]")
_PATIENCE = 16
"""How many unknown characters are sought one by one before all rare scripts are boxed at once."""

Data = dict[str, Any]
AnyPaper = Paper | BillPaper | SlipPaper | VisitPaper | LapsePaper


class PaperError(LicensingError):
    """Values that cannot be printed: the message says what the printer refused."""

    code = "document.unprintable"


def render(paper: AnyPaper) -> bytes:
    """Return `paper` as a PDF/A-2a that is also PDF/UA-1.

    A character that no font of ours has (emoji, some scripts) is printed as a box.

    Raises:
        PaperError: the values cannot be printed, for example an emblem that is no SVG.
    """
    template, data, made_at = _content(paper)
    sheet = _clean(data)
    for _ in range(_PATIENCE):
        try:
            return _compile(template, sheet, made_at)
        except typst.TypstError as refusal:
            unknown = _unknown_characters(str(refusal))
            if not unknown:
                raise PaperError(f"{template}: {refusal}") from refusal
            sheet = _boxed(sheet, re.compile(f"[{re.escape(unknown)}]"))
    try:
        return _compile(template, _boxed(sheet, _BEYOND_EUROPE), made_at)
    except typst.TypstError as refusal:
        raise PaperError(f"{template}: {refusal}") from refusal


def _compile(template: str, data: Any, made_at: datetime) -> bytes:
    return typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        format="pdf",
        ignore_system_fonts=True,
        # A folder that does not exist: a template can never fetch anything.
        package_path=str(TEMPLATES / "packages"),
        package_cache_path=str(TEMPLATES / "packages"),
        sys_inputs={"data": json.dumps(data)},
        # To be kept for decades, and readable by a screen reader.
        pdf_standards=["a-2a", "ua-1"],
        timestamp=made_at.astimezone(UTC).replace(microsecond=0),
    )


@singledispatch
def _content(paper: AnyPaper) -> tuple[str, Data, datetime]:
    """Return template, data and date of making."""
    raise PaperError(f"{type(paper).__name__} is no paper of ours")


@_content.register
def _(paper: ReceiptPaper) -> tuple[str, Data, datetime]:
    zone = paper.office.zone
    printed = id_.moment_words(paper.printed_at, zone)
    return (
        "receipt_narrow.typ" if paper.narrow else "receipt.typ",
        _common(paper.office, paper.printed_at, f"Tanda terima {paper.tracking.number}")
        | {
            "tracking": _tracking(paper.tracking),
            "applicant": paper.applicant,
            "service": paper.service,
            "received": id_.moment_words(paper.received_at, zone),
            "promise": {
                "label": paper.promise.label,
                "day": id_.day_words(id_.local_date(paper.promise.at, zone)),
                "time": id_.time_words(paper.promise.at, zone),
                "working_days": paper.promise.working_days,
                "since": paper.promise.since,
                "note": paper.promise.note,
            },
            "papers": paper.papers,
            "papers_count": id_.count_words(len(paper.papers)),
            "fee": paper.fee,
            "handed_in_by": paper.handed_in_by,
            "officer": paper.officer,
            "counter": paper.counter,
            "note": paper.note,
            "reprint": paper.reprint,
            "errata": [
                {
                    "what": one.what,
                    "was": id_.moment_words(one.was, zone),
                    "now": id_.moment_words(one.now, zone),
                }
                for one in paper.errata
            ],
            "printed": f"Dicetak {'ulang ' if paper.reprint else ''}{printed}.",
        },
        paper.printed_at,
    )


@_content.register
def _(paper: ReturnLetter) -> tuple[str, Data, datetime]:
    zone = paper.office.zone
    answer = paper.answer_by
    return (
        "return_letter.typ",
        _common(paper.office, paper.returned_at, f"Pengembalian berkas {paper.tracking.number}")
        | {
            "tracking": _tracking(paper.tracking),
            "number": paper.number,
            "applicant": paper.applicant,
            "address": paper.address,
            "service": paper.service,
            "filed": id_.day_words(id_.local_date(paper.filed_at, zone)),
            "dated": id_.date_words(id_.local_date(paper.returned_at, zone)),
            "kind": paper.kind,
            "faults": [
                {"paper": line.paper, "fault": line.fault, "remedy": line.remedy}
                for line in paper.faults
            ],
            "answer_by": answer and id_.day_words(id_.local_date(answer, zone)),
            "answer_time": answer and id_.time_words(answer, zone),
            "source": paper.source,
            "signatory": _signatory(paper.signatory),
        },
        paper.returned_at,
    )


@_content.register
def _(paper: PermitPaper) -> tuple[str, Data, datetime]:
    made_at = _morning(paper.office, paper.decided_on)
    return (
        "permit.typ",
        _common(paper.office, made_at, f"{paper.abbreviation} {paper.number}")
        | {
            "title": paper.title,
            "abbreviation": paper.abbreviation,
            "grade": paper.grade,
            "number": paper.number,
            "fields": paper.fields,
            "legal_basis": paper.legal_basis,
            "registration_number": paper.registration_number,
            "decided_on": id_.date_words(paper.decided_on),
            "valid_from": id_.date_words(paper.valid_from),
            "valid_until": paper.valid_until and id_.date_words(paper.valid_until),
            "validity": paper.validity,
            "signatory": _signatory(paper.signatory),
            "check_url": paper.check_url,
            "check_address": paper.check_address,
            "qr": qr.svg(paper.check_url),
            "duties": paper.duties,
            "replaces": paper.replaces,
            "photo": paper.photo,
        },
        made_at,
    )


@_content.register
def _(paper: RefusalPaper) -> tuple[str, Data, datetime]:
    made_at = _morning(paper.office, paper.decided_on)
    return (
        "refusal.typ",
        _common(paper.office, made_at, f"Penolakan {paper.tracking.number}")
        | {
            "tracking": _tracking(paper.tracking),
            "number": paper.number,
            "applicant": paper.applicant,
            "address": paper.address,
            "service": paper.service,
            "filed": id_.date_words(id_.local_date(paper.filed_at, paper.office.zone)),
            "decided_on": id_.date_words(paper.decided_on),
            "reasons": [{"text": r.text, "source": r.source} for r in paper.reasons],
            "legal_basis": paper.legal_basis,
            "signatory": _signatory(paper.signatory),
            "superior": paper.superior,
            "objection_by": paper.objection_by and id_.day_words(paper.objection_by),
        },
        made_at,
    )


@_content.register
def _(paper: BillPaper) -> tuple[str, Data, datetime]:
    made_at = paper.closed_at or paper.issued_at
    return (
        "skrd.typ",
        _common(paper.office, made_at, f"SKRD {paper.number}")
        | bill_data(paper)
        | {"signatory": _signatory(paper.signatory)},
        made_at,
    )


@_content.register
def _(paper: SlipPaper) -> tuple[str, Data, datetime]:
    return (
        "ssrd.typ",
        _common(paper.office, paper.printed_at, f"SSRD {paper.number}") | slip_data(paper),
        paper.printed_at,
    )


@_content.register
def _(paper: VisitPaper) -> tuple[str, Data, datetime]:
    zone = paper.office.zone
    shown = len(paper.photos)
    return (
        "bap.typ",
        _common(paper.office, paper.reported_at, f"Berita acara {paper.number}")
        | {
            "number": paper.number,
            "registration_number": paper.registration_number,
            "applicant": paper.applicant,
            "service": paper.service,
            "subject": paper.subject,
            "place": paper.place,
            "planned": id_.day_words(paper.planned_on),
            "held": id_.day_words(paper.held_on),
            "visit": paper.visit,
            "present": paper.present,
            "measured": paper.measured,
            "findings": [
                {"aspect": line.aspect, "finding": line.finding, "fits": line.fits}
                for line in paper.findings
            ],
            "fits": paper.fits,
            "summary": paper.summary,
            "photos": [photos.as_svg(photo) for photo in paper.photos],
            "photos_words": (
                f"{shown} dari {paper.photos_kept} foto yang disimpan dalam berkas."
                if shown < paper.photos_kept
                else f"{shown} foto, disimpan dalam berkas."
            ),
            "reported": id_.date_words(id_.local_date(paper.reported_at, zone)),
            "inspector": _signatory(paper.inspector),
        },
        paper.reported_at,
    )


@_content.register
def _(paper: LapsePaper) -> tuple[str, Data, datetime]:
    return (
        "lapse.typ",
        _common(paper.office, paper.recorded_at, f"{paper.title} {paper.number}")
        | lapse_data(paper)
        | {
            "tracking": _tracking(paper.tracking),
            "signatory": paper.signatory and _signatory(paper.signatory),
        },
        paper.recorded_at,
    )


def _common(office: Letterhead, made_at: datetime, title: str) -> Data:
    utc = made_at.astimezone(UTC)
    return {
        "document": {
            "title": title,
            "made": [utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second],
        },
        "office": {
            "government": office.government,
            "name": office.name,
            "address": office.address,
            "contact": office.contact,
            "place": office.place,
            "complaints": office.complaints,
            "emblem": office.emblem_svg,
            "specimen": office.specimen,
        },
    }


def _tracking(tracking: Tracking) -> Data:
    return {
        "number": tracking.number,
        "code": tracking.code,
        "address": tracking.address,
        "qr": qr.svg(tracking.url),
    }


def _signatory(signatory: Signatory) -> Data:
    return {
        "name": signatory.name,
        "title": signatory.title,
        "on_behalf_of": signatory.on_behalf_of,
        "nip": signatory.nip,
    }


def _morning(office: Letterhead, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(office.zone))


def _clean(value: Any) -> Any:
    """Return `value` without characters that would turn the order of the words around them."""
    return _mapped(value, lambda text: _INVISIBLE_ORDER.sub("", text.replace("\r\n", "\n")))


def _boxed(value: Any, unknown: re.Pattern[str]) -> Any:
    return _mapped(value, lambda text: unknown.sub("□", text))


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _mapped(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(inner, change) for inner in value]
    return value


def _unknown_characters(message: str) -> str:
    found = _UNSHOWABLE.search(message)
    if not found:
        return ""
    return _ESCAPE.sub(lambda code: chr(int(code[1], 16)), found[1])
