"""The forms of the page of a file."""

from __future__ import annotations

from marshmallow import fields, validate

from web.schemas.form import FormSchema

MAX_REASON = 2_000

_NAME = validate.Regexp(r"^[a-z][a-z0-9_]*\Z", error="damaged")
_ASK = validate.Regexp(r"^[a-z][a-z0-9_]*#[0-9]{1,4}\Z", error="damaged")


class ActSchema(FormSchema):
    """What was pressed, on which state of the page; `ask` is the side path it was pressed in.

    An empty `action` keeps the marks on the papers and presses nothing.
    """

    action = fields.String(load_default="", validate=_NAME)
    seen_version = fields.Integer(required=True, validate=validate.Range(min=1))
    seen_seq = fields.Integer(load_default=0, validate=validate.Range(min=0))
    confirmed = fields.Boolean(load_default=False)
    ask = fields.String(load_default=None, validate=_ASK)
    reason = fields.String(
        load_default=None, validate=validate.Length(max=MAX_REASON, error="too_long")
    )


class AskKeySchema(FormSchema):
    """Which side path a form is about; none: the file itself."""

    ask = fields.String(load_default=None, validate=_ASK)


class ReassignSchema(FormSchema):
    """Who gets the file, and why."""

    to = fields.UUID(required=True, error_messages={"required": "choose", "invalid_uuid": "choose"})
    reason_reassign = fields.String(
        required=True,
        validate=validate.Length(max=MAX_REASON, error="too_long"),
        error_messages={"required": "required"},
    )


class ScanSchema(FormSchema):
    """Of which paper the scan is."""

    paper = fields.String(required=True, validate=_NAME, error_messages={"required": "choose"})
