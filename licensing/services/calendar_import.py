"""Days of a calendar out of a file: added to what stands there, or in its place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from licensing.calendar_csv import ListedDay
from licensing.errors import InvalidInput
from licensing.services.calendar_changes import KEEPERS, YEARS_AHEAD
from workflows.calendar_spec import CalendarSpec, ClosedDay, Windows

Mode = Literal["add", "replace"]
MODES: Final[tuple[Mode, ...]] = ("add", "replace")
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ImportedDays:
    """The days of a file.

    `add` puts them beside those that stand there; what the file says of a day holds. `replace`
    takes them for all there are of their kind and year. A year of which both national holidays and
    joint leave came is then known to its end.
    """

    days: tuple[ListedDay, ...]
    mode: Mode
    past: bool = False
    """Whether whoever asks knows that days which have passed are touched."""
    deed: str = "import"

    @property
    def day(self) -> date:
        """The first day of the file."""
        return self.days[0].day

    @property
    def keepers(self) -> tuple[str, ...]:
        """The roles that may ask for it."""
        return KEEPERS

    def applied(self, spec: CalendarSpec, today: date) -> CalendarSpec:
        """Return the calendar with the days of the file.

        Raises:
            InvalidInput: nothing would change, or a day lies too far ahead.
        """
        closed, makeup = self._kept(spec)
        for listed in self.days:
            if listed.kind == "makeup":
                makeup[listed.day] = listed.windows
            else:
                closed[listed.day] = ClosedDay(listed.name, listed.kind)
                makeup.pop(listed.day, None)
        after = replace(
            spec, closed=dict(sorted(closed.items())), makeup=dict(sorted(makeup.items()))
        )
        if self.mode == "replace":
            after = replace(after, covers=self._covers(after))
        if after.to_json() == spec.to_json():
            raise InvalidInput({"file": "nothing_changed"})
        if self.days[-1].day.year > max(spec.covers[1].year, today.year) + YEARS_AHEAD:
            raise InvalidInput({"file": "year_not_known"})
        return after

    def first_day(self, _spec: CalendarSpec, /) -> date:
        """Return the first date that it can touch."""
        first = self.day
        return first.replace(month=1, day=1) if self.mode == "replace" else first

    def _kept(self, spec: CalendarSpec) -> tuple[dict[date, ClosedDay], dict[date, Windows]]:
        if self.mode == "add":
            return dict(spec.closed), dict(spec.makeup)
        given = {(one.day.year, one.kind) for one in self.days}
        return (
            {day: why for day, why in spec.closed.items() if (day.year, why.kind) not in given},
            {day: h for day, h in spec.makeup.items() if (day.year, "makeup") not in given},
        )

    def _covers(self, spec: CalendarSpec) -> tuple[date, date]:
        """Return from when to when the closed days are known after it."""
        first, last = spec.covers
        whole = {
            year
            for year in {one.day.year for one in self.days if one.kind == "joint"}
            if any(one.day.year == year and one.kind == "national" for one in self.days)
        }
        for year in sorted(whole):
            if date(year, 1, 1) <= last + _ONE_DAY:
                last = max(last, date(year, 12, 31))
        for year in sorted(whole, reverse=True):
            if date(year, 12, 31) >= first - _ONE_DAY:
                first = min(first, date(year, 1, 1))
        return first, last


def touched_days(before: CalendarSpec, after: CalendarSpec) -> list[date]:
    """Return the days that are closed or opened otherwise in one calendar than in the other."""
    days = {*before.closed, *after.closed, *before.makeup, *after.makeup}
    return sorted(
        day
        for day in days
        if (before.closed.get(day), before.makeup.get(day))
        != (after.closed.get(day), after.makeup.get(day))
    )
