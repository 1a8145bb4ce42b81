"""Many histories, one period: what the figures of an office are made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from licensing.queries.figures_case import CaseFigures, Decision, GivenBack, Visit
from licensing.queries.figures_values import ReturnFigures, Share, Spread, StepFigures
from workflows.sop import Outcome, Party

_DECIDES = frozenset({Outcome.GRANTED, Outcome.REFUSED})


@dataclass(slots=True)
class Gathered:
    """What the histories read so far add up to, within [`since`, `before`)."""

    since: datetime
    before: datetime
    decisions: list[Decision] = field(default_factory=list)
    undecided: Counter[str] = field(default_factory=Counter)
    undecided_late: int = 0
    unmeasured: int = 0
    unreadable: int = 0
    visits: defaultdict[tuple[str, str], list[Visit]] = field(
        default_factory=lambda: defaultdict(list)
    )
    unfinished: Counter[tuple[str, str]] = field(default_factory=Counter)
    given_back: list[GivenBack] = field(default_factory=list)
    questions: int = 0
    holds: int = 0

    def add(self, case: CaseFigures, outcome: str | None) -> None:
        """Take one history in; `outcome` is how it has ended, if it has."""
        decided = case.decision
        if decided is not None and self._within(decided.at):
            self.decisions.append(decided)
        if decided is None and outcome is not None and self._within(case.ended_at):
            if outcome in _DECIDES:
                self.unmeasured += 1
            else:
                self.undecided[outcome] += 1
                self.undecided_late += case.broken_at is not None
        for visit in case.visits:
            if visit.began >= self.before:
                continue
            place = case.service, visit.step
            if visit.ended is None or visit.ended >= self.before:
                self.unfinished[place] += 1
            elif visit.ended >= self.since:
                self.visits[place].append(visit)
        self.given_back += [back for back in case.given_back if self._within(back.at)]
        self.questions += sum(map(self._within, case.questions))
        self.holds += sum(map(self._within, case.holds))

    def steps(self) -> tuple[StepFigures, ...]:
        """Return the visits of each step, by service and name."""
        return tuple(
            StepFigures(
                service=service,
                step=step,
                visits=len(self.visits[service, step]),
                days=Spread.of(visit.days for visit in self.visits[service, step]),
                ours=Spread.of(visit.ours for visit in self.visits[service, step]),
                office_minutes=Spread.of(
                    visit.office_minutes for visit in self.visits[service, step]
                ),
                unfinished=self.unfinished[service, step],
            )
            for service, step in sorted({*self.visits, *self.unfinished})
        )

    def returns(self) -> ReturnFigures:
        """Return how files were given back."""
        returns = [back for back in self.given_back if back.number]
        second = [back for back in returns if back.number > 1]
        return ReturnFigures(
            returns=len(returns),
            in_the_last_fifth=Share(sum(back.in_the_last_fifth for back in returns), len(returns)),
            second=Share(len(second), len(returns)),
            late_faults=Share(sum(back.late_faults for back in second), len(second)),
            to_applicant=len(self.given_back),
            questions=self.questions,
            holds=self.holds,
        )

    def days_of(self) -> Mapping[Party, Share]:
        """Return the days of each party until the decision."""
        gross = sum(decision.gross for decision in self.decisions)
        return {
            party: Share(sum(decision.days_of[party] for decision in self.decisions), gross)
            for party in Party
        }

    def gross(self) -> Spread:
        """Return the working days until the decision."""
        return Spread.of(decision.gross for decision in self.decisions)

    def net(self) -> Spread:
        """Return the working days that the standard counted."""
        return Spread.of(one.net for one in self.decisions if one.net is not None)

    def _within(self, moment: datetime | None) -> bool:
        return moment is not None and self.since <= moment < self.before
