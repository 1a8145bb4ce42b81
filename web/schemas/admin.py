"""The addresses and forms of the administration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from marshmallow import ValidationError, fields, validate

from licensing.calendar_csv import read_hours
from licensing.models.people import KINDS, ROLES_OF
from licensing.services.calendar_changes import DEEDS
from licensing.services.calendar_import import MODES
from web.schemas.form import FormSchema
from workflows.calendar_spec import CalendarFault, Windows

STEPS: Final = ("pratinjau", "simpan", "ubah")
"""What a form asks for: show what it would touch, carry it out, or change what was typed."""

ROLE: Final = "peran_"
WEEKDAY: Final = "hari_"
ALL_ROLES: Final = tuple(role for roles in ROLES_OF.values() for role in roles)
_DATE_FORMS: Final = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y")
_LONGEST_HOURS: Final = 200
_SERVICE: Final = r"^[a-z][a-z0-9_-]{0,60}\Z"
_USERNAME: Final = r"^[a-z][a-z0-9._-]{1,40}\Z"


class Day(fields.Field[date]):
    """A date as a browser sends it, or as people write it: 27-11-2026."""

    default_error_messages = {"invalid": "date", "required": "required"}  # noqa: RUF012

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        for form in _DATE_FORMS:
            try:
                return datetime.strptime(str(value).strip(), form).date()  # noqa: DTZ007 - a date
            except ValueError:
                continue
        raise self.make_error("invalid")


class Hours(fields.Field[Windows]):
    """Office hours of one day: `07.30-12.00, 13.00-16.00`; nothing is a closed day."""

    default_error_messages = {"invalid": "hours"}  # noqa: RUF012

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Windows:
        try:
            return read_hours(str(value)[:_LONGEST_HOURS])
        except CalendarFault as fault:
            raise self.make_error("invalid") from fault


def _text(most: int = 200, **rules: Any) -> fields.String:
    return fields.String(
        load_default="", validate=validate.Length(max=most, error="too_long"), **rules
    )


def _step() -> fields.String:
    return fields.String(load_default="pratinjau", validate=validate.OneOf(STEPS, error="damaged"))


class ServiceStateSchema(FormSchema):
    """A service switched on or off."""

    langkah = _step()
    buka = fields.String(required=True, validate=validate.OneOf(("ya", "tidak"), error="damaged"))
    note = _text(4_000)


class SettingsSchema(FormSchema):
    """What stands on the form of every SOP; the figures and papers are read by their places."""

    langkah = _step()
    seen = fields.Integer(
        required=True, error_messages={"required": "damaged", "invalid": "damaged"}
    )
    note = _text(4_000)


class CalendarSchema(FormSchema):
    """One change to the calendar."""

    langkah = _step()
    deed = fields.String(required=True, validate=validate.OneOf(DEEDS, error="damaged"))
    seen = fields.Integer(load_default=0, error_messages={"invalid": "damaged"})
    day = Day(required=True, error_messages={"required": "required"})
    name = _text()
    kind = _text()
    windows = Hours(load_default=())
    until = Day(load_default=None, allow_none=True)
    source = _text()
    past = fields.String(load_default="")


class WeekSchema(CalendarSchema):
    """Hours of a whole week."""

    hari_0 = Hours(load_default=())
    hari_1 = Hours(load_default=())
    hari_2 = Hours(load_default=())
    hari_3 = Hours(load_default=())
    hari_4 = Hours(load_default=())
    hari_5 = Hours(load_default=())
    hari_6 = Hours(load_default=())


class CalendarPageSchema(FormSchema):
    """Which year of the calendar is shown."""

    tahun = fields.Integer(load_default=None, validate=validate.Range(1970, 9999))
    form = fields.String(load_default="close", validate=validate.OneOf(DEEDS))
    day = Day(load_default=None)
    until = Day(load_default=None)
    ramadan = fields.String(load_default="")


class DayTime(fields.Field[datetime]):
    """A date with a clock time as a browser sends it: 2026-11-27T10:00."""

    default_error_messages = {"invalid": "date_time", "required": "required"}  # noqa: RUF012

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        text = str(value).strip().replace("T", " ").replace(".", ":")
        for form in _DATE_FORMS:
            try:
                return datetime.strptime(text, f"{form} %H:%M")  # noqa: DTZ007 - the office's
            except ValueError:
                continue
        raise self.make_error("invalid")


class OutageSchema(FormSchema):
    """An outage declared, or withdrawn; its times are the office's."""

    langkah = _step()
    deed = fields.String(
        required=True, validate=validate.OneOf(("outage", "unoutage"), error="damaged")
    )
    seen = fields.Integer(load_default=0, error_messages={"invalid": "damaged"})
    start = DayTime(required=True, error_messages={"required": "required"})
    end = DayTime(required=True, error_messages={"required": "required"})
    reason = _text()
    legal = _text()


