"""Asks on the pages: in the inbox of an agency, on the file, and where the applicant looks."""

from __future__ import annotations

import io
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.notes import take
from tests.asks_sop import WORDS, draft, with_opinions
from tests.bed import OwnerOf
from tests.factories import House, make_house
from tests.web.office import office_app, signed_in, statements
from tests.web.test_application_page import png, state
from tests.web.test_tracking import open_file

Browser = Callable[[Officer | None], FlaskClient]
PU = "opinion_pu#1"


@pytest.fixture
def house(runtime: Runtime, db: Engine, owner_db: OwnerOf) -> House:
    return make_house(runtime, owner_db, sop=with_opinions())


@pytest.fixture
def office(house: House) -> Flask:
    return office_app(house.runtime)


@pytest.fixture
def browser_of(office: Flask) -> Browser:
    return lambda officer: signed_in(office, officer)


@pytest.fixture
def asked(house: House) -> UUID:
    """A file about which two agencies are asked."""
    return house.application("signature", business_name="Toko Ditanyakan")


def button(page: str, action: str) -> str:
    """Return the tag of the button that presses an action; empty where there is none."""
    place = page.find(f'name="action" value="{action}"')
    return "" if place < 0 else page[page.rfind("<button", 0, place) : page.find(">", place)]


class TestTheInboxOfAnAgency:
    def test_shows_what_is_asked_of_which_file(
        self, house: House, asked: UUID, browser_of: Browser
    ) -> None:
        page = browser_of(house.people.agency_pu).get("/kerja").text

        for said in ("Pendapat pekerjaan umum", "Toko Ditanyakan", "Menyusun pendapat",
                     "Dinas PU, belum diambil", "0 dari 2 hari kerja", f"/berkas/{asked}",
                     f'name="ask" value="{PU}"'):  # fmt: skip
            assert said in page, said
        assert "Pendapat lingkungan hidup" not in page

    def test_an_ask_taken_there_is_mine_and_nobody_elses(
        self, house: House, asked: UUID, browser_of: Browser
    ) -> None:
        browser = browser_of(house.people.agency_pu)

        answer = browser.post(f"/berkas/{asked}/ambil", data={"kembali": "/kerja", "ask": PU})

        assert (answer.status_code, answer.location) == (303, "/kerja")
        assert "Toko Ditanyakan" in browser.get("/kerja?lihat=saya").text
        assert "Toko Ditanyakan" not in browser.get("/kerja?lihat=antrean").text
        browser.post(f"/berkas/{asked}/lepas", data={"ask": PU})
        assert "Toko Ditanyakan" in browser.get("/kerja?lihat=antrean").text

    def test_costs_at_most_six_statements(
        self, house: House, asked: UUID, browser_of: Browser
    ) -> None:
        house.application("signature")
        browser = browser_of(house.people.agency_pu)
        browser.get("/kerja")

        with statements(house.runtime.db) as sent:  # type: ignore[arg-type]
            browser.get("/kerja")

        assert len([one for one in sent if "SAVEPOINT" not in one]) <= 6, "\n---\n".join(sent)


