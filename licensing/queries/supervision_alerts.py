"""Who was told of what, when, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from licensing.people import Officer
from licensing.queries.inbox import cursor
from licensing.queries.supervision_sql import ALERTS
from licensing.runtime import Runtime
from workflows.sop import Text

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Told:
    """One person who was told of an alert."""

    audience: str
    name: str
    channel: str
    at: datetime
    sent_at: datetime | None
    read_at: datetime | None
    parked: str | None


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert: about which file and limit, whom it told, what became of it."""

    id: UUID
    application_id: UUID
    number: str
    subject: str
    key: str
    rung: str
    limit: Text | None
    """What the SOP calls the step or ask of the limit, where it has a name of its own."""
    raised_at: datetime
    withdrawn_why: str | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    note: str
    told: Sequence[Told]


@dataclass(frozen=True, slots=True)
class AlertList:
    """One page of alerts, newest first."""

    rows: Sequence[AlertView]
    next_after: str | None


def alerts(
    runtime: Runtime, officer: Officer, *, after: str | None = None, waiting: bool = False
) -> AlertList:
    """Return one page of the alerts of the office; `waiting`: only those nobody acknowledged."""
    before, id_before = cursor(after)
    with runtime.transaction(officer.office_id) as connection:
        rows = connection.exec_driver_sql(
            ALERTS,
            {
                "before": before if after else "infinity",
                "id": id_before,
                "waiting": waiting,
                "limit": PAGE + 1,
            },
        ).fetchall()
    shown = [alert_view(row[0]) for row in rows[:PAGE]]
    more = len(rows) > PAGE
    return AlertList(shown, f"{shown[-1].raised_at.isoformat()}~{shown[-1].id}" if more else None)


def alert_view(alert: Mapping[str, Any]) -> AlertView:
    """Return one alert."""
    return AlertView(
        id=UUID(alert["id"]),
        application_id=UUID(alert["application_id"]),
        number=alert["number"],
        subject=alert["subject"],
        key=alert["key"],
        rung=alert["rung"],
        limit=_text(alert["limit"]),
        raised_at=datetime.fromisoformat(alert["raised_at"]),
        withdrawn_why=alert["withdrawn_why"],
        acknowledged_at=_moment(alert["acknowledged_at"]),
        acknowledged_by=alert["acknowledged_by"],
        note=alert["note"],
        told=[
            Told(
                audience=told["audience"],
                name=told["name"],
                channel=told["channel"],
                at=datetime.fromisoformat(told["at"]),
                sent_at=_moment(told["sent_at"]),
                read_at=_moment(told["read_at"]),
                parked=told["parked"],
            )
            for told in alert["told"]
        ],
    )


def _text(title: Mapping[str, str] | str | None) -> Text | None:
    """Return a title in both languages; a bare name is none."""
    return title if isinstance(title, Mapping) else None


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
