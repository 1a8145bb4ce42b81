"""Applicants online in a real browser: interrupted and resumed, returned and corrected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import DESK, PHONE
from tests.journeys.desk import Desk
from tests.journeys.online_people import give_back
from tests.online import ANSWERS, photo

pytestmark = pytest.mark.journey


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def devices(browser: Browser, request: pytest.FixtureRequest) -> Iterator[tuple[Page, Page]]:
    """A phone and another device, with JavaScript and without."""
    contexts: list[BrowserContext] = [
        browser.new_context(
            viewport=size, has_touch=size == PHONE, java_script_enabled=request.param
        )
        for size in (PHONE, DESK)
    ]
    pages = [context.new_page() for context in contexts]
    for context in contexts:
        context.set_default_timeout(15_000)
    yield pages[0], pages[1]
    for context in contexts:
        context.close()


def begin(page: Page, desk: Desk) -> str:
    """Begin from the catalogue without an account; return the resume code."""
    page.goto(f"{desk.address}/layanan/siup")
    page.get_by_role("link", name="Ajukan sekarang").click()
    page.get_by_label("Baru", exact=True).check()
    page.get_by_label("Bentuk usaha").select_option("perorangan")
    page.get_by_role("button", name="Mulai permohonan").click()
    code = page.locator(".sp-kode-besar").inner_text()
    assert re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", code)
    return code


def answer_page(page: Page) -> None:
    """Fill in the questions of this page and go on."""
    for field in page.locator("main form [name^=applicant_], main form [name^=field_]").all():
        name = field.get_attribute("name") or ""
        kind = field.get_attribute("type")
        if kind == "radio":
            if field.get_attribute("value") == ANSWERS.get(name):
                field.check()
        elif field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(ANSWERS[name])
        else:
            field.fill(ANSWERS.get(name, ""))
    page.get_by_role("button", name="Simpan dan lanjut").click()


def upload(page: Page, name: str = "dokumen.jpg", shade: int = 200) -> None:
    page.locator("input[type=file]").first.set_input_files(
        [{"name": name, "mimeType": "image/jpeg", "buffer": photo(shade)}]
    )
    page.get_by_role("button", name="Unggah", exact=True).first.click()


def finish(page: Page) -> tuple[str, UUID]:
    """Do every task that is left, send; return the number and which application it is."""
    page.get_by_role("link", name="Pemohon", exact=True).click()
    while "/isi/" in page.url:
        answer_page(page)
    while "/dokumen/" in page.url:
        upload(page)
        page.get_by_text("Yang sudah Anda unggah").wait_for()
        page.get_by_role("button", name="Lanjut", exact=True).click()
    page.get_by_label("Saya menyatakan").check()
    page.get_by_role("button", name="Kirim permohonan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Permohonan Anda sudah kami terima")
    found = re.search(r"REG-\d{8}-\d{5}", page.locator("main").inner_text())
    assert found
    return found[0], UUID(page.url.split("/")[-2])


def test_an_application_is_resumed_on_another_device_returned_corrected_and_handed_in_again(
    desk: Desk, devices: tuple[Page, Page]
) -> None:
    phone, other = devices
    code = begin(phone, desk)
    phone.get_by_role("link", name="Pemohon", exact=True).click()
    phone.get_by_label("Nama lengkap").fill("Contoh Warga")
    phone.get_by_role("button", name="Simpan dulu").click()
    expect(phone.locator("main")).to_contain_text("Sebagian")

    other.goto(f"{desk.address}/pemohon")
    other.get_by_label("Kode lanjut").fill(code.lower())
    other.get_by_role("button", name="Lanjutkan").click()
    other.get_by_role("link", name="Surat Izin Usaha Perdagangan").first.click()
    number, application_id = finish(other)

    give_back(desk, application_id)
    phone.goto(f"{desk.address}/permohonan")
    expect(phone.locator("main")).to_contain_text("1 permohonan menunggu Anda.")
    phone.get_by_role("link", name="Toko Daring Contoh").click()
    phone.get_by_role("link", name="Perbaiki di sini").click()
    expect(phone.locator("main")).to_contain_text("Tidak terbaca")
    upload(phone, "ktp-baru.jpg", shade=90)
    expect(phone.locator("main")).to_contain_text("ktp-baru.jpg")
    phone.get_by_role("button", name="Serahkan kembali").click()
    expect(phone.locator("main")).to_contain_text("Giliran kami")
    expect(phone.locator("main")).to_contain_text(number)


def test_every_state_is_clean_for_axe_and_fits_a_phone(desk: Desk, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True)
    context.set_default_timeout(15_000)
    page, axe, wrong = context.new_page(), Axe(), []

    def look(state: str) -> None:
        found = axe.run(page).response["violations"]
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        wrong.extend([(state, one["id"]) for one in found] + [(state, "wide")] * wide)

    page.goto(f"{desk.address}/pemohon")
    look("sign-in")
    page.goto(f"{desk.address}/ajukan/siup")
    page.get_by_role("button", name="Mulai permohonan").click()
    look("begin, refused")
    begin(page, desk)
    look("task list with the resume code")
    page.get_by_role("link", name="Pemohon", exact=True).click()
    page.get_by_role("button", name="Simpan dan lanjut").click()
    look("questions, refused")
    page.get_by_role("link", name="Kembali ke daftar").click()
    page.get_by_role("link", name="Kartu NPWP").click()
    upload(page)
    page.get_by_text("Yang sudah Anda unggah").wait_for()
    look("paper with a scan")
    page.get_by_role("link", name="Kembali ke daftar").click()
    page.get_by_role("link", name="Periksa dan kirim").click()
    look("answers, incomplete")
    page.get_by_role("link", name="Kembali ke daftar").click()
    _number, application_id = finish(page)
    look("sent")
    give_back(desk, application_id)
    for address in ("", f"/berkas/{application_id}", f"/berkas/{application_id}/perbaikan"):
        page.goto(f"{desk.address}/permohonan{address}")
        look(address or "list")
    page.get_by_role("button", name="Serahkan kembali").click()
    look("correction, refused")
    page.goto(f"{desk.address}/permohonan/berkas/{application_id}/cabut")
    look("withdrawal")
    context.close()

    assert wrong == []
