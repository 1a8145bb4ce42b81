"""Printed papers: what stands on them, and that nobody's data can change more than their words."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pypdf
import pytest

from licensing.documents import (
    FaultLine,
    PaperError,
    Promise,
    RefusalReason,
    indonesian,
    qr,
    render,
)
from licensing.documents.render import TEMPLATES
from tests.licensing.papers import PERMIT, RECEIPT, REFUSAL, RETURN

PAPERS = [RECEIPT, RETURN, PERMIT, REFUSAL]
A4, A5 = (595, 842), (420, 595)


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def words(pdf: bytes) -> str:
    text = " ".join(page.extract_text() for page in read(pdf).pages).replace("\u200b", "")
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: type(paper).__name__)
class TestEveryPaper:
    def test_is_the_same_bytes_for_the_same_values(self, paper):
        assert render(paper) == render(paper)

    def test_is_made_to_be_kept_and_to_be_read_aloud(self, paper):
        pdf = render(paper)
        metadata = read(pdf).xmp_metadata
        catalog = read(pdf).trailer["/Root"]

        assert metadata is not None
        assert b"pdfuaid" in pdf or "pdfuaid" in catalog["/Metadata"].get_data().decode()
        assert catalog["/Lang"].startswith("id")
        assert catalog["/MarkInfo"]["/Marked"]

    def test_names_the_office_and_where_to_complain(self, paper):
        text = words(render(paper))

        assert "PEMERINTAH KOTA CONTOH" in text
        assert "0812-0000-0900" in text

    def test_of_an_invented_office_is_crossed_as_a_specimen(self, paper):
        specimen = replace(paper, office=replace(paper.office, specimen=True))

        assert "CONTOH" in words(render(specimen)).replace("KOTA CONTOH", "")
        assert "CONTOH" not in words(render(paper)).replace("KOTA CONTOH", "")

    def test_uses_no_emblem_that_is_none(self, paper):
        broken = replace(paper, office=replace(paper.office, emblem_svg="<not an svg"))

        with pytest.raises(PaperError, match=r"svg|SVG"):
            render(broken)


class TestTheDateOfMaking:
    @pytest.mark.parametrize(
        ("paper", "made"),
        [
            (RECEIPT, "D:20261104021600Z"),
            (RETURN, "D:20261104030000Z"),
            (PERMIT, "D:20261108170000Z"),
            (REFUSAL, "D:20261108170000Z"),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_is_that_of_the_act_not_of_the_machine(self, paper, made):
        metadata = read(render(paper)).metadata

        assert metadata is not None
        assert (metadata["/CreationDate"], metadata["/ModDate"]) == (made, made)


class TestReceipt:
    def test_promises_a_date_and_says_what_it_is_not(self):
        text = words(render(RECEIPT))

        for expected in (
            "REG-20261104-00042",
            "Senin, 9 November 2026",
            "16.30 WIB",
            "3 hari kerja",
            "Rabu, 4 November 2026, 09.14 WIB",
            "K7QX-93MD",
            "CV Berkah Niaga Sejahtera",
            "Empat dokumen diterima",
            "KTP penanggung jawab",
            "Ini bukan bukti pembayaran",
            "Petugas tidak menerima uang",
            "Dicetak Rabu, 4 November 2026, 09.16 WIB.",
        ):
            assert expected in text

    def test_is_one_sheet_of_a5_even_with_many_papers(self):
        many = replace(RECEIPT, papers=tuple(f"Dokumen persyaratan nomor {n}" for n in range(24)))
        for paper in (RECEIPT, many):
            pages = read(render(paper)).pages
            assert len(pages) == 1
            assert (round(pages[0].mediabox.width), round(pages[0].mediabox.height)) == A5

    def test_counts_the_hours_in_the_zone_of_the_office(self):
        east = replace(RECEIPT, office=replace(RECEIPT.office, zone="Asia/Jayapura"))

        assert "18.30 WIT." in words(render(east))

    def test_printed_again_says_so_and_why_the_date_moved(self):
        promise = Promise(
            at=datetime(2026, 11, 12, 9, 30, tzinfo=UTC),
            working_days=3,
            note="Tanggal 9 November menjadi 12 November: libur nasional baru.",
        )
        text = words(render(replace(RECEIPT, promise=promise, reprint=True)))

        assert "Kamis, 12 November 2026" in text
        assert "libur nasional baru" in text
        assert "Dicetak ulang" in text


class TestReturnLetter:
    def test_lists_every_fault_once_and_the_date_of_the_answer(self):
        text = words(render(RETURN))

        for expected in (
            "503/0142/KEMBALI/DPMPTSP/2026",
            "Berkas Anda belum lengkap",
            "2 hal yang harus diperbaiki",
            "Belum ditandatangani",
            "Halaman 3 tidak ada",
            "Daftar ini lengkap",
            "Rabu, 18 November 2026",
            "UU 30/2014 Pasal 50",
        ):
            assert expected in text

    def test_after_the_check_of_contents_asks_for_correction(self):
        assert "Berkas Anda perlu diperbaiki" in words(render(replace(RETURN, kind="incorrect")))

    def test_without_a_limit_names_no_date(self):
        assert "paling lambat" not in words(render(replace(RETURN, answer_by=None)))

    def test_of_many_faults_goes_on_over_several_sheets(self):
        faults = tuple(FaultLine(f"Dokumen {n}", "Kurang " * 20) for n in range(1, 41))
        pdf = render(replace(RETURN, faults=faults))

        assert len(read(pdf).pages) > 1
        assert "Dokumen 40" in words(pdf)
        assert f"Halaman 2 dari {len(read(pdf).pages)}" in words(pdf)


class TestPermit:
    def test_carries_number_fields_validity_and_signature_block(self):
        text = words(render(PERMIT))

        for expected in (
            "SURAT IZIN USAHA PERDAGANGAN",
            "(SIUP KECIL)",
            "503/0123/SIUP/DPMPTSP/2026",
            "CV Berkah Niaga Sejahtera",
            "Sejak 9 November 2026. Berlaku selama perusahaan",
            "a.n. WALI KOTA CONTOH",
            "Dra. Hj. Sri Rahayu, M.Si.",
            "satupintu.contoh.go.id/periksa",
            "Melaporkan perubahan data perusahaan.",
        ):
            assert expected in text

    def test_claims_no_signature_that_is_not_there(self):
        text = words(render(PERMIT))

        assert "telah ditandatangani" not in text
        assert "sah sesudah ditandatangani" in text

    def test_with_an_end_says_it(self):
        text = words(render(replace(PERMIT, valid_until=date(2031, 11, 8))))

        assert "sampai dengan 8 November 2031" in text
        assert "Berakhir : 8 November 2031" in text

    def test_names_the_permit_it_replaces(self):
        text = words(render(replace(PERMIT, replaces="503/0098/SIUP/2021")))

        assert "Menggantikan izin nomor : 503/0098/SIUP/2021" in text

    def test_is_a4(self):
        for page in read(render(PERMIT)).pages:
            assert (round(page.mediabox.width), round(page.mediabox.height)) == A4


class TestRefusal:
    """UU 30/2014 Art 55 (reasons) and Art 75-78 (remedies)."""

    def test_gives_reasons_legal_basis_and_remedies(self):
        text = words(render(REFUSAL))

        for expected in (
            "NOMOR 503/0007/TOLAK/DPMPTSP/2026",
            "Kegiatan bukan perdagangan. (Permendag 36/2007 Pasal 2)",
            "REG-20261104-00042;",
            "21 hari kerja",
            "Rabu, 9 Desember 2026",
            "10 hari kerja",
            "Wali Kota Contoh",
            "UU 30/2014 Pasal 78",
        ):
            assert expected in text


HOSTILE = [
    '#import "@preview/x:1.0.0": *',
    '#panic("x")',
    "*tebal* _miring_ $x^2$ `kode` @rujuk <label> = judul // komentar",
    '"; #sys.inputs; "',
    "\\u{41} \\ \\n",
    "Satu\nDua",
    "]#[",
    "</svg><script>alert(1)</script>",
]


class TestHostileData:
    @pytest.mark.parametrize("text", HOSTILE)
    @pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: type(paper).__name__)
    def test_is_printed_as_the_words_it_is(self, paper, text):
        if paper is PERMIT:
            hostile = replace(paper, fields=(("Nama", text),))
        else:
            hostile = replace(paper, applicant=text)

        assert re.sub(r"\s+", "", text) in re.sub(r"\s+", "", words(render(hostile)))

    def test_a_very_long_name_stays_on_the_sheet(self):
        pdf = render(replace(RECEIPT, applicant="W" * 400))
        runs = re.findall("W+", read(pdf).pages[0].extract_text().replace("\u200b", ""))

        assert sum(map(len, runs)) >= 400
        assert max(map(len, runs)) < 40

    def test_other_scripts_are_printed_and_what_no_font_has_becomes_a_box(self):
        text = words(render(replace(RECEIPT, applicant="Ahmad 🙂 中文 Ḥasan", officer="عبد الله")))

        assert "Ahmad □ □□ Ḥasan" in text
        assert "Sari" not in text

    def test_a_flood_of_unknown_characters_is_printed_without_a_flood_of_work(self):
        flood = "".join(chr(0x4E00 + n) for n in range(2000))

        assert "□□□" in words(render(replace(RETURN, faults=(FaultLine("Nama", flood),))))

    def test_marks_that_turn_the_order_of_words_are_dropped(self):
        text = words(render(replace(RECEIPT, applicant="Toko \u202egnudek\u202c Jaya")))

        assert "Toko gnudek Jaya" in text

    def test_a_control_character_does_not_stop_the_printer(self):
        assert "a□b" in words(render(replace(RECEIPT, applicant="a\x00b")))

    def test_a_long_reason_is_not_cut(self):
        reason = RefusalReason("alasan " * 600 + "akhir", "UU")

        assert "akhir" in words(render(replace(REFUSAL, reasons=(reason,))))


class TestTheTemplates:
    def test_fetch_nothing_and_say_everything_in_the_sheet(self):
        for path in Path(TEMPLATES).glob("*.typ"):
            assert "@preview" not in path.read_text("utf-8")
            assert "read(" not in path.read_text("utf-8")


class TestQr:
    def test_is_made_of_its_text_alone(self):
        assert qr.svg("https://a.id/1") == qr.svg("https://a.id/1")
        assert qr.svg("https://a.id/1") != qr.svg("https://a.id/2")

    def test_holds_the_address_it_is_given(self):
        code = qr._code("https://a.id/1")

        assert code.error == "M"
        assert not code.is_micro
        assert code.mode == "byte"

    def test_scales_and_names_itself(self):
        svg = qr.svg("https://a.id/1", title="Lacak <berkas>")

        assert svg.startswith("<svg")
        assert "viewBox" in svg
        assert "<title>Lacak &lt;berkas&gt;</title>" in svg

    def test_is_a_png_where_one_is_needed(self):
        assert qr.png("https://a.id/1").startswith(b"\x89PNG")


class TestIndonesian:
    @pytest.mark.parametrize(
        ("day", "words_"),
        [
            (date(2026, 11, 27), "Jumat, 27 November 2026"),
            (date(2026, 11, 21), "Sabtu, 21 November 2026"),
            (date(2027, 1, 4), "Senin, 4 Januari 2027"),
            (date(2028, 2, 29), "Selasa, 29 Februari 2028"),
        ],
    )
    def test_days(self, day, words_):
        assert indonesian.day_words(day) == words_

    @pytest.mark.parametrize(
        ("zone", "words_"),
        [
            ("Asia/Jakarta", "09.15 WIB"),
            ("Asia/Pontianak", "09.15 WIB"),
            ("Asia/Makassar", "10.15 WITA"),
            ("Asia/Jayapura", "11.15 WIT"),
            ("UTC", "02.15 UTC"),
        ],
    )
    def test_hours_in_the_three_zones(self, zone, words_):
        assert indonesian.time_words(datetime(2026, 11, 21, 2, 15, tzinfo=UTC), zone) == words_

    def test_the_date_is_that_of_the_office(self):
        late = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)

        assert (
            indonesian.moment_words(late, "Asia/Jakarta") == "Minggu, 22 November 2026, 00.30 WIB"
        )

    def test_months_in_roman_figures_and_counts_in_words(self):
        assert indonesian.roman_month(date(2026, 11, 1)) == "XI"
        assert [indonesian.count_words(n) for n in (0, 8, 10, 11)] == [
            "Nol", "Delapan", "Sepuluh", "11",
        ]  # fmt: skip
