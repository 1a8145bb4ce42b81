"""The pages on which somebody gives more time, and on which a wrong time is corrected."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.sweep import sweep
from tests.bed import OwnerOf
from tests.factories import House, broken_promises
from tests.licensing.clock_office import RULE, accepted, clock_house, wib
from tests.web.office import office_app, signed_in, statements
from tests.web.test_tracking import open_file

Browser = Callable[[Officer | None], FlaskClient]


@pytest.fixture
def house(runtime: Runtime, owner_db: OwnerOf) -> House:
    return clock_house(runtime, owner_db, simulated=False)


@pytest.fixture
def browser(house: House) -> Browser:
    app = office_app(house.runtime)
    return lambda officer: signed_in(app, officer)


@pytest.fixture
def file(house: House) -> UUID:
    return house.application("verification")


def earlier(house: House, file: UUID, minutes: int = 0) -> str:
    """Return the time of the filing in the office's zone, as a browser sends it."""
    at = house.rows(
        "SELECT effective_at FROM application_event WHERE application_id = %(id)s AND seq = 1",
        id=file,
    )[0].effective_at.astimezone(ZoneInfo("Asia/Jakarta"))
    return str((at - timedelta(days=1, minutes=minutes)).strftime("%Y-%m-%dT%H:%M"))


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1].replace("&#43;", "+")


def proposed(house: House, browser: Browser, file: UUID) -> str:
    """Propose that the file came in a day earlier; return the address of the proposal."""
    return proposed_earlier(house, browser, file, 0)


def proposed_earlier(house: House, browser: Browser, file: UUID, minutes: int) -> str:
    """Propose that it came in so many minutes before that; return the address."""
    form = {"seq": "1", "becomes": earlier(house, file, minutes), "reason": "Jam loket salah"}
    answer = browser(house.people.verifier).post(
        f"/berkas/{file}/koreksi", data={**form, "press": "simpan"}
    )
    assert answer.status_code == 303, answer.text
    found = house.rows("SELECT id FROM time_correction WHERE decision IS NULL")[0].id
    return f"/berkas/{file}/koreksi/{found}"


MORE = {"kind": "office", "more": "1", "reason": "Menunggu salinan akta"}


