"""The outbox: letters leave after the commit, at least once, each recorded exactly once."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Connection

from licensing import letters
from licensing.ports.mail import Letter, MailChannelDown, MailFault, PermanentMailFault
from licensing.runtime import Runtime

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=7)
PROBE_EVERY = timedelta(minutes=5)
LEASE = timedelta(minutes=10)
"""Whoever claims a letter and dies gives it up after this; it is the same letter again."""
AT_ONCE = 10
"""Letters claimed together: even if each takes its longest, they fit into the lease."""
MAIL_DOWN = "mail.down"
"""The heartbeat that says when the channel was last found closed."""

_OFFICES = "SELECT id FROM office WHERE NOT simulated ORDER BY code"

_CLOSED = "SELECT at > clock_timestamp() - %s::interval FROM heartbeat WHERE job = %s"

_CLAIM = """
WITH due AS (
  SELECT id, next_try_at FROM notice
   WHERE office_id = %(office)s AND next_try_at <= statement_timestamp()
   ORDER BY next_try_at
   LIMIT %(count)s
     FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE notice n SET next_try_at = clock_timestamp() + %(lease)s
    FROM due WHERE n.id = due.id
  RETURNING n.id, n.application_id, n.event, n.officer_id IS NOT NULL AS officer, n.address,
            n.locale, n.params, n.created_at, n.tries, due.next_try_at
)
SELECT c.*, o.name, o.phone, o.zone, d.number, d.subject, a.sop_version_id
  FROM claimed c
  JOIN office o ON o.id = %(office)s
  LEFT JOIN application a ON a.id = c.application_id
  LEFT JOIN dossier d ON d.application_id = c.application_id
 ORDER BY c.next_try_at
"""

# The last word is the first: what was sent stays sent, whoever else had claimed it.
_SENT = """
UPDATE notice SET sent_at = clock_timestamp(), next_try_at = NULL, tries = tries + 1
 WHERE id = %s AND sent_at IS NULL AND parked_at IS NULL
"""
_LATER = """
UPDATE notice SET next_try_at = clock_timestamp() + %s, tries = tries + 1
 WHERE id = %s AND sent_at IS NULL AND parked_at IS NULL
"""
_PARKED = """
UPDATE notice
   SET parked_at = clock_timestamp(), parked_why = %s, next_try_at = NULL, tries = tries + 1
 WHERE id = %s AND sent_at IS NULL AND parked_at IS NULL
"""
_GIVEN_BACK = """
UPDATE notice SET next_try_at = %s
 WHERE id = %s AND sent_at IS NULL AND parked_at IS NULL
"""
_FOUND_CLOSED = """
INSERT INTO heartbeat (job, at) VALUES (%s, clock_timestamp())
ON CONFLICT (job) DO UPDATE SET at = excluded.at
"""

_HOST = re.compile(r"[A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of the letters that were due."""

    sent: int = 0
    put_off: int = 0
    """Refused for now; tried again later."""
    parked: int = 0
    """Refused for good, with the reason, for a person to look at."""
    down: str | None = None
    """Why nothing leaves at present; nothing counted as a try."""


@dataclass(frozen=True, slots=True)
class _Claimed:
    id: UUID
    application_id: UUID | None
    event: str
    officer: bool
    address: str
    locale: str
    params: dict[str, Any]
    created_at: datetime
    tries: int
    due_at: datetime
    """When it was due, to give it back unchanged."""
    office: str
    phone: str
    zone: str
    number: str | None
    subject: str | None
    sop_version_id: UUID | None


def deliver(runtime: Runtime, *, limit: int = 100) -> DeliveryReport:
    """Send up to `limit` letters that are due, office by office in turns.

    A letter that is refused never holds others up. While the channel is closed nothing counts
    as a try; it is probed every 5 minutes. Safe to run in any number of processes.
    """
    with runtime.db.begin() as connection:
        if connection.exec_driver_sql(_CLOSED, (PROBE_EVERY, MAIL_DOWN)).scalar():
            return DeliveryReport(down="found closed less than 5 minutes ago")
        waiting = [row[0] for row in connection.exec_driver_sql(_OFFICES)]
    sent = put_off = parked = tried = 0
    while waiting and tried < limit:
        office_id = waiting.pop(0)
        claimed = _claim(runtime, office_id, min(AT_ONCE, limit - tried))
        tried += len(claimed)
        for place, notice in enumerate(claimed):
            fault = _send(runtime, notice)
            if fault is None:
                _write(runtime, office_id, _SENT, notice.id)
                sent += 1
            elif isinstance(fault, MailChannelDown):
                _give_back(runtime, office_id, claimed[place:])
                log.warning("no letter leaves at present: %s", fault.why)
                return DeliveryReport(sent, put_off, parked, fault.why)
            elif (wait := _wait(notice, fault)) is not None:
                log.warning("letter %s was refused for now: %s", notice.id, fault.why)
                _write(runtime, office_id, _LATER, wait, notice.id)
                put_off += 1
            else:
                log.error("letter %s was refused for good: %s", notice.id, fault.why)
                _write(runtime, office_id, _PARKED, fault.why, notice.id)
                parked += 1
        if claimed:
            waiting.append(office_id)
    return DeliveryReport(sent, put_off, parked)


