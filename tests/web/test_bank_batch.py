"""`/bank/bersama`: several bills, one confirmation, each its own booking and slip."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from licensing.people import Officer
from tests.money import AMOUNT, Till
from tests.web.office import office_app, signed_in, statements

Browser = Callable[[Officer | None], FlaskClient]


@pytest.fixture
def browser_at(till: Till) -> Browser:
    """Return a function that gives a browser in which somebody of the till's office signed in."""
    app = office_app(till.house.runtime)
    return lambda officer: signed_in(app, officer)


def rows_of(page: str) -> list[str]:
    return re.findall(r'name="baris" value="([^"]*)"', page)


def chosen(till: Till, *applications: object) -> dict[str, list[str]]:
    return {"tagihan": [str(till.bill(one).id) for one in applications]}  # type: ignore[arg-type]


class TestSeveralBills:
    def test_are_chosen_from_one_search(self, till: Till, browser_at: Browser) -> None:
        for name in ("Contoh Sari Satu", "Contoh Sari Dua"):
            till.billed(payer=name)
        till.paid(payer="Contoh Sari Lunas")
        people = till.house.people

        page = browser_at(people.teller).get("/bank?cari=contoh sari").text
        assert page.count('name="tagihan"') == 2
        assert "Terima yang dipilih" in page
        overseer = browser_at(people.bank_supervisor).get("/bank?cari=contoh sari").text
        assert 'name="tagihan"' not in overseer

    def test_are_confirmed_once_with_the_total(self, till: Till, browser_at: Browser) -> None:
        files = [till.billed(), till.billed(AMOUNT + 4_000)]
        paid = till.paid()

        page = (
            browser_at(till.house.people.teller)
            .get("/bank/bersama", query_string=chosen(till, *files, paid))
            .text
        )

        assert "Terima uang untuk 2 tagihan?" in page
        assert "Rp20.596.000" in page
        assert "dua puluh juta lima ratus sembilan puluh enam ribu rupiah" in page
        assert len(rows_of(page)) == 2
        assert "Yang tidak ikut" in page
        assert len(till.payments(files[0])) == 0

    def test_each_is_its_own_booking_with_its_slip(self, till: Till, browser_at: Browser) -> None:
        files = [till.billed() for _ in range(3)]
        browser = browser_at(till.house.people.teller)
        rows = rows_of(browser.get("/bank/bersama", query_string=chosen(till, *files)).text)

        done = browser.post("/bank/bersama", data={"baris": rows}, follow_redirects=True).text

        slips = [till.payments(one)[0].slip_number for one in files]
        assert len(set(slips)) == 3
        assert all(slip in done for slip in slips)
        assert "diterima untuk 3 tagihan" in done
        href = re.search(r'href="(/bank/bersama/slip\.pdf[^"]*)"', done)
        assert href is not None
        paper = browser.get(href[1].replace("&amp;", "&"))
        pages = PdfReader(BytesIO(paper.data)).pages
        assert len(pages) == 3
        assert paper.headers["Cache-Control"] == "private, no-store"

    def test_pressed_twice_books_once(self, till: Till, browser_at: Browser) -> None:
        application = till.billed()
        browser = browser_at(till.house.people.teller)
        rows = rows_of(browser.get("/bank/bersama", query_string=chosen(till, application)).text)

        for _ in range(2):
            page = browser.post("/bank/bersama", data={"baris": rows}, follow_redirects=True).text
            assert "diterima untuk 1 tagihan" in page

        assert len(till.payments(application)) == 1

    def test_what_another_has_booked_stops_none_of_the_others(
        self, till: Till, browser_at: Browser
    ) -> None:
        people = till.house.people
        first, second = till.billed(), till.billed()
        browser = browser_at(people.teller)
        rows = rows_of(browser.get("/bank/bersama", query_string=chosen(till, first, second)).text)
        till.pay(first, by=people.second_teller)

        page = browser.post("/bank/bersama", data={"baris": rows}, follow_redirects=True).text

        assert "diterima untuk 1 tagihan" in page
        assert "Tidak dibukukan" in page
        assert f"Sudah dibukukan oleh {people.second_teller.name}" in page
        assert [len(till.payments(one)) for one in (first, second)] == [1, 1]

    def test_another_amount_books_nothing(self, till: Till, browser_at: Browser) -> None:
        application = till.billed()
        bill, version = till.bill(application), till.house.version(application)

        page = browser_at(till.house.people.teller).post(
            "/bank/bersama", data={"baris": f"{bill.id}~{version}~1"}, follow_redirects=True
        )

        assert "Tidak ada yang dibukukan" in page.text
        assert till.payments(application) == []

    @pytest.mark.parametrize("row", ["", "x", "~~", "0~1~1", "z" * 36 + "~1~1"])
    def test_refuses_a_form_that_no_page_of_ours_has_sent(
        self, till: Till, browser_at: Browser, row: str
    ) -> None:
        browser = browser_at(till.house.people.teller)
        assert browser.post("/bank/bersama", data={"baris": row}).status_code == 400
        assert browser.get("/bank/bersama?tagihan=x").status_code == 400
        assert browser.get("/bank/bersama/slip.pdf").status_code == 400

    def test_costs_the_same_statements_however_many(self, till: Till, browser_at: Browser) -> None:
        files = [till.billed() for _ in range(3)]
        browser = browser_at(till.house.people.teller)
        counts = []
        for some in (files, files[:1], files):
            asked = chosen(till, *some)
            with statements(till.house.runtime.db) as sent:  # type: ignore[arg-type]
                browser.get("/bank/bersama", query_string=asked)
            counts.append(len([one for one in sent if "SAVEPOINT" not in one]))

        assert counts[1] == counts[2] <= 6
