"""`satupintu audit`: prove that no history was changed, and keep the proof outside."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from licensing.audit import (
    Finding,
    count_events,
    verify_anchors,
    verify_histories,
    verify_seals,
)
from licensing.services.seal import Anchor, newest_seals, seal_offices
from web.cli.told import in_words
from web.wiring import opened, owner_of


@click.group("audit")
def audit() -> None:
    """The history: hash-chained, sealed, anchored outside."""


@audit.command("verify")
@click.option("--office", "code", help="One office; without it: all.")
@click.option("--application", "number", help="One application, by its registration number.")
@click.option(
    "--anchor",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of anchors kept outside, as `audit anchor --file` wrote it.",
)
def verify(code: str | None, number: str | None, file: Path | None) -> None:
    """Work every hash, chain and seal out anew; exit 1 and name each row that was changed."""
    anchors = _anchors(file)
    findings: list[Finding] = []
    total = 0
    with (
        in_words(),
        opened() as (settings, _),
        owner_of(settings) as owner,
        owner.begin() as connection,
    ):
        offices = connection.exec_driver_sql(
            "SELECT id, code FROM office WHERE %s::text IS NULL OR code = %s ORDER BY code",
            (code, code),
        ).fetchall()
        if not offices:
            raise click.ClickException(f"tidak ada kantor / no office {code or ''}".rstrip())
        for office_id, _ in offices:
            total += count_events(connection, office_id, number)
        if number is not None and total == 0:
            raise click.ClickException(f"tidak ada permohonan / no application {number}")
        with click.progressbar(
            length=total, label="Riwayat / history", file=sys.stderr
        ) as progress:
            tick = _in_steps(progress.update)
            for office_id, _ in offices:
                findings += verify_histories(connection, office_id, number=number, progress=tick)
            progress.update(total)
        for office_id, office_code in offices if number is None else ():
            findings += verify_seals(connection, office_id)
            findings += verify_anchors(connection, office_id, office_code, anchors)
    for finding in findings:
        click.echo(str(finding))
    if findings:
        raise click.ClickException(f"{len(findings)} baris berubah / rows changed")
    click.echo(f"{total} baris utuh / lines whole.")


@audit.command("seal")
def seal() -> None:
    """Seal now what has happened since the last seal; the scheduler does so every minute."""
    with in_words(), opened() as (_, runtime):
        made = seal_offices(runtime)
    click.echo(f"{made} segel / seals")


@audit.command("anchor")
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to append to; keep it where nobody who runs this database can write.",
)
def anchor(file: Path | None) -> None:
    """Print the newest seal of every office, to be kept outside, and append it to a file."""
    with in_words(), opened() as (_, runtime):
        seal_offices(runtime)
        lines = [str(each) for each in newest_seals(runtime)]
    if file is not None:
        try:
            with file.open("a", encoding="utf-8") as stream:
                stream.writelines(f"{line}\n" for line in lines)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise click.ClickException(f"{file}: {error.strerror}") from error
    for line in lines:
        click.echo(line)
    if not lines:
        click.echo("Belum ada segel / no seal yet.", err=True)


def _anchors(file: Path | None) -> list[Anchor]:
    if file is None:
        return []
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                found.append(Anchor.parse(line))
            except ValueError as error:
                raise click.ClickException(f"{file}:{number}: no anchor: {error}") from error
    return found


def _in_steps(update: Callable[[int], object], size: int = 500) -> Callable[[int], None]:
    """Return a tick that moves the bar now and then: drawing it costs more than a hash."""
    waiting = 0

    def tick(count: int) -> None:
        nonlocal waiting
        waiting += count
        if waiting >= size:
            update(waiting)
            waiting = 0

    return tick
