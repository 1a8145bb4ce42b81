"""What an office can be judged by, as numbers that can be checked: each share with both its counts.

The definitions of the figures stand in docs/figures.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from workflows.sop import Party

FEWEST: Final = 5
"""Of fewer there is no percent and no P90: one case more or less would turn them over."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """Return it in percent, to one decimal; None of fewer than five."""
        return round(100 * self.part / self.whole, 1) if self.whole >= FEWEST else None


@dataclass(frozen=True, slots=True)
class Spread:
    """How a number spreads over cases, by nearest rank: every value told is one that occurred."""

    count: int
    median: int | None
    """None where there is no case."""
    p90: int | None
    """None of fewer than five: it would be the longest of them."""
    most: int | None

    @classmethod
    def of(cls, values: Iterable[int]) -> Spread:
        """Return the spread of `values`."""
        ranked = sorted(values)
        if not ranked:
            return cls(0, None, None, None)
        p90 = nearest_rank(ranked, 90) if len(ranked) >= FEWEST else None
        return cls(len(ranked), nearest_rank(ranked, 50), p90, ranked[-1])


def nearest_rank(ranked: list[int], percent: int) -> int:
    """Return the smallest of ascending values that at least `percent` of them do not exceed."""
    return ranked[max(1, -(-len(ranked) * percent // 100)) - 1]


@dataclass(frozen=True, slots=True)
class StepFigures:
    """The visits of one step, or of one step of an ask, that ended in the period."""

    service: str
    step: str
    """verification; of an ask its name before it: opinion_pu/examine."""
    visits: int
    """A file that comes back has another visit."""
    days: Spread
    """Working days from entering the step to leaving it, whoever they belonged to."""
    ours: Spread
    """Those of them that belonged to office or agency: without holds and questions."""
    office_minutes: Spread
    """Minutes of office hours from entering to leaving, whoever they belonged to."""
    unfinished: int
    """Visits that had begun and not ended when the period did: they are in no spread."""


@dataclass(frozen=True, slots=True)
class ReturnFigures:
    """How files were given back to those who applied, in the period."""

    returns: int
    """To be completed or corrected. A visit that was put off is none."""
    in_the_last_fifth: Share
    """Given when 80 % of the term or more had been used, of all returns."""
    second: Share
    """Not the first return of their application, of all returns."""
    late_faults: Share
    """Naming a fault that the first return could have named, of the second returns."""
    to_applicant: int
    """Files that went from us to a step where the applicant acts, for whatever reason."""
    questions: int
    """Asks opened in which the applicant has to answer."""
    holds: int
    """Holds begun on the time of the applicant or the bank."""


@dataclass(frozen=True, slots=True)
class OpenFigures:
    """What lies open now, whatever the period."""

    open: int
    overdue: int
    """Of which the promise to the applicant, the service standard, is broken."""
    overdue_anywhere: int
    """Of which any limit of ours has passed: the check of a filing, a step, the law too."""
    stopped: Share
    """Those for which nothing of ours runs, of all open: they wait for somebody else."""


@dataclass(frozen=True, slots=True)
class OfficeFigures:
    """The figures of an office, or of one of its services, over a period."""

    office_id: UUID
    since: date
    until: date
    service: str | None
    now: datetime
    decided: int
    """Applications whose service standard was stopped by a decision in the period."""
    on_time: Share
    """Decided within the standard as it was extended, of all decided."""
    on_time_unextended: Share
    """Decided within the standard itself, of all decided."""
    extended: Share
    """Decided with an extension, of all decided."""
    left_late: int
    """Not ended at the end of the period though the standard had passed."""
    undecided_late: int
    """Ended in the period without a decision, after the standard had passed."""
    on_time_of_all: Share
    """Decided within the extended standard, of all that were decided or owed by then."""
    undecided: Mapping[str, int]
    """Ended in the period without a decision, by outcome: withdrawn, discontinued, lapsed …"""
    unmeasured: int
    """Ended in the period with a decision and no standard to hold it against."""
    unreadable: int
    """Applications whose history the clock cannot read: they are in no other figure but `now`."""
    gross: Spread
    """Working days from filing to decision, whoever they belonged to."""
    net: Spread
    """Working days that the standard counted; without standards in hours."""
    days_of: Mapping[Party, Share]
    """The days of each party between filing and decision, of all days of the decided."""
    steps: tuple[StepFigures, ...]
    returns: ReturnFigures
    open_now: OpenFigures
