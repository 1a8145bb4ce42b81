"""The command that reads regions and business fields in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bed import Urls
from tests.licensing.test_references import FIELDS, REGIONS
from tests.web.test_admin_commands import Run, runner


@pytest.fixture
def run(fresh_database: Urls, tmp_path: Path) -> Run:
    """The command line on a migrated database without offices."""
    return runner(fresh_database, tmp_path)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    wilayah, kbli = tmp_path / "wilayah.csv", tmp_path / "kbli.csv"
    wilayah.write_text(REGIONS)
    kbli.write_text(FIELDS)
    return str(wilayah), str(kbli)


def test_reads_both_in_and_says_what_changed(run: Run, files: tuple[str, str]) -> None:
    wilayah, kbli = files
    asked = (
        "reference", "import", "--regions", wilayah, "--business-fields", kbli, "--edition", "2020",
    )  # fmt: skip

    first, second = run(*asked), run(*asked)

    assert "5 baris / rows, 5 baru" in first.output
    assert "KBLI 2020: 4 baris / rows, 4 baru" in first.output
    assert second.output.count("tidak ada yang berubah") == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "Name a file"),
        (("--business-fields", "{kbli}"), "belong together"),
        (("--regions", "{wilayah}", "--edition", "2020"), "belong together"),
        (("--business-fields", "{kbli}", "--edition", "2017"), "not one of"),
        (("--regions", "/nowhere.csv"), "does not exist"),
    ],
)
def test_wrongly_called_it_says_how(
    run: Run, files: tuple[str, str], options: tuple[str, ...], said: str
) -> None:
    wilayah, kbli = files
    asked = [one.format(wilayah=wilayah, kbli=kbli) for one in options]

    assert said in run("reference", "import", *asked, code=2).output


def test_a_file_that_cannot_be_read_changes_nothing_and_is_named(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "salah.csv"
    wrong.write_text("kode,nama\n99,Provinsi Rekaan\nxx,Salah\n")

    said = run("reference", "import", "--regions", str(wrong), code=1).output

    assert "salah.csv, row 3: 'xx' is no region code" in said
