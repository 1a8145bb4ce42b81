"""The first line of a history: the file is in the office, its clock runs, its side paths open."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.change import AskChange
from licensing.clock_rows import deadline_row, nearest_due
from licensing.errors import NotFound
from licensing.facts import PaperCount, having_acted, watched_steps
from licensing.forms import search_key
from licensing.history import FILED, GENESIS, Event
from licensing.secrecy import Keyring, fingerprint, seal
from licensing.services.door_sql import ASKS, DEADLINES, ask_rows, dump
from workflows.ledger import Clockwork, Happening
from workflows.sop import Sop
from workflows.worktime import LateReceipt

CODE_PURPOSE = "dossier.tracking"
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
"""Eight of 31 letters that cannot be mistaken for each other: 8.5e11 codes."""


@dataclass(frozen=True, slots=True)
class FilingOffice:
    """An office as far as filing needs it, with the database's time."""

    id: UUID
    calendar_version_id: UUID
    sop_version_id: UUID
    late_receipt: LateReceipt
    simulated: bool
    sample: bool
    now: datetime
    closed_note: str | None = None
    """What the public is told while the service takes no new applications; None: it does."""


@dataclass(frozen=True, slots=True)
class FirstLine:
    """What is filed: everything that is known of the application on its first day."""

    application_id: UUID
    number: str
    tracking_code: str
    service: str
    subject: str
    applicant_id: UUID
    once_key: str
    channel: str = "counter"
    lane: str = "counter"
    variants: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    proxy: Mapping[str, str] | None = None
    replaces: UUID | None = None
    online_account_id: UUID | None = None
    """The account of who files it himself; None: the actor is an officer."""
    papers: tuple[Mapping[str, Any], ...] = ()
    counted: PaperCount = field(default_factory=PaperCount)
    """What the guards may know of the papers."""


def filing_office(connection: Connection, office_id: UUID, service: str) -> FilingOffice:
    """Return the office with the version of the SOP and of the calendar that are in force.

    Raises:
        NotFound: the office does not offer the service, or has no calendar.
    """
    row = connection.exec_driver_sql(_OFFICE, (service, service, office_id)).fetchone()
    if row is None:
        raise NotFound("office", office_id)
    if row[1] is None:
        raise NotFound("calendar of office", office_id)
    if row[2] is None:
        raise NotFound("service", service)
    return FilingOffice(*row)


def new_tracking_code() -> str:
    """Return a code that nobody can guess."""
    return "".join(secrets.choice(_CODE_LETTERS) for _ in range(CODE_LENGTH))


def registration_number(connection: Connection, office_id: UUID, today: date) -> str:
    """Return the next number of the day: REG-20260706-00001."""
    series = f"REG-{today:%Y%m%d}"
    last = connection.exec_driver_sql(_NEXT, (office_id, series)).scalar_one()
    return f"{series}-{last:05d}"


def write_first_line(
    connection: Connection,
    keyring: Keyring,
    office: FilingOffice,
    sop: Sop,
    clockwork: Clockwork,
    line: FirstLine,
    *,
    by: UUID,
    at: datetime,
) -> None:
    """Write the application, its dossier, its papers, its limits and the asks that it opens."""
    first = sop.steps[sop.starts_at]
    opened = tuple((f"{name}#1", sop.asks[name]) for name in first.opens)
    clock = clockwork.advance(
        None,
        Happening(
            at=at,
            action=FILED,
            step=sop.starts_at,
            entered=True,
            opened=tuple((key, ask.starts_at) for key, ask in opened),
        ),
    )
    limits = clockwork.limits(clock)
    detail: dict[str, Any] = {
        "number": line.number,
        "service": line.service,
        "channel": line.channel,
    }
    state: dict[str, Any] = {"clock": clock.carried().to_json(), "papers": line.counted.to_json()}
    # Whoever takes the papers in has acted at the first step, whoever presses the button there.
    state |= having_acted(state, sop.starts_at, by, watched_steps(sop))
    if opened:
        detail["opened"] = [key for key, _ in opened]
        state["asks"] = {key: {"n": ask.name, "s": ask.starts_at} for key, ask in opened}
        state["opened"] = {ask.name: 1 for _, ask in opened}
    event = Event(
        application_id=line.application_id,
        seq=1,
        action=FILED,
        ask=None,
        from_step=None,
        to_step=sop.starts_at,
        lane=line.lane,
        actor_id=by,
        reason=None,
        detail=detail,
        recorded_at=office.now,
        effective_at=at,
        previous=GENESIS,
    )
    asks = [
        AskChange(
            key,
            ask.name,
            ask.starts_at,
            ask.steps[ask.starts_at].lane,
            nearest_due(limits, ask=key),
            None,
            opened=True,
        )
        for key, ask in opened
    ]
    connection.exec_driver_sql(
        _FILE_WITH_ASKS if asks else _FILE,
        {
            "id": line.application_id,
            "office": office.id,
            "sop": office.sop_version_id,
            "calendar": office.calendar_version_id,
            "step": first.name,
            "lane": first.lane,
            "event_lane": line.lane,
            "due_at": nearest_due(limits),
            "hash": event.hash(),
            "actor": by,
            "recorded_at": event.recorded_at,
            "at": at,
            "state": dump(state),
            "detail": dump(event.detail),
            "previous": GENESIS,
            "begun": dump([deadline_row(limit) for limit in limits]),
            "asks": dump(ask_rows(asks)),
            "number": line.number,
            "number_key": search_key(line.number),
            "service": line.service,
            "subject": line.subject,
            "subject_key": search_key(line.subject),
            "applicant": line.applicant_id,
            "proxy": None if line.proxy is None else dump(line.proxy),
            "variants": dump(line.variants),
            "fields": dump(line.fields),
            "channel": line.channel,
            "tracking_cipher": seal(keyring, line.tracking_code, purpose=CODE_PURPOSE),
            "tracking_hash": fingerprint(keyring, line.tracking_code, purpose=CODE_PURPOSE),
            "once_key": line.once_key,
            "replaces": line.replaces,
            "papers": dump(line.papers),
            "filed_by": by if line.online_account_id is None else None,
            "account": line.online_account_id,
        },
    )


