"""How visits are shown: days to choose from, the rows of a report, the visits of a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from licensing.effects.visits import MOST_DAYS_AHEAD, MOST_ROWS
from licensing.identity import show_phone
from licensing.people import Officer
from licensing.queries.application import ApplicationView
from licensing.queries.tracking import TrackingView
from licensing.queries.visits import AgendaRow, VisitView, weighed_at
from licensing.services.visit_photos import MOST_PHOTOS
from web import formats
from web.filters import in_language
from web.i18n import current_language
from web.i18n import gettext as _
from web.present import find_limit
from web.viewmodels import Form, VerdictKind
from web.visit_inputs import FINDING, MEASURE, rows_of
from workflows.sop import Party

CHOICES = 10
"""Working days to choose from at a glance."""
EMPTY_ROWS = 3


@dataclass(frozen=True, slots=True)
class DayChoice:
    """One day on which a visit can be planned."""

    on: date
    busy: str
    """Who is engaged that day: `Contoh Peninjau 2 kunjungan`; empty where nobody is."""
    late: bool
    """True where our own standard will have passed by then."""


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """What the page of planning offers."""

    days: Sequence[DayChoice]
    last: date
    """The last day that can be chosen."""
    inspectors: Sequence[tuple[str, str]]
    promised: datetime | None
    """When our standard passes."""


@dataclass(frozen=True, slots=True)
class ReportForm:
    """The numbers of the rows that the form of a report shows, and what was planned."""

    findings: Sequence[int]
    measures: Sequence[int]
    visit: VisitView | None
    more_findings: bool
    more_measures: bool
    photos_left: int


@dataclass(frozen=True, slots=True)
class VisitCard:
    """One visit on the page of its file."""

    visit: VisitView
    time: str
    """As it is written in the reader's language; empty where only the day is agreed."""
    kind: VerdictKind
    state: str
    takes_photos: bool
    photos_left: int


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One visit on the list of an inspector, as it is written."""

    application_id: UUID
    time: str
    place: str
    applicant: str
    phone: str
    phone_words: str
    number: str
    service: str
    visit: int
    inspector: str
    """Empty where the list is that of one inspector."""
    note: str


def agenda_line(row: AgendaRow, *, named: bool) -> AgendaLine:
    """Return a visit as the list shows it; `named` says whose it is."""
    return AgendaLine(
        row.application_id,
        _clock(row.time),
        row.place,
        row.applicant,
        row.phone,
        show_phone(row.phone) if row.phone else "",
        row.number,
        in_language(row.service),
        row.visit,
        row.inspector if named else "",
        row.note,
    )


def visit_plan(view: ApplicationView) -> VisitPlan:
    """Return the days and inspectors to choose from."""
    calendar = view.calendar
    today = calendar.local_date(view.now)
    first = calendar.is_working(today) and view.now < calendar.closing(today)
    days = [today] if first else []
    days += [calendar.nth_after(today, n) for n in range(1, CHOICES + 1 - len(days))]
    service = find_limit(view.limits, "service")
    promised = None if service is None else service.due_at
    return VisitPlan(
        days=[
            DayChoice(
                day,
                _busy(view, day),
                promised is not None and day > calendar.local_date(promised),
            )
            for day in days
        ],
        last=calendar.nth_after(today, MOST_DAYS_AHEAD),
        inspectors=[(str(key), name) for key, name in view.colleagues],
        promised=promised,
    )


def report_form(view: ApplicationView, form: Form) -> ReportForm:
    """Return how many rows the form shows: what is filled in, and some that are empty."""
    findings = _shown(form, FINDING, "rows_findings", EMPTY_ROWS)
    measures = _shown(form, MEASURE, "rows_measured", 1)
    visit = view.visits[0] if view.visits else None
    return ReportForm(
        findings=range(1, findings + 1),
        measures=range(1, measures + 1),
        visit=visit,
        more_findings=findings < MOST_ROWS,
        more_measures=measures < MOST_ROWS,
        photos_left=MOST_PHOTOS - len(visit.photos) if visit else 0,
    )


def visit_cards(view: ApplicationView, by: Officer) -> tuple[VisitCard, ...]:
    """Return the visits of a file, the newest first."""
    cards = []
    for number, visit in enumerate(view.visits):
        kind, state = _state(visit)
        open_still = number == 0 and by.has("inspector") and _takes_photos(view, visit)
        left = MOST_PHOTOS - len(visit.photos)
        time = _clock(visit.time)
        cards.append(VisitCard(visit, time, kind, state, open_still and left > 0, left))
    return tuple(cards)


def visit_lines(view: TrackingView) -> list[str]:
    """Return what the applicant is told of the visit: when it is, or whose time runs now."""
    for event in reversed(view.events):
        visit: dict[str, Any] | None = event.detail.get("visit")
        if visit is None:
            continue
        if view.outcome is not None or "held" in visit:
            return []
        if "postponed" in visit:
            if view.sop.steps[view.step].party is not Party.APPLICANT:
                return []
            return [
                _(
                    "Peninjauan lokasi ditunda atas permintaan Anda. Sampai lokasi siap, harinya "
                    "menjadi hari Anda, kecuali dinas masih menyusun pendapat."
                )
            ]
        return [
            _("Petugas kami meninjau lokasi pada %(day)s.", day=_when(visit, view.zone)),
            _(
                "Mohon hadir atau diwakili. Bila berhalangan, hubungi loket sebelum hari itu; hari "
                "penundaan menjadi hari Anda, kecuali dinas masih menyusun pendapat."
            ),
        ]
    return []


def _when(visit: dict[str, Any], zone: str) -> str:
    day = formats.long_date(date.fromisoformat(visit["on"]), lang=current_language())
    time = visit.get("time")
    if not time:
        return day
    return _(
        "%(day)s, pukul %(time)s %(zone)s",
        day=day,
        time=_clock(time),
        zone=formats.zone_name(zone),
    )


def _clock(time: str) -> str:
    return time if current_language() == "en" else time.replace(":", ".")


def _busy(view: ApplicationView, day: date) -> str:
    names = dict(view.colleagues)
    return ", ".join(
        _("%(name)s %(count)s kunjungan", name=names[each.inspector_id], count=each.count)
        for each in view.engagements
        if each.on == day and each.inspector_id in names
    )


def _shown(form: Form, names: Sequence[str], asked: str, least: int) -> int:
    text = form.value(asked)
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    return min(MOST_ROWS, max(least, len(rows_of(form.values, names)), wanted))


def _state(visit: VisitView) -> tuple[VerdictKind, str]:
    if visit.postponed_at is not None:
        return "belum", _("Ditunda pemohon")
    if visit.report is None:
        return "belum", _("Direncanakan")
    return ("ya", _("Sesuai")) if visit.report.fits else ("tidak", _("Tidak sesuai"))


def _takes_photos(view: ApplicationView, visit: VisitView) -> bool:
    """Return whether photographs may be added: until the report has been weighed."""
    if view.ended_at is not None or visit.postponed_at is not None:
        return False
    if visit.report is None:
        return True
    reported = max(event.seq for event in view.events if "report" in event.detail.get("visit", {}))
    return view.step in weighed_at(view.sop) and not any(
        event.seq > reported
        and event.ask is None
        and event.from_step == view.step
        and event.to_step != view.step
        for event in view.events
    )
