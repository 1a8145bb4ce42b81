"""The form by which a person says how he wants to hear of alerts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from marshmallow import fields, validate

from licensing.services.alert_preferences import WAYS_TO_TELL
from web.schemas.form import FormSchema

FIELDS: Final[Mapping[str, str]] = {"warnings": "sebelum", "breaches": "lewat"}
"""Name in the service → name in the form."""


def _way() -> fields.String:
    return fields.String(
        required=True,
        error_messages={"required": "choose"},
        validate=validate.OneOf(WAYS_TO_TELL, error="unknown_choice"),
    )


class AlertPreferencesSchema(FormSchema):
    """How somebody hears of alerts by letter, and which version of that he saw."""

    sebelum = _way()
    lewat = _way()
    luar_jam = fields.String(load_default="", validate=validate.OneOf(("", "ya"), error="damaged"))
    versi = fields.Integer(
        required=True, validate=validate.Range(0), error_messages={"invalid": "damaged",
                                                                   "required": "damaged"}
    )  # fmt: skip
