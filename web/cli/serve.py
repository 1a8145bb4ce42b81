"""`satupintu serve`: the whole office, one process tree."""

from __future__ import annotations

import sys

import click

from config import Settings
from web.process import PortTaken, Supervisor


@click.command("serve")
def serve() -> None:
    """Run the office: database where none is named, web server, scheduler. Ctrl-C ends it."""
    settings = Settings.from_environment()
    for note in settings.notes:
        click.echo(note, err=True)
    try:
        code = Supervisor(settings, say=click.echo).run()
    except PortTaken as error:
        raise click.ClickException(str(error)) from error
    sys.exit(code)