class TestMoreTime:
    def test_shows_old_and_new_before_it_is_given(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        page = browser(house.people.head).post(f"/berkas/{file}/perpanjangan", data=MORE).text

        assert "Menjadi" in page
        assert RULE in page
        assert hidden(page, "expects")
        assert "extend" not in house.history(file)

    def test_is_given_as_it_was_shown(self, house: House, browser: Browser, file: UUID) -> None:
        here = browser(house.people.head)
        address = f"/berkas/{file}/perpanjangan"
        shown = here.post(address, data=MORE).text

        done = here.post(
            address, data={**MORE, "press": "simpan", "expects": hidden(shown, "expects")}
        )

        assert done.status_code == 303
        page = here.get(f"/berkas/{file}").text
        assert "Perpanjangan oleh kantor" in page
        assert "Alasan: Menunggu salinan akta" in page
        assert f"Dasar: {RULE}." in page
        assert broken_promises(house) == {}

    def test_keeps_what_was_typed_and_says_what_is_wrong(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        answer = browser(house.people.head).post(
            f"/berkas/{file}/perpanjangan", data={**MORE, "more": "9", "reason": "Alasan saya"}
        )

        assert answer.status_code == 422
        assert "Alasan saya" in answer.text
        assert "paling banyak sebanyak yang dibolehkan SOP" in answer.text

    def test_is_not_given_where_the_date_is_another(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        form = {**MORE, "press": "simpan", "expects": "2020-01-01T00:00:00+00:00"}

        answer = browser(house.people.head).post(f"/berkas/{file}/perpanjangan", data=form)

        assert answer.status_code == 409
        assert "extend" not in house.history(file)

    def test_is_offered_to_those_whom_the_sop_names(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        for who, offered in (("head", True), ("supervisor", True), ("verifier", False)):
            page = browser(getattr(house.people, who)).get(f"/berkas/{file}").text
            assert (f"/berkas/{file}/perpanjangan" in page) == offered, who

    def test_says_why_there_is_none_left(self, house: House, browser: Browser, file: UUID) -> None:
        here = browser(house.people.supervisor)
        here.post(f"/berkas/{file}/perpanjangan", data={**MORE, "press": "simpan"})

        assert "Tidak dapat diperpanjang" in here.get(f"/berkas/{file}/perpanjangan").text
        again = here.post(f"/berkas/{file}/perpanjangan", data={**MORE, "press": "simpan"})
        assert again.status_code == 409
        assert "sudah dipakai" in again.text

    def test_is_read_by_the_applicant_on_his_page(self, house: House, browser: Browser) -> None:
        filed = house.file()
        house.check_all(filed.application_id)
        house.press("accept", filed.application_id, by=house.people.clerk)
        form = {**MORE, "press": "simpan"}
        browser(house.people.head).post(f"/berkas/{filed.application_id}/perpanjangan", data=form)

        page = open_file(browser(None), house, filed.application_id)

        assert "Waktu diperpanjang" in page
        assert "Menunggu salinan akta" in page
        assert RULE in page


class TestACorrectedTime:
    def test_is_previewed_proposed_and_waits(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        here = browser(house.people.verifier)
        form = {"seq": "1", "becomes": earlier(house, file), "reason": "Jam loket salah"}
        shown = here.post(f"/berkas/{file}/koreksi", data=form)
        assert shown.status_code == 200
        assert "Batas yang bergeser" in shown.text or "Tidak ada batas" in shown.text
        assert house.rows("SELECT 1 FROM time_correction") == []

        here.post(f"/berkas/{file}/koreksi", data={**form, "press": "simpan"})

        page = here.get(f"/berkas/{file}").text
        assert "Usul pembetulan waktu menunggu keputusan." in page
        assert "Lihat usulnya" in page
        assert "Cabut usul saya" in here.get(self.address(house, file)).text

    def test_keeps_what_was_typed_where_the_time_is_impossible(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        form = {"seq": "1", "becomes": "2099-01-01T10:00", "reason": "Jam loket salah"}

        answer = browser(house.people.verifier).post(f"/berkas/{file}/koreksi", data=form)

        assert answer.status_code == 422
        assert "Waktu ini belum tiba" in answer.text
        assert "2099-01-01T10:00" in answer.text

    def test_is_confirmed_by_a_second_person_and_the_receipt_printed_again(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        address = proposed(house, browser, file)
        here = browser(house.people.head)
        page = here.get(address).text
        assert "Benarkan waktunya" in page

        form = {"press": "benarkan", "expects": hidden(page, "expects")}
        assert here.post(address, data=form).status_code == 303

        page = here.get(f"/berkas/{file}").text
        assert "Waktu terima dibetulkan" in page
        assert "atas usul Contoh Verifikator" in page
        printed = here.post(f"/berkas/{file}/tanda-terima/ulang")
        assert printed.status_code == 303
        assert here.get(printed.headers["Location"]).mimetype == "application/pdf"
        assert house.history(file)[-2:] == ["correct_time", "receipt_reprinted"]
        assert broken_promises(house) == {}

    def test_is_not_offered_for_decision_to_who_proposed_or_recorded_it(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        address = proposed(house, browser, file)

        for who in ("verifier", "second_verifier", "clerk"):
            page = browser(getattr(house.people, who)).get(address).text
            assert "Benarkan waktunya" not in page, who

    def test_is_refused_to_somebody_who_may_not_decide(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        address = proposed(house, browser, file)

        answer = browser(house.people.clerk).post(address, data={"press": "benarkan"})

        assert answer.status_code == 403
        assert "correct_time" not in house.history(file)

    def test_turned_down_needs_words_and_stays_to_be_read(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        address = proposed(house, browser, file)
        here = browser(house.people.supervisor)

        assert here.post(address, data={"press": "tolak"}).status_code == 422
        assert here.post(address, data={"press": "tolak", "note": "Tanpa bukti"}).status_code == 303

        page = here.get(f"/berkas/{file}").text
        assert "Usul pembetulan ditolak" in page
        assert "Tanpa bukti" in page

    def test_waits_in_the_inbox_of_supervisors(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        proposed(house, browser, file)

        page = browser(house.people.supervisor).get("/kerja").text

        assert "Usul pembetulan waktu dari Contoh Verifikator menunggu keputusan" in page

    @staticmethod
    def address(house: House, file: UUID) -> str:
        found = house.rows("SELECT id FROM time_correction")[0].id
        return f"/berkas/{file}/koreksi/{found}"


@pytest.mark.parametrize("path", ["/layanan/siup", "/layanan/siup/standar"])
def test_the_public_standard_says_how_it_may_be_extended(browser: Browser, path: str) -> None:
    page = browser(None).get(path).text

    assert "Perpanjangan oleh kantor, dengan alasan yang diberitahukan kepada pemohon" in page
    assert "Perpanjangan dengan persetujuan tertulis pemohon" in page
    assert page.count("paling lama 1 hari kerja") == 2
    assert RULE in page


class TestAHold:
    def test_shows_since_when_until_when_and_by_which_rule(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        house.press("wait_applicant", file, by=house.people.verifier)

        page = browser(house.people.verifier).get(f"/berkas/{file}").text

        assert 'id="jam"' in page
        assert "paling lama sampai" in page
        assert "2 hari kerja lagi" in page
        assert "Dasar: Standar pelayanan kantor Pasal 9." in page

    def test_says_why_and_by_whom_and_sends_nobody_to_judge_papers_meanwhile(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        verifier = house.people.verifier
        house.press("wait_applicant", file, by=verifier, reason="Alamat gudang belum jelas")

        page = browser(verifier).get(f"/berkas/{file}").text

        assert f"{verifier.name}, paling lama sampai" in page
        assert "Alasan: Alamat gudang belum jelas" in page
        assert "Jam berhenti: Tunggu penjelasan pemohon." in page
        assert "lalu tekan tindakan di bawah" not in page

    def test_is_not_what_the_page_offers_first(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        page = browser(house.people.verifier).get(f"/berkas/{file}").text
        buttons = re.findall(r'name="action" value="(\w+)"', page)

        assert "wait_applicant" in buttons
        assert buttons[0] == "approve"
        assert page.index('value="wait_applicant"') > page.index('value="return_for_correction"')

    def test_is_told_to_the_applicant_with_what_is_left(
        self, house: House, browser: Browser
    ) -> None:
        filed = house.file()
        house.check_all(filed.application_id)
        house.press("accept", filed.application_id, by=house.people.clerk)
        house.press("wait_applicant", filed.application_id, by=house.people.verifier)

        page = open_file(browser(None), house, filed.application_id)

        assert "Tunggu penjelasan pemohon" in page
        assert "2 hari kerja lagi" in page
        assert "Standar pelayanan kantor Pasal 9" in page

        house.press("go_on", filed.application_id, by=house.people.verifier)
        assert "Menunggu Anda; waktu kami berhenti." in open_file(
            browser(None), house, filed.application_id
        )


class TestAHoldThatIsOver:
    OVER = "Penundaan mencapai batasnya (2 hari kerja); waktu kantor berjalan lagi"

    @pytest.fixture
    def house(self, runtime: Runtime, owner_db: OwnerOf) -> House:
        return clock_house(runtime, owner_db)

    @pytest.fixture
    def file(self, house: House) -> UUID:
        file = accepted(house, "6 10:00")
        house.press("wait_applicant", file, by=house.people.verifier, at=wib("7 10:00"))
        sweep(house.runtime, at=wib("9 16:00"), office_id=house.office_id)
        return file

    def test_is_named_on_the_board_of_supervisors(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        page = browser(house.people.supervisor).get("/pengawas/peringatan").text

        assert "Tunggu penjelasan pemohon: mencapai batasnya; waktu kantor berjalan lagi" in page

    def test_is_told_in_history_and_panel_by_nobody_but_the_system(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        page = browser(house.people.verifier).get(f"/berkas/{file}").text

        assert page.count(self.OVER) == 2
        assert "Penjelasan diterima" not in page
        assert "Menunggu pemohon" not in page.partition('id="riwayat"')[2]

    def test_is_told_to_the_applicant(self, house: House, browser: Browser, file: UUID) -> None:
        page = open_file(browser(None), house, file)

        assert self.OVER in page

    def test_is_told_before_the_clock_has_ended_it(self, house: House, browser: Browser) -> None:
        filed = house.file(at=wib("6 09:00")).application_id
        house.check_all(filed)
        house.press("accept", filed, by=house.people.clerk, at=wib("6 10:00"))
        # In a simulated office it is as late as the database says: long after July 2026.
        house.press("wait_applicant", filed, by=house.people.verifier, at=wib("7 10:00"))

        assert self.OVER in open_file(browser(None), house, filed)
        page = browser(house.people.verifier).get(f"/berkas/{filed}").text
        assert self.OVER in page
        assert "Sudah berakhir" in page


class TestHowFarATimeIsCorrected:
    CAP = (
        "Paling jauh 5 hari kerja dari waktu tercatat, paling banyak 2 kali per berkas. "
        "Dasar: Keputusan kepala dinas."
    )

    def test_stands_above_the_form_and_beside_the_decision(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        assert self.CAP in browser(house.people.verifier).get(f"/berkas/{file}/koreksi").text

        address = proposed(house, browser, file)

        assert self.CAP in browser(house.people.head).get(address).text

    @pytest.mark.parametrize("press", ["lihat", "simpan"])
    def test_further_is_refused_with_what_was_typed(
        self, house: House, browser: Browser, file: UUID, press: str
    ) -> None:
        becomes = earlier(house, file, minutes=20 * 24 * 60)
        form = {"seq": "1", "becomes": becomes, "reason": "Buku tamu", "press": press}

        answer = browser(house.people.verifier).post(f"/berkas/{file}/koreksi", data=form)

        assert answer.status_code == 422
        assert "Lebih jauh dari waktu tercatat daripada yang dibolehkan SOP" in answer.text
        assert becomes in answer.text

    def test_as_often_as_it_may_be_is_no_longer_offered_and_refused_in_words(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        here = browser(house.people.verifier)
        for minutes in (0, 5):
            address = proposed_earlier(house, browser, file, minutes)
            head = browser(house.people.head)
            expects = hidden(head.get(address).text, "expects")
            assert head.post(address, data={"press": "benarkan", "expects": expects}).location

        assert "Usulkan pembetulan waktu" not in here.get(f"/berkas/{file}").text
        form = {"seq": "1", "becomes": earlier(house, file, 9), "reason": "Lagi"}
        answer = here.post(f"/berkas/{file}/koreksi", data=form)
        assert "sudah dibetulkan sebanyak yang dibolehkan SOP" in answer.text

    def test_names_what_allowed_it_to_officers_and_applicant(
        self, house: House, browser: Browser, file: UUID
    ) -> None:
        address = proposed(house, browser, file)
        head = browser(house.people.head)
        form = {"press": "benarkan", "expects": hidden(head.get(address).text, "expects")}
        assert head.post(address, data=form).status_code == 303

        assert "Dasar: Keputusan kepala dinas." in head.get(f"/berkas/{file}").text
        assert "Dasar: Keputusan kepala dinas." in open_file(browser(None), house, file)


class TestASecondReturn:
    def test_says_to_officers_and_applicant_what_should_have_been_said_before(
        self, house: House, browser: Browser
    ) -> None:
        filed = house.file()
        file = filed.application_id
        house.check_all(file)
        house.press("accept", file, by=house.people.clerk)
        for paper in ("npwp", "ktp"):
            house.judge_all(file, faulty=paper)
            house.press("return_for_correction", file, by=house.people.verifier, reason="Perbaiki")
            if paper == "npwp":
                house.press("resubmit_correction", file, by=house.people.clerk)

        said = "Seharusnya sudah disampaikan pada pengembalian pertama: KTP"
        assert said in browser(house.people.verifier).get(f"/berkas/{file}").text
        assert said in open_file(browser(None), house, filed.application_id)


class TestWhatTheyCost:
    @pytest.mark.parametrize("page", ["", "/perpanjangan", "/koreksi"])
    def test_six_statements_at_most(
        self, house: House, browser: Browser, file: UUID, page: str
    ) -> None:
        who = house.people.supervisor
        here = browser(who)
        here.get(f"/berkas/{file}{page}")

        with statements(cast(Engine, house.runtime.db)) as sent:
            assert here.get(f"/berkas/{file}{page}").status_code == 200

        assert len(sent) <= 6, sent
