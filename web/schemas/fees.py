"""The form of the fee: what was pressed, on which state of the file; the answers beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from marshmallow import fields, validate

from web.schemas.form import FormSchema

MAX_ANSWER = 64


class FeeSchema(FormSchema):
    """`press` is `hitung` (show the result) or `simpan` (keep it)."""

    press = fields.String(
        load_default="hitung", validate=validate.OneOf(("hitung", "simpan"), error="damaged")
    )
    seen_version = fields.Integer(required=True, validate=validate.Range(min=1))


def answers_of(typed: Mapping[str, str], questions: Iterable[str]) -> dict[str, str]:
    """Return what was answered to each question; one that is too long for any answer is cut.

    What is cut is no number and no choice, so it is refused at its field, not read as another.
    """
    given = {name: typed.get(name, "").replace("\x00", "") for name in questions}
    return {name: text[:MAX_ANSWER] for name, text in given.items() if text.strip()}
