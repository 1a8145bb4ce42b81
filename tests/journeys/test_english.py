"""Behind the switch, the pages of a journey speak English alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.steps import Office
from web.catalogue import translations
from workflows.definitions import text_of

pytestmark = pytest.mark.journey

_SPOKEN = """
() => [...document.querySelectorAll(
    "h1,h2,h3,h4,button,label,legend,th,dt,caption,summary,nav a,a.btn,option,.sp-chip,.form-text")]
  .filter((it) => !it.closest("body [lang=id]"))
  .map((it) => [...it.childNodes].filter((node) => node.nodeType === 3)
    .map((node) => node.data).join(" ").replace(/\\s+/g, " ").trim())
  .filter((text) => text)
"""
"""What the page's own words are: headings, buttons, labels; not what somebody typed."""


@cache
def _indonesian() -> frozenset[str]:
    """Return every text of the product that reads otherwise in English."""
    texts, english = set(), set()
    for source, translation in _pairs():
        if source != translation:
            texts.add(source)
            english.add(translation)
    for source, translation in _titles(text_of("siup")):
        if source != translation:
            texts.add(source)
    return frozenset(texts - english)


def _pairs() -> Iterator[tuple[str, str]]:
    for message in translations():
        if isinstance(message.id, str) and message.id and "%(" not in message.id:
            yield message.id, str(message.string)


def _titles(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        _, found, rest = line.partition("{id: ")
        if found and ", en: " in rest:
            source, _, translation = rest.rstrip("} ").partition(", en: ")
            yield source.strip('"'), translation.strip('"')


def _spoken(page: Page) -> list[str]:
    expect(page.locator("html")).to_have_attribute("lang", "en")
    found: list[str] = page.evaluate(_SPOKEN)
    assert found
    return found


@pytest.fixture
def english(page: Page, office: Office) -> Page:
    """A counter at which English was chosen, by the switch itself."""
    office.desk.sign_in(page, "loket")
    page.locator("details.sp-bar-orang summary").click()
    page.locator(".sp-bar-laci").get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    return page


def test_the_words_of_the_catalogue_are_found_on_an_indonesian_page(
    page: Page, office: Office
) -> None:
    office.desk.sign_in(page, "loket")
    steps.open_intake(page, office.desk)
    spoken: list[str] = page.evaluate(_SPOKEN)

    assert len(_indonesian().intersection(spoken)) > 20


def test_intake_file_and_tracking_say_nothing_in_indonesian(
    english: Page, phone_page: Page, office: Office
) -> None:
    desk = office.desk
    filed = steps.take_in(office.at("loket"), desk)
    phone_page.goto(f"{desk.address}/lacak")
    phone_page.get_by_role("button", name="English").click()
    found: dict[str, frozenset[str]] = {}

    for path in ("/loket", "/loket/baru/siup", f"/berkas/{filed.id}", "/kerja"):
        english.goto(desk.address + path)
        found[path] = _indonesian().intersection(_spoken(english))
    english.goto(f"{desk.address}/loket/baru/siup")
    with steps.answered(english, 422):
        english.locator("section.sp-aksi button[value=terima]").click()
    found["refused intake"] = _indonesian().intersection(
        [*_spoken(english), *english.locator(".sp-pesan-galat span").all_inner_texts()]
    )
    phone_page.goto(f"{desk.address}/lacak")
    found["/lacak"] = _indonesian().intersection(_spoken(phone_page))
    phone_page.locator("#f-number").fill(filed.number)
    phone_page.locator("#f-code").fill(filed.code)
    phone_page.locator("main form .btn-primary").click()
    phone_page.wait_for_url("**/lacak/berkas")
    found["/lacak/berkas"] = _indonesian().intersection(_spoken(phone_page))

    assert {place: words for place, words in found.items() if words} == {}
