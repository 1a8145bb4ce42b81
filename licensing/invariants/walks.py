"""The invariants that need the SOPs, the calendars, the hashes or the files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from licensing.audit import verify_histories, verify_seals
from licensing.clock_rows import nearest_due
from licensing.happenings import happenings
from licensing.history import FILED, NOTES
from licensing.models import metadata
from licensing.people import APPLICANT_LANE
from licensing.ports.storage import Storage, StorageFault
from workflows.calendar_spec import CalendarSpec
from workflows.check import LAPSE
from workflows.ledger import Clockwork
from workflows.ledger_state import ClockFault
from workflows.reading import read_sop
from workflows.silence import CLOCK_LANE, grants_by_silence, lapsed_end
from workflows.sop import Sop, Step, Vocabulary
from workflows.worktime import Calendar

LEFTOVER_AFTER = timedelta(hours=1)
"""A file without a row may be one that is swept away at this moment."""
UNUSED_AFTER = timedelta(days=3)
"""What nobody attached is swept away after a day; later it is a fault of the sweep."""

_IN_TIME = frozenset({"met", "closed"})

# Rows that name an application without a foreign key: they outlive what would hold them.
_LOOSE = (("paper_file", "application_id"), ("notice", "application_id"))

_SCANS = """
SELECT sha256 FROM paper_file UNION SELECT sha256 FROM online_file ORDER BY 1
"""

_UNUSED = """
SELECT k.office_id, k.sha256 FROM kept_file k
 WHERE k.kept_at < clock_timestamp() - CAST(:after AS interval)
   AND NOT EXISTS (SELECT 1 FROM paper_file f
                    WHERE f.office_id = k.office_id AND f.sha256 = k.sha256)
   AND NOT EXISTS (SELECT 1 FROM online_file f
                    WHERE f.office_id = k.office_id AND f.sha256 = k.sha256)
 ORDER BY 1, 2
