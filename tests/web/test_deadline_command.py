"""`satupintu deadline`: one date, a list of dates, and one file explained."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from licensing.database import OWNER_ROLE, connect
from licensing.secrecy import Keyring
from tests.bed import Urls
from tests.factories import House, make_house, make_runtime
from tests.web.test_scheduler import settings_for
from web.cli.deadline import deadline

VECTORS = Path(__file__).parents[2] / "../shared/data/libur/hari_kerja_vektor.csv"
MONDAY = datetime.fromisoformat("2026-07-06T10:00:00+07:00")
ASKED = ("--office", "contoh", "--service", "siup", "--received", "2026-11-20T10:00")


@pytest.fixture
def office(fresh_database: Urls, tmp_path: Path) -> Iterator[House]:
    app = connect(fresh_database.app)
    owner = connect(fresh_database.owner, role=OWNER_ROLE, pool_size=2)
    keyring = Keyring("k1", {"k1": bytes(32)}, finders={"k1": bytes(32)})
    made = make_house(make_runtime(app, tmp_path, keyring), owner, code="contoh", simulated=True)
    yield made
    app.dispose()
    owner.dispose()


@pytest.fixture
def run(office: House, fresh_database: Urls, tmp_path: Path) -> Callable[..., Result]:
    environment = settings_for(fresh_database, tmp_path).to_environment()
    return lambda *words: CliRunner(env=environment).invoke(deadline, words)


def batch(text: str, folder: Path, *words: str) -> Result:
    """Run `--batch` on a file with this text, with no database in the environment."""
    file = folder / "dates.csv"
    file.write_text(text, encoding="utf-8")
    return CliRunner(env={"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}).invoke(
        deadline, ("--batch", str(file), *words)
    )


class TestOneDate:
    def test_says_when_and_why_day_by_day(self, run: Callable[..., Result]) -> None:
        said = run(*ASKED)

        assert said.exit_code == 0, said.output
        assert "Selesai paling lambat Rabu, 25 November 2026, 16.00 WIB." in said.stdout
        for day in ("Jum, 20 Nov 2026", "Akhir pekan", "Hari kerja, dihitung sebagai hari ke-3"):
            assert day in said.stdout

    def test_takes_a_time_of_ones_own_before_the_standard(self, run: Callable[..., Result]) -> None:
        days = json.loads(run(*ASKED, "--within", "5 hari kerja", "--json").stdout)
        hours = json.loads(run(*ASKED, "--within", "4 working hours", "--json").stdout)

        assert days["due_on"] == "2026-11-27"
        assert days["source"] == ""
        assert hours["due_at"] == "2026-11-20T14:00:00+07:00"

    def test_reads_an_offset_and_otherwise_the_offices_zone(
        self, run: Callable[..., Result]
    ) -> None:
        zulu = json.loads(run(*ASKED[:-1], "2026-11-20T09:01:00Z", "--json").stdout)
        late = json.loads(run(*ASKED[:-1], "2026-11-20T16:31", "--json").stdout)

        assert zulu["received_at"] == "2026-11-20T16:01:00+07:00"
        assert (zulu["counted_on"], late["counted_on"]) == ("2026-11-20", "2026-11-23")

    def test_warns_where_the_holidays_are_not_known(self, run: Callable[..., Result]) -> None:
        last = json.loads(run(*ASKED, "--json").stdout)["calendar"]["known_until"]
        said = run(*ASKED[:-1], last)

        assert said.exit_code == 0
        assert "Hari libur baru diketahui sampai" in said.stderr
        assert "past_coverage" in run(*ASKED[:-1], last, "--json").stdout

    @pytest.mark.parametrize(
        ("words", "complaint"),
        [
            ((), "--office and --received are needed"),
            (ASKED[:2] + ASKED[4:], "--service or --within is needed"),
            ((*ASKED[:-1], "besok"), "is no date and no time"),
            ((*ASKED[:-1], "1900-01-02"), "Kalender kantor tidak sampai"),
            ((*ASKED[:-1], "0001-01-01"), "Kalender kantor tidak sampai"),
            ((*ASKED[:-1], "9999-12-31"), "Kalender kantor tidak sampai"),
            ((*ASKED, "--within", "segera"), "write `3 working days`"),
            ((*ASKED, "--within", "0 working days"), "write `3 working days`"),
            ((*ASKED, "--within", "367 working days"), "1 sampai 366"),
            (("--office", "lain", *ASKED[2:]), "tidak ditemukan / not found: office lain"),
            ((*ASKED[:3], "imbx", *ASKED[4:]), "no service 'imbx'; ada / there are: siup"),
            (("--office", "contoh", "explain", "REG-1"), "put --office after explain"),
        ],
    )
    def test_a_wrong_call_says_what_is_wrong(
        self, run: Callable[..., Result], words: tuple[str, ...], complaint: str
    ) -> None:
        said = run(*words)

        assert said.exit_code in (1, 2)
        assert complaint in said.output
        assert "Traceback" not in said.output


class TestAList:
    @pytest.mark.skipif(
        not VECTORS.is_file(), reason="the vectors (../shared/data/libur) are not on this machine"
    )
    @pytest.mark.parametrize(
        ("calendar", "column"),
        [
            ("national+joint", "jatuh_tempo_libur_nasional_dan_cuti_bersama"),
            ("national", "jatuh_tempo_libur_nasional_saja"),
            ("weekdays", "jatuh_tempo_senin_jumat_saja"),
        ],
    )
    def test_gives_the_two_hundred_vectors(
        self, tmp_path: Path, calendar: str, column: str
    ) -> None:
        text = VECTORS.read_text(encoding="utf-8")
        said = batch(
            text, tmp_path, "--calendar", calendar, "--columns", "mulai,hari_kerja",
            "--late-receipt", "same-date", "--out", str(tmp_path / "due.csv"),
        )  # fmt: skip

        assert said.exit_code == 0, said.output
        with (tmp_path / "due.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert [row["due"] for row in rows] == [row[column] for row in rows]
        assert len(rows) == 200

    def test_keeps_every_column_and_the_order(self, tmp_path: Path) -> None:
        said = batch(
            'note;received;within\n"a; b";2026-03-17;3\nc;2026-03-17 10:00;4 working hours\n',
            tmp_path, "--calendar", "national+joint",
        )  # fmt: skip

        assert said.exit_code == 0, said.output
        assert said.stdout == (
            'note;received;within;due\n"a; b";2026-03-17;3;2026-03-27\n'
            "c;2026-03-17 10:00;4 working hours;2026-03-17T14:00:00+07:00\n"
        )

    @pytest.mark.parametrize(
        ("late", "due"), [("same-date", "2026-07-08"), ("next-working-day", "2026-07-09")]
    )
    def test_a_receipt_on_a_saturday(self, tmp_path: Path, late: str, due: str) -> None:
        text = "received,within\n2026-07-04,3\n"
        said = batch(text, tmp_path, "--calendar", "weekdays", "--late-receipt", late)

        assert next(csv.DictReader(io.StringIO(said.stdout)))["due"] == due

    @pytest.mark.parametrize(
        ("received", "within", "due"),
        [
            # As sheets and people write it; the time is the office's unless it says otherwise.
            ("17/03/2026", "3", "2026-03-27"),
            ("17.03.2026", "3.0", "2026-03-27"),
            ("2026/03/17", "03", "2026-03-27"),
            ("20260317", " 3 ", "2026-03-27"),
            ("17/03/2026 16.00", "3", "2026-03-27"),
            ("17-03-2026 16:01", "3 hari kerja", "2026-03-30"),
            ("2026-03-17T16:00:00.999", "3", "2026-03-30"),
            ("2026-03-17T09:00Z", "3", "2026-03-27"),
            ("2026-03-17t09:01z", "3", "2026-03-30"),
            ("2026-03-17 17:00 WITA", "3", "2026-03-27"),
            ("2026-03-17T23:30+09:00", "3", "2026-03-30"),
            ("2026-03-17T00:00-05:00", "3", "2026-03-27"),
            # Friday closes at its own hour; a leap day is a day.
            ("2026-03-27T16:30", "1", "2026-03-30"),
            ("2026-03-27T16:31", "1", "2026-03-31"),
            ("2024-02-29", "1", "2024-03-01"),
            ("2028-02-29T10:00", "1", "2028-03-01"),
            # Received on a holiday, on joint leave, on the last day of the year.
            ("2026-08-17", "1", "2026-08-19"),
            ("2026-03-20T10:00", "1", "2026-03-26"),
            ("2026-12-31", "1", "2027-01-04"),
            ("2026-03-17", "366", "2027-09-29"),
            ("2026-03-17T15:00", "4 jam kerja", "2026-03-25T10:30:00+07:00"),
        ],
    )
    def test_reads_what_people_write(
        self, tmp_path: Path, received: str, within: str, due: str
    ) -> None:
        said = batch(
            f"received,within\n{received},{within}\n", tmp_path, "--calendar", "national+joint"
        )

        assert said.exit_code == 0, said.output
        assert next(csv.DictReader(io.StringIO(said.stdout)))["due"] == due

    @pytest.mark.parametrize(
        ("received", "within"),
        [
            ("2023-02-29", "1"), ("3/17/2026", "3"), ("46098", "3"), ("", "3"), ("17 Maret", "3"),
            ("2026-03-17T24:00", "3"), ("2026-03-17T10:61", "3"), ("2026-03-17T10:00+25:00", "3"),
            ("2150-01-01", "3"), ("9999-12-31", "3"), ("2026-03-17T10:00X", "3"),
            ("2026-03-17", ""), ("2026-03-17", "0"), ("2026-03-17", "-1"), ("2026-03-17", "3.5"),
            ("2026-03-17", "1.000"), ("2026-03-17", "99999"), ("2026-03-17", "3 hari kalender"),
            ("2026-03-17", "³"), ("2026-03-17", "0 hours"),
        ],
    )  # fmt: skip
    def test_does_not_guess(self, tmp_path: Path, received: str, within: str) -> None:
        said = batch(
            f"received,within\n{received},{within}\n", tmp_path, "--calendar", "national+joint"
        )

        assert said.exit_code == 1
        assert "baris / line 2: " in said.stderr
        assert "Traceback" not in said.output
        assert next(csv.DictReader(io.StringIO(said.stdout)))["due"] == ""

    def test_takes_the_zone_and_the_columns_as_people_write_them(self, tmp_path: Path) -> None:
        text = "\ufeffDiterima;Hari\n2026-03-17T10:00Z;3\n"
        words = ("--calendar", "national+joint", "--columns", "diterima,hari")

        west, east = (batch(text, tmp_path, *words, "--zone", zone) for zone in ("WIB", "wit"))

        assert west.stdout.splitlines() == ["Diterima;Hari;due", "2026-03-17T10:00Z;3;2026-03-30"]
        # 17:00 and 19:00: both offices had closed.
        assert east.stdout == west.stdout
        assert batch(text, tmp_path, *words[:2], "--columns", "hari,hari").exit_code == 2

    def test_names_every_bad_row_with_its_line_and_writes_the_good_ones(
        self, tmp_path: Path
    ) -> None:
        said = batch(
            'received,within,note\n2026-03-17,3,"two\nlines"\nbesok,3,x\n2026-02-30,3,x\n'
            "2026-03-17,0,x\n2026-03-17,banyak,x\n2026-03-17\n0001-01-01,3,x\n2026-03-17,7,x\n",
            tmp_path, "--calendar", "national+joint",
        )  # fmt: skip

        assert said.exit_code == 1
        for line in ("line 4: 'besok'", "line 5: '2026-02-30'", "line 6: '0'", "line 7: 'banyak'"):
            assert line in said.stderr
        assert "line 8: 1 kolom" in said.stderr
        assert "line 9: " in said.stderr
        assert "6 baris tidak terbaca" in said.stderr
        found = [row["due"] for row in csv.DictReader(io.StringIO(said.stdout))]
        assert found == ["2026-03-27", "", "", "", "", "", "", "2026-04-02"]

    def test_warns_of_dates_past_the_decrees(self, tmp_path: Path) -> None:
        text = "received,within\n2090-03-17,3\n"

        assert (
            "outside the known calendar" in batch(text, tmp_path, "--calendar", "national").stderr
        )
        assert "outside" not in batch(text, tmp_path, "--calendar", "weekdays").stderr

    @pytest.mark.parametrize(
        ("text", "words", "complaint"),
        [
            ("a,b\n1,2\n", ("--calendar", "weekdays"), "no column received, within"),
            ("", ("--calendar", "weekdays"), "no column received, within"),
            ("received,within\n", (), "--batch needs --calendar"),
            ("received,within\n", ("--calendar", "weekdays", "--zone", "Mars/X"), "zone"),
            ("received,within\n", ("--calendar", "weekdays", "--columns", "x"), "two columns"),
        ],
    )
    def test_a_wrong_file_or_call_says_what_is_wrong(
        self, tmp_path: Path, text: str, words: tuple[str, ...], complaint: str
    ) -> None:
        said = batch(text, tmp_path, *words)

        assert said.exit_code in (1, 2)
        assert complaint in said.output

    def test_that_is_no_text_leaves_the_old_result_alone(self, tmp_path: Path) -> None:
        (tmp_path / "due.csv").write_text("old", encoding="utf-8")
        (tmp_path / "bad.csv").write_bytes(b"received,within\n\xff\xfe,3\n")
        words = ("--batch", str(tmp_path / "bad.csv"), "--calendar", "weekdays")
        said = CliRunner().invoke(deadline, (*words, "--out", str(tmp_path / "due.csv")))

        assert said.exit_code == 1
        assert "UTF-8" in said.output
        assert (tmp_path / "due.csv").read_text(encoding="utf-8") == "old"
        assert not (tmp_path / "due.csv.part").exists()


class TestOneFile:
    def number(self, office: House) -> str:
        found = office.application("verification", at=MONDAY)
        rows = office.rows("SELECT number FROM dossier WHERE application_id = %(id)s", id=found)
        return str(rows[0].number)

    def test_is_told_day_by_day_and_limit_by_limit(
        self, office: House, run: Callable[..., Result]
    ) -> None:
        number = self.number(office)
        said = run("explain", number.lower(), "--office", "contoh")

        assert said.exit_code == 0, said.output
        assert number in said.stdout
        assert "Sen, 6 Jul 2026" in said.stdout
        assert "Standar pelayanan: 3 hari kerja" in said.stdout
        assert "Mulai Sen 6 Jul, 10.00; Sen 6 Jul tidak dihitung." in said.stdout

    def test_gives_machines_the_days_each_limit_counted(
        self, office: House, run: Callable[..., Result]
    ) -> None:
        words = ("explain", self.number(office), "--json", "--at", "2026-07-08T12:00:00+07:00")
        told = json.loads(run(*words).stdout)
        limits = {limit["key"]: limit for limit in told["limits"]}

        service = limits["service"]
        assert service["due_at"] == "2026-07-09T16:00:00+07:00"
        assert service["counted"] == ["2026-07-07", "2026-07-08"]
        assert service["ahead"] == ["2026-07-09"]
        assert (service["status"], service["left"]) == ("running", 1)
        assert limits["filing"]["status"] == "met"
        assert [day["on"] for day in told["days"]] == ["2026-07-06", *service["counted"]]

    def test_says_of_a_broken_limit_by_how_much(
        self, office: House, run: Callable[..., Result]
    ) -> None:
        words = ("explain", self.number(office), "--at", "2026-07-14T12:00:00+07:00")
        said = run(*words).stdout

        assert "Dihitung: Sel 7 Jul, Rab 8 Jul, Kam 9 Jul." in said
        assert "Sesudah itu lewat 3 hari kerja." in said
        assert "Jatuh tempo Kam 9 Jul, 16.00 dan sudah lewat." in said

    def test_before_it_was_received_has_nothing_to_tell(
        self, office: House, run: Callable[..., Result]
    ) -> None:
        said = run("explain", self.number(office), "--at", "2026-07-01T12:00:00+07:00")

        assert said.exit_code == 1
        assert "holds nothing up to" in said.output

    def test_of_no_office_is_not_found(self, run: Callable[..., Result]) -> None:
        said = run("explain", "REG-20260101-99999")

        assert said.exit_code == 1
        assert "tidak ditemukan / not found: application REG-20260101-99999" in said.output
