"""The addresses of the pages about runs over open files."""

from __future__ import annotations

from marshmallow import fields, validate

from web.schemas.form import FormSchema


class RunsSchema(FormSchema):
    """Where the list of runs begins."""

    sebelum = fields.Integer(load_default=None, validate=validate.Range(1, 1_000_000))


class RunPageSchema(FormSchema):
    """Where the list of moved files begins."""

    sesudah = fields.UUID(load_default=None)
