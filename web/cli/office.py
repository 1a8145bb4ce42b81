"""`satupintu office`: set up an office, list offices, show and change a calendar."""

from __future__ import annotations

import json
from pathlib import Path

import click

from licensing.services.accounts import officer_named
from licensing.services.calendars import set_calendar
from licensing.services.offices import (
    NUMBER_PATTERN,
    ZONES,
    NewOffice,
    create_office,
    office_id_of,
)
from web.cli.told import in_words
from web.wiring import opened, owner_of
from workflows.calendar_spec import CalendarSpec

_SHORT_ZONES = dict(zip(("WIB", "WITA", "WIT"), ZONES, strict=True))


@click.group("office")
def office() -> None:
    """Offices: each with its people, calendar, SOPs and applications."""


@office.command("create")
@click.option("--code", required=True, help="Short name in commands: kota-contoh.")
@click.option("--name", required=True, help="Dinas Penanaman Modal dan PTSP Kota Contoh.")
@click.option("--government", required=True, help="Letterhead: Pemerintah Kota Contoh.")
@click.option("--place", required=True, help="Where letters are dated: Kota Contoh.")
@click.option("--address", required=True)
@click.option("--phone", default="", show_default=False)
@click.option("--email", default="", show_default=False)
@click.option("--zone", default="WIB", show_default=True, help="WIB, WITA, WIT, or Asia/…")
@click.option("--unit-code", required=True, help="What stands for it in numbers: DPMPTSP.")
@click.option("--number-pattern", default=NUMBER_PATTERN, show_default=True)
@click.option("--simulated", is_flag=True, help="Its time is the caller's: for trials and replay.")
def create(
    code: str,
    name: str,
    government: str,
    place: str,
    address: str,
    phone: str,
    email: str,
    zone: str,
    unit_code: str,
    number_pattern: str,
    simulated: bool,
) -> None:
    """Set up an office with the usual calendar of Indonesian offices."""
    new = NewOffice(
        code=code,
        name=name,
        government=government,
        place=place,
        address=address,
        phone=phone,
        email=email,
        zone=_SHORT_ZONES.get(zone.upper(), zone),
        unit_code=unit_code,
        number_pattern=number_pattern,
        simulated=simulated,
    )
    with in_words(), opened() as (settings, _), owner_of(settings) as owner:
        office_id = create_office(owner, new)
    click.echo(f"Kantor {code} dibuat / office created: {office_id}")
    click.echo("Lanjut / next:")
    click.echo(f"  satupintu user create --office {code} --username … --name … --role …")


@office.command("list")
def list_offices() -> None:
    """List all offices."""
    with in_words(), opened() as (_, runtime), runtime.db.begin() as connection:
        rows = connection.exec_driver_sql(
            "SELECT code, name, zone, simulated, sample FROM office ORDER BY code"
        ).fetchall()
    for code, name, zone, simulated, sample in rows:
        marks = [word for word, on in (("simulated", simulated), ("sample", sample)) if on]
        click.echo(f"{code:<20} {zone:<14} {name}{'  ' + ', '.join(marks) if marks else ''}")
    if not rows:
        click.echo("Belum ada kantor / no office yet: satupintu office create --help")


@office.command("calendar")
@click.argument("code")
@click.option(
    "--set",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON of the whole calendar, as this command prints it.",
)
@click.option("--source", default="", help="On what it rests: SKB 3 Menteri 2027.")
@click.option("--by", "username", default="", help="Account of the head or administrator.")
def calendar(code: str, file: Path | None, source: str, username: str) -> None:
    """Print the calendar in force as JSON, or put a new version in force.

    Applications filed from then on use it; open ones keep the one they have.
    """
    with in_words(), opened() as (_, runtime):
        with runtime.db.begin() as connection:
            office_id = office_id_of(connection, code)
        if file is None:
            with runtime.transaction(office_id) as connection:
                spec = connection.exec_driver_sql(
                    "SELECT c.spec FROM office o JOIN calendar_version c"
                    " ON c.id = o.calendar_version_id WHERE o.id = %s",
                    (office_id,),
                ).scalar_one()
            click.echo(json.dumps(spec, ensure_ascii=False, indent=2))
            return
        if not source or not username:
            raise click.UsageError("--set needs --source and --by")
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise click.ClickException(f"{file}: {error}") from error
        with runtime.transaction(office_id) as connection:
            by = officer_named(connection, username)
        number = set_calendar(runtime, CalendarSpec.from_json(data), source=source, by=by)
    click.echo(f"Kalender versi {number} berlaku / calendar version {number} is in force.")
