"""How long the cases of a log took together: gross, suspended, net; and against the standard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median, quantiles
from typing import TYPE_CHECKING, Any

from licensing.replay.one_file import Standing

if TYPE_CHECKING:
    from licensing.replay.report import CaseReport


@dataclass(frozen=True, slots=True)
class Spread:
    """How a number spreads over the cases."""

    total: float
    mean: float
    median: float
    p90: float
    """Between two cases in proportion, as most statistics programs have it."""
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the spread of `values`, of which there is at least one."""
        p90 = quantiles(values, n=10, method="inclusive")[8] if len(values) > 1 else values[0]
        return cls(sum(values), fmean(values), median(values), p90, max(values))

    def to_json(self) -> dict[str, float]:
        """Return the spread as plain JSON."""
        return {
            "sum": round(self.total, 3),
            "mean": round(self.mean, 3),
            "median": round(self.median, 3),
            "p90": round(self.p90, 3),
            "max": round(self.most, 3),
        }


@dataclass(frozen=True, slots=True)
class AgainstStandard:
    """How many cases were decided in time, and how many owe it to an extension."""

    within: str
    statuses: Counter[str]
    extensions: Counter[str]
    decided: int
    in_time: int
    in_time_unextended: int

    @classmethod
    def of(cls, standings: Sequence[Standing], within: str) -> AgainstStandard:
        """Return how these cases stood against the time allowed, written `40 working days`."""
        decided = [one for one in standings if one.limit.ended_at is not None]
        return cls(
            within=within,
            statuses=Counter(one.limit.status for one in standings),
            extensions=Counter(one.extension for one in standings),
            decided=len(decided),
            in_time=sum(one.limit.status == "met" for one in decided),
            in_time_unextended=sum(one.in_time_unextended for one in decided),
        )

    def share(self, in_time: int) -> float | None:
        """Return which share of the decided cases that is, or None where none is decided."""
        return in_time / self.decided if self.decided else None

    def to_json(self) -> dict[str, Any]:
        """Return the counts as plain JSON."""
        with_it, without = (
            None if found is None else round(found, 4)
            for found in (self.share(self.in_time), self.share(self.in_time_unextended))
        )
        return {
            "within": self.within,
            "cases": dict(sorted(self.statuses.items())),
            "extended_in_time": self.extensions["in_time"],
            "extended_too_late": self.extensions["too_late"],
            "decided": self.decided,
            "decided_in_time": with_it,
            "decided_in_time_without_extension": without,
        }


@dataclass(frozen=True, slots=True)
class Figures:
    """The time that the cases of a log took."""

    days: dict[str, Spread]
    """Working days: gross, suspended, net."""
    seconds: dict[str, Spread]
    """The same by the wall clock."""
    suspended_cases: int
    suspensions: int
    standard: AgainstStandard | None

    @classmethod
    def of(cls, cases: Iterable[CaseReport], within: str | None) -> Figures | None:
        """Return the figures of the measured cases, or None where nothing was measured."""
        measured = [(case, case.time) for case in cases if case.time is not None]
        if not measured:
            return None
        gross = [case.working_days for case, _ in measured]
        net = [case.net_working_days for case, _ in measured]
        wall = [case.gross_seconds for case, _ in measured]
        away = [time.suspended_seconds for _, time in measured]
        standings = [time.standing for _, time in measured if time.standing is not None]
        return cls(
            days={
                "gross": Spread.of(gross),
                "suspended": Spread.of([a - b for a, b in zip(gross, net, strict=True)]),
                "net": Spread.of(net),
            },
            seconds={
                "gross": Spread.of(wall),
                "suspended": Spread.of(away),
                "net": Spread.of([a - b for a, b in zip(wall, away, strict=True)]),
            },
            suspended_cases=sum(time.suspensions > 0 for _, time in measured),
            suspensions=sum(time.suspensions for _, time in measured),
            standard=None if within is None else AgainstStandard.of(standings, within),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the figures as plain JSON."""
        return {
            "working_days": {name: spread.to_json() for name, spread in self.days.items()},
            "seconds": {name: spread.to_json() for name, spread in self.seconds.items()},
            "suspended_cases": self.suspended_cases,
            "suspensions": self.suspensions,
            "standard": None if self.standard is None else self.standard.to_json(),
        }
