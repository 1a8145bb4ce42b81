"""Scans at the desk and on a phone: chosen, made smaller, sent, read page by page, replaced."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from licensing.documents import render
from tests import files
from tests.browser import DESK, PHONE
from tests.journeys.desk import Desk
from tests.licensing.papers import RECEIPT

pytestmark = pytest.mark.journey


@pytest.fixture(params=["desk", "phone"])
def verifier(request: pytest.FixtureRequest, browser: Browser, desk: Desk) -> Iterator[Page]:
    """A verifier, at a desk and with a phone in hand."""
    context = browser.new_context(
        viewport=DESK if request.param == "desk" else PHONE, reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    desk.sign_in(page, "verifikator")
    yield page
    context.close()


def open_upload(page: Page, desk: Desk, application: UUID, paper: str) -> None:
    """Open the form of a file by which a scan of `paper` is sent."""
    page.goto(f"{desk.address}/berkas/{application}#dokumen")
    page.get_by_text("Tambah pindaian").click()
    page.locator("#f-paper").select_option(paper)


def newest(desk: Desk, application: UUID) -> tuple[bytes, str]:
    """Return the scan that came in last, and its media type."""
    with desk.runtime.transaction(desk.office_id) as connection:
        row = connection.exec_driver_sql(
            "SELECT sha256, media_type FROM paper_file WHERE application_id = %s"
            " ORDER BY uploaded_at DESC LIMIT 1",
            (application,),
        ).one()
    return desk.runtime.storage.get(row.sha256), row.media_type


def camera_photograph(path: Path) -> None:
    """Write a photograph of 12 megapixels: large, lying on its side, with its place noted."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x0110] = "Kamera Uji"
    noise = Image.effect_noise((4000, 3000), 60).convert("RGB")
    noise.save(path, "JPEG", quality=90, exif=exif)


def must_be_accessible(page: Page) -> None:
    faults = Axe().run(page).response["violations"]
    assert not faults, [(fault["id"], fault["nodes"][0]["html"][:160]) for fault in faults]
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0


def test_a_scan_is_sent_read_by_keys_and_replaced(verifier: Page, desk: Desk) -> None:
    application = desk.application("verification")
    page = verifier
    open_upload(page, desk, application, "ktp")
    page.locator("#f-scan").set_input_files(
        {"name": "ktp tiga.pdf", "mimeType": "application/pdf", "buffer": files.pdf(3)}
    )
    page.get_by_role("button", name="Unggah").click()
    expect(page.get_by_role("status").first).to_contain_text("Pindaian tersimpan.")

    page.get_by_role("link", name=re.compile("ktp tiga.pdf")).first.click()
    expect(page.get_by_role("img", name="halaman 1 dari 3")).to_be_visible()
    page.wait_for_function("document.querySelector('.sp-lihat img').naturalWidth > 0")
    must_be_accessible(page)
    page.keyboard.press("PageDown")
    expect(page.locator(".sp-lihat-alat")).to_contain_text("Halaman 2 dari 3")
    page.get_by_role("link", name="Sangat besar").click()
    expect(page.locator(".sp-lihat-alat")).to_contain_text("Halaman 2 dari 3")
    page.keyboard.press("PageUp")
    expect(page.locator(".sp-lihat-alat")).to_contain_text("Halaman 1 dari 3")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(f"/berkas/{application}"))

    open_upload(page, desk, application, "ktp")
    page.locator("#f-scan").set_input_files(
        {"name": "ktp baru.pdf", "mimeType": "application/pdf", "buffer": render(RECEIPT)}
    )
    page.get_by_role("button", name="Unggah").click()
    expect(page.get_by_role("status").first).to_contain_text("Pindaian tersimpan.")
    page.get_by_role("link", name=re.compile("ktp baru.pdf")).first.click()
    page.get_by_role("link", name="ktp tiga.pdf").first.click()
    expect(page.locator(".sp-berkas-kepala")).to_contain_text("versi lama")
    must_be_accessible(page)


