"""Where a file is, for who holds its number and code."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from licensing.secrecy import unseal
from licensing.services.file_application import CODE_PURPOSE
from licensing.services.sweep import sweep
from tests.factories import House
from tests.web.office import statements
from web.views.tracking import COOKIE


def number_and_code(house: House, application_id: UUID) -> tuple[str, str]:
    row = house.rows(
        "SELECT number, tracking_cipher FROM dossier WHERE application_id = %(id)s",
        id=application_id,
    )[0]
    return row.number, unseal(house.runtime.keyring, row.tracking_cipher, purpose=CODE_PURPOSE)


def open_file(client: FlaskClient, house: House, application_id: UUID) -> str:
    number, code = number_and_code(house, application_id)
    answer = client.post("/lacak", data={"number": number, "code": code}, follow_redirects=True)
    assert answer.request.path == "/lacak/berkas"
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.fixture
def client(office) -> FlaskClient:
    return office.test_client()


def without_token(page: str) -> str:
    """Return a page without its form token, which is signed anew each second."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


class TestTheCode:
    def test_of_the_qr_is_exchanged_at_once_and_stands_in_no_later_address(self, house, client):
        number, code = number_and_code(house, house.application("verification"))

        answer = client.get(f"/lacak/{number}?k={code}")

        assert (answer.status_code, answer.location) == (303, "/lacak/berkas")
        assert code not in answer.text
        assert code not in client.get_cookie(COOKIE, path="/lacak").value
        page = client.get("/lacak/berkas")
        assert number in page.text
        assert code not in page.text
        assert "no-store" in page.headers["Cache-Control"]

    def test_opens_the_file_however_it_is_typed(self, house, client):
        number, code = number_and_code(house, house.application("verification"))

        answer = client.post(
            "/lacak", data={"number": number.lower(), "code": f" {code[:4]}-{code[4:]} ".lower()}
        )

        assert answer.location == "/lacak/berkas"

    def test_is_written_into_no_log(self, house, client, caplog):
        number, code = number_and_code(house, house.application("verification"))
        with caplog.at_level(logging.DEBUG):
            client.get(f"/lacak/{number}?k={code}")
            client.get("/lacak/berkas")

        assert code not in caplog.text

    def test_that_is_wrong_and_a_number_that_is_unknown_get_the_same_answer(self, house, client):
        number, _code = number_and_code(house, house.application("verification"))

        wrong = client.post("/lacak", data={"number": number, "code": "ZZZZZZZZ"})
        unknown = client.post("/lacak", data={"number": "REG-1", "code": "ZZZZZZZZ"})

        assert wrong.status_code == unknown.status_code == 422
        assert without_token(wrong.text).replace(number, "") == without_token(unknown.text).replace(
            "REG-1", ""
        )

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({}, "Isi nomor pendaftaran"),
            ({"number": "REG-1"}, "Isi kode lacak"),
            ({"number": "x" * 101, "code": "A"}, "paling panjang 100 huruf"),
            ({"number": "REG-1", "code": "A" * 41}, "lebih pendek dari ini"),
            ({"number": "REG\x00", "code": "A"}, "rusak di jalan"),
        ],
    )
    def test_and_number_are_asked_for_where_they_cannot_be_used(self, client, data, said):
        answer = client.post("/lacak", data=data)

        assert answer.status_code == 422
        assert said in answer.text

    @pytest.mark.parametrize("path", ["/lacak/REG-1", "/lacak/REG-1?k=", "/lacak/%00?k=A"])
    def test_missing_in_an_address_is_asked_for(self, client, path):
        answer = client.get(path)

        assert answer.status_code == 303
        assert answer.location.startswith("/lacak?nomor=")
        assert client.get(answer.location).status_code == 200


class TestTheCookie:
    def test_that_was_changed_opens_nothing(self, house, client):
        open_file(client, house, house.application("verification"))
        good = client.get_cookie(COOKIE, path="/lacak").value
        client.set_cookie(COOKIE, good[:-2] + "xx", path="/lacak")

        assert client.get("/lacak/berkas").location == "/lacak"

    def test_ends_after_two_hours(self, house, client, monkeypatch):
        open_file(client, house, house.application("verification"))
        monkeypatch.setattr("web.views.tracking.KEPT_SECONDS", -1)

        assert client.get("/lacak/berkas").location == "/lacak"

    def test_can_be_forgotten_on_a_shared_phone(self, house, client):
        open_file(client, house, house.application("verification"))
        client.post("/lacak/tutup")

        assert client.get("/lacak/berkas").location == "/lacak"

    def test_is_kept_from_scripts_and_sent_to_tracking_alone(self, house, client):
        number, code = number_and_code(house, house.application("verification"))

        header = client.get(f"/lacak/{number}?k={code}").headers["Set-Cookie"]

        for mark in ("HttpOnly", "SameSite=Lax", "Path=/lacak", "Max-Age=7200"):
            assert mark in header


