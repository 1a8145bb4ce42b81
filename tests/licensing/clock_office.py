"""A simulated office whose SOP may be extended and held: July 2026, closing 16:00, three days."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, event

from licensing.database import Database
from tests.factories import House, make_house
from workflows.definitions import text_of

WIB = ZoneInfo("Asia/Jakarta")
RULE = "Standar pelayanan kantor Pasal 7"
AGREED = "Standar pelayanan kantor Pasal 8"

_SERVICE = """\
    stops: [sign, refuse]
    source: Permendag 36/2007 jo. 46/2009
"""
_EXTENSIONS = f"""\
    extensions:
      office: {{at_most: 1 working day, by: [head, supervisor], source: {RULE}}}
      consent: {{at_most: 1 working day, by: head, source: {AGREED}}}
"""
_VERIFICATION = """\
    output: {id: Hasil verifikasi dan konsep keputusan, en: Findings and draft decision}
    within: 1 working day
"""
_CORRECTIONS = """\
  at_most: 5 working days
  times: 1
"""
_HOLD = """\
    holds:
      - do: wait_applicant
        resume: go_on
        title: {id: Tunggu penjelasan pemohon, en: Wait for the applicant}
        resume_title: {id: Penjelasan diterima, en: Explanation received}
        at_most: 2 working days
        times: 2
        source: Standar pelayanan kantor Pasal 9
"""


def sop_text(*, extensions: bool = True) -> str:
    """Return the SIUP with a hold of two days, two extensions of a day and two corrections."""
    text = text_of("siup")
    for part in (_SERVICE, _VERIFICATION, _CORRECTIONS):
        assert text.count(part) == 1, part
    if extensions:
        text = text.replace(_SERVICE, _SERVICE + _EXTENSIONS)
    text = text.replace(_CORRECTIONS, _CORRECTIONS.replace("times: 1", "times: 2"))
    return text.replace(_VERIFICATION, _VERIFICATION + _HOLD)


def clock_house(runtime: Any, owner: Any, *, simulated: bool = True) -> House:
    return make_house(runtime, owner, sop=sop_text(), simulated=simulated)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Yield a list that is filled with the statements sent meanwhile."""
    engine = cast(Engine, database)
    sent: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement.strip())

    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", keep)


def wib(text: str) -> datetime:
    """Return an instant of July 2026, written `6 10:00`."""
    day, clock = text.split()
    hour, minute = clock.split(":")
    return datetime(2026, 7, int(day), int(hour), int(minute), tzinfo=WIB)


def accepted(house: House, at: str, *, filed: str | None = None) -> UUID:
    """Return an application that was filed and accepted at a time."""
    application_id = house.file(at=wib(filed or at)).application_id
    house.check_all(application_id)
    house.press("accept", application_id, by=house.people.clerk, at=wib(at))
    return application_id


def due(house: House, application_id: UUID, key: str = "service") -> datetime | None:
    """Return when a limit is due, in WIB."""
    row = house.rows(
        "SELECT due_at FROM deadline WHERE application_id = %(id)s AND key = %(key)s",
        id=application_id,
        key=key,
    )[0]
    return None if row.due_at is None else row.due_at.astimezone(WIB)


def letters(house: House, application_id: UUID, event: str) -> list[Any]:
    """Return the params of what the applicant was told."""
    rows = house.rows(
        "SELECT DISTINCT params FROM notice WHERE application_id = %(id)s AND event = %(event)s"
        " AND audience = 'applicant'",
        id=application_id,
        event=event,
    )
    return [row.params for row in rows]
