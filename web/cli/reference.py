"""`satupintu reference`: names of regions and business fields, read in from files."""

from __future__ import annotations

from pathlib import Path

import click

from licensing.models.reference import EDITIONS
from licensing.reference_files import read_business_fields, read_regions
from licensing.services.reference_import import Imported, import_business_fields, import_regions
from web.cli.told import in_words
from web.wiring import opened, owner_of

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("reference")
def reference() -> None:
    """Regions and business fields by code: for all offices of this database."""


@reference.command("import")
@click.option(
    "--regions",
    type=_FILE,
    help="Codes and names of regions: CSV with kode,nama or JSON; .gz as well. A file of one "
    "province leaves the others alone.",
)
@click.option(
    "--business-fields",
    type=_FILE,
    multiple=True,
    help="KBLI: CSV with kode,judul or JSON; .gz as well. Repeat it for an edition in parts.",
)
@click.option("--edition", type=click.Choice(EDITIONS), help="The edition of the business fields.")
def import_(regions: Path | None, business_fields: tuple[Path, ...], edition: str | None) -> None:
    """Read names in; the same file again changes nothing."""
    if regions is None and not business_fields:
        raise click.UsageError("Name a file: --regions FILE, or --business-fields FILE --edition")
    if bool(business_fields) != (edition is not None):
        raise click.UsageError("--business-fields and --edition belong together")
    with in_words():
        places = read_regions(regions) if regions else None
        fields = read_business_fields(business_fields) if business_fields else None
        with opened() as (settings, _), owner_of(settings) as owner:
            if places is not None:
                _tell("Wilayah / regions", import_regions(owner, places))
            if fields is not None and edition is not None:
                _tell(f"KBLI {edition}", import_business_fields(owner, fields, edition))


def _tell(what: str, done: Imported) -> None:
    if done.again:
        click.echo(f"{what}: {done.rows} baris, tidak ada yang berubah / nothing changed")
        return
    click.echo(
        f"{what}: {done.rows} baris / rows, {done.written} baru atau berubah / new or changed,"
        f" {done.unlisted} tidak tercantum lagi / no longer listed"
    )
