"""An office that does nothing but hold the file: what the clock needs where no SOP is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from licensing.history import FILED
from licensing.replay.log import LogEvent
from licensing.replay.term import Term
from workflows.ledger import ClockState, Clockwork, Happening, LimitState
from workflows.sop import Fee, Hold, Lane, Limit, Party, Sop, Step, Within
from workflows.worktime import Calendar

Extension = Literal["none", "in_time", "too_late"]

_STEP, _LIMIT, _SUSPENDED, _DECIDE = "open", "service", "suspended", "decide"
_TITLE = {"id": "Berkas terbuka", "en": "Open file"}
_LANES = (("office", Party.OFFICE, "O"), ("applicant", Party.APPLICANT, "P"))
# How long a suspension may last is for an SOP to say; here it is only measured.
_HOLD = Hold(
    do="suspend",
    resume="resume",
    title=_TITLE,
    resume_title=_TITLE,
    party=Party.APPLICANT,
    at_most=Within(1),
    times=1,
    source="",
    lane="office",
)


@dataclass(frozen=True, slots=True)
class Told:
    """One case as the clock hears it. What moves no clock is left out: it changes no figure."""

    history: tuple[Happening, ...]
    suspensions: int
    suspended: timedelta
    """How long, by the wall clock, until the last event."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stood against the time allowed: at its decision, or at its last event."""

    limit: LimitState
    extension: Extension
    in_time_unextended: bool
    """Whether it would have been in time without the extension."""


def clock_of(term: Term, calendar: Calendar) -> Clockwork:
    """Return the clock of an office with one step that may be suspended."""
    limits = {}
    if term.within is not None:
        ours = frozenset({Party.OFFICE})
        limits[_LIMIT] = Limit(_LIMIT, term.within, (FILED,), (_DECIDE,), ours, "")
    sop = Sop(
        name="measure",
        title=_TITLE,
        source="",
        starts_at=_STEP,
        lanes={name: Lane(name, _TITLE, party, letter) for name, party, letter in _LANES},
        steps={
            _STEP: Step(_STEP, _TITLE, "office", Party.OFFICE, {}, holds={_SUSPENDED: _HOLD}),
        },
        ends={},
        limits=limits,
        ladder=(),
        fee=Fee(None, ""),
        product=None,
    )
    return Clockwork(sop, calendar)


def tell(term: Term, events: Iterable[LogEvent]) -> Told:
    """Return what happened to the clock of one case; its events are in order of time.

    Of several decisions the first counts, and of several extensions before it.
    """
    history: list[Happening] = []
    since: datetime | None = None
    suspended, times, last = timedelta(), 0, None
    decided = term.within is None
    extended = False
    for event in events:
        at = last = event.at
        if not history:
            history.append(Happening(at, FILED, _STEP, entered=True))
            continue
        held = None if since is None else _SUSPENDED
        h = Happening(at, "event", _STEP, entered=False, held=held)
        if event.activity in term.suspends and since is None:
            since, times = at, times + 1
            history.append(replace(h, action=_HOLD.do, held=_SUSPENDED))
        elif since is not None and (event.activity in term.resumes | term.decides):
            suspended, since = suspended + (at - since), None
            history.append(replace(h, action=_HOLD.resume, held=None))
        if event.activity in term.decides and not decided:
            decided = True
            history.append(replace(h, action=_DECIDE, held=None))
        elif event.activity in term.extends and not (decided or extended):
            extended = True
            history.append(replace(h, extend=(_LIMIT, term.extension)))
    if since is not None and last is not None:
        suspended += last - since
    return Told(tuple(history), times, suspended)


def standing(clockwork: Clockwork, told: Told, last: datetime) -> Standing | None:
    """Return how a case stood, open ones at `last`; None where no time is allowed."""
    limit = _limit(clockwork, told.history, last)
    if limit is None:
        return None
    extension: Extension = "none"
    unextended = limit
    if any(h.extend is not None for h in told.history):
        extension = "in_time" if limit.extended else "too_late"
        plain = [replace(h, extend=None) for h in told.history]
        unextended = _limit(clockwork, plain, last) or limit
    return Standing(limit, extension, unextended.broken_at is None)


def _limit(clockwork: Clockwork, history: Iterable[Happening], last: datetime) -> LimitState | None:
    """Return the limit when it stopped, or as of `last`."""
    state: ClockState | None = None
    for happening in history:
        state = clockwork.advance(state, happening)
        for limit in clockwork.limits(state):
            if limit.ended_at is not None:
                return limit
    open_now = () if state is None else clockwork.limits(state, last)
    return next(iter(open_now), None)
