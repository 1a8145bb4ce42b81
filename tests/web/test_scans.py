"""The viewer of scans, and sending them by the script of the page."""

from __future__ import annotations

import io
from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from PIL import Image

from licensing.people import Officer
from licensing.ports.malware import Clamd
from licensing.services.kept_files import scan_waiting
from licensing.services.scans import attach_scan
from tests import files
from tests.clamd import clamd
from tests.factories import House
from tests.web.office import statements

Browser = Callable[[Officer | None], FlaskClient]


def attach(house: House, application: UUID, content: bytes, paper: str = "ktp") -> str:
    """Attach a scan; return the address below which it is looked at."""
    attach_scan(house.runtime, application, paper, content, f"{paper}.pdf", house.people.clerk)
    newest = house.rows("SELECT id FROM paper_file ORDER BY uploaded_at DESC LIMIT 1")[0].id
    return f"/berkas/{application}/pindaian/{newest}"


class TestTheViewer:
    def test_shows_each_page_as_a_picture_and_the_ways_to_the_others(
        self, house: House, browser_of: Browser
    ) -> None:
        address = attach(house, house.application("intake"), files.pdf(3))
        browser = browser_of(house.people.verifier)

        page = browser.get(f"{address}/lihat?halaman=2&besar=2").text

        assert page.count("<h1") == 1
        assert "Halaman 2 dari 3" in page
        assert f'href="{address}/lihat?besar=2"' in page
        assert f'href="{address}/lihat?halaman=3&amp;besar=2"' in page
        assert "<iframe" not in page
        assert "<object" not in page
        assert "<embed" not in page
        drawn = browser.get(f"{address}/halaman/2?besar=2")
        with Image.open(io.BytesIO(drawn.data)) as image:
            assert (drawn.mimetype, image.format, image.width) == ("image/png", "PNG", 1600)
        assert drawn.headers["X-Content-Type-Options"] == "nosniff"

    def test_leads_to_the_papers_before_and_after(self, house: House, browser_of: Browser) -> None:
        application = house.application("intake")
        names = list(house.papers(application))
        first, second, third = (
            attach(house, application, files.pdf(number), names[number - 1]) for number in (1, 2, 3)
        )
        browser = browser_of(house.people.verifier)

        page = browser.get(f"{second}/lihat").text

        assert f'href="{first}/lihat"' in page
        assert f'href="{third}/lihat"' in page
        assert f'href="{third}/lihat"' not in browser.get(f"{first}/lihat").text

    def test_says_which_version_is_in_force_and_shows_the_old_one(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("intake")
        old = attach(house, application, files.pdf(1))
        new = attach(house, application, files.pdf(2))
        browser = browser_of(house.people.verifier)

        assert "versi lama" in browser.get(f"{old}/lihat").text
        assert "versi lama" not in browser.get(f"{new}/lihat").text
        file = browser.get(f"/berkas/{application}").text
        assert f'href="{new}/lihat"' in file
        assert f'href="{old}/lihat"' not in file
        assert "1 versi lama tersimpan" in file
        assert "menggantikan pindaian" in file

    def test_shows_a_photograph_upright_and_without_what_the_camera_noted(
        self, house: House, browser_of: Browser
    ) -> None:
        content = files.photograph((400, 300))
        address = attach(house, house.application("intake"), content)
        browser = browser_of(house.people.verifier)

        drawn = browser.get(f"{address}/halaman/1").data

        with Image.open(io.BytesIO(drawn)) as image:
            assert image.size == (300, 400)
            assert not image.getexif()
        assert b"Kamera Uji" not in drawn
        assert browser.get(address).data == content

    @pytest.mark.parametrize(
        "path",
        ["lihat?halaman=0", "lihat?halaman=4", "lihat?halaman=-1", "lihat?halaman=x",
         "lihat?besar=9", "lihat?halaman=99999999999", "halaman/4", "halaman/0",
         "halaman/1?besar=0", "halaman/1?besar=%C2%B2"],
    )  # fmt: skip
    def test_knows_no_other_page(self, house: House, browser_of: Browser, path: str) -> None:
        address = attach(house, house.application("intake"), files.pdf(3))

        assert browser_of(house.people.verifier).get(f"{address}/{path}").status_code == 404

    def test_shows_a_scan_only_with_its_own_file(self, house: House, browser_of: Browser) -> None:
        address = attach(house, house.application("intake"), files.pdf())
        other = house.application("intake")
        file_id = address.rpartition("/")[2]
        browser = browser_of(house.people.verifier)

        for path in ("lihat", "halaman/1"):
            assert browser.get(f"/berkas/{other}/pindaian/{file_id}/{path}").status_code == 404

    def test_costs_at_most_six_statements_however_many_scans_there_are(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("intake")
        for number in range(1, 7):
            address = attach(house, application, files.pdf(number))
        browser = browser_of(house.people.verifier)
        browser.get(f"{address}/lihat")

        for path in ("lihat", "halaman/1"):
            with statements(house.runtime.db) as sent:  # type: ignore[arg-type]
                browser.get(f"{address}/{path}")
            assert len([one for one in sent if "SAVEPOINT" not in one]) <= 6, "\n".join(sent)

    def test_is_not_drawn_twice_for_the_same_reader(
        self, house: House, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        address = attach(house, house.application("intake"), files.pdf())
        browser = browser_of(house.people.verifier)
        first = browser.get(f"{address}/halaman/1")
        monkeypatch.setattr("web.views.scans.draw_scan", None)

        again = browser.get(
            f"{address}/halaman/1", headers={"If-None-Match": first.headers["ETag"]}
        )

        assert (again.status_code, again.data) == (304, b"")
        assert "private" in first.headers["Cache-Control"]

    def test_counts_the_pages_of_what_was_kept_before_they_were_counted(
        self, house: House, browser_of: Browser
    ) -> None:
        address = attach(house, house.application("intake"), files.pdf(3))
        house.as_owner("UPDATE kept_file SET pages = NULL")

        page = browser_of(house.people.verifier).get(f"{address}/lihat?halaman=3")

        assert "Halaman 3 dari 3" in page.text

    def test_says_that_a_kept_file_is_gone(self, house: House, browser_of: Browser) -> None:
        address = attach(house, house.application("intake"), files.pdf())
        for kept in list(house.runtime.storage.names()):
            house.runtime.storage.delete(kept.sha256)

        assert browser_of(house.people.verifier).get(f"{address}/halaman/1").status_code == 500


class TestMalware:
    def test_that_was_not_looked_for_is_said_and_never_hidden(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("intake")
        address = attach(house, application, files.pdf())
        browser = browser_of(house.people.verifier)

        for path in (f"/berkas/{application}", f"{address}/lihat"):
            assert "belum dipindai perangkat perusak" in browser.get(path).text

        with clamd() as there:
            house.runtime.malware = Clamd(there)
            scan_waiting(house.runtime)

        assert "belum dipindai" not in browser.get(f"/berkas/{application}").text
        assert "lolos pemindai perangkat perusak" in browser.get(f"{address}/lihat").text

    def test_is_refused_by_its_name(self, house: House, browser_of: Browser) -> None:
        application = house.application("intake")
        with clamd() as there:
            house.runtime.malware = Clamd(there)
            sent = browser_of(house.people.clerk).post(
                f"/berkas/{application}/pindaian",
                data={"paper": "ktp", "scan": (io.BytesIO(hiding_eicar()), "ktp.png")},
            )

        assert sent.status_code == 422
        assert "perangkat perusak (Eicar-Signature)" in sent.text

    def test_found_later_closes_the_scan_and_says_what_to_do(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("intake")
        address = attach(house, application, hiding_eicar())
        with clamd() as there:
            house.runtime.malware = Clamd(there)
            scan_waiting(house.runtime)
        browser = browser_of(house.people.verifier)

        page = browser.get(f"{address}/lihat").text
        original = browser.get(address)

        assert "Minta pemohon menyerahkan dokumen ini lagi" in page
        assert f"{address}/halaman" not in page
        assert browser.get(f"{address}/halaman/1").status_code == 410
        assert (original.status_code, original.headers["Location"]) == (303, f"{address}/lihat")
        assert "tidak dapat dibuka" in browser.get(f"/berkas/{application}").text


def hiding_eicar() -> bytes:
    """Return a picture that is sound, with the test virus in a note within it."""
    from PIL.PngImagePlugin import PngInfo

    note = PngInfo()
    note.add_text("Comment", files.EICAR.decode())
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG", pnginfo=note)
    return out.getvalue()


class TestSentByScript:
    ACCEPT = {"Accept": "application/json"}  # noqa: RUF012 - never written

    def test_answers_where_to_go(self, house: House, browser_of: Browser) -> None:
        application = house.application("intake")

        sent = browser_of(house.people.clerk).post(
            f"/berkas/{application}/pindaian",
            data={"paper": "ktp", "scan": (io.BytesIO(files.picture()), "ktp.png")},
            headers=self.ACCEPT,
        )

        assert (sent.status_code, sent.json) == (200, {"next": f"/berkas/{application}#dokumen"})

    @pytest.mark.parametrize(
        ("paper", "content", "name", "field", "said"),
        [
            ("ktp", b"MZ", "ktp.exe", "scan", "tidak diterima"),
            ("ktp", b"x", "", "scan", "Pilih berkas"),
            ("", b"MZ", "ktp.exe", "paper", ""),
            ("ktp", files.locked_pdf("x"), "a.pdf", "scan", "kata sandi"),
            ("ktp", files.acting_pdf(b"/AA << /JS (x) >>"), "a.pdf", "scan", "program"),
        ],
    )
    def test_answers_what_is_wrong_with_which_field(
        self,
        house: House,
        browser_of: Browser,
        paper: str,
        content: bytes,
        name: str,
        field: str,
        said: str,
    ) -> None:
        application = house.application("intake")

        sent = browser_of(house.people.clerk).post(
            f"/berkas/{application}/pindaian",
            data={"paper": paper, "scan": (io.BytesIO(content), name)},
            headers=self.ACCEPT,
        )

        assert sent.status_code == 422
        assert sent.json is not None
        assert said in sent.json["faults"][field][0]

    def test_a_browser_gets_a_page(self, house: House, browser_of: Browser) -> None:
        application = house.application("intake")

        sent = browser_of(house.people.clerk).post(
            f"/berkas/{application}/pindaian",
            data={"paper": "ktp", "scan": (io.BytesIO(b"MZ"), "ktp.exe")},
            headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"},
        )

        assert sent.mimetype == "text/html"