"""


@dataclass(slots=True)
class World:
    """What the invariants may ask."""

    connection: Connection
    storage: Storage | None
    vocabulary: Vocabulary
    _sops: dict[UUID, Sop] = field(default_factory=dict)
    _clocks: dict[tuple[UUID, UUID, str], Clockwork] = field(default_factory=dict)

    def rows(self, sql: str, **parameters: Any) -> Any:
        """Return the rows of a query, streamed."""
        return self.connection.execute(
            text(sql), parameters, execution_options={"yield_per": 1_000}
        )

    @property
    def sops(self) -> Mapping[UUID, Sop]:
        """Return every published SOP version."""
        if not self._sops:
            for row in self.connection.execute(text("SELECT id, expanded FROM sop_version")):
                self._sops[row.id] = read_sop(row.expanded, vocabulary=self.vocabulary)
        return self._sops

    def clockwork(self, sop_version: UUID, calendar_version: UUID, late: str) -> Clockwork:
        """Return the clock of an SOP version on a calendar version."""
        key = (sop_version, calendar_version, late)
        if key not in self._clocks:
            spec = self.connection.execute(
                text("SELECT spec FROM calendar_version WHERE id = :id"), {"id": calendar_version}
            ).scalar_one()
            calendar = Calendar(CalendarSpec.from_json(spec), late)  # type: ignore[arg-type]
            self._clocks[key] = Clockwork(self.sops[sop_version], calendar)
        return self._clocks[key]


def moves_allowed(world: World) -> Iterator[str]:
    """Yield every kind of move that the SOP version of its application does not know (I3)."""
    allowed = {version: frozenset(_moves(sop)) for version, sop in world.sops.items()}
    for row in world.connection.execute(text(_KINDS)):
        move = (row.ask, row.from_step, row.action, row.to_step, row.lane)
        if row.action in NOTES and row.from_step == row.to_step:
            continue
        if move not in allowed[row.sop_version_id]:
            yield (
                f"application {row.application}, seq {row.seq}: {row.action} from "
                f"{row.from_step} to {row.to_step} by lane {row.lane}"
            )


def permits_issued(world: World) -> Iterator[str]:
    """Yield permits without a line that issued them, and such lines without a permit (I12)."""
    issuing = [
        {"version": str(version), "step": step.name, "action": action.name}
        for version, sop in world.sops.items()
        if sop.product is not None
        for step in sop.steps.values()
        for action in step.actions.values()
        if "issue_permit" in action.then
    ]
    for row in world.rows(_PERMITS, issuing=json.dumps(issuing)):
        yield f"application {row.application}: permit {row.number or 'is missing'}, seq {row.seq}"


def four_eyes(world: World) -> Iterator[str]:
    """Yield every move by somebody whom `not_who_did` keeps from it (I13)."""
    rules = [
        {
            "version": str(version),
            "ask": ask,
            "step": step.name,
            "action": action.name,
            "other": other,
        }
        for version, sop in world.sops.items()
        for ask, step in _steps(sop)
        for action in step.actions.values()
        for other in action.not_who_did
    ]
    for row in world.rows(_SAME_PERSON, rules=json.dumps(rules), notes=sorted(NOTES)):
        yield (
            f"application {row.application}, seq {row.seq}: {row.action} by officer "
            f"{row.actor_id}, who acted in {row.other} (seq {row.earlier})"
        )


def chains_whole(world: World) -> Iterator[str]:
    """Yield every changed line of history and every broken seal (I20)."""
    for (office_id,) in world.connection.execute(text("SELECT id FROM office ORDER BY code")).all():
        for finding in verify_histories(world.connection, office_id):
            yield str(finding)
        for finding in verify_seals(world.connection, office_id):
            yield str(finding)


def no_foreign_office(world: World) -> Iterator[str]:
    """Yield every row that belongs to another office than what it names (I23)."""
    for table, column, target, key in _references():
        found = world.connection.execute(
            text(
                f"SELECT c.office_id, c.{column} AS key, count(*) AS times"  # noqa: S608 - our own names
                f" FROM {table} c JOIN {target} p ON p.{key} = c.{column}"
                " WHERE p.office_id <> c.office_id GROUP BY 1, 2"
            )
        )
        for row in found:
            yield f"{table}.{column} {row.key} of office {row.office_id} is of another office"


def deadlines_match(world: World) -> Iterator[str]:
    """Yield every deadline that is not what its history and calendar give (I26)."""
    for _, lines in groupby(world.rows(_LINES), key=attrgetter("id")):
        history = list(lines)
        first = history[0]
        clockwork = world.clockwork(
            first.sop_version_id, first.calendar_version_id, first.late_receipt
        )
        try:
            state = clockwork.fold(happenings(clockwork.sop, history))
        except (ClockFault, KeyError) as fault:
            yield f"application {first.id}: its history cannot be read by the clock: {fault}"
            continue
        limits = clockwork.limits_and_holds(state)
        # What ended in time keeps the moment that it was due by the calendar of that day.
        expected = {
            limit.key: (None if limit.status in _IN_TIME else limit.due_at, limit.ended_at)
            for limit in limits
        }
        stored = {
            key: (None if status in _IN_TIME else _instant(due), _instant(ended))
            for key, status, due, ended in first.deadlines or ()
        }
        # The clock forgets a limit one happening after it ended; its row stays.
        unended = {key for key, (_, ended) in stored.items() if ended is None}
        for key in sorted(expected.keys() | unended):
            if expected.get(key) != stored.get(key):
                yield (
                    f"application {first.id}, deadline {key}: is {_said(stored.get(key))}, "
                    f"the calendar says {_said(expected.get(key))}"
                )
        nearest = None if first.ended_at is not None else nearest_due(limits)
        if nearest != first.due_at:
            yield f"application {first.id}: due_at is {first.due_at}, the calendar says {nearest}"


def files_match(world: World) -> Iterator[str]:
    """Yield scans whose file is gone or changed, and files that nobody refers to (I28)."""
    for office, name in world.rows(_UNUSED, after=UNUSED_AFTER):
        yield f"file {name} of office {office} belongs to no scan"
    storage = world.storage
    if storage is None:
        return
    for (name,) in world.rows(_SCANS):
        try:
            storage.get(name)
        except StorageFault as fault:
            yield f"scan {name}: {fault.code}"
    known = {name for (name,) in world.rows("SELECT DISTINCT sha256 FROM kept_file")}
    youngest = datetime.now(UTC) - LEFTOVER_AFTER
    for kept in storage.names():
        if kept.sha256 not in known and kept.since < youngest:
            yield f"file {kept.sha256} belongs to no office"


def _steps(sop: Sop) -> Iterator[tuple[str | None, Step]]:
    """Yield every step with the ask it belongs to; None for the main line."""
    for step in sop.steps.values():
        yield None, step
    for ask in sop.asks.values():
        for step in ask.steps.values():
            yield ask.name, step


def _moves(sop: Sop) -> Iterator[tuple[str | None, str | None, str, str, str]]:
    for lane in ("counter", APPLICANT_LANE):
        yield None, None, FILED, sop.starts_at, lane
    for ask, step in _steps(sop):
        yield from _moves_of(step, ask)
    granted = lapsed_end(sop) if grants_by_silence(sop) else None
    if granted is not None:
        for name in sop.steps:
            yield None, name, LAPSE, granted, CLOCK_LANE


def _moves_of(
    step: Step, ask: str | None
) -> Iterator[tuple[str | None, str | None, str, str, str]]:
    for action in step.actions.values():
        yield ask, step.name, action.name, action.to or step.name, action.lane
    for hold in step.holds.values():
        for name in (hold.do, hold.resume):
            yield ask, step.name, name, step.name, hold.lane


def _references() -> Iterator[tuple[str, str, str, str]]:
    """Yield (table, column, table that it names, its key) where both sides have an office."""
    for table in metadata.sorted_tables:
        if "office_id" not in table.c:
            continue
        for constraint in table.foreign_key_constraints:
            target = constraint.referred_table
            element = constraint.elements[0]
            if "office_id" in target.c and element.parent.name != "office_id":
                yield table.name, element.parent.name, target.name, element.column.name
    for name, column in _LOOSE:
        yield name, column, "application", "id"


def _instant(text_: str | None) -> datetime | None:
    return None if text_ is None else datetime.fromisoformat(text_)


def _said(pair: tuple[datetime | None, datetime | None] | None) -> str:
    if pair is None:
        return "absent"
    due, ended = pair
    return f"due {due or 'never'}" + (f", ended {ended}" if ended else "")


_KINDS = """
SELECT a.sop_version_id, split_part(e.ask, '#', 1) AS ask, e.from_step, e.action, e.to_step, e.lane,
       (min(ARRAY[e.application_id::text, e.seq::text]))[1] AS application,
       (min(ARRAY[e.application_id::text, e.seq::text]))[2] AS seq
  FROM application_event e JOIN application a ON a.id = e.application_id
 GROUP BY 1, 2, 3, 4, 5, 6
