"""`satupintu deadline --batch`: due dates of a whole list, on the calendar of the country."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TextIO, cast

import click

from licensing.services.offices import SHORT_ZONES
from web.schemas.calculator import read_received, read_within
from workflows.calendar_spec import CalendarFault, CalendarSpec, decreed, default_spec
from workflows.due_date import received_moment
from workflows.ledger import due
from workflows.sop import Within
from workflows.worktime import Calendar, LateReceipt

_KINDS = {"national+joint": ("national", "joint"), "national": ("national",), "weekdays": ()}
_FIRST_DECREED = 2002
"""The first year whose joint leave days are known."""
_SHOWN_FAULTS = 1_000


def run(
    file: Path, kinds: str, columns: str, late_receipt: str, zone: str, out: Path | None
) -> None:
    """Write the rows of `file` back with `due`; exit code 1 where a row could not be read."""
    names = [name.strip() for name in columns.split(",")]
    if len(names) != 2 or not all(names) or names[0] == names[1]:
        raise click.UsageError("--columns names two columns: received,within")
    try:
        with file.open(encoding="utf-8-sig", newline="") as source:
            lines = sum(1 for _line in source)
        calendar = Calendar(
            _national(SHORT_ZONES.get(zone.upper(), zone), _KINDS[kinds]),
            cast(LateReceipt, late_receipt.replace("-", "_")),
        )
        with file.open(encoding="utf-8-sig", newline="") as source, _target(out) as target:
            bad, past = _write(source, target, names, calendar, lines, weekdays=kinds == "weekdays")
    except CalendarFault as fault:
        raise click.UsageError(str(fault)) from fault
    except UnicodeDecodeError as error:
        raise click.ClickException(
            f"{file}: bukan teks UTF-8 / is no UTF-8 text; simpan sebagai / save as CSV UTF-8"
        ) from error
    except (OSError, csv.Error) as error:
        raise click.ClickException(f"{file}: {error}") from error
    if past:
        click.echo(
            f"! {past} tanggal di luar kalender yang diketahui / dates outside the known calendar "
            f"({calendar.spec.covers[0]} – {calendar.spec.covers[1]}): "
            "hanya Sabtu dan Minggu dilewati / only Saturdays and Sundays are left out",
            err=True,
        )
    for fault_line in bad[:_SHOWN_FAULTS]:
        click.echo(fault_line, err=True)
    if bad:
        raise click.ClickException(f"{len(bad)} baris tidak terbaca / rows could not be read")


def _national(zone: str, kinds: tuple[str, ...]) -> CalendarSpec:
    """Return the calendar of the country through the last year that has been decreed."""
    last = date.today().year + 1  # noqa: DTZ011 - where to begin to look, nothing else
    while not decreed(last):
        last -= 1
    spec = default_spec(zone, _FIRST_DECREED, last)
    closed = {day: closed for day, closed in spec.closed.items() if closed.kind in kinds}
    return replace(spec, closed=closed)


def _write(
    source: TextIO,
    target: TextIO,
    names: list[str],
    calendar: Calendar,
    lines: int,
    *,
    weekdays: bool,
) -> tuple[list[str], int]:
    head = source.readline()
    source.seek(0)
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(source, delimiter=delimiter)
    columns = [name.strip() for name in next(reader, [])]
    names = [_column(name, columns) for name in names]
    missing = [name for name in names if name not in columns]
    if missing:
        raise click.ClickException(
            f"kolom tidak ada / no column {', '.join(missing)}; ada / there are: "
            f"{', '.join(columns) or '-'}. Sebut / name them: --columns"
        )
    received_place, within_place = (columns.index(name) for name in names)
    due_place = columns.index("due") if "due" in columns else len(columns)
    writer = csv.writer(target, delimiter=delimiter, lineterminator="\n")
    writer.writerow([*columns[:due_place], "due", *columns[due_place + 1 :]])
    bad, past, line = [], 0, reader.line_num
    with click.progressbar(length=lines, label="Baris / rows", file=sys.stderr) as progress:
        for row in reader:
            first, line = line + 1, reader.line_num
            if line % 500 == 0:
                progress.update(500)
            if not any(cell.strip() for cell in row):
                continue
            found = ""
            try:
                if len(row) != len(columns):
                    raise ValueError(f"{len(row)} kolom, seharusnya {len(columns)} / columns")
                moment, within = _read(calendar, row[received_place], row[within_place])
                due_at = due(calendar, within, moment)
                day = calendar.local_date(due_at)
                outside = calendar.past_coverage(day) or not calendar.covers(
                    calendar.local_date(moment)
                )
                past += outside and not weekdays
                found = _shown(calendar, within, due_at)
            except CalendarFault:
                bad.append(
                    f"baris / line {first}: {row[received_place]!r} terlalu jauh dari kalender / "
                    "lies too far from the calendar"
                )
            except (ValueError, OverflowError) as error:
                bad.append(f"baris / line {first}: {error}")
            # A row that could not be read keeps its place, without a date.
            cells = [*row, *[""] * len(columns)][: len(columns)]
            writer.writerow([*cells[:due_place], found, *cells[due_place + 1 :]])
        progress.update(lines)
    return bad, past


def _column(name: str, columns: list[str]) -> str:
    """Return the column meant: as it is written, else whatever its capitals."""
    if name in columns:
        return name
    alike = [column for column in columns if column.casefold() == name.casefold()]
    return alike[0] if len(alike) == 1 else name


def _read(calendar: Calendar, received: str, within: str) -> tuple[datetime, Within]:
    try:
        day = read_received(received)
    except ValueError as bad:
        raise ValueError(f"{received!r} bukan tanggal / is no date: 2026-03-17") from bad
    try:
        allowed = read_within(within)
    except ValueError as bad:
        raise ValueError(f"{within!r} bukan jumlah hari kerja / are no working days: 3") from bad
    return received_moment(calendar, day), allowed


def _shown(calendar: Calendar, within: Within, due_at: datetime) -> str:
    local = due_at.astimezone(calendar.zone)
    return local.isoformat() if within.unit == "working hours" else local.date().isoformat()


@contextmanager
def _target(out: Path | None) -> Iterator[TextIO]:
    """Return where to write: the file comes into its place whole, or stays as it was."""
    if out is None:
        yield sys.stdout
        return
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
