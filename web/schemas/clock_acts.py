"""The forms of what is done to the clock of a file."""

from __future__ import annotations

from marshmallow import fields, validate

from web.schemas.admin import Day, DayTime
from web.schemas.application import MAX_REASON
from web.schemas.form import FormSchema

_LONG = validate.Length(max=MAX_REASON, error="too_long")


class Moment(fields.AwareDateTime):
    """A moment that a page of ours has sent along, to be compared with what is."""

    default_error_messages = {"invalid": "damaged", "invalid_awareness": "damaged"}  # noqa: RUF012


class ExtendSchema(FormSchema):
    """`press` is `lihat` (show the result) or `simpan` (extend)."""

    press = fields.String(
        load_default="lihat", validate=validate.OneOf(("lihat", "simpan"), error="damaged")
    )
    kind = fields.String(
        required=True,
        validate=validate.OneOf(("office", "consent"), error="unknown_choice"),
        error_messages={"required": "choose"},
    )
    more = fields.Integer(
        required=True,
        strict=False,
        error_messages={"required": "required", "invalid": "whole_number"},
    )
    reason = fields.String(required=True, validate=_LONG, error_messages={"required": "required"})
    consent_on = Day(load_default=None)
    consent_by = fields.String(load_default="")
    consent_reference = fields.String(
        load_default="", validate=validate.Length(max=200, error="too_long")
    )
    expects = Moment(load_default=None)


class ProposeSchema(FormSchema):
    """Which line, and which time is the right one; the time is the office's."""

    press = fields.String(
        load_default="lihat", validate=validate.OneOf(("lihat", "simpan"), error="damaged")
    )
    seq = fields.Integer(
        required=True,
        validate=validate.Range(min=1),
        error_messages={"required": "choose", "invalid": "unknown_choice"},
    )
    becomes = DayTime(required=True)
    reason = fields.String(required=True, validate=_LONG, error_messages={"required": "required"})


class DecideSchema(FormSchema):
    """What a second person decides, or that the proposal is taken back."""

    press = fields.String(
        required=True,
        validate=validate.OneOf(("benarkan", "tolak", "cabut"), error="damaged"),
        error_messages={"required": "damaged"},
    )
    note = fields.String(load_default="", validate=_LONG)
    expects = Moment(load_default=None)
