"""`/gaya` and the error page in a real browser: readable by everyone, in every width."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser import DESK, PHONE
from tests.web.site import bare_app, served

NO_OVERFLOW = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(bare_app()) as address:
        yield address


@pytest.mark.journey
class TestInABrowser:
    @pytest.fixture(params=["id", "en"])
    def language(self, request) -> str:
        return request.param

    @pytest.fixture(params=["light", "dark"])
    def theme(self, request) -> str:
        return request.param

    @pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
    def opened(self, request, browser: Browser, address: str, language, theme) -> Iterator[Page]:
        context = browser.new_context(viewport=request.param, reduced_motion="reduce")
        context.add_cookies(
            [
                {"name": "bahasa", "value": language, "url": address},
                {"name": "tema", "value": theme, "url": address},
            ]
        )
        yield context.new_page()
        context.close()

    @pytest.mark.parametrize("path", ["/gaya", "/tidak-ada"])
    def test_a_page_is_accessible_fits_and_breaks_no_rule(self, opened: Page, address, path):
        said: list[str] = []
        opened.on("console", lambda message: said.append(message.text))
        opened.goto(address + path)

        found = Axe().run(opened)

        assert found.response["passes"], "axe looked at nothing"
        assert found.violations_count == 0, found.generate_report()
        assert opened.evaluate(NO_OVERFLOW)
        assert opened.locator("h1").count() == 1
        assert [text for text in said if "404" not in text] == []


@pytest.mark.journey
class TestTheScript:
    def test_a_digit_marks_a_paper_present_and_shift_marks_it_faulty(self, page: Page, address):
        page.goto(f"{address}/gaya")
        row = page.locator("[data-periksa] > li").nth(2)
        page.evaluate("document.activeElement.blur()")

        page.keyboard.press("Digit3")
        assert row.locator("input[value=ada]").is_checked()
        page.keyboard.press("Shift+Digit3")
        assert row.locator("input[value=kurang]").is_checked()
        assert "sp-kurang" in (row.get_attribute("class") or "")

    def test_a_digit_typed_into_a_field_stays_there(self, page: Page, address):
        page.goto(f"{address}/gaya")
        page.locator("#f-luas").click()

        page.keyboard.press("Digit3")

        assert page.locator("#f-luas").input_value() == "3"
        row = page.locator("[data-periksa] > li").nth(2)
        assert row.locator("input[value=belum]").is_checked()

    def test_the_slash_leads_to_the_search(self, page: Page, address):
        page.goto(f"{address}/gaya")
        page.evaluate("document.activeElement.blur()")

        page.keyboard.press("/")

        assert page.evaluate("document.activeElement.id") == "f-cari"
        assert page.locator("#f-cari").input_value() == ""

    def test_a_refused_form_is_read_first_and_its_links_lead_to_the_fields(
        self, page: Page, address
    ):
        page.goto(f"{address}/gaya")
        assert page.evaluate("document.activeElement.className") == "sp-ringkas-galat"

        page.get_by_role("link", name="Tulis alasannya").click()

        assert page.evaluate("document.activeElement.id") == "f-alasan"

    def test_a_question_opens_here_and_escape_closes_it(self, page: Page, address):
        page.goto(f"{address}/gaya")

        page.locator("[data-dialog=tolak]").click()
        assert page.locator("dialog#tolak").is_visible()
        page.keyboard.press("Escape")
        assert page.locator("dialog#tolak").is_hidden()

    def test_the_menu_of_a_phone_opens_without_leaving_the_page(self, phone_page: Page, address):
        phone_page.goto(f"{address}/gaya")

        phone_page.locator(".sp-kepala-menu > summary").click()

        assert phone_page.get_by_role("link", name="Periksa izin").is_visible()


@pytest.mark.journey
def test_every_word_of_the_page_works_without_a_script(browser: Browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/gaya")

    page.locator(".sp-kaki").get_by_role("button", name="English").click()

    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading", name="Style", exact=True).is_visible()
    context.close()
