"""`/hitung` and `/hitung.json`: the same answer as the command, for everybody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from flask.testing import FlaskClient

from licensing.database import OWNER_ROLE, connect
from licensing.secrecy import Keyring
from tests.bed import Server, Urls
from tests.factories import House, make_house, make_runtime
from tests.web.office import office_app, statements
from tests.web.site import served
from tests.web.test_scheduler import settings_for
from web.cli.deadline import deadline

ASKED = "service=siup&date=2026-03-17&time=10.00"
PAGES = (
    "/hitung",
    f"/hitung?{ASKED}",
    f"/hitung?{ASKED}&amount=30",
    "/hitung?service=&amount=6&unit=hours&date=2026-03-17&time=15.30",
    f"/hitung/cetak?{ASKED}",
)


@pytest.fixture(scope="module")
def urls(database_server: Server) -> Iterator[Urls]:
    with database_server.database() as made:
        yield made


@pytest.fixture(scope="module")
def offering(urls: Urls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An office that really stands, so that the command finds it too."""
    app = connect(urls.app, pool_size=4)
    owner = connect(urls.owner, role=OWNER_ROLE, pool_size=1)
    keyring = Keyring("k1", {"k1": bytes(32)}, finders={"k1": bytes(32)})
    runtime = make_runtime(app, tmp_path_factory.mktemp("hitung"), keyring)
    yield make_house(runtime, owner, code="contoh")
    app.dispose()
    owner.dispose()


@pytest.fixture
def client(offering: House) -> FlaskClient:
    app = office_app(offering.runtime)
    app.config["RATELIMIT_ENABLED"] = True
    return app.test_client()


@pytest.fixture(autouse=True)
def _uncounted(offering: House) -> None:
    """Let no test use up what another may ask in this minute."""
    offering.as_owner("DELETE FROM rate_count")


def days_on(page: str) -> list[str]:
    listed = re.search(r'<ol class="sp-hitung-hari".*?</ol>', page, re.DOTALL)
    assert listed is not None
    return [
        unescape(re.sub(r"<[^>]+>", "", line)) for line in re.findall(r"<li.*?</li>", listed[0])
    ]


