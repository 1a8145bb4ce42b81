"""Effects of a site visit: its date, its postponement, its report.

A visit is planned, then postponed by the applicant or reported by the inspector; another day or
another look is another visit, with a number of its own.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from licensing.change import Change, VisitOrder, VisitPostponement, VisitReport
from licensing.errors import InvalidInput
from licensing.forms import clean, one_line

MOST_DAYS_AHEAD: Final = 20
"""Working days: a visit further away is no plan."""
LONGEST_LINE: Final = 200
LONGEST_NOTE: Final = 1_000
LONGEST_FINDING: Final = 2_000
MOST_ROWS: Final = 30
FITS: Final = {"yes": True, "no": False}

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


def schedule_visit(change: Change) -> Change:
    """Order the visit: a working day of the office, from today to 20 working days ahead.

    Raises:
        InvalidInput: every fault of day, time, place and inspector at once.
    """
    faults: dict[str, str] = {}
    on = _day(change.inputs, "visit_on", faults)
    time = _time(change.inputs, faults)
    if on is not None and "visit_time" not in faults:
        faults |= _day_faults(change, on, time)
    place = _words(change.inputs, "visit_place", LONGEST_LINE, faults, line=True)
    note = _words(change.inputs, "visit_note", LONGEST_NOTE, faults, needed=False)
    inspector = _inspector(change, faults)
    if faults or on is None or inspector is None:
        raise InvalidInput(faults)
    before = change.state.get("visit", {})
    order = VisitOrder(before.get("n", 0) + 1, on, time, place, note, inspector)
    planned = {
        "n": order.number,
        "on": on.isoformat(),
        "s": "planned",
        "held": before.get("held", 0),
        "postponed": before.get("postponed", 0),
    }
    said = {"n": order.number, "on": on.isoformat(), **({"time": time} if time else {})}
    change = _standing(replace(change, visit=order), planned).noting(visit=said)
    return change.telling(
        "visit_scheduled", on=on.isoformat(), time=time, place=one_line(place), note=one_line(note)
    )


def postpone_visit(change: Change) -> Change:
    """Order the postponement that the applicant asks for; until he is ready, time is his.

    Raises:
        InvalidInput: no visit is planned, or the reason is missing.
    """
    visit = change.state.get("visit", {})
    why = clean(change.event.reason or "")
    if visit.get("s") != "planned" or not why:
        raise InvalidInput({"reason": "visit_not_planned" if why else "required"})
    order = VisitPostponement(visit["n"], why)
    postponed = {**visit, "s": "postponed", "postponed": visit.get("postponed", 0) + 1}
    change = _standing(replace(change, visit_postponed=order), postponed)
    change = change.noting(visit={"n": visit["n"], "postponed": visit["on"]})
    answer = next(
        (limit.due_at for limit in change.limits if limit.key.startswith("answer:")), None
    )
    return change.telling(
        "visit_postponed",
        on=visit["on"],
        answer_by=None if answer is None else answer.isoformat(),
    )


def report_visit(change: Change) -> Change:
    """Order the report: who was there, what was measured and found, and the conclusion of it.

    Findings are concrete and complete, and not extended later: the line of history keeps the
    fingerprint of the whole report. Source: PP 16/2021 Art 257(5), 259(6).

    Raises:
        InvalidInput: every fault at once, by field and row.
    """
    visit = change.state.get("visit", {})
    if visit.get("s") != "planned":
        raise InvalidInput({"held_on": "visit_not_planned"})
    faults: dict[str, str] = {}
    held_on = _day(change.inputs, "held_on", faults)
    if held_on is not None and held_on > change.today:
        faults["held_on"] = "visit_not_yet"
    elif held_on is not None and held_on.isoformat() < visit["on"]:
        faults["held_on"] = "visit_before_plan"
    present = _present(change.inputs, faults)
    measured = _measured(change.inputs, faults)
    findings = _findings(change.inputs, faults)
    summary = _words(change.inputs, "summary", LONGEST_FINDING, faults)
    fits = FITS.get(change.inputs.get("fits") or "")
    if fits is None:
        faults["fits"] = "choose"
    elif not faults:
        all_fit = all(finding["fits"] for finding in findings)
        if fits != all_fit:
            faults["fits"] = "visit_finds_unfit" if fits else "visit_finds_nothing_unfit"
    if faults or held_on is None or fits is None:
        raise InvalidInput(faults)
    report = VisitReport(visit["n"], held_on, present, measured, findings, fits, summary)
    held = {**visit, "s": "held", "fits": fits, "held": visit.get("held", 0) + 1}
    change = _standing(replace(change, visit_report=report), held)
    return change.noting(
        visit={
            "n": report.number,
            "held": held_on.isoformat(),
            "fits": fits,
            "report": report_fingerprint(report),
        }
    )


def report_fingerprint(report: VisitReport) -> str:
    """Return SHA-256 over everything a report says, as the history keeps it."""
    return hashlib.sha256(
        json.dumps(
            [
                report.number,
                report.held_on.isoformat(),
                list(report.present),
                [dict(row) for row in report.measured],
                [dict(row) for row in report.findings],
                report.fits,
                report.summary,
            ],
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        ).encode()
    ).hexdigest()


def _standing(change: Change, visit: dict[str, Any]) -> Change:
    return replace(change, state={**change.state, "visit": visit})


def _day_faults(change: Change, on: date, time: str) -> dict[str, str]:
    calendar, today = change.calendar, change.today
    now = change.event.effective_at.astimezone(calendar.zone)
    if on < today:
        return {"visit_on": "visit_in_past"}
    if not calendar.is_working(on):
        return {"visit_on": "visit_not_working_day"}
    if calendar.working_days(today, on) > MOST_DAYS_AHEAD:
        return {"visit_on": "visit_too_far"}
    if on == today and time and time < f"{now:%H:%M}":
        return {"visit_time": "visit_time_past"}
    return {}


def _day(inputs: Mapping[str, str], name: str, faults: dict[str, str]) -> date | None:
    text = clean(inputs.get(name) or "")
    if not text:
        faults[name] = "required"
        return None
    match = _DATE.fullmatch(text)
    if match is not None:
        parts = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
        with suppress(ValueError):
            return date(*map(int, parts))
    faults[name] = "date"
    return None


def _time(inputs: Mapping[str, str], faults: dict[str, str]) -> str:
    text = clean(inputs.get("visit_time") or "")
    match = _TIME.fullmatch(text)
    if match is None:
        if text:
            faults["visit_time"] = "visit_time"
        return ""
    return f"{int(match[1]):02d}:{match[2]}"


def _inspector(change: Change, faults: dict[str, str]) -> UUID | None:
    """Return who is to go: whoever is named, else whoever plans it."""
    text = clean(change.inputs.get("visit_inspector") or "")
    if not text:
        if change.event.actor_id is None:
            faults["visit_inspector"] = "choose"
        return change.event.actor_id
    with suppress(ValueError):
        return UUID(text)
    faults["visit_inspector"] = "unknown_choice"
    return None


def _words(
    inputs: Mapping[str, str],
    name: str,
    longest: int,
    faults: dict[str, str],
    *,
    needed: bool = True,
    line: bool = False,
) -> str:
    text = inputs.get(name) or ""
    words = one_line(text) if line else clean(text)
    if needed and not words:
        faults[name] = "required"
    elif len(words) > longest:
        faults[name] = "too_long"
    return words


def _present(inputs: Mapping[str, str], faults: dict[str, str]) -> tuple[str, ...]:
    """Return who was there: one person a line."""
    people = tuple(line for line in clean(inputs.get("present") or "").split("\n") if line)
    if not people:
        faults["present"] = "required"
    elif len(people) > MOST_ROWS or max(map(len, people)) > LONGEST_LINE:
        faults["present"] = "too_long"
    return people


def _measured(inputs: Mapping[str, str], faults: dict[str, str]) -> tuple[Mapping[str, str], ...]:
    found = []
    for number, row in _rows(inputs, "measured", faults):
        label, value = (one_line(str(row.get(key) or "")) for key in ("label", "value"))
        for name, words in (("label", label), ("value", value)):
            if not words:
                faults[f"{name}_{number}"] = "required"
            elif len(words) > LONGEST_LINE:
                faults[f"{name}_{number}"] = "too_long"
        found.append({"label": label, "value": value})
    return tuple(found)


def _findings(inputs: Mapping[str, str], faults: dict[str, str]) -> tuple[Mapping[str, Any], ...]:
    found = []
    for number, row in _rows(inputs, "findings", faults):
        aspect = one_line(str(row.get("aspect") or ""))
        words = clean(str(row.get("finding") or ""))
        fits = FITS.get(str(row.get("fits") or ""))
        for name, text, longest in (
            ("aspect", aspect, LONGEST_LINE),
            ("finding", words, LONGEST_FINDING),
        ):
            if not text:
                faults[f"{name}_{number}"] = "required"
            elif len(text) > longest:
                faults[f"{name}_{number}"] = "too_long"
        if fits is None:
            faults[f"fits_{number}"] = "choose"
        found.append({"aspect": aspect, "finding": words, "fits": fits})
    if not found and "findings" not in faults:
        faults["aspect_1"] = "visit_needs_findings"
    return tuple(found)


def _rows(
    inputs: Mapping[str, str], name: str, faults: dict[str, str]
) -> Sequence[tuple[int, Mapping[str, Any]]]:
    """Return the rows of a JSON list that hold something, each with its number from 1."""
    try:
        rows = json.loads(inputs.get(name) or "[]")
    except ValueError:
        rows = None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        faults[name] = "damaged"
        return ()
    if len(rows) > MOST_ROWS:
        faults[name] = "too_many_rows"
        return ()
    return [
        (number, row)
        for number, row in enumerate(rows, start=1)
        if any(str(value or "").strip() for value in row.values())
    ]
