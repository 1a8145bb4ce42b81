"""`satupintu alerts`: raise what is owed, look ahead, send what waits in the outbox."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import click

from licensing.letters import limit_words, rung_words
from licensing.queries.alerts import (
    OwedRung,
    Telling,
    digests_until,
    owed_until,
    unanswered_until,
)
from licensing.queries.silences import ComingSilence, coming_silences
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
                f"{office.passed_on} diteruskan / passed on, "
                f"{office.discontinued} dihentikan / discontinued, "
                f"{office.resumed} penundaan berakhir / holds ended, "
                f"{office.lapsed} dikabulkan hukum / granted by law, "
                f"{office.flagged} lewat undang-undang / past the law"
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
    """List every alert that is owed until a time, as things stand, and who would be told.

    With those that are passed on because nobody has answered them, the next morning digests, and
    the files of which the limit of the law will have passed.
    """
    rows = []
    digests = []
    silent: list[tuple[str, str, ComingSilence]] = []
    with _runtime() as runtime:
        for office_id, name, zone in _offices(runtime, code):
            with runtime.transaction(office_id) as connection:
                owed = owed_until(runtime, connection, office_id, at)
                unanswered = unanswered_until(runtime, connection, office_id, at)
                now = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
                mornings = digests_until(runtime, connection, office_id, now, at)
            rows += [(name, zone, one) for one in (*owed, *unanswered)]
            silent += [(name, zone, one) for one in coming_silences(runtime, office_id, at)]
            digests += [(name, zone, one) for one in mornings]
    rows.sort(key=lambda row: (row[2].owed_at, row[0], row[2].number, row[2].key))
    if as_json:
        click.echo(json.dumps([_plain(*row) for row in rows], ensure_ascii=False, indent=2))
        return
    for office, zone, digest in digests:
        click.echo(
            f"Ringkasan pagi / morning digest: {office}, {digest.name}, "
            f"{_local(digest.leaves_at, zone)}"
        )
    for office, zone, coming in silent:
        click.echo(_by_law(office, zone, coming))
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


def _by_law(office: str, zone: str, coming: ComingSilence) -> str:
    """Return the line on a file of which the limit of the law will have passed."""
    granted = (
        "dikabulkan secara hukum / granted by law"
        if coming.silence.grants
        else "batas undang-undang lewat, ditandai / past the limit of the law, flagged"
    )
    return f"{office}, {coming.number}, {_local(coming.silence.since, zone)}: {granted}"


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
    for told in report.channels_down:
        click.echo(f"Saluran mati / channel down: {told}", err=True)
    if report.down is not None:
        click.echo(f"Saluran surat mati / the mail channel is down: {report.down}", err=True)
        raise click.exceptions.Exit(1)


@alerts.command("watch")
@click.option("--once", is_flag=True, help="Look once and end: for cron, or a timer of systemd.")
def watch_command(once: bool) -> None:
    """Tell SATUPINTU_ALARM_EMAILS and SATUPINTU_ALARM_URL when the sweep has been silent.

    Where `satupintu serve` runs it watches already. Exit code 1 while the sweep or the database
    is silent, 2 where nobody could be told of it.
    """
    from config import Settings
    from web.deadman import LOOK_SECONDS, watch_of

    settings = Settings.from_environment()
    if not settings.alarms_somebody:
        raise click.UsageError("nobody to tell: set SATUPINTU_ALARM_EMAILS or SATUPINTU_ALARM_URL")
    watch = watch_of(settings)
    while True:
        memory, told = watch.once()
        if once:
            break
        time.sleep(LOOK_SECONDS)
    if not told:
        click.echo("Tidak ada yang dapat diberi tahu / nobody could be told", err=True)
        raise click.exceptions.Exit(2)
    if memory.told is not None:
        silent = "basis data / the database" if memory.told == "database" else "penyapuan / sweep"
        click.echo(f"Diam / silent: {silent}, {memory.since}", err=True)
        raise click.exceptions.Exit(1)
    click.echo("Penyapuan berjalan / the sweep works.")


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
    told = [f"{one.name} ({one.audience}{_letter(one, zone)})" for one in owed.tells]
    if owed.tells_applicant:
        told.insert(0, "pemohon / applicant")
    if owed.tells_channels:
        told.append("kanal kantor / office channels")
    return (
        _local(owed.owed_at, zone),
        office,
        owed.number,
        limit_words(owed.title, "id"),
        f"{owed.rung}: {rung_words(owed.rung, 'id', owed.key)}",
        ", ".join(told) or "-",
    )


def _letter(told: Telling, zone: str) -> str:
    if told.letter is None or told.leaves_at is None:
        return ""
    way = "ringkasan/digest" if told.letter == "digest" else "surel/e-mail"
    return f"; {way} {_local(told.leaves_at, zone)}"


def _local(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"


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
            *(
                {
                    "audience": one.audience,
                    "name": one.name,
                    "letter": one.letter,
                    "leaves_at": None
                    if one.leaves_at is None
                    else one.leaves_at.astimezone(ZoneInfo(zone)).isoformat(),
                }
                for one in owed.tells
            ),
            *({"audience": "office", "name": None} for _ in range(owed.tells_channels)),
        ],
    }


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    )
