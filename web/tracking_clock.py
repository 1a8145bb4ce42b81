"""What was done to the clock, on the tracking page: a line each, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from licensing.history import RECOUNT
from licensing.queries.application import EventView
from licensing.queries.tracking import TrackingView
from web.clock_words import (
    correction_words,
    ended_holds,
    extension_words,
    hold_ended_by_clock,
    hold_over_words,
    legal_words,
    moment,
    pause_of,
    recount_words,
)
from web.filters import in_language
from web.i18n import gettext as _
from web.refusal_words import paper_list
from web.viewmodels import TrailItem
from workflows.calendar_spec import Outage
from workflows.check import CORRECT_TIME, EXTEND
from workflows.sop import Party


def clock_trail(view: TrackingView, event: EventView) -> Iterator[TrailItem]:
    """Return the line of an extension, a corrected time, or a hold that this event ended."""
    when = moment(event.effective_at, view.zone)
    if event.action == EXTEND:
        agreed = event.detail.get("kind") == "consent"
        yield TrailItem(
            "done",
            _("Waktu diperpanjang dengan persetujuan Anda") if agreed else _("Waktu diperpanjang"),
            when,
            _joined(
                extension_words(event.detail, view.zone),
                event.reason,
                _("Dasar: %(source)s.", source=event.detail.get("legal", "")),
            ),
        )
    elif event.action == CORRECT_TIME:
        words = correction_words(view.sop, view.events, event.detail, view.zone)
        yield TrailItem(
            "done",
            _("Waktu terima dibetulkan"),
            when,
            _joined(words, event.reason, *legal_words(event.detail)),
        )
    elif event.action == RECOUNT:
        moved = _joined(*recount_words(view.sop, event.detail, view.zone))
        yield TrailItem("done", _("Tanggal dihitung ulang"), when, moved)
    for held in ended_holds(view.sop, view.events):
        if held.end.seq == event.seq:
            waited = held.hold.party is Party.APPLICANT
            over = hold_ended_by_clock(view.sop, held.end)
            yield TrailItem(
                "done",
                in_language(held.hold.title),
                _(
                    "%(first)s – %(last)s",
                    first=moment(held.start.effective_at, view.zone),
                    last=when,
                ),
                _joined(
                    _("Menunggu Anda; waktu kami berhenti.") if waited else "",
                    "" if over is None else hold_over_words(over),
                    _("Dasar: %(source)s.", source=held.hold.source),
                ),
            )
    for outage in view.calendar.spec.outages:
        # Told with the event before which it ended: each once.
        previous = next((one for one in reversed(view.events) if one.seq < event.seq), None)
        after = view.filed_at if previous is None else previous.effective_at
        if outage.end > view.filed_at and after <= outage.end < event.effective_at:
            yield _outage(view, outage)


def open_outages(view: TrackingView) -> Iterator[TrailItem]:
    """Return the outages since the last event that have begun."""
    last = view.events[-1].effective_at
    if view.outcome is None:
        for outage in view.calendar.spec.outages:
            if outage.end >= last and outage.end > view.filed_at and outage.start < view.now:
                yield _outage(view, outage)


def late_faults_words(view: TrackingView, event: EventView) -> str:
    """Return which papers of a return could have been named in the first one; else nothing."""
    late = event.detail.get("late_faults")
    if not late:
        return ""
    return _(
        "Seharusnya sudah disampaikan pada pengembalian pertama: %(papers)s.",
        papers=paper_list(late, view.sop),
    )


def pause_words(view: TrackingView) -> str:
    """Return why the file waits, since when and how much longer; nothing where it does not."""
    pause = pause_of(view.sop, view.calendar, view.events, view.now)
    if pause is None:
        return ""
    words = [f"{pause.title}."]
    since = moment(pause.since, view.zone)
    if pause.until is not None and not pause.over:
        words.append(
            _(
                "Ditunda sejak %(since)s, paling lama sampai %(until)s (%(left)s lagi).",
                since=since,
                until=moment(pause.until, view.zone),
                left=pause.left,
            )
        )
    else:
        words.append(_("Ditunda sejak %(since)s.", since=since))
    if pause.over:
        words.append(pause.ended)
    return " ".join((*words, _("Dasar: %(source)s.", source=pause.legal)))


def _outage(view: TrackingView, outage: Outage) -> TrailItem:
    first, last = moment(outage.start, view.zone), moment(outage.end, view.zone)
    reason, legal = outage.reason, outage.legal
    return TrailItem(
        "done",
        _("Gangguan sistem"),
        _("%(first)s – %(last)s", first=first, last=last),
        _joined(
            reason,
            _("Dasar: %(source)s.", source=legal) if legal else "",
        ),
    )


def _joined(*parts: str | None) -> str:
    sentences = [part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part]
    return " ".join(sentences)
