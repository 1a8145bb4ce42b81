"""`/layanan`: the list, the search that forgives spelling, and what each page costs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient

from licensing.queries.service_search import MOST_WORDS, search, words_in
from licensing.queries.services import Service, catalogue
from licensing.services.service_state import set_service_state
from licensing.vocabulary import VOCABULARY
from tests.bed import Server
from tests.factories import House
from tests.web.catalogue_office import catalogue_house
from tests.web.office import office_app, statements
from tests.web.site import bare_app, served
from web.service_words import warnings_of
from workflows.definitions import names, shipped, text_of
from workflows.reading import read_sop
from workflows.sop import Rung, Within

PAGES = (
    "/layanan",
    "/layanan?cari=sipp+perawt",
    "/layanan?cari=zzzqqq",
    "/layanan/imb",
    "/layanan/sip-perawat",
    "/layanan/imb/standar",
    "/layanan/sip-perawat/standar",
    "/layanan/imb/sop",
    "/layanan/maklumat",
    "/layanan/tarif",
)


@pytest.fixture(scope="module")
def offering(database_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An office that offers every service."""
    with catalogue_house(database_server, tmp_path_factory.mktemp("layanan")) as house:
        yield house


@pytest.fixture
def client(offering: House) -> FlaskClient:
    return office_app(offering.runtime).test_client()


@pytest.fixture(scope="module")
def services() -> list[Service]:
    """Every service that comes with the product, as an office offers it."""
    return [
        Service(
            uuid4(),
            read_sop(text_of(name), vocabulary=VOCABULARY, base=shipped),
            1,
            datetime(2026, 11, 2, tzinfo=UTC),
        )
        for name in names()
    ]


def listed(page: str) -> list[str]:
    """Return the names of the services in the rows of a list."""
    return re.findall(r'<a href="/layanan/([a-z0-9-]+)"><span><b>', page)


class TestTheSearch:
    @pytest.mark.parametrize(
        ("question", "first"),
        [
            ("imb", "imb"),
            ("IMB", "imb"),
            ("bangunan", "imb"),
            ("bangunannya", "imb"),
            ("bngunan", "imb"),
            ("mau bangun rumah", "imb"),
            ("building permit", "imb"),
            ("sipp", "sip-perawat"),
            ("sipp perawt", "sip-perawat"),
            ("praktek perawat", "sip-perawat"),
            ("nurse", "sip-perawat"),
            ("nurs practise", "sip-perawat"),
            ("dokter gigi", "sip-dokter-gigi"),
            ("doktr gigi", "sip-dokter-gigi"),
            ("dentist", "sip-dokter-gigi"),
            ("bidan", "sip-bidan"),
            ("bdan", "sip-bidan"),
            ("apotker", "sip-apoteker"),
            ("siup", "siup"),
            ("dagang", "siup"),
            ("peneliti", "penelitian"),
            ("peneltian", "penelitian"),
            ("tebang pohon", "tebang-pohon"),
        ],
    )
    def test_finds_first_what_was_meant(self, services, question, first):
        found = search(services, question)

        assert found.services, f"nothing for {question!r}"
        assert found.services[0].sop.name == first

    @pytest.mark.parametrize("question", ["zzzqqq", "!!!", "日本"])
    def test_does_not_guess_where_nothing_is_near(self, services, question):
        found = search(services, question)

        assert found.services in ((), services)
        assert found.meant is None

    @pytest.mark.parametrize(
        ("question", "meant"),
        [("sipp perawt", "sipp perawat"), ("doktr gigi", "dokter gigi"), ("perawat", None)],
    )
    def test_says_what_it_took_a_misspelt_question_for(self, services, question, meant):
        assert search(services, question).meant == meant

    def test_reads_only_so_many_words(self, services):
        many = " ".join(["perawt"] * (MOST_WORDS * 50))

        assert search(services, many).services[0].sop.name == "sip-perawat"
        assert len(words_in("a" * 1000)[0]) <= 40

    def test_finds_every_service_by_its_own_name_and_title(self, services):
        for service in services:
            for question in (service.sop.name.replace("-", " "), service.sop.title["id"]):
                found = [one.sop.name for one in search(services, question).services]
                assert found[0] == service.sop.name, question


