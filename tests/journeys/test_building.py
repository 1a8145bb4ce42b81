"""The building permit: both agencies, the visit, the bill, the teller, the decision."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bed import Server
from tests.journeys import building, steps
from tests.journeys.desk import Desk, opened
from tests.journeys.steps import Filed, Office

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def desk(database_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An office of its own, without files: its calendar and its time are moved."""
    with (
        database_server.database() as urls,
        opened(urls, tmp_path_factory.mktemp("bangunan"), applications=0) as found,
    ):
        building.open_every_day(found)
        yield found


@pytest.fixture(scope="module")
def office(desk: Desk, browser: Browser) -> Iterator[Office]:
    """That office, with a browser for each of its people."""
    found = Office(desk, browser)
    yield found
    found.close()


def bill_it(page: Page, desk: Desk, filed: Filed) -> None:
    """Calculate the fee of a shop-house and issue the bill."""
    page.goto(f"{desk.address}/berkas/{filed.id}/retribusi")
    for name, answer in building.EXAMPLE_2.items():
        box = page.locator(f"#f-{name}")
        if box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(answer)
        else:
            box.fill(answer)
    page.get_by_role("button", name="Hitung").click()
    expect(page.locator("#hasil")).to_contain_text("Rp10.296.000")
    page.get_by_role("button", name="Simpan perhitungan").click()
    steps.open_file(page, desk, filed)
    steps.press(page, "Terbitkan SKRD")
    steps.stands(page, "Membayar retribusi di bank")


def find_bill(page: Page, desk: Desk, wanted: str) -> None:
    """Look a bill up at the window."""
    page.goto(f"{desk.address}/bank")
    page.locator("#f-cari").fill(wanted)
    page.keyboard.press("Enter")


def pay(page: Page, desk: Desk, filed: Filed) -> None:
    """Take the money at the window of the bank."""
    find_bill(page, desk, filed.number)
    expect(page.locator(".sp-tagihan-angka")).to_have_text("Rp10.296.000")
    page.wait_for_load_state()
    page.keyboard.press("Control+Enter")
    expect(page.locator("main")).to_contain_text(
        "sepuluh juta dua ratus sembilan puluh enam ribu rupiah"
    )
    page.wait_for_load_state()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("link", name="Cetak SSRD").first).to_be_visible()


def test_a_building_permit_goes_from_the_counter_to_the_handover(
    office: Office, phone_page: Page
) -> None:
    desk = office.desk
    filed = building.to_billing(office)
    bill_it(office.at("penagihan"), desk, filed)

    # The applicant reads on a phone what to pay, where, and that no officer takes money.
    steps.track(phone_page, desk, filed)
    expect(phone_page.locator("main")).to_contain_text("Rp10.296.000")
    expect(phone_page.locator("main")).to_contain_text("bank")
    assert steps.fits(phone_page)

    # The bill on paper is the calculation, to the rupiah.
    billing = office.at("penagihan")
    skrd = steps.paper_text(billing, billing.get_by_role("link", name="SKRD").first)
    assert "10.296.000" in skrd
    assert "sepuluh juta dua ratus sembilan puluh enam ribu rupiah" in skrd.lower()

    teller = office.at("bank")
    pay(teller, desk, filed)
    slip = steps.paper_text(teller, teller.get_by_role("link", name="Cetak SSRD").first)
    assert "10.296.000" in slip

    # Pressing the window's address again books nothing more.
    find_bill(teller, desk, filed.number)
    expect(teller.locator("main")).to_contain_text("Lunas")

    head = office.at("kepala")
    steps.open_file(head, desk, filed)
    steps.press(head, "Tandatangani")
    steps.confirm(head, "Tandatangani")
    steps.stands(head, "Menyerahkan IMB")
    (code,) = office.permits(filed)
    steps.hand_over(office.at("loket"), desk, filed)
    phone_page.goto(f"{desk.address}/periksa/{code}")
    expect(phone_page.locator("main")).to_contain_text("Asli dan berlaku")
    assert office.history(filed)[-1] == "hand_over"


def test_a_negative_opinion_ends_in_a_refusal_with_its_reasons(office: Office) -> None:
    desk = office.desk
    filed = building.take_in(office.at("loket"), desk)
    building.approve(office.at("verifikator"), desk, filed)
    building.schedule(office.at("peninjau"), desk, filed)
    building.give_opinion(office, filed, "pu")
    building.give_opinion(office, filed, "lh", agrees=False)
    building.report(office.at("peninjau"), desk, filed)

    verifier = office.at("verifikator")
    steps.open_file(verifier, desk, filed)
    expect(verifier.locator("#pendapat")).to_contain_text("sempadan sungai")
    with steps.answered(verifier, 422):
        steps.press(verifier, "Usulkan pemberian izin")
    expect(verifier.get_by_role("alert")).to_contain_text("menolak")

    steps.press(verifier, "Usulkan penolakan")
    verifier.locator("#f-reason").fill("Dinas lingkungan hidup keberatan.")
    steps.confirm(verifier, "Usulkan penolakan")
    steps.stands(verifier, "Memutuskan usul penolakan")
    head = office.at("kepala")
    steps.open_file(head, desk, filed)
    steps.press(head, "Tolak permohonan")
    head.locator("#f-reason").fill("Bangunan berada di garis sempadan sungai.")
    steps.confirm(head, "Tolak permohonan")
    expect(head.locator(".sp-o-tugas .sp-tugas-kata")).to_have_text("Berkas selesai: Ditolak.")
    assert "bill" not in " ".join(office.history(filed))


