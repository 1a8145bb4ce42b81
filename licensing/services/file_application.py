"""Filing: an application enters the office and its history begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from licensing import identity
from licensing.errors import InvalidInput, ServiceClosed, SimulationOnly
from licensing.facts import PaperCount
from licensing.forms import MAX_TEXT, Form, clean, one_line, read_form, search_key
from licensing.people import APPLICANT_LANE, Applicant, Officer
from licensing.retry import retried
from licensing.runtime import Runtime
from licensing.secrecy import Keyring, fingerprint, fingerprints, seal, unseal
from licensing.services.first_line import (
    CODE_LENGTH,
    CODE_PURPOSE,
    FilingOffice,
    FirstLine,
    filing_office,
    new_tracking_code,
    registration_number,
    write_first_line,
)
from licensing.services.online_papers import must_be_scanned, take_draft, tell_filed
from workflows.sop import Sop

__all__ = [
    "CODE_LENGTH", "CODE_PURPOSE", "NIK_PURPOSE", "ApplicantForm", "FileApplication", "Filed",
    "ProxyForm", "count_papers", "faults_of_filing", "file_application", "find_faults",
]  # fmt: skip

NIK_PURPOSE = "applicant.nik"
MAX_ADDRESS = 500


@dataclass(frozen=True, slots=True)
class ApplicantForm:
    """The applicant or the proxy as typed."""

    name: str
    kind: str = "person"
    nik: str = ""
    nib: str = ""
    npwp: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    region: str = ""
    """Code of the region of the address, dotted, where it is known."""
    locale: str = "id"
    tell_by: str = ""
    """email, phone or page (told nothing) where the applicant was asked; else as before."""


@dataclass(frozen=True, slots=True)
class ProxyForm:
    """One proxy with a written power of attorney. Source: UU 30/2014 Art 41."""

    name: str
    nik: str
    letter_on: str


@dataclass(frozen=True, slots=True)
class FileApplication:
    """What the counter typed, or the applicant himself."""

    service: str
    applicant: ApplicantForm
    variants: Mapping[str, str]
    fields: Mapping[str, str]
    once_key: str
    proxy: ProxyForm | None = None
    replaces_number: str = ""
    """Number of the permit that this one replaces or changes."""
    channel: str = "counter"
    papers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Paper → (presence, note), as ticked on the checklist."""
    at: datetime | None = None
    draft_id: UUID | None = None
    """Of an applicant: the unfinished application that ends so; its scans go into the file."""


@dataclass(frozen=True, slots=True)
class Filed:
    """The new application, or the one that the same form has filed before."""

    application_id: UUID
    number: str
    tracking_code: str
    again: bool = False


@retried
def file_application(runtime: Runtime, command: FileApplication, by: Officer | Applicant) -> Filed:
    """File an application: the first line of its history, its number and tracking code.

    What an applicant files himself is with the office from that moment: the filing limit runs,
    and the counter checks it as if it lay on the desk. Source: UU 30/2014 Art 50.

    Raises:
        NotAllowed: `by` is not at the counter.
        NotFound: the office does not offer the service, or has no calendar; or `by` has no such
            draft.
        ServiceClosed: the office takes no new applications for it now.
        InvalidInput: every fault of the form at once, by field.
        SimulationOnly: `command.at` outside a simulated office.
    """
    if isinstance(by, Officer):
        by.must_have("file", "counter")
    with runtime.transaction(by.office_id) as connection:
        again = _filed_before(runtime, connection, command.once_key, by)
        if again is not None:
            return again
        office = filing_office(connection, by.office_id, command.service)
        if office.closed_note is not None:
            raise ServiceClosed(command.service, office.closed_note)
        if command.at is not None and not office.simulated:
            raise SimulationOnly(str(office.id))
        at = command.at or office.now
        sop = runtime.rules(connection, office.sop_version_id).sop
        clockwork = runtime.clockwork(
            connection, office.sop_version_id, office.calendar_version_id, office.late_receipt
        )
        today = clockwork.calendar.local_date(at)
        fictitious = office.sample or office.simulated
        form, person, proxy, replaces = _checked(
            runtime.keyring, connection, sop, command, today, fictitious
        )
        application_id, code = uuid4(), new_tracking_code()
        number = registration_number(connection, office.id, today)
        papers = _papers(sop, form.variants, command.papers)
        if isinstance(by, Applicant):
            must_be_scanned(connection, sop, form.variants, command.draft_id, by)
        line = FirstLine(
            application_id=application_id,
            number=number,
            tracking_code=code,
            service=command.service,
            subject=_subject(sop, form, person),
            applicant_id=_keep_applicant(connection, runtime.keyring, office.id, person, by),
            once_key=command.once_key,
            channel=command.channel if isinstance(by, Officer) else "online",
            lane="counter" if isinstance(by, Officer) else APPLICANT_LANE,
            online_account_id=None if isinstance(by, Officer) else by.id,
            variants=form.variants,
            fields={**form.values, **form.scales},
            proxy=proxy,
            replaces=replaces,
            papers=tuple(papers),
            counted=count_papers(papers),
        )
        write_first_line(connection, runtime.keyring, office, sop, clockwork, line, by=by.id, at=at)
        if isinstance(by, Applicant):
            take_draft(connection, application_id, command.draft_id, by)
            tell_filed(connection, application_id, simulated=office.simulated)
        return Filed(application_id, number, code)