class TestTheList:
    def test_has_every_service_once_under_its_category(self, client, services):
        page = client.get("/layanan").text

        assert sorted(listed(page)) == sorted(names())
        for category in {one.sop.category["id"] for one in services if one.sop.category}:
            assert f"<h2>{category[:1].upper()}{category[1:]}<span" in page

    def test_leaves_out_what_the_office_has_closed(self, offering, client):
        admin = offering.people.admin
        set_service_state(offering.runtime, "siup", open_=False, note="Sedang pindah.", by=admin)
        try:
            found = catalogue(offering.runtime, offering.office_id)
            told = client.get("/layanan/siup").text
            listed_now = listed(client.get("/layanan").text)
        finally:
            set_service_state(offering.runtime, "siup", open_=True, note="", by=admin)

        assert [one.sop.name for one in found.closed] == ["siup"]
        assert "siup" not in listed_now
        assert "imb" in listed_now
        assert "Sedang pindah." in told

    def test_shows_only_what_was_found_and_the_way_back(self, client):
        page = client.get("/layanan?cari=dokter+gigi").text

        assert listed(page) == ["sip-dokter-gigi"]
        assert "1 layanan ditemukan" in page
        assert "Anda mungkin mencari" not in page
        assert 'href="/layanan">Lihat semua layanan' in page

    def test_says_what_may_have_been_meant(self, client):
        page = client.get("/layanan?cari=sipp+perawt").text

        assert "Anda mungkin mencari <b>sipp perawat</b>" in page
        assert 'value="sipp perawt"' in page

    def test_that_finds_nothing_says_how_to_ask_and_shows_everything(self, client):
        page = client.get("/layanan?cari=zzzqqq").text

        assert "Tidak ada layanan dengan kata itu" in page
        assert sorted(listed(page)) == sorted(names())

    @pytest.mark.parametrize("query", ["cari=" + "x" * 101, "cari=%00imb"])
    def test_refuses_a_question_that_cannot_be_used_and_shows_everything(self, client, query):
        answer = client.get(f"/layanan?{query}")

        assert answer.status_code == 422
        assert 'href="#f-cari"' in answer.text
        assert sorted(listed(answer.text)) == sorted(names())

    def test_writes_a_question_back_as_text(self, client):
        page = client.get("/layanan", query_string={"cari": '"><script>x</script>'}).text

        assert "<script>x" not in page
        assert "&lt;script&gt;x" in page


class TestTheFees:
    def test_say_the_formula_the_indices_and_who_takes_no_money(self, client):
        page = unescape(client.get("/layanan/tarif").text)

        assert "Petugas tidak menerima uang" in page
        assert "luas yang dihitung (L) × indeks terintegrasi (It)" in page
        assert re.search(r"Semi permanen.*?0,70", page, re.DOTALL)
        assert page.count("belum ditetapkan") >= 1, "no price is set in a new office"

    def test_show_the_price_that_the_region_has_set_and_not_one_of_a_later_day(
        self, offering, client
    ):
        insert = (
            "INSERT INTO tariff_price (office_id, tariff, name, since, value_idr, source)"
            " VALUES (%(office)s, 'imb', 'hsbg', current_date + %(days)s, %(value)s,"
            " 'Perda Contoh')"
        )
        for days, value in ((-3, 12500), (30, 99999)):
            with offering.runtime.transaction(offering.office_id) as connection:
                connection.exec_driver_sql(
                    insert, {"office": offering.office_id, "days": days, "value": value}
                )

        page = client.get("/layanan/tarif").text

        assert "Rp12.500<small" in page
        assert "Perda Contoh" in page
        assert "99.999" not in page


