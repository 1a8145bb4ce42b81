"""The outbox as people see it: what waits, what has left, what is parked and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from licensing.forms import search_key
from licensing.identity import mask_email, mask_phone
from licensing.outbox_reasons import TAKEN_BACK, reason_sql, without_addresses
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.deliver_sql import MAIL_DOWN
from licensing.services.outbox import READERS

PAGE: Final = 50
MOST: Final = 10_000
"""Counted no further: a figure is for people."""

State = Literal["waiting", "sent", "parked"]
STATES: Final[tuple[State, ...]] = ("parked", "waiting", "sent")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the outbox is to be shown."""

    state: State = "parked"
    channel: str | None = None
    """email, or the id of a channel."""
    event: str | None = None
    """An event; `alert` for every rung of every limit."""
    number: str = ""
    reason: str | None = None
    after: tuple[datetime, UUID] | None = None
    """The last one of the page before."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One message."""

    id: UUID
    event: str
    channel: str
    channel_name: str | None
    audience: str
    reader: str | None
    """An officer, by name."""
    address: str
    """Masked: whose it is stands in the file."""
    application_id: UUID | None
    number: str | None
    created_at: datetime
    at: datetime
    """When it is tried next, has left, or was parked."""
    tries: int
    reason: str | None
    """Code of the reason why it is parked."""
    said: str | None
    """What the other side said."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """One page of the outbox, with what stands above it."""

    waiting: int
    sent_today: int
    parked: int
    oldest: datetime | None
    """When the message that waits longest was due."""
    mail_down_since: datetime | None
    """When e-mail was last found closed, in the last ten minutes."""
    channels: Sequence[tuple[str, str]]
    """Id and name of every channel of the office."""
    events: Sequence[str]
    """Events that are parked or wait, to choose from."""
    reasons: Sequence[tuple[str, int]]
    """Code and how many are parked for it, most first."""
    rows: Sequence[OutboxRow]
    next_after: tuple[datetime, UUID] | None


def outbox(runtime: Runtime, by: Officer, wanted: Wanted) -> Outbox:
    """Return a page of the outbox of the reader's office.

    Raises:
        NotAllowed: `by` does not read it.
    """
    by.must_have("see the outbox", *READERS)
    key = search_key(wanted.number)
    parameters: dict[str, Any] = {
        "office": by.office_id,
        "most": MOST,
        "mail": MAIL_DOWN,
        "by_mail": wanted.channel == "email",
        "channel": None if wanted.channel in (None, "email") else wanted.channel,
        "event": wanted.event,
        "number": key or None,
        "reason": wanted.reason,
        "after": None if wanted.after is None else wanted.after[0],
        "after_id": None if wanted.after is None else wanted.after[1],
        "limit": PAGE + 1,
    }
    with runtime.transaction(by.office_id, planned=True) as connection:
        head = connection.exec_driver_sql(_HEAD, parameters).one()
        rows = connection.exec_driver_sql(_LISTS[wanted.state], parameters).fetchall()
    shown = [_row(row) for row in rows[:PAGE]]
    return Outbox(
        head.waiting,
        head.sent_today,
        head.parked,
        head.oldest,
        head.mail_down_since,
        [(str(one), name) for one, name in head.channels or ()],
        sorted(head.events or ()),
        [(code, count) for code, count in head.reasons or ()],
        shown,
        (shown[-1].at, shown[-1].id) if len(rows) > PAGE else None,
    )


def masked(channel: str, address: str) -> str:
    """Return where a message goes, without saying whose it is."""
    if not address:
        return ""
    return mask_phone(address) if channel == "gateway" else mask_email(address)


def _row(row: Any) -> OutboxRow:
    found: Mapping[str, Any] = row._mapping
    return OutboxRow(
        **{
            **found,
            "address": masked(row.channel, row.address),
            "said": None if row.said is None else without_addresses(row.said),
        }
    )


_REASON = reason_sql("n.parked_why")

# Counted from partial indexes, each of which holds what is asked for and nothing else.
_HEAD = f"""
WITH waits AS MATERIALIZED (
  SELECT event, next_try_at FROM notice
   WHERE office_id = %(office)s AND next_try_at IS NOT NULL LIMIT %(most)s
), stuck AS MATERIALIZED (
  SELECT event, {_REASON} AS reason FROM notice n
   WHERE office_id = %(office)s AND parked_at IS NOT NULL
   ORDER BY parked_at DESC LIMIT %(most)s
), today AS (
  SELECT date_trunc('day', clock_timestamp() AT TIME ZONE zone) AT TIME ZONE zone AS began
    FROM office WHERE id = %(office)s
)
SELECT (SELECT count(*) FROM waits) AS waiting,
       (SELECT count(*) FROM (SELECT 1 FROM notice, today
                               WHERE office_id = %(office)s AND sent_at >= today.began
                               LIMIT %(most)s) AS sent) AS sent_today,
       (SELECT count(*) FROM stuck WHERE reason <> '{TAKEN_BACK}') AS parked,
       (SELECT min(next_try_at) FROM waits) AS oldest,
       (SELECT at FROM heartbeat
         WHERE job = %(mail)s AND at > clock_timestamp() - interval '10 minutes')
         AS mail_down_since,
       (SELECT json_agg(json_build_array(id, name) ORDER BY name, id) FROM office_channel
         WHERE office_id = %(office)s) AS channels,
       (SELECT array_agg(DISTINCT CASE WHEN event LIKE 'alert.%%' THEN 'alert' ELSE event END)
          FROM (SELECT event FROM waits UNION SELECT event FROM stuck) AS known) AS events,
       (SELECT json_agg(json_build_array(reason, times) ORDER BY times DESC, reason)
          FROM (SELECT reason, count(*) AS times FROM stuck GROUP BY reason) AS each) AS reasons
