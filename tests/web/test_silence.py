"""What every reader sees when the limit of the law has passed: officers, applicants, watchers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.sweep import sweep
from tests.bed import OwnerOf
from tests.factories import House, make_house
from tests.silence_sop import deemed_siup
from tests.web.office import office_app, signed_in, statements
from tests.web.test_tracking import open_file

Browser = Callable[[Officer | None], FlaskClient]

LONG_AGO = timedelta(days=40)
MOST_STATEMENTS = 6


@pytest.fixture
def granting(runtime: Runtime, owner_db: OwnerOf) -> House:
    """An office where silence grants; its files were accepted forty days ago."""
    return make_house(runtime, owner_db, simulated=True, sop=deemed_siup())


@pytest.fixture
def flagging(simulated_house: House) -> House:
    """An office where silence is flagged, as the shipped SOPs say."""
    return simulated_house


def accepted(house: House, step: str = "signature") -> UUID:
    return house.application(step, at=datetime.now(UTC) - LONG_AGO)


def swept(house: House) -> None:
    report = sweep(house.runtime, at=datetime.now(UTC), office_id=house.office_id)
    assert report.whole, report


def page_of(house: House, officer: Officer, path: str) -> str:
    answer = signed_in(office_app(house.runtime), officer).get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def pdf_text(content: bytes) -> str:
    return " ".join(
        "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split()
    )


class TestTheFile:
    """A banner says it as soon as it is true; a frozen file has no buttons."""

    def test_a_flagged_file_says_so_and_keeps_its_buttons(self, flagging: House) -> None:
        application = accepted(flagging)
        for _ in range(2):
            page = page_of(flagging, flagging.people.head, f"/berkas/{application}")

            assert "Batas waktu menurut undang-undang lewat sejak" in page
            assert 'value="sign"' in page
            swept(flagging)
        assert "Kepala dinas dan inspektorat sudah diberi tahu." in page_of(
            flagging, flagging.people.head, f"/berkas/{application}"
        )

    def test_before_it_is_recorded_nothing_can_be_pressed_any_more(self, granting: House) -> None:
        application = accepted(granting)
        page = page_of(granting, granting.people.head, f"/berkas/{application}")

        assert "Dikabulkan secara hukum." in page
        assert "Berkas dibekukan" in page
        assert 'name="action"' not in page
        assert "/ambil" not in page
        assert "keterangan-dikabulkan.pdf" not in page

    def test_recorded_it_leads_to_the_certificate_and_the_history_says_it(
        self, granting: House
    ) -> None:
        application = accepted(granting)
        swept(granting)
        for officer in (granting.people.head, granting.people.clerk, granting.people.inspectorate):
            page = page_of(granting, officer, f"/berkas/{application}")

            assert "Dikabulkan secara hukum" in page
            assert f"/berkas/{application}/keterangan-dikabulkan.pdf" in page

    @pytest.mark.parametrize(
        "role",
        ["verifier", "supervisor", "inspector", "billing", "ombudsman", "inspectorate", "clerk"],
    )
    def test_everybody_who_reads_the_file_reads_it(self, granting: House, role: str) -> None:
        application = accepted(granting)
        officer = getattr(granting.people, role)
        assert "Berkas dibekukan" in page_of(granting, officer, f"/berkas/{application}")
        swept(granting)

        page = page_of(granting, officer, f"/berkas/{application}")

        assert "Berkas dibekukan" in page
        assert 'name="action"' not in page

    def test_a_late_press_is_told_why_and_loses_nothing(self, granting: House) -> None:
        """The page was shown in time and sent too late; the file has ended meanwhile or not."""
        application = accepted(granting, "refusal")
        granting.as_owner(
            "UPDATE office SET simulated = false WHERE id = %(id)s", id=granting.office_id
        )
        row = granting.row(application)
        client = signed_in(office_app(granting.runtime), granting.people.head)

        answer = client.post(
            f"/berkas/{application}/tindakan",
            data={
                "action": "refuse",
                "seen_version": row.version,
                "seen_seq": row.last_seq,
                "confirmed": "1",
                "reason": "Usaha tidak sesuai",
            },
        )

        assert answer.status_code == 409
        assert "dianggap dikabulkan secara hukum" in answer.text
        assert "Usaha tidak sesuai" in answer.text
        assert granting.row(application).outcome is None

    def test_a_file_in_time_says_nothing_of_it(self, house: House, browser_of: Browser) -> None:
        application = house.application("signature")

        assert (
            "undang-undang" not in browser_of(house.people.head).get(f"/berkas/{application}").text
        )

    def test_taking_a_frozen_file_is_refused_in_words(self, granting: House) -> None:
        application = accepted(granting)
        granting.as_owner(
            "UPDATE office SET simulated = false WHERE id = %(id)s", id=granting.office_id
        )
        client = signed_in(office_app(granting.runtime), granting.people.head)

        answer = client.post(f"/berkas/{application}/ambil", follow_redirects=True)

        assert "dianggap dikabulkan secara hukum" in answer.text


class TestTheInbox:
    def test_a_row_says_that_the_limit_of_the_law_has_passed(self, flagging: House) -> None:
        accepted(flagging)

        assert "lewat batas undang-undang" in page_of(flagging, flagging.people.head, "/kerja")

    def test_a_row_that_the_law_has_granted_cannot_be_taken(self, granting: House) -> None:
        application = accepted(granting)
        page = page_of(granting, granting.people.head, "/kerja")

        assert "dikabulkan secara hukum" in page
        assert f"/berkas/{application}/ambil" not in page

    def test_the_head_reads_what_he_was_told(self, flagging: House) -> None:
        accepted(flagging)
        swept(flagging)
        page = page_of(flagging, flagging.people.head, "/kerja/pemberitahuan")

        told = re.search(
            r"Batas waktu undang-undang lewat tanpa keputusan · .*(REG-[\d-]+).*\1", page
        )
        assert told is None, "the number stands once beside it"
        assert "Batas waktu undang-undang lewat tanpa keputusan · " in page


class TestTracking:
    """The applicant hears it on the page of his file, in neutral words, with what he can do."""

    def test_flagged_he_reads_what_it_means_and_what_he_can_do(self, flagging: House) -> None:
        page = unescape(open_file(browser(flagging), flagging, accepted(flagging)))

        assert "Batas waktu menurut undang-undang telah lewat" in page
        assert "UU 30/2014 Pasal 53" in page
        assert "Ombudsman" in page
        assert "keterangan.pdf" not in page

    def test_granted_he_reads_it_before_it_is_recorded(self, granting: House) -> None:
        page = unescape(open_file(browser(granting), granting, accepted(granting)))

        assert "Permohonan Anda dikabulkan secara hukum." in page
        assert "begitu sistem mencatatnya" in page
        assert "keterangan.pdf" not in page

    def test_recorded_he_prints_the_certificate(self, granting: House) -> None:
        application = accepted(granting)
        swept(granting)
        client = browser(granting)
        page = unescape(open_file(client, granting, application))
        assert "Permohonan Anda dikabulkan secara hukum." in page
        assert "Dikabulkan secara hukum" in page
        assert "/lacak/berkas/keterangan.pdf" in page

        answer = client.get("/lacak/berkas/keterangan.pdf")

        text = pdf_text(answer.data)
        assert answer.headers["Content-Type"] == "application/pdf"
        assert "no-store" in answer.headers["Cache-Control"]
        assert "DIANGGAP DIKABULKAN SECARA HUKUM" in text
        name = granting.rows("SELECT name FROM applicant")[0].name
        assert name not in text

    def test_without_number_and_code_there_is_no_certificate(self, granting: House) -> None:
        accepted(granting)
        swept(granting)

        answer = browser(granting).get("/lacak/berkas/keterangan.pdf")

        assert (answer.status_code, answer.location) == (303, "/lacak")

    def test_a_file_that_was_not_granted_has_none(self, flagging: House) -> None:
        client = browser(flagging)
        open_file(client, flagging, accepted(flagging))

        assert client.get("/lacak/berkas/keterangan.pdf").status_code == 404


class TestTheCertificate:
    def test_holds_the_facts_and_the_days(self, granting: House) -> None:
        application = accepted(granting)
        swept(granting)
        client = signed_in(office_app(granting.runtime), granting.people.head)

        text = pdf_text(client.get(f"/berkas/{application}/keterangan-dikabulkan.pdf").data)

        dossier = granting.rows(
            "SELECT d.number, d.subject, t.name FROM dossier d JOIN applicant t"
            " ON t.id = d.applicant_id"
        )[0]
        assert f"{dossier.number}/DKH" in text
        assert dossier.subject in text
        assert dossier.name in text
        assert "5 hari kerja" in text
        assert "UU 30/2014 Pasal 53(2)" in text
        assert "Dianggap dikabulkan sejak" in text
        assert "bukan surat izin" in text
        assert granting.people.head.name in text
        # Five counted days, in their order.
        assert re.findall(r"(?<=[a-z] )?\b([1-5]) (?:Senin|Selasa|Rabu|Kamis|Jumat)", text) == list(
            "12345"
        )

    def test_carries_the_offices_own_title_and_words(
        self, runtime: Runtime, owner_db: OwnerOf
    ) -> None:
        own = deemed_siup().replace(
            "silence: deemed_granted",
            "silence: deemed_granted\n    certificate:\n"
            "      title: {id: Surat Pernyataan Fiktif Positif, en: Statement}\n"
            "      closing: {id: Berlaku sesuai peraturan wali kota., en: As the regulation says.}",
        )
        house = make_house(runtime, owner_db, simulated=True, sop=own)
        application = accepted(house)
        swept(house)
        client = signed_in(office_app(house.runtime), house.people.clerk)

        text = pdf_text(client.get(f"/berkas/{application}/keterangan-dikabulkan.pdf").data)

        assert "SURAT PERNYATAAN FIKTIF POSITIF" in text
        assert "Berlaku sesuai peraturan wali kota." in text

    def test_of_a_file_in_time_is_not_found(self, house: House, browser_of: Browser) -> None:
        application = house.application("signature")
        address = f"/berkas/{application}/keterangan-dikabulkan.pdf"

        assert browser_of(house.people.head).get(address).status_code == 404


class TestTheList:
    """`/pengawas/diam`: what is still undecided, and everything for the audit afterwards."""

    def test_shows_what_is_undecided_until_it_is_decided(self, flagging: House) -> None:
        application = accepted(flagging)
        swept(flagging)
        number = flagging.rows("SELECT number FROM dossier")[0].number
        for officer in (
            flagging.people.supervisor, flagging.people.head, flagging.people.inspectorate,
        ):  # fmt: skip
            page = page_of(flagging, officer, "/pengawas/diam")
            assert number in page
            assert "Belum diputus: Menandatangani SIUP" in page

        flagging.press("sign", application, by=flagging.people.head, at=datetime.now(UTC))

        assert number not in page_of(flagging, flagging.people.head, "/pengawas/diam")
        later = page_of(flagging, flagging.people.head, "/pengawas/diam?lihat=semua")
        assert number in later
        assert "Diputus" in later

    def test_what_the_law_granted_is_in_the_whole_list(self, granting: House) -> None:
        accepted(granting)
        swept(granting)

        page = page_of(granting, granting.people.inspectorate, "/pengawas/diam?lihat=semua")

        assert "Dikabulkan secara hukum" in page

    def test_is_handed_out_as_a_table(self, granting: House) -> None:
        accepted(granting)
        swept(granting)
        client = signed_in(office_app(granting.runtime), granting.people.inspectorate)

        answer = client.get("/pengawas/diam.csv")

        rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
        assert len(rows) == 2
        assert rows[1][0].startswith("REG-")
        assert rows[1][3] == "Dikabulkan secara hukum"
        assert "attachment" in answer.headers["Content-Disposition"]

    def test_goes_page_by_page(self, flagging: House, monkeypatch: pytest.MonkeyPatch) -> None:
        for _ in range(3):
            accepted(flagging)
        swept(flagging)
        monkeypatch.setattr("licensing.queries.silences.PAGE", 2)
        client = signed_in(office_app(flagging.runtime), flagging.people.head)

        seen: list[str] = []
        href = "/pengawas/diam"
        while href:
            page = unescape(client.get(href).text)
            seen += re.findall(r"REG-\d{8}-\d{5}", page)
            found = re.search(r'rel="next" href="([^"]+)"', page)
            href = found[1] if found else ""

        assert len(seen) == len(set(seen)) == 3

    def test_is_empty_and_says_so(self, house: House, browser_of: Browser) -> None:
        assert (
            "Tidak ada berkas di daftar ini"
            in browser_of(house.people.head).get("/pengawas/diam").text
        )

    @pytest.mark.parametrize("address", ["lihat=lain", "sesudah=" + "x" * 200])
    def test_an_address_that_was_made_up_is_no_error_of_ours(
        self, house: House, browser_of: Browser, address: str
    ) -> None:
        assert browser_of(house.people.head).get(f"/pengawas/diam?{address}").status_code == 400


class TestWhatPagesCost:
    """A fixed number of statements, whatever has passed."""

    @pytest.mark.parametrize(
        ("address", "role"),
        [("/pengawas/diam?lihat=semua", "head"), ("/berkas/{id}", "head"), ("/kerja", "head")],
    )
    def test_is_the_same_for_one_file_and_for_three(
        self, flagging: House, address: str, role: str
    ) -> None:
        application = accepted(flagging)
        swept(flagging)
        client = signed_in(office_app(flagging.runtime), getattr(flagging.people, role))
        where = address.format(id=application)
        client.get(where)
        with statements(flagging.runtime.db) as first:  # type: ignore[arg-type]
            assert client.get(where).status_code == 200
        for _ in range(2):
            accepted(flagging)
        swept(flagging)
        with statements(flagging.runtime.db) as then:  # type: ignore[arg-type]
            assert client.get(where).status_code == 200

        assert len(then) <= len(first)
        assert len([one for one in first if "set_config" not in one]) <= MOST_STATEMENTS, first


def browser(house: House) -> FlaskClient:
    app: Flask = office_app(house.runtime)
    return app.test_client()
