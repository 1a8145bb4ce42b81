"""Filing: an application enters the office and its history begins."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from licensing import identity
from licensing.clock_rows import deadline_row, nearest_due
from licensing.errors import InvalidInput, NotFound, SimulationOnly
from licensing.facts import PaperCount
from licensing.forms import Form, clean, read_form, search_key
from licensing.history import FILED, GENESIS, Event
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.secrecy import Keyring, fingerprint, fingerprints, seal, unseal
from licensing.services.door_sql import DEADLINES, dump
from workflows.ledger import Happening
from workflows.sop import Sop

NIK_PURPOSE = "applicant.nik"
CODE_PURPOSE = "dossier.tracking"
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
"""Eight of 31 letters that cannot be mistaken for each other: 8.5e11 codes."""


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
    locale: str = "id"


@dataclass(frozen=True, slots=True)
class ProxyForm:
    """One proxy with a written power of attorney. Source: UU 30/2014 Art 41."""

    name: str
    nik: str
    letter_on: str


@dataclass(frozen=True, slots=True)
class FileApplication:
    """What the counter typed."""

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


@dataclass(frozen=True, slots=True)
class Filed:
    """The new application, or the one that the same form has filed before."""

    application_id: UUID
    number: str
    tracking_code: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class _Office:
    id: UUID
    calendar_version_id: UUID
    sop_version_id: UUID
    late_receipt: str
    simulated: bool
    sample: bool
    now: datetime


def file_application(runtime: Runtime, command: FileApplication, by: Officer) -> Filed:
    """File an application: the first line of its history, its number and tracking code.

    Raises:
        NotAllowed: `by` is not at the counter.
        NotFound: the office does not offer the service, or has no calendar.
        InvalidInput: every fault of the form at once, by field.
        SimulationOnly: `command.at` outside a simulated office.
    """
    by.must_have("file", "counter")
    with runtime.transaction(by.office_id) as connection:
        again = _filed_before(runtime, connection, command.once_key)
        if again is not None:
            return again
        office = _office(connection, by.office_id, command.service)
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
        applicant_id = _keep_applicant(connection, runtime.keyring, office.id, person)
        application_id, code = uuid4(), _new_code()
        number = _registration_number(connection, office.id, today)
        papers = _papers(sop, form.variants, command.papers)
        happening = Happening(at=at, action=FILED, step=sop.starts_at, entered=True)
        clock = clockwork.advance(None, happening)
        limits = clockwork.limits(clock)
        event = Event(
            application_id=application_id,
            seq=1,
            action=FILED,
            ask=None,
            from_step=None,
            to_step=sop.starts_at,
            lane="counter",
            actor_id=by.id,
            reason=None,
            detail={"number": number, "service": command.service, "channel": command.channel},
            recorded_at=office.now,
            effective_at=at,
            previous=GENESIS,
        )
        first = sop.steps[sop.starts_at]
        state = {"clock": clock.to_json(), "papers": count_papers(papers).to_json()}
        connection.exec_driver_sql(
            _FILE,
            {
                "id": application_id,
                "office": office.id,
                "sop": office.sop_version_id,
                "calendar": office.calendar_version_id,
                "step": first.name,
                "lane": first.lane,
                "due_at": nearest_due(limits),
                "hash": event.hash(),
                "actor": by.id,
                "recorded_at": event.recorded_at,
                "at": at,
                "state": dump(state),
                "detail": dump(event.detail),
                "previous": GENESIS,
                "deadlines": dump([deadline_row(limit) for limit in limits]),
                "number": number,
                "number_key": search_key(number),
                "service": command.service,
                "subject": _subject(form, person),
                "subject_key": search_key(_subject(form, person)),
                "applicant": applicant_id,
                "proxy": None if proxy is None else dump(proxy),
                "variants": dump(form.variants),
                "fields": dump({**form.values, **form.scales}),
                "channel": command.channel,
                "tracking_cipher": seal(runtime.keyring, code, purpose=CODE_PURPOSE),
                "tracking_hash": fingerprint(runtime.keyring, code, purpose=CODE_PURPOSE),
                "once_key": command.once_key,
                "replaces": replaces,
                "papers": dump(papers),
            },
        )
        return Filed(application_id, number, code)


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
    )


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
    replaces = _replaced(connection, command, faults)
    if faults or form is None:
        raise InvalidInput(faults)
    return form, person, proxy, replaces


def _person(
    typed: ApplicantForm, faults: dict[str, str], today: date, fictitious: bool
) -> ApplicantForm:
    values = {
        "name": clean(typed.name),
        "address": clean(typed.address),
        **{name: clean(getattr(typed, name)) for name in ("nik", "nib", "npwp", "phone", "email")},
    }
    for name in ("name", "nik", "phone", "address"):
        if not values[name]:
            faults[f"applicant_{name}"] = "required"
    readers = {
        "nik": lambda text: (
            identity.parse_nik(text, today=today, allow_fictitious=fictitious).digits
        ),
        "npwp": lambda text: identity.parse_npwp(text, today=today, allow_fictitious=fictitious),
        "nib": identity.parse_nib,
        "phone": identity.parse_phone,
        "email": identity.parse_email,
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
    return ApplicantForm(kind=typed.kind, locale=locale, **values)


def _proxy(
    keyring: Keyring,
    typed: ProxyForm | None,
    faults: dict[str, str],
    today: date,
    fictitious: bool,
) -> dict[str, str] | None:
    if typed is None:
        return None
    name, nik = clean(typed.name), clean(typed.nik)
    for field_name, value in (("name", name), ("nik", nik), ("letter_on", typed.letter_on)):
        if not value:
            faults[f"proxy_{field_name}"] = "required"
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
    connection: Connection, command: FileApplication, faults: dict[str, str]
) -> UUID | None:
    """Return the permit that is replaced, where this office issued it. An older one is text."""
    number = clean(command.replaces_number or command.fields.get("previous_permit", ""))
    if not number:
        return None
    row = connection.exec_driver_sql(
        "SELECT id, status FROM permit WHERE number_key = %s AND service = %s",
        (search_key(number), command.service),
    ).fetchone()
    if row is None:
        return None
    if row[1] != "valid":
        faults["previous_permit"] = "permit_not_valid"
    permit_id: UUID = row[0]
    return permit_id


def _keep_applicant(
    connection: Connection, keyring: Keyring, office_id: UUID, person: ApplicantForm
) -> UUID:
    """Return the applicant's id: the known person or company, brought up to date, or a new one."""
    row = connection.exec_driver_sql(
        _KEEP_APPLICANT,
        {
            "office": office_id,
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
            "locale": person.locale,
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
        rows.append(
            {"name": paper.name, "position": position, "presence": presence, "note": clean(note)}
        )
    unnamed = {
        f"paper_{row['name']}": "fault_needs_words"
        for row in rows
        if row["presence"] == "faulty" and not row["note"]
    }
    if unnamed:
        raise InvalidInput(unnamed)
    return rows


def _subject(form: Form, person: ApplicantForm) -> str:
    return str(form.values.get("business_name") or person.name)


def _new_code() -> str:
    return "".join(secrets.choice(_CODE_LETTERS) for _ in range(CODE_LENGTH))


def _registration_number(connection: Connection, office_id: UUID, today: date) -> str:
    series = f"REG-{today:%Y%m%d}"
    last = connection.exec_driver_sql(_NEXT, (office_id, series)).scalar_one()
    return f"{series}-{last:05d}"


def _filed_before(runtime: Runtime, connection: Connection, once_key: str) -> Filed | None:
    # Two presses at once: the second waits here until the first has committed.
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (once_key,))
    row = connection.exec_driver_sql(
        "SELECT application_id, number, tracking_cipher FROM dossier WHERE once_key = %s",
        (once_key,),
    ).fetchone()
    if row is None:
        return None
    return Filed(row[0], row[1], unseal(runtime.keyring, row[2], purpose=CODE_PURPOSE), again=True)


def _office(connection: Connection, office_id: UUID, service: str) -> _Office:
    row = connection.exec_driver_sql(_OFFICE, (service, office_id)).fetchone()
    if row is None:
        raise NotFound("office", office_id)
    if row[1] is None:
        raise NotFound("calendar of office", office_id)
    if row[2] is None:
        raise NotFound("service", service)
    return _Office(*row)


_OFFICE = """
SELECT o.id, o.calendar_version_id,
       (SELECT v.id FROM sop_version v WHERE v.office_id = o.id AND v.service = %s
         ORDER BY v.number DESC LIMIT 1),
       o.late_receipt, o.simulated, o.sample, clock_timestamp()
  FROM office o WHERE o.id = %s
"""

_NEXT = """
INSERT INTO number_series AS s (office_id, series, last) VALUES (%s, %s, 1)
ON CONFLICT (office_id, series) DO UPDATE SET last = s.last + 1 RETURNING last
"""

# A known person's name stays as it was verified first only where the kind differs: a company
# applies through its director, so one NIK may stand for a person and for several companies.
_KEEP_APPLICANT = """
WITH known AS (
  UPDATE applicant SET phone = %(phone)s, email = %(email)s, address = %(address)s,
         nib = %(nib)s, npwp = %(npwp)s, locale = %(locale)s
   WHERE id = (SELECT id FROM applicant
                WHERE office_id = %(office)s AND nik_hash = ANY(%(hashes)s)
                  AND kind = %(kind)s AND name = %(name)s
                ORDER BY id LIMIT 1)
  RETURNING id
), fresh AS (
  INSERT INTO applicant (office_id, kind, name, nik_cipher, nik_hash, nib, npwp, phone, email,
         address, locale)
  SELECT %(office)s, %(kind)s, %(name)s, %(cipher)s, %(hash)s, %(nib)s, %(npwp)s, %(phone)s,
         %(email)s, %(address)s, %(locale)s
   WHERE NOT EXISTS (SELECT 1 FROM known)
  RETURNING id
)
SELECT id FROM known UNION ALL SELECT id FROM fresh
"""

_FILE = f"""
WITH filed AS (
  INSERT INTO application (id, office_id, sop_version_id, calendar_version_id, step, lane, due_at,
         last_seq, last_hash, last_actor_id, last_recorded_at, last_effective_at, state)
  VALUES (%(id)s, %(office)s, %(sop)s, %(calendar)s, %(step)s, %(lane)s, %(due_at)s, 1,
          %(hash)s, %(actor)s, %(recorded_at)s, %(at)s, %(state)s)
), described AS (
  INSERT INTO dossier (application_id, office_id, number, number_key, service, subject,
         subject_key, applicant_id, proxy, variants, fields, channel, filed_at, filed_by,
         tracking_cipher, tracking_hash, once_key, replaces_permit_id)
  VALUES (%(id)s, %(office)s, %(number)s, %(number_key)s, %(service)s, %(subject)s,
          %(subject_key)s, %(applicant)s, %(proxy)s, %(variants)s, %(fields)s, %(channel)s,
          %(at)s, %(actor)s, %(tracking_cipher)s, %(tracking_hash)s, %(once_key)s, %(replaces)s)
), papered AS (
  INSERT INTO paper (application_id, name, office_id, position, presence, presence_note,
         checked_by)
  SELECT %(id)s, name, %(office)s, position, presence, note,
         CASE WHEN presence <> 'unchecked' THEN %(actor)s::uuid END
    FROM jsonb_to_recordset(%(papers)s) AS r(name text, position int, presence text, note text)
), happened AS (
  INSERT INTO application_event (application_id, seq, office_id, action, from_step, to_step, lane,
         actor_id, detail, recorded_at, effective_at, previous, hash)
  VALUES (%(id)s, 1, %(office)s, 'file', NULL, %(step)s, 'counter', %(actor)s, %(detail)s,
          %(recorded_at)s, %(at)s, %(previous)s, %(hash)s)
), {DEADLINES}
SELECT 1
"""  # noqa: S608 - fixed text
