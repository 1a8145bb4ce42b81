"""What the tracking page says of a file: one sentence first, then what explains it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from licensing.queries.tracking import FaultyPaper, TrackingView
from web import formats
from web.bill_panel import PayBox, pay_box
from web.file_ledger import file_ledger
from web.filters import in_language
from web.i18n import current_language, lazy_gettext
from web.i18n import gettext as _
from web.present import (
    due_view,
    find_limit,
    limit_state,
)
from web.silence_words import TrackedSilence, tracked_silence
from web.tracking_asks import asked_words
from web.tracking_trail import Turn, coming_steps, done_steps, expected, present_step
from web.tracking_words import first_words, to_pay
from web.viewmodels import ClockState, DueView, LedgerView, TrailItem
from workflows.ledger import LimitState
from workflows.sop import Party

OBJECTION_DAYS: Final = 21
"""Working days in which an objection may be filed. Source: UU 30/2014 Art 77(1)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One paper to hand in again, by its name, and what is wrong with it."""

    title: str
    state: str
    note: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Until when we are done if the applicant answers on a day."""

    when: str
    done_by: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file was refused, on what it rests, and until when it can be objected to."""

    reason: str
    legal_basis: str
    object_by: date


@dataclass(frozen=True, slots=True)
class TrackingPage:
    """Everything the page shows, in its order."""

    view: TrackingView
    turn: Turn
    state: ClockState
    chip: str
    headline: str
    lead: str
    promise_title: str
    promise: DueView | None
    paused_since: datetime | None
    answers: Sequence[Answer]
    answer_by: datetime | None
    faults: Sequence[Fault]
    refusal: Refusal | None
    ledger: LedgerView
    trail: Sequence[TrailItem]
    pay: PayBox | None
    to_pay: bool
    """Whether it is the bill that we wait for."""
    told: str
    """Who in the office was warned that the limit is broken; empty while it is not."""
    silence: TrackedSilence | None


def tracking_page(view: TrackingView) -> TrackingPage:
    """Return the page of one file."""
    turn = _turn(view)
    service = find_limit(view.limits, "service")
    promise = _promised(view, turn)
    steps = list(coming_steps(view, turn))
    done_by = steps[-1][1] if steps and steps[-1][1] is not None else None
    headline, lead = first_words(view, turn, promise, done_by)
    if service is not None and service.status == "paused" and turn == "yours":
        promise = service
    answer = find_limit(view.limits, "answer")
    return TrackingPage(
        view=view,
        turn=turn,
        state=_state(turn, promise),
        chip=str(_CHIPS[turn]),
        headline=headline,
        lead=" ".join((lead, *asked_words(view))),
        promise_title=_promise_title(turn, promise),
        promise=None if promise is None else due_view(promise, view.sop),
        paused_since=promise.paused_at if promise is not None and turn == "yours" else None,
        answers=list(_answers(view)) if turn == "yours" else (),
        answer_by=answer.due_at if answer is not None and turn == "yours" else None,
        faults=[_fault(view, one) for one in view.faults] if turn == "yours" else (),
        refusal=_refusal(view) if turn == "refused" else None,
        ledger=file_ledger(
            view.sop,
            view.calendar,
            view.days,
            view.totals,
            view.limits,
            view.now,
            ended=view.ended_at is not None,
            applicant_word=_("Anda"),
        ),
        trail=[*done_steps(view), *present_step(view, turn), *expected(view, steps)],
        pay=pay_box(view.bill),
        to_pay=turn == "yours" and to_pay(view),
        told=_told(view) if turn == "late" else "",
        silence=tracked_silence(view),
    )


# -- whose turn


def _turn(view: TrackingView) -> Turn:
    if view.granted_by_law:
        return "deemed"
    if view.outcome is not None:
        known: Mapping[str, Turn] = {"granted": "granted", "refused": "refused"}
        return known.get(view.outcome, "closed")
    if view.permit is not None:
        return "ready"
    if _waits_for_applicant(view):
        return "yours"
    broken = any(
        one.status == "broken" for one in view.limits if one.name in ("service", "filing", "law")
    )
    return "late" if broken else "ours"


def _waits_for_applicant(view: TrackingView) -> bool:
    step = view.sop.steps[view.step]
    hold = step.holds.get(view.held or "")
    return (hold.party if hold is not None else step.party) is Party.APPLICANT


def _promised(view: TrackingView, turn: Turn) -> LimitState | None:
    """Return the limit whose date is our promise now; None where we owe nothing with a date."""
    if turn in ("granted", "deemed", "refused", "closed", "yours"):
        return None
    if turn == "ready":
        return find_limit(view.limits, "delivery")
    return find_limit(view.limits, "service", "filing")


def _state(turn: Turn, promise: LimitState | None) -> ClockState:
    fixed: Mapping[Turn, ClockState] = {
        "yours": "jeda",
        "late": "lewat",
        "ready": "aman",
        "granted": "aman",
        "deemed": "aman",
        "refused": "netral",
        "closed": "netral",
    }
    return fixed.get(turn) or limit_state(promise)


_CHIPS: Final[Mapping[Turn, Any]] = {
    "ours": lazy_gettext("Giliran kami"),
    "late": lazy_gettext("Giliran kami, terlambat"),
    "yours": lazy_gettext("Giliran Anda, waktu dijeda"),
    "ready": lazy_gettext("Siap diambil"),
    "granted": lazy_gettext("Selesai"),
    "deemed": lazy_gettext("Dikabulkan secara hukum"),
    "refused": lazy_gettext("Ditolak"),
    "closed": lazy_gettext("Berakhir"),
}


def _promise_title(turn: Turn, promise: LimitState | None) -> str:
    if turn == "ready":
        return _("Kami serahkan paling lambat")
    if turn == "yours":
        return _("Sisa waktu kami")
    if promise is not None and promise.name == "filing":
        return _("Kelengkapan kami periksa paling lambat")
    if turn == "late":
        return _("Janji kami semula")
    return _("Janji kami")


# -- the applicant's turn


def _fault(view: TrackingView, paper: FaultyPaper) -> Fault:
    known = view.sop.papers.get(paper.name)
    words = {
        "missing": _("Belum ada"),
        "faulty": _("Perlu diperbaiki"),
    }
    return Fault(
        title=in_language(known.title) if known is not None else paper.name,
        state=words.get(paper.state, _("Perlu diperbaiki")),
        note=paper.note,
    )


def _answers(view: TrackingView) -> Iterator[Answer]:
    for at, done_by in view.if_back:
        day = formats.short_date(at, lang=current_language(), zone=view.zone)
        on = view.calendar.local_date(at)
        today = on == view.calendar.local_date(view.now)
        yield Answer(_("hari ini, %(day)s", day=day) if today else day, done_by)


# -- refused


def _refusal(view: TrackingView) -> Refusal:
    last = next((one for one in reversed(view.events) if one.to_step == view.step), None)
    ended_on = view.calendar.local_date(view.ended_at or view.now)
    return Refusal(
        reason=(last.reason or "") if last is not None else "",
        legal_basis=str(last.detail.get("legal_basis", "")) if last is not None else "",
        object_by=view.calendar.nth_after(ended_on, OBJECTION_DAYS),
    )


# -- late


def _told(view: TrackingView) -> str:
    """Return who has been warned since the limit was broken, by the ladder of the SOP."""
    words = {
        "holder": _("petugas yang memegang berkas"),
        "supervisor": _("pengawas"),
        "head": _("kepala dinas"),
        "inspectorate": _("inspektorat"),
    }
    audiences = [
        audience
        for rung in view.sop.ladder
        if rung.after is not None and rung.name in view.told_rungs
        for audience in rung.tell
    ]
    return ", ".join(words[one] for one in words if one in audiences)
