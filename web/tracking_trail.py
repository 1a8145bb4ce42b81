"""The way of a file on the tracking page: what is done, where it is, what comes and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

from licensing.queries.application import EventView
from licensing.queries.tracking import TrackingView
from web import formats
from web.filters import in_language
from web.i18n import current_language
from web.i18n import gettext as _
from web.present import action_title, filed_title, find_limit, lane_title, place_title, within_words
from web.tracking_clock import clock_trail, late_faults_words, open_outages, pause_words
from web.viewmodels import TrailItem
from workflows.check import ANSWERED
from workflows.ledger import due
from workflows.sop import Party
from workflows.usual import usual_way

Turn = Literal["ours", "late", "yours", "ready", "granted", "deemed", "refused", "closed"]
"""Whose turn it is, or how the file ended: what the whole page follows."""


def held_title(view: TrackingView) -> str:
    """Return why a file is held; empty where it is not."""
    hold = view.sop.steps[view.step].holds.get(view.held or "")
    return in_language(hold.title) if hold is not None else ""


def done_steps(view: TrackingView) -> Iterator[TrailItem]:
    """Return what has been done, each step with the days it took."""
    entered = view.filed_at
    asked: dict[str, datetime] = {}
    for event in view.events:
        asked |= dict.fromkeys(event.detail.get("opened", ()), event.effective_at)
        yield from clock_trail(view, event)
        if event.action == "file":
            yield TrailItem(
                "done",
                filed_title(event.lane),
                formats.short_date_time(
                    event.effective_at, lang=current_language(), zone=view.zone
                ),
            )
        elif event.ask is not None:
            asked.setdefault(event.ask, event.effective_at)
            if event.to_step == ANSWERED:
                title = in_language(view.sop.asks[event.ask.partition("#")[0]].title)
                span = _span(view, asked[event.ask], event.effective_at)
                lane = view.sop.lanes.get(event.lane)
                by_clock = lane is not None and lane.clock
                said = _("Tidak dijawab sampai batasnya.") if by_clock else _("Sudah dijawab.")
                yield TrailItem("done", title, span, said)
        elif event.from_step is not None and event.from_step != event.to_step:
            yield TrailItem(
                "done",
                place_title(view.sop, event.from_step),
                _span(view, entered, event.effective_at),
                _what_was_done(view, event),
            )
            entered = event.effective_at


def _what_was_done(view: TrackingView, event: EventView) -> str:
    done = action_title(view.sop, event.from_step, event.action)
    said = f"{done}. {event.reason}" if event.reason else f"{done}."
    return f"{said} {late_faults_words(view, event)}".strip()


def present_step(view: TrackingView, turn: Turn) -> Iterator[TrailItem]:
    """Return where the file is, or the end that it has reached."""
    if view.outcome is not None:
        ended = formats.short_date_time(
            view.ended_at or view.now, lang=current_language(), zone=view.zone
        )
        yield TrailItem("done", place_title(view.sop, view.step), ended)
        return
    since = view.events[-1].effective_at
    for event in reversed(view.events):
        if event.from_step != event.to_step and event.ask is None:
            since = event.effective_at
            break
    when = formats.short_date_time(since, lang=current_language(), zone=view.zone)
    step = view.sop.steps[view.step]
    yield from open_outages(view)
    text = pause_words(view) or held_title(view)
    if turn == "yours":
        text = text or _("Menunggu Anda. Kami lanjutkan begitu jawaban Anda masuk.")
    yield TrailItem(
        "paused" if turn == "yours" else "now",
        in_language(step.title),
        _("sejak %(time)s", time=when),
        text or lane_title(view.sop, step.lane),
    )


def coming_steps(view: TrackingView, turn: Turn) -> Iterator[tuple[str, datetime | None]]:
    """Return the steps from the present one on the usual way, each with when it should be done.

    Each of our steps is given its own limit; whoever waits for the applicant has no dates. While
    we are in time nothing is expected after what we promised.
    """
    if view.outcome is not None or view.granted_by_law:
        return
    service = find_limit(view.limits, "service")
    latest = service.due_at if service is not None and turn == "ours" else None
    at: datetime | None = None if turn == "yours" else view.now
    for place, name in enumerate(usual_way(view.sop, view.step)):
        step = view.sop.steps.get(name)
        if step is None:
            return
        own = find_limit(view.limits, "step") if place == 0 else None
        if at is not None and own is not None and own.due_at is not None and own.due_at > view.now:
            at = own.due_at
        elif at is not None and step.within is not None:
            at = due(view.calendar, step.within, at)
        before_decision = "delivery" not in view.sop.limits or not _after_decision(view, name)
        if at is not None and latest is not None and before_decision and at > latest:
            at = latest
        if step.party is Party.APPLICANT and place > 0:
            at = None
        if before_decision or place == 0:
            yield name, at


def _after_decision(view: TrackingView, name: str) -> bool:
    """Return whether a step comes after the decision: it is left by what ends the delivery."""
    stops = view.sop.limits["delivery"].stops
    return any(action in stops for action in view.sop.steps[name].actions)


def expected(
    view: TrackingView, steps: Sequence[tuple[str, datetime | None]]
) -> Iterator[TrailItem]:
    """Return what comes, each with when it should be done or whose time it is."""
    shown = {name for name, _at in steps}
    for name, at in steps[1:]:
        step = view.sop.steps[name]
        if step.party is Party.APPLICANT:
            when = _("waktu Anda, tidak dihitung")
        elif at is not None:
            day = formats.short_date(at, lang=current_language(), zone=view.zone)
            when = _("perkiraan %(day)s", day=day)
        elif step.within is not None:
            when = within_words(step.within)
        else:
            when = ""
        yield TrailItem("next", in_language(step.title), when, lane_title(view.sop, step.lane))
    if view.outcome is None and not view.granted_by_law:
        for name in usual_way(view.sop, view.step):
            if name in view.sop.steps and name not in shown:
                yield TrailItem(
                    "next",
                    in_language(view.sop.steps[name].title),
                    _("sesudah diputuskan"),
                    lane_title(view.sop, view.sop.steps[name].lane),
                )


def _span(view: TrackingView, start: datetime, end: datetime) -> str:
    first = formats.day_month(start, lang=current_language(), zone=view.zone)
    last = formats.day_month(end, lang=current_language(), zone=view.zone)
    if first == last:
        return first
    same_month = start.month == end.month and end - start < timedelta(days=31)
    return f"{first.split(' ')[0]}–{last}" if same_month else f"{first} – {last}"
