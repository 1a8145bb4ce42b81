"""Two people at one file, one finger pressing twice, and a server that goes away meanwhile."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from tests.journeys import steps
from tests.journeys.desk import Desk
from tests.journeys.steps import Office
from web.app import create_app

pytestmark = pytest.mark.journey

COLLEAGUE = "verifikator-kedua"
REASON = "Tempat usaha berada di zona terlarang."


@pytest.fixture(scope="module")
def colleague(office: Office) -> Page:
    """The desk of a second verifier."""
    return office.at(office.hire(COLLEAGUE, "verifier"))


class TestTwoVerifiersAtOneFile:
    def test_the_second_press_is_told_who_and_when_and_keeps_its_reason(
        self, office: Office, colleague: Page
    ) -> None:
        filed = steps.take_in(office.at("loket"), office.desk)
        second = office.at("verifikator")
        steps.open_file(second, office.desk, filed)
        steps.press(second, "Usulkan penolakan")
        second.locator("#f-reason").fill(REASON)

        steps.approve(colleague, office.desk, filed)
        with steps.answered(second, 409):
            steps.confirm(second, "Usulkan penolakan")

        told = second.get_by_role("alert")
        expect(told).to_contain_text("Berkas ini berubah sesudah halaman Anda terbuka")
        expect(told.locator("li").first).to_contain_text(f"Rekan {COLLEAGUE}")
        expect(told.locator("li").first).to_contain_text("Setujui")
        expect(told.locator("li").first).to_contain_text(re.compile(r"\d\d\.\d\d"))
        expect(told).to_be_focused()
        expect(second.locator("main")).to_contain_text(REASON)
        assert "propose_refusal" not in office.history(filed)

    def test_after_a_colleagues_mark_the_same_press_asks_again_with_the_reason_in_its_field(
        self, office: Office, colleague: Page
    ) -> None:
        filed = steps.take_in(office.at("loket"), office.desk)
        second = office.at("verifikator")
        steps.open_file(second, office.desk, filed)
        steps.press(second, "Usulkan penolakan")
        second.locator("#f-reason").fill(REASON)

        steps.open_file(colleague, office.desk, filed)
        steps.mark(colleague, "ktp", "correct")
        colleague.get_by_role("button", name="Simpan tanda").click()
        expect(colleague.locator("#m-ktp-correct")).to_be_checked()
        with steps.answered(second, 409):
            steps.confirm(second, "Usulkan penolakan")

        expect(second.locator("#f-reason")).to_have_value(REASON)
        steps.confirm(second, "Usulkan penolakan")
        steps.stands(second, "Memutuskan usul penolakan")
        assert office.history(filed)[-1] == "propose_refusal"

    def test_marks_made_on_an_old_page_are_still_there_after_the_refusal(
        self, office: Office, colleague: Page
    ) -> None:
        filed = steps.take_in(office.at("loket"), office.desk)
        second = office.at("verifikator")
        steps.open_file(second, office.desk, filed)
        steps.mark(second, "npwp", "faulty", "Kartu rusak.")

        steps.open_file(colleague, office.desk, filed)
        steps.mark(colleague, "ktp", "correct")
        colleague.get_by_role("button", name="Simpan tanda").click()
        expect(colleague.get_by_role("status")).to_contain_text("tersimpan")
        with steps.answered(second, 409):
            second.get_by_role("button", name="Simpan tanda").click()

        expect(second.locator("#m-npwp-faulty")).to_be_checked()
        expect(second.locator("#n-npwp")).to_have_value("Kartu rusak.")
        second.get_by_role("button", name="Simpan tanda").click()
        expect(second.get_by_role("status")).to_contain_text("tersimpan")
        expect(second.locator("#m-npwp-faulty")).to_be_checked()
        expect(second.locator("#m-ktp-correct")).to_be_checked()

    def test_what_a_colleague_has_taken_cannot_be_taken_again(
        self, office: Office, colleague: Page
    ) -> None:
        filed = steps.take_in(office.at("loket"), office.desk)
        second = office.at("verifikator")
        steps.open_file(second, office.desk, filed)
        steps.open_file(colleague, office.desk, filed)
        colleague.get_by_role("button", name="Ambil berkas").click()
        expect(colleague.locator(".sp-berkas-kepala")).to_contain_text("dipegang Anda")

        second.get_by_role("button", name="Ambil berkas").click()

        expect(second.get_by_role("status")).to_contain_text("sudah dipegang rekan lain")
        expect(second.locator(".sp-berkas-kepala")).to_contain_text(f"Rekan {COLLEAGUE}")


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without a script"])
class TestPressedTwice:
    def test_one_intake_is_filed(self, office: Office, script: bool) -> None:
        counter, person = office.at("loket", script=script), steps.somebody()
        steps.open_intake(counter, office.desk)
        steps.fill_intake(counter, person)

        steps.action_button(counter, "Terima").dblclick()

        filed = steps.told_at_the_counter(counter, person)
        expect(counter.locator("h1")).to_have_text("Berkas diterima")
        assert office.applications_of(person) == [filed.id]
        assert office.history(filed) == ["file", "accept"]

    def test_one_permit_is_signed(self, office: Office, script: bool) -> None:
        filed = steps.take_in(office.at("loket"), office.desk)
        steps.approve(office.at("verifikator"), office.desk, filed)
        head = office.at("kepala", script=script)
        steps.open_file(head, office.desk, filed)
        steps.press(head, "Tandatangani")
        expect(head.locator("h1")).to_have_text("Tandatangani")

        head.locator("main form").get_by_role("button", name="Tandatangani").dblclick()

        steps.stands(head, "Menyerahkan SIUP")
        assert len(office.permits(filed)) == 1
        assert office.history(filed).count("sign") == 1


@contextmanager
def _serving(desk: Desk, port: int = 0) -> Iterator[int]:
    """Serve the office once more, at `port`; gives the port."""
    # A server that keeps no connection open is gone the moment it stops.
    server = make_server("127.0.0.1", port, create_app(desk.settings, desk.runtime), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_form_survives_a_server_that_is_killed_and_comes_back(page: Page, office: Office) -> None:
    person = steps.somebody()
    with _serving(office.desk) as port:
        served = Desk(
            f"http://127.0.0.1:{port}",
            office.desk.runtime,
            office.desk.office_id,
            office.desk.settings,
            office.desk.owner_url,
        )
        served.sign_in(page, "loket")
        steps.open_intake(page, served)
        steps.fill_intake(page, person)
        page.keyboard.press("Tab")
        expect(page.locator("[data-draf]")).to_contain_text("Draf tersimpan")
        address = page.url

    page.locator("#f-field_business_address").fill("Jalan Pindah 9")
    expect(page.locator("[data-draf]")).to_contain_text("Draf belum tersimpan")

    with _serving(office.desk, port):
        page.locator("#f-field_kbli").fill("47112")
        expect(page.locator("[data-draf]")).to_contain_text("Draf tersimpan")
        # Another browser, the same clerk.
        served.sign_in(page, "loket")
        page.goto(address)
        for name, text in (person.typed | {"field_kbli": "47112"}).items():
            if name != "field_business_address":
                expect(page.locator(f"#f-{name}")).to_have_value(text)
        expect(page.locator("#f-field_business_address")).to_have_value("Jalan Pindah 9")
        steps.press(page, "Terima")
        filed = steps.told_at_the_counter(page, person)
    assert office.history(filed) == ["file", "accept"]
