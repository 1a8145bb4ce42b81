"""What will be owed: every rung until a moment, and who would be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.runtime import Runtime
from licensing.services.sweep_sql import PREVIEW, peek, rules_json


@dataclass(frozen=True, slots=True)
class OwedRung:
    """One rung that is owed and not yet raised, as things stand now."""

    application_id: UUID
    number: str
    subject: str
    key: str
    """The limit: `service`, `step:verification#2`."""
    title: Mapping[str, str] | str
    """What the SOP calls the step or ask; the bare name of a limit over the whole application."""
    rung: str
    owed_at: datetime
    due_at: datetime | None
    tells_applicant: bool
    tells: tuple[tuple[str, str], ...]
    """Who else would be told: (audience, name)."""


def owed_until(
    runtime: Runtime, connection: Connection, office_id: UUID, until: datetime
) -> tuple[OwedRung, ...]:
    """Return each rung of one office owed until a moment once, earliest first.

    As things stand now: what is pressed until then changes it.
    """
    _, versions = peek(connection, office_id, until)
    if not versions:
        return ()
    rows = connection.exec_driver_sql(
        PREVIEW,
        {
            "office": office_id,
            "rules": rules_json(runtime, connection, versions),
            "now": until,
            "late_after": timedelta(0),
        },
    )
    return tuple(_owed(row) for row in rows)


def _owed(row: Any) -> OwedRung:
    return OwedRung(
        application_id=row[0],
        number=row[1],
        subject=row[2],
        key=row[3],
        title=row[4],
        rung=row[5],
        owed_at=row[6],
        due_at=row[7],
        tells_applicant=row[8],
        tells=tuple((audience, name) for audience, name in row[9]),
    )
