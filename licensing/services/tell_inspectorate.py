"""What the inspectorate hears at once: who got power over the bank's accounts, or over the past."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

# Where there is no account of the inspectorate, the head of the office hears of it: somebody must.
_TELL = """
WITH people AS (
  SELECT DISTINCT ON (o.id) o.id, o.email, o.locale, r.role
    FROM officer o JOIN acting_role r ON r.officer_id = o.id
   WHERE o.active AND r.role IN ('inspectorate', 'head')
   ORDER BY o.id, r.role
), told AS (
  SELECT * FROM people WHERE role = 'inspectorate'
   UNION ALL
  SELECT * FROM people
   WHERE role = 'head' AND NOT EXISTS (SELECT FROM people WHERE role = 'inspectorate')
)
INSERT INTO notice (id, office_id, application_id, event, audience, officer_id, address, channel,
       locale, params, created_at, next_try_at)
SELECT md5(%(what)s || ':' || told.id || ':' || c.channel)::uuid, o.id, d.application_id,
       %(event)s, told.role, told.id, CASE c.channel WHEN 'email' THEN told.email ELSE '' END,
       c.channel, told.locale,
       %(params)s::jsonb || CASE WHEN d.application_id IS NULL THEN '{}'::jsonb
                                 ELSE jsonb_build_object('number', d.number, 'subject', d.subject,
                                                         'zone', o.zone) END,
       clock_timestamp(),
       CASE WHEN c.channel = 'email' AND NOT o.simulated THEN clock_timestamp() END
  FROM told
  JOIN office o ON o.id = %(office)s
  LEFT JOIN dossier d ON d.application_id = %(application)s
  JOIN (VALUES ('app'), ('email')) AS c(channel) ON c.channel = 'app' OR told.email <> ''
"""


def tell_inspectorate(
    connection: Connection,
    office_id: UUID,
    event: str,
    params: Mapping[str, Any],
    *,
    about: UUID | None = None,
) -> int:
    """Write a notice for everybody of the inspectorate, inside and by letter; return how many.

    `about` is the application that it concerns, where it concerns one.
    """
    return connection.exec_driver_sql(
        _TELL,
        {
            "office": office_id,
            "what": str(uuid4()),
            "event": event,
            "application": about,
            "params": json.dumps(dict(params), ensure_ascii=False),
        },
    ).rowcount
