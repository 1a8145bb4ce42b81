"""The commands that set up an office, prove its history and look after it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from licensing.database import OWNER_ROLE, connect
from tests.bed import Urls
from tests.factories import PASSWORD, make_house, make_runtime
from web.cli import main
from workflows.definitions import text_of

Run = Callable[..., Result]
KEY = base64.b64encode(bytes(32)).decode()

OFFICE = (
    "office", "create", "--code", "kota-contoh", "--name", "Dinas Contoh",
    "--government", "Pemerintah Kota Contoh", "--place", "Kota Contoh",
    "--address", "Jalan Contoh 1", "--zone", "WITA", "--unit-code", "DPMPTSP",
)  # fmt: skip
PEOPLE = (
    ("rina", "counter", "office"),
    ("budi", "verifier", "office"),
    ("rahayu", "head", "office"),
    ("tono", "supervisor", "office"),
    ("wati", "inspectorate", "inspectorate"),
)


def runner(urls: Urls, folder: Path) -> Run:
    environment = {
        "DATABASE_URL": urls.app,
        "SATUPINTU_OWNER_DATABASE_URL": urls.owner,
        "SATUPINTU_DATA_DIR": str(folder),
        "SATUPINTU_SECRET_KEY": "x" * 40,
        "SATUPINTU_NIK_ENCRYPTION_KEY": KEY,
        "SATUPINTU_NIK_HASH_KEY": KEY,
    }

    def run(*arguments: str, typed: str = "", code: int = 0) -> Result:
        result = CliRunner(env=environment).invoke(main, list(arguments), input=typed)
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def run(fresh_database: Urls, tmp_path: Path) -> Run:
    """The command line on a migrated database without offices."""
    return runner(fresh_database, tmp_path)


def settle(run: Run) -> None:
    """Set up an office with people and an SOP, by commands alone."""
    run(*OFFICE)
    for username, role, kind in PEOPLE:
        run(
            "user", "create", "--office", "kota-contoh", "--username", username, "--name",
            username.title(), "--organisation", kind, "--role", role, "--password-stdin",
            typed=f"{PASSWORD}\n",
        )  # fmt: skip
    run(
        "sop", "publish", "siup", "--office", "kota-contoh", "--drafted-by", "budi", "--by",
        "rahayu",
    )  # fmt: skip


class TestSettingUp:
    def test_leads_from_an_empty_database_to_an_office_at_work(
        self, empty_database: Urls, tmp_path: Path
    ) -> None:
        run = runner(empty_database, tmp_path)
        assert "satupintu migrate" in run("office", "list", code=1).output
        run("migrate")
        assert "satupintu office create" in run("doctor", code=1).output

        settle(run)

        assert "kota-contoh" in run("office", "list").output
        assert "berlaku" in run("sop", "list", "--office", "kota-contoh").output
        healthy = run("doctor").output
        assert "fail" not in healthy
        assert "siup version 1 is in force" in healthy
        assert "I20" in run("check").output

    def test_says_what_is_wrong_with_an_office(self, run: Run) -> None:
        result = run(*OFFICE, "--code", "Kota", "--zone", "Mars", code=1)

        assert "code:" in result.output
        assert "WITA" in result.output

    def test_makes_up_a_password_and_prints_it_once(self, run: Run) -> None:
        run(*OFFICE)
        result = run(
            "user", "create", "--office", "kota-contoh", "--username", "rina", "--name", "Rina",
            "--role", "counter", "--make-password",
        )  # fmt: skip
        assert "hanya ditampilkan sekali" in result.output

    def test_asks_no_password_where_there_is_no_terminal(self, run: Run) -> None:
        result = run(
            "user", "create", "--office", "kota-contoh", "--username", "rina", "--name", "Rina",
            "--role", "counter", code=2,
        )  # fmt: skip
        assert "--password-stdin" in result.output

    def test_names_whoever_is_unknown(self, run: Run) -> None:
        assert "office tidak-ada" in run("user", "list", "--office", "tidak-ada", code=1).output

    def test_closes_and_opens_accounts(self, run: Run) -> None:
        settle(run)
        run("user", "disable", "rina", "--office", "kota-contoh")
        assert "nonaktif" in run("user", "list", "--office", "kota-contoh").output
        assert "nobody has the role counter" in run("doctor", code=1).output
        run("user", "enable", "rina", "--office", "kota-contoh")
        run("user", "password", "rina", "--office", "kota-contoh", "--make-password")
        run("doctor")

    def test_lets_nobody_publish_what_they_drafted(self, run: Run) -> None:
        settle(run)
        result = run(
            "sop", "publish", "siup", "--office", "kota-contoh", "--drafted-by", "rahayu", "--by",
            "rahayu", code=1,
        )  # fmt: skip
        assert "orang lain yang menerbitkan" in result.output

    def test_prints_and_replaces_a_calendar(self, run: Run, tmp_path: Path) -> None:
        settle(run)
        file = tmp_path / "kalender.json"
        file.write_text(run("office", "calendar", "kota-contoh").output)

        replaced = run(
            "office", "calendar", "kota-contoh", "--set", str(file), "--source", "SK 1", "--by",
            "rahayu",
        )  # fmt: skip

        assert "versi 2" in replaced.output
        file.write_text("{}")
        refused = run(
            "office", "calendar", "kota-contoh", "--set", str(file), "--source", "SK 1", "--by",
            "rahayu", code=1,
        )  # fmt: skip
        assert "lacks" in refused.output

    def test_imports_days_from_a_table(self, run: Run, tmp_path: Path) -> None:
        settle(run)
        spec = json.loads(run("office", "calendar", "kota-contoh").output)
        year = int(spec["covers"][1][:4]) + 1
        file = tmp_path / "skb.csv"
        file.write_text(
            f"\ufefftanggal;nama;jenis\n{year}-01-03;Tahun Baru;libur nasional\n"
            f"{year}-12-22;Cuti Bersama Natal;cuti bersama\n"
        )
        words = ("office", "calendar", "import", str(file), "--office", "kota-contoh")
        signed = ("--source", "SKB", "--by", "rahayu")

        shown = run(*words, "--dry-run", "--lang", "en")
        assert "nothing was written" in shown.output
        assert f"31 December {year}" in shown.output
        assert json.loads(run("office", "calendar", "kota-contoh").output) == spec
        assert "--source and --by" in run(*words, code=2).output
        assert "versi 2" in run(*words, *signed).output
        after = json.loads(run("office", "calendar", "kota-contoh").output)
        assert after["covers"][1] == f"{year}-12-31"
        assert "tidak ada yang berubah" in run(*words, *signed, code=1).output
        file.write_text("tanggal,nama,jenis\nbesok,x,merah\n")
        assert "Baris 2: “besok” bukan tanggal." in run(*words, *signed, code=1).output
        file.write_text("tanggal,nama,jenis\n2025-12-23,Pilkada,libur daerah\n")
        assert "--past" in run(*words, *signed, "--mode", "add", code=1).output
        assert "versi 3" in run(*words, *signed, "--mode", "add", "--past").output


class TestAnSop:
    def test_that_is_sound_is_said_to_be(self, run: Run) -> None:
        assert "tidak ada kesalahan" in run("sop", "check", "siup").output

    def test_with_faults_is_told_all_of_them_with_line_and_suggestion(
        self, run: Run, tmp_path: Path
    ) -> None:
        file = tmp_path / "siup.yaml"
        broken = text_of("siup").replace("documents_complete", "documents_complet")
        file.write_text(broken.replace("lane: verifier", "lane: verifer"))

        output = run("sop", "check", str(file), "--lang", "en", code=1).output

        line = broken[: broken.index("documents_complet")].count("\n") + 1
        assert f"{file}:{line}: steps.intake.actions.accept.only_if: " in output
        assert "(did you mean `documents_complete`?)" in output
        assert "(did you mean `verifier`?)" in output

    def test_with_faults_is_not_published(self, run: Run, tmp_path: Path) -> None:
        settle(run)
        file = tmp_path / "siup.yaml"
        file.write_text(text_of("siup").replace("documents_complete", "documents_complet"))

        run(
            "sop", "publish", str(file), "--office", "kota-contoh", "--drafted-by", "budi", "--by",
            "rahayu", code=1,
        )  # fmt: skip

        assert len(run("sop", "list", "--office", "kota-contoh").output.splitlines()) == 1

    @pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"sop: [", b"a: *b"])
    def test_that_cannot_be_read_is_refused_without_a_trace(
        self, run: Run, tmp_path: Path, content: bytes
    ) -> None:
        file = tmp_path / "x.yaml"
        file.write_bytes(content)
        assert "Traceback" not in run("sop", "check", str(file), code=1).output

    def test_is_drawn_into_a_file_a_page(self, run: Run, tmp_path: Path) -> None:
        run("sop", "draw", "siup", "--out", str(tmp_path / "siup.svg"))

        pages = sorted(tmp_path.glob("siup*.svg"))
        assert pages
        assert all(page.read_text().startswith("<") for page in pages)

    def test_that_is_nowhere_is_said_with_what_there_is(self, run: Run) -> None:
        assert "siup" in run("sop", "check", "tidak-ada", code=1).output


class TestTheDifferenceOfTwoSops:
    def test_is_told_place_by_place(self, run: Run, tmp_path: Path) -> None:
        settle(run)
        file = tmp_path / "siup.yaml"
        file.write_text(text_of("siup").replace("within: 3 working days", "within: 4 working days"))

        two = run("sop", "diff", "siup", str(file), code=1).output
        one = run("sop", "diff", str(file), "--office", "kota-contoh", code=1).output

        line = "~ limits.service.within: 3 working days → 4 working days"
        assert line in two
        assert line in one
        assert "nothing differs" in run("sop", "diff", "siup", "siup").output
        assert "--office" in run("sop", "diff", "siup", code=2).output


class TestTheBank:
    def test_gets_its_first_administrator_and_no_other_account(self, run: Run) -> None:
        settle(run)
        bank = ("user", "create", "--office", "kota-contoh", "--organisation", "bank",
                "--make-password", "--name", "Contoh")  # fmt: skip
        refused = run(*bank, "--username", "teller", "--role", "teller", code=1).output
        assert "account.of_the_bank" in refused
        run(*bank, "--username", "bank-admin", "--role", "bank_admin")
        run(*bank, "--username", "lain", "--role", "bank_admin", code=1)
        run("user", "password", "bank-admin", "--office", "kota-contoh", "--make-password")


class TestTheAudit:
    def test_names_the_row_in_which_one_byte_was_changed(
        self, run: Run, fresh_database: Urls, tmp_path: Path
    ) -> None:
        app, owner = (
            connect(fresh_database.app),
            connect(fresh_database.owner, role=OWNER_ROLE),
        )
        house = make_house(make_runtime(app, tmp_path), owner)
        application = house.application("issued")
        number = house.rows("SELECT number FROM dossier")[0].number
        anchors = tmp_path / "jangkar"
        run("audit", "anchor", "--file", str(anchors))
        assert "5 baris utuh" in run("audit", "verify", "--anchor", str(anchors)).output

        house.as_owner(
            "UPDATE application_event SET detail = detail || '{\"x\": 1}'"
            " WHERE application_id = %(id)s AND seq = 4",
            id=application,
        )

        assert f"{number} #4: content" in run("audit", "verify", code=1).output
        one = run("audit", "verify", "--office", house.code, "--application", number, code=1)
        assert f"{number} #4" in one.output
        assert "FAIL  I20" in run("check", "--only", "I20", code=1).output
        house.as_owner("DELETE FROM seal")
        assert "seal #1" in run("audit", "verify", "--anchor", str(anchors), code=1).output
        app.dispose()
        owner.dispose()

    def test_says_which_line_of_anchors_is_none(self, run: Run, tmp_path: Path) -> None:
        file = tmp_path / "jangkar"
        file.write_text("bukan jangkar\n")
        result = run("audit", "verify", "--anchor", str(file), code=1)
        assert f"{file}:1" in result.output

    def test_knows_no_application_that_is_not_there(self, run: Run) -> None:
        settle(run)
        assert "REG-1" in run("audit", "verify", "--application", "REG-1", code=1).output
