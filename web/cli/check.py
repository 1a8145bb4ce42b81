"""`satupintu check`: ask the database for everything that must never be false."""

from __future__ import annotations

import click

from licensing.invariants import INVARIANTS, MOST_ROWS, check
from web.cli.told import in_words
from web.wiring import opened, owner_of

_SHOWN = 10


@click.command("check")
@click.option(
    "--only",
    multiple=True,
    type=click.Choice([each.code for each in INVARIANTS]),
    help="One invariant, such as I20; may be repeated.",
)
@click.option("--verbose", is_flag=True, help=f"Show up to {MOST_ROWS} rows each, not {_SHOWN}.")
def check_invariants(only: tuple[str, ...], verbose: bool) -> None:
    """Check every promise about the data; exit 1 where a row breaks one.

    To be run after every restore and every night.
    """
    broken = 0
    with (
        in_words(),
        opened() as (settings, runtime),
        owner_of(settings) as owner,
        # One moment for all of them: work goes on meanwhile.
        owner.execution_options(isolation_level="REPEATABLE READ").begin() as connection,
    ):
        for checked in check(connection, runtime.storage, only=frozenset(only)):
            code, says = checked.invariant.code, checked.invariant.says
            click.echo(f"{'FAIL' if checked.rows else 'ok  '}  {code:<4} {says}")
            shown = checked.rows if verbose else checked.rows[:_SHOWN]
            for row in shown:
                click.echo(f"        {row}")
            if len(checked.rows) > len(shown):
                click.echo(f"        … {len(checked.rows) - len(shown)} more: --verbose")
            broken += bool(checked.rows)
    if broken:
        raise click.ClickException(f"{broken} dilanggar / broken")
    click.echo("Semua terpenuhi / all kept.")
