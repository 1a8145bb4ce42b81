"""What everybody may type: a number with its code, the number of a permit, a choice."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from web.schemas.form import FormSchema

_REQUIRED: dict[str, Any] = {"required": "required"}


class TrackSchema(FormSchema):
    """The number of an application and its tracking code."""

    number = fields.String(
        required=True,
        validate=validate.Length(max=100, error="long"),
        error_messages=_REQUIRED,
    )
    code = fields.String(
        required=True,
        validate=validate.Length(max=40, error="long"),
        error_messages=_REQUIRED,
    )


class PermitSchema(FormSchema):
    """The number of a permit, or the code of its QR."""

    number = fields.String(
        required=True,
        validate=validate.Length(max=100, error="long"),
        error_messages=_REQUIRED,
    )
