"""`satupintu office calendar`: the calendar in force, a new one, and days out of a CSV."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from licensing.calendar_csv import CalendarFileFaults, read_days
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.accounts import officer_named
from licensing.services.calendar_changes import changed, touches_past
from licensing.services.calendar_import import MODES, ImportedDays
from licensing.services.calendars import (
    Standing,
    change_calendar,
    set_calendar,
    standing_calendar,
)
from licensing.services.offices import office_id_of
from web.calendar_file_words import line_fault_words
from web.calendar_words import differences
from web.cli.told import in_words
from web.i18n import Language
from web.wiring import opened
from workflows.calendar_spec import CalendarSpec

_MOST_LINES = 200


class _CalendarGroup(click.Group):
    """`calendar CODE` shows or sets, as it always did; only `import` is a command of its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help", "-h"):
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group("calendar", cls=_CalendarGroup)
def calendar() -> None:
    """Print the calendar of an office, put a new one in force, or import days from a CSV.

    \b
    satupintu office calendar contoh
    satupintu office calendar import skb-2027.csv --office contoh --dry-run
    """


@calendar.command("show")
@click.argument("code")
@click.option(
    "--set",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON of the whole calendar, as this command prints it.",
)
@click.option("--source", default="", help="On what it rests: SKB 3 Menteri 2027.")
@click.option("--by", "username", default="", help="Account of the head or administrator.")
def show(code: str, file: Path | None, source: str, username: str) -> None:
    """Print the calendar in force as JSON, or put a new version in force.

    Applications filed from then on use it; open ones are counted anew.
    """
    with in_words(), opened() as (_, runtime):
        office_id = _office(runtime, code)
        if file is None:
            spec = _standing(runtime, office_id).spec
            click.echo(json.dumps(spec.to_json(), ensure_ascii=False, indent=2))
            return
        if not source or not username:
            raise click.UsageError("--set needs --source and --by")
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise click.ClickException(f"{file}: {error}") from error
        by = _officer(runtime, office_id, username)
        made = set_calendar(runtime, CalendarSpec.from_json(data), source=source, by=by)
    _in_force(made.number)


@calendar.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--office", "code", required=True, help="Office, by its code.")
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default="replace",
    show_default=True,
    help="Replace the days of the same kind and year, or add to them.",
)
@click.option("--source", default="", help="On what it rests: SKB 3 Menteri 2027.")
@click.option("--by", "username", default="", help="Account of the head or administrator.")
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@click.option("--past", is_flag=True, help="Change days that have passed, too.")
@click.option(
    "--lang", type=click.Choice(["id", "en"]), default="id", show_default=True, help="Language."
)
def import_days(
    file: Path,
    code: str,
    mode: Any,
    source: str,
    username: str,
    dry_run: bool,
    past: bool,
    lang: Language,
) -> None:
    """Put the days of a CSV in the calendar: columns date, name, kind (and hours).

    Kinds are national, joint, local and makeup; tanggal, nama, jenis (jam) and the Indonesian
    kinds are read as well. One wrong line, and nothing is written.
    """
    from web.cli.deadline import speaking

    if not dry_run and not (source and username):
        raise click.UsageError("import needs --source and --by, or --dry-run")
    with in_words(), speaking(lang):
        wanted = ImportedDays(_days(file), mode, past)
        with opened() as (_, runtime):
            office_id = _office(runtime, code)
            found = _standing(runtime, office_id)
            after = changed(found.spec, replace(wanted, past=True), today=found.today)
            for change in differences(found.spec, after):
                click.echo(f"{change.label}: {change.before} → {change.after}")
            if touches_past(found.spec, after, found.today) and not past:
                click.echo(
                    "! hari yang sudah lewat ikut berubah / days that have passed change: --past",
                    err=True,
                )
            if dry_run:
                click.echo("Tidak ada yang ditulis / nothing was written.")
                return
            by = _officer(runtime, office_id, username)
            made = change_calendar(runtime, wanted, source=source, seen=found.number, by=by)
    _in_force(made.number)


def _days(file: Path) -> Any:
    try:
        return read_days(file.read_bytes())
    except CalendarFileFaults as error:
        lines = [line_fault_words(fault) for fault in error.faults[:_MOST_LINES]]
        raise click.ClickException("\n  ".join([f"{file}:", *lines])) from error


def _office(runtime: Runtime, code: str) -> UUID:
    with runtime.db.begin() as connection:
        return office_id_of(connection, code)


def _standing(runtime: Runtime, office_id: UUID) -> Standing:
    with runtime.transaction(office_id) as connection:
        return standing_calendar(connection, office_id)


def _officer(runtime: Runtime, office_id: UUID, username: str) -> Officer:
    with runtime.transaction(office_id) as connection:
        return officer_named(connection, username)


def _in_force(number: int) -> None:
    click.echo(f"Kalender versi {number} berlaku / calendar version {number} is in force.")
    click.echo("Berkas terbuka dihitung ulang / open applications are counted anew.")