def wait_after(tries: int) -> timedelta | None:
    """Return how long to wait after so many refusals: 5 minutes doubling to 6 hours, for 7 days.

    None when the seven days are over. Only waits between refusals count: days on which the
    channel was closed do not.
    """
    wait = waited = FIRST_WAIT
    for _ in range(tries - 1):
        wait = min(wait * 2, LONGEST_WAIT)
        waited += wait
    return wait if waited <= GIVE_UP_AFTER else None


def message_id(runtime: Runtime, notice_id: UUID) -> str:
    """Return the Message-ID of a notice: the same for every attempt."""
    host = urlsplit(runtime.public_url).hostname or ""
    return f"<notice-{notice_id}@{host if _HOST.fullmatch(host) else 'satupintu.localdomain'}>"


def _claim(runtime: Runtime, office_id: UUID, count: int) -> list[_Claimed]:
    with runtime.transaction(office_id) as connection:
        rows = connection.exec_driver_sql(
            _CLAIM, {"office": office_id, "count": count, "lease": LEASE}
        )
        claimed = [_Claimed(*row) for row in rows]
        return [_in_words(runtime, connection, notice) for notice in claimed]


def _in_words(runtime: Runtime, connection: Connection, notice: _Claimed) -> _Claimed:
    """Return the notice with the titles that its SOP gives to what its params name."""
    if notice.sop_version_id is None:
        return notice
    sop = runtime.rules(connection, notice.sop_version_id).sop
    params: dict[str, Any] = {
        "service": sop.title,
        "number": notice.number,
        "subject": notice.subject,
        **notice.params,
    }
    step = params.get("step")
    if isinstance(step, str):
        place = sop.steps.get(step) or sop.asks.get(step)
        params["step"] = step if place is None else place.title
    params["faults"] = [
        sop.papers[name].title if name in sop.papers else name for name in params.get("faults", ())
    ]
    return replace(notice, params=params)


def _send(runtime: Runtime, notice: _Claimed) -> MailFault | None:
    """Return why a letter did not leave; None when somebody else answers for it now."""
    page = "/lacak"
    if notice.officer:
        about_a_file = notice.application_id is not None
        page = f"/berkas/{notice.application_id}" if about_a_file else "/admin/riwayat"
    about = {
        "office": notice.office,
        "phone": notice.phone,
        "zone": notice.zone,
        "url": runtime.public_url + page,
    }
    try:
        text = letters.render(notice.event, {**notice.params, **about}, notice.locale)
    except Exception as error:  # one notice that cannot be written must not hold up the others
        log.exception("notice %s cannot be written", notice.id)
        return PermanentMailFault(f"cannot be written: {error}")
    letter = Letter(
        to=notice.address,
        subject=text.subject,
        text=text.body,
        message_id=message_id(runtime, notice.id),
        written_at=notice.created_at,
        lang=notice.locale,
    )
    try:
        runtime.mail.send(letter)
    except MailFault as fault:
        return fault
    except Exception as error:  # a fault of the door outside, of a kind it did not foresee
        log.exception("notice %s could not be sent", notice.id)
        return MailFault(f"{type(error).__name__}: {error}")
    return None


def _wait(notice: _Claimed, fault: MailFault) -> timedelta | None:
    return None if isinstance(fault, PermanentMailFault) else wait_after(notice.tries + 1)


def _give_back(runtime: Runtime, office_id: UUID, notices: Iterable[_Claimed]) -> None:
    with runtime.transaction(office_id) as connection:
        for notice in notices:
            connection.exec_driver_sql(_GIVEN_BACK, (notice.due_at, notice.id))
        connection.exec_driver_sql(_FOUND_CLOSED, (MAIL_DOWN,))


def _write(runtime: Runtime, office_id: UUID, statement: str, *parameters: object) -> None:
    with runtime.transaction(office_id) as connection:
        connection.exec_driver_sql(statement, parameters)
