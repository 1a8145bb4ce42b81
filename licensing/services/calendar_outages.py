"""Declared outages: times in which nobody could work, taken from everybody's account."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

from licensing.errors import InvalidInput
from licensing.forms import MAX_TEXT, one_line
from workflows.calendar_spec import CalendarSpec, Outage, zone_named
from workflows.worktime import Calendar

DECLARERS: Final = ("head",)
"""An outage gives the office time that the applicant loses: its head alone answers for it."""


@dataclass(frozen=True, slots=True)
class OutageRules:
    """How an outage may be declared, in days."""

    longest: int = 14
    back: int = 30
    """How long after it began: failures are declared when they are over."""
    ahead: int = 7
    """How long before it begins: works that were announced."""


@dataclass(frozen=True, slots=True)
class OutageChange:
    """An outage to be declared, or to be withdrawn."""

    deed: Literal["outage", "unoutage"]
    start: datetime
    """In the office's zone, as `end`; without an offset."""
    end: datetime
    reason: str = ""
    legal: str = ""
    rules: OutageRules = OutageRules()
    past: bool = True
    """Failures are declared afterwards: that a past day is touched goes without saying."""

    @property
    def day(self) -> date:
        """The day on which it begins."""
        return self.start.date()

    @property
    def keepers(self) -> tuple[str, ...]:
        """The roles that may ask for it."""
        return DECLARERS

    def applied(self, spec: CalendarSpec, today: date) -> CalendarSpec:
        """Return the calendar with the outage, or without it.

        Raises:
            InvalidInput: every fault at once, by field.
        """
        wanted = self._outage(spec)
        kept = tuple(
            one for one in spec.outages if (one.start, one.end) != (wanted.start, wanted.end)
        )
        if self.deed == "unoutage":
            if len(kept) == len(spec.outages):
                raise InvalidInput({"start": "no_such_outage"})
            return replace(spec, outages=kept)
        faults = self._faults(spec, wanted, today)
        if faults:
            raise InvalidInput(faults)
        return replace(spec, outages=tuple(sorted((*spec.outages, wanted), key=_begins)))

    def first_day(self, _spec: CalendarSpec, /) -> date:
        """Return the first date that it can touch."""
        return self.day

    def _outage(self, spec: CalendarSpec) -> Outage:
        zone = zone_named(spec.zone)
        start, end = (each.replace(tzinfo=zone).astimezone(UTC) for each in (self.start, self.end))
        return Outage(start, end, one_line(self.reason), one_line(self.legal))

    def _faults(self, spec: CalendarSpec, wanted: Outage, today: date) -> dict[str, str]:
        faults, rules = dict[str, str](), self.rules
        for name, text in (("reason", wanted.reason), ("legal", wanted.legal)):
            if not text:
                faults[name] = "required"
            elif len(text) > MAX_TEXT:
                faults[name] = "too_long"
        if wanted.end <= wanted.start:
            faults["end"] = "ends_before_it_begins"
        elif wanted.end - wanted.start > timedelta(days=rules.longest):
            faults["end"] = "outage_too_long"
        if self.day > today + timedelta(days=rules.ahead):
            faults["start"] = "outage_too_far"
        elif self.day < today - timedelta(days=rules.back):
            faults["start"] = "outage_too_old"
        if faults.keys() & {"start", "end"}:
            return faults
        if outages_touching(spec, wanted.start, wanted.end):
            faults["start"] = "outage_overlaps"
        elif not Calendar(replace(spec, outages=())).office_time(wanted.start, wanted.end):
            faults["start"] = "outage_outside_hours"
        return faults


def outages_touching(
    spec: CalendarSpec, since: datetime, until: datetime | None = None
) -> tuple[Outage, ...]:
    """Return the declared outages between two instants, by their beginning.

    Without `until`, those that ended after `since`, or have yet to.
    """
    return tuple(
        one
        for one in sorted(spec.outages, key=_begins)
        if one.end > since and (until is None or one.start < until)
    )


def _begins(outage: Outage) -> datetime:
    return outage.start
