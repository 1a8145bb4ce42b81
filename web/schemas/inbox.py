"""The address and the forms of the inbox."""

from __future__ import annotations

from marshmallow import fields, validate

from web.schemas.form import FormSchema

VIEWS = ("semua", "saya", "antrean")


class InboxSchema(FormSchema):
    """Which part of the inbox, and where its page begins."""

    lihat = fields.String(load_default="semua", validate=validate.OneOf(VIEWS))
    sesudah = fields.String(load_default=None, validate=validate.Length(max=100))
    pilih = fields.String(load_default="", validate=validate.OneOf(("semua",)))


class ReadSchema(FormSchema):
    """One notice that was read; none: all that are shown."""

    pemberitahuan = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=100))
