"""Applying online, as a browser without JavaScript does it: written, left, gone on with, sent."""

from __future__ import annotations

import io
import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from licensing.people import Applicant
from licensing.queries.online import own_list, view_draft
from licensing.secrecy import unseal
from licensing.services.file_application import CODE_PURPOSE
from licensing.services.papers import PaperMarks, check_papers
from licensing.services.service_state import set_service_state
from licensing.services.stop_messages import stop_token
from tests.factories import House
from tests.online import ANSWERS, EMAIL, VARIANTS, code_on_its_way, draft, hand_in, photo
from tests.web.office import let_applicant_in, office_app, signed_in, statements

ANSWERED = {f"variant_{name}": choice for name, choice in VARIANTS.items()}


@pytest.fixture
def browser(office: Flask) -> FlaskClient:
    return office.test_client()


def begin(browser: FlaskClient) -> str:
    """Begin an application without an account; return the address of its task list."""
    answer = browser.post("/ajukan/siup", data=ANSWERED)
    assert answer.status_code == 303, answer.text
    return answer.location


def resume_code(text: str) -> str:
    found = re.search(r"<b>([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})</b>", text)
    assert found
    return found[1]


def send_scan(browser: FlaskClient, address: str, content: bytes, name: str) -> TestResponse:
    return browser.post(
        address,
        data={"scan": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )


def next_questions(text: str) -> str:
    found = re.search(r'action="(/permohonan/[^"]+/isi/[^"]+)"', text)
    assert found, "no questions here"
    return found[1]


def fill_in(browser: FlaskClient, tasks: str) -> None:
    """Answer every page of questions by `Simpan dan lanjut`, as they come."""
    address = f"{tasks}/isi/pemohon"
    while "/isi/" in address:
        page = browser.get(address).text
        names = set(re.findall(r'name="((?:applicant|field|variant|proxy)_\w+|kuasa)"', page))
        data = {name: {**ANSWERS, **ANSWERED}.get(name, "") for name in names}
        answer = browser.post(address, data={**data, "tindakan": "lanjut"})
        assert answer.status_code == 303, answer.text
        address = answer.location


class TestBeginning:
    def test_goes_straight_from_the_catalogue_with_the_answers_given_there(
        self, browser: FlaskClient
    ) -> None:
        page = browser.get("/layanan/siup?purpose=new&legal_form=cv").text

        assert 'href="/ajukan/siup?purpose=new&amp;legal_form=cv"' in page
        begun = browser.get("/ajukan/siup?purpose=new&legal_form=cv").text
        assert re.search(r'value="new" checked', begun)
        assert re.search(r'value="cv" selected', begun)

    def test_needs_an_answer_to_each_question_and_keeps_the_others(
        self, browser: FlaskClient
    ) -> None:
        answer = browser.post("/ajukan/siup", data={"variant_purpose": "new"})

        assert answer.status_code == 422
        assert "Pilih salah satu." in answer.text
        assert re.search(r'value="new" checked', answer.text)

    def test_is_not_offered_while_the_service_is_switched_off(
        self, house: House, browser: FlaskClient
    ) -> None:
        set_service_state(
            house.runtime, house.service, open_=False, note="Pindah kantor", by=house.people.admin
        )

        assert "/ajukan/siup" not in browser.get("/layanan/siup").text
        assert "Pindah kantor" in browser.get("/ajukan/siup").text
        assert browser.post("/ajukan/siup", data=ANSWERED).status_code == 422

    def test_of_an_unknown_service_is_nowhere(self, browser: FlaskClient) -> None:
        assert browser.get("/ajukan/tidak-ada").status_code == 404


class TestTheTaskList:
    def test_shows_the_resume_code_once(self, browser: FlaskClient) -> None:
        tasks = begin(browser)

        assert resume_code(browser.get(tasks).text)
        assert "Simpan kode lanjut" not in browser.get(tasks).text

    def test_says_what_is_not_begun_partly_done_and_done(self, browser: FlaskClient) -> None:
        tasks = begin(browser)
        assert browser.get(tasks).text.count("Belum<") > 5

        browser.post(f"{tasks}/isi/pemohon", data={"applicant_name": "Contoh", "tindakan": "nanti"})

        page = browser.get(tasks).text
        assert "Sebagian<" in page
        assert "1 dari" in page

    def test_of_somebody_else_is_not_there(self, house: House, office: Flask) -> None:
        mine, other = office.test_client(), office.test_client()
        tasks = begin(mine)
        let_applicant_in(other, house)

        assert other.get(tasks).status_code == 404
        assert office.test_client().get(tasks).status_code == 303

    def test_costs_the_same_however_much_is_written(self, house: House, office: Flask) -> None:
        browser = office.test_client()
        by = let_applicant_in(browser, house)
        whole = draft(house, by)
        few = begin(browser)
        counts = []
        for address in (few, f"/permohonan/{whole}", f"/permohonan/{whole}/periksa"):
            browser.get(address)
            with statements(house.runtime.db) as sent:  # type: ignore[arg-type]
                browser.get(address)
            counts.append(len(sent))

        assert len(set(counts)) == 1
        assert counts[0] <= 6


class TestAPageOfQuestions:
    def test_says_what_is_wrong_and_keeps_what_was_typed(self, browser: FlaskClient) -> None:
        tasks = begin(browser)

        answer = browser.post(
            f"{tasks}/isi/pemohon",
            data={"applicant_kind": "person", "applicant_nik": "123", "tindakan": "lanjut"},
        )

        assert answer.status_code == 422
        assert "NIK terdiri atas 16 angka." in answer.text
        assert 'value="123"' in answer.text
        assert 'value="123"' in browser.get(f"{tasks}/isi/pemohon").text

    def test_saved_for_later_asks_for_nothing(self, browser: FlaskClient) -> None:
        tasks = begin(browser)

        answer = browser.post(f"{tasks}/isi/pemohon", data={"tindakan": "nanti"})

        assert (answer.status_code, answer.location) == (303, tasks)

    def test_that_the_service_does_not_have_is_nowhere(self, browser: FlaskClient) -> None:
        assert browser.get(f"{begin(browser)}/isi/tidak-ada").status_code == 404

    def test_refuses_a_text_beyond_all_measure(self, browser: FlaskClient) -> None:
        tasks = begin(browser)
        answer = browser.post(f"{tasks}/isi/pemohon", data={"applicant_name": "x" * 7_000})

        assert answer.status_code == 422


class TestAPaper:
    def test_is_kept_shown_and_taken_away(self, browser: FlaskClient) -> None:
        tasks = begin(browser)
        answer = send_scan(browser, f"{tasks}/dokumen/ktp", photo(), "ktp <b>.jpg")
        page = browser.get(answer.location).text
        scan = re.search(r'href="(/permohonan/[^"]+/pindaian/([^"]+))"', page)
        assert scan
        shown = browser.get(scan[1])

        assert "ktp &lt;b&gt;.jpg" in page
        assert "belum diperiksa dari malware" in page
        assert (shown.mimetype, shown.data) == ("image/jpeg", photo())
        browser.post(f"{tasks}/dokumen/ktp/hapus", data={"file": scan[2]})
        assert "pindaian/" not in browser.get(f"{tasks}/dokumen/ktp").text

    @pytest.mark.parametrize(
        ("content", "said"),
        [(b"", "kosong"), (b"MZ program", "tidak diterima"), (photo()[:200], "rusak")],
    )
    def test_that_cannot_be_read_is_refused_in_words(
        self, browser: FlaskClient, content: bytes, said: str
    ) -> None:
        answer = send_scan(browser, f"{begin(browser)}/dokumen/ktp", content, "ktp.jpg")

        assert answer.status_code == 422
        assert said in answer.text

    def test_without_a_file_says_what_to_do(self, browser: FlaskClient) -> None:
        answer = browser.post(f"{begin(browser)}/dokumen/ktp", data={})

        assert answer.status_code == 422
        assert "Pilih atau foto dahulu." in answer.text

    def test_that_these_answers_do_not_ask_for_is_nowhere(self, browser: FlaskClient) -> None:
        assert browser.get(f"{begin(browser)}/dokumen/siup_induk").status_code == 404


class TestTheWholeWay:
    def test_is_interrupted_and_gone_on_with_on_another_device(
        self, house: House, office: Flask
    ) -> None:
        first, second = office.test_client(), office.test_client()
        tasks = begin(first)
        code = resume_code(first.get(tasks).text)
        first.post(
            f"{tasks}/isi/pemohon", data={"applicant_name": "Contoh Warga", "tindakan": "nanti"}
        )

        second.post("/pemohon/lanjut", data={"resume": code.lower().replace("-", " ")})
        assert tasks in second.get("/permohonan").text
        assert "Contoh Warga" in second.get(f"{tasks}/isi/pemohon").text
        fill_in(second, tasks)
        draft_id = UUID(tasks.rpartition("/")[2])
        by = _of_session(second, house)
        for name in _papers(house, draft_id, by):
            send_scan(second, f"{tasks}/dokumen/{name}", photo(), f"{name}.jpg")
        assert "Kirim permohonan" in second.get(f"{tasks}/periksa").text
        assert second.post(f"{tasks}/kirim", data={}).status_code == 422
        sent = second.post(f"{tasks}/kirim", data={"benar": "ya"})
        again = second.post(f"{tasks}/kirim", data={"benar": "ya"})

        assert sent.status_code == 303
        assert again.location == sent.location
        page = second.get(sent.location).text
        assert re.search(r"REG-\d{8}-\d{5}", page)
        assert "paling lambat" in page
        assert "Giliran kami" in second.get("/permohonan").text

    def test_ends_at_the_check_while_something_is_missing(
        self, house: House, office: Flask
    ) -> None:
        browser = office.test_client()
        draft_id = draft(house, let_applicant_in(browser, house), without="ktp")

        page = browser.get(f"/permohonan/{draft_id}/periksa").text
        answer = browser.post(f"/permohonan/{draft_id}/kirim", data={"benar": "ya"})

        assert "Kirim permohonan" not in page
        assert answer.status_code == 422

    def test_can_be_thrown_away_after_a_question(self, house: House, office: Flask) -> None:
        browser = office.test_client()
        tasks = begin(browser)

        assert "hilang" in browser.get(f"{tasks}/hapus").text
        assert browser.get(tasks).status_code == 200
        browser.post(f"{tasks}/hapus")
        assert browser.get(tasks).status_code == 404


def _of_session(browser: FlaskClient, house: House) -> Applicant:
    from licensing.services.applicant_sessions import applicant_of_session

    cookie = browser.get_cookie("satupintu_pemohon")
    assert cookie is not None
    found = applicant_of_session(house.runtime, cookie.value)
    assert found is not None
    return found


def _papers(house: House, draft_id: UUID, by: Applicant) -> list[str]:
    view = view_draft(house.runtime, draft_id, by)
    return [name for name, paper in view.sop.papers.items() if paper.when.holds_for(VARIANTS)]


class TestSigningIn:
    def test_by_a_code_takes_along_what_was_begun(self, house: House, office: Flask) -> None:
        browser = office.test_client()
        tasks = begin(browser)
        sent = browser.post("/pemohon/kode", data={"address": EMAIL, "next": tasks})
        assert sent.location == "/pemohon/kode"
        assert "w***@contoh.example" in browser.get(sent.location).text

        answer = browser.post("/pemohon/masuk", data={"code": code_on_its_way(house)})

        assert (answer.status_code, answer.location) == (303, tasks)
        assert browser.get(tasks).status_code == 200
        assert EMAIL in browser.get("/permohonan").text

    def test_says_the_same_of_a_wrong_code_and_of_one_for_nobody(
        self, house: House, office: Flask
    ) -> None:
        said = []
        for address in (EMAIL, "belum.pernah@contoh.example"):
            browser = office.test_client()
            browser.post("/pemohon/kode", data={"address": address})
            right = code_on_its_way(house)
            wrong = f"{(int(right) + 1) % 10**6:06d}"
            answer = browser.post("/pemohon/masuk", data={"code": wrong})
            said.append((answer.status_code, _without_address(answer.text)))

        assert said[0] == said[1]
        assert said[0][0] == 422

    @pytest.mark.parametrize("typed", ["", "warga", "x" * 300, "a@b\x00.id"])
    def test_needs_an_address(self, browser: FlaskClient, typed: str) -> None:
        answer = browser.post("/pemohon/kode", data={"address": typed})

        assert answer.status_code == 422

    @pytest.mark.parametrize("onward", ["//evil.example/x", "https://evil.example", "/admin"])
    def test_leads_nowhere_else(self, house: House, office: Flask, onward: str) -> None:
        browser = office.test_client()
        browser.post("/pemohon/kode", data={"address": EMAIL, "next": onward})

        answer = browser.post("/pemohon/masuk", data={"code": code_on_its_way(house)})

        assert answer.location == "/permohonan"

    def test_ends_here_or_everywhere(self, house: House, office: Flask) -> None:
        first, second = office.test_client(), office.test_client()
        tasks = begin(first)
        second.post("/pemohon/lanjut", data={"resume": resume_code(first.get(tasks).text)})

        second.post("/pemohon/keluar-semua")

        assert first.get(tasks).location.startswith("/pemohon?next=")

    def test_of_an_unknown_resume_code_is_refused(self, browser: FlaskClient) -> None:
        answer = browser.post("/pemohon/lanjut", data={"resume": "ABCD-EFGH-JKLM"})

        assert answer.status_code == 422
        assert "tidak dikenal" in answer.text

    def test_gives_a_new_resume_code_on_request(self, browser: FlaskClient) -> None:
        tasks = begin(browser)
        browser.get(tasks)

        browser.post("/pemohon/kode-lanjut", data={"kembali": tasks, "address": ""})

        assert resume_code(browser.get(tasks).text)

    def test_of_an_officer_opens_nothing_of_applicants_and_the_other_way_round(
        self, house: House, office: Flask
    ) -> None:
        clerk, browser = signed_in(office, house.people.clerk), office.test_client()
        let_applicant_in(browser, house)

        assert clerk.get("/permohonan").location.startswith("/pemohon")
        assert browser.get("/loket").location.startswith("/masuk")
        assert browser.get("/permohonan").status_code == 200


def _without_address(text: str) -> str:
    return re.sub(r'\w\*\*\*@contoh\.example|value="[^"]*"', "", text)


def returned(house: House, by: Applicant) -> UUID:
    application_id = hand_in(house, by, draft(house, by)).application_id
    marks = dict.fromkeys(house.papers(application_id), ("received", ""))
    marks["ktp"] = ("faulty", "Tidak terbaca")
    check_papers(
        house.runtime,
        PaperMarks(application_id, house.version(application_id), marks),
        house.people.clerk,
    )
    house.press("return_incomplete", application_id, by=house.people.clerk)
    return application_id


class TestACorrection:
    def test_is_handed_in_once_each_returned_paper_has_a_new_scan(
        self, house: House, office: Flask
    ) -> None:
        browser = office.test_client()
        application_id = returned(house, let_applicant_in(browser, house))
        address = f"/permohonan/berkas/{application_id}"
        assert "menunggu Anda" in browser.get("/permohonan").text
        assert f"{address}/perbaikan" in browser.get(address).text
        page = browser.get(f"{address}/perbaikan").text
        assert "Tidak terbaca" in page
        version = re.search(r'name="version" value="(\d+)"', page)
        assert version

        early = browser.post(f"{address}/serahkan", data={"version": version[1]})
        send_scan(browser, f"{address}/perbaikan/ktp", photo(90), "ktp-baru.jpg")
        handed = browser.post(f"{address}/serahkan", data={"version": version[1]})

        assert early.status_code == 422
        assert "Unggah pengganti" in early.text
        assert handed.location == address
        assert house.row(application_id).step == "intake"
        again = browser.post(f"{address}/serahkan", data={"version": version[1]})
        assert again.location == address

    def test_is_reached_from_the_tracking_page_that_letters_lead_to(
        self, house: House, office: Flask
    ) -> None:
        application_id = returned(house, let_applicant_in(office.test_client(), house))
        row = house.rows(
            "SELECT number, tracking_cipher FROM dossier WHERE application_id = %(id)s",
            id=application_id,
        )[0]
        code = unseal(house.runtime.keyring, row.tracking_cipher, purpose=CODE_PURPOSE)
        stranger = office.test_client()
        stranger.post("/lacak", data={"number": row.number, "code": code})

        page = stranger.get("/lacak/berkas").text

        assert f"/pemohon?next=/permohonan/berkas/{application_id}/perbaikan" in page
        assert "Permohonan diterima daring" in page

    def test_takes_nothing_for_a_paper_that_was_right(self, house: House, office: Flask) -> None:
        browser = office.test_client()
        application_id = returned(house, let_applicant_in(browser, house))

        answer = send_scan(
            browser, f"/permohonan/berkas/{application_id}/perbaikan/npwp", photo(), "x.jpg"
        )

        assert answer.status_code == 404

    def test_and_everything_else_of_somebody_else_is_not_there(
        self, house: House, office: Flask
    ) -> None:
        mine, other = office.test_client(), office.test_client()
        application_id = returned(house, let_applicant_in(mine, house))
        let_applicant_in(other, house)
        address = f"/permohonan/berkas/{application_id}"

        for page in ("", "/perbaikan", "/cabut", "/terkirim"):
            assert other.get(address + page).status_code == 404
        for page in ("/serahkan", "/cabut"):
            assert other.post(address + page, data={"version": "1"}).status_code == 404
        assert send_scan(other, f"{address}/perbaikan/ktp", photo(), "x.jpg").status_code == 404


class TestAWithdrawal:
    def test_asks_why_and_ends_the_application(self, house: House, office: Flask) -> None:
        browser = office.test_client()
        by = let_applicant_in(browser, house)
        application_id = hand_in(house, by, draft(house, by)).application_id
        address = f"/permohonan/berkas/{application_id}/cabut"
        version = re.search(r'name="version" value="(\d+)"', browser.get(address).text)
        assert version

        assert browser.post(address, data={"version": version[1]}).status_code == 422
        browser.post(address, data={"version": version[1], "reason": "Pindah kota"})

        assert house.row(application_id).outcome == "withdrawn"
        assert own_list(house.runtime, by).files[0].outcome == "withdrawn"


class TestAtTheCounter:
    def test_the_file_says_that_it_came_online_and_its_papers_are_marked_there(
        self, house: House, office: Flask
    ) -> None:
        by = let_applicant_in(office.test_client(), house)
        application_id = hand_in(house, by, draft(house, by)).application_id
        clerk = signed_in(office, house.people.clerk)

        page = clerk.get(f"/berkas/{application_id}").text

        assert "diajukan daring" in page
        assert "Pemohon, daring" in page
        assert "Pemohon" in page
        assert "Simpan tanda" in page
        assert "/pindaian/" in page
        counter = clerk.get("/loket").text
        assert str(application_id) in counter
        assert "· daring ·" in counter

    def test_the_clerk_accepts_it_like_any_other(self, house: House, office: Flask) -> None:
        by = let_applicant_in(office.test_client(), house)
        application_id = hand_in(house, by, draft(house, by)).application_id
        house.check_all(application_id)

        house.press("accept", application_id, by=house.people.clerk)

        assert house.row(application_id).step == "verification"
        clerk = signed_in(office, house.people.clerk)
        assert clerk.get(f"/berkas/{application_id}/tanda-terima.pdf").status_code == 200


class TestStoppingMessages:
    def test_needs_no_sign_in_and_a_button(self, house: House, office: Flask) -> None:
        by = let_applicant_in(office.test_client(), house)
        application_id = hand_in(house, by, draft(house, by)).application_id
        token = stop_token(house.runtime.keyring, house.code, application_id)
        browser = office.test_client()

        assert "Berhenti menerima pesan?" in browser.get(f"/pesan/{token}").text
        assert "Berhenti menerima pesan?" in browser.get(f"/pesan/{token}").text
        browser.post(f"/pesan/{token}", data={"berhenti": "ya"})
        assert "halaman lacak saja" in browser.get(f"/pesan/{token}").text
        browser.post(f"/pesan/{token}", data={})
        assert "Berhenti menerima pesan?" in browser.get(f"/pesan/{token}").text

    def test_by_a_link_that_we_did_not_write_is_nowhere(self, browser: FlaskClient) -> None:
        assert browser.get("/pesan/kantor.x.y").status_code == 404
        assert browser.post("/pesan/kantor.x.y").status_code == 404


def test_every_form_of_applicants_needs_its_token(house: House) -> None:
    app = office_app(house.runtime)
    app.config["WTF_CSRF_ENABLED"] = True
    browser = app.test_client()

    for address in ("/ajukan/siup", "/pemohon/kode", "/pemohon/lanjut", "/pemohon/keluar"):
        assert browser.post(address, data={}).status_code == 400
