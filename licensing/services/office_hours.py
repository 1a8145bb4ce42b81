"""When an office writes to its people: within its working time, whenever the record was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from licensing.runtime import Runtime
from workflows.sop import Within
from workflows.worktime import Calendar, LateReceipt


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The working time of an office, seen from one moment."""

    now: datetime
    calendar: Calendar | None
    """None: the office has no calendar yet, and nothing is put off."""

    @property
    def opens(self) -> datetime:
        """Return `now` where the office is open, else the next moment at which it opens."""
        if self.calendar is None:
            return self.now
        day = self.calendar.local_date(self.now)
        for opens, closes in self.calendar.windows(day):
            if self.now < closes:
                return max(opens, self.now)
        return self.calendar.opening(self.calendar.nth_after(day, 1))

    def after(self, wait: Within) -> datetime | None:
        """Return when so much working time has passed; None without a calendar.

        Days end at closing of the last one.
        """
        if self.calendar is None:
            return None
        if wait.unit == "working hours":
            return self.calendar.after(self.now, timedelta(hours=wait.amount))
        day = self.calendar.local_date(self.now)
        return self.calendar.closing(self.calendar.nth_after(day, wait.amount))


def office_hours(
    runtime: Runtime,
    connection: Connection,
    calendar_version_id: UUID | None,
    late_receipt: LateReceipt,
    now: datetime,
) -> OfficeHours:
    """Return the working time of an office by the version of its calendar that is in force."""
    if calendar_version_id is None:
        return OfficeHours(now, None)
    return OfficeHours(now, runtime.calendar(connection, calendar_version_id, late_receipt))