class TestThePledge:
    def test_promises_by_the_law_and_leaves_room_to_sign(self, client):
        page = client.get("/layanan/maklumat").text

        for said in ("UU 25/2009 Pasal 22", "UU 14/2008", "siap menerima sanksi", "Nomor:"):
            assert said in page

    def test_before_there_is_an_office_is_not_there(self, runtime):
        empty = office_app(runtime).test_client()

        assert empty.get("/layanan/maklumat").status_code == 404
        assert empty.get("/layanan/tarif").status_code == 200


class TestTheWarnings:
    def test_name_every_rung_of_the_ladder_as_it_is(self) -> None:
        sop = replace(
            read_sop(text_of("siup"), vocabulary=VOCABULARY, base=shipped),
            ladder=(
                Rung("-2h", None, 0, ("holder",), before=Within(2, "working hours")),
                Rung("breach", None, 0, ("supervisor",)),
                Rung("breach+4h", None, 0, ("head",), after_hours=4),
            ),
        )
        with bare_app().test_request_context("/"):
            lines = warnings_of(sop)

        assert lines == [
            "Bila waktu tersisa 2 jam kerja: petugas yang memegang berkas",
            "Saat waktu terlewati: pengawas",
            "4 jam kerja sesudahnya: kepala dinas",
        ]


class TestTheStandard:
    @pytest.mark.parametrize("name", names())
    def test_has_the_fourteen_components_and_every_open_point(self, client, services, name):
        page = unescape(client.get(f"/layanan/{name}/standar").text)
        sop = next(one.sop for one in services if one.sop.name == name)

        assert re.findall(r'class="sp-huruf">(\w)</span>', page) == list("abcdefghijklmn")
        assert f'href="/layanan/{name}/sop"' in page
        for point in sop.to_confirm:
            assert point.why["id"] in page


class TestEveryPage:
    @pytest.mark.parametrize("path", PAGES)
    def test_costs_at_most_six_statements_with_one_for_who_is_signed_in(
        self, offering, client, path
    ):
        client.get(path)
        with statements(offering.runtime.db) as sent:
            assert client.get(path).status_code == 200
        assert 0 < len(sent) <= 5, sent

    @pytest.mark.parametrize("path", PAGES)
    def test_speaks_english_after_the_switch(self, client, path):
        client.set_cookie("bahasa", "en")

        assert '<html lang="en"' in client.get(path).text


@pytest.mark.journey
class TestInABrowser:
    @pytest.mark.parametrize("path", PAGES)
    def test_everybody_can_use_the_page(self, offering, page, phone_page, path):
        with served(office_app(offering.runtime)) as address:
            for shown, width in ((page, 1366), (phone_page, 390)):
                shown.goto(address + path)

                found = Axe().run(shown).response["violations"]
                assert [one["id"] for one in found] == []
                assert shown.locator("h1").count() == 1
                assert shown.evaluate("document.documentElement.scrollWidth") <= width

    def test_a_service_is_found_and_its_papers_chosen_by_keyboard_alone(self, offering, page):
        with served(office_app(offering.runtime)) as address:
            page.goto(f"{address}/layanan")
            page.keyboard.press("/")
            page.keyboard.type("izin bangnan")
            page.keyboard.press("Enter")
            page.wait_for_url("**/layanan?cari=*")
            row = page.get_by_role("link", name="Izin Mendirikan Bangunan")
            row.focus()
            page.keyboard.press("Enter")
            page.wait_for_url("**/layanan/imb")
            choice = page.get_by_role("link", name="3 lantai atau lebih")
            choice.focus()
            page.keyboard.press("Enter")
            page.wait_for_url("**floors=high*")

            assert page.get_by_text("Gambar dan perhitungan struktur").is_visible()
            assert choice.get_attribute("aria-current") == "true"

    def test_the_pledge_prints_on_one_sheet_of_a4(self, offering, page):
        with served(office_app(offering.runtime)) as address:
            page.goto(f"{address}/layanan/maklumat")
            printed = page.pdf(prefer_css_page_size=True)

        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
