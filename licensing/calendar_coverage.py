"""How far the closed days of a calendar are known, and whether that is far enough."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Final, Literal

from workflows.calendar_spec import CalendarSpec

Gap = Literal["short", "joint"]
"""`short`: fewer months are known than must be. `joint`: next year's joint leave is missing."""

DECREED_BY: Final = 10
"""The month by which next year's days are decreed: the joint decree comes in September."""


def coverage_gap(spec: CalendarSpec, today: date, months: int) -> Gap | None:
    """Return what is missing of the closed days to come; None where they are known far enough."""
    if spec.covers[1] < _months_after(today, months):
        return "short"
    following = today.year + 1
    claimed = spec.covers[1].year >= following
    known = any(
        day.year == following and closed.kind == "joint" for day, closed in spec.closed.items()
    )
    return "joint" if claimed and today.month >= DECREED_BY and not known else None


def _months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last one of a shorter month."""
    count = day.month - 1 + months
    year, month = day.year + count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
