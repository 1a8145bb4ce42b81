"""A SIUP from the counter to the handover, each person at a desk of their own."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.steps import Office

pytestmark = pytest.mark.journey


def test_a_complete_file_goes_from_the_counter_to_the_handover(
    office: Office, phone_page: Page
) -> None:
    desk, counter = office.desk, office.at("loket")

    # The counter takes it in; the receipt names the day.
    filed = steps.take_in(counter, desk)
    promised = office.promised(filed)
    expect(counter.locator("h1")).to_have_text("Berkas diterima")
    expect(counter.locator(".sp-janji-tgl")).to_contain_text(steps.on_screen(promised))
    receipt = steps.paper_text(counter, counter.get_by_role("link", name="Cetak tanda terima"))
    for words in (filed.number, filed.code, steps.on_paper(promised), filed.person.name):
        assert words in receipt
    assert "Tidak dipungut biaya" in receipt

    # On a phone: whose turn it is, and the same day.
    steps.track(phone_page, desk, filed)
    expect(phone_page.locator("main")).to_contain_text("Verifikator")
    expect(phone_page.locator(".sp-janji-tgl").first).to_contain_text(steps.on_screen(promised))
    expect(phone_page.locator("main")).not_to_contain_text(filed.person.name)
    assert steps.fits(phone_page)

    # The verifier takes it out of the pool, judges every paper and approves.
    verifier = office.at("verifikator")
    steps.open_file(verifier, desk, filed)
    expect(verifier.locator(".sp-berkas-kepala")).to_contain_text("belum diambil")
    verifier.get_by_role("button", name="Ambil berkas").click()
    expect(verifier.locator(".sp-berkas-kepala")).to_contain_text("dipegang Anda")
    steps.approve(verifier, desk, filed)

    # The head signs; the number of the permit stands on the paper.
    head = office.at("kepala")
    steps.sign(head, desk, filed)
    (code,) = office.permits(filed)
    permit = steps.paper_text(head, head.get_by_role("link", name="Surat izin"))
    assert filed.person.business in permit
    assert "SRI RAHAYU" in permit.upper()

    # Ready: the phone says so.
    phone_page.reload()
    expect(phone_page.locator("main")).to_contain_text("Cara mengambil")

    # The counter hands it over.
    steps.hand_over(counter, desk, filed)
    expect(counter.locator("#riwayat")).to_contain_text("KTP 0001")
    assert office.history(filed)[-1] == "hand_over"

    # Anybody sees that it is genuine; the phone that it was handed over.
    phone_page.goto(f"{desk.address}/periksa/{code}")
    expect(phone_page.locator("main")).to_contain_text("Asli dan berlaku")
    expect(phone_page.locator("main")).to_contain_text(filed.person.business)
    phone_page.goto(f"{desk.address}/lacak/berkas")
    expect(phone_page.locator("main")).to_contain_text("Diserahkan")
    phone_page.get_by_role("link", name="Lihat halaman keasliannya").click()
    expect(phone_page.locator("main")).to_contain_text("Asli dan berlaku")


class TestFourEyes:
    def test_who_took_a_file_in_cannot_approve_it_and_is_told_why(self, office: Office) -> None:
        both = office.at(office.hire("rangkap-1", "counter", "verifier", "head"))
        filed = steps.take_in(both, office.desk)
        steps.open_file(both, office.desk, filed)
        for paper in steps.PAPERS:
            steps.mark(both, paper, "correct")

        with steps.answered(both, 403):
            steps.press(both, "Setujui")

        expect(both.get_by_role("alert")).to_contain_text("Anda sudah bertindak pada tahap")
        expect(both.get_by_role("alert")).to_contain_text("Mintalah rekan lain")
        expect(both.locator("#m-ktp-correct")).to_be_checked()
        assert office.history(filed)[-1] != "approve"

    def test_who_approved_a_file_cannot_sign_it_and_is_told_why(self, office: Office) -> None:
        filed = steps.take_in(office.at("loket"), office.desk)
        both = office.at(office.hire("rangkap-2", "verifier", "head"))
        steps.approve(both, office.desk, filed)

        with steps.answered(both, 403):
            steps.press(both, "Tandatangani")

        expect(both.get_by_role("alert")).to_contain_text("Anda sudah bertindak pada tahap")
        assert office.permits(filed) == []
