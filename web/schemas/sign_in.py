"""The form of signing in."""

from __future__ import annotations

from marshmallow import fields, validate

from web.schemas.form import FormSchema


class SignInSchema(FormSchema):
    """Name, password, and where to go on."""

    username = fields.String(
        required=True,
        validate=validate.Length(max=100, error="long"),
        error_messages={"required": "required"},
    )
    password = fields.String(
        required=True,
        validate=validate.Length(max=1_000, error="long"),
        error_messages={"required": "required"},
    )
    next = fields.String(load_default="")