def faults_of_filing(runtime: Runtime, command: FileApplication, by: Officer) -> Mapping[str, str]:
    """Return every fault of a form, by field, and file nothing.

    For a form that is refused for another reason: whoever typed it hears of everything at once.

    Raises:
        NotAllowed, NotFound: as `file_application`.
    """
    by.must_have("file", "counter")
    with runtime.transaction(by.office_id) as connection:
        office = filing_office(connection, by.office_id, command.service)
        return find_faults(runtime, connection, office, command)


def find_faults(
    runtime: Runtime, connection: Connection, office: FilingOffice, command: FileApplication
) -> Mapping[str, str]:
    """Return every fault of a form, by field, and file nothing."""
    sop = runtime.rules(connection, office.sop_version_id).sop
    calendar = runtime.calendar(connection, office.calendar_version_id, office.late_receipt)
    today = calendar.local_date(command.at or office.now)
    fictitious = office.sample or office.simulated
    try:
        _checked(runtime.keyring, connection, sop, command, today, fictitious)
    except InvalidInput as invalid:
        return invalid.faults
    return {}


def count_papers(papers: list[dict[str, Any]]) -> PaperCount:
    """Return what the guards may know of these papers."""

    def named(test: str, *values: str | None) -> tuple[str, ...]:
        return tuple(paper["name"] for paper in papers if paper[test] in values)

    received = [paper for paper in papers if paper["presence"] == "received"]
    return PaperCount(
        unchecked=named("presence", "unchecked"),
        missing=named("presence", "missing", "faulty"),
        unjudged=tuple(paper["name"] for paper in received if paper.get("verdict") is None),
        faulty=tuple(paper["name"] for paper in received if paper.get("verdict") == "faulty"),
        words={paper["name"]: words for paper in papers if (words := _fault_words(paper))},
    )


def _fault_words(paper: Mapping[str, Any]) -> str:
    """Return what is wrong with a paper; nothing where nothing is."""
    if paper["presence"] in ("missing", "faulty"):
        return str(paper.get("presence_note") or "")
    if paper["presence"] == "received" and paper.get("verdict") == "faulty":
        return str(paper.get("verdict_note") or "")
    return ""


def _checked(
    keyring: Keyring,
    connection: Connection,
    sop: Sop,
    command: FileApplication,
    today: date,
    fictitious: bool,
) -> tuple[Form, ApplicantForm, dict[str, str] | None, UUID | None]:
    """Return the form, the applicant, the proxy and the replaced permit, or all faults at once."""
    faults: dict[str, str] = {}
    form = None
    try:
        form = read_form(
            sop, command.variants, command.fields, today=today, allow_fictitious=fictitious
        )
    except InvalidInput as invalid:
        faults |= invalid.faults
    person = _person(command.applicant, faults, today, fictitious)
    proxy = _proxy(keyring, command.proxy, faults, today, fictitious)
    replaces = _replaced(keyring, connection, sop, command, form, person, faults)
    if faults or form is None:
        raise InvalidInput(faults)
    return form, person, proxy, replaces


