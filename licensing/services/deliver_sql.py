"""The statements of the outbox: which ways have something due, what is claimed, what became of it.

Each way out of an office (e-mail, each of its channels) has a queue of its own, so that what
waits for a closed one is not even read by the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

OFFICES = "SELECT id FROM office WHERE NOT simulated ORDER BY code"

CLOSED = """
SELECT job FROM heartbeat
 WHERE job LIKE '%%.down' AND at > clock_timestamp() - %s::interval
"""

# A channel that was switched off is a way too: what was owed by it is parked, not forgotten.
WAYS = """
SELECT NULL::uuid, 'email', '', true, ''
 WHERE EXISTS (SELECT FROM notice WHERE office_id = %(office)s AND channel_id IS NULL
                AND next_try_at <= statement_timestamp())
 UNION ALL
SELECT c.id, c.kind, c.name, c.active, c.secret_cipher
  FROM office_channel c
 WHERE c.office_id = %(office)s
   AND EXISTS (SELECT FROM notice WHERE office_id = %(office)s AND channel_id = c.id
                AND next_try_at <= statement_timestamp())
 ORDER BY 2
"""

_OWN_QUEUE = {
    True: "channel_id IS NULL",
    False: "channel_id = %(channel)s",
}

_CLAIM = """
WITH due AS (
  SELECT id, next_try_at FROM notice
   WHERE office_id = %(office)s AND {queue} AND next_try_at <= statement_timestamp()
   ORDER BY next_try_at
   LIMIT %(count)s
     FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE notice n SET next_try_at = clock_timestamp() + %(lease)s
    FROM due WHERE n.id = due.id
  RETURNING n.id, n.application_id, n.event, n.audience, n.address, n.locale, n.params,
            n.created_at, n.tries, due.next_try_at
)
SELECT c.*, o.code, o.name, o.phone, o.zone, d.number, d.subject, a.sop_version_id,
       t.id, t.subject, t.body
  FROM claimed c
  JOIN office o ON o.id = %(office)s
  LEFT JOIN application a ON a.id = c.application_id
  LEFT JOIN dossier d ON d.application_id = c.application_id
  LEFT JOIN LATERAL (
    SELECT id, subject, body FROM letter_template
     WHERE office_id = %(office)s AND locale = c.locale
       AND event = CASE WHEN c.event LIKE 'alert.%%' AND c.event <> 'alert.escalated'
                        THEN 'alert' ELSE c.event END
     ORDER BY version DESC LIMIT 1) t ON true
 ORDER BY c.next_try_at
"""
CLAIM = {mail: _CLAIM.format(queue=queue) for mail, queue in _OWN_QUEUE.items()}

# The last word is the first: what was sent stays sent, whoever else had claimed it.
SENT = """
UPDATE notice SET sent_at = clock_timestamp(), next_try_at = NULL, tries = tries + 1
 WHERE id = %s AND sent_at IS NULL AND parked_at IS NULL
"""
LATER = """
UPDATE notice SET next_try_at = clock_timestamp() + %s, tries = tries + 1
 WHERE id = %s AND sent_at IS NULL AND parked_at IS NULL
"""
PARKED = """
UPDATE notice
   SET parked_at = clock_timestamp(), parked_why = %s, next_try_at = NULL, tries = tries + 1
 WHERE id = %s AND sent_at IS NULL AND parked_at IS NULL
"""
GIVEN_BACK = """
UPDATE notice SET next_try_at = %s
 WHERE id = %s AND sent_at IS NULL AND parked_at IS NULL
"""
FOUND_CLOSED = """
INSERT INTO heartbeat (job, at) VALUES (%s, clock_timestamp())
ON CONFLICT (job) DO UPDATE SET at = excluded.at
"""
CHANNEL_WORKS = "UPDATE office_channel SET last_ok_at = clock_timestamp() WHERE id = %s"
CHANNEL_FAILS = """
UPDATE office_channel SET last_fault = %s, last_fault_at = clock_timestamp() WHERE id = %s
"""
CHANNEL_OFF = "UPDATE office_channel SET active = false WHERE id = %s AND active"
OWN_WORDS_FAILED = """
UPDATE letter_template SET failed_at = clock_timestamp(), failed_why = %s WHERE id = %s
"""


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of one office."""

    office_id: UUID
    channel_id: UUID | None
    """None: by e-mail."""
    kind: str
    name: str
    active: bool
    secret_cipher: str

    @property
    def down(self) -> str:
        """The heartbeat that says when this way was last found closed."""
        return MAIL_DOWN if self.channel_id is None else f"channel.{self.channel_id}.down"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice that this process sends."""

    id: UUID
    application_id: UUID | None
    event: str
    audience: str
    address: str
    locale: str
    params: dict[str, Any]
    created_at: datetime
    tries: int
    due_at: datetime
    """When it was due, to give it back unchanged."""
    office_code: str
    office: str
    phone: str
    zone: str
    number: str | None
    subject: str | None
    sop_version_id: UUID | None
    template_id: UUID | None
    own_subject: str | None
    own_body: str | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Its params as they are stored; `params` have become words."""


MAIL_DOWN = "mail.down"
"""The heartbeat of e-mail: one server sends for all offices."""
