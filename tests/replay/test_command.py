"""`satupintu replay` as an operator calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import make_url

from tests.bed import Urls
from tests.replay.small import GOOD, MAP, SOP, write_log
from web.cli.replay import replay


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.sop.yaml").write_text(SOP)
    (tmp_path / "small.map.yaml").write_text(MAP)
    return tmp_path


def run(folder: Path, *options: str, lines: tuple[str, ...] = GOOD) -> Result:
    log = write_log(folder, *lines)
    report = folder / "report.json"
    return CliRunner().invoke(
        replay,
        [str(log), "--map", str(folder / "small.map.yaml"), "--report", str(report), *options],
    )


def against(folder: Path) -> tuple[str, str]:
    return "--sop", str(folder / "small.sop.yaml")


def report_of(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "report.json").read_text())
    return found


class TestMeasure:
    def test_needs_neither_sop_nor_database(self, folder, monkeypatch):
        monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nowhere")

        result = run(folder, "--measure")

        assert result.exit_code == 0, result.output
        told = report_of(folder)
        assert (told["cases"], told["events_accepted"], told["refusals"]) == (1, 4, {})
        assert told["per_case"][0]["working_days"] == 1

    def test_prints_gross_and_net_time_as_a_table(self, folder):
        with (folder / "small.map.yaml").open("a") as text:
            text.write("measure: {suspends: Answer, resumes: Check}\n")

        result = run(folder, "--measure")

        assert result.exit_code == 0, result.output
        rows = [line.split() for line in result.stdout.splitlines() if "/" in line]
        assert [row for row in rows if row[0] == "kotor/gross"] == [
            ["kotor/gross", *["1.0"] * 5], ["kotor/gross", *["1.0"] * 5],
        ]  # fmt: skip
        assert ["bersih/net", *["1.0"] * 5] in rows
        assert "1 kali/times, 1 berkas/cases" in result.stdout

    def test_prints_the_whole_report_when_it_is_asked_to(self, folder):
        result = run(folder, "--measure", "--report", "-")

        assert result.exit_code == 0, result.output
        told = json.loads(result.stdout)
        assert told["time"]["working_days"]["net"]["sum"] == 1
        assert told["per_case"][0]["net_working_days"] == 1
        assert not (folder / "-").exists()

    def test_names_the_lines_it_leaves_out(self, folder):
        result = run(folder, "--measure", lines=(GOOD[0], "A,Check,later,Ani", *GOOD[1:]))

        assert result.exit_code == 0
        assert "line 3: 'later' is no time" in result.stderr
        assert report_of(folder)["events"] == 4


class TestThroughTheDoor:
    @pytest.fixture(autouse=True)
    def _database(self, fresh_database: Urls, monkeypatch, tmp_path):
        for name, url in (
            ("DATABASE_URL", fresh_database.app),
            ("SATUPINTU_OWNER_DATABASE_URL", fresh_database.owner),
        ):
            monkeypatch.setenv(name, make_url(url).render_as_string(hide_password=False))
        for name in ("SECRET_KEY", "NIK_ENCRYPTION_KEY", "NIK_HASH_KEY"):
            monkeypatch.setenv(f"SATUPINTU_{name}", "k" * 43 + "=")
        monkeypatch.setenv("SATUPINTU_DATA_DIR", str(tmp_path / "var"))

    def test_reports_in_words_and_in_a_file(self, folder):
        result = run(folder, *against(folder))

        assert result.exit_code == 0, result.output
        assert "1 (100.0%)" in result.stdout
        assert report_of(folder)["cases_without_refusal"] == 1

    def test_sends_what_follows_backwards(self, folder):
        result = run(folder, *against(folder), "--reverse")

        assert result.exit_code == 0, result.output
        assert report_of(folder)["cases_without_refusal"] == 0

    def test_names_the_office_it_keeps(self, folder):
        result = run(folder, *against(folder), "--store")

        assert result.exit_code == 0, result.output
        assert "kantor simulasi/simulated office: replay-" in result.stdout


class TestWrongCalls:
    @pytest.mark.parametrize(
        "options",
        [
            (),
            ("--measure", "--store"),
            ("--measure", "--reverse"),
            ("--measure", "--shuffle", "1"),
            ("--sop", "small.sop.yaml", "--measure"),
            ("--sop", "small.sop.yaml", "--reverse", "--shuffle", "1"),
        ],
    )
    def test_are_told_apart_from_failures(self, folder, monkeypatch, options):
        monkeypatch.chdir(folder)

        assert run(folder, *options).exit_code == 2

    def test_a_broken_sop_is_named_with_its_line(self, folder):
        (folder / "small.sop.yaml").write_text(SOP.replace("to: checked", "to: chcked"))

        result = run(folder, *against(folder))

        assert result.exit_code == 1
        assert "did you mean `checked`" in result.stderr

    def test_a_broken_map_is_named_with_its_line(self, folder):
        (folder / "small.map.yaml").write_text(MAP.replace("do: send", "do: sand"))

        result = run(folder, *against(folder))

        assert result.exit_code == 1
        assert "line 16" in result.stderr
        assert "did you mean `send`" in result.stderr

    def test_an_unreadable_log_is_named(self, folder):
        result = run(folder, "--measure", lines=("x",))

        assert result.exit_code == 1
        assert "no event that can be read" in result.stderr
