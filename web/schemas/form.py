"""The base of every form's schema: text as it was typed, empty left out, no NUL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, pre_load


class FormSchema(Schema):
    """A form: unknown fields are left out, an empty one counts as not sent."""

    class Meta:
        """Browsers and extensions add fields of their own; they mean nothing to us."""

        unknown = EXCLUDE

    @pre_load
    def _typed(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        damaged = [name for name, text in data.items() if isinstance(text, str) and "\x00" in text]
        if damaged:
            raise ValidationError({name: ["damaged"] for name in damaged})
        return {name: text for name, text in data.items() if text not in ("", None)}


def faults_of(error: ValidationError) -> dict[str, str]:
    """Return the code of the first fault of each field."""
    found: Mapping[str, Any] = error.messages_dict
    return {name: _first(codes) for name, codes in found.items()}


def _first(codes: Any) -> str:
    while isinstance(codes, (list, dict)):
        codes = next(iter(codes.values() if isinstance(codes, dict) else codes))
    return str(codes)
