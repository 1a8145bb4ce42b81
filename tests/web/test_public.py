"""Pages for everybody: front page, services, permits, health."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from tests.factories import make_runtime
from tests.web.office import office_app, statements
from tests.web.site import served
from workflows.definitions import text_of
from workflows.reading import read_sop
from workflows.usual import usual_way


@pytest.fixture
def client(office) -> FlaskClient:
    return office.test_client()


class NoDatabase:
    """A database that does not answer."""

    @contextmanager
    def begin(self):
        raise OperationalError("SELECT 1", {}, Exception("the secret address is 10.0.0.1"))
        yield

    connect = begin


class TestTheFrontPage:
    def test_names_the_services_by_kind_and_leads_to_their_time_and_cost(self, house, client):
        page = client.get("/").text

        assert 'href="/layanan/siup">Surat Izin Usaha Perdagangan' in page
        assert 'name="cari"' in page
        told = client.get("/layanan").text
        assert "3 hari kerja" in told
        assert "Tidak dipungut biaya" in told

    def test_leads_nowhere_that_is_not_there(self, house, client):
        for path in ("/", "/layanan", "/layanan/siup", "/lacak", "/periksa", "/masuk"):
            for link in re.findall(r'href="(/[^"#?]*)"', client.get(path).text):
                assert client.get(link).status_code in (200, 303), f"{path} leads to {link}"

    def test_before_there_is_an_office_says_what_will_appear(self, runtime):
        page = office_app(runtime).test_client().get("/layanan")

        assert page.status_code == 200
        assert "Belum ada layanan" in page.text

    @pytest.mark.parametrize(
        "path", ["/", "/layanan", "/layanan/siup", "/layanan/siup/sop", "/lacak", "/masuk"]
    )
    def test_and_the_others_cost_at_most_six_statements(self, house, client, path):
        client.get(path)

        with statements(house.runtime.db) as sent:
            client.get(path)

        assert len(sent) <= 6


class TestAService:
    @pytest.mark.parametrize(
        ("asked", "shown", "not_shown"),
        [
            ("", "Surat pernyataan tempat usaha", "Akta pendirian"),
            ("?legal_form=pt", "Akta pendirian dan perubahannya", "koperasi dari dinas"),
            ("?legal_form=cabang", "SIUP perusahaan induk", "Neraca usaha"),
            ("?purpose=replacement", "keterangan kehilangan", "Kartu NPWP"),
            ("?legal_form=tidak-ada", "Surat pernyataan tempat usaha", "Akta pendirian"),
        ],
    )
    def test_lists_the_papers_of_the_chosen_form(self, house, client, asked, shown, not_shown):
        page = client.get(f"/layanan/siup{asked}").text

        assert shown in page
        assert not_shown not in page

    def test_says_time_cost_rules_product_and_where_to_complain(self, house, client):
        page = client.get("/layanan/siup").text

        for said in (
            "3 hari kerja",
            "Tidak dipungut biaya",
            "petugas tidak menerima uang",
            "Permendag 36/M-DAG/PER/9/2007",
            "Surat Izin Usaha Perdagangan",
            "lapor.go.id",
            "Bila lengkap hari ini",
        ):
            assert said in page

    def test_is_drawn_as_the_swimlane(self, house, client):
        page = client.get("/layanan/siup/sop").text

        assert page.count("<svg") >= 1
        assert "Pelaksana" in page

    @pytest.mark.parametrize("path", ["/layanan/imb", "/layanan/imb/sop"])
    def test_that_is_not_offered_is_not_found(self, house, client, path):
        assert client.get(path).status_code == 404

    def test_speaks_english_after_the_switch(self, house, client):
        client.set_cookie("bahasa", "en")

        assert "Trading permit" in client.get("/layanan/siup").text


class TestTheUsualWay:
    @pytest.mark.parametrize(
        ("start", "way"),
        [
            ("intake", ("intake", "verification", "signature", "handover", "issued")),
            (
                "completion",
                ("completion", "intake", "verification", "signature", "handover", "issued"),
            ),
            ("refusal", ("refusal", "refused")),
            ("handover", ("handover", "issued")),
        ],
    )
    def test_follows_the_first_action_of_each_step_to_an_end(self, runtime, start, way):
        sop = read_sop(text_of("siup"), vocabulary=runtime.vocabulary)

        assert usual_way(sop, start) == way


class TestCheckingAPermit:
    @pytest.mark.parametrize("by", ["number", "verify_code"])
    def test_says_that_it_is_genuine_and_masks_the_holder(self, house, client, by):
        house.application("handover")
        wanted = getattr(house.rows("SELECT number, verify_code FROM permit")[0], by)

        for answer in (
            client.get("/periksa", query_string={"number": wanted}),
            client.get(f"/periksa/{wanted}"),
        ):
            assert answer.status_code == 200
            assert "Asli dan berlaku" in answer.text
            assert "Contoh Pemohon" not in answer.text

    def test_that_was_never_issued_is_said_not_to_be_ours(self, house, client):
        answer = client.get("/periksa?number=503/9999/SIUP/X/2020")

        assert answer.status_code == 404
        assert "Kami tidak menerbitkan izin dengan nomor itu." in answer.text

    @pytest.mark.parametrize("path", ["/periksa?number=", "/periksa/%00", f"/periksa/{'x' * 101}"])
    def test_without_a_number_that_can_be_used_asks_for_one(self, client, path):
        assert client.get(path).status_code == 422


class TestHealth:
    def test_of_the_process_and_of_the_database(self, office):
        client = office.test_client()

        assert client.get("/healthz").get_json() == {"status": "ok"}
        assert client.get("/readyz").get_json() == {"status": "ok", "database": "ok"}

    def test_without_a_database_the_process_lives_and_is_not_ready(self, tmp_path):
        client = office_app(replace(make_runtime(NoDatabase(), tmp_path))).test_client()  # type: ignore[arg-type]

        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503

    @pytest.mark.parametrize("path", ["/", "/layanan", "/lacak/REG-1?k=A", "/periksa/REG-1"])
    def test_without_a_database_a_page_says_so_and_nothing_more(self, tmp_path, path):
        app = office_app(make_runtime(NoDatabase(), tmp_path))  # type: ignore[arg-type]

        answer = app.test_client().get(path)

        assert answer.status_code == 503
        assert "Layanan sedang tidak tersedia" in answer.text
        assert "10.0.0.1" not in answer.text
        assert answer.headers["Retry-After"] == "30"

    def test_is_counted_without_addresses_or_numbers(self, house, client):
        client.get("/periksa/REG-RAHASIA")

        text = client.get("/metrics").text

        assert "satupintu_sweep_age_seconds" in text
        assert "satupintu_letters_waiting" in text
        assert 'endpoint="permits.scan",method="GET",status="404"' in text
        assert "RAHASIA" not in text


@pytest.mark.journey
class TestInABrowser:
    @pytest.mark.parametrize(
        "path",
        ["/", "/layanan", "/layanan/siup", "/layanan/siup/sop", "/lacak", "/periksa", "/masuk"],
    )
    def test_everybody_can_use_the_page_on_a_phone(self, real_house, phone_page, path):
        with served(office_app(real_house.runtime)) as address:
            phone_page.goto(address + path)

            found = Axe().run(phone_page).response["violations"]
            assert [one["id"] for one in found] == []
            assert phone_page.locator("h1").count() == 1
            width = phone_page.evaluate("document.documentElement.scrollWidth")
            assert width <= 390
