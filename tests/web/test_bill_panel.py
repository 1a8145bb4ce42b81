"""Fee and bills on the page of a file, and on the page of who pays."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from licensing.people import Officer
from licensing.services.deliver import deliver
from tests.factories import House
from tests.money import Till
from tests.web.office import office_app, signed_in, statements
from tests.web.test_tracking import open_file

Browser = Callable[[Officer | None], FlaskClient]


@pytest.fixture
def browser_at(till: Till) -> Browser:
    """Return a function that gives a browser in which somebody of the till's office signed in."""
    app = office_app(till.house.runtime)
    return lambda officer: signed_in(app, officer)


class TestTheFile:
    def test_says_how_its_bill_stands(self, till: Till, browser_at: Browser) -> None:
        browser = browser_at(till.house.people.head)
        application = till.at_billing()
        address = f"/berkas/{application}"
        assert "Retribusi belum dihitung" in browser.get(address).text
        till.assess(application)
        assert "SKRD belum terbit" in browser.get(address).text
        till.house.press("issue_bill", application, by=till.house.people.billing)
        bill = till.bill(application)
        page = browser.get(address).text
        assert "Menunggu pembayaran di bank" in page
        assert bill.number in page
        assert f"/berkas/{application}/skrd/{bill.id}" in page
        till.pay(application)
        page = browser.get(address).text
        assert "Lunas, dibukukan oleh bank" in page
        assert till.payments(application)[0].slip_number in page

    def test_keeps_a_reversed_payment_struck_through_with_its_reason(
        self, till: Till, browser_at: Browser
    ) -> None:
        application = till.paid()
        till.take_back(application)
        for officer in (till.house.people.head, till.house.people.billing):
            page = browser_at(officer).get(f"/berkas/{application}").text
            assert "Pembayaran dibatalkan oleh bank; tagihan terbuka lagi" in page
            assert "<s>SSRD" in page
            assert "Salah pembayar" in page

    def test_of_a_zero_fee_has_no_bill(self, till: Till, browser_at: Browser) -> None:
        application = till.at_billing()
        till.assess(application, 0)
        page = browser_at(till.house.people.head).get(f"/berkas/{application}").text
        assert "Tidak ada yang harus dibayar" in page

    def test_of_a_free_service_says_nothing_of_money(
        self, house: House, browser_of: Browser
    ) -> None:
        page = browser_of(house.people.head).get(f"/berkas/{house.application()}").text
        assert 'id="retribusi"' not in page


class TestThePayersPage:
    def page(self, till: Till, application: UUID) -> str:
        client = office_app(till.house.runtime).test_client()
        return open_file(client, till.house, application)

    def test_says_what_to_pay_where_and_until_when(self, till: Till) -> None:
        application = till.billed()
        page = self.page(till, application)
        assert "Kami menunggu Anda: membayar retribusi di bank" in page
        assert "Rp10.296.000" in page
        assert till.bill(application).number in page
        assert "Jendela bank di kantor kami" in page
        assert "Bila Anda bayar hari ini" in page
        assert "petugas tidak menerima uang" in page
        assert "tagihan kedaluwarsa dan tagihan baru harus diminta" in page
        assert "permohonan dihentikan" not in page
        assert till.bill(application).code not in page

    def test_of_a_paid_bill_names_the_slip(self, till: Till) -> None:
        application = till.paid()
        page = self.page(till, application)
        assert "Lunas" in page
        assert till.payments(application)[0].slip_number in page
        assert till.house.people.teller.name not in page

    def test_tells_of_a_reversal_and_of_an_expired_bill(self, till: Till) -> None:
        application = till.paid()
        till.take_back(application)
        page = self.page(till, application)
        assert "Bank membatalkan pembukuan pembayaran Anda" in page
        assert "Salah pembayar" not in page
        late = till.billed()
        till.expire(late)
        assert "Mintalah tagihan baru di loket kami" in self.page(till, late)

    def test_costs_no_statement_more(self, till: Till) -> None:
        application = till.billed()
        client = office_app(till.house.runtime).test_client()
        open_file(client, till.house, application)
        with statements(till.house.runtime.db) as sent:  # type: ignore[arg-type]
            client.get("/lacak/berkas")
        assert len([one for one in sent if "SAVEPOINT" not in one]) <= 6


def test_each_turn_of_a_bill_is_told_in_a_letter_that_can_be_written(till: Till) -> None:
    application = till.paid()
    till.take_back(application)
    till.house.press(
        "correct_bill", application, by=till.house.people.billing, reason="Luas keliru"
    )
    till.expire(till.billed())
    events = [
        row.event
        for row in till.house.rows("SELECT event FROM notice WHERE audience = 'applicant'")
    ]
    assert {"billed", "paid", "payment_reversed", "bill_cancelled", "bill_expired"} <= set(events)

    report = deliver(till.house.runtime)

    assert report.parked == report.put_off == 0