class TestThePage:
    @pytest.mark.parametrize(
        ("step", "chip", "headline"),
        [
            ("intake", "Giliran kami", "Petugas loket sedang menerima dan memeriksa"),
            ("completion", "Giliran Anda, waktu dijeda", "Kami menunggu 1 perbaikan dari Anda."),
            ("verification", "Giliran kami", "Verifikator sedang memeriksa kebenaran berkas."),
            ("correction", "Giliran Anda, waktu dijeda", "Kami menunggu 1 perbaikan dari Anda."),
            ("signature", "Giliran kami", "Kepala dinas sedang menandatangani SIUP."),
            ("refusal", "Giliran kami", "Kepala dinas sedang memutuskan usul penolakan."),
            ("handover", "Siap diambil", "Surat Izin Usaha Perdagangan Anda siap diambil."),
            ("issued", "Selesai", "Surat Izin Usaha Perdagangan sudah diserahkan."),
            ("refused", "Ditolak", "Permohonan Anda ditolak."),
            ("withdrawn", "Berakhir", "Permohonan ini dicabut."),
        ],
    )
    def test_says_first_whose_turn_it_is_and_what_now(self, house, client, step, chip, headline):
        page = open_file(client, house, house.application(step))

        assert chip in page
        heading = re.search(r"<h1>(.*?)</h1>", page)
        assert heading is not None
        assert heading[1].startswith(headline)

    def test_masks_the_person(self, house, client):
        page = open_file(client, house, house.application("verification"))

        assert "C*****" in page
        assert "Contoh Pemohon" not in page
        assert "99990101" not in page

    def test_names_no_officer(self, house, client):
        page = open_file(client, house, house.application("handover"))

        for person in ("Contoh Loket", "Contoh Verifikator", "Contoh Kepala"):
            assert person not in page

    def test_lists_what_is_wrong_with_which_paper(self, house, client):
        page = open_file(client, house, house.application("correction"))

        assert "Kartu NPWP" in page
        assert "Tidak terbaca" in page
        assert "Ini daftar lengkap" in page
        assert "Bila Anda kirim hari ini: selesai paling lambat" in page
        assert "Bila jawaban belum masuk sampai" in page

    def test_before_acceptance_says_when_the_time_begins(self, house, client):
        page = open_file(client, house, house.application("completion"))

        assert "Belum ada" in page
        assert "mulai sesudah berkas lengkap" in page

    def test_owns_being_late_and_says_who_was_told(self, simulated_house, office):
        house = simulated_house
        at = datetime.now(UTC) - timedelta(days=14)
        late = house.application("verification", at=at)
        report = sweep(house.runtime, office_id=house.office_id, at=datetime.now(UTC))
        assert [one.failure for one in report.offices] == [None]

        page = open_file(office.test_client(), house, late)

        assert re.search(r"<h1>Kami terlambat \d+ hari kerja\.</h1>", page)
        assert "Maaf, keterlambatan ini tanggung jawab kami." in page
        assert "Selesai paling lambat" in page
        assert "Sudah diperingatkan: " in page

    def test_of_a_refusal_gives_reason_and_remedies(self, house, client):
        page = open_file(client, house, house.application("refused"))

        assert "Usaha tidak sesuai" in page
        assert "dalam 21 hari kerja" in page
        assert "dalam 10 hari kerja" in page
        assert "UU 30/2014" in page

    def test_of_a_ready_permit_says_where_when_and_what_to_bring(self, house, client):
        page = open_file(client, house, house.application("handover"))

        assert "Jalan Contoh 1" in page
        assert "Senin–Kamis 07.30–16.00" in page
        assert "Tanda terima dan KTP asli" in page

    def test_expects_the_coming_steps_not_later_than_promised(self, house, client):
        page = open_file(client, house, house.application("verification"))

        assert "Menandatangani SIUP" in page
        assert "perkiraan " in page
        assert "Menyerahkan SIUP" in page

    def test_says_that_nobody_takes_money(self, house, client):
        page = open_file(client, house, house.application("verification"))

        assert "Tidak dipungut biaya" in page
        assert "Petugas tidak menerima uang." in page

    def test_costs_at_most_six_statements(self, house, client):
        open_file(client, house, house.application("correction"))

        with statements(house.runtime.db) as sent:
            client.get("/lacak/berkas")

        assert len(sent) <= 6
