"""Who was told of what, when, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from licensing.errors import NotFound
from licensing.people import Officer
from licensing.queries.inbox import cursor
from licensing.queries.supervision_sql import ALERT, ALERTS, COLLEAGUES
from licensing.runtime import Runtime
from workflows.sop import Party, Text

PAGE: Final = 50
GIVERS: Final = ("supervisor", "head")
"""Who gives files away."""
WATCHERS: Final = (*GIVERS, "inspectorate")
"""Who sees every alert of the office."""


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
class Person:
    """Somebody who was told of an alert, by one way or several."""

    audience: str
    name: str
    ways: Sequence[Told]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who could have a file."""

    id: UUID
    name: str


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
    holder: str | None = None
    """Who has the file now, or the side path that the alert is about."""
    colleagues: Sequence[Colleague] = ()
    """To whom it can be given, by whoever may do that."""

    @property
    def persons(self) -> Sequence[Person]:
        """Return everybody who was told, once each, with the ways by which he was."""
        grouped = groupby(self.told, key=lambda told: (told.audience, told.name))
        return [Person(audience, name, tuple(ways)) for (audience, name), ways in grouped]


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
        shown = _with_colleagues(runtime, connection, officer, [row[0] for row in rows[:PAGE]])
    more = len(rows) > PAGE
    return AlertList(shown, f"{shown[-1].raised_at.isoformat()}~{shown[-1].id}" if more else None)


def one_alert(runtime: Runtime, officer: Officer, alert_id: UUID) -> AlertView:
    """Return one alert, for whoever looks after the office or was told of it.

    Raises:
        NotFound: there is none that concerns this person.
    """
    with runtime.transaction(officer.office_id) as connection:
        row = connection.exec_driver_sql(
            ALERT, {"id": alert_id, "me": officer.id, "all": officer.has(*WATCHERS)}
        ).fetchone()
        if row is None:
            raise NotFound("alert", alert_id)
        return _with_colleagues(runtime, connection, officer, [row[0]])[0]


def _with_colleagues(
    runtime: Runtime, connection: Connection, officer: Officer, alerts: Sequence[Mapping[str, Any]]
) -> list[AlertView]:
    """Return alerts, with those to whom `officer` may give their files."""
    roles = [
        _role(runtime, connection, alert) if officer.has(*GIVERS) else None for alert in alerts
    ]
    people: dict[str, list[Colleague]] = {}
    wanted = sorted({role for role in roles if role is not None})
    if wanted:
        for role, found, name in connection.exec_driver_sql(COLLEAGUES, {"roles": wanted}):
            people.setdefault(role, []).append(Colleague(found, name))
    return [
        replace(
            alert_view(alert),
            holder=alert["holder"],
            colleagues=() if role is None else people.get(role, ()),
        )
        for alert, role in zip(alerts, roles, strict=True)
    ]


def _role(runtime: Runtime, connection: Connection, alert: Mapping[str, Any]) -> str | None:
    """Return the role of those who may have the file of an alert where it lies; None: nobody."""
    if alert["lane"] is None or alert["withdrawn_why"] is not None:
        return None
    lane = runtime.rules(connection, UUID(alert["version"])).sop.lanes[alert["lane"]]
    # The office chooses no teller, and the clock's files are nobody's.
    return None if lane.party is Party.BANK or lane.clock else lane.served_by or lane.name


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
