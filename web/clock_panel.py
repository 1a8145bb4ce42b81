"""The panel of a file's clock: pauses, more time, corrected times, outages; what one may do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask import url_for

from licensing.arrivals import Arrival, arrivals
from licensing.people import Officer
from licensing.queries.application import ApplicationView, EventView
from licensing.queries.clock_acts import CorrectionView
from licensing.services.correct_time import DECIDERS, PROPOSERS
from licensing.services.extend_limit import LIMIT
from licensing.services.reprint_receipt import PRINTERS
from web.clock_words import (
    EndedHold,
    Pause,
    correction_words,
    ended_holds,
    extension_words,
    hold_ended_by_clock,
    hold_over_words,
    line_title,
    moment,
    pause_of,
)
from web.filters import in_language
from web.i18n import gettext as _
from web.present import action_title, within_words
from workflows.check import CORRECT_TIME, EXTEND
from workflows.sop import Extension, Sop

ActKind = Literal["hold", "extension", "correction", "proposal", "outage"]


@dataclass(frozen=True, slots=True)
class ClockAct:
    """One thing done to the clock, with who, when, why and by which rule."""

    kind: ActKind
    title: str
    words: str
    """What it did: from when until when, from which date to which."""
    at: datetime
    who: str
    reason: str
    legal: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The corrected time that waits for a second person."""

    correction: CorrectionView
    what: str
    href: str
    may_decide: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class ClockPanel:
    """The panel on the page of a file."""

    acts: tuple[ClockAct, ...]
    """Newest first."""
    pause: Pause | None
    waiting: Waiting | None
    extend_href: str
    """Empty where this reader may not extend."""
    propose_href: str
    reprint_href: str

    @property
    def shown(self) -> bool:
        """Return whether there is anything to say or to do."""
        said = self.acts or self.pause or self.waiting
        return bool(said or self.extend_href or self.propose_href)


def clock_panel(view: ApplicationView, by: Officer) -> ClockPanel:
    """Return what was done to the clock of a file, and what `by` may do to it."""
    waiting = _waiting(view, by)
    acts = sorted((*_acts(view), *_outages(view)), key=lambda act: act.at, reverse=True)
    corrected = any(event.action == CORRECT_TIME for event in view.events)
    promised = any("promised" in event.detail for event in view.events)
    return ClockPanel(
        acts=tuple(acts),
        pause=None
        if view.ended_at is not None
        else pause_of(view.sop, view.calendar, view.events, view.now),
        waiting=waiting,
        extend_href=url_for("clock_acts.extend", application_id=view.id)
        if extensions_left(view, by)
        else "",
        propose_href=url_for("clock_acts.propose", application_id=view.id)
        if not (view.frozen or waiting or corrected_enough(view)) and by.has(*PROPOSERS)
        else "",
        reprint_href=url_for("clock_acts.reprint", application_id=view.id)
        if corrected and promised and not view.frozen and by.has(*PRINTERS)
        else "",
    )


def extensions_left(view: ApplicationView, by: Officer) -> list[Extension]:
    """Return the extensions that `by` may still give to a file."""
    standard = next((one for one in view.limits if one.key == LIMIT), None)
    if view.frozen or standard is None or standard.status not in ("running", "paused"):
        return []
    used = [event.detail.get("kind") for event in view.events if event.action == EXTEND]
    return [
        one
        for kind, one in view.sop.limits[LIMIT].extensions.items()
        if used.count(kind) < one.times and by.has(*one.by)
    ]


def kinds_offered(extensions: Sequence[Extension]) -> list[tuple[str, str]]:
    """Return the extensions to choose from, each with its cap and its rule."""
    titles = {"office": _("Oleh kantor"), "consent": _("Dengan persetujuan pemohon")}
    return [
        (
            one.kind,
            _(
                "%(kind)s, paling lama %(time)s (%(source)s)",
                kind=titles.get(one.kind, one.kind),
                time=within_words(one.at_most),
                source=one.source,
            ),
        )
        for one in extensions
    ]


def corrected_enough(view: ApplicationView) -> bool:
    """Return whether a file has had as many corrected times as its SOP allows."""
    made = sum(event.action == CORRECT_TIME for event in view.events)
    return made >= view.sop.corrections.times


def correction_cap_words(sop: Sop) -> str:
    """Return how far and how often the SOP lets a time be corrected, and what allows it."""
    cap = sop.corrections
    return _(
        "Paling jauh %(time)s dari waktu tercatat, paling banyak %(times)s kali per berkas. "
        "Dasar: %(source)s.",
        time=within_words(cap.at_most),
        times=cap.times,
        source=cap.source,
    )


