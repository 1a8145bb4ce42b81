"""`satupintu alerts`: sweep, preview, deliver."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from licensing.database import OWNER_ROLE, connect
from licensing.secrecy import Keyring
from tests.bed import Urls
from tests.factories import House, make_house, make_runtime
from tests.licensing.test_sweep import MONDAY, raised
from tests.web.test_scheduler import settings_for
from web.cli.alerts import alerts

AHEAD = (MONDAY + timedelta(days=14)).isoformat()


@pytest.fixture
def office(fresh_database: Urls, tmp_path: Path) -> Iterator[House]:
    """A simulated office with two open applications."""
    app = connect(fresh_database.app)
    owner = connect(fresh_database.owner, role=OWNER_ROLE, pool_size=2)
    keyring = Keyring("k1", {"k1": bytes(32)}, finders={"k1": bytes(32)})
    made = make_house(make_runtime(app, tmp_path, keyring), owner, code="contoh", simulated=True)
    made.application("verification", at=MONDAY)
    made.application("correction", at=MONDAY)
    yield made
    app.dispose()
    owner.dispose()


@pytest.fixture
def run(office: House, fresh_database: Urls, tmp_path: Path) -> Callable[..., Result]:
    environment = settings_for(fresh_database, tmp_path).to_environment()
    return lambda *words: CliRunner(env=environment).invoke(alerts, words)


def test_preview_lists_each_owed_rung_once_and_the_sweep_raises_exactly_these(
    office: House, run: Callable[..., Result]
) -> None:
    listed = json.loads(run("preview", "--at", AHEAD, "--json").stdout)
    keys = [(line["application"], line["limit"], line["rung"]) for line in listed]
    swept = run("sweep", "--at", AHEAD)

    assert swept.exit_code == 0
    assert f"{len(keys)} peringatan" in swept.output
    found = office.rows("SELECT application_id::text, key, rung FROM alert")
    assert sorted(keys) == sorted(tuple(row) for row in found)
    assert len(set(keys)) == len(keys) > 5
    assert "0 peringatan" in run("sweep", "--at", AHEAD).output
    assert json.loads(run("preview", "--at", AHEAD, "--json").stdout) == []


def test_preview_is_a_table_that_says_who_would_be_told(run: Callable[..., Result]) -> None:
    shown = run("preview", "--at", AHEAD).output

    assert "WIB" in shown
    assert "Contoh Pengawas (supervisor; surel/e-mail 20" in shown
    assert "pemohon / applicant" in shown
    assert "melewati batas waktu" in shown


def test_an_office_that_is_not_simulated_is_reported_without_writing(
    office: House, run: Callable[..., Result]
) -> None:
    office.as_owner("UPDATE office SET simulated = false")
    swept = run("sweep", "--at", AHEAD)

    assert "owed, not written" in swept.output
    assert raised(office) == []


def test_deliver_says_what_became_of_the_letters(
    office: House, run: Callable[..., Result], tmp_path: Path
) -> None:
    office.as_owner("UPDATE office SET simulated = false")
    office.application("verification")
    done = run("deliver")

    assert done.exit_code == 0
    assert "1 terkirim / sent" in done.output
    assert len(list((tmp_path / "surat").glob("*.eml"))) == 1


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("preview",), "--at"),
        (("preview", "--at", "tomorrow"), "is no time"),
        (("preview", "--at", "2026-07-10T16:00:00"), "lacks a UTC offset"),
        (("preview", "--at", "2026-07-10"), "write 2026-07-10T00:00:00+07:00"),
        (("sweep", "--office", "lain"), "no office 'lain'; there are: contoh"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    run: Callable[..., Result], words: tuple[str, ...], complaint: str
) -> None:
    result = run(*words)

    assert result.exit_code != 0
    assert complaint in result.output


def test_preview_names_the_files_that_the_law_will_have_overtaken_and_the_sweep_records_them(
    office: House, run: Callable[..., Result]
) -> None:
    number = office.rows("SELECT number FROM dossier ORDER BY filed_at, number LIMIT 1")[0].number
    line = f"contoh, {number}, "

    shown = run("preview", "--at", AHEAD).output
    assert [one for one in shown.splitlines() if one.startswith(line) and "flagged" in one] != []
    assert "1 lewat undang-undang" in run("sweep", "--at", AHEAD).output
    assert "flagged" not in run("preview", "--at", AHEAD).output
