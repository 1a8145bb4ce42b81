"""What planning, postponing and reporting a visit ask for: the fields, read and filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import ValidationError, fields, post_load, pre_load, validates

from licensing.effects.visits import MOST_ROWS
from licensing.queries.application import ApplicationView
from web.access import current_officer
from web.filters import in_language
from web.schemas.form import FormSchema

OTHER_DAY = "lain"
FINDING = ("aspect", "finding", "fits")
MEASURE = ("label", "value", "known")
"""`known` is the label as it was offered: left without a value, that row says nothing."""


class ScheduleSchema(FormSchema):
    """Day, hour, place and inspector of a visit; the rules of the day are the domain's."""

    visit_on = fields.String(load_default="")
    visit_other = fields.String(load_default="")
    visit_time = fields.String(load_default="")
    visit_place = fields.String(load_default="")
    visit_note = fields.String(load_default="")
    visit_inspector = fields.String(load_default="")

    @post_load
    def _chosen(self, data: Mapping[str, str], **_kwargs: Any) -> dict[str, str]:
        found = dict(data)
        other = found.pop("visit_other")
        if found["visit_on"] == OTHER_DAY:
            found["visit_on"] = other
        return found


class PostponeSchema(FormSchema):
    """Nothing but the reason, which every form of an action has."""


class ReportSchema(FormSchema):
    """What was found; rows of findings and measures travel as JSON lists."""

    held_on = fields.String(load_default="")
    present = fields.String(load_default="")
    summary = fields.String(load_default="")
    fits = fields.String(load_default="")
    findings = fields.String(load_default="[]")
    measured = fields.String(load_default="[]")
    photos = fields.String(load_default="", load_only=True)

    @pre_load
    def _typed(self, data: Mapping[str, Any], **kwargs: Any) -> dict[str, Any]:
        typed: dict[str, Any] = super()._typed(data, **kwargs)
        measures = [
            {} if not row["value"] and row["label"] == row["known"] else row
            for row in rows_of(typed, MEASURE)
        ]
        lists = {"findings": rows_of(typed, FINDING), "measured": measures}
        return {**typed, **{name: json.dumps(rows) for name, rows in lists.items()}}

    @validates("photos")
    def _photos(self, chosen: str, **_kwargs: Any) -> None:
        # A form without files sends their names alone: better said than silently lost.
        if chosen:
            raise ValidationError("visit_photos_not_sent")

    @post_load
    def _without_photos(self, data: Mapping[str, str], **_kwargs: Any) -> dict[str, str]:
        return {name: text for name, text in data.items() if name != "photos"}


def rows_of(typed: Mapping[str, str], names: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a form, `aspect_1 finding_1 fits_1`, as far as something was typed."""
    count = 0
    for number in range(1, MOST_ROWS + 2):
        if any(typed.get(f"{name}_{number}") for name in names):
            count = number
    return [
        {name: typed.get(f"{name}_{number}", "") for name in names}
        for number in range(1, count + 1)
    ]


def schedule_prefill(view: ApplicationView, _ask: str | None) -> Mapping[str, str]:
    """Return the inspector who plans, and the place that the application names."""
    return {"visit_inspector": str(current_officer().id), "visit_place": _place(view)}


def postpone_prefill(_view: ApplicationView, _ask: str | None) -> Mapping[str, str]:
    """Return nothing: the reason is the applicant's."""
    return {}


def report_prefill(view: ApplicationView, _ask: str | None) -> Mapping[str, str]:
    """Return the planned day, and what the application gives in figures, to be measured."""
    day = view.visits[0].scheduled_on if view.visits else view.calendar.local_date(view.now)
    filled = {"held_on": day.isoformat()}
    figures = [field for field in view.sop.fields.values() if field.type in ("number", "decimal")]
    for number, field in enumerate(figures, start=1):
        title = in_language(field.title)
        filled |= {f"label_{number}": title, f"known_{number}": title}
    return filled


def _place(view: ApplicationView) -> str:
    """Return the address that is applied for; else the applicant's."""
    named = view.sop.subject or ""
    if named.endswith("_address"):
        return view.subject
    for name in view.sop.fields:
        if name.endswith("_address") and view.fields.get(name):
            return " ".join(str(view.fields[name]).split())
    return view.applicant.address
