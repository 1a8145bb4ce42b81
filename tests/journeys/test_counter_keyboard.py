"""The counter without a mouse: a whole application taken in, and nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from licensing.queries.counter import QUEUED
from tests.browser import DESK
from tests.factories import PASSWORD, House
from tests.licensing.conftest import real_house  # noqa: F401 - the same fixture for pages
from tests.web.office import office_app
from tests.web.site import served

pytestmark = pytest.mark.journey

NIK = "9999990101900042"
MOST_KEYS = 40
"""Keys beyond the data itself that a complete application may cost, from the search to the next
person: each Enter, arrow and digit of the checklist counts."""


@dataclass(slots=True)
class Keyboard:
    """A keyboard that counts what is pressed beyond the data."""

    page: Page
    beyond: list[str] = field(default_factory=list)
    typed: int = 0

    def data(self, text: str) -> None:
        self.typed += len(text)
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        self.beyond.append(key)
        self.page.keyboard.press(key)

    def fill(self, *texts: str) -> None:
        """Type each text and go on; an empty one is a field passed by."""
        for text in texts:
            self.data(text)
            self.press("Enter")


@pytest.fixture
def address(real_house: House) -> Iterator[str]:  # noqa: F811
    with served(office_app(real_house.runtime)) as found:
        yield found


@pytest.fixture
def counter(page: Page, real_house: House, address: str) -> Page:  # noqa: F811
    """A browser at the counter."""
    sign_in(page, address, real_house)
    expect(page.locator("#f-cari")).to_be_focused()
    return page


def sign_in(page: Page, address: str, house: House) -> None:
    page.goto(f"{address}/masuk")
    page.locator("#f-username").fill(house.people.clerk.username)
    page.locator("#f-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/loket")


def open_form(page: Page, address: str) -> None:
    page.goto(f"{address}/loket/baru/siup")
    expect(page.locator("#f-applicant_nik")).to_be_focused()


def draft_is_kept(page: Page) -> None:
    expect(page.locator("[data-draf]")).to_contain_text("Draf tersimpan")


class TestByKeyboardAlone:
    def test_a_complete_application_is_taken_in(
        self,
        counter: Page,
        real_house: House,  # noqa: F811
    ):
        keys = Keyboard(counter)

        keys.fill(NIK)
        expect(counter.locator("[data-temuan]")).to_be_focused()
        keys.press("Enter")
        expect(counter.locator("#f-applicant_name")).to_be_focused()
        # name, kind (as it stands), phone, address, e-mail, NPWP, NIB, language, no proxy
        keys.fill("Contoh Pemohon", "", "081200000900", "Jalan Contoh 3", "", "091234567012000")
        keys.fill("", "", "")
        # business, its address, phone, e-mail and NPWP (as the applicant's), NIB
        keys.fill("Toko Contoh", "Jalan Contoh 2", "", "", "", "")
        keys.fill("75.000.000")
        keys.press("ArrowDown")
        keys.fill("", "47111", "Bahan pokok", "Contoh Pemohon", "Pemilik")
        for digit in range(1, 7):
            keys.press(f"Digit{digit}")
        expect(counter.locator("[data-ada]")).to_have_text("6")
        keys.press("Control+Enter")
        counter.wait_for_url("**/loket/selesai/*")

        (row,) = real_house.rows("SELECT application_id AS id, number, subject FROM dossier")
        assert real_house.history(row.id) == ["file", "accept"]
        assert row.subject == "Toko Contoh"
        expect(counter.locator("main")).to_contain_text(row.number)
        expect(counter.get_by_role("link", name="Cetak tanda terima")).to_be_focused()
        with counter.context.expect_page() as receipt:
            keys.press("F9")
        receipt.value.close()
        keys.press("F8")
        counter.wait_for_url("**/loket")
        expect(counter.locator("#f-cari")).to_be_focused()
        print(f"{len(keys.beyond)} keys beyond the data, {keys.typed} letters and digits of data")
        assert len(keys.beyond) <= MOST_KEYS, keys.beyond

    def test_a_paper_that_lacks_something_is_named_and_the_file_given_back(
        self, counter: Page, address: str, house_typed: None
    ):
        keys = Keyboard(counter)
        counter.locator("#paper_sp_siup-belum").focus()
        for digit in (1, 2, 3, 5, 6):
            counter.keyboard.press(f"Digit{digit}")

        keys.press("Shift+Digit4")
        expect(counter.locator("#f-paper_neraca_note")).to_be_focused()
        keys.fill("Belum ditandatangani")
        expect(counter.locator("#paper_neraca-kurang")).to_be_focused()
        keys.press("F6")
        counter.wait_for_url("**/loket/selesai/*")

        expect(counter.locator("h1")).to_have_text("Dikembalikan untuk dilengkapi")
        expect(counter.locator("main")).to_contain_text("Belum ditandatangani")

    def test_a_refused_form_puts_the_cursor_into_its_first_fault(self, counter: Page, address: str):
        open_form(counter, address)
        counter.keyboard.type(NIK)

        counter.keyboard.press("Control+Enter")

        expect(counter.locator("#f-applicant_name")).to_be_focused()
        expect(counter.locator("#f-applicant_nik")).to_have_value(NIK)
        found = Axe().run(counter)
        assert found.violations_count == 0, found.generate_report()

    def test_escape_leads_back_and_the_question_mark_lists_the_keys(
        self, counter: Page, address: str
    ):
        open_form(counter, address)
        counter.locator("#paper_ktp-belum").focus()

        counter.keyboard.press("?")
        expect(counter.locator("#pintasan")).to_contain_text("Terima sementara")
        counter.keyboard.press("Escape")
        counter.keyboard.press("Escape")
        counter.wait_for_url("**/loket")

    @pytest.fixture
    def house_typed(self, counter: Page, address: str) -> None:
        """A form of which only the checklist is left."""
        open_form(counter, address)
        for name, text in {
            "applicant_nik": NIK,
            "applicant_name": "Contoh Pemohon",
            "applicant_phone": "081200000900",
            "applicant_address": "Jalan Contoh 3",
            "field_business_name": "Toko Contoh",
            "field_business_address": "Jalan Contoh 2",
            "field_npwp": "091234567012000",
            "field_net_worth": "75.000.000",
            "field_kbli": "47111",
            "field_main_goods": "Bahan pokok",
            "field_responsible_name": "Contoh Pemohon",
            "field_responsible_title": "Pemilik",
        }.items():
            counter.locator(f"#f-{name}").fill(text)
        counter.locator("#f-field_institution").select_option("pengecer")


class TestNothingTypedIsLost:
    def test_a_draft_survives_a_time_out_and_comes_back_after_signing_in(
        self,
        counter: Page,
        address: str,
        real_house: House,  # noqa: F811
    ):
        open_form(counter, address)
        counter.locator("#f-applicant_name").fill("Contoh Pemohon")
        draft_is_kept(counter)

        counter.context.clear_cookies()
        counter.locator("#f-applicant_phone").fill("081200000900")
        expect(counter.locator("[data-draf]")).to_contain_text("belum tersimpan")
        counter.reload()
        counter.locator("#f-username").fill(real_house.people.clerk.username)
        counter.locator("#f-password").fill(PASSWORD)
        counter.keyboard.press("Enter")

        expect(counter.locator("#f-applicant_name")).to_have_value("Contoh Pemohon")

    def test_a_draft_survives_leaving_the_page_at_once(self, counter: Page, address: str):
        open_form(counter, address)
        counter.keyboard.type(NIK)
        counter.locator("#f-applicant_name").fill("Contoh Pemohon")

        counter.keyboard.press("Escape")
        counter.wait_for_url("**/loket")
        expect(counter.locator("h1")).to_be_visible()
        counter.reload()

        counter.get_by_role("link", name="Contoh Pemohon").click()
        expect(counter.locator("#f-applicant_nik")).to_have_value(NIK)

    def test_another_legal_form_asks_for_other_papers_and_keeps_what_stands(
        self, counter: Page, address: str
    ):
        open_form(counter, address)
        counter.locator("#f-field_business_name").fill("PT Contoh")
        counter.locator("label[for=paper_ktp-ada]").click()

        counter.locator("#f-variant_legal_form").select_option("pt")
        # While the answer is on its way, the clerk goes on.
        counter.locator("#f-kuasa").check()
        counter.locator("#f-applicant_name").fill("Contoh Pemohon")

        expect(counter.locator("#paper_akta_pendirian-ada")).to_be_attached()
        expect(counter.locator("#f-kuasa")).to_be_checked()
        expect(counter.locator("#f-applicant_name")).to_have_value("Contoh Pemohon")
        expect(counter.locator("#paper_ktp-ada")).to_be_checked()
        expect(counter.locator("#f-field_business_name")).to_have_value("PT Contoh")
        counter.locator("#paper_ktp-ada").focus()
        counter.keyboard.press("Digit4")
        expect(counter.locator("#paper_akta_pendirian-ada")).to_be_checked()


def test_the_counters_page_fits_the_window_also_with_full_lists(
    counter: Page,
    real_house: House,  # noqa: F811
):
    for step in ("intake", "handover", "completion") * (QUEUED + 1):
        real_house.application(step)

    counter.reload()

    assert counter.locator("a", has_text="Lihat semua").count() == 3
    columns = counter.locator(".sp-loket > *").all()
    assert [column.evaluate("it => it.scrollHeight - it.clientHeight") for column in columns] == [
        0,
        0,
        0,
    ]
    assert counter.evaluate("document.documentElement.scrollHeight") == DESK["height"]


def test_the_form_works_without_a_script(
    browser: Browser,
    real_house: House,  # noqa: F811
    address: str,
):
    context = browser.new_context(java_script_enabled=False, viewport=DESK)
    page = context.new_page()
    sign_in(page, address, real_house)
    page.goto(f"{address}/loket/baru/siup")
    page.locator("#f-applicant_name").fill("Contoh Pemohon")

    page.locator("#f-variant_legal_form").select_option("cabang")
    page.get_by_role("button", name="Muat ulang").last.click()

    expect(page.locator("#paper_akta_induk-ada")).to_be_attached()
    expect(page.locator("#f-applicant_name")).to_have_value("Contoh Pemohon")
    context.close()