class TestTheFileOfWhoIsAsked:
    def test_puts_the_ask_first_with_its_primary_button(
        self, house: House, asked: UUID, browser_of: Browser
    ) -> None:
        page = browser_of(house.people.agency_pu).get(f"/berkas/{asked}").text

        assert page.index('id="pendapat"') < page.index('id="dokumen"')
        assert 'btn-primary" form="permintaan-opinion_pu-1"' in button(page, "propose")
        assert not button(page, "agree")
        assert "Ambil permintaan" in page

    def test_is_answered_in_two_hands(self, house: House, asked: UUID, browser_of: Browser) -> None:
        drafter, decider = browser_of(house.people.agency_pu), browser_of(
            house.people.agency_head_pu
        )  # fmt: skip
        pressed = {"ask": PU, "confirmed": "true"}

        asking = drafter.post(
            f"/berkas/{asked}/tindakan",
            data={**state(house, asked), "action": "propose", "ask": PU},
            follow_redirects=True,
        )
        assert 'name="opinion"' in asking.text
        handed = drafter.post(
            f"/berkas/{asked}/tindakan",
            data={**state(house, asked), **pressed, **WORDS, "action": "propose"},
            follow_redirects=True,
        )
        assert "Memutuskan pendapat" in handed.text
        assert "Tercatat: " in handed.text
        assert WORDS["opinion"] in decider.get(f"/berkas/{asked}").text
        assert WORDS["opinion"] not in browser_of(house.people.head).get(f"/berkas/{asked}").text
        decider.post(
            f"/berkas/{asked}/tindakan",
            data={**state(house, asked), **pressed, "action": "object",
                  "opinion": "Pondasi tidak memadai.", "reason": "Lihat pendapat"},
        )  # fmt: skip

        page = browser_of(house.people.head).get(f"/berkas/{asked}").text
        assert 'class="sp-vonis sp-vonis-tidak"' in page
        assert "Negatif" in page
        assert "Pondasi tidak memadai." in page
        assert "Pendapat pekerjaan umum: Keberatan" in page
        assert "1 dari 2 dijawab" in page

    def test_offers_nothing_to_others_while_somebody_has_it(
        self, house: House, asked: UUID, browser_of: Browser
    ) -> None:
        draft(house, asked)
        take(house.runtime, asked, house.people.agency_head_pu, ask=PU)

        page = browser_of(house.people.supervisor).get(f"/berkas/{asked}").text

        assert f"diambil oleh {house.people.agency_head_pu.name}" in page
        assert not button(page, "agree")
        assert "Pendapat pekerjaan umum: Permintaan diambil" in page

    def test_is_given_to_a_colleague_by_the_supervisor_with_a_reason(
        self, house: House, asked: UUID, browser_of: Browser
    ) -> None:
        browser = browser_of(house.people.supervisor)
        to = str(house.people.agency_pu.id)

        bare = browser.post(f"/berkas/{asked}/alihkan", data={"ask": PU, "to": to})
        assert bare.status_code == 422
        assert f'value="{to}" selected' in bare.text

        done = browser.post(
            f"/berkas/{asked}/alihkan", data={"ask": PU, "to": to, "reason_reassign": "Cuti"}
        )
        assert done.status_code == 303
        page = browser.get(f"/berkas/{asked}").text
        assert f"Kepada {house.people.agency_pu.name}" in page

    def test_an_ask_that_nobody_has_opened_is_not_found(
        self, house: House, asked: UUID, browser_of: Browser
    ) -> None:
        browser = browser_of(house.people.agency_pu)

        assert browser.post(f"/berkas/{asked}/ambil", data={"ask": "x#9"}).status_code == 404
        assert browser.post(f"/berkas/{asked}/ambil", data={"ask": "x'"}).status_code == 400

    def test_costs_at_most_six_statements(
        self, house: House, asked: UUID, browser_of: Browser
    ) -> None:
        browser = browser_of(house.people.agency_pu)
        browser.get(f"/berkas/{asked}")

        with statements(house.runtime.db) as sent:  # type: ignore[arg-type]
            browser.get(f"/berkas/{asked}")

        assert len([one for one in sent if "SAVEPOINT" not in one]) <= 6, "\n---\n".join(sent)


class TestAnAgency:
    def test_finds_no_file_and_no_scan_that_it_was_not_asked_about(
        self, house: House, asked: UUID, browser_of: Browser
    ) -> None:
        other = house.application("verification")
        clerk, agency = browser_of(house.people.clerk), browser_of(house.people.agency_pu)
        for application in (asked, other):
            clerk.post(
                f"/berkas/{application}/pindaian",
                data={"paper": "ktp", "scan": (io.BytesIO(png()), "ktp.png")},
            )
        scans = {
            row.application_id: row.id
            for row in house.rows("SELECT application_id, id FROM paper_file")
        }

        assert agency.get(f"/berkas/{asked}/pindaian/{scans[asked]}").status_code == 200
        assert agency.get(f"/berkas/{other}/pindaian/{scans[other]}").status_code == 404
        assert agency.get(f"/berkas/{other}").status_code == 404
        assert agency.get(f"/berkas/{other}/tindakan/approve").status_code == 404

    def test_is_not_shown_the_identity_number(
        self, house: House, asked: UUID, browser_of: Browser
    ) -> None:
        browser = browser_of(house.people.agency_pu)

        assert "Tampilkan NIK" not in browser.get(f"/berkas/{asked}").text
        assert browser.post(f"/berkas/{asked}/nik").status_code == 403
        assert "nik_shown" not in house.history(asked)

    def test_is_offered_no_letter_that_it_may_not_open(
        self, house: House, asked: UUID, browser_of: Browser
    ) -> None:
        assert "tanda-terima.pdf" not in browser_of(house.people.agency_pu).get(
            f"/berkas/{asked}"
        ).text  # fmt: skip
        assert "tanda-terima.pdf" in browser_of(house.people.head).get(f"/berkas/{asked}").text


class TestTheApplicant:
    def test_reads_who_is_asked_and_until_when(
        self, house: House, asked: UUID, office: Flask
    ) -> None:
        page = open_file(office.test_client(), house, asked)

        assert "Kami sedang meminta pendapat Dinas PU dan Dinas LH, paling lambat " in page

    def test_reads_no_more_of_it_once_all_have_answered(
        self, house: House, asked: UUID, office: Flask
    ) -> None:
        draft(house, asked)
        for action, who, key in (
            ("agree", house.people.agency_head_pu, PU),
            ("agree_lh", house.people.agency_lh, "opinion_lh#1"),
        ):
            house.press(action, asked, by=who, inputs=WORDS, ask=key)

        page = open_file(office.test_client(), house, asked)

        assert "meminta pendapat" not in page
        assert "Sudah dijawab." in page
        assert WORDS["opinion"] not in page

    def test_is_reminded_of_a_question_that_waits_for_an_answer(
        self, house: House, office: Flask
    ) -> None:
        page = open_file(office.test_client(), house, house.application("correction"))

        assert "Kami juga menunggu jawaban Anda: Pertanyaan kepada pemohon." in page