"""  # noqa: S608 - fixed text

_LIST = f"""
SELECT n.id, n.event, n.channel, c.name AS channel_name, n.audience, o.name AS reader, n.address,
       n.application_id, d.number, n.created_at, {{at}} AS at, n.tries,
       CASE WHEN n.parked_at IS NOT NULL THEN {_REASON} END AS reason, n.parked_why AS said
  FROM notice n
  LEFT JOIN office_channel c ON c.id = n.channel_id
  LEFT JOIN officer o ON o.id = n.officer_id
  LEFT JOIN dossier d ON d.application_id = n.application_id
 WHERE n.office_id = %(office)s AND {{at}} IS NOT NULL
   AND (NOT %(by_mail)s OR n.channel = 'email')
   AND (%(channel)s::uuid IS NULL OR n.channel_id = %(channel)s::uuid)
   AND (%(event)s::text IS NULL OR n.event = %(event)s
        OR (%(event)s = 'alert' AND n.event LIKE 'alert.%%'))
   AND (%(number)s::text IS NULL OR n.application_id = ANY (ARRAY(
          SELECT application_id FROM dossier WHERE number_key = %(number)s)))
   AND CASE WHEN n.parked_at IS NULL THEN true
            WHEN %(reason)s::text IS NULL THEN {_REASON} <> '{TAKEN_BACK}'
            ELSE {_REASON} = %(reason)s END
   AND (%(after)s::timestamptz IS NULL
        OR ({{at}}, n.id) {{beyond}} (%(after)s::timestamptz, %(after_id)s::uuid))
 ORDER BY {{at}} {{order}}, n.id {{order}}
 LIMIT %(limit)s
"""  # noqa: S608 - fixed text

_LISTS: Final[Mapping[State, str]] = {
    "waiting": _LIST.format(at="n.next_try_at", beyond=">", order="ASC"),
    "sent": _LIST.format(at="n.sent_at", beyond="<", order="DESC"),
    "parked": _LIST.format(at="n.parked_at", beyond="<", order="DESC"),
}
