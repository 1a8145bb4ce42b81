"""Parked messages sent again: by a person, recorded, as the same message that they were."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from licensing.outbox_reasons import OTHER, REASONS, reason_sql, without_addresses
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.administration import record

KEEPERS: Final = ("admin", "head")
READERS: Final = ("admin", "head", "supervisor")
AT_ONCE: Final = 500
"""Messages sent again by one press; press again for more."""


def resend(runtime: Runtime, notice_id: UUID, by: Officer) -> bool:
    """Let one parked message leave again; return whether it was parked.

    Its identifier stays, so a letter keeps its Message-ID; its tries are counted anew. It goes
    to the address that its reader has today. One whose alert was withdrawn stays parked.

    Raises:
        NotAllowed: `by` may not send again.
    """
    by.must_have("send a parked message again", *KEEPERS)
    return _resend(runtime, by, {"id": notice_id, "reason": None}, None) == 1


def resend_reason(runtime: Runtime, reason: str, by: Officer) -> int:
    """Let up to 500 messages leave again that are parked for one reason; return how many.

    Raises:
        NotAllowed: `by` may not send again.
    """
    by.must_have("send parked messages again", *KEEPERS)
    if reason not in REASONS and reason != OTHER:
        return 0
    return _resend(runtime, by, {"id": None, "reason": reason}, reason)


def _resend(runtime: Runtime, by: Officer, wanted: dict[str, Any], reason: str | None) -> int:
    with runtime.transaction(by.office_id) as connection:
        rows = connection.exec_driver_sql(
            _RESEND, {"office": by.office_id, "limit": AT_ONCE, **wanted}
        ).fetchall()
        if rows:
            subject = reason or f"{rows[0].event} · {rows[0].number or '–'}"
            detail = {
                "messages": len(rows),
                # The record is kept for ever: whose address was refused is not in it.
                "why": without_addresses(rows[0].parked_why),
                "tries": max(row.tries for row in rows),
            }
            record(connection, by.office_id, "notices_resent", subject, by=by.id, detail=detail)
    return len(rows)


_RESEND = f"""
WITH wanted AS (
  SELECT n.id, n.tries, n.parked_why, d.number,
         CASE WHEN n.channel = 'email' AND n.officer_id IS NOT NULL THEN o.email
              WHEN n.channel = 'email' AND n.audience = 'applicant' THEN p.email
              WHEN n.channel = 'gateway' AND n.audience = 'applicant' THEN p.phone
         END AS address
    FROM notice n
    LEFT JOIN officer o ON o.id = n.officer_id
    LEFT JOIN dossier d ON d.application_id = n.application_id
    LEFT JOIN applicant p ON p.id = d.applicant_id
    LEFT JOIN alert a ON a.id = n.alert_id
    LEFT JOIN office_channel c ON c.id = n.channel_id
   WHERE n.office_id = %(office)s AND n.parked_at IS NOT NULL
     AND (%(id)s::uuid IS NULL OR n.id = %(id)s)
     AND (%(reason)s::text IS NULL OR {reason_sql("n.parked_why")} = %(reason)s)
     AND a.withdrawn_at IS NULL AND (n.channel_id IS NULL OR c.active)
   ORDER BY n.parked_at, n.id
   LIMIT %(limit)s
     FOR UPDATE OF n SKIP LOCKED
)
UPDATE notice n
   SET parked_at = NULL, parked_why = NULL, tries = 0, next_try_at = clock_timestamp(),
       address = coalesce(nullif(w.address, ''), n.address)
  FROM wanted w
 WHERE n.id = w.id
RETURNING n.id, n.event, w.number, w.tries, w.parked_why
"""  # noqa: S608 - fixed text
