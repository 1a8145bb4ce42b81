"""`satupintu deadline`: a due date without a case, of a list of cases, and of one file."""

from __future__ import annotations

import json
import sys
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask

from licensing.errors import InvalidInput
from licensing.queries.deadlines import DueAnswer, due_answer, office_times_named
from web import i18n
from web.calculator_page import as_json, calculator_fault, verdict
from web.cli.alerts import Moment
from web.cli.told import in_words
from web.formats import short_date_year
from web.i18n import Language
from web.schemas.calculator import read_received, read_within
from web.wiring import opened
from workflows.sop import Within

_LANGUAGE = click.Choice(["id", "en"])


class ReceivedAt(click.ParamType[date]):
    """A date, or a time; without an offset it is the office's."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> date | datetime:
        """Return the date or the time."""
        if isinstance(value, date):
            return value
        try:
            return read_received(value)
        except ValueError:
            self.fail(
                f"{value!r} is no date and no time: write 2026-03-17, 2026-03-17T10:00 "
                "or 2026-03-17T10:00:00+07:00",
                param,
                ctx,
            )


class AllowedTime(click.ParamType[Within]):
    """An allowed time: 3 working days, 4 working hours."""

    name = "time allowed"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Within:
        """Return the allowed time."""
        if isinstance(value, Within):
            return value
        try:
            return read_within(value)
        except ValueError:
            self.fail(f"{value!r}: write `3 working days` or `4 working hours`", param, ctx)


@click.group("deadline", invoke_without_command=True)
@click.option("--office", "code", help="Office, by its code.")
@click.option("--service", help="Service whose standard is used, by its name: siup.")
@click.option("--received", type=ReceivedAt(), help="When it was received complete.")
@click.option("--within", type=AllowedTime(), help="Instead of the standard: '3 working days'.")
@click.option("--lang", type=_LANGUAGE, default="id", show_default=True, help="Language.")
@click.option("--json", "machine", is_flag=True, help="Machine-readable, as /hitung.json.")
@click.option(
    "--batch",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV of dates; needs --calendar and no database.",
)
@click.option(
    "--calendar",
    "kinds",
    type=click.Choice(["national+joint", "national", "weekdays"]),
    help="For --batch: which days are closed besides Saturday and Sunday.",
)
@click.option(
    "--columns",
    default="received,within",
    show_default=True,
    help="For --batch: columns with the date or time and the working days.",
)
@click.option(
    "--late-receipt",
    type=click.Choice(["same-date", "next-working-day"]),
    default="next-working-day",
    show_default=True,
    help="For --batch: what becomes of a receipt after closing or on a closed day.",
)
@click.option(
    "--zone",
    default="Asia/Jakarta",
    show_default=True,
    help="For --batch: WIB, WITA, WIT or Asia/….",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="For --batch: file to write; without it, to the standard output.",
)
@click.pass_context
def deadline(
    ctx: click.Context,
    code: str | None,
    service: str | None,
    received: date | datetime | None,
    within: Within | None,
    lang: Language,
    machine: bool,
    file: Path | None,
    kinds: str | None,
    columns: str,
    late_receipt: str,
    zone: str,
    out: Path | None,
) -> None:
    """Say when something is due, and why, day by day.

    \b
    satupintu deadline --office contoh --service siup --received 2026-03-17T10:00
    satupintu deadline --office contoh --within "4 working hours" --received 2026-03-17T14:30
    satupintu deadline --batch dates.csv --calendar national+joint --out due.csv
    satupintu deadline explain REG-20260317-00001
    """
    if ctx.invoked_subcommand is not None:
        given = [
            parameter.opts[0]
            for parameter in ctx.command.params
            if ctx.get_parameter_source(parameter.name or "")
            is click.core.ParameterSource.COMMANDLINE
        ]
        if given:
            raise click.UsageError(f"put {', '.join(given)} after {ctx.invoked_subcommand}")
        return
    if file is not None:
        if kinds is None:
            raise click.UsageError("--batch needs --calendar")
        if code or service or received or within or machine:
            raise click.UsageError("--batch reads its dates from the file, without an office")
        from web.cli.deadline_batch import run

        run(file, kinds, columns, late_receipt, zone, out)
        return
    if code is None or received is None:
        raise click.UsageError("--office and --received are needed, or --batch, or explain")
    if service is None and within is None:
        raise click.UsageError("--service or --within is needed")
    with in_words(), opened() as (_, runtime), speaking(lang):
        office = office_times_named(runtime, code)
        try:
            answer = due_answer(office, service=service, within=within, received=received)
        except InvalidInput as error:
            if error.faults.get("service") == "unknown_choice":
                known = ", ".join(one.name for one in office.services) or "-"
                raise click.ClickException(
                    f"tidak ada layanan / no service {service!r}; ada / there are: {known}"
                ) from error
            lines = [f"--{name}: {calculator_fault(one)}" for name, one in error.faults.items()]
            raise click.ClickException("\n".join(lines)) from error
        if machine:
            click.echo(json.dumps(as_json(answer), ensure_ascii=False, indent=2))
            return
        _tell(answer, lang)


@deadline.command("explain")
@click.argument("number")
@click.option("--office", "code", help="Office, where several have a file of this number.")
@click.option("--at", type=Moment(), help="As of this time instead of now.")
@click.option("--lang", type=_LANGUAGE, default="id", show_default=True, help="Language.")
@click.option("--json", "machine", is_flag=True, help="Machine-readable.")
def explain(
    number: str, code: str | None, at: datetime | None, lang: Language, machine: bool
) -> None:
    """Say of one file who held it day by day, and why each of its dates is what it is."""
    from web.cli.deadline_explain import run

    with in_words(), opened() as (_, runtime), speaking(lang):
        run(runtime, number, code, at, lang=lang, machine=machine)


def speaking(lang: Language) -> AbstractContextManager[object]:
    """Return a context in which texts are in this language, as on a page."""
    app = Flask("web")
    i18n.init_app(app)
    return app.test_request_context(headers={"Cookie": f"{i18n.LANGUAGE_COOKIE}={lang}"})


def _tell(answer: DueAnswer, lang: Language) -> None:
    words = verdict(answer)
    click.echo(words.title)
    click.echo(words.sentence)
    click.echo(words.reason)
    for day in words.days:
        on = short_date_year(day.on, lang=lang, zone=answer.office.zone)
        click.echo(f"  {on:<17} {day.mark:>5}  {day.why}{'  ◀' if day.last else ''}")
    click.echo(words.rule)
    for text in words.warnings.values():
        click.echo(f"! {text}", file=sys.stderr)
