"""The staff's screens in a real browser: by keyboard, without scrolling, readable to everybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from licensing.people import Officer
from tests.factories import PASSWORD, House
from tests.web.office import office_app
from tests.web.site import served


@pytest.fixture
def address(real_house: House) -> Iterator[str]:
    """The address of an office with files at several steps."""
    for step in ("verification", "verification", "correction", "signature", "handover", "issued"):
        real_house.application(step)
    with served(office_app(real_house.runtime)) as found:
        yield found


def enter(page: Page, address: str, officer: Officer, path: str) -> None:
    page.goto(f"{address}/masuk")
    page.fill("#f-username", officer.username)
    page.fill("#f-password", PASSWORD)
    page.click("main button.btn-primary")
    page.goto(address + path)


def faults(page: Page) -> list[str]:
    return [fault["id"] for fault in Axe().run(page).response["violations"]]


def test_the_inbox_is_walked_by_keyboard_and_a_file_approved_without_a_mouse(
    page: Page, address: str, real_house: House
) -> None:
    enter(page, address, real_house.people.verifier, "/kerja")
    assert faults(page) == []

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/berkas/*")
    assert faults(page) == []

    for box in page.locator("fieldset.sp-pilah-radio").all():
        box.locator("input").first.focus()
        page.keyboard.press("Space")
    page.keyboard.press("s")
    page.wait_for_selector(".sp-roti")

    assert "Tercatat: Setujui" in page.inner_text(".sp-roti")
    assert page.inner_text(".sp-berkas-tahap") == "Menandatangani SIUP"


def test_the_board_fits_its_window(page: Page, address: str, real_house: House) -> None:
    enter(page, address, real_house.people.supervisor, "/pengawas")

    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollHeight") <= 768


@pytest.mark.parametrize(
    "path", ["/kerja", "/pengawas", "/pengawas/berkas", "/pengawas/peringatan"]
)
def test_nothing_scrolls_sideways_on_a_phone(
    phone_page: Page, address: str, real_house: House, path: str
) -> None:
    enter(phone_page, address, real_house.people.supervisor, path)

    assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults(phone_page) == []
