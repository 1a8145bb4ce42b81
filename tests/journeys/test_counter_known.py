"""The counter that knows, in a browser: lists under a field, a scanned code, another's draft."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from licensing.people import Officer
from licensing.reference_files import read_business_fields, read_regions
from licensing.services.reference_import import import_business_fields, import_regions
from tests.factories import PASSWORD, House
from tests.licensing.conftest import real_house  # noqa: F401 - the same fixture for pages
from tests.licensing.test_references import FIELDS, REGIONS
from tests.web.office import office_app
from tests.web.site import served

pytestmark = pytest.mark.journey
NIK = "9999990101900042"
CHOICES = ".sp-rujukan-daftar [role=option]"


@pytest.fixture
def lists(real_house: House, tmp_path: Path) -> None:  # noqa: F811
    """Invented regions and fields."""
    regions, fields = tmp_path / "wilayah.csv", tmp_path / "kbli.csv"
    regions.write_text(REGIONS)
    fields.write_text(FIELDS)
    import_regions(real_house.owner, read_regions(regions))
    import_business_fields(real_house.owner, read_business_fields([fields]), "2020")


@pytest.fixture
def address(real_house: House) -> Iterator[str]:  # noqa: F811
    with served(office_app(real_house.runtime)) as found:
        yield found


@pytest.fixture
def counter(page: Page, real_house: House, address: str) -> Page:  # noqa: F811
    """A browser at the counter."""
    sign_in(page, address, real_house.people.clerk)
    page.wait_for_url("**/loket")
    return page


def sign_in(page: Page, address: str, who: Officer) -> None:
    page.context.clear_cookies()
    page.goto(f"{address}/masuk")
    page.locator("#f-username").fill(who.username)
    page.locator("#f-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/masuk" not in url)


def open_form(page: Page, address: str) -> None:
    page.goto(f"{address}/loket/baru/siup")
    expect(page.locator("#f-applicant_nik")).to_be_focused()


def clean(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.usefixtures("lists")
class TestAListUnderAField:
    def test_a_region_is_chosen_by_keys_and_completes_the_address(self, counter: Page, address):
        open_form(counter, address)
        counter.locator("#f-applicant_address").fill("Jalan Contoh 3")
        field = counter.locator("#f-applicant_region")
        field.focus()

        counter.keyboard.type("kamp")
        expect(counter.locator(CHOICES)).to_have_count(1)
        expect(field).to_have_attribute("aria-expanded", "true")
        counter.keyboard.press("ArrowDown")
        expect(counter.locator(CHOICES)).to_have_attribute("aria-selected", "true")
        clean(counter)
        counter.keyboard.press("Enter")

        names = "Kampung Rekaan, Rekaan Pusat, Kota Rekaan, Provinsi Rekaan"
        expect(field).to_have_value(f"99.71.01.1001 {names}")
        expect(field).to_have_attribute("aria-expanded", "false")
        expect(counter.locator("#f-applicant_address")).to_have_value(f"Jalan Contoh 3, {names}")
        expect(field).to_be_focused()

    def test_a_business_field_is_found_by_a_word_and_named(self, counter: Page, address):
        open_form(counter, address)
        field = counter.locator("#f-field_kbli")
        field.focus()

        counter.keyboard.type("eceran")
        expect(counter.locator(CHOICES)).to_have_count(1)
        counter.keyboard.press("ArrowUp")
        counter.keyboard.press("Enter")

        expect(field).to_have_value("47991 (KBLI 2020)")
        expect(counter.locator("#f-field_kbli-bantu")).to_have_text("47991 Eceran Contoh Keliling")
        expect(field).to_be_focused()

    def test_escape_closes_the_list_and_not_the_form(self, counter: Page, address):
        open_form(counter, address)
        counter.locator("#f-applicant_region").focus()
        counter.keyboard.type("kamp")
        expect(counter.locator(CHOICES)).to_have_count(1)

        counter.keyboard.press("Escape")

        expect(counter.locator(CHOICES)).to_have_count(0)
        assert "/loket/baru/siup" in counter.url
        counter.keyboard.press("Enter")
        expect(counter.locator("#f-applicant_email")).to_be_focused()


class TestTheSearch:
    def test_takes_what_a_reader_types_wherever_the_focus_is(
        self,
        counter: Page,
        address,
        real_house: House,  # noqa: F811
    ):
        filed = real_house.file(business_name="Toko Pindai")
        counter.locator("main a").first.focus()

        counter.keyboard.type(f"{address}/lacak/{filed.number}?k=ABCDEFGH")
        counter.keyboard.press("Enter")

        counter.wait_for_url(f"**/berkas/{filed.application_id}")

    def test_a_person_found_by_telephone_fills_the_form_in(
        self,
        counter: Page,
        real_house: House,  # noqa: F811
    ):
        real_house.file()
        (person,) = real_house.rows("SELECT name, phone FROM applicant")
        counter.locator("#f-cari").focus()

        counter.keyboard.type(person.phone)
        counter.keyboard.press("Enter")
        expect(counter.locator("[data-temuan]")).to_be_focused()
        clean(counter)
        counter.keyboard.press("Enter")

        expect(counter.locator("#f-applicant_name")).to_have_value(person.name)
        expect(counter.locator("#f-applicant_nik")).not_to_have_value("")


def test_a_colleague_at_the_same_desk_takes_the_draft_over(
    counter: Page,
    address: str,
    real_house: House,  # noqa: F811
):
    open_form(counter, address)
    counter.keyboard.type(NIK)
    counter.locator("#f-applicant_name").fill("Contoh Pemohon")
    expect(counter.locator("[data-draf]")).to_contain_text("Draf tersimpan")
    form = counter.url

    sign_in(counter, address, real_house.people.second_clerk)
    counter.get_by_role("link", name="Contoh Pemohon").click()
    expect(counter.locator("h1")).to_have_text("Draf ini milik Contoh Loket")
    expect(counter.get_by_role("button", name="Ambil alih draf")).to_be_focused()
    clean(counter)
    counter.keyboard.press("Enter")

    expect(counter.locator("#f-applicant_nik")).to_have_value(NIK)
    assert counter.url == form


def test_who_lost_a_draft_is_told_while_he_types(
    counter: Page,
    address: str,
    real_house: House,  # noqa: F811
):
    open_form(counter, address)
    counter.locator("#f-applicant_name").fill("Contoh Pemohon")
    expect(counter.locator("[data-draf]")).to_contain_text("Draf tersimpan")
    real_house.as_owner(
        f"UPDATE intake_draft SET officer_id = '{real_house.people.second_clerk.id}'"
    )

    counter.locator("#f-applicant_name").press_sequentially(" Lagi")

    expect(counter.locator("[data-draf]")).to_contain_text("diambil alih rekan Anda")


def test_accepting_with_a_note_leads_to_the_note_where_it_is_missing(counter: Page, address: str):
    open_form(counter, address)
    for name in ("sp_siup", "ktp", "npwp", "neraca", "domisili", "pasfoto"):
        counter.locator(f"label[for=paper_{name}-ada]").click()
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

    counter.keyboard.press("F7")
    expect(counter.locator("#f-alasan")).to_be_focused()
    counter.keyboard.type("Bawa asli KTP.")
    counter.keyboard.press("F7")
    counter.wait_for_url("**/loket/selesai/*")

    expect(counter.locator("h1")).to_have_text("Berkas diterima dengan catatan")
    clean(counter)
