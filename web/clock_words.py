"""What was done to the clock of a file, in words: for officers and for the applicant alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from licensing.happenings import happenings
from licensing.history import RECOUNT
from licensing.queries.application import EventView
from web import formats
from web.filters import in_language
from web.i18n import current_language, lazy_gettext
from web.i18n import gettext as _
from web.present import action_title, limit_label, within_words
from workflows.check import CORRECT_TIME, EXTEND
from workflows.ledger import ClockFault, Clockwork
from workflows.sop import Hold, Sop, Within
from workflows.worktime import Calendar

_CONSENTS: Final[Mapping[str, Any]] = {
    "letter": lazy_gettext("surat bertanda tangan"),
    "counter": lazy_gettext("langsung di loket"),
    "scan": lazy_gettext("pindaian surat"),
}


@dataclass(frozen=True, slots=True)
class Pause:
    """The hold that is on."""

    title: str
    since: datetime
    until: datetime | None
    left: str
    """How much longer it may last; empty where it is over."""
    over: bool
    """It has lasted as long as it may; the clock ends it with its next sweep."""
    legal: str
    ended: str
    """What is said of it once it is over; else nothing."""
    reason: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class EndedHold:
    """A hold that is over."""

    hold: Hold
    start: EventView
    end: EventView


def clock_details(sop: Sop, events: Sequence[EventView], event: EventView, zone: str) -> list[str]:
    """Return what a line of history says of the clock; nothing for a line that does not."""
    if event.action == EXTEND:
        legal = _("Dasar: %(source)s.", source=event.detail.get("legal", ""))
        return [extension_words(event.detail, zone), legal]
    if event.action == CORRECT_TIME:
        words = correction_words(sop, events, event.detail, zone)
        return [words, *legal_words(event.detail)]
    if event.action == RECOUNT:
        return [*recount_words(sop, event.detail, zone)]
    held = hold_ended_by_clock(sop, event)
    if held is not None:
        title = in_language(held.title)
        return [f"{title}.", _("Dasar: %(source)s.", source=held.source)]
    return []


def hold_over_words(hold: Hold) -> str:
    """Return what is said of a hold that has lasted as long as it may."""
    return _(
        "Penundaan mencapai batasnya (%(length)s); waktu kantor berjalan lagi.",
        length=within_words(hold.at_most),
    )


def hold_ended_by_clock(sop: Sop, event: EventView) -> Hold | None:
    """Return the hold that the clock has ended with this line, because it was over."""
    if not event.detail.get("over"):
        return None
    step = sop.steps.get(event.from_step or "")
    holds = () if step is None else step.holds.values()
    return next((hold for hold in holds if hold.resume == event.action), None)


def recount_words(sop: Sop, detail: Mapping[str, Any], zone: str) -> Iterator[str]:
    """Return the cause of a recount, and each limit that it moved."""
    cause = detail.get("cause")
    if cause:
        yield _("Sebab: %(cause)s", cause=cause if isinstance(cause, str) else in_language(cause))
    for one in detail.get("moved", ()):
        yield _(
            "%(limit)s: %(before)s menjadi %(after)s.",
            limit=limit_label(one["key"], sop),
            before=due_words(instant(one.get("before")), zone),
            after=due_words(instant(one.get("after")), zone),
        )


def extension_words(detail: Mapping[str, Any], zone: str) -> str:
    """Return by how much the standard was extended, from when to when, and who agreed."""
    before, after = (instant(detail.get(name)) for name in ("before", "after"))
    words = _(
        "Ditambah %(more)s: %(before)s menjadi %(after)s.",
        more=within_words(Within(int(detail["more"]), detail["unit"])),
        before=due_words(before, zone),
        after=due_words(after, zone),
    )
    consent = detail.get("consent")
    if not consent:
        return words
    how = str(_CONSENTS.get(consent["by"], consent["by"]))
    reference = f", {consent['reference']}" if consent.get("reference") else ""
    agreed = _(
        "Pemohon menyetujui pada %(day)s (%(how)s).",
        day=formats.plain_date(date.fromisoformat(consent["on"]), lang=current_language()),
        how=f"{how}{reference}",
    )
    return f"{words} {agreed}"


def correction_words(
    sop: Sop, events: Sequence[EventView], detail: Mapping[str, Any], zone: str
) -> str:
    """Return which time was corrected, old and new, and how the promise moved."""
    words = _(
        "%(what)s: tercatat %(was)s, dibetulkan menjadi %(now)s.",
        what=line_title(sop, events, int(detail["seq"])),
        was=due_words(instant(detail["was"]), zone),
        now=due_words(instant(detail["now"]), zone),
    )
    if not detail.get("limit"):
        return words
    moved = _(
        "Janji: %(before)s menjadi %(after)s.",
        before=due_words(instant(detail.get("before")), zone),
        after=due_words(instant(detail.get("after")), zone),
    )
    return f"{words} {moved}"


def legal_words(detail: Mapping[str, Any]) -> list[str]:
    """Return what allowed an act on the clock, where its line says so."""
    legal = detail.get("legal")
    return [_("Dasar: %(source)s.", source=legal)] if legal else []


def line_title(sop: Sop, events: Sequence[EventView], seq: int) -> str:
    """Return what the line at this place of the history is called."""
    line = next((one for one in events if one.seq == seq), None)
    return "" if line is None else action_title(sop, line.from_step, line.action)


def ended_holds(sop: Sop, events: Sequence[EventView]) -> Iterator[EndedHold]:
    """Return the holds of the main line that are over, in their order."""
    for hold, start, end in _holds(sop, events):
        if end is not None:
            yield EndedHold(hold, start, end)


def pause_of(
    sop: Sop, calendar: Calendar, events: Sequence[EventView], now: datetime
) -> Pause | None:
    """Return the hold that is on."""
    held = next(((hold, start) for hold, start, end in _holds(sop, events) if end is None), None)
    if held is None:
        return None
    hold, start = held
    clockwork = Clockwork(sop, calendar)
    try:
        state = clockwork.fold(happenings(sop, events))
    except ClockFault:
        return None
    limit = clockwork.hold_limit(state, now)
    over = limit is not None and limit.status == "broken"
    return Pause(
        title=in_language(hold.title),
        since=start.effective_at,
        until=None if limit is None else limit.due_at,
        left="" if limit is None or over else left_words(limit.left, limit.within),
        over=over,
        legal=hold.source,
        ended=hold_over_words(hold) if over else "",
        reason=start.reason or "",
        who=start.actor or "",
    )


def _holds(
    sop: Sop, events: Sequence[EventView]
) -> Iterator[tuple[Hold, EventView, EventView | None]]:
    """Return every hold with the line that started it and the one that ended it, if any."""
    found: tuple[Hold, EventView] | None = None
    for event in events:
        if event.ask is not None:
            continue
        ends = event.detail.get("hold") == "ends" or event.from_step != event.to_step
        if found is not None and ends:
            yield (*found, event)
            found = None
        elif event.detail.get("hold") == "starts":
            step = sop.steps.get(event.from_step or "")
            hold = None if step is None else step.holds.get(event.action)
            found = None if hold is None else (hold, event)
    if found is not None:
        yield (*found, None)


def moment(at: datetime, zone: str) -> str:
    """Return a moment: `Kamis, 9 Juli 16.00`."""
    return formats.short_date_time(at, lang=current_language(), zone=zone)


def due_words(at: datetime | None, zone: str, left: int | None = None) -> str:
    """Return a due moment, or how much is left while the file is away."""
    if at is not None:
        return moment(at, zone)
    if left is None:
        return _("waktu berhenti")
    return _("waktu berhenti, sisa %(left)s", left=within_words(Within(max(left, 0))))


def left_words(left: int, within: Within) -> str:
    """Return how much of an allowed time is left: `2 hari kerja`, `90 menit`."""
    if within.unit == "working days":
        return within_words(Within(max(left, 0)))
    return _("%(n)s menit", n=max(left, 0))


def instant(text: str | None) -> datetime | None:
    """Return a moment of a line's detail."""
    return None if text is None else datetime.fromisoformat(text)
