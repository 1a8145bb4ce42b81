"""The browser of the tests is real, and its absence is a failure that says what to do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests import browser


@pytest.mark.journey
@pytest.mark.parametrize(("name", "width", "touch"), [("page", 1366, 0), ("phone_page", 390, 1)])
def test_pages_open_in_the_size_of_the_device(
    name: str, width: int, touch: int, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(name)
    page.set_content("<h1>Loket</h1>")
    assert page.inner_text("h1") == "Loket"
    assert page.evaluate("innerWidth") == width
    assert bool(page.evaluate("navigator.maxTouchPoints")) == bool(touch)


def test_a_named_browser_that_does_not_exist_is_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SATUPINTU_CHROMIUM", "/nonexistent/chromium")
    assert browser.find() is None


def test_no_browser_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "find", lambda: None)
    monkeypatch.setattr(browser, "_install_by_apt", lambda: None)
    monkeypatch.setattr(browser, "_install_by_playwright", lambda: None)
    with pytest.raises(browser.NoBrowser, match="SATUPINTU_CHROMIUM"):
        browser.find_or_install()


def test_installs_by_the_system_before_playwrights_own(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(browser, "find", lambda: "/usr/bin/chromium" if done else None)
    monkeypatch.setattr(browser, "_install_by_apt", lambda: done.append("apt"))
    monkeypatch.setattr(browser, "_install_by_playwright", lambda: done.append("playwright"))
    assert str(browser.find_or_install()) == "/usr/bin/chromium"
    assert done == ["apt"]
