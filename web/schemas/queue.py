"""The forms of the queue: a number, a press at the counter, the counters themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from marshmallow import fields, validate

from licensing.services.queue import MAX_REASON
from web.schemas.admin import STEPS
from web.schemas.form import FormSchema


def _text(most: int) -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=most, error="too_long"))


def _chosen() -> fields.UUID:
    return fields.UUID(
        required=True, error_messages={"required": "choose", "invalid_uuid": "unknown_choice"}
    )


def _ticket() -> fields.UUID:
    return fields.UUID(load_default=None, error_messages={"invalid_uuid": "damaged"})


class DrawSchema(FormSchema):
    """For whom a number is drawn."""

    prioritas = fields.String(load_default="", validate=validate.Length(max=20, error="damaged"))
    kios = fields.String(load_default="")


class SeatSchema(FormSchema):
    """Which counter somebody sits at."""

    window = _chosen()
    ambil_alih = fields.String(load_default="")
    kembali = _text(300)


class PressSchema(FormSchema):
    """A press at the counter: whom the page showed as being served, and where to go back to."""

    sekarang = _ticket()
    kembali = _text(300)


class ReasonSchema(PressSchema):
    """A press that may need a reason."""

    reason = _text(MAX_REASON)


class CallSchema(ReasonSchema):
    """Somebody is called out of a list."""

    nomor = _chosen()


class HandOverSchema(PressSchema):
    """Somebody is handed to a group or to a counter."""

    target = fields.String(
        required=True,
        validate=validate.Regexp(r"^(grup|loket):[0-9a-f-]{36}\Z", error="unknown_choice"),
        error_messages={"required": "choose"},
    )
    note = _text(MAX_REASON)


class DayOfQueue(fields.Field[date]):
    """A day in an address."""

    default_error_messages = {"invalid": "date"}  # noqa: RUF012

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007 - a date
        except ValueError as error:
            raise self.make_error("invalid") from error


class QueueDaySchema(FormSchema):
    """Which day of the queue."""

    tanggal = DayOfQueue(load_default=None)


class CounterSchema(FormSchema):
    """A counter; its groups are read beside it."""

    langkah = fields.String(
        load_default="pratinjau", validate=validate.OneOf(STEPS, error="damaged")
    )
    number = fields.Integer(
        load_default=None, strict=False, error_messages={"invalid": "counter_number"}
    )
    name = _text(200)
    kind = fields.String(load_default="office")
    active = fields.String(load_default="")


class GroupSchema(FormSchema):
    """A group of services; its roles and services are read beside it."""

    langkah = fields.String(
        load_default="pratinjau", validate=validate.OneOf(STEPS, error="damaged")
    )
    letter = _text(5)
    title_id = _text(200)
    title_en = _text(200)
    kind = fields.String(load_default="office")
    active = fields.String(load_default="")


class RulesSchema(FormSchema):
    """How the queue is kept."""

    langkah = fields.String(
        load_default="pratinjau", validate=validate.OneOf(STEPS, error="damaged")
    )
    head_start_minutes = fields.Integer(
        required=True,
        error_messages={"required": "queue_head_start", "invalid": "queue_head_start"},
    )
    calls_before_absent = fields.Integer(
        required=True, error_messages={"required": "queue_calls", "invalid": "queue_calls"}
    )
    always_open = fields.String(load_default="")
    closed_note = _text(1_000)
