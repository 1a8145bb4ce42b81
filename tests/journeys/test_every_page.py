"""What holds on every page, in every state, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser import DESK, PHONE
from tests.journeys.desk import Desk
from tests.journeys.places import PLACES, Place

pytestmark = pytest.mark.journey

# Measured once the narrow page has been drawn.
_TOO_WIDE = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
  done(document.documentElement.scrollWidth - document.documentElement.clientWidth))))"""
_AS = sorted({place.who or "" for place in PLACES})


@pytest.fixture(scope="module", params=_AS)
def visitor(
    request: pytest.FixtureRequest, browser: Browser, desk: Desk
) -> Iterator[tuple[str | None, Page]]:
    context = browser.new_context(viewport=DESK, locale="id-ID", reduced_motion="reduce")
    context.set_default_timeout(10_000)
    page = context.new_page()
    who: str | None = request.param or None
    if who:
        desk.sign_in(page, who)
    yield who, page
    context.close()


def _places(who: str | None) -> list[Place]:
    return [place for place in PLACES if place.who == who]


class TestEveryPage:
    def test_is_accessible_has_one_heading_and_fits_a_phone(
        self, desk: Desk, visitor: tuple[str | None, Page]
    ) -> None:
        who, page = visitor
        faults: list[str] = []
        for place in _places(who):
            said: list[str] = []
            page.on("pageerror", lambda error, said=said: said.append(str(error)))
            page.set_viewport_size(DESK)
            response = page.goto(desk.address + place.path(desk))
            assert response is not None
            if response.status != place.status:
                faults.append(f"{place.name}: status {response.status}, not {place.status}")
                continue
            if page.locator("h1").count() != 1:
                faults.append(f"{place.name}: {page.locator('h1').count()} h1")
            tall = page.evaluate("document.documentElement.scrollHeight")
            if place.whole and tall > DESK["height"]:
                faults.append(f"{place.name}: {tall} px high, does not fit a desk")
            results = Axe().run(page)
            faults += [
                f"{place.name}: {fault['id']} {fault['nodes'][0]['html'][:160]}"
                for fault in results.response["violations"]
            ]
            page.set_viewport_size(PHONE)
            wide = page.evaluate(_TOO_WIDE)
            if wide > 0:
                faults.append(f"{place.name}: {wide} px too wide for a phone")
            faults += [f"{place.name}: script said {error}" for error in said]
        assert not faults, "\n".join(faults)

    def test_is_wholly_in_english_behind_the_switch(
        self, desk: Desk, visitor: tuple[str | None, Page]
    ) -> None:
        who, page = visitor
        page.set_viewport_size(DESK)
        for place in _places(who):
            page.context.add_cookies([{"name": "bahasa", "value": "en", "url": desk.address}])
            page.goto(desk.address + place.path(desk))
            assert page.locator("html").get_attribute("lang") == "en", place.name
        page.context.add_cookies([{"name": "bahasa", "value": "id", "url": desk.address}])
