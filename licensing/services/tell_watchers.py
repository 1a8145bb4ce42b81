"""What head and inspectorate hear: that the limit of the law has passed undecided."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from licensing.change import Case
from licensing.services.door_sql import dump
from licensing.services.office_hours import OfficeHours
from workflows.ledger import Clockwork
from workflows.silence import SilentLimit

# Who is both hears of it once. The same is never owed twice: the id says what it is about.
_TELL = """
INSERT INTO notice (id, office_id, application_id, event, audience, officer_id, address, channel,
       locale, params, created_at, next_try_at)
SELECT md5(concat_ws(':', d.application_id, %(event)s::text, %(since)s::text, w.id,
                     c.channel))::uuid, %(office)s, d.application_id, %(event)s, w.role, w.id,
       CASE c.channel WHEN 'email' THEN w.email ELSE '' END, c.channel, w.locale,
       %(params)s::jsonb || jsonb_build_object('number', d.number, 'subject', d.subject,
                                               'zone', o.zone),
       %(at)s, CASE WHEN c.channel = 'email' AND NOT o.simulated
                    THEN CASE WHEN p.outside_hours THEN %(at)s ELSE %(opens)s END::timestamptz END
  FROM (SELECT DISTINCT ON (w.id) w.id, w.email, w.locale, r.role
          FROM officer w JOIN acting_role r ON r.officer_id = w.id
         WHERE w.active AND r.office_id = %(office)s AND r.role IN ('head', 'inspectorate')
         ORDER BY w.id, r.role) w
  JOIN dossier d ON d.application_id = %(id)s
  JOIN office o ON o.id = %(office)s
  LEFT JOIN alert_preference p ON p.officer_id = w.id
  JOIN (VALUES ('app'), ('email')) AS c(channel) ON c.channel = 'app' OR w.email <> ''
ON CONFLICT (id) DO NOTHING
"""


def tell_watchers(
    connection: Connection,
    case: Case,
    clockwork: Clockwork,
    event: Literal["silence_granted", "silence_flagged"],
    silence: SilentLimit,
    *,
    at: datetime,
) -> None:
    """Write a notice for the head and everybody of the inspectorate, inside and by letter.

    A limit passes at closing: the letter leaves when the office opens, but to whoever wants his
    at any hour.
    """
    params = {
        "service": dict(clockwork.sop.title),
        "limit": silence.name,
        "since": silence.since.isoformat(),
        "deemed_on": silence.deemed_on.isoformat(),
        "source": silence.source,
    }
    connection.exec_driver_sql(
        _TELL,
        {
            "office": case.office_id,
            "id": case.application_id,
            "event": event,
            "since": params["since"],
            "params": dump(params),
            "at": at,
            "opens": OfficeHours(at, clockwork.calendar).opens,
        },
    )
