"""Calendars: a new holiday makes a new version; nothing published is changed."""

from __future__ import annotations

from licensing.errors import InvalidInput
from licensing.forms import clean
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.offices import add_calendar
from workflows.calendar_spec import CalendarSpec

KEEPERS = ("admin", "head")


def set_calendar(runtime: Runtime, spec: CalendarSpec, *, source: str, by: Officer) -> int:
    """Put a new version of the calendar in force; return its number.

    Applications filed from now on use it. Those that are open keep the version they began with,
    and so do the dates promised to their applicants.

    Raises:
        NotAllowed: `by` keeps no calendar.
        InvalidInput: no source is named, or the zone is another one than the office's.
    """
    by.must_have("set the calendar", *KEEPERS)
    source = clean(source)
    if not source:
        raise InvalidInput({"source": "required"})
    with runtime.transaction(by.office_id) as connection:
        zone = connection.exec_driver_sql(
            "SELECT zone FROM office WHERE id = %s", (by.office_id,)
        ).scalar_one()
        if spec.zone != zone:
            raise InvalidInput({"zone": "zone_of_the_office"})
        return add_calendar(connection, by.office_id, spec, source=source, created_by=by.id)