class TestThePage:
    def test_asks_first_with_today_filled_in(self, client: FlaskClient) -> None:
        page = client.get("/hitung").text

        assert re.search(r'name="date" type="date" value="\d{4}-\d\d-\d\d"', page)
        assert "Selesai paling lambat" not in page

    def test_says_the_date_in_one_sentence_and_the_reason_of_each_day(
        self, client: FlaskClient
    ) -> None:
        page = client.get(f"/hitung?{ASKED}").text

        assert "Selesai paling lambat <b>Jumat, 27 Maret 2026, 16.30 WIB</b>." in page
        days = days_on(page)
        assert len(days) == 11
        assert "Hari penerimaan, tidak dihitung" in days[0]
        assert "Cuti bersama: Hari Suci Nyepi" in days[1]
        assert "Libur nasional: Hari Suci Nyepi" in days[2]
        assert "Hari kerja, dihitung sebagai hari ke-3" in days[-1]
        assert "Batas waktu" in days[-1]
        assert 'href="/hitung/cetak?service=siup&amp;date=2026-03-17&amp;time=10.00"' in page

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("service=siup&date=2026-07-06&time=16:01", "Kamis, 9 Juli 2026"),
            ("service=siup&amount=1&date=2026-07-04", "Selasa, 7 Juli 2026"),
            ("amount=4&unit=hours&date=2026-07-10&time=14.30", "Senin, 13 Juli 2026, 09.30 WIB"),
            ("within=5+working+days&received=2026-05-26", "Jumat, 5 Juni 2026"),
        ],
    )
    def test_takes_a_time_of_ones_own(self, client: FlaskClient, query: str, said: str) -> None:
        page = client.get(f"/hitung?{query}").text

        assert (said in page) is ("16:01" not in query)
        if "16:01" in query:
            assert "Jumat, 10 Juli 2026" in page
            assert "sesudah jam tutup" in page

    @pytest.mark.parametrize(
        ("query", "field", "kept"),
        [
            ("service=&amount=&date=2026-03-17&time=09.30", "service", 'value="09:30"'),
            ("service=lain&date=2026-03-17", "service", 'value="2026-03-17"'),
            ("service=siup&date=2026-02-30", "date", 'type="text" value="2026-02-30"'),
            ("service=siup&date=1800-01-01", "date", 'value="1800-01-01"'),
            ("service=siup&date=0001-01-01&time=00:00", "date", 'value="0001-01-01"'),
            ("service=siup&date=&time=10.00", "date", 'value="10:00"'),
            ("service=siup&date=2026-03-17&time=25.00", "time", 'type="text" value="25:00"'),
            ("service=&amount=367&date=2026-03-17", "amount", 'value="367"'),
            ("service=&amount=-1&date=2026-03-17", "amount", 'value="-1"'),
            ("service=&amount=tiga&date=2026-03-17", "amount", 'value="tiga"'),
            ("service=&amount=" + "9" * 5000 + "&date=2026-03-17", "amount", "9999"),
            ("service=siup&received=kemarin", "date", "Tulis tanggal"),
            ("within=999+days", "amount", "1 sampai 366"),
            ("service=siup&date=%002026", "date", "rusak"),
            ("service=siup&unit=weeks&date=2026-03-17", "unit", "Pilih dari daftar"),
        ],
    )
    def test_keeps_what_was_typed_and_says_what_is_wrong_with_it(
        self, client: FlaskClient, query: str, field: str, kept: str
    ) -> None:
        answer = client.get(f"/hitung?{query}")

        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.text
        assert f'id="f-{field}"' in answer.text
        assert kept in answer.text
        assert "Selesai paling lambat <b>" not in answer.text

    def test_writes_back_as_text(self, client: FlaskClient) -> None:
        page = client.get("/hitung", query_string={"service": "siup", "date": '"><script>x'}).text

        assert "<script>x" not in page

    def test_without_an_office_says_that_there_is_no_calendar(self, runtime) -> None:
        empty = office_app(runtime).test_client()

        assert "Kalender kantor belum ada" in empty.get("/hitung").text
        assert empty.get("/hitung.json?amount=3").status_code == 404
        assert empty.get(f"/hitung/cetak?{ASKED}").status_code == 404

    def test_stands_in_the_navigation(self, client: FlaskClient) -> None:
        assert 'href="/hitung" aria-current="page"' in client.get("/hitung").text

    @pytest.mark.parametrize("path", PAGES)
    def test_speaks_english_after_the_switch(self, client: FlaskClient, path: str) -> None:
        client.set_cookie("bahasa", "en")

        assert '<html lang="en"' in client.get(path).text


