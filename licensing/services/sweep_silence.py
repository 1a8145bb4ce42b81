"""Limits of the law that have passed undecided: recorded once, as soon as the sweep sees them.

Where the SOP says `deemed_granted` the clock makes the built-in move; where it says `flag` it
writes a line of history, and the file goes on. Source: UU 30/2014 Art 53(3)-(4).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from licensing.errors import ApplicationEnded, NotFound, Refusal, StaleApplication
from licensing.people import Clock
from licensing.runtime import Runtime
from licensing.services.door_sql import read_for_decision
from licensing.services.notes import write_note
from licensing.services.take_action import TakeAction, take_action
from licensing.services.tell_watchers import tell_watchers
from workflows.check import LAPSE, SILENCE
from workflows.ledger import ClockState
from workflows.silence import grants_by_silence, silent_limits, true_silence

log = logging.getLogger(__name__)

FLAG = "silence"
"""Where `application.state` remembers which passing of a limit was recorded last.

Where another calendar or a corrected time has moved the limit ahead again, it passes again.
"""

_PAGE = 200

# Limits of the law whose passing nobody has seen have an index of what is due: what is open and in
# time costs nothing, nor does what was seen once. (The index of the inbox would not do. Its
# order is an expression, and behind the wall between offices no condition on one is looked up in
# an index.)
_LATE = """
SELECT d.due_at, d.application_id AS id, d.key, a.sop_version_id,
       EXISTS (SELECT FROM recompute r JOIN calendar_version c ON c.id = a.calendar_version_id
                WHERE r.office_id = %(office)s AND r.finished_at IS NULL
                  AND r.number > c.number) AS being_counted
  FROM deadline d JOIN application a ON a.id = d.application_id
 WHERE d.office_id = %(office)s AND d.name = 'law' AND d.ended_at IS NULL
   AND NOT d.passing_seen
   AND d.due_at < %(now)s::timestamptz
   AND (d.due_at, d.application_id, d.key) > (%(after)s::timestamptz, %(id)s::uuid, %(key)s::text)
 ORDER BY d.due_at, d.application_id, d.key
 LIMIT %(page)s
"""


_SEEN = """
UPDATE deadline SET passing_seen = true WHERE application_id = %s AND key = %s AND due_at < %s
"""


@dataclass(frozen=True, slots=True)
class Passed:
    """A limit of the law that has passed while its application was open."""

    application_id: UUID
    key: str
    sop_version_id: UUID
    silent: bool
    """Whether the SOP makes anything of it."""


@dataclass(frozen=True, slots=True)
class Silences:
    """What the sweep recorded of an office's undecided applications."""

    lapsed: int
    """Granted by law."""
    flagged: int
    failure: str | None = None
    """The first application that could not be swept, and why; the others were."""


def sweep_silence(
    runtime: Runtime, office_id: UUID, *, at: datetime | None, now: datetime
) -> Silences:
    """Record every limit of the law that has passed undecided by `now`, each once."""
    lapsed = flagged = 0
    failure = None
    for one in passed(runtime, office_id, now):
        application_id = one.application_id
        try:
            with runtime.transaction(office_id) as connection:
                sop = runtime.rules(connection, one.sop_version_id).sop
            # Another process may have been quicker; then nothing is recorded here.
            if one.silent and grants_by_silence(sop):
                lapsed += _lapse(runtime, office_id, application_id, at)
                continue
            if one.silent:
                flagged += _flag(runtime, office_id, application_id, at)
            with runtime.transaction(office_id) as connection:
                connection.exec_driver_sql(_SEEN, (application_id, one.key, now))
        except Exception as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            log.exception("application %s: its silence could not be recorded", application_id)
            failure = failure or f"application {application_id}, silence: {error}"
    return Silences(lapsed, flagged, failure)


def undecided(runtime: Runtime, office_id: UUID, now: datetime) -> Iterator[tuple[UUID, UUID]]:
    """Yield each application whose silence is to be recorded: id and SOP version."""
    for one in passed(runtime, office_id, now):
        if one.silent:
            yield one.application_id, one.sop_version_id


def passed(runtime: Runtime, office_id: UUID, now: datetime) -> Iterator[Passed]:
    """Yield each limit of the law that has passed and that no sweep has looked at since."""
    after: tuple[datetime | str, UUID, str] = ("-infinity", UUID(int=0), "")
    while True:
        with runtime.transaction(office_id) as connection:
            rows = connection.exec_driver_sql(
                _LATE,
                {
                    "office": office_id,
                    "now": now,
                    "after": after[0],
                    "id": after[1],
                    "key": after[2],
                    "page": _PAGE,
                },
            ).fetchall()
            silent = {
                version: silent_limits(runtime.rules(connection, version).sop)
                for version in {row.sop_version_id for row in rows}
            }
        for row in rows:
            # Another calendar was announced: until it is counted anew its limit is not known.
            if not row.being_counted:
                yield Passed(row.id, row.key, row.sop_version_id, bool(silent[row.sop_version_id]))
        if len(rows) < _PAGE:
            return
        after = (rows[-1].due_at, rows[-1].id, rows[-1].key)


def _lapse(runtime: Runtime, office_id: UUID, application_id: UUID, at: datetime | None) -> bool:
    """Return whether the clock has recorded here and now that the law grants an application."""
    try:
        take_action(runtime, TakeAction(application_id, LAPSE, at=at), Clock(office_id))
    except (StaleApplication, ApplicationEnded, NotFound):
        return False
    except Refusal as refusal:
        # Another calendar, or a decision in time, came in between: it is not true any more.
        log.info("application %s has not lapsed: %s", application_id, refusal)
        return False
    return True


def _flag(runtime: Runtime, office_id: UUID, application_id: UUID, at: datetime | None) -> bool:
    """Return whether it has been recorded here and now that the limit of the law has passed."""
    with runtime.transaction(office_id) as connection:
        case = read_for_decision(connection, application_id)
        if case.outcome is not None:
            return False
        clockwork = runtime.clockwork(
            connection, case.sop_version_id, case.calendar_version_id, case.late_receipt
        )
        moment = max(at or case.now, case.last_effective_at)
        silence = true_silence(clockwork, ClockState.from_json(case.state["clock"]), moment)
        if silence is None or silence.grants:
            return False
        since = silence.since.isoformat()
        if case.state.get(FLAG) == {"l": silence.key, "t": since}:
            return False
        write_note(
            connection,
            case,
            SILENCE,
            holder=case.holder_id,
            by=None,
            at=moment,
            detail={
                "limit": silence.key,
                "since": since,
                "source": silence.source,
            },
            state={**case.state, FLAG: {"l": silence.key, "t": since}},
        )
        tell_watchers(connection, case, clockwork, "silence_flagged", silence, at=moment)
    return True