def test_a_bill_that_expired_is_not_taken_and_a_new_one_is(office: Office) -> None:
    desk = office.desk
    filed = building.to_billing(office)
    bill_it(office.at("penagihan"), desk, filed)
    building.run_out(desk)

    # Too late: the teller is told what to say, and nothing is booked.
    teller = office.at("bank")
    find_bill(teller, desk, filed.number)
    expect(teller.locator("main")).to_contain_text("kedaluwarsa")
    teller.keyboard.press("Control+Enter")
    assert "pay" not in office.history(filed)

    counter = office.at("loket")
    steps.open_file(counter, desk, filed)
    steps.press(counter, "Minta tagihan baru")
    steps.stands(counter, "Menghitung dan menetapkan retribusi")
    billing = office.at("penagihan")
    steps.open_file(billing, desk, filed)
    steps.press(billing, "Terbitkan SKRD")
    steps.stands(billing, "Membayar retribusi di bank")
    pay(teller, desk, filed)
    head = office.at("kepala")
    steps.open_file(head, desk, filed)
    steps.stands(head, "Menandatangani IMB")


def test_a_payment_taken_back_lets_the_file_wait_again(office: Office) -> None:
    desk = office.desk
    filed = building.to_billing(office)
    bill_it(office.at("penagihan"), desk, filed)
    pay(office.at("bank"), desk, filed)

    supervisor = office.at("bank-penyelia")
    find_bill(supervisor, desk, filed.number)
    supervisor.get_by_role("link", name="Batalkan pembayaran").first.click()
    supervisor.locator("#f-reason").fill("Salah membuka tagihan.")
    steps.confirm(supervisor, "Batalkan Rp10.296.000")
    expect(supervisor.locator("main")).to_contain_text("Salah membuka tagihan.")

    head = office.at("kepala")
    steps.open_file(head, desk, filed)
    steps.stands(head, "Membayar retribusi di bank")
    expect(head.locator("#riwayat")).to_contain_text("Salah membuka tagihan.")
    pay(office.at("bank"), desk, filed)


def test_a_free_service_of_the_catalogue_is_found_applied_for_and_issued(
    office: Office, phone_page: Page
) -> None:
    desk = office.desk
    # Found with a slip of the finger; the page says papers, time and that it is free.
    phone_page.goto(f"{desk.address}/layanan?cari=sip+perawt")
    phone_page.get_by_role("link", name="Surat Izin Praktik Perawat").first.click()
    expect(phone_page.locator("main")).to_contain_text("Tidak dipungut biaya")
    expect(phone_page.locator("main")).to_contain_text("7 hari kerja")
    assert steps.fits(phone_page)

    counter = office.at("loket")
    filed = building.take_in_nurse(counter, desk)
    verifier = office.at("verifikator")
    steps.open_file(verifier, desk, filed)
    for label in verifier.locator("label[for^='m-'][for$='-correct']").all():
        label.click()
    steps.press(verifier, "Setujui")
    head = office.at("kepala")
    steps.open_file(head, desk, filed)
    steps.press(head, "Tandatangani")
    steps.confirm(head, "Tandatangani")
    (code,) = office.permits(filed)
    steps.hand_over(counter, desk, filed)
    phone_page.goto(f"{desk.address}/periksa/{code}")
    expect(phone_page.locator("main")).to_contain_text("Asli dan berlaku")
    assert "issue_bill" not in office.history(filed)


def test_papers_past_the_ninth_are_marked_with_a_letter(office: Office) -> None:
    page = office.at("loket")
    page.goto(f"{office.desk.address}/loket/baru/imb")
    page.locator("#paper_surat_permohonan-belum").focus()
    for digit in range(1, 10):
        page.keyboard.press(f"Digit{digit}")

    for _ in range(3):
        page.keyboard.press("a")
    expect(page.locator("[data-ada]")).to_have_text("12")
    page.keyboard.press("Shift+A")

    expect(page.locator("#paper_spesifikasi_teknis-kurang")).to_be_checked()
    expect(page.locator("#f-paper_spesifikasi_teknis_note")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
