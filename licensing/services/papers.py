"""Papers: the counter says what is there, the verifier says what is right."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.change import Case
from licensing.errors import (
    InvalidInput,
    NotAllowed,
    StaleApplication,
    TakenByAnother,
)
from licensing.facts import having_acted, renewing
from licensing.forms import clean
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.door_sql import dump, read_for_decision
from licensing.services.file_application import count_papers
from licensing.services.frozen import must_be_undecided

PRESENCES = ("unchecked", "received", "faulty", "missing", "not_needed")
VERDICTS = ("correct", "faulty")


@dataclass(frozen=True, slots=True)
class PaperMarks:
    """What an officer marked: paper → (mark, note)."""

    application_id: UUID
    seen_version: int
    marks: Mapping[str, tuple[str, str]]


def check_papers(runtime: Runtime, command: PaperMarks, by: Officer) -> int:
    """Record which papers are there; return the new version of the application.

    Raises:
        NotFound, ApplicationEnded, StaleApplication, TakenByAnother: nothing can be marked now.
        NotAllowed: the file is not at a counter step, or `by` not at the counter.
        InvalidInput: an unknown paper or mark, or a fault without words.
    """
    return _mark(runtime, command, by, lane="counter", marks=PRESENCES, column="presence")


def give_verdicts(runtime: Runtime, command: PaperMarks, by: Officer) -> int:
    """Record which papers are right; return the new version of the application.

    Raises:
        as `check_papers`, for the verifier.
    """
    return _mark(runtime, command, by, lane="verifier", marks=VERDICTS, column="verdict")


def _mark(
    runtime: Runtime,
    command: PaperMarks,
    by: Officer,
    *,
    lane: str,
    marks: tuple[str, ...],
    column: str,
) -> int:
    by.must_have("mark papers", lane)
    with runtime.transaction(by.office_id) as connection:
        case = read_for_decision(connection, command.application_id)
        watched = _must_be_markable(runtime, connection, case, command, by, lane)
        rows = _papers(connection, case.application_id)
        _check_marks({row["name"] for row in rows}, command.marks, marks)
        # A paper that was not there and now is came in anew; its faults are new ones.
        anew = [
            row["name"]
            for row in rows
            if column == "presence"
            and command.marks.get(row["name"], ("", ""))[0] == "received" != row["presence"]
        ]
        for row in rows:
            if row["name"] in command.marks:
                mark, note = command.marks[row["name"]]
                row[column], row["note"] = mark or None, clean(note)
                row[f"{column}_note"] = row["note"]
                if column == "presence" and mark != "received":
                    row["verdict"] = None
        # Whoever marks a paper has acted here, also where somebody else presses the button.
        state = having_acted(case.state, case.step, by.id, watched)
        state = {**renewing(state, anew), "papers": count_papers(rows).to_json()}
        connection.exec_driver_sql(
            _MARK_PRESENCE if column == "presence" else _MARK_VERDICT,
            {
                "id": case.application_id,
                "by": by.id,
                "state": dump(state),
                "rows": dump([row for row in rows if row["name"] in command.marks]),
            },
        )
        return case.version + 1


def _must_be_markable(
    runtime: Runtime,
    connection: Connection,
    case: Case,
    command: PaperMarks,
    by: Officer,
    lane: str,
) -> Collection[str]:
    """Return the steps of which the SOP asks who acted there, once papers may be marked."""
    must_be_undecided(runtime, connection, case)
    if case.version != command.seen_version:
        raise StaleApplication(
            case.application_id,
            seen=command.seen_version,
            now=case.version,
            by=case.last_actor_id,
            at=case.last_recorded_at,
        )
    if case.holder_id is not None and case.holder_id != by.id:
        raise TakenByAnother(case.application_id, case.holder_id)
    rules = runtime.rules(connection, case.sop_version_id)
    step = rules.sop.steps[case.step]
    if step.lane != lane:
        raise NotAllowed("mark papers at this step", (step.lane,))
    return rules.watched


def _check_marks(
    known: set[str], given: Mapping[str, tuple[str, str]], allowed: tuple[str, ...]
) -> None:
    faults: dict[str, str] = {}
    for name, (mark, note) in given.items():
        if name not in known:
            faults[f"paper_{name}"] = "unknown_paper"
        elif mark and mark not in allowed:
            faults[f"paper_{name}"] = "unknown_choice"
        elif mark == "faulty" and not clean(note):
            faults[f"paper_{name}"] = "fault_needs_words"
        elif len(note) > 1_000:
            faults[f"paper_{name}"] = "too_long"
    if faults:
        raise InvalidInput(faults)


def _papers(connection: Connection, application_id: UUID) -> list[dict[str, Any]]:
    rows = connection.exec_driver_sql(
        "SELECT name, presence, presence_note, verdict, verdict_note FROM paper"
        " WHERE application_id = %s ORDER BY position",
        (application_id,),
    )
    return [dict(row._mapping) for row in rows]


_MARK_PRESENCE = """
WITH counted AS (
  UPDATE application SET version = version + 1, state = %(state)s WHERE id = %(id)s
)
UPDATE paper p
   SET presence = coalesce(r.presence, 'unchecked'), presence_note = r.note, checked_by = %(by)s,
       verdict = CASE WHEN r.presence = 'received' THEN p.verdict END
  FROM jsonb_to_recordset(%(rows)s) AS r(name text, presence text, note text)
 WHERE p.application_id = %(id)s AND p.name = r.name
"""

_MARK_VERDICT = """
WITH counted AS (
  UPDATE application SET version = version + 1, state = %(state)s WHERE id = %(id)s
)
UPDATE paper p SET verdict = r.verdict, verdict_note = r.note, judged_by = %(by)s
  FROM jsonb_to_recordset(%(rows)s) AS r(name text, verdict text, note text)
 WHERE p.application_id = %(id)s AND p.name = r.name
"""