def _person(
    typed: ApplicantForm, faults: dict[str, str], today: date, fictitious: bool
) -> ApplicantForm:
    values = {
        "name": one_line(typed.name),
        "address": clean(typed.address),
        **{
            name: clean(getattr(typed, name))
            for name in ("nik", "nib", "npwp", "phone", "email", "region")
        },
    }
    for name in ("name", "nik", "phone", "address"):
        if not values[name]:
            faults[f"applicant_{name}"] = "required"
    for name, limit in (("name", MAX_TEXT), ("address", MAX_ADDRESS)):
        if len(values[name]) > limit:
            faults[f"applicant_{name}"] = "too_long"
    readers = {
        "nik": lambda text: (
            identity.parse_nik(text, today=today, allow_fictitious=fictitious).digits
        ),
        "npwp": lambda text: identity.parse_npwp(text, today=today, allow_fictitious=fictitious),
        "nib": identity.parse_nib,
        "phone": identity.parse_phone,
        "email": identity.parse_email,
        "region": identity.parse_region,
    }
    for name, read in readers.items():
        if values[name]:
            try:
                values[name] = read(values[name])
            except identity.IdentityFault as fault:
                faults[f"applicant_{name}"] = fault.code
    if typed.kind not in ("person", "company"):
        faults["applicant_kind"] = "choose"
    locale = typed.locale if typed.locale in ("id", "en") else "id"
    tell_by = typed.tell_by if typed.tell_by in ("email", "phone", "page") else ""
    return ApplicantForm(kind=typed.kind, locale=locale, tell_by=tell_by, **values)


def _proxy(
    keyring: Keyring,
    typed: ProxyForm | None,
    faults: dict[str, str],
    today: date,
    fictitious: bool,
) -> dict[str, str] | None:
    if typed is None:
        return None
    name, nik = one_line(typed.name), clean(typed.nik)
    for field_name, value in (("name", name), ("nik", nik), ("letter_on", typed.letter_on)):
        if not value:
            faults[f"proxy_{field_name}"] = "required"
    if len(name) > MAX_TEXT:
        faults["proxy_name"] = "too_long"
    try:
        nik = identity.parse_nik(nik, today=today, allow_fictitious=fictitious).digits
    except identity.IdentityFault as fault:
        faults.setdefault("proxy_nik", fault.code)
        return None
    try:
        letter_on = date.fromisoformat(typed.letter_on)
    except ValueError:
        faults.setdefault("proxy_letter_on", "date")
        return None
    if letter_on > today:
        faults["proxy_letter_on"] = "in_future"
    return {
        "name": name,
        "nik_cipher": seal(keyring, nik, purpose="proxy.nik"),
        "nik_hash": fingerprint(keyring, nik, purpose=NIK_PURPOSE),
        "nik_masked": identity.mask_nik(nik),
        "letter_on": letter_on.isoformat(),
    }


def _replaced(
    keyring: Keyring,
    connection: Connection,
    sop: Sop,
    command: FileApplication,
    form: Form | None,
    person: ApplicantForm,
    faults: dict[str, str],
) -> UUID | None:
    """Return the permit that is replaced, where this office issued it. An older one is text."""
    typed = command.fields if form is None else form.values
    number = clean(command.replaces_number or typed.get("previous_permit", ""))
    if not number:
        return None
    row = connection.exec_driver_sql(_REPLACED, (search_key(number), command.service)).fetchone()
    if row is None:
        return None
    # Issuing ends the old permit: a slip in its number must not end that of somebody else.
    same = (
        row.nik_hash in fingerprints(keyring, person.nik, purpose=NIK_PURPOSE),
        search_key(row.holder_name) == search_key(person.name),
        form is None or search_key(row.subject) == search_key(_subject(sop, form, person)),
    )
    if row.status != "valid":
        faults["previous_permit"] = "permit_not_valid"
    elif not any(same):
        faults["previous_permit"] = "permit_of_another"
    elif row.under_way:
        faults["previous_permit"] = "permit_under_way"
    permit_id: UUID = row.id
    return permit_id


