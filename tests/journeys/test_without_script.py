"""Everything works with JavaScript switched off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import PHONE
from tests.journeys import steps
from tests.journeys.steps import Office

pytestmark = pytest.mark.journey


@pytest.fixture
def plain_phone(browser: Browser) -> Iterator[Page]:
    """A phone whose browser runs no script."""
    context = browser.new_context(viewport=PHONE, has_touch=True, java_script_enabled=False)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def test_a_file_is_taken_in_approved_signed_handed_over_and_tracked(
    office: Office, plain_phone: Page
) -> None:
    desk = office.desk
    counter = office.at("loket", script=False)
    filed = steps.take_in(counter, desk)
    steps.track(plain_phone, desk, filed)
    expect(plain_phone.locator("main")).to_contain_text("Verifikator")

    verifier = office.at("verifikator", script=False)
    verifier.goto(f"{desk.address}/kerja?lihat=antrean")
    taking = verifier.get_by_role("button", name=f"Ambil {filed.number}")
    # The newest file is the least urgent one: it may stand on a later page.
    while not taking.count():
        verifier.get_by_role("link", name="Berikutnya").click()
    taking.click()
    expect(verifier.get_by_role("status").first).to_contain_text("Berkas kini Anda pegang.")
    steps.approve(verifier, desk, filed)
    steps.sign(office.at("kepala", script=False), desk, filed)
    steps.hand_over(counter, desk, filed)

    plain_phone.goto(f"{desk.address}/lacak/berkas")
    expect(plain_phone.locator("main")).to_contain_text("Diserahkan")


def test_a_refused_form_keeps_what_was_typed_and_its_summary_links_to_the_fields(
    office: Office,
) -> None:
    counter = office.at("loket", script=False)
    person = steps.somebody()
    steps.open_intake(counter, office.desk)
    steps.fill_intake(counter, person)
    counter.locator("#f-applicant_nik").fill("12")
    with steps.answered(counter, 422):
        steps.press(counter, "Terima")

    expect(counter.locator("#f-field_business_name")).to_have_value(person.business)
    expect(counter.locator("#paper_ktp-ada")).to_be_checked()
    counter.locator(".sp-ringkas-galat a[href='#f-applicant_nik']").click()
    # Without a script the browser leads to the field; the next Tab starts there.
    assert counter.url.endswith("#f-applicant_nik")


def test_what_is_less_often_pressed_can_be_reached_on_a_phone(
    office: Office, plain_phone: Page
) -> None:
    filed = steps.take_in(office.at("loket", script=False), office.desk)
    office.desk.sign_in(plain_phone, "verifikator")
    steps.open_file(plain_phone, office.desk, filed)

    plain_phone.locator("section.sp-aksi summary").click()
    steps.press(plain_phone, "Usulkan penolakan")

    expect(plain_phone.locator("h1")).to_have_text("Usulkan penolakan")
