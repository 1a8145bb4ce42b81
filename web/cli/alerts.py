"""`satupintu alerts`: raise what is owed, look ahead, send what waits in the outbox."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import click

from licensing.letters import limit_words, rung_words
from licensing.queries.alerts import OwedRung, owed_until
from licensing.runtime import Runtime
from licensing.services.deliver import deliver
from licensing.services.sweep import sweep
from web.wiring import opened

_ONLY = "Only this office, by its code."


class Moment(click.ParamType[datetime]):
    """A moment with its UTC offset: 2026-03-27T16:00:00+07:00."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the moment."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time: write 2026-03-27T16:00:00+07:00", param, ctx)
        if found.tzinfo is None:
            whole = f"{found.isoformat(timespec='seconds')}+07:00"
            self.fail(f"{value!r} lacks a UTC offset: write {whole}", param, ctx)
        return found


@click.group("alerts")
def alerts() -> None:
    """Alerts about deadlines, and the letters that tell of them."""


@alerts.command("sweep")
@click.option("--at", type=Moment(), help="Sweep as of this time; writes in simulated offices.")
@click.option("--office", "code", help=_ONLY)
def sweep_command(at: datetime | None, code: str | None) -> None:
    """Raise every alert that is owed, once. Exit code 1 where an office could not be swept."""
    with _runtime() as runtime:
        office_id = None if code is None else _office(runtime, code)
        report = sweep(runtime, at=at, office_id=office_id)
    for office in report.offices:
        if office.failure is not None:
            words = f"GAGAL / failed: {office.failure}"
        elif office.written:
            words = (
                f"{office.raised} peringatan / alerts ({office.late} terlambat / late), "
                f"{office.discontinued} dihentikan / discontinued"
            )
        else:
            words = f"{office.raised} terutang, tidak ditulis / owed, not written (not simulated)"
        click.echo(f"{office.code}: {words}")
    if not report.offices:
        click.echo("Tidak ada kantor untuk disapu / no office to sweep.")
    if not report.whole:
        raise click.exceptions.Exit(1)


@alerts.command("preview")
@click.option("--at", type=Moment(), required=True, help="Until when to look ahead.")
@click.option("--office", "code", help=_ONLY)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable, one list.")
def preview(at: datetime, code: str | None, as_json: bool) -> None:
    """List every alert that is owed until a time, as things stand, and who would be told."""
    rows = []
    with _runtime() as runtime:
        for office_id, name, zone in _offices(runtime, code):
            with runtime.transaction(office_id) as connection:
                rows += [
                    (name, zone, owed) for owed in owed_until(runtime, connection, office_id, at)
                ]
    rows.sort(key=lambda row: (row[2].owed_at, row[0], row[2].number, row[2].key))
    if as_json:
        click.echo(json.dumps([_plain(*row) for row in rows], ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo("Tidak ada peringatan / no alerts.")
        return
    head = (
        "Waktu / when",
        "Kantor / office",
        "Nomor / number",
        "Batas / limit",
        "Anak tangga / rung",
        "Diberitahukan / told",
    )
    click.echo(_table([head, *(_line(*row) for row in rows)]))
    click.echo(f"{len(rows)} peringatan / alerts")


@alerts.command("deliver")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
def deliver_command(limit: int) -> None:
    """Send letters that wait in the outbox. Exit code 1 while the mail channel is down."""
    with _runtime() as runtime:
        report = deliver(runtime, limit=limit)
    click.echo(
        f"{report.sent} terkirim / sent, {report.put_off} ditunda / put off, "
        f"{report.parked} gagal tetap / parked"
    )
    if report.down is not None:
        click.echo(f"Saluran surat mati / the mail channel is down: {report.down}", err=True)
        raise click.exceptions.Exit(1)


@contextmanager
def _runtime() -> Iterator[Runtime]:
    # What a command could not do it says itself, at its end.
    services = logging.getLogger("licensing.services")
    level = services.level
    services.setLevel(logging.CRITICAL)
    try:
        with opened() as (_, runtime):
            yield runtime
    finally:
        services.setLevel(level)


def _offices(runtime: Runtime, code: str | None) -> list[tuple[UUID, str, str]]:
    with runtime.db.begin() as connection:
        rows = connection.exec_driver_sql("SELECT id, code, zone FROM office ORDER BY code")
        found = [(row[0], row[1], row[2]) for row in rows]
    wanted = [office for office in found if code in (None, office[1])]
    if code is not None and not wanted:
        known = ", ".join(office[1] for office in found) or "(none)"
        raise click.ClickException(f"no office {code!r}; there are: {known}")
    return wanted


def _office(runtime: Runtime, code: str) -> UUID:
    return _offices(runtime, code)[0][0]


def _line(office: str, zone: str, owed: OwedRung) -> tuple[str, ...]:
    when = owed.owed_at.astimezone(ZoneInfo(zone))
    told = [f"{name} ({audience})" for audience, name in owed.tells]
    if owed.tells_applicant:
        told.insert(0, "pemohon / applicant")
    return (
        f"{when:%Y-%m-%d %H:%M %Z}",
        office,
        owed.number,
        limit_words(owed.title, "id"),
        f"{owed.rung}: {rung_words(owed.rung, 'id')}",
        ", ".join(told) or "-",
    )


def _plain(office: str, zone: str, owed: OwedRung) -> dict[str, Any]:
    return {
        "owed_at": owed.owed_at.astimezone(ZoneInfo(zone)).isoformat(),
        "office": office,
        "application": str(owed.application_id),
        "number": owed.number,
        "subject": owed.subject,
        "limit": owed.key,
        "rung": owed.rung,
        "due_at": None
        if owed.due_at is None
        else owed.due_at.astimezone(ZoneInfo(zone)).isoformat(),
        "tells": [
            *({"audience": "applicant", "name": None} for _ in range(owed.tells_applicant)),
            *({"audience": audience, "name": name} for audience, name in owed.tells),
        ],
    }


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    )
