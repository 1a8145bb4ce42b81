"""What the clock reads (`Happening`) and what it remembers between two of them (`ClockState`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from workflows.errors import WorkflowError
from workflows.sop import Party

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)
STATE_FORM = 1
"""Of the stored state; another one is folded anew."""


class ClockFault(WorkflowError, ValueError):
    """A history contradicts itself or its SOP: the clock cannot read it."""

    code = "clock.fault"

    def __init__(self, where: str, what: str) -> None:
        self.where, self.what = where, what
        super().__init__(f"{where}: {what}")


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of an application, as far as the clock is concerned."""

    at: datetime
    """Its effective time, with a UTC offset, never before that of the one before it."""
    action: str
    """An action of the SOP, `file` for the first one, or the name that starts or ends a hold."""
    step: str | None
    """The main step after it; None when the application has ended."""
    entered: bool
    """True where a new visit of `step` begins; False where it stays, or an ask moved."""
    ask: str | None = None
    """The ask in which it happened: `opinion_pu#1`."""
    ask_step: str | None = None
    """The step of that ask after it; None when the ask is answered or closed."""
    opened: tuple[tuple[str, str], ...] = ()
    """Asks that it opened: (key, first step)."""
    held: str | None = None
    """The hold that is on after it."""
    extend: tuple[str, int] | None = None
    """A limit and by how many units (working days or hours) it was extended."""


@dataclass(frozen=True, slots=True)
class Track:
    """One limit of one application: running, stopped, or ended by the last happening."""

    key: str
    started: datetime
    used: int = 0
    """Counted working days through the day of the last happening; microseconds for hours."""
    extra: int = 0
    """By how much it was extended, in its own unit."""
    due: datetime | None = None
    """When it is (or was) due; None while the file is away and the limit unbroken."""
    broken: bool = False
    """True once `due` has passed; from then on `due` never changes."""
    since: datetime | None = None
    """Since when it stands still."""
    marks: tuple[datetime, ...] = ()
    """When the warnings before it were reached, in the order of their shares."""
    outcome: str | None = None
    """met, late or closed, where the last happening ended it."""
    warned: tuple[datetime | None, ...] = ()
    """When the warnings by what is left were reached, by their places; () where none was."""

    def to_json(self) -> list[Any]:
        """Return the track as a list without its trailing defaults."""
        row: list[Any] = [
            self.key,
            _micros(self.started),
            self.used,
            self.extra,
            _minutes(self.due),
            int(self.broken),
            None if self.since is None else _micros(self.since),
            [_minutes(mark) for mark in self.marks],
            self.outcome,
            [_minutes(mark) for mark in self.warned],
        ]
        while len(row) > 2 and row[-1] == _UNSET[len(row) - 1]:
            row.pop()
        return row

    @classmethod
    def from_json(cls, row: list[Any]) -> Track:
        """Return the track that `to_json` wrote."""
        whole = row + _UNSET[len(row) :]
        key, started, used, extra, due, broken, since, marks, outcome, warned = whole
        return cls(
            key,
            _EPOCH + timedelta(microseconds=started),
            used,
            extra,
            None if due is None else _EPOCH + timedelta(minutes=due),
            bool(broken),
            None if since is None else _EPOCH + timedelta(microseconds=since),
            tuple(_EPOCH + timedelta(minutes=mark) for mark in marks),
            outcome,
            tuple(None if mark is None else _EPOCH + timedelta(minutes=mark) for mark in warned),
        )


_UNSET: list[Any] = ["", 0, 0, 0, None, 0, None, [], None, []]


@dataclass(frozen=True, slots=True)
class ClockState:
    """The clock of one application after a happening: all that the next one needs."""

    at: datetime
    day: int
    """The day on which the last happening counts, as a proleptic ordinal."""
    step: str | None
    owner: Party | None
    """To whom the coming days belong as things stand; None when the application has ended."""
    held: str | None = None
    asks: tuple[tuple[str, str], ...] = ()
    """Open asks and where each stands: (key, step)."""
    runs: Mapping[str, int] = field(default_factory=dict)
    """How often each limit has started."""
    tracks: tuple[Track, ...] = ()
    coming: Party | None = None
    """Whose `day` is, where it lies ahead of the last happening: who had the file when acts began
    to count on it. None where `day` had begun, or nobody had the file before."""

    def carried(self) -> ClockState:
        """Return the state without the limits that the last happening ended.

        It is all that the next happening needs, and what is kept between two of them.
        """
        if all(track.outcome is None for track in self.tracks):
            return self
        return replace(self, tracks=tuple(one for one in self.tracks if one.outcome is None))

    def to_json(self) -> dict[str, Any]:
        """Return the state in plain JSON types with short keys."""
        data: dict[str, Any] = {"v": STATE_FORM, "a": _micros(self.at), "d": self.day}
        if self.step is not None:
            data["s"] = self.step
        if self.owner is not None:
            data["o"] = self.owner.value
        if self.held is not None:
            data["h"] = self.held
        if self.asks:
            data["q"] = [list(ask) for ask in self.asks]
        if self.runs:
            data["r"] = dict(self.runs)
        if self.tracks:
            data["l"] = [track.to_json() for track in self.tracks]
        if self.coming is not None:
            data["c"] = self.coming.value
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ClockState:
        """Return the state that `to_json` wrote.

        Raises:
            ClockFault: another version wrote it; the history has to be folded anew.
        """
        if data.get("v") != STATE_FORM:
            raise ClockFault(
                "state", f"has form {data.get('v')!r}, not {STATE_FORM}; fold the history"
            )
        owner, coming = data.get("o"), data.get("c")
        return cls(
            at=_EPOCH + timedelta(microseconds=data["a"]),
            day=data["d"],
            step=data.get("s"),
            owner=None if owner is None else Party(owner),
            held=data.get("h"),
            asks=tuple((key, step) for key, step in data.get("q", ())),
            runs=data.get("r", {}),
            tracks=tuple(Track.from_json(row) for row in data.get("l", ())),
            coming=None if coming is None else Party(coming),
        )


def _micros(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _minutes(instant: datetime | None) -> int | None:
    # Due moments and marks are openings, closings or whole minutes: nothing is lost.
    return None if instant is None else (instant - _EPOCH) // _MINUTE
