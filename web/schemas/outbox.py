"""The addresses and forms of the outbox, the channels, and the words of letters."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from marshmallow import ValidationError, fields, validate

from licensing.letters.own import LONGEST_BODY, LONGEST_SUBJECT
from licensing.outbox_reasons import OTHER, REASONS
from licensing.queries.outbox import STATES
from web.schemas.admin import STEPS
from web.schemas.form import FormSchema

_EVENT: Final = r"^[a-z][a-z_]{0,40}\Z"
_CHANNEL: Final = r"^(email|[0-9a-f-]{36})\Z"


class Place(fields.Field[tuple[datetime, UUID]]):
    """Where a list is read on from: the time and the id of the last one."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[datetime, UUID]:
        at, _comma, last = str(value).partition("_")
        try:
            moment, identifier = datetime.fromisoformat(at), UUID(last)
        except ValueError as error:
            raise ValidationError("damaged") from error
        if moment.tzinfo is None:
            raise ValidationError("damaged")
        return moment, identifier


class ChannelName(fields.Field[str]):
    """E-mail, or the id of a channel."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if value == "email":
            return "email"
        try:
            return str(UUID(str(value)))
        except ValueError as error:
            raise ValidationError("damaged") from error


class OutboxSchema(FormSchema):
    """Which messages are shown."""

    keadaan = fields.String(load_default="parked", validate=validate.OneOf(STATES))
    saluran = ChannelName(load_default=None)
    peristiwa = fields.String(load_default=None, validate=validate.Regexp(_EVENT))
    nomor = fields.String(load_default="", validate=validate.Length(max=80))
    alasan = fields.String(load_default=None, validate=validate.OneOf((*REASONS, OTHER)))
    sesudah = Place(load_default=None)


class ResendSchema(FormSchema):
    """Every parked message of one reason."""

    langkah = fields.String(
        load_default="pratinjau", validate=validate.OneOf(STEPS, error="damaged")
    )
    alasan = fields.String(
        required=True, validate=validate.OneOf((*REASONS, OTHER), error="damaged")
    )


class NewChannelSchema(FormSchema):
    """A new channel."""

    kind = fields.String(load_default="")
    name = fields.String(load_default="")
    url = fields.String(load_default="")
    takes_office = fields.String(load_default="")
    takes_applicant = fields.String(load_default="")


class ChannelSchema(FormSchema):
    """What is done with a channel: tried, given another address, switched."""

    langkah = fields.String(
        load_default="pratinjau", validate=validate.OneOf(STEPS, error="damaged")
    )
    phone = fields.String(load_default="", validate=validate.Length(max=40, error="too_long"))
    url = fields.String(load_default="")
    aktif = fields.String(load_default="", validate=validate.OneOf(("", "ya", "tidak")))


class LetterSchema(FormSchema):
    """An office's own words for an event."""

    langkah = fields.String(
        load_default="pratinjau", validate=validate.OneOf(STEPS, error="damaged")
    )
    seen = fields.Integer(load_default=0, strict=False, error_messages={"invalid": "damaged"})
    subject = fields.String(
        load_default="", validate=validate.Length(max=LONGEST_SUBJECT * 4, error="too_long")
    )
    body = fields.String(
        load_default="", validate=validate.Length(max=LONGEST_BODY * 4, error="too_long")
    )
