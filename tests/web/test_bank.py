"""`/bank`: found, confirmed, booked once, reversed, listed; nothing of the file but its bill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Page

from licensing.database import OWNER_ROLE, connect
from licensing.people import Officer
from tests.bed import Urls
from tests.factories import PASSWORD, make_runtime
from tests.money import Till, make_till
from tests.web.office import office_app, signed_in, statements
from tests.web.site import served
from web.bank_page import safe_cell

Browser = Callable[[Officer | None], FlaskClient]


@pytest.fixture
def browser_at(till: Till) -> Browser:
    """Return a function that gives a browser in which somebody of the till's office signed in."""
    app = office_app(till.house.runtime)
    return lambda officer: signed_in(app, officer)


def form_of(till: Till, application: object, reference: str = "") -> dict[str, str]:
    bill = till.bill(application)  # type: ignore[arg-type]
    return {
        "seen_version": str(till.house.version(application)),  # type: ignore[arg-type]
        "amount_idr": str(bill.amount_idr),
        "bank_reference": reference,
    }


class TestTheWindow:
    def test_is_empty_and_says_what_to_do(self, till: Till, browser_at: Browser) -> None:
        page = browser_at(till.house.people.teller).get("/bank").text
        assert "Pindai atau ketik nomor tagihan" in page
        assert "Pembayaran hari ini tampil di sini" in page

    def test_shows_one_bill_with_its_amount_locked(self, till: Till, browser_at: Browser) -> None:
        bill = till.bill(till.billed(payer="Contoh Ratna"))
        browser = browser_at(till.house.people.teller)

        found = browser.post("/bank/cari", data={"cari": bill.number}, follow_redirects=True)

        assert "Rp10.296.000" in found.text
        assert "sepuluh juta dua ratus sembilan puluh enam ribu rupiah" in found.text
        assert "Contoh Ratna" in found.text
        assert "Terima Rp10.296.000" in found.text
        assert 'name="amount_idr"' not in found.text

    def test_tells_nothing_of_the_file_but_its_bill(self, till: Till, browser_at: Browser) -> None:
        application = till.billed()
        bill = till.bill(application)
        page = browser_at(till.house.people.teller).get(f"/bank/tagihan/{bill.id}").text
        for secret in ("081200000900", "091234567012000", "Jalan Contoh 3", "Dokumen", "999999"):
            assert secret not in page
        for path in (f"/berkas/{application}", "/kerja", "/loket", "/pengawas"):
            assert browser_at(till.house.people.teller).get(path).status_code == 403

    def test_keeps_the_number_of_a_person_out_of_the_address(
        self, till: Till, browser_at: Browser
    ) -> None:
        answer = browser_at(till.house.people.teller).post(
            "/bank/cari", data={"cari": "9999990101900001"}
        )
        assert answer.status_code == 200
        assert "Tagihan tidak ditemukan" in answer.text

    def test_lists_those_among_which_to_choose(self, till: Till, browser_at: Browser) -> None:
        till.billed(payer="Contoh Sari Satu")
        till.billed(payer="Contoh Sari Dua")
        page = browser_at(till.house.people.teller).get("/bank?cari=contoh sari").text
        assert "2 tagihan" in page
        assert "Pilih tagihan" in page

    @pytest.mark.parametrize(
        ("what", "said"),
        [
            ("expire", "kedaluwarsa pada"),
            ("cancel", "dibatalkan oleh kantor"),
            ("withdraw", "Permohonannya sudah berakhir"),
            ("pay", "Sudah dibukukan oleh Contoh Bank"),
        ],
    )
    def test_says_why_a_bill_cannot_be_paid(
        self, till: Till, browser_at: Browser, what: str, said: str
    ) -> None:
        people, application = till.house.people, till.billed()
        if what == "expire":
            till.expire(application)
        elif what == "cancel":
            till.house.press("correct_bill", application, by=people.billing, reason="Keliru")
        elif what == "withdraw":
            till.house.press("withdraw", application, by=people.clerk, reason="Batal")
        else:
            till.pay(application)
        bill = till.bill(application)
        browser = browser_at(people.second_teller)

        page = browser.get(f"/bank/tagihan/{bill.id}")
        pressed = browser.post(f"/bank/tagihan/{bill.id}/terima", data=form_of(till, application))

        assert said in page.text
        assert "Terima Rp" not in page.text
        assert pressed.status_code == 409
        assert said in pressed.text
        assert browser.get(f"/bank/tagihan/{bill.id}/terima").status_code == 303
        assert len(till.payments(application)) == (what == "pay")

    @pytest.mark.parametrize("path", ["/bank", "/bank?cari={number}", "/bank/tagihan/{id}"])
    def test_costs_at_most_six_statements(self, till: Till, browser_at: Browser, path: str) -> None:
        till.paid()
        bill = till.bill(till.billed())
        browser = browser_at(till.house.people.teller)
        address = path.format(number=bill.number, id=bill.id)
        browser.get(address)

        with statements(till.house.runtime.db) as sent:  # type: ignore[arg-type]
            assert browser.get(address).status_code == 200

        assert len([one for one in sent if "SAVEPOINT" not in one]) <= 6, "\n---\n".join(sent)