class TestTheSameAnswer:
    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("service=siup&received=2026-03-17T10:00", ("--service", "siup", "2026-03-17T10:00")),
            (
                "service=siup&received=2026-03-17T23:30:00%2B09:00",
                ("--service", "siup", "2026-03-17T23:30:00+09:00"),
            ),
            ("within=7+days&received=2026-12-22", ("--within", "7 days", "2026-12-22")),
            (
                "within=4+hours&received=2026-07-10T14:30",
                ("--within", "4 hours", "2026-07-10T14:30"),
            ),
            ("service=siup&received=2027-12-31", ("--service", "siup", "2027-12-31")),
        ],
    )
    def test_by_page_by_machine_and_by_command(
        self, client: FlaskClient, urls: Urls, tmp_path: Path, query: str, words: tuple[str, ...]
    ) -> None:
        machine = client.get(f"/hitung.json?{query}")
        environment = settings_for(urls, tmp_path).to_environment()
        said = CliRunner(env=environment).invoke(
            deadline, ("--office", "contoh", *words[:2], "--received", words[2], "--json")
        )
        page = unescape(client.get(f"/hitung?{query}").text)

        assert machine.status_code == 200
        assert said.exit_code == 0, said.output
        assert json.loads(said.stdout) == machine.json
        assert re.sub(r"</?b>", "", page).count(machine.json["sentence"]) == 1
        for day, line in zip(machine.json["days"], days_on(page), strict=True):
            assert day["reason"] in line
        for warning in machine.json["warnings"]:
            assert warning["message"] in page

    def test_has_these_fields(self, client: FlaskClient) -> None:
        answer = client.get("/hitung.json?service=siup&received=2026-03-17T10:00").json

        assert set(answer) == {
            "office", "zone", "service", "within", "source", "received_at", "late_receipt",
            "counted_on", "due_at", "due_on", "sentence", "days", "calendar", "warnings",
        }  # fmt: skip
        assert answer["within"] == {"amount": 3, "unit": "working days"}
        assert answer["due_at"] == "2026-03-27T16:30:00+07:00"
        assert answer["days"][2]["holiday"] == "national"
        assert set(answer["days"][0]) == {
            "on", "kind", "ordinal", "minutes", "name", "holiday", "reason",
        }  # fmt: skip

    def test_takes_an_office_by_its_code(self, client: FlaskClient) -> None:
        answer = client.get("/hitung.json?office=contoh&within=3&received=2026-03-17").json

        assert answer["office"] == "contoh"
        assert client.get("/hitung.json?office=lain&within=3").status_code == 404

    @pytest.mark.parametrize(
        ("query", "field", "code"),
        [
            ("", "service", "time_needed"),
            ("service=lain", "service", "unknown_choice"),
            ("within=soon", "within", "within"),
            ("within=999", "within", "amount_range"),
            ("service=siup&received=2026-13-01", "received", "received"),
            ("service=siup&received=3000-01-01", "received", "outside_calendar"),
        ],
    )
    def test_says_what_is_wrong_by_field(
        self, client: FlaskClient, query: str, field: str, code: str
    ) -> None:
        answer = client.get(f"/hitung.json?{query}")

        assert answer.status_code == 422
        assert answer.json["errors"][field]["code"] == code
        assert answer.json["errors"][field]["message"]

    def test_may_be_asked_sixty_times_a_minute(self, client: FlaskClient) -> None:
        answers = [client.get("/hitung.json?within=3") for _ in range(61)]

        assert [one.status_code for one in answers] == [200] * 60 + [429]
        refused = answers[-1]
        assert refused.mimetype == "application/problem+json"
        assert (refused.json["status"], refused.headers["Retry-After"]) == (429, "60")
        assert "Tunggu satu menit" in refused.json["detail"]
        assert client.get("/hitung?amount=3").mimetype == "text/html"


class TestEveryPage:
    @pytest.mark.parametrize("path", [*PAGES, f"/hitung.json?{ASKED}"])
    def test_costs_at_most_six_statements(
        self, offering: House, client: FlaskClient, path: str
    ) -> None:
        client.get(path)
        with statements(offering.runtime.db) as sent:
            assert client.get(path).status_code == 200
        assert 0 < len(sent) <= 6, sent


@pytest.mark.journey
class TestInABrowser:
    @pytest.mark.parametrize("path", PAGES)
    def test_everybody_can_use_the_page(self, offering: House, page, phone_page, path) -> None:
        with served(office_app(offering.runtime)) as address:
            for shown, width in ((page, 1366), (phone_page, 390)):
                shown.goto(address + path)

                found = Axe().run(shown).response["violations"]
                assert [one["id"] for one in found] == []
                assert shown.locator("h1").count() == 1
                assert shown.evaluate("document.documentElement.scrollWidth") <= width

    def test_a_date_is_found_without_a_script(self, offering: House, browser) -> None:
        context = browser.new_context(java_script_enabled=False)
        with served(office_app(offering.runtime)) as address:
            page = context.new_page()
            page.goto(f"{address}/hitung")
            page.get_by_label("Layanan", exact=False).select_option("siup")
            page.get_by_label("Tanggal diterima").fill("2026-03-17")
            page.get_by_label("Jam diterima", exact=False).fill("10:00")
            page.get_by_role("button", name="Hitung").click()

            assert page.get_by_text("Jumat, 27 Maret 2026, 16.30 WIB").is_visible()
        context.close()

    def test_the_sheet_prints_on_one_page_of_a4(self, offering: House, page) -> None:
        with served(office_app(offering.runtime)) as address:
            page.goto(f"{address}/hitung/cetak?{ASKED}")
            printed = page.pdf(prefer_css_page_size=True)

        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
