"""The report of a visit on paper: what it says, its photographs, the same bytes every time."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from PIL import Image
from pypdf import PdfReader

from licensing.documents import FindingLine, Signatory, VisitPaper, render
from licensing.documents.photos import thumbnail
from licensing.errors import NotFound
from licensing.queries.visit_letters import PRINTED_PHOTOS, visit_report
from licensing.runtime import Runtime
from licensing.services.visit_photos import attach_photos
from tests.bed import OwnerOf
from tests.licensing.papers import OFFICE
from tests.licensing.visits import building, building_house, report

ORIENTATION = 0x0112


def photo(size: tuple[int, int] = (1600, 1200), colour: str = "teal", turned: int = 1) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[ORIENTATION] = turned
    exif[0x010F] = "Kamera Contoh"
    Image.new("RGB", size, colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


PAPER = VisitPaper(
    office=OFFICE,
    number="503/0001/BAP/DPMPTSP/XI/2026",
    registration_number="REG-20261104-00042",
    applicant="CV Berkah Niaga Sejahtera",
    service="Izin Mendirikan Bangunan (IMB)",
    subject="Jl. Melati No. 12, Kelurahan Contoh",
    place="Jl. Melati No. 12, Kelurahan Contoh, Kecamatan Contoh",
    planned_on=date(2026, 11, 10),
    held_on=date(2026, 11, 11),
    visit=1,
    present=("Ratna Wulandari, pemilik", "Joko Susilo, perencana"),
    measured=(("Luas lantai seluruhnya", "240,50 m²"), ("Garis sempadan depan", "4,00 m")),
    findings=(
        FindingLine("Garis sempadan bangunan", "4,00 m dari as jalan, sesuai KRK.", True),
        FindingLine("Jumlah lantai", "Tiga lantai; gambar menunjukkan dua lantai.", False),
    ),
    fits=False,
    summary="Lantai ketiga tidak ada dalam gambar. Bagian lain sesuai.",
    photos=tuple(
        thumbnail(photo(colour=colour), longest=720) for colour in ("teal", "peru", "gray")
    ),
    photos_kept=3,
    reported_at=datetime(2026, 11, 11, 8, 5, tzinfo=UTC),
    inspector=Signatory("Contoh Peninjau, S.T.", "Peninjau lapangan", nip="19800101 200501 1 001"),
)


def text_of(pdf: bytes) -> str:
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split()
    )


class TestTheReport:
    def test_says_when_where_who_and_what(self) -> None:
        text = text_of(render(PAPER))

        for said in (
            PAPER.number, PAPER.registration_number, "Rabu, 11 November 2026",
            "Selasa, 10 November 2026", "Ratna Wulandari, pemilik", "240,50 m²", "Sesuai",
            "Tidak sesuai", "lokasi tidak sesuai dengan permohonan", "Peninjau lapangan",
            "Pemohon atau yang mewakili", "NIP 19800101 200501 1 001",
            "Petugas tidak menerima uang", "3 foto",
        ):  # fmt: skip
            assert said in text, said

    def test_is_the_same_bytes_for_the_same_report(self) -> None:
        assert render(PAPER) == render(PAPER)

    def test_has_its_photographs_on_a_sheet_of_their_own(self) -> None:
        reader = PdfReader(io.BytesIO(render(PAPER)))

        assert len(reader.pages) == 2
        assert len(reader.pages[1].images) == 3
        assert len(PdfReader(io.BytesIO(render(replace(PAPER, photos=())))).pages) == 1

    def test_reads_nothing_that_was_typed_as_markup(self) -> None:
        hostile = '#pagebreak() *tebal* "kutip" $x$ <a> @b'
        line = FindingLine(hostile, hostile * 20, True)
        text = text_of(
            render(replace(PAPER, findings=(line,), summary=hostile, present=(hostile,)))
        )

        assert text.count("#pagebreak() *tebal*") == 23

    def test_holds_as_much_as_can_be_typed(self) -> None:
        many = (FindingLine("A" * 200, "temuan " * 280, False),) * 30
        paper = replace(PAPER, findings=many, present=("Nama " * 40,) * 30)

        assert len(PdfReader(io.BytesIO(render(paper))).pages) > 5


class TestAPhotograph:
    def test_is_small_upright_and_silent_about_its_camera(self) -> None:
        small = thumbnail(photo((1600, 1200), turned=6), longest=320)

        with Image.open(io.BytesIO(small)) as image:
            assert image.size == (240, 320)
            assert dict(image.getexif()) == {}
        assert b"Kamera" not in small

    def test_without_colours_of_its_own_becomes_white_where_it_was_clear(self) -> None:
        out = io.BytesIO()
        Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, "PNG")

        with Image.open(io.BytesIO(thumbnail(out.getvalue(), longest=20))) as image:
            assert image.getpixel((5, 5)) == (255, 255, 255)


def test_the_paper_is_what_the_file_holds(runtime: Runtime, owner_db: OwnerOf) -> None:
    house = building_house(runtime, owner_db, simulated=True)
    monday = datetime(2026, 7, 6, 3, 0, tzinfo=UTC)
    application = building(house, "visit", at=monday)
    inspector = house.people.inspector
    with pytest.raises(NotFound, match="report of a visit"):
        visit_report(runtime, application, inspector)
    shots = [(f"{n}.jpg", photo((64, 48), f"#00{n * 16:02x}00")) for n in range(PRINTED_PHOTOS + 2)]
    attach_photos(runtime, application, shots, inspector)
    report(house, application, at=monday)

    paper = visit_report(runtime, application, inspector)
    assert (len(paper.photos), paper.photos_kept) == (PRINTED_PHOTOS, PRINTED_PHOTOS + 2)
    assert paper.number in text_of(render(paper))
    with pytest.raises(NotFound):
        visit_report(runtime, application, inspector, number=2)