class TestReceiving:
    def test_asks_once_more_in_words_then_books_and_offers_the_slip(
        self, till: Till, browser_at: Browser
    ) -> None:
        application = till.billed(payer="Contoh Ratna")
        bill = till.bill(application)
        browser = browser_at(till.house.people.teller)

        asked = browser.get(f"/bank/tagihan/{bill.id}/terima?bank_reference=bpd-5")
        assert "Terima uang ini?" in asked.text
        assert "BPD-5" in asked.text
        assert till.payments(application) == []
        done = browser.post(
            f"/bank/tagihan/{bill.id}/terima",
            data=form_of(till, application, "bpd-5"),
            follow_redirects=True,
        )

        [payment] = till.payments(application)
        assert payment.bank_reference == "BPD-5"
        assert payment.paid_by == till.house.people.teller.id
        assert f"/bank/slip/{payment.id}" in done.text
        assert payment.slip_number in done.text
        assert "Lunas" in done.text

    def test_twice_by_the_same_teller_is_booked_once(self, till: Till, browser_at: Browser) -> None:
        application = till.billed()
        bill, form = till.bill(application), form_of(till, application)
        browser = browser_at(till.house.people.teller)

        first = browser.post(f"/bank/tagihan/{bill.id}/terima", data=form)
        second = browser.post(f"/bank/tagihan/{bill.id}/terima", data=form, follow_redirects=True)

        assert first.status_code == 303
        assert "tekanan kedua tidak mengubah apa-apa" in second.text
        assert len(till.payments(application)) == 1

    def test_by_another_teller_says_by_whom_and_when(self, till: Till, browser_at: Browser) -> None:
        application = till.billed()
        bill, form = till.bill(application), form_of(till, application)
        browser_at(till.house.people.teller).post(f"/bank/tagihan/{bill.id}/terima", data=form)

        late = browser_at(till.house.people.second_teller).post(
            f"/bank/tagihan/{bill.id}/terima", data=form
        )

        [payment] = till.payments(application)
        assert late.status_code == 409
        assert "Tidak ada yang dibukukan oleh Anda" in late.text
        assert f"Sudah dibukukan oleh {till.house.people.teller.name}" in late.text
        assert payment.slip_number in late.text
        assert payment.paid_by == till.house.people.teller.id

    def test_of_another_amount_books_nothing(self, till: Till, browser_at: Browser) -> None:
        application = till.billed()
        bill = till.bill(application)
        browser = browser_at(till.house.people.teller)
        for amount in ("1", "10296001", "-10296000", "10.296.000", "", "x"):
            answer = browser.post(
                f"/bank/tagihan/{bill.id}/terima",
                data=form_of(till, application) | {"amount_idr": amount},
            )
            assert answer.status_code in (400, 409), amount
        assert till.payments(application) == []

    def test_with_a_used_or_odd_reference_keeps_what_was_typed(
        self, till: Till, browser_at: Browser
    ) -> None:
        till.pay(till.billed(), reference="BPD-9")
        application = till.billed()
        bill = till.bill(application)
        browser = browser_at(till.house.people.teller)
        for typed, said in (("BPD-9", "sudah dipakai"), ("=1+1", "Tulis huruf besar")):
            answer = browser.post(
                f"/bank/tagihan/{bill.id}/terima", data=form_of(till, application, typed)
            )
            assert answer.status_code == 422
            assert said in answer.text
            assert f'value="{typed}"' in answer.text
        assert till.payments(application) == []

    def test_after_the_file_has_changed_asks_again(self, till: Till, browser_at: Browser) -> None:
        application = till.billed()
        bill, form = till.bill(application), form_of(till, application)
        till.house.as_owner(
            "UPDATE application SET version = version + 1 WHERE id = %(id)s", id=application
        )
        answer = browser_at(till.house.people.teller).post(
            f"/bank/tagihan/{bill.id}/terima", data=form
        )
        assert answer.status_code == 409
        assert "berubah sesudah halaman ini dibuka" in answer.text
        assert till.payments(application) == []


