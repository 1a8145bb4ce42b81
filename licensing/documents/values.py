"""What the printed papers are made from: frozen values, each one whole sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The head of every paper of an office."""

    government: str
    """PEMERINTAH KOTA CONTOH."""
    name: str
    """DINAS PENANAMAN MODAL DAN PELAYANAN TERPADU SATU PINTU."""
    address: str
    contact: str
    """Telephone, e-mail and site, one line."""
    place: str
    """Where papers are dated: Kota Contoh."""
    zone: str
    """IANA name of the office's time zone."""
    complaints: str
    """Where to report a request for money or a wrong treatment: a telephone number."""
    emblem_svg: str | None = None
    """The region's emblem; None draws the plain mark of a door."""
    specimen: bool = False
    """True where the office is invented: every sheet is crossed with the word CONTOH."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who stands under a paper."""

    name: str
    title: str
    """KEPALA DINAS PENANAMAN MODAL …."""
    on_behalf_of: str | None = None
    """The authority that delegated: WALI KOTA CONTOH, printed after `a.n.`."""
    nip: str | None = None


@dataclass(frozen=True, slots=True)
class Tracking:
    """How the applicant follows the file without an account."""

    number: str
    """Registration number: REG-20261104-00042."""
    code: str
    url: str
    """What the QR code opens."""
    address: str
    """The page to type by hand: contoh.go.id/lacak."""


@dataclass(frozen=True, slots=True)
class Promise:
    """The date on the receipt."""

    at: datetime
    working_days: int
    label: str = "Izin selesai paling lambat"
    since: str = "berkas lengkap"
    """From when the days are counted."""
    note: str | None = None
    """Why the date is another than on the first print."""


@dataclass(frozen=True, slots=True)
class Erratum:
    """A time on an earlier print that was corrected: both stay visible."""

    what: str
    was: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class ReceiptPaper:
    """Tanda terima berkas, A5 or 80 mm wide."""

    office: Letterhead
    tracking: Tracking
    applicant: str
    service: str
    received_at: datetime
    promise: Promise
    papers: tuple[str, ...]
    fee: str
    """Tidak dipungut biaya; or what is paid, where and when."""
    handed_in_by: str
    officer: str
    counter: str
    printed_at: datetime
    reprint: bool = False
    errata: tuple[Erratum, ...] = ()
    note: str = ""
    """What the officer told the applicant on accepting the file."""
    narrow: bool = False
    """80 mm wide, of any length, for a printer at the counter."""


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One fault of one paper or field."""

    paper: str
    fault: str
    remedy: str | None = None
    """What to hand in instead."""


@dataclass(frozen=True, slots=True)
class ReturnLetter:
    """Surat pengembalian berkas, A4: all faults at once."""

    office: Letterhead
    tracking: Tracking
    number: str
    applicant: str
    address: str
    service: str
    filed_at: datetime
    returned_at: datetime
    faults: tuple[FaultLine, ...]
    answer_by: datetime | None
    source: str
    """The rule that lets the office ask, and sets the date."""
    signatory: Signatory
    kind: Literal["incomplete", "incorrect"] = "incomplete"
    """Seen at the counter, or found when the contents were checked."""


@dataclass(frozen=True, slots=True)
class PermitPaper:
    """The permit, A4, with its sheet of validity."""

    office: Letterhead
    title: str
    """Surat Izin Usaha Perdagangan."""
    abbreviation: str
    """SIUP."""
    grade: str | None
    """Kecil: the class that belongs to the title."""
    number: str
    fields: tuple[tuple[str, str], ...]
    """Label and value, in the order of the form."""
    legal_basis: tuple[str, ...]
    registration_number: str
    decided_on: date
    valid_from: date
    valid_until: date | None
    """None: as `validity` says."""
    validity: str
    """Berlaku selama perusahaan menjalankan kegiatan usahanya."""
    signatory: Signatory
    check_url: str
    """What the QR code opens: the page that says whether the permit stands."""
    check_address: str
    duties: tuple[str, ...] = ()
    replaces: str | None = None
    """Number of the permit that ends with this one."""
    photo: bool = False
    """True where the form has room for the holder's photograph, 3 × 4 cm."""


@dataclass(frozen=True, slots=True)
class RefusalReason:
    """One reason of a refusal, with the rule it rests on."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class RefusalPaper:
    """Keputusan penolakan, A4: reasons, legal basis and remedies."""

    office: Letterhead
    tracking: Tracking
    number: str
    applicant: str
    address: str
    service: str
    filed_at: datetime
    decided_on: date
    reasons: tuple[RefusalReason, ...]
    legal_basis: tuple[str, ...]
    signatory: Signatory
    superior: str
    """To whom an appeal goes: Wali Kota Contoh."""
    objection_by: date | None = None
    """Last day of the objection, where the day of announcement is known."""


Paper = ReceiptPaper | ReturnLetter | PermitPaper | RefusalPaper
