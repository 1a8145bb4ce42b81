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
