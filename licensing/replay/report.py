"""What a replay found: figures of the whole log and of each case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from licensing.replay.figures import Figures
from licensing.replay.one_file import Standing
from workflows.sop import Party


@dataclass(frozen=True, slots=True)
class CaseTime:
    """What `--measure` adds to a case."""

    suspensions: int
    suspended_seconds: float
    standing: Standing | None
    """Against the time allowed; None where the map allows none."""


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
    time: CaseTime | None = None

    @property
    def net_working_days(self) -> int:
        """Return the working days on which the file was with us."""
        return self.days_per_party[Party.OFFICE] + self.days_per_party[Party.AGENCY]

    def to_json(self) -> dict[str, Any]:
        """Return the case as plain JSON."""
        told = {
            "case": self.case,
            "events": self.events,
            "refused": self.refused,
            "working_days": self.working_days,
            "gross_seconds": self.gross_seconds,
            "days_per_party": {str(party): days for party, days in self.days_per_party.items()},
        }
        return told if self.time is None else told | self._time(self.time)

    def _time(self, time: CaseTime) -> dict[str, Any]:
        found = {
            "net_working_days": self.net_working_days,
            "net_seconds": self.gross_seconds - time.suspended_seconds,
            "suspensions": time.suspensions,
        }
        if time.standing is None:
            return found
        limit = time.standing.limit
        return found | {
            "standard": {
                "status": limit.status,
                "within": str(limit.within),
                "used": limit.used,
                "extension": time.standing.extension,
                "in_time_without_extension": time.standing.in_time_unextended,
            }
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
    figures: Figures | None = None
    """Of the cases together, where they were measured."""

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
        measured = {} if self.figures is None else {"time": self.figures.to_json()}
        return {
            "cases": len(self.per_case),
            "cases_without_refusal": self.cases_without_refusal,
            "events": self.events,
            "events_accepted": self.events_accepted,
            "refusals": dict(self.refusals),
            "breaches": self.breaches,
            "alerts": self.alerts,
            "events_per_second": round(self.events_per_second, 1),
            **measured,
            "per_case": [case.to_json() for case in self.per_case],
        }
