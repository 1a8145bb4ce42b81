"""The printed bill (SKRD) and the payment slip (SSRD)."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pypdf
import pytest

from licensing.documents import BillPaper, PaperError, SlipPaper, render
from licensing.documents.bill_values import BillStatus
from licensing.tariffs import Price, Sheet, calculate, versions_of
from tests.licensing.fees import I_1, I_1_PRICES, I_1_TOTAL
from tests.licensing.papers import HEAD, OFFICE

A4, A5 = (595, 842), (420, 595)
POINTS_OF_80_MM = 227


def sheet(prices: dict[str, Decimal], answers: dict[str, str]) -> Sheet:
    held = {
        name: Price(name, value, date(2020, 1, 1), "Perda Kota Contoh 3/2012")
        for name, value in prices.items()
    }
    return calculate(versions_of("imb")[-1], held, answers)


I_1_SHEET = sheet(I_1_PRICES, I_1)
BILL = BillPaper(
    office=OFFICE,
    number="503/0001/SKRD/DPMPTSP/XI/2026",
    registration_number="REG-20261104-00042",
    payer="CV Berkah Niaga Sejahtera",
    address="Jl. Melati No. 12, Kota Contoh",
    service="Izin Mendirikan Bangunan (IMB)",
    subject="Jl. Mawar No. 3, Kota Contoh",
    legal_basis=("Permen PU 24/PRT/M/2007", "Perda Kota Contoh 3/2012"),
    amount_idr=I_1_TOTAL,
    sheet=I_1_SHEET,
    issued_at=datetime(2026, 11, 4, 3, tzinfo=UTC),
    due_at=datetime(2026, 11, 18, 9, tzinfo=UTC),
    signatory=HEAD,
    pay_url="https://satupintu.contoh.go.id/bank?cari=0123456789abcdef",
    status="open",
    closed_at=None,
    slip_number=None,
)
SLIP = SlipPaper(
    office=OFFICE,
    number="503/0001/SSRD/DPMPTSP/XI/2026",
    bill_number=BILL.number,
    registration_number=BILL.registration_number,
    payer=BILL.payer,
    service=BILL.service,
    subject=BILL.subject,
    amount_idr=I_1_TOTAL,
    bank="Bank Pembangunan Daerah Contoh",
    teller="Teguh Wibowo",
    bank_reference="NTB-0001",
    paid_at=datetime(2026, 11, 5, 3, tzinfo=UTC),
    reversed_at=None,
    reversed_why="",
    printed_at=datetime(2026, 11, 5, 3, 1, tzinfo=UTC),
)
CLOSED = datetime(2026, 11, 6, 3, tzinfo=UTC)


def pages(paper: BillPaper | SlipPaper) -> list[pypdf.PageObject]:
    return list(pypdf.PdfReader(io.BytesIO(render(paper))).pages)


def words(paper: BillPaper | SlipPaper) -> str:
    text = " ".join(page.extract_text() for page in pages(paper)).replace("\u200b", "")
    return re.sub(r"\s+", " ", text)


def closed(status: BillStatus) -> BillPaper:
    slip = SLIP.number if status == "paid" else None
    return replace(BILL, status=status, closed_at=CLOSED, slip_number=slip)


@pytest.mark.parametrize("paper", [BILL, SLIP], ids=lambda paper: type(paper).__name__)
class TestBoth:
    def test_are_the_same_bytes_for_the_same_values(self, paper: BillPaper | SlipPaper) -> None:
        assert render(paper) == render(paper)

    def test_say_where_to_pay_and_where_to_complain(self, paper: BillPaper | SlipPaper) -> None:
        text = words(paper)

        assert "Bayar hanya di bank" in text
        assert "tidak menerima uang" in text
        assert OFFICE.complaints in text

    def test_carry_the_amount_in_figures_and_words(self, paper: BillPaper | SlipPaper) -> None:
        text = words(paper)

        assert "Rp187.625" in text
        assert "Seratus delapan puluh tujuh ribu enam ratus dua puluh lima rupiah" in text

    def test_of_an_invented_office_are_crossed_as_a_specimen(
        self, paper: BillPaper | SlipPaper
    ) -> None:
        specimen = replace(paper, office=replace(paper.office, specimen=True))

        # Typst writes the letters one by one, as they are turned.
        assert words(specimen).replace(" ", "").count("CONTOH") > words(paper).replace(
            " ", ""
        ).count("CONTOH")


class TestTheBill:
    def test_names_payer_object_basis_due_day_and_every_charged_line(self) -> None:
        text = words(BILL)

        for expected in (
            "SURAT KETETAPAN RETRIBUSI DAERAH (SKRD)",
            "503/0001/SKRD/DPMPTSP/XI/2026",
            "REG-20261104-00042",
            "CV Berkah Niaga Sejahtera",
            "Jl. Mawar No. 3, Kota Contoh",
            "Permen PU 24/PRT/M/2007; Perda Kota Contoh 3/2012",
            "Rabu, 18 November 2026",
            "pukul 16.00 WIB",
            "100 × 0,3125 × 1,00 × 4.500",
            "Rp140.625",
            "Rp30.000",
            "Rp12.000",
            "Rp5.000",
            "4 November 2026",
            HEAD.name,
        ):
            assert expected in text

    def test_shows_every_factor_on_its_calculation_sheet(self) -> None:
        text = words(BILL)

        assert "Lembar perhitungan" in text
        for factor in I_1_SHEET.factors:
            assert factor.title["id"] in text
        for line in I_1_SHEET.lines:
            assert re.sub(r"\s+", " ", line.words["id"]) in text
        assert "belum dikonfirmasi kantor" in text
        assert "setengah ke atas" in text

    def test_names_no_amount_that_is_not_its_own(self) -> None:
        amounts = set(re.findall(r"Rp[0-9][0-9.]*[0-9]", words(BILL)))

        assert amounts == {"Rp187.625", "Rp140.625", "Rp30.000", "Rp12.000", "Rp5.000"}

    def test_is_a4_with_its_first_sheet_whole(self) -> None:
        made = pages(BILL)

        assert {(round(p.mediabox.width), round(p.mediabox.height)) for p in made} == {A4}
        assert HEAD.name in made[0].extract_text()

    def test_without_a_time_to_pay_names_no_day(self) -> None:
        assert "paling lambat" not in words(replace(BILL, due_at=None))

    @pytest.mark.parametrize(
        ("status", "stamp", "said"),
        [
            ("paid", "LUNAS", "SSRD nomor 503/0001/SSRD/DPMPTSP/XI/2026"),
            ("cancelled", "DIBATALKAN", "Jangan dibayar."),
            ("expired", "KEDALUWARSA", "Jangan dibayar; minta tagihan baru di loket."),
        ],
    )
    def test_that_is_not_to_be_paid_is_stamped_and_says_no_day(
        self, status: BillStatus, stamp: str, said: str
    ) -> None:
        text = words(closed(status))

        assert stamp in text.replace(" ", "")
        assert said in text
        assert "Jumat, 6 November 2026, 10.00 WIB" in text
        assert "Dibayar paling lambat" not in text
        assert stamp not in words(BILL).replace(" ", "")

    @pytest.mark.parametrize("status", ["open", "paid", "cancelled", "expired"])
    @pytest.mark.parametrize("count", [2, 11, 18])
    def test_of_many_lines_goes_on_over_several_sheets(
        self, status: BillStatus, count: int
    ) -> None:
        tariff = versions_of("imb")[-1]
        quantities = [
            name
            for name, asked in tariff.questions.items()
            if asked.table is None and asked.when is None and asked.default == "0"
        ][:count]
        long = sheet(
            dict.fromkeys(tariff.prices, Decimal("1234.50")),
            I_1 | dict.fromkeys(quantities, "2"),
        )
        bill = BILL if status == "open" else closed(status)
        text = words(
            replace(bill, sheet=long, amount_idr=long.total_idr, subject="Objek panjang " * 12)
        )

        for line in long.charged:
            assert f"Rp{line.charged_idr:,}".replace(",", ".") in text
        assert f"Rp{long.total_idr:,}".replace(",", ".") in text

    def test_cannot_be_over_another_amount_than_its_sheet(self) -> None:
        with pytest.raises(ValueError, match="is over 187626, its sheet over 187625"):
            replace(BILL, amount_idr=I_1_TOTAL + 1)

    def test_cannot_be_closed_without_a_time(self) -> None:
        with pytest.raises(ValueError, match="cancelled, closed at None"):
            replace(BILL, status="cancelled")

    def test_prints_what_is_typed_and_obeys_none_of_it(self) -> None:
        typed = "#pagebreak() *tebal* = Judul $x$ @ref"

        assert typed in words(replace(BILL, payer=typed))

    def test_uses_no_emblem_that_is_none(self) -> None:
        with pytest.raises(PaperError):
            render(replace(BILL, office=replace(OFFICE, emblem_svg="<not an svg")))


class TestTheSlip:
    def test_says_who_paid_what_to_whom_and_when(self) -> None:
        text = words(SLIP)

        for expected in (
            "LUNAS",
            "503/0001/SSRD/DPMPTSP/XI/2026",
            "503/0001/SKRD/DPMPTSP/XI/2026",
            "CV Berkah Niaga Sejahtera",
            "Bank Pembangunan Daerah Contoh",
            "Teguh Wibowo",
            "NTB-0001",
            "Kamis, 5 November 2026, 10.00 WIB",
            "Dicetak Kamis, 5 November 2026, 10.01 WIB.",
        ):
            assert expected in text
        assert "CETAK ULANG" not in text

    def test_printed_again_says_so(self) -> None:
        text = words(replace(SLIP, reprint=True))

        assert "CETAK ULANG" in text
        assert "Dicetak ulang Kamis" in text

    def test_of_a_payment_taken_back_is_no_proof_any_more(self) -> None:
        text = words(replace(SLIP, reversed_at=CLOSED, reversed_why="Salah nomor tagihan"))

        assert "DIBATALKAN" in text
        assert "Alasan: Salah nomor tagihan" in text
        assert "bukan lagi bukti pembayaran" in text
        assert "LUNAS" not in text

    def test_counts_the_hours_in_the_zone_of_the_office(self) -> None:
        east = replace(SLIP, office=replace(OFFICE, zone="Asia/Jayapura"))

        assert "12.00 WIT" in words(east)

    def test_is_one_sheet_of_a5(self) -> None:
        (page,) = pages(SLIP)

        assert (round(page.mediabox.width), round(page.mediabox.height)) == A5

    def test_for_a_counter_printer_is_one_strip_of_80_mm_with_the_same_words(self) -> None:
        narrow = replace(SLIP, narrow=True, subject="Jalan yang panjang sekali " * 6)
        (page,) = pages(narrow)

        assert round(page.mediabox.width) == POINTS_OF_80_MM
        for expected in ("LUNAS", "Rp187.625", SLIP.number, BILL.number, "10.00 WIB"):
            assert expected in words(narrow)
