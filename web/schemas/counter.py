"""The form of the counter: what stands on every form, and what the SOP asks besides."""

from __future__ import annotations

from typing import Any, Final, cast

from marshmallow import fields, validate

from web.schemas.form import FormSchema
from workflows.sop import Sop

VARIANT: Final = "variant_"
FIELD: Final = "field_"
PAPER: Final = "paper_"
NOTE: Final = "_note"
"""Marks of the form fields that an SOP names, so that none of its names meets one of ours."""

PRESENCE: Final = {
    "belum": "unchecked",
    "ada": "received",
    "kurang": "faulty",
    "tidak_ada": "missing",
    "tidak_perlu": "not_needed",
}
"""What the checklist says, and what the domain calls it."""

TASKS: Final = ("muat", "simpan", "terima", "terima_catatan", "kembalikan")
"""What the form may ask for: show it anew, file it, file and accept it (also with a note), file
and return it."""

MAX_NOTE: Final = 1_000
MAX_REASON: Final = 2_000


SERVICE_NAME: Final = r"^[a-z][a-z0-9_-]{0,60}\Z"
_SERVICE: Final = validate.Regexp(SERVICE_NAME, error="unknown_choice")


def _text(**rules: Any) -> fields.String:
    return fields.String(load_default="", **rules)


class IntakeSchema(FormSchema):
    """What stands on the form of every service."""

    draf = fields.UUID(
        required=True, error_messages={"required": "damaged", "invalid_uuid": "damaged"}
    )
    tindakan = fields.String(
        load_default="muat", validate=validate.OneOf(TASKS, error="unknown_choice")
    )
    layanan = _text(validate=_SERVICE)
    antrian = _text(validate=validate.Length(max=40, error="damaged"))
    applicant_kind = fields.String(load_default="person")
    applicant_nik = _text()
    applicant_name = _text()
    applicant_address = _text()
    applicant_region = _text()
    applicant_phone = _text()
    applicant_email = _text()
    applicant_npwp = _text()
    applicant_nib = _text()
    applicant_locale = fields.String(
        load_default="id", validate=validate.OneOf(("id", "en"), error="unknown_choice")
    )
    applicant_tell_by = fields.String(
        load_default="", validate=validate.OneOf(("", "email", "phone"), error="unknown_choice")
    )
    kuasa = _text()
    proxy_name = _text()
    proxy_nik = _text()
    proxy_letter_on = _text()
    alasan = _text(validate=validate.Length(max=MAX_REASON, error="too_long"))


def intake_schema(sop: Sop) -> FormSchema:
    """Return the schema of one service's form."""
    asked: dict[str, fields.Field[Any]] = {f"{VARIANT}{name}": _text() for name in sop.variants}
    asked |= {f"{FIELD}{name}": _text() for name in sop.fields}
    for name in sop.papers:
        asked[f"{PAPER}{name}"] = fields.String(
            load_default="belum", validate=validate.OneOf(tuple(PRESENCE), error="unknown_choice")
        )
        asked[f"{PAPER}{name}{NOTE}"] = _text(
            validate=validate.Length(max=MAX_NOTE, error="too_long")
        )
    made = IntakeSchema.from_dict(cast("dict[str, Any]", asked), name="IntakeOfService")
    return cast("FormSchema", made())


class SearchSchema(FormSchema):
    """What is sought at the counter."""

    cari = _text(validate=validate.Length(max=400, error="too_long"))


class BeginSchema(FormSchema):
    """A form begun for somebody who was looked up: the number, and which of its people."""

    layanan = fields.String(required=True, validate=_SERVICE)
    nik = _text(validate=validate.Length(max=40, error="too_long"))
    pemohon = fields.UUID(load_default=None, allow_none=True)
    antrian = fields.UUID(load_default=None, allow_none=True)
