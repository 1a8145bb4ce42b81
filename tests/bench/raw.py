"""A step written by hand: the yardstick of the one door.

Prepared statements through psycopg, one after another, writing the rows that the door writes:
same tables, same number, same sizes, same role and office, one commit. It decides nothing,
checks nobody, computes no date and no hash; what it writes was copied from a step of the door.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import make_url

from licensing.database import APP_ROLE
from tests.factories import House

_OFFICE = "SELECT set_config('satupintu.office', %s, true)"

_LOCK = """
SELECT a.id, a.office_id, a.sop_version_id, a.calendar_version_id, a.step, a.outcome, a.version,
       a.holder_id, a.last_seq, a.last_hash, a.last_actor_id, a.last_recorded_at,
       a.last_effective_at, a.state, clock_timestamp(), o.late_receipt, o.simulated
  FROM application a JOIN office o ON o.id = a.office_id
 WHERE a.id = %s FOR UPDATE OF a
"""

_MOVE = """
UPDATE application
   SET step = %s, lane = %s, outcome = NULL, ended_at = NULL, version = version + 1,
       holder_id = NULL, due_at = %s, last_seq = %s, last_hash = %s, last_actor_id = %s,
       last_recorded_at = %s, last_effective_at = %s, state = %s
 WHERE id = %s
"""

_EVENT = """
INSERT INTO application_event (application_id, seq, office_id, action, ask, from_step, to_step,
       lane, actor_id, reason, detail, recorded_at, effective_at, previous, hash)
VALUES (%s, %s, %s, %s, NULL, %s, %s, %s, %s, %s, '{}', %s, %s, %s, %s)
"""

_LIMITS = """
INSERT INTO deadline AS d (application_id, key, office_id, name, status, started_at, due_at,
       ended_at, broken_at, rungs, next_rung_at)
VALUES (%s, %s, %s, %s, 'met', %s, %s, %s, NULL, '[]', NULL),
       (%s, %s, %s, %s, 'running', %s, %s, NULL, NULL, %s, %s)
ON CONFLICT (application_id, key) DO UPDATE
   SET status = excluded.status, due_at = excluded.due_at, ended_at = excluded.ended_at,
       broken_at = excluded.broken_at, rungs = excluded.rungs,
       next_rung_at = excluded.next_rung_at
"""

_NOTICE = """
INSERT INTO notice (id, office_id, application_id, event, audience, address, channel, locale,
       params, created_at, next_try_at)
VALUES (%s, %s, %s, 'progress', 'applicant', %s, 'email', 'id', %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Copied:
    """What one step of the door wrote, as far as it is the same for every application."""

    action: str
    from_step: str
    to_step: str
    event_lane: str
    lane: str
    actor_id: UUID
    reason: str | None
    state: str
    due_at: datetime
    rungs: str
    next_rung_at: datetime
    address: str
    params: str


def copy_step(house: House, application_id: UUID) -> Copied:
    """Return what the last step of an application wrote.

    Raises:
        ValueError: it wrote something else than one line of history, two limits and one notice.
    """
    found = house.rows(_LAST, id=application_id)
    if len(found) != 1 or found[0].limits != 2:
        raise ValueError(
            f"the step wrote {[row.limits for row in found]} limits, raw.py writes 2: "
            "let it write what the door writes"
        )
    row = found[0]
    return Copied(
        row.action,
        row.from_step,
        row.to_step,
        row.event_lane,
        row.lane,
        row.actor_id,
        row.reason,
        json.dumps(row.state, ensure_ascii=False, separators=(",", ":")),
        row.due_at,
        json.dumps(row.rungs),
        row.next_rung_at,
        row.address,
        json.dumps(row.params, ensure_ascii=False),
    )


_LAST = """
SELECT e.action, e.from_step, e.to_step, e.lane AS event_lane, a.lane, e.actor_id, e.reason,
       a.state, d.due_at, d.rungs, d.next_rung_at, n.address, n.params,
       (SELECT count(*) FROM deadline
         WHERE application_id = a.id
           AND (started_at = e.effective_at OR ended_at = e.effective_at)) AS limits
  FROM application a
  JOIN application_event e ON e.application_id = a.id AND e.seq = a.last_seq
  JOIN deadline d ON d.application_id = a.id AND d.started_at = e.effective_at
  JOIN notice n ON n.application_id = a.id AND n.created_at = e.effective_at
 WHERE a.id = %(id)s
"""


def connect(url: str) -> psycopg.Connection[Any]:
    """Return a connection with the rights and time limits of the application's own."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    options = (
        f"-c role={APP_ROLE} -c timezone=UTC -c lock_timeout=5000 -c statement_timeout=15000"
        " -c idle_in_transaction_session_timeout=30000"
    )
    return psycopg.connect(plain, options=options)


class RawSteps:
    """Steps back and forth, by hand, on applications of its own."""

    def __init__(self, url: str, office_id: UUID, copied: Mapping[str, Copied]) -> None:
        self._connection = connect(url)
        self._cursor = self._connection.cursor()
        self._office = office_id
        self._copied = copied
        self._visits: dict[tuple[UUID, str], int] = {}

    def step(self, application_id: UUID) -> None:
        """Take the application from where it stands to the other step, and commit."""
        run = self._cursor.execute
        office = self._office
        run(_OFFICE, (str(office),), prepare=True)
        row: Any = run(_LOCK, (application_id,), prepare=True).fetchone()
        copied = self._copied[row[4]]
        seq, previous, now = row[8] + 1, row[9], row[14]
        hash_ = os.urandom(32)
        run(
            _MOVE,
            (
                copied.to_step,
                copied.lane,
                copied.due_at,
                seq,
                hash_,
                copied.actor_id,
                now,
                now,
                copied.state,
                application_id,
            ),
            prepare=True,
        )
        run(
            _EVENT,
            (
                application_id,
                seq,
                office,
                copied.action,
                copied.from_step,
                copied.to_step,
                copied.event_lane,
                copied.actor_id,
                copied.reason,
                now,
                now,
                previous,
                hash_,
            ),
            prepare=True,
        )
        left = self._key(application_id, copied.from_step, entering=False)
        entered = self._key(application_id, copied.to_step, entering=True)
        run(
            _LIMITS,
            (
                *(application_id, left, office, copied.from_step, now, copied.due_at, now),
                *(application_id, entered, office, copied.to_step, now, copied.due_at),
                *(copied.rungs, copied.next_rung_at),
            ),
            prepare=True,
        )
        run(
            _NOTICE,
            (uuid4(), office, application_id, copied.address, copied.params, now, now),
            prepare=True,
        )
        self._connection.commit()

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _key(self, application_id: UUID, step: str, *, entering: bool) -> str:
        # Each application stands at its first visit of `verification` when the run begins.
        place = (application_id, step)
        visit = self._visits.get(place, 1 if step == "verification" else 0) + entering
        self._visits[place] = visit
        return f"step:{step}#{visit}"