class ImportSchema(FormSchema):
    """Days of a calendar out of a file or out of the clipboard."""

    langkah = _step()
    seen = fields.Integer(load_default=0, error_messages={"invalid": "damaged"})
    mode = fields.String(
        required=True,
        validate=validate.OneOf(MODES, error="unknown_choice"),
        error_messages={"required": "choose"},
    )
    rows = fields.String(load_default="")
    source = _text()
    past = fields.String(load_default="")


class RestoreSchema(FormSchema):
    """An earlier version of the calendar, to be put in force again."""

    langkah = _step()
    seen = fields.Integer(load_default=0, error_messages={"invalid": "damaged"})
    source = _text()
    past = fields.String(load_default="")


class AccountSchema(FormSchema):
    """A new account, or what one is changed to; roles are ticked one by one."""

    langkah = _step()
    username = _text(60)
    name = _text(400)
    title = _text()
    employee_number = _text(60)
    email = _text(300)
    organisation = fields.String(
        load_default="", validate=validate.OneOf(("", *KINDS), error="unknown_choice")
    )
    organisation_name = _text()
    locale = fields.String(
        load_default="id", validate=validate.OneOf(("id", "en"), error="unknown_choice")
    )


class StepSchema(FormSchema):
    """A form that only asks to be carried out."""

    langkah = _step()
    keadaan = fields.String(
        load_default="", validate=validate.OneOf(("", "aktif", "nonaktif"), error="damaged")
    )


class AccountsSchema(FormSchema):
    """Which accounts are listed."""

    cari = _text(100)
    peran = fields.String(load_default=None, validate=validate.OneOf(ALL_ROLES))
    keadaan = fields.String(load_default=None, validate=validate.OneOf(("aktif", "nonaktif")))
    sesudah = fields.String(load_default=None, validate=validate.Regexp(_USERNAME))


class DeputySchema(FormSchema):
    """A deputy as it is asked for."""

    langkah = _step()
    username = fields.String(
        required=True,
        validate=validate.Regexp(_USERNAME, error="unknown_choice"),
        error_messages={"required": "required"},
    )
    role = fields.String(
        required=True,
        validate=validate.OneOf(ALL_ROLES, error="unknown_choice"),
        error_messages={"required": "required"},
    )
    from_on = Day(required=True, error_messages={"required": "required"})
    until_on = Day(required=True, error_messages={"required": "required"})
    decree = _text()
    reason = _text(4_000)


class PriceSchema(FormSchema):
    """One unit price of a tariff."""

    langkah = _step()
    tariff = fields.String(required=True, validate=validate.Regexp(_SERVICE, error="damaged"))
    price = fields.String(
        required=True,
        validate=validate.Regexp(_SERVICE, error="unknown_choice"),
        error_messages={"required": "required"},
    )
    since = Day(required=True, error_messages={"required": "required"})
    value = fields.String(required=True, error_messages={"required": "required"})
    source = _text()


class RecordSchema(FormSchema):
    """Which lines of the record."""

    jenis = fields.String(load_default=None, validate=validate.Length(max=60))
    cari = _text(100)
    sesudah = fields.UUID(load_default=None)


class VersionsSchema(FormSchema):
    """Which two versions of an SOP are laid side by side."""

    dari = fields.Integer(load_default=None, validate=validate.Range(1, 1_000_000))
    ke = fields.Integer(load_default=None, validate=validate.Range(1, 1_000_000))


def roles_in(typed: Mapping[str, str]) -> tuple[str, ...]:
    """Return the roles that are ticked."""
    return tuple(role for role in ALL_ROLES if typed.get(f"{ROLE}{role}") == "ya")


def loaded(schema: FormSchema, typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what could be read of a form, and the code of the fault of each other field."""
    from web.schemas.form import faults_of

    try:
        return schema.load(typed), {}
    except ValidationError as error:
        return dict(error.valid_data or {}), faults_of(error)
