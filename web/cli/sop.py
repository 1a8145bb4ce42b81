"""`satupintu sop`: check, draw and publish the rules of a service."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from licensing.errors import SopFaults
from licensing.services.sops import bases, list_sops, must_charge, publish_sop
from licensing.sop_diff import DiffLine, sop_diff
from licensing.vocabulary import VOCABULARY
from web.cli.told import in_words
from web.wiring import opened
from workflows.definitions import names, shipped
from workflows.reading import expand, read_sop
from workflows.sop import Sop

_FILE = click.argument("file", metavar="FILE")
_LANG = click.option(
    "--lang", type=click.Choice(["id", "en"]), default="id", show_default=True, help="Language."
)


@click.group("sop")
def sop() -> None:
    """SOPs: one YAML file a service. FILE may also name one that comes along: siup."""


@sop.command("check")
@_FILE
@_LANG
def check(file: str, lang: str) -> None:
    """Read an SOP and name all its faults: shape, graph, vocabulary, time."""
    place, text = _text(file)
    try:
        found = read_sop(text, vocabulary=VOCABULARY, base=_base(place))
    except SopFaults as error:
        for line in _fault_lines(place, error, lang):
            click.echo(line)
        click.echo(f"{len(error.faults)} kesalahan / faults", err=True)
        raise SystemExit(1) from error
    with in_words():
        must_charge(found)
    click.echo(f"{place}: {found.title[lang]}: tidak ada kesalahan / no faults")


@sop.command("draw")
@_FILE
@_LANG
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="SVG to write; several pages get -1, -2 … before .svg. Without it: NAME.svg here.",
)
def draw(file: str, lang: str, out: Path | None) -> None:
    """Draw the swimlane of an SOP as pages of A4 (SVG)."""
    from workflows.swimlane import draw as pages_of

    drawn = _read(file, lang)
    pages = pages_of(drawn, lang)
    out = out or Path(f"{drawn.name}.svg")
    for number, page in enumerate(pages, start=1):
        path = out if len(pages) == 1 else out.with_stem(f"{out.stem}-{number}")
        try:
            path.write_text(page, encoding="utf-8")
        except OSError as error:
            raise click.ClickException(f"{path}: {error.strerror}") from error
        click.echo(str(path))


@sop.command("publish")
@_FILE
@click.option("--office", "code", required=True, help="Code of the office.")
@click.option("--drafted-by", "drafter", required=True, help="Account that wrote it.")
@click.option("--by", "publisher", required=True, help="Account that publishes it: another one.")
@_LANG
def publish(file: str, code: str, drafter: str, publisher: str, lang: str) -> None:
    """Publish an SOP for applications filed from now on."""
    from licensing.services.accounts import officer_named
    from licensing.services.offices import office_id_of

    place, text = _text(file)
    with in_words(), opened() as (_, runtime):
        with runtime.db.begin() as connection:
            office_id = office_id_of(connection, code)
        with runtime.transaction(office_id) as connection:
            drafted_by = officer_named(connection, drafter).id
            published_by = officer_named(connection, publisher).id
        try:
            done = publish_sop(
                runtime, office_id, text, drafted_by=drafted_by, published_by=published_by
            )
        except SopFaults as error:
            for line in _fault_lines(place, error, lang):
                click.echo(line)
            raise click.ClickException("tidak diterbitkan / not published") from error
    if done.again:
        click.echo(f"{done.service} versi {done.number} sudah berlaku / is in force already.")
    else:
        click.echo(f"{done.service} versi {done.number} diterbitkan / published.")


@sop.command("list")
@click.option("--office", "code", help="Code of an office; without it: what comes along.")
def list_published(code: str | None) -> None:
    """List the versions that an office has published."""
    if code is None:
        for name in names():
            click.echo(name)
        return
    from licensing.services.offices import office_id_of

    with in_words(), opened() as (_, runtime):
        with runtime.db.begin() as connection:
            office_id = office_id_of(connection, code)
        for line in list_sops(runtime, office_id):
            force = "berlaku / in force" if line.in_force else ""
            click.echo(
                f"{line.service:<20} {line.number:>3}  {line.published_at:%Y-%m-%d %H:%M}Z  "
                f"{line.drafted_by} → {line.published_by}  {line.sha256[:12]}  {force}".rstrip()
            )


@sop.command("diff")
@click.argument("before", metavar="FILE")
@click.argument("after", metavar="FILE", required=False)
@click.option("--office", "code", help="Compare with the version that this office has in force.")
@_LANG
def diff(before: str, after: str | None, code: str | None, lang: str) -> None:
    """Show what differs between two SOPs, place by place, each made whole first.

    With --office and one FILE: between the version in force and the FILE. Exit code 0 where
    nothing differs, 1 where something does.
    """
    if (after is None) == (code is None):
        raise click.UsageError("name two FILEs, or one FILE and --office")
    try:
        new = _whole(before if after is None else after)
        old = _whole(before) if code is None else _in_force(code, new)
        lines = sop_diff(old, new)
    except SopFaults as error:
        place = before if after is None else f"{before}, {after}"
        raise click.ClickException("\n".join(_fault_lines(place, error, lang))) from error
    for line in lines:
        click.echo(_diff_words(line))
    if not lines:
        click.echo("Tidak ada perbedaan / nothing differs.")
    raise SystemExit(1 if lines else 0)


@sop.command("docs")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("docs/sop-grammar.md"),
    show_default=True,
)
def docs(out: Path) -> None:
    """Write the documentation of the grammar, made from the schema."""
    from workflows.grammar import grammar

    try:
        out.write_text(grammar(), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    click.echo(str(out))


def _read(file: str, lang: str) -> Sop:
    place, text = _text(file)
    try:
        return read_sop(text, vocabulary=VOCABULARY, base=_base(place))
    except SopFaults as error:
        raise click.ClickException("\n".join(_fault_lines(place, error, lang))) from error


def _whole(file: str) -> str:
    place, text = _text(file)
    return expand(text, _base(place))


def _in_force(code: str, text: str) -> str:
    """Return the whole text that an office has in force for the service that `text` is about."""
    from licensing.services.offices import office_id_of

    name = read_sop(text, vocabulary=VOCABULARY).name
    with in_words(), opened() as (_, runtime):
        with runtime.db.begin() as connection:
            office_id = office_id_of(connection, code)
        with runtime.transaction(office_id) as connection:
            found = bases(connection)(name)
            return expand(found or "", bases(connection))


def _diff_words(line: DiffLine) -> str:
    if line.before is None:
        return f"+ {line.place}: {line.after}"
    if line.after is None:
        return f"- {line.place}: {line.before}"
    return f"~ {line.place}: {line.before} → {line.after}"


def _text(file: str) -> tuple[str, str]:
    """Return where an SOP lies and its text: a file, else one that comes along."""
    path = Path(file)
    if not path.exists() and (text := shipped(file)) is not None:
        return f"{file}.yaml", text
    try:
        return file, path.read_text(encoding="utf-8")
    except OSError as error:
        known = ", ".join(names())
        raise click.ClickException(
            f"{file}: {error.strerror}; yang tersedia / what comes along: {known}"
        ) from error
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file}: bukan teks UTF-8 / is not UTF-8 text") from error


def _base(place: str) -> Callable[[str], str | None]:
    """Return how `follows` finds a text: a file beside this one, else one that comes along."""
    folder = Path(place).parent

    def find(name: str) -> str | None:
        for beside in (folder / f"{name}.yaml", folder / f"{name}.sop.yaml"):
            if beside.is_file():
                return beside.read_text(encoding="utf-8")
        return shipped(name)

    return find


def _fault_lines(place: str, error: SopFaults, lang: str) -> list[str]:
    lines = []
    for fault in error.faults:
        where = f"{fault.where}: " if fault.where else ""
        hint = {"id": "maksudnya", "en": "did you mean"}[lang]
        suggestion = f" ({hint} `{fault.suggestion}`?)" if fault.suggestion else ""
        lines.append(f"{place}:{fault.line}: {where}{fault.text[lang]}{suggestion}")
    return lines