def test_a_photograph_is_made_smaller_before_it_leaves(
    verifier: Page, desk: Desk, tmp_path: Path
) -> None:
    application = desk.application("verification")
    camera_photograph(tmp_path / "foto.jpg")
    assert (tmp_path / "foto.jpg").stat().st_size > 4_000_000
    open_upload(verifier, desk, application, "pasfoto")

    verifier.locator("#f-scan").set_input_files(tmp_path / "foto.jpg")
    verifier.get_by_role("button", name="Unggah").click()
    expect(verifier.get_by_role("status").first).to_contain_text("Pindaian tersimpan.")

    content, media_type = newest(desk, application)
    with Image.open(io.BytesIO(content)) as image:
        assert max(image.size) <= 3000
        assert image.height > image.width, "it stands as it was held"
        assert not image.getexif()
    assert media_type == "image/jpeg"
    assert len(content) <= 2_000_000


def test_what_cannot_be_taken_is_said_at_its_field_and_the_next_one_is_taken(
    verifier: Page, desk: Desk, tmp_path: Path
) -> None:
    application = desk.application("verification")
    page = verifier
    open_upload(page, desk, application, "npwp")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    (tmp_path / "besar.pdf").write_bytes(b"%PDF-1.7\n" + b"x" * 11_000_000)
    page.locator("#f-scan").set_input_files(tmp_path / "besar.pdf")
    expect(page.locator("form[data-kirim] [role=alert]")).to_contain_text("lebih besar dari 10 MB")
    page.get_by_role("button", name="Unggah").click()
    assert "POST" not in sent

    page.locator("#f-scan").set_input_files(
        {
            "name": "terkunci.pdf",
            "mimeType": "application/pdf",
            "buffer": files.locked_pdf("rahasia"),
        }
    )
    expect(page.locator("form[data-kirim] [role=alert]")).to_have_count(0)
    page.get_by_role("button", name="Unggah").click()
    expect(page.locator("form[data-kirim] [role=alert]")).to_contain_text("terkunci kata sandi")
    expect(page.locator("#f-paper")).to_have_value("npwp")
    expect(page.locator("#f-scan")).to_be_focused()
    must_be_accessible(page)

    page.locator("#f-scan").set_input_files(
        {"name": "npwp.png", "mimeType": "image/png", "buffer": files.picture()}
    )
    page.get_by_role("button", name="Unggah").click()
    expect(page.get_by_role("status").first).to_contain_text("Pindaian tersimpan.")


def test_a_line_that_breaks_is_said_and_the_same_press_works_afterwards(
    verifier: Page, desk: Desk
) -> None:
    application = desk.application("verification")
    page = verifier
    open_upload(page, desk, application, "neraca")
    page.locator("#f-scan").set_input_files(
        {"name": "neraca.png", "mimeType": "image/png", "buffer": files.picture(colour="blue")}
    )
    page.route("**/pindaian", lambda route: route.abort())
    page.get_by_role("button", name="Unggah").click()
    expect(page.locator("form[data-kirim] [role=alert]")).to_contain_text("Kiriman terputus")

    page.unroute("**/pindaian")
    page.get_by_role("button", name="Unggah").click()
    expect(page.get_by_role("status").first).to_contain_text("Pindaian tersimpan.")


def test_all_of_it_works_without_a_script(browser: Browser, desk: Desk) -> None:
    application = desk.application("verification")
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    desk.sign_in(page, "verifikator")
    open_upload(page, desk, application, "domisili")
    page.locator("#f-scan").set_input_files(
        {"name": "domisili.pdf", "mimeType": "application/pdf", "buffer": files.pdf(2)}
    )
    page.get_by_role("button", name="Unggah").click()
    expect(page.get_by_role("status").first).to_contain_text("Pindaian tersimpan.")
    page.get_by_role("link", name=re.compile("domisili.pdf")).first.click()
    page.get_by_role("link", name="Berikutnya").click()
    expect(page.get_by_role("img", name="halaman 2 dari 2")).to_be_visible()
    context.close()
