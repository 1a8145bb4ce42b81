"""The addresses and the form of the supervisors' board."""

from __future__ import annotations

from marshmallow import fields, validate

from licensing.queries.supervision import STATES
from web.schemas.form import FormSchema

_CURSOR = validate.Length(max=150)
_NAME = validate.Regexp(r"^[a-z][a-z0-9_]{0,60}\Z", error="damaged")
_SERVICE = validate.Regexp(r"^[a-z][a-z0-9-]{0,60}\Z", error="damaged")


class BoardSchema(FormSchema):
    """How the board is shown: at a desk, on a wall, or with every step."""

    tampilan = fields.String(
        load_default="meja", validate=validate.OneOf(("meja", "dinding", "tahap"))
    )


class FilesSchema(FormSchema):
    """Which open files, and where the page begins."""

    keadaan = fields.String(load_default=None, validate=validate.OneOf(STATES))
    tahap = fields.String(load_default=None, validate=_NAME)
    layanan = fields.String(load_default=None, validate=_SERVICE)
    sesudah = fields.String(load_default=None, validate=_CURSOR)


class AskedSchema(FormSchema):
    """Which asks, in which lane, and where the page begins."""

    permintaan = fields.String(required=True, validate=_NAME)
    bagian = fields.String(required=True, validate=_NAME)
    sesudah = fields.String(load_default=None, validate=_CURSOR)


class EndedSchema(FormSchema):
    """Which files whose service limit has ended."""

    hasil = fields.String(load_default="terlambat", validate=validate.OneOf(("tepat", "terlambat")))
    sesudah = fields.String(load_default=None, validate=_CURSOR)


class SilencesSchema(FormSchema):
    """Which files of which the limit of the law has passed."""

    lihat = fields.String(load_default="terbuka", validate=validate.OneOf(("terbuka", "semua")))
    sesudah = fields.String(load_default=None, validate=_CURSOR)


class AlertsSchema(FormSchema):
    """Which alerts."""

    lihat = fields.String(load_default="semua", validate=validate.OneOf(("semua", "belum")))
    sesudah = fields.String(load_default=None, validate=_CURSOR)


class AcknowledgeSchema(FormSchema):
    """What is being done about an alert."""

    note = fields.String(load_default="", validate=validate.Length(max=2_000, error="too_long"))
    kepada = fields.UUID(load_default=None, error_messages={"invalid_uuid": "unknown_choice"})