class TestReversing:
    def test_needs_a_reason_then_opens_the_bill_again(
        self, till: Till, browser_at: Browser
    ) -> None:
        application = till.paid()
        bill = till.bill(application)
        browser = browser_at(till.house.people.bank_supervisor)
        form = {"seen_version": str(till.house.version(application))}

        assert "Batalkan pembayaran" in browser.get(f"/bank/tagihan/{bill.id}").text
        without = browser.post(f"/bank/tagihan/{bill.id}/batal", data=form)
        done = browser.post(
            f"/bank/tagihan/{bill.id}/batal",
            data=form | {"reason": "Salah pembayar"},
            follow_redirects=True,
        )

        assert without.status_code == 422
        assert "Tulis alasannya" in without.text
        assert "<s>Rp10.296.000</s>" in done.text
        assert "Salah pembayar" in done.text
        assert till.bill(application).status == "open"

    def test_after_the_signature_is_refused_in_clear_words(
        self, till: Till, browser_at: Browser
    ) -> None:
        house, application = till.house, till.paid()
        bill = till.bill(application)
        form = {"seen_version": str(house.version(application)), "reason": "Salah"}
        house.press("sign", application, by=house.people.head)
        browser = browser_at(house.people.bank_supervisor)

        answer = browser.post(f"/bank/tagihan/{bill.id}/batal", data=form)

        assert answer.status_code == 409
        assert "sudah diputus sesudah pembayaran ini" in answer.text
        assert till.payments(application)[0].reversed_at is None

    def test_is_no_tellers_business(self, till: Till, browser_at: Browser) -> None:
        application = till.paid()
        answer = browser_at(till.house.people.teller).post(
            f"/bank/tagihan/{till.bill(application).id}/batal",
            data={"seen_version": "1", "reason": "x"},
        )
        assert answer.status_code == 403


class TestTheDay:
    def test_shows_bookings_reversals_and_sums(self, till: Till, browser_at: Browser) -> None:
        till.paid(100)
        till.take_back(till.paid(250))
        page = browser_at(till.house.people.bank_supervisor).get("/bank/harian").text
        assert "Rp100 diterima pada" in page
        assert "<s>Rp250</s>" in page
        assert "Salah pembayar" in page
        assert "Semua teller" in page

    def test_is_empty_and_says_so(self, till: Till, browser_at: Browser) -> None:
        browser = browser_at(till.house.people.teller)
        assert "Belum ada pembayaran pada hari ini" in browser.get("/bank/harian").text
        assert "Tidak ada pembayaran pada hari itu" in (
            browser.get("/bank/harian?tanggal=2026-01-02").text
        )

    @pytest.mark.parametrize("query", ["tanggal=kemarin", "sesudah=x", "sesudah=2026-01-01~x"])
    def test_refuses_what_is_no_day(self, till: Till, browser_at: Browser, query: str) -> None:
        assert browser_at(till.house.people.teller).get(f"/bank/harian?{query}").status_code == 400

    def test_is_handed_out_as_a_table_without_formulas(
        self, till: Till, browser_at: Browser
    ) -> None:
        till.paid(100, payer="=HYPERLINK(1)")
        answer = browser_at(till.house.people.bank_admin).get("/bank/harian.csv")
        assert answer.mimetype == "text/csv"
        assert "attachment" in answer.headers["Content-Disposition"]
        head, line, *rest = answer.text.splitlines()
        assert head.startswith("\ufeffJam;Nomor SSRD")
        assert ";'=HYPERLINK(1);" in line
        assert ";100;" in line
        assert rest == []

    @pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx"])
    def test_never_lets_a_spreadsheet_reckon(self, text: str) -> None:
        assert safe_cell(text) == f"'{text}"
        assert safe_cell("Contoh") == "Contoh"

    def test_costs_at_most_six_statements(self, till: Till, browser_at: Browser) -> None:
        till.paid()
        browser = browser_at(till.house.people.bank_supervisor)
        browser.get("/bank/harian")
        with statements(till.house.runtime.db) as sent:  # type: ignore[arg-type]
            browser.get("/bank/harian")
        assert len([one for one in sent if "SAVEPOINT" not in one]) <= 6, "\n---\n".join(sent)


