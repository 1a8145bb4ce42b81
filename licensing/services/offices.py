"""Offices: a new one comes with its calendar and the organisations that every office has."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields, replace
from importlib.metadata import version
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.database import Database
from licensing.errors import InvalidInput, NotFound
from licensing.forms import clean
from licensing.identity import IdentityFault, parse_email
from workflows.calendar_spec import CalendarFault, CalendarSpec, default_spec, zone_named

ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
"""Western, central and eastern Indonesian time. Source: Keppres 41/1987."""

SHORT_ZONES = dict(zip(("WIB", "WITA", "WIT"), ZONES, strict=True))

NUMBER_PATTERN = "503/{urut}/{jenis}/{unit}/{tahun}"
_PLACEHOLDERS = frozenset({"urut", "jenis", "unit", "bulan_romawi", "tahun"})
_CODE = re.compile(r"[a-z][a-z0-9-]{1,30}")


@dataclass(frozen=True, slots=True)
class NewOffice:
    """A licensing office as it is set up."""

    code: str
    """Short name in commands and addresses: small letters, digits, hyphens."""
    name: str
    government: str
    """The region in the letterhead: Pemerintah Kota Contoh."""
    place: str
    """Where letters are dated: Kota Contoh."""
    address: str
    phone: str
    email: str
    zone: str
    unit_code: str
    """What stands for this office in numbers: DPMPTSP."""
    number_pattern: str = NUMBER_PATTERN
    late_receipt: str = "next_working_day"
    sample: bool = False
    simulated: bool = False


def create_office(owner: Database, new: NewOffice) -> UUID:
    """Create an office with the usual calendar of last year to next year; return its id.

    It needs the rights of the owner of the tables: no office can make another one.

    Raises:
        InvalidInput: every fault at once, by field; `code: taken` where the office exists.
    """
    office = _checked(new)
    with owner.begin() as connection:
        office_id: UUID | None = connection.exec_driver_sql(
            _INSERT_OFFICE, {name: getattr(office, name) for name in _COLUMNS}
        ).scalar_one_or_none()
        if office_id is None:
            raise InvalidInput({"code": "taken"})
        year = connection.exec_driver_sql(
            "SELECT extract(year FROM clock_timestamp() AT TIME ZONE %s)::int", (office.zone,)
        ).scalar_one()
        spec = default_spec(office.zone, year - 1, year + 1)
        add_calendar(connection, office_id, spec, source=_usual_source(), created_by=None)
        connection.exec_driver_sql(
            "INSERT INTO organisation (office_id, kind, name) VALUES (%s, 'office', %s),"
            " (%s, 'inspectorate', %s), (%s, 'ombudsman', %s)",
            (
                office_id, office.name,
                office_id, f"Inspektorat {office.place}",
                office_id, "Ombudsman Republik Indonesia",
            ),
        )  # fmt: skip
    return office_id


def add_calendar(
    connection: Connection,
    office_id: UUID,
    spec: CalendarSpec,
    *,
    source: str,
    created_by: UUID | None,
) -> int:
    """Write the next version of an office's calendar and put it in force; return its number."""
    # Locked first, so that two at once get two numbers.
    connection.exec_driver_sql("SELECT 1 FROM office WHERE id = %s FOR UPDATE", (office_id,))
    number: int = connection.exec_driver_sql(
        _ADD_CALENDAR,
        {
            "office": office_id,
            "spec": json.dumps(spec.to_json(), ensure_ascii=False),
            "source": source,
            "by": created_by,
        },
    ).scalar_one()
    return number


def office_id_of(connection: Connection, code: str) -> UUID:
    """Return the id of the office with this code.

    Raises:
        NotFound: there is none.
    """
    found: UUID | None = connection.exec_driver_sql(
        "SELECT id FROM office WHERE code = %s", (code,)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("office", code)
    return found


def _checked(new: NewOffice) -> NewOffice:
    texts: dict[str, Any] = {
        each.name: clean(value)
        for each in fields(NewOffice)
        if isinstance(value := getattr(new, each.name), str)
    }
    office = replace(new, **texts)
    faults = {name: "required" for name in _REQUIRED if not getattr(office, name)}
    if not _CODE.fullmatch(office.code):
        faults["code"] = "code"
    if office.zone not in ZONES:
        faults["zone"] = "zone"
        if office.simulated:
            try:
                zone_named(office.zone)
                del faults["zone"]
            except CalendarFault:
                pass
    if office.email:
        try:
            parse_email(office.email)
        except IdentityFault as fault:
            faults["email"] = fault.code
    named = set(re.findall(r"\{(.*?)\}", office.number_pattern))
    if "urut" not in named or not named <= _PLACEHOLDERS:
        faults["number_pattern"] = "number_pattern"
    if office.late_receipt not in ("next_working_day", "same_date"):
        faults["late_receipt"] = "unknown_choice"
    if faults:
        raise InvalidInput(faults)
    return office


def _usual_source() -> str:
    return f"holidays {version('holidays')}: hari libur nasional dan cuti bersama"


_COLUMNS = tuple(each.name for each in fields(NewOffice))
_REQUIRED = ("name", "government", "place", "address", "unit_code")

_INSERT_OFFICE = (
    f"INSERT INTO office ({', '.join(_COLUMNS)})"  # noqa: S608 - names of our own fields
    f" VALUES ({', '.join(f'%({name})s' for name in _COLUMNS)})"
    " ON CONFLICT (code) DO NOTHING RETURNING id"
)

_ADD_CALENDAR = """
WITH added AS (
  INSERT INTO calendar_version (office_id, number, spec, source, created_by)
  SELECT %(office)s, coalesce(max(number), 0) + 1, %(spec)s, %(source)s, %(by)s
    FROM calendar_version WHERE office_id = %(office)s
  RETURNING id, number
), in_force AS (
  UPDATE office SET calendar_version_id = added.id FROM added WHERE office.id = %(office)s
)
SELECT number FROM added
"""
