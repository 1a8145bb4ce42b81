"""How a person wants to hear of alerts by letter; what stands in the application stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from licensing.errors import InvalidInput, NotFound, StaleSetting
from licensing.models.people import WAYS_TO_TELL
from licensing.people import Officer
from licensing.runtime import Runtime

__all__ = [
    "WATCHERS", "WAYS_TO_TELL", "AlertPreferences", "alert_preferences", "set_alert_preferences",
]  # fmt: skip

WATCHERS: Final = ("supervisor", "head")
"""Who looks after the office hears of every breach by letter."""

_READ = """
SELECT coalesce(p.version, 0), coalesce(p.warnings, 'at_once'), coalesce(p.breaches, 'at_once'),
       coalesce(p.outside_hours, false), o.email
  FROM officer o LEFT JOIN alert_preference p ON p.officer_id = o.id
 WHERE o.id = %s
"""

# Whoever has just asked for digests gets the first tomorrow, about what happens from now on.
_WRITE = """
INSERT INTO alert_preference
       (officer_id, office_id, version, warnings, breaches, outside_hours, digested_at)
SELECT %(me)s, %(office)s, 1, %(warnings)s, %(breaches)s, %(outside)s, clock_timestamp()
    ON CONFLICT (officer_id) DO NOTHING
RETURNING version
"""
_CHANGE = """
UPDATE alert_preference
   SET version = version + 1, warnings = %(warnings)s, breaches = %(breaches)s,
       outside_hours = %(outside)s, changed_at = clock_timestamp(),
       digested_at = CASE WHEN 'digest' IN (warnings, breaches) THEN digested_at
                          ELSE clock_timestamp() END
 WHERE officer_id = %(me)s AND version = %(seen)s
RETURNING version
"""


@dataclass(frozen=True, slots=True)
class AlertPreferences:
    """The choices of one person, and the version that was seen."""

    warnings: str = "at_once"
    """Before a limit is broken: at_once, digest, never."""
    breaches: str = "at_once"
    outside_hours: bool = False
    """Letters may leave when the office is closed."""
    version: int = 0
    email: str = ""
    """Where letters go; empty where no address is known."""


def alert_preferences(runtime: Runtime, officer: Officer) -> AlertPreferences:
    """Return what a person has chosen, or what counts for whoever has chosen nothing."""
    with runtime.transaction(officer.office_id) as connection:
        row = connection.exec_driver_sql(_READ, (officer.id,)).fetchone()
    if row is None:
        raise NotFound("account", officer.id)
    return AlertPreferences(row[1], row[2], row[3], row[0], row[4])


def set_alert_preferences(runtime: Runtime, officer: Officer, chosen: AlertPreferences) -> int:
    """Write what a person has chosen for himself; return the new version.

    Raises:
        InvalidInput: there is no such choice, or whoever watches would hear of no breach.
        StaleSetting: it was changed after the page was shown.
    """
    faults = {
        name: "unknown_choice"
        for name in ("warnings", "breaches")
        if getattr(chosen, name) not in WAYS_TO_TELL
    }
    if chosen.breaches == "never" and officer.has(*WATCHERS):
        faults["breaches"] = "watchers_hear_of_breaches"
    if faults:
        raise InvalidInput(faults)
    parameters: dict[str, UUID | str | bool | int] = {
        "me": officer.id,
        "office": officer.office_id,
        "warnings": chosen.warnings,
        "breaches": chosen.breaches,
        "outside": chosen.outside_hours,
        "seen": chosen.version,
    }
    with runtime.transaction(officer.office_id) as connection:
        written = connection.exec_driver_sql(_WRITE if chosen.version == 0 else _CHANGE, parameters)
        version: int | None = written.scalar()
    if version is None:
        raise StaleSetting("alert preferences")
    return version
