"""The address and the form of what is done with many files at once."""

from __future__ import annotations

from marshmallow import fields, validate

from web.schemas.form import FormSchema

_ROW = validate.Length(min=1, max=200)
_MOST_READ = 200
"""More rows than this are no choice of a person; of those beyond `MOST` the page says so."""


class ChosenSchema(FormSchema):
    """Which rows were chosen, and which action, by its title."""

    pilih = fields.List(
        fields.String(validate=_ROW), load_default=list, validate=validate.Length(max=_MOST_READ)
    )
    tindakan = fields.String(load_default=None, validate=validate.Length(max=300))


class PressedSchema(FormSchema):
    """The rows that are carried out, or were."""

    baris = fields.List(
        fields.String(validate=_ROW), load_default=list, validate=validate.Length(max=_MOST_READ)
    )
