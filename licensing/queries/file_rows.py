"""Files, and asks of files, as rows of a list: the columns every list reads, and what a row shows.

An open row is read from the clock that the file carries, never from its history: a list costs the
rows it shows, however long they have been under way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.clock_rows import concerns
from licensing.happenings import happenings
from licensing.runtime import Runtime
from workflows.ledger import ClockState, Clockwork
from workflows.ledger_limits import Status, amount, standing, status_of
from workflows.ledger_state import Track
from workflows.silence import SilentLimit, true_silence
from workflows.sop import Sop, Step, Text, Within

COLUMNS = """
       a.sop_version_id, a.calendar_version_id, a.step, a.ended_at,
       (a.state -> 'clock')::text AS clock,
       o.late_receipt, d.number, d.service, d.subject, d.filed_at, t.name AS applicant,
       h.name AS holder
"""
"""What a list reads beside its page `p`: id, lane, holder_id, due_at, and for an ask its own."""

JOINS = """
  LEFT JOIN application a ON a.id = p.id
  LEFT JOIN office o ON o.id = a.office_id
  LEFT JOIN dossier d ON d.application_id = p.id
  LEFT JOIN applicant t ON t.id = d.applicant_id
  LEFT JOIN officer h ON h.id = p.holder_id
"""

_MINUTE = 60_000_000
"""Microseconds."""

_OF_A_FILE = ("service", "filing", "delivery", "step")
_OF_AN_ASK = ("ask", "step")
"""Whose ledger a row shows: the first of these that is open."""

HISTORY = """
       (SELECT jsonb_agg(jsonb_build_array(e.seq, e.action, e.ask, e.from_step, e.to_step, e.detail,
                                           e.effective_at) ORDER BY e.seq)
          FROM application_event e WHERE e.application_id = p.id) AS history
"""
"""For a list of limits that have ended: what an ended limit used is in the history alone."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A ledger in one line: what a limit has used, how long it stood still, what it allows."""

    used: int
    """Working days counted, today included; office minutes of a limit in hours."""
    stopped: int
    """Working days since it began that it did not count."""
    within: Within


@dataclass(frozen=True, slots=True)
class Urgency:
    """The limit that decides where a row stands."""

    key: str
    within: Within
    left: int
    """Working days, office minutes of a limit in hours; negative once broken."""
    due_at: datetime | None
    status: Status


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file in a list, or one ask of a file."""

    application_id: UUID
    number: str
    service: str
    service_title: Text
    subject: str
    applicant: str
    step: str
    step_title: Text
    lane: str | None
    holder_id: UUID | None
    holder: str | None
    due_at: datetime | None
    filed_at: datetime
    since: datetime
    """Since when it lies where it lies."""
    ended_at: datetime | None
    stopped_at: datetime | None
    """When its service limit ended, in a list of those."""
    limit: Urgency | None
    """The open limit that breaks first; a paused one where none runs."""
    strip: Strip | None
    sop: Sop
    ask: str | None = None
    """The key of the ask that this row is about: opinion_pu#1. None: the file itself."""
    ask_title: Text | None = None
    silence: SilentLimit | None = None
    """The limit of the law that has passed undecided."""


def file_row(runtime: Runtime, connection: Connection, row: Any, now: datetime) -> FileRow:
    """Return one row of a list that was read with `COLUMNS` and `JOINS`, as of `now`."""
    # Asking a row for a column that its list has not would cost more than all the others.
    columns = row._fields
    sop = runtime.rules(connection, row.sop_version_id).sop
    clockwork = runtime.clockwork(
        connection, row.sop_version_id, row.calendar_version_id, row.late_receipt
    )
    state = _clock(row.clock)
    key: str | None = row.ask if "ask" in columns else None
    ask = None if key is None else sop.asks[key.partition("#")[0]]
    step = row.step if ask is None else row.ask_step
    place = sop.ends.get(step) or _step(sop, step, None if ask is None else ask.name)
    open_tracks = [one for one in state.tracks if one.outcome is None and concerns(one.key, key)]
    limit, strip = _standing(clockwork, open_tracks, state, now, asked=ask is not None)
    history = row.history if "history" in columns else None
    if history is not None:
        strip = _ended_strip(clockwork, history, now)
    return FileRow(
        application_id=row.id,
        number=row.number,
        service=row.service,
        service_title=sop.title,
        subject=row.subject,
        applicant=row.applicant,
        step=step,
        step_title=place.title,
        lane=row.lane,
        holder_id=row.holder_id,
        holder=row.holder,
        due_at=row.due_at,
        filed_at=row.filed_at,
        since=_since(open_tracks, state, row.opened_at if ask is not None else None),
        ended_at=row.ended_at,
        stopped_at=row.stopped_at if "stopped_at" in columns else None,
        limit=limit,
        strip=strip,
        sop=sop,
        ask=key,
        ask_title=None if ask is None else ask.title,
        # Only a late file can have passed the law's limit.
        silence=true_silence(clockwork, state, now)
        if ask is None and row.due_at is not None and row.due_at < now
        else None,
    )


