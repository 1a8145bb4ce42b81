"""`satupintu office`: set up an office, list offices, show and change a calendar."""

from __future__ import annotations

import click

from licensing.services.offices import NUMBER_PATTERN, SHORT_ZONES, NewOffice, create_office
from web.cli.office_calendar import calendar
from web.cli.told import in_words
from web.wiring import opened, owner_of


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
@click.option(
    "--late-receipt",
    type=click.Choice(["next-working-day", "same-date"]),
    default="next-working-day",
    show_default=True,
    help="How a receipt after closing or on a closed day counts; it stays so.",
)
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
    late_receipt: str,
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
        zone=SHORT_ZONES.get(zone.upper(), zone),
        unit_code=unit_code,
        number_pattern=number_pattern,
        late_receipt=late_receipt.replace("-", "_"),
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


office.add_command(calendar)
