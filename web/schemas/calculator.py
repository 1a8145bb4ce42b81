"""What somebody asks the calculator of dates, on the page, of the machine or at the command."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validate

from web.schemas.admin import Day
from web.schemas.form import FormSchema
from workflows.sop import Within

_DAY_FORMS: Final = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d")
_STAMP: Final = re.compile(
    r"(?P<day>[0-9./-]{8,10})[T ] ?"
    r"(?P<hour>[0-9]{1,2})(?:[.:](?P<minute>[0-9]{2})(?:[.:](?P<second>[0-9]{2}"
    r"(?:[.,][0-9]+)?))?)? ?"
    r"(?P<offset>Z|UTC|WIB|WITA|WIT|[+-][0-9]{2}:?(?:[0-9]{2})?)?",
    re.IGNORECASE,
)
_OFFSETS: Final = {"Z": "+00:00", "UTC": "+00:00", "WIB": "+07:00", "WITA": "+08:00",
                   "WIT": "+09:00"}  # fmt: skip
_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3])[.:]([0-5][0-9])(?:[.:]([0-5][0-9]))?")
_WITHIN: Final = re.compile(
    r"([0-9]{1,4})(?:\.0)? *"
    r"(working days?|days?|hari kerja|hari|working hours?|hours?|jam kerja|jam)?"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to the calculator."""

    service: str | None
    within: Within | None
    received: date | datetime | None
    """A time without an offset is the office's; None is now."""
    office: str | None


def read_within(text: str) -> Within:
    """Return an allowed time: `3 working days`, `3 hari kerja`, `4 jam kerja`; `3` is days.

    A sheet may have made `3.0` of it.

    Raises:
        ValueError: it is none.
    """
    found = _WITHIN.fullmatch(" ".join(text.lower().split()))
    if found is None or int(found[1]) == 0:
        raise ValueError(text)
    hours = found[2] is not None and ("hour" in found[2] or "jam" in found[2])
    return Within(int(found[1]), "working hours" if hours else "working days")


def read_received(text: str) -> date | datetime:
    """Return a date (`2026-03-17`, `17-03-2026`) or a time (`2026-03-17T10:00+07:00`).

    A time may be written as sheets and people do: `17/03/2026 10.00`, `2026-03-17 10:00 WITA`.

    Raises:
        ValueError: it is neither.
    """
    text = text.strip()
    found = _STAMP.fullmatch(text)
    if found is None:
        return _read_day(text)
    parts = (found["hour"].zfill(2), found["minute"] or "00", found["second"] or "00")
    offset = found["offset"] or ""
    return datetime.fromisoformat(
        f"{_read_day(found['day'])}T{':'.join(parts)}{_OFFSETS.get(offset.upper(), offset)}"
    )


def _read_day(text: str) -> date:
    if re.fullmatch(r"[0-9]{8}", text):
        return date.fromisoformat(text)
    for form in _DAY_FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a date
        except ValueError:
            continue
    raise ValueError(text)


class _Within(fields.Field[Within]):
    default_error_messages = {"invalid": "within"}  # noqa: RUF012

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Within:
        try:
            return read_within(str(value))
        except ValueError as bad:
            raise self.make_error("invalid") from bad


class _Received(fields.Field[date]):
    default_error_messages = {"invalid": "received"}  # noqa: RUF012

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date | datetime:
        try:
            # In an address a plus sign is a space: 10:00+07:00 arrives as 10:00 07:00.
            return read_received(re.sub(r"(?<=:[0-9]{2}) (?=[0-9]{2}:?[0-9]{2}$)", "+", str(value)))
        except ValueError as bad:
            raise self.make_error("invalid") from bad


class _ClockTime(fields.Field[time]):
    default_error_messages = {"invalid": "time"}  # noqa: RUF012

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> time:
        found = _CLOCK.fullmatch(str(value).strip())
        if found is None:
            raise self.make_error("invalid")
        return time(int(found[1]), int(found[2]), int(found[3] or 0))


class CalculatorSchema(FormSchema):
    """A service or a time of one's own, and when it was received.

    A page sends `amount`, `unit`, `date` and `time` apart; machines send `within` and `received`.
    """

    office = fields.String(
        load_default=None, validate=validate.Length(max=40, error="unknown_choice")
    )
    service = fields.String(
        load_default=None, validate=validate.Length(max=80, error="unknown_choice")
    )
    within = _Within(load_default=None)
    amount = fields.Integer(
        load_default=None,
        validate=validate.Range(min=1, max=366, error="amount_range"),
        error_messages={"invalid": "amount_range", "too_large": "amount_range"},
    )
    unit = fields.String(
        load_default="days", validate=validate.OneOf(("days", "hours"), error="unknown_choice")
    )
    received = _Received(load_default=None)
    date = Day(load_default=None)
    time = _ClockTime(load_default=None)

    @post_load
    def _asked(self, data: Mapping[str, Any], **_: Any) -> Asked:
        within: Within | None = data["within"]
        if within is None and data["amount"] is not None:
            within = Within(
                data["amount"], "working days" if data["unit"] == "days" else "working hours"
            )
        received: date | datetime | None = data["received"]
        if received is None and data["date"] is not None:
            received = data["date"]
            if data["time"] is not None:
                received = datetime.combine(data["date"], data["time"])
        elif received is None and data["time"] is not None:
            raise ValidationError({"date": ["date_with_time"]})
        return Asked(data["service"], within, received, data["office"])
