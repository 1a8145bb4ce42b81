"""The side paths of a SIUP, each with the letter and the page that its applicant gets."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.steps import Office

pytestmark = pytest.mark.journey

FAULTS = {
    "ktp": "Foto pada KTP tidak terbaca.",
    "neraca": "Neraca belum ditandatangani penanggung jawab.",
}


def test_a_file_is_returned_corrected_and_signed(office: Office, phone_page: Page) -> None:
    desk, counter, verifier = office.desk, office.at("loket"), office.at("verifikator")
    filed = steps.take_in(counter, desk)

    # The verifier finds two faults, and the letter names these two.
    steps.open_file(verifier, desk, filed)
    for paper in steps.PAPERS:
        steps.mark(
            verifier, paper, "faulty" if paper in FAULTS else "correct", FAULTS.get(paper, "")
        )
    steps.press(verifier, "Kembalikan untuk diperbaiki")
    expect(verifier.locator("main")).to_contain_text("2 dokumen disebut dalam surat")
    steps.confirm(verifier, "Kembalikan untuk diperbaiki")
    steps.stands(verifier, "Memperbaiki berkas")
    letter = steps.paper_text(verifier, verifier.get_by_role("link", name="Surat pengembalian"))
    for note in FAULTS.values():
        assert note in letter

    # The applicant's phone shows exactly these, and a clock that stands.
    steps.track(phone_page, desk, filed)
    listed = phone_page.locator(".sp-lacak-perbaikan > li")
    expect(listed).to_have_count(2)
    for item, note in zip(listed.all(), FAULTS.values(), strict=True):
        expect(item).to_contain_text(note)
    expect(phone_page.locator(".sp-janji-jeda")).to_contain_text("berhenti sejak")
    expect(phone_page.locator("main")).to_contain_text("Selama dijeda tidak ada tenggat")
    assert steps.fits(phone_page)

    # The counter takes the correction in; only what was faulty waits to be judged anew.
    steps.open_file(counter, desk, filed)
    steps.press(counter, "Serahkan perbaikan")
    steps.stands(counter, "Memeriksa kebenaran berkas")
    steps.open_file(verifier, desk, filed)
    for paper in steps.PAPERS:
        judged = verifier.locator(f"input[name=mark_{paper}]:checked")
        expect(judged).to_have_count(0 if paper in FAULTS else 1)
    expect(verifier.locator("#dokumen header")).to_contain_text("2 dokumen belum ditandai")
    for paper in FAULTS:
        steps.mark(verifier, paper, "correct")
    steps.press(verifier, "Setujui")
    steps.stands(verifier, "Menandatangani SIUP")

    steps.sign(office.at("kepala"), desk, filed)
    phone_page.reload()
    expect(phone_page.locator("main")).to_contain_text("Cara mengambil")
    assert office.history(filed)[-4:] == [
        "return_for_correction",
        "resubmit_correction",
        "approve",
        "sign",
    ]


def test_an_incomplete_file_is_given_back_at_the_counter_completed_and_accepted(
    office: Office,
) -> None:
    desk, counter, person = office.desk, office.at("loket"), steps.somebody()
    steps.open_intake(counter, desk)
    steps.fill_intake(counter, person, wrong={"npwp": "Kartu atas nama orang lain."})
    steps.press(counter, "Kembalikan")
    filed = steps.told_at_the_counter(counter, person)
    expect(counter.locator("h1")).to_have_text("Dikembalikan untuk dilengkapi")
    expect(counter.locator("main")).to_contain_text("Kartu atas nama orang lain.")
    letter = steps.paper_text(counter, counter.get_by_role("link", name="Cetak surat pengembalian"))
    assert filed.number in letter
    assert "Kartu atas nama orang lain." in letter
    assert "KTP pemilik" not in letter

    # The applicant comes back with what was missing: nothing else is asked for again.
    steps.open_file(counter, desk, filed)
    steps.press(counter, "Serahkan kembali")
    steps.stands(counter, "Menerima dan memeriksa kelengkapan berkas")
    for paper in steps.PAPERS:
        checked = counter.locator(f"#m-{paper}-received:checked")
        expect(checked).to_have_count(0 if paper == "npwp" else 1)
    steps.mark(counter, "npwp", "received")
    steps.press(counter, "Terima berkas")

    steps.stands(counter, "Memeriksa kebenaran berkas")
    assert steps.on_paper(office.promised(filed)) in steps.paper_text(
        counter, counter.get_by_role("link", name="Tanda terima")
    )


def test_a_refusal_is_proposed_decided_and_told_with_its_remedies(
    office: Office, phone_page: Page
) -> None:
    desk, verifier, head = office.desk, office.at("verifikator"), office.at("kepala")
    filed = steps.take_in(office.at("loket"), desk)

    steps.open_file(verifier, desk, filed)
    for paper in steps.PAPERS:
        steps.mark(verifier, paper, "correct")
    steps.press(verifier, "Usulkan penolakan")
    verifier.locator("#f-reason").fill("Barang yang diperdagangkan dilarang.")
    steps.confirm(verifier, "Usulkan penolakan")
    steps.stands(verifier, "Memutuskan usul penolakan")

    reason = "Barang dagangan termasuk yang dilarang diperdagangkan."
    steps.open_file(head, desk, filed)
    steps.press(head, "Tolak permohonan")
    expect(head.locator("main")).to_contain_text("mengakhiri berkas dan tidak dapat dibatalkan")
    head.locator("#f-reason").fill(reason)
    steps.confirm(head, "Tolak permohonan")
    expect(head.locator(".sp-o-tugas .sp-tugas-kata")).to_have_text("Berkas selesai: Ditolak.")

    letter = steps.paper_text(head, head.get_by_role("link", name="Surat penolakan"))
    for words in (reason, "21 hari kerja", "10 hari kerja", filed.number):
        assert words in letter

    steps.track(phone_page, desk, filed)
    told = phone_page.locator("main")
    for words in (reason, "Keberatan", "21 hari kerja", "Banding", "10 hari kerja"):
        expect(told).to_contain_text(words)
    assert steps.fits(phone_page)


def test_an_applicant_withdraws_at_the_counter(office: Office, phone_page: Page) -> None:
    desk, counter = office.desk, office.at("loket")
    filed = steps.take_in(counter, desk)

    steps.open_file(counter, desk, filed)
    steps.press(counter, "Cabut permohonan")
    expect(counter.locator("main")).to_contain_text("mengakhiri berkas dan tidak dapat dibatalkan")
    assert "withdraw" not in office.history(filed)
    with steps.answered(counter, 422):
        steps.confirm(counter, "Cabut permohonan")
    expect(counter.locator("#f-reason-galat")).to_have_text("Tulis alasannya.")
    counter.locator("#f-reason").fill("Pemohon pindah ke kota lain.")
    steps.confirm(counter, "Cabut permohonan")

    expect(counter.locator(".sp-tugas-kata")).to_have_text("Berkas selesai: Dicabut pemohon.")
    expect(counter.locator("#riwayat")).to_contain_text("Pemohon pindah ke kota lain.")
    expect(counter.locator("section.sp-aksi")).to_have_count(0)
    steps.track(phone_page, desk, filed)
    expect(phone_page.locator("h1")).to_contain_text("icabut")


class TestBadInput:
    def test_an_empty_intake_says_everything_at_once_and_its_links_lead_to_the_fields(
        self, page: Page, office: Office
    ) -> None:
        office.desk.sign_in(page, "loket")
        steps.open_intake(page, office.desk)
        with steps.answered(page, 422):
            steps.press(page, "Terima")

        summary = page.locator(".sp-ringkas-galat")
        links = summary.get_by_role("link")
        assert links.count() >= len(steps.PAPERS) + 10
        page.evaluate("document.activeElement.blur()")
        for name in ("applicant_nik", "field_business_name", "paper_ktp"):
            summary.locator(f"a[href='#f-{name}']").click()
            expect(page.locator(f"#f-{name}")).to_be_focused()

    def test_a_wrong_number_is_said_at_its_field_and_everything_typed_is_still_there(
        self, page: Page, office: Office
    ) -> None:
        person = steps.somebody()
        office.desk.sign_in(page, "loket")
        steps.open_intake(page, office.desk)
        steps.fill_intake(page, person, wrong={"ktp": "Buram."})
        page.locator("#f-applicant_nik").fill("99999955")
        with steps.answered(page, 422):
            steps.press(page, "Kembalikan")

        expect(page.locator("#f-applicant_nik-galat")).to_have_text("NIK terdiri atas 16 angka.")
        expect(page.locator("#f-applicant_nik")).to_be_focused()
        for name, text in (person.typed | {"applicant_nik": "99999955"}).items():
            expect(page.locator(f"#f-{name}")).to_have_value(text)
        expect(page.locator("#f-field_institution")).to_have_value("pengecer")
        expect(page.locator("#paper_ktp-kurang")).to_be_checked()
        expect(page.locator("#f-paper_ktp_note")).to_have_value("Buram.")
        expect(page.locator("[data-periksa] input[value=ada]:checked")).to_have_count(5)
        assert office.applications_of(person) == []

    def test_a_fault_without_words_is_refused_at_the_counter(
        self, page: Page, office: Office
    ) -> None:
        office.desk.sign_in(page, "loket")
        steps.open_intake(page, office.desk)
        steps.fill_intake(page, steps.somebody(), wrong={"ktp": ""})
        with steps.answered(page, 422):
            steps.press(page, "Kembalikan")

        expect(page.locator("[data-periksa] .sp-pesan-galat")).to_have_text(
            "Tulis apa yang kurang pada dokumen ini."
        )
        expect(page.locator("#f-paper_ktp_note")).to_be_focused()

    def test_a_fault_without_words_is_refused_at_the_verifiers(self, office: Office) -> None:
        filed = steps.take_in(office.at("loket"), office.desk)
        verifier = office.at("verifikator")
        steps.open_file(verifier, office.desk, filed)
        steps.mark(verifier, "ktp", "faulty")
        steps.mark(verifier, "npwp", "faulty", "Sudah tidak berlaku.")
        with steps.answered(verifier, 422):
            steps.press(verifier, "Kembalikan untuk diperbaiki")

        expect(verifier.locator("#dokumen .sp-pesan-galat")).to_have_count(1)
        verifier.locator(".sp-ringkas-galat a").click()
        expect(verifier.locator("#f-paper_ktp")).to_be_focused()
        expect(verifier.locator("#m-ktp-faulty")).to_be_checked()
        expect(verifier.locator("#n-npwp")).to_have_value("Sudah tidak berlaku.")
        assert office.history(filed)[-1] == "accept"
