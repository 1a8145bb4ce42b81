"""`satupintu replay`: send the events of a log through the one door, in simulated time."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from licensing.replay.log import LogEvent
    from licensing.replay.mapping import ReplayMap
    from licensing.replay.report import Report
    from licensing.replay.run import ReplaySop

_MOST_BAD_LINES = 20
_PRINTED = Path("-")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("replay")
@click.argument("events", type=_FILE)
@click.option("--sop", "sop_file", type=_FILE, help="SOP that the log is held against.")
@click.option("--map", "map_file", type=_FILE, required=True, help="How the log is read.")
@click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Write the whole report here, as JSON; `-` prints it instead of the summary.",
)
@click.option("--store", is_flag=True, help="Keep the simulated office; else nothing is kept.")
@click.option("--measure", is_flag=True, help="No SOP: only how long each case took.")
@click.option(
    "--shuffle", type=int, metavar="SEED", help="Shuffle what follows the first event of a case."
)
@click.option("--reverse", is_flag=True, help="Turn round what follows the first event of a case.")
def replay(
    events: Path,
    sop_file: Path | None,
    map_file: Path,
    report_file: Path | None,
    store: bool,
    measure: bool,
    shuffle: int | None,
    reverse: bool,
) -> None:
    """Send every event of the log EVENTS (CSV, plain or gzipped) through the one door.

    Each at its own time, with clock and alarm running in simulated time. Lines that cannot be
    read are reported with their number and left out. An event that the SOP refuses is counted,
    and its case goes on.
    """
    from licensing.replay.log import read_log
    from licensing.replay.mapping import read_map
    from licensing.replay.run import read_replay_sop
    from web.cli.replay_summary import summary

    _must_fit(sop_file, store=store, measure=measure, shuffle=shuffle, reverse=reverse)
    with _told():
        against = None if sop_file is None else read_replay_sop(_text(sop_file), store=store)
        mapped = read_map(_text(map_file), None if against is None else against.sop)
        log = read_log(events, mapped)
    for bad in log.bad[:_MOST_BAD_LINES]:
        click.echo(f"{events}: {bad}", err=True)
    if log.bad:
        click.echo(f"{len(log.bad)} baris dilewati / lines left out.", err=True)
    printed = report_file == _PRINTED
    if report_file is not None and not printed:
        # Found out now, not after the work; an older report stays until there is a new one.
        _write(report_file, "", "a")
    code = None
    if against is None:
        from licensing.replay.measure import measure as measured

        with _progress(len(log.events)) as bar:
            report = measured(log.events, mapped, bar.update)
    else:
        report, code = _through_the_door(
            against, mapped, _ordered(log.events, shuffle, reverse=reverse), store=store
        )
    told = json.dumps(report.to_json(), ensure_ascii=False, indent=1)
    if report_file is not None and not printed:
        _write(report_file, told + "\n")
    click.echo(told if printed else "\n".join(summary(report, code)))


def _must_fit(
    sop_file: Path | None, *, store: bool, measure: bool, shuffle: int | None, reverse: bool
) -> None:
    if (sop_file is None) is not measure:
        raise click.UsageError("give either --sop FILE or --measure")
    if measure and (store or reverse or shuffle is not None):
        raise click.UsageError("--measure asks no SOP: nothing to store, shuffle or reverse")
    if reverse and shuffle is not None:
        raise click.UsageError("give either --shuffle or --reverse")


def _ordered(
    events: Sequence[LogEvent], shuffle: int | None, *, reverse: bool
) -> Sequence[LogEvent]:
    from licensing.replay.order import in_time, reversed_, shuffled

    if shuffle is not None:
        return shuffled(events, shuffle)
    return reversed_(events) if reverse else in_time(events)


def _through_the_door(
    against: ReplaySop, mapped: ReplayMap, events: Sequence[LogEvent], *, store: bool
) -> tuple[Report, str | None]:
    from licensing.replay.run import replay as run
    from web.cli.told import in_words
    from web.wiring import opened, owner_of

    with (
        in_words(),
        opened() as (settings, runtime),
        owner_of(settings) as owner,
        _progress(len(events)) as bar,
    ):
        return run(runtime, owner, against, mapped, events, store=store, tick=bar.update)


def _progress(length: int) -> AbstractContextManager[ProgressBar[int]]:
    return click.progressbar(length=length, label="replay", file=sys.stderr)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path} is not UTF-8: {error.reason}") from error
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}") from error


@contextmanager
def _told() -> Iterator[None]:
    """Say in words what is wrong with a file."""
    from licensing.replay.errors import LogUnreadable, MapFaults
    from workflows.errors import SopFaults

    try:
        yield
    except SopFaults as error:
        raise click.ClickException(f"SOP:\n{error}") from error
    except MapFaults as error:
        raise click.ClickException(f"peta/map:\n{error}") from error
    except LogUnreadable as error:
        raise click.ClickException(str(error)) from error


def _write(path: Path, text: str, mode: Literal["w", "a"] = "w") -> None:
    try:
        with path.open(mode, encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from error
