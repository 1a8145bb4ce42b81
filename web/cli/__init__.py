"""The command `satupintu`: one table of sub-commands, each loaded when it is asked for.

Exit codes: 0 done, 1 refused or failed, 2 wrongly called or wrongly set up.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

import click

COMMANDS: dict[str, str] = {
    "alerts": "web.cli.alerts:alerts",
    "audit": "web.cli.audit:audit",
    "check": "web.cli.check:check_invariants",
    "deadline": "web.cli.deadline:deadline",
    "doctor": "web.cli.doctor:doctor",
    "migrate": "web.cli.migrate:migrate",
    "office": "web.cli.office:office",
    "reference": "web.cli.reference:reference",
    "replay": "web.cli.replay:replay",
    "sample": "web.cli.sample:sample",
    "serve": "web.cli.serve:serve",
    "sop": "web.cli.sop:sop",
    "user": "web.cli.user:user",
}
"""Name of each sub-command and `module:attribute` of its click command."""


class WronglySetUp(click.ClickException):
    """The environment must be mended before any command can run."""

    exit_code = 2


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for: `--version` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all sub-commands."""
        return sorted({*COMMANDS, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one sub-command, or nothing where there is none of that name."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = place.partition(":")
        return cast(click.Command, getattr(import_module(module), attribute))

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what an operator can mend is said in words, without a trace."""
        from config import SettingsInvalid
        from migrations.roles import RolesMissing
        from web.locks import FolderHeld
        from web.postgres_host import EmbeddedServerError

        try:
            return super().invoke(ctx)
        except SettingsInvalid as error:
            raise WronglySetUp(str(error)) from error
        except (EmbeddedServerError, FolderHeld, RolesMissing) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="satupintu")
def main() -> None:
    """Satupintu: a one-stop licensing office, from the counter to the signed permit."""