# The lock that the new row takes anyway, taken before the calendar is read: whoever puts another
# one in force waits for the filings under way, and finds them when it counts anew.
_OFFICE = """
SELECT o.id, o.calendar_version_id,
       (SELECT v.id FROM sop_version v WHERE v.office_id = o.id AND v.service = %s
         ORDER BY v.number DESC LIMIT 1),
       o.late_receipt, o.simulated, o.sample, clock_timestamp(),
       (SELECT s.note FROM service_state s
         WHERE s.office_id = o.id AND s.service = %s AND NOT s.open)
  FROM office o WHERE o.id = %s
   FOR KEY SHARE
"""

_NEXT = """
INSERT INTO number_series AS s (office_id, series, last) VALUES (%s, %s, 1)
ON CONFLICT (office_id, series) DO UPDATE SET last = s.last + 1 RETURNING last
"""

_FILED = f"""
WITH filed AS (
  INSERT INTO application (id, office_id, sop_version_id, calendar_version_id, step, lane, due_at,
         last_seq, last_hash, last_actor_id, last_recorded_at, last_effective_at,
         step_since, state)
  VALUES (%(id)s, %(office)s, %(sop)s, %(calendar)s, %(step)s, %(lane)s, %(due_at)s, 1,
          %(hash)s, %(actor)s, %(recorded_at)s, %(at)s, %(at)s, %(state)s)
), described AS (
  INSERT INTO dossier (application_id, office_id, number, number_key, service, subject,
         subject_key, applicant_id, proxy, variants, fields, channel, filed_at, filed_by,
         online_account_id, tracking_cipher, tracking_hash, once_key, replaces_permit_id)
  VALUES (%(id)s, %(office)s, %(number)s, %(number_key)s, %(service)s, %(subject)s,
          %(subject_key)s, %(applicant)s, %(proxy)s, %(variants)s, %(fields)s, %(channel)s,
          %(at)s, %(filed_by)s, %(account)s, %(tracking_cipher)s, %(tracking_hash)s,
          %(once_key)s, %(replaces)s)
), papered AS (
  INSERT INTO paper (application_id, name, office_id, position, presence, presence_note,
         checked_by)
  SELECT %(id)s, name, %(office)s, position, presence, note,
         CASE WHEN presence <> 'unchecked' THEN %(actor)s::uuid END
    FROM jsonb_to_recordset(%(papers)s) AS r(name text, position int, presence text, note text)
), happened AS (
  INSERT INTO application_event (application_id, seq, office_id, action, from_step, to_step, lane,
         actor_id, detail, recorded_at, effective_at, previous, hash)
  VALUES (%(id)s, 1, %(office)s, 'file', NULL, %(step)s, %(event_lane)s, %(actor)s, %(detail)s,
          %(recorded_at)s, %(at)s, %(previous)s, %(hash)s)
), {DEADLINES}"""  # noqa: S608 - fixed text

_FILE = f"{_FILED} SELECT 1"
_FILE_WITH_ASKS = f"{_FILED}, {ASKS} SELECT 1"
