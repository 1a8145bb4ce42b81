"""What is said where dates lie beyond the closed days that an office knows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from flask import Flask

from licensing.calendar_coverage import coverage_gap
from licensing.queries.outages import outages_touching
from web.access import officer_or_none, runtime
from web.calendar_words import outage_period
from web.formats import plain_date
from web.i18n import current_language
from web.i18n import gettext as _
from web.office_frame import current_office
from workflows.calendar_spec import CalendarSpec
from workflows.worktime import Calendar

TOLD = ("admin", "head", "supervisor")
"""Who is told that the calendar of the office comes to its end."""


def init_app(app: Flask, _settings: object, _runtime: object | None) -> None:
    """Let templates ask whether a date lies beyond what is known, and what is missing."""
    app.jinja_env.globals["uncovered"] = uncovered_words
    app.jinja_env.globals["calendar_gap"] = calendar_gap
    app.jinja_env.globals["recent_outages"] = recent_outages


def uncovered_words(calendar: Calendar | None, *moments: datetime | None) -> str:
    """Return what is said beside dates whose holidays are not all known; nothing elsewhere.

    Without a calendar, by that of the reader's office.
    """
    if calendar is None:
        office = current_office()
        calendar = None if office is None else office.calendar
    if calendar is None or not any(
        moment is not None and calendar.past_coverage(calendar.local_date(moment))
        for moment in moments
    ):
        return ""
    return _("Dihitung tanpa hari libur yang belum ditetapkan.")


def gap_words(spec: CalendarSpec, today: date) -> str:
    """Return what is missing of the closed days to come; nothing where they are known."""
    gap = coverage_gap(spec, today, runtime().calendar_warning_months)
    if gap is None:
        return ""
    if gap == "joint":
        return _(
            "Cuti bersama %(year)s belum dimuat. Janji tahun depan dihitung tanpa hari libur itu.",
            year=today.year + 1,
        )
    return _(
        "Hari libur baru diketahui sampai %(day)s. Janji sesudah itu dihitung tanpa hari libur"
        " yang belum ditetapkan; muat tahun berikutnya.",
        day=plain_date(spec.covers[1], lang=current_language()),
    )


def calendar_gap() -> str:
    """Return what is missing of the calendar of the reader's office, for who can see to it."""
    officer, office = officer_or_none(), current_office()
    if officer is None or not officer.has(*TOLD) or office is None or office.calendar is None:
        return ""
    return gap_words(office.calendar.spec, office.calendar.local_date(datetime.now(UTC)))


def recent_outages() -> list[tuple[str, str, str]]:
    """Return period, reason and decree of the office's outages of late and to come."""
    office = current_office()
    if office is None or office.calendar is None:
        return []
    since = datetime.now(UTC) - timedelta(days=runtime().outage_rules.back)
    return [
        (outage_period(one, office.zone), one.reason, one.legal)
        for one in outages_touching(office.calendar.spec, since)
    ]