# -- in a real browser


@pytest.fixture
def real_till(fresh_database: Urls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    app = connect(fresh_database.app, pool_size=12)
    owner = connect(fresh_database.owner, role=OWNER_ROLE, pool_size=2)
    yield make_till(make_runtime(app, tmp_path_factory.mktemp("bank")), owner)
    app.dispose()
    owner.dispose()


def enter(page: Page, address: str, officer: Officer, path: str) -> None:
    page.goto(f"{address}/masuk")
    page.fill("#f-username", officer.username)
    page.fill("#f-password", PASSWORD)
    page.click("main button.btn-primary")
    page.goto(address + path)


def faults(page: Page) -> list[str]:
    return [fault["id"] for fault in Axe().run(page).response["violations"]]


class TestInABrowser:
    def test_a_bill_is_found_confirmed_and_booked_without_a_mouse(
        self, page: Page, real_till: Till
    ) -> None:
        application = real_till.billed(payer="Contoh Ratna Wulandari")
        number = real_till.bill(application).number
        with served(office_app(real_till.house.runtime)) as address:
            enter(page, address, real_till.house.people.teller, "/bank")
            assert faults(page) == []
            assert page.evaluate("document.activeElement.id") == "f-cari"
            page.keyboard.type(number)
            page.keyboard.press("Enter")
            page.wait_for_selector("#bayar")
            assert faults(page) == []
            assert page.evaluate("document.documentElement.scrollHeight") <= 768
            page.keyboard.press("Control+Enter")
            page.wait_for_url("**/terima*")
            assert faults(page) == []
            page.keyboard.press("Control+Enter")
            page.wait_for_selector("[data-tekan=P]")
            assert faults(page) == []
            page.keyboard.press("F2")
            assert page.evaluate("document.activeElement.id") == "f-cari"
        assert len(real_till.payments(application)) == 1

    def test_nothing_scrolls_sideways_on_a_phone(self, phone_page: Page, real_till: Till) -> None:
        paid, still = real_till.paid(), real_till.billed()
        number = real_till.bill(still).id
        with served(office_app(real_till.house.runtime)) as address:
            supervisor = real_till.house.people.bank_supervisor
            enter(phone_page, address, supervisor, "/bank")
            for path in (
                "/bank",
                f"/bank/tagihan/{number}",
                f"/bank/tagihan/{real_till.bill(paid).id}",
                f"/bank/tagihan/{real_till.bill(paid).id}/batal",
                "/bank/harian",
            ):
                phone_page.goto(address + path)
                assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390, path
                assert faults(phone_page) == [], path

    def test_two_tellers_at_once_book_once(self, real_till: Till) -> None:
        app = office_app(real_till.house.runtime)
        people = real_till.house.people
        browsers = [signed_in(app, one) for one in (people.teller, people.second_teller)]
        application = real_till.billed()
        form, bill = form_of(real_till, application), real_till.bill(application)
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(
                    lambda one: one.post(f"/bank/tagihan/{bill.id}/terima", data=form), browsers
                )
            )
        assert sorted(answer.status_code for answer in answers) == [303, 409]
        assert len(real_till.payments(application)) == 1