def arrivals_of(view: ApplicationView) -> tuple[Arrival, ...]:
    """Return the lines of a file whose time may be corrected, the newest first."""
    return tuple(reversed(arrivals(view.sop, view.events)))


def arrival_words(view: ApplicationView, arrival: Arrival) -> str:
    """Return one of them in words: `Terima berkas, Senin 6 Juli, 16.01`."""
    done = action_title(view.sop, arrival.from_step, arrival.action)
    return f"{done}, {moment(arrival.at, view.zone)}"


# -- inside


def _acts(view: ApplicationView) -> Iterator[ClockAct]:
    for event in view.events:
        if event.action == EXTEND:
            yield _extension(view, event)
        elif event.action == CORRECT_TIME:
            yield _correction(view, event)
    for held in ended_holds(view.sop, view.events):
        yield _hold(view, held)
    for one in view.corrections:
        if one.decision in ("turned_down", "withdrawn"):
            yield _undone(view, one)


def _extension(view: ApplicationView, event: EventView) -> ClockAct:
    agreed = event.detail.get("kind") == "consent"
    return ClockAct(
        "extension",
        _("Perpanjangan dengan persetujuan pemohon") if agreed else _("Perpanjangan oleh kantor"),
        extension_words(event.detail, view.zone),
        event.effective_at,
        event.actor or "",
        event.reason or "",
        str(event.detail.get("legal", "")),
    )


def _correction(view: ApplicationView, event: EventView) -> ClockAct:
    proposed_by = event.detail.get("proposed_by")
    made = next(
        (one.proposer for one in view.corrections if str(one.proposed_by) == proposed_by), ""
    )
    who = event.actor or ""
    return ClockAct(
        "correction",
        _("Waktu terima dibetulkan"),
        correction_words(view.sop, view.events, event.detail, view.zone),
        event.effective_at,
        _("%(decider)s, atas usul %(proposer)s", decider=who, proposer=made) if made else who,
        event.reason or "",
        str(event.detail.get("legal", "")),
    )


def _hold(view: ApplicationView, held: EndedHold) -> ClockAct:
    start = held.start
    words = _between(start.effective_at, held.end.effective_at, view.zone)
    over = hold_ended_by_clock(view.sop, held.end)
    return ClockAct(
        "hold",
        in_language(held.hold.title),
        words if over is None else f"{words} {hold_over_words(over)}",
        start.effective_at,
        start.actor or "",
        start.reason or "",
        held.hold.source,
    )


def _undone(view: ApplicationView, one: CorrectionView) -> ClockAct:
    turned_down = one.decision == "turned_down"
    return ClockAct(
        "proposal",
        _("Usul pembetulan ditolak") if turned_down else _("Usul pembetulan dicabut"),
        _(
            "%(what)s: %(was)s, diusulkan menjadi %(becomes)s.",
            what=line_title(view.sop, view.events, one.seq),
            was=moment(one.was, view.zone),
            becomes=moment(one.becomes, view.zone),
        ),
        one.decided_at or one.proposed_at,
        one.decider or "",
        one.note or one.reason,
        "",
    )


def _outages(view: ApplicationView) -> Iterator[ClockAct]:
    """Return the declared outages while the file was under way."""
    last = view.ended_at or view.now
    for outage in view.calendar.spec.outages:
        if outage.end > view.filed_at and outage.start < last:
            yield ClockAct(
                "outage",
                _("Gangguan sistem"),
                _between(outage.start, outage.end, view.zone),
                outage.start,
                _("kepala kantor"),
                outage.reason,
                outage.legal,
            )


def _between(since: datetime, until: datetime, zone: str) -> str:
    return _(
        "Dari %(since)s sampai %(until)s.", since=moment(since, zone), until=moment(until, zone)
    )


def _waiting(view: ApplicationView, by: Officer) -> Waiting | None:
    one = next((one for one in view.corrections if one.decision is None), None)
    if one is None or view.frozen:
        return None
    return Waiting(
        correction=one,
        what=line_title(view.sop, view.events, one.seq),
        href=url_for("clock_acts.correction", application_id=view.id, correction_id=one.id),
        may_decide=by.has(*DECIDERS) and by.id not in (one.proposed_by, one.recorded_by),
        may_withdraw=by.id == one.proposed_by,
    )
