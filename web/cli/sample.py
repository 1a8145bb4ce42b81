"""`satupintu sample`: more invented work for the sample office."""

from __future__ import annotations

import sys

import click

from licensing.errors import NotFound


@click.command("sample")
@click.option(
    "--applications",
    type=click.IntRange(1, 200_000),
    default=60,
    show_default=True,
    help="How many to send through the office.",
)
@click.option("--seed", type=int, help="The same seed invents the same people again.")
def sample(applications: int, seed: int | None) -> None:
    """Add invented applications to the sample office, in all states, through the one door."""
    from time import time_ns

    from web.first_run import add_applications
    from web.wiring import opened

    with (
        opened() as (settings, _runtime),
        click.progressbar(
            length=applications * 4, label="Applications", file=sys.stderr, show_pos=False
        ) as bar,
    ):
        try:
            events = add_applications(
                settings,
                applications,
                seed=time_ns() % 1_000_000 if seed is None else seed,
                progress=lambda _: bar.update(1),
            )
        except NotFound as error:
            raise click.ClickException(
                "This database has no sample office. It is made by `make run` without DATABASE_URL."
            ) from error
    click.echo(f"{applications} applications, {events} presses.")
