"""What a file is: hostile ones are refused by a name, within bounded time and memory."""

from __future__ import annotations

import resource

import pytest

from licensing.documents import render
from licensing.ports.content import DEFAULT_LIMITS, Limits, StorageFault, inspect
from licensing.ports.pdf import draw_page, inspect_pdf
from tests import files
from tests.licensing.papers import RECEIPT


class TestPages:
    @pytest.mark.parametrize("pages", [1, 3, 30])
    def test_of_a_pdf_are_counted(self, pages: int) -> None:
        assert inspect(files.pdf(pages), DEFAULT_LIMITS).pages == pages

    def test_of_a_picture_there_is_one(self) -> None:
        assert inspect(files.picture("JPEG"), DEFAULT_LIMITS).pages == 1

    def test_beyond_the_limit_are_refused_with_both_figures(self) -> None:
        with pytest.raises(StorageFault) as fault:
            inspect(files.pdf(3), Limits(max_pages=2))

        assert fault.value.code == "storage.too_many_pages"
        assert fault.value.facts == {"pages": 3, "at_most": 2}

    def test_are_drawn_as_pictures(self) -> None:
        drawn = draw_page(render(RECEIPT), 1, width=400)

        assert inspect(drawn, DEFAULT_LIMITS).media_type == "image/png"


class TestAPdf:
    @pytest.mark.parametrize(
        "content",
        [
            render(RECEIPT),
            files.acting_pdf(),
            files.acting_pdf(
                page=b"/Annots [ << /Type /Annot /Subtype /Link /Rect [0 0 9 9]"
                b" /A << /S /URI /URI (https://example.go.id) >> >> ]"
            ),
            files.locked_pdf(""),
        ],
        ids=["of our own", "bare", "with a link", "that forbids to print"],
    )
    def test_that_only_shows_is_accepted(self, content: bytes) -> None:
        assert inspect(content, DEFAULT_LIMITS).media_type == "application/pdf"

    @pytest.mark.parametrize(
        ("content", "code", "found"),
        [
            (
                files.acting_pdf(b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"),
                "active",
                "JavaScript",
            ),
            (
                files.acting_pdf(b"/OpenAction << /S /J#61vaScript /J#53 (app.alert\\(1\\)) >>"),
                "active",
                "JS",
            ),
            (files.acting_pdf(b"/OpenAction << /S /Launch /F (cmd.exe) >>"), "active", "Launch"),
            (
                files.acting_pdf(page=b"/AA << /O << /S /Launch /F (a.exe) >> >>"),
                "active",
                "Launch",
            ),
            (files.acting_pdf(b"/AcroForm << /XFA [] /Fields [] >>"), "active", "XFA"),
            (
                files.acting_pdf(b"/Names << /EmbeddedFiles << /Names [] >> >>"),
                "active",
                "EmbeddedFile",
            ),
            (files.locked_pdf("rahasia"), "locked", "password"),
            (b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "damaged", "not read"),
            (files.raw_pdf([b"<< /Type /Catalog >>"]), "damaged", None),
        ],
        ids=[
            "a script", "a script with its name disguised", "a program", "a program of a page",
            "a form that is a program", "files within", "a password", "no pages", "an empty shell",
        ],
    )  # fmt: skip
    def test_with_more_is_refused(self, content: bytes, code: str, found: str | None) -> None:
        with pytest.raises(StorageFault) as fault:
            inspect(content, DEFAULT_LIMITS)

        assert fault.value.code == f"storage.{code}"
        assert found is None or fault.value.facts["found"] == found

    def test_that_unfolds_to_gigabytes_costs_this_process_nothing(self) -> None:
        content = files.bomb_pdf(300 * 1024 * 1024)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        with pytest.raises(StorageFault) as fault:
            inspect(content, DEFAULT_LIMITS)

        assert fault.value.code == "storage.too_complex"
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024  # kilobytes

    def test_does_not_learn_the_settings_of_the_program(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given = {}

        def ran(*_arguments: object, **options: object) -> object:
            given.update(options)
            raise RuntimeError

        monkeypatch.setattr("licensing.ports.pdf.subprocess.run", ran)
        with pytest.raises(RuntimeError):
            inspect_pdf(files.pdf())

        assert given["env"] == {}


class TestAPicture:
    @pytest.mark.parametrize(
        "markup", [b"<script>alert(1)</script>", b"<!DOCTYPE html>", b"<svg onload=x>", b"<HTML >"]
    )
    @pytest.mark.parametrize("place", ["before its end", "behind it"])
    def test_that_is_a_page_too_is_refused(self, markup: bytes, place: str) -> None:
        jpeg = files.picture("JPEG")
        note = b"\xff\xfe" + (len(markup) + 2).to_bytes(2, "big") + markup
        content = jpeg + markup if place == "behind it" else jpeg[:2] + note + jpeg[2:]

        with pytest.raises(StorageFault) as fault:
            inspect(content, DEFAULT_LIMITS)

        assert fault.value.code == "storage.two_files_in_one"
