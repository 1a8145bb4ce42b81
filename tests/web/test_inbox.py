"""`/kerja`: what lies with a person, most urgent first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from licensing.people import Officer
from tests.factories import House
from tests.web.office import statements

Browser = Callable[[Officer | None], FlaskClient]


def tell(house: House, officer: Officer, count: int = 1) -> None:
    """Write notices to an officer as the sweep would."""
    application = house.application("verification")
    for number in range(count):
        house.as_owner(
            "INSERT INTO notice (id, office_id, application_id, event, audience, officer_id,"
            " channel, locale, params, created_at)"
            " VALUES (gen_random_uuid(), %(office)s, %(id)s, 'alert.80%%', 'holder', %(who)s,"
            " 'app', 'id',"
            " jsonb_build_object('number', 'REG-1', 'subject', 'Toko Contoh', 'key', 'service'),"
            " now() + make_interval(secs => %(number)s))",
            office=house.office_id,
            id=application,
            who=officer.id,
            number=number,
        )


class TestTheList:
    def test_shows_the_files_of_the_lane_with_what_a_decision_needs(
        self, house: House, browser_of: Browser
    ) -> None:
        house.application("verification", business_name="Toko Uji Coba")

        page = browser_of(house.people.verifier).get("/kerja").text

        for said in ("Toko Uji Coba", "SIUP", "Memeriksa kebenaran berkas", "Segera",
                     "belum diambil", "0 dari 3 hari kerja", "Ambil"):  # fmt: skip
            assert said in page

    def test_shows_nothing_of_another_lane(self, house: House, browser_of: Browser) -> None:
        house.application("signature", business_name="Toko Untuk Kepala")

        assert "Toko Untuk Kepala" not in browser_of(house.people.verifier).get("/kerja").text
        assert "Toko Untuk Kepala" in browser_of(house.people.head).get("/kerja").text

    def test_says_what_will_appear_where_there_is_nothing(
        self, house: House, browser_of: Browser
    ) -> None:
        browser = browser_of(house.people.verifier)

        assert "Tidak ada berkas di bagian Anda" in browser.get("/kerja").text
        assert "Tidak ada berkas yang Anda pegang" in browser.get("/kerja?lihat=saya").text
        assert "Antrean kosong" in browser.get("/kerja?lihat=antrean").text

    def test_a_taken_file_moves_from_the_pool_to_mine(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("verification", business_name="Toko Diambil")
        browser = browser_of(house.people.verifier)

        answer = browser.post(f"/berkas/{application}/ambil", data={"kembali": "/kerja"})

        assert (answer.status_code, answer.location) == (303, "/kerja")
        assert "Toko Diambil" in browser.get("/kerja?lihat=saya").text
        assert "Toko Diambil" not in browser.get("/kerja?lihat=antrean").text

    def test_a_paused_file_says_so_instead_of_a_date(
        self, house: House, browser_of: Browser
    ) -> None:
        house.application("correction")

        page = browser_of(house.people.clerk).get("/kerja").text

        assert "Dijeda" in page
        assert "waktu dijeda" in page

    def test_is_read_forward_page_by_page_without_a_file_twice(
        self, house: House, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("licensing.queries.inbox.PAGE", 2)
        for number in range(5):
            house.application("verification", business_name=f"Toko Urut {number}")
        browser = browser_of(house.people.verifier)

        seen: list[str] = []
        address: str | None = "/kerja"
        while address is not None:
            page = browser.get(address).text
            seen += [f"Toko Urut {number}" for number in range(5) if f"Toko Urut {number}" in page]
            _before, found, after = page.partition('rel="next" href="')
            address = after.partition('"')[0].replace("&amp;", "&") if found else None

        assert sorted(seen) == [f"Toko Urut {number}" for number in range(5)]

    @pytest.mark.parametrize("address", ["/kerja?lihat=lain", "/kerja?sesudah=" + "x" * 200])
    def test_refuses_an_address_that_nobody_was_given(
        self, house: House, browser_of: Browser, address: str
    ) -> None:
        assert browser_of(house.people.verifier).get(address).status_code == 400

    @pytest.mark.parametrize(
        "made_up",
        [
            "bukan",
            "2026-01-01~x",
            "~",
            "0001-01-01T00:00:00+23:59~00000000-0000-0000-0000-000000000000",
            "0001-01-01T00:00:00-23:59~00000000-0000-0000-0000-000000000000",
        ],
    )
    def test_begins_at_the_start_for_a_cursor_made_up(
        self, house: House, browser_of: Browser, made_up: str
    ) -> None:
        house.application("verification", business_name="Toko Awal")
        page = browser_of(house.people.verifier).get("/kerja", query_string={"sesudah": made_up})

        assert "Toko Awal" in page.text

    def test_costs_at_most_six_statements_however_long_it_is(
        self, house: House, browser_of: Browser
    ) -> None:
        for _ in range(3):
            house.application("verification")
        tell(house, house.people.verifier, 2)
        browser = browser_of(house.people.verifier)
        browser.get("/kerja")

        with statements(house.runtime.db) as sent:  # type: ignore[arg-type]
            browser.get("/kerja")

        assert len([one for one in sent if "SAVEPOINT" not in one]) <= 6, "\n---\n".join(sent)


class TestWhatAPersonWasTold:
    def test_stands_above_the_list_until_it_is_read(
        self, house: House, browser_of: Browser
    ) -> None:
        tell(house, house.people.verifier)
        browser = browser_of(house.people.verifier)

        page = browser.get("/kerja").text
        assert "1 pemberitahuan belum dibaca" in page
        assert "Standar pelayanan: 80% batas terpakai" in page

        unread = page.partition('name="pemberitahuan" value="')[2].partition('"')[0]
        answer = browser.post("/kerja/pemberitahuan/dibaca", data={"pemberitahuan": unread})

        assert answer.status_code == 303
        assert "belum dibaca" not in browser.get("/kerja").text
        assert "dibaca " in browser.get("/kerja/pemberitahuan").text

    def test_is_marked_by_nobody_else(self, house: House, browser_of: Browser) -> None:
        tell(house, house.people.verifier)
        notice = house.rows("SELECT id FROM notice WHERE channel = 'app'")[0].id

        browser_of(house.people.head).post(
            "/kerja/pemberitahuan/dibaca", data={"pemberitahuan": str(notice)}
        )

        assert house.rows("SELECT read_at FROM notice WHERE id = %(id)s", id=notice)[0][0] is None
