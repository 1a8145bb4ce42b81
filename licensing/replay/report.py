"""What a replay found: figures of the whole log and of each case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.sop import Party


@dataclass(frozen=True, slots=True)
class CaseReport:
    """One case."""

    case: str
    events: int
    refused: int
    working_days: int
    """Working days after the day of the first event, up to and including that of the last."""
    gross_seconds: float
    """From the first event to the last."""
    days_per_party: Mapping[Party, int]
    """Whose those working days were; they add up to `working_days`."""

    def to_json(self) -> dict[str, Any]:
        """Return the case as plain JSON."""
        return {
            "case": self.case,
            "events": self.events,
            "refused": self.refused,
            "working_days": self.working_days,
            "gross_seconds": self.gross_seconds,
            "days_per_party": {str(party): days for party, days in self.days_per_party.items()},
        }


@dataclass(frozen=True, slots=True)
class Report:
    """A whole log."""

    events: int
    events_accepted: int
    refusals: Mapping[str, int]
    """Stable code of the reason → how many events were refused for it."""
    breaches: int
    """Limits that were broken by the time of the last event."""
    alerts: int
    seconds: float
    """How long it took to send the events, the clock and alarm included."""
    per_case: tuple[CaseReport, ...] = field(repr=False)

    @property
    def cases_without_refusal(self) -> int:
        """Return how many cases passed whole."""
        return sum(case.refused == 0 for case in self.per_case)

    @property
    def events_per_second(self) -> float:
        """Return how many events were sent a second."""
        return self.events / self.seconds if self.seconds else 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON."""
        return {
            "cases": len(self.per_case),
            "cases_without_refusal": self.cases_without_refusal,
            "events": self.events,
            "events_accepted": self.events_accepted,
            "refusals": dict(self.refusals),
            "breaches": self.breaches,
            "alerts": self.alerts,
            "events_per_second": round(self.events_per_second, 1),
            "per_case": [case.to_json() for case in self.per_case],
        }
