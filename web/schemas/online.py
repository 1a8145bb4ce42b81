"""The forms of applicants: an address, a code, one page of an application, a press."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from marshmallow import fields, validate

from licensing.services.applicant_drafts import LONGEST_TEXT
from web.schemas.form import FormSchema

_REQUIRED: dict[str, Any] = {"required": "required"}
MAX_REASON: Final = 2_000


def _text(most: int, **rules: Any) -> fields.String:
    return fields.String(
        load_default="", validate=validate.Length(max=most, error="too_long"), **rules
    )


class AddressSchema(FormSchema):
    """Where a one-time code is to be sent, and where to go on afterwards."""

    address = fields.String(
        required=True,
        validate=validate.Length(max=254, error="too_long"),
        error_messages=_REQUIRED,
    )
    next = _text(500)


class CodeSchema(FormSchema):
    """The one-time code."""

    code = fields.String(
        required=True, validate=validate.Length(max=20, error="too_long"), error_messages=_REQUIRED
    )


class ResumeSchema(FormSchema):
    """The resume code of who began without an address."""

    resume = fields.String(
        required=True, validate=validate.Length(max=40, error="too_long"), error_messages=_REQUIRED
    )


class SendResumeSchema(FormSchema):
    """Where a new resume code is sent; empty: it is only shown."""

    address = _text(254)


class FileSchema(FormSchema):
    """Which scan is taken away."""

    file = fields.UUID(
        required=True, error_messages={"required": "damaged", "invalid_uuid": "damaged"}
    )


class DeclareSchema(FormSchema):
    """The declaration at the end of an application."""

    benar = fields.String(
        required=True,
        validate=validate.Equal("ya", error="declare"),
        error_messages={"required": "declare"},
    )


class PressSchema(FormSchema):
    """A press in an application of one's own, on the page as it was shown."""

    version = fields.Integer(
        required=True, error_messages={"required": "damaged", "invalid": "damaged"}
    )
    reason = _text(MAX_REASON)


class TellSchema(FormSchema):
    """Whether messages stop or begin again."""

    berhenti = fields.String(
        load_default="", validate=validate.OneOf(("", "ya"), error="unknown_choice")
    )


def part_schema(names: Iterable[str]) -> FormSchema:
    """Return the schema of one page of an application, whose questions the SOP names."""
    asked: dict[str, Any] = {name: _text(LONGEST_TEXT) for name in names}
    made = FormSchema.from_dict(asked, name="PartOfApplication")
    return cast("FormSchema", made())