"""

_PERMITS = """
WITH issued AS (
  SELECT DISTINCT ON (e.application_id) e.application_id, e.seq
    FROM application_event e
    JOIN application a ON a.id = e.application_id
    JOIN jsonb_to_recordset(cast(:issuing AS jsonb)) AS i(version uuid, step text, action text)
      ON i.version = a.sop_version_id AND i.step = e.from_step AND i.action = e.action
   WHERE e.ask IS NULL
   ORDER BY e.application_id, e.seq
)
SELECT coalesce(i.application_id, p.application_id) AS application, p.number, i.seq
  FROM issued i FULL JOIN permit p ON p.application_id = i.application_id
 WHERE i.application_id IS NULL OR p.application_id IS NULL
"""

_SAME_PERSON = """
SELECT e.application_id AS application, e.seq, e.action, e.actor_id, r.other, b.seq AS earlier
  FROM application_event e
  JOIN application a ON a.id = e.application_id
  JOIN jsonb_to_recordset(cast(:rules AS jsonb))
       AS r(version uuid, ask text, step text, action text, other text)
    ON r.version = a.sop_version_id AND r.step = e.from_step AND r.action = e.action
   AND r.ask IS NOT DISTINCT FROM split_part(e.ask, '#', 1)
  JOIN application_event b
    ON b.application_id = e.application_id AND b.actor_id = e.actor_id
   AND coalesce(b.from_step, b.to_step) = r.other
   AND b.seq < e.seq AND b.action <> ALL(cast(:notes AS text[]))
 ORDER BY e.application_id, e.seq
"""

_LINES = """
SELECT a.id, a.sop_version_id, a.calendar_version_id, a.due_at, a.ended_at, o.late_receipt,
       e.seq, e.action, e.ask, e.from_step, e.to_step, e.detail, e.effective_at,
       (SELECT jsonb_agg(jsonb_build_array(d.key, d.status, d.due_at, d.ended_at)) FROM deadline d
         WHERE d.application_id = a.id AND e.seq = 1) AS deadlines
  FROM application a
  JOIN office o ON o.id = a.office_id
  JOIN application_event e ON e.application_id = a.id
 ORDER BY a.id, e.seq
"""
