"""One way for every change of the calendar: previewed, confirmed, and then to where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from licensing.errors import InvalidInput
from licensing.services.calendar_changes import AnyChange
from licensing.services.calendars import (
    CalendarPreview,
    InForce,
    change_calendar,
    preview_calendar,
)
from web.access import current_officer, runtime
from web.i18n import gettext as _
from web.viewmodels import Tab

UNCONFIRMED = {"past": "past_unconfirmed"}


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a press: a new version in force, or a preview still to be confirmed."""

    done: InForce | None
    preview: CalendarPreview | None = None
    unconfirmed: bool = False
    """Whether it touches days that have passed, and nobody said that they know."""

    @property
    def shown(self) -> CalendarPreview:
        """The preview, where nothing was carried out."""
        assert self.preview is not None  # noqa: S101 - one of the two is always there
        return self.preview

    @property
    def status(self) -> int:
        """The status of the page that shows the preview."""
        return 422 if self.unconfirmed else 200


def try_change(
    change: AnyChange, knowingly: AnyChange, asked: Mapping[str, Any], source: str
) -> Tried:
    """Carry a change out where the button says so, else return its preview.

    `knowingly` is the same change by somebody who knows that it touches days that have passed.

    Raises:
        InvalidInput, CalendarFault, NotAllowed, StaleSetting: as `change_calendar`.
    """
    officer, unconfirmed = current_officer(), False
    if asked["langkah"] == "simpan":
        try:
            return Tried(
                change_calendar(runtime(), change, source=source, seen=asked["seen"], by=officer)
            )
        except InvalidInput as error:
            if error.faults != UNCONFIRMED:
                raise
            unconfirmed = True
    found = preview_calendar(runtime(), knowingly, source=source, by=officer)
    return Tried(None, found, unconfirmed)


def to_the_result(made: InForce) -> ResponseReturnValue:
    """Say that a version is in force, and lead to what becomes of the open files."""
    flash(_("Kalender versi %(number)s berlaku.", number=made.number))
    return redirect(url_for("recomputes.read", recompute_id=made.recompute_id), code=303)


def calendar_parts(here: str) -> list[Tab]:
    """Return the parts of the calendar, as tabs."""
    labels = {
        "admin_calendar": _("Hari dan jam"),
        "admin_outages": _("Gangguan"),
        "admin_calendar_file": _("Impor CSV"),
        "admin_calendar_versions": _("Versi"),
        "recomputes": _("Hitung ulang"),
    }
    return [Tab(label, url_for(f"{name}.show"), name == here) for name, label in labels.items()]