def _keep_applicant(
    connection: Connection,
    keyring: Keyring,
    office_id: UUID,
    person: ApplicantForm,
    by: Officer | Applicant,
) -> UUID:
    """Return the applicant's id: the known person or company, brought up to date, or a new one.

    To a form from outside only who has filed from that account alone is known: a number and a name
    can be learnt, and the letters about another file must not follow them.
    """
    row = connection.exec_driver_sql(
        _KEEP_APPLICANT,
        {
            "office": office_id,
            "account": by.id if isinstance(by, Applicant) else None,
            "hashes": list(fingerprints(keyring, person.nik, purpose=NIK_PURPOSE)),
            "kind": person.kind,
            "name": person.name,
            "cipher": seal(keyring, person.nik, purpose=NIK_PURPOSE),
            "hash": fingerprint(keyring, person.nik, purpose=NIK_PURPOSE),
            "nib": person.nib,
            "npwp": person.npwp,
            "phone": person.phone,
            "email": person.email,
            "address": person.address,
            "region": person.region,
            "locale": person.locale,
            "tell_by": person.tell_by,
        },
    ).scalar_one()
    return UUID(str(row))


def _papers(
    sop: Sop, variants: Mapping[str, str], ticked: Mapping[str, tuple[str, str]]
) -> list[dict[str, Any]]:
    needed = [paper for paper in sop.papers.values() if paper.when.holds_for(variants)]
    rows = []
    for position, paper in enumerate(needed, start=1):
        presence, note = ticked.get(paper.name, ("unchecked", ""))
        words = clean(note)
        rows.append(
            {
                "name": paper.name,
                "position": position,
                "presence": presence,
                "note": words,
                "presence_note": words,
            }
        )
    unnamed = {
        f"paper_{row['name']}": "fault_needs_words"
        for row in rows
        if row["presence"] == "faulty" and not row["note"]
    }
    if unnamed:
        raise InvalidInput(unnamed)
    return rows


def _subject(sop: Sop, form: Form, person: ApplicantForm) -> str:
    """Return in one line what the application is about: the SOP's field, else the applicant."""
    return one_line(str(form.values.get(sop.subject or "") or "")) or person.name


def _filed_before(
    runtime: Runtime, connection: Connection, once_key: str, by: Officer | Applicant
) -> Filed | None:
    # Two presses at once: the second waits here until the first has committed.
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (once_key,))
    row = connection.exec_driver_sql(
        "SELECT application_id, number, tracking_cipher FROM dossier WHERE once_key = %s"
        " AND (%s OR online_account_id = %s)",
        (once_key, isinstance(by, Officer), by.id),
    ).fetchone()
    if row is None:
        return None
    return Filed(row[0], row[1], unseal(runtime.keyring, row[2], purpose=CODE_PURPOSE), again=True)


_REPLACED = """
SELECT p.id, p.status, p.holder_name, p.subject, t.nik_hash,
       EXISTS (SELECT 1 FROM dossier other JOIN application a ON a.id = other.application_id
                WHERE other.replaces_permit_id = p.id AND a.ended_at IS NULL) AS under_way
  FROM permit p
  JOIN dossier d ON d.application_id = p.application_id
  JOIN applicant t ON t.id = d.applicant_id
 WHERE p.number_key = %s AND p.service = %s
"""

# A known person's name stays as it was verified first only where the kind differs: a company
# applies through its director, so one NIK may stand for a person and for several companies.
_KEEP_APPLICANT = """
WITH known AS (
  UPDATE applicant SET phone = %(phone)s, email = %(email)s, address = %(address)s,
         nib = %(nib)s, npwp = %(npwp)s, region = %(region)s, locale = %(locale)s,
         tell_by = coalesce(nullif(%(tell_by)s, ''), tell_by)
   WHERE id = (SELECT id FROM applicant
                WHERE office_id = %(office)s AND nik_hash = ANY(%(hashes)s)
                  AND kind = %(kind)s AND name = %(name)s
                  AND (%(account)s::uuid IS NULL OR NOT EXISTS (
                        SELECT 1 FROM dossier d WHERE d.applicant_id = applicant.id
                           AND d.online_account_id IS DISTINCT FROM %(account)s::uuid))
                ORDER BY id LIMIT 1)
  RETURNING id
), fresh AS (
  INSERT INTO applicant (office_id, kind, name, nik_cipher, nik_hash, nib, npwp, phone, email,
         address, region, locale, tell_by)
  SELECT %(office)s, %(kind)s, %(name)s, %(cipher)s, %(hash)s, %(nib)s, %(npwp)s, %(phone)s,
         %(email)s, %(address)s, %(region)s, %(locale)s, coalesce(nullif(%(tell_by)s, ''), 'email')
   WHERE NOT EXISTS (SELECT 1 FROM known)
  RETURNING id
)
SELECT id FROM known UNION ALL SELECT id FROM fresh
"""