@lru_cache(maxsize=16_384)
def _clock(written: str) -> ClockState:
    """Return the clock that was written so: lists are read far more often than files move."""
    return ClockState.from_json(json.loads(written))


def _step(sop: Sop, name: str, ask: str | None) -> Step:
    return sop.steps[name] if ask is None else sop.asks[ask].steps[name]


def _most_urgent(tracks: Sequence[Track]) -> Track | None:
    """Return the running limit of ours that breaks first, else the paused one that matters."""
    found: Track | None = None
    for track in tracks:
        if track.due is not None and (found is None or found.due is None or track.due < found.due):
            found = track
    if found is not None or not tracks:
        return found
    return _first(tracks, ("service", "filing")) or tracks[0]


def _standing(
    clockwork: Clockwork,
    tracks: Sequence[Track],
    state: ClockState,
    now: datetime,
    *,
    asked: bool,
) -> tuple[Urgency | None, Strip | None]:
    """Return the limit that breaks first, and the ledger against the promise that runs."""
    urgent = _most_urgent(tracks)
    if urgent is None:
        return None, None
    calendar = clockwork.calendar
    rule = clockwork.rules.of(urgent.key)
    used, broken = standing(calendar, rule, urgent, state, now)
    left = amount(rule, urgent.extra) - used
    limit = Urgency(
        key=urgent.key,
        within=Within(rule.within.amount + urgent.extra, rule.within.unit),
        left=-(-left // _MINUTE) if rule.hours else left,
        due_at=urgent.due,
        status=status_of(urgent, broken=broken),
    )
    promised = _first(tracks, _OF_AN_ASK if asked else _OF_A_FILE)
    if promised is None:
        return limit, None
    within = limit.within
    if promised is not urgent:
        rule = clockwork.rules.of(promised.key)
        within = Within(rule.within.amount + promised.extra, rule.within.unit)
        used, _broken = standing(calendar, rule, promised, state, now)
    if rule.hours:
        return limit, Strip(used // _MINUTE, 0, within)
    passed = calendar.working_days(calendar.counted_on(promised.started), calendar.local_date(now))
    return limit, Strip(used, max(0, passed - used), within)


def _first(tracks: Sequence[Track], kinds: Sequence[str]) -> Track | None:
    for kind in kinds:
        for track in tracks:
            if track.key.partition(":")[0].partition("#")[0] == kind:
                return track
    return None


def _since(tracks: Sequence[Track], state: ClockState, opened_at: datetime | None) -> datetime:
    """Return when the present step began; where it has no limit, when something last happened."""
    step = _first(tracks, ("step",))
    return step.started if step is not None else opened_at or state.at


def _ended_strip(clockwork: Clockwork, lines: Sequence[Any], now: datetime) -> Strip | None:
    """Return the ledger against the service standard of a file whose service has ended."""
    limit = clockwork.sop.limits.get("service")
    if limit is None:
        return None
    days = clockwork.explain(happenings(clockwork.sop, [_line(line) for line in lines]), now)
    counted = [place for place, day in enumerate(days) if "service" in day.counted]
    if not counted:
        return Strip(0, 0, limit.within)
    used = days[counted[-1]].counted["service"]
    return Strip(used, counted[-1] - counted[0] + 1 - len(counted), limit.within)


@dataclass(frozen=True, slots=True)
class _Line:
    seq: int
    action: str
    ask: str | None
    from_step: str | None
    to_step: str
    detail: Mapping[str, Any]
    effective_at: datetime


def _line(line: Sequence[Any]) -> _Line:
    seq, action, ask, from_step, to_step, detail, at = line
    return _Line(seq, action, ask, from_step, to_step, detail, datetime.fromisoformat(at))
