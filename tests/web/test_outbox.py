"""`/admin/kirim`, `/admin/saluran`, `/admin/surat`: see, send again, try, write, go back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from flask.testing import FlaskClient

from licensing.ports.gateway import Target
from licensing.ports.mail import PermanentMailFault
from licensing.ports.webhook import HttpWebhook
from licensing.services.channels import NewChannel, add_channel
from licensing.services.deliver import deliver
from tests.factories import House, SentLetters, make_applicant
from tests.listener import Listener, listening
from tests.web.office import statements
from web.outbox_words import EVENT_WORDS, PLACEHOLDER_WORDS, REASON_WORDS

Browser = Callable[..., FlaskClient]
MOST_STATEMENTS = 6
SECRET = "RAHASIA-SEKALI"


class Refusing(SentLetters):
    """A mail server that knows nobody."""

    refuses = True

    def send(self, letter: object) -> None:
        if self.refuses:
            raise PermanentMailFault(f"550 5.1.1 <{letter.to}>: no such user")  # type: ignore[attr-defined]
        self.sent.append(letter)


@pytest.fixture
def mail(house: House) -> Refusing:
    made = Refusing()
    house.runtime.mail = made
    return made


@pytest.fixture
def listener(house: House) -> Iterator[Listener]:
    house.runtime.webhook = HttpWebhook(private=True)
    with listening() as made:
        yield made


def hook(house: House, listener: Listener) -> str:
    new = NewChannel("webhook", "Program kota", f"{listener.url}/{SECRET}", ("applicant",))
    return str(add_channel(house.runtime, new, house.people.admin)[0])


def park(house: House, count: int = 1) -> None:
    for number in range(1, count + 1):
        house.application("verification", applicant=make_applicant(number))
    deliver(house.runtime)


def parked(house: House) -> int:
    return len(house.rows("SELECT 1 FROM notice WHERE parked_at IS NOT NULL"))


class TestEachPage:
    @pytest.mark.parametrize(
        "path",
        [
            "/admin/kirim",
            "/admin/kirim?keadaan=waiting",
            "/admin/kirim?keadaan=sent",
            "/admin/kirim?alasan=mailbox_refused&peristiwa=accepted&saluran=email&nomor=1",
            "/admin/saluran",
            "/admin/saluran/baru",
            "/admin/saluran/{channel}",
            "/admin/surat",
            "/admin/surat/accepted/id",
            "/admin/surat/alert/en",
        ],
    )
    def test_costs_at_most_six_statements(
        self, house: House, mail: Refusing, listener: Listener, browser_of: Browser, path: str
    ) -> None:
        path = path.format(channel=hook(house, listener))
        park(house, 2)
        client = browser_of(house.people.admin)
        client.get("/admin/riwayat")  # the frame is kept for a minute

        with statements(house.runtime.db) as sent:  # type: ignore[arg-type]
            answer = client.get(path)

        assert answer.status_code == 200, answer.text
        asked = [one for one in sent if not one.startswith(("SAVEPOINT", "RELEASE"))]
        assert len(asked) <= MOST_STATEMENTS, asked
        assert answer.text.count("<h1") == 1
        assert SECRET not in answer.text

    @pytest.mark.parametrize(
        "path", ["/admin/kirim", "/admin/saluran", "/admin/surat", "/admin/surat/granted/id"]
    )
    def test_is_read_by_a_supervisor_who_changes_nothing(
        self, house: House, browser_of: Browser, path: str
    ) -> None:
        text = browser_of(house.people.supervisor).get(path).text
        assert 'href="/admin"' not in text
        main = text.partition("<main")[2]
        assert 'method="post"' not in main

    @pytest.mark.parametrize("query", ["keadaan=x", "sesudah=x", "saluran=x", "alasan=x"])
    def test_refuses_an_address_that_was_made_up(
        self, house: House, browser_of: Browser, query: str
    ) -> None:
        assert browser_of(house.people.admin).get(f"/admin/kirim?{query}").status_code == 400


class TestTheOutbox:
    def test_says_what_is_parked_why_and_whose_it_is_not(
        self, house: House, mail: Refusing, browser_of: Browser
    ) -> None:
        park(house)
        text = browser_of(house.people.admin).get("/admin/kirim").text
        assert "1 pesan tertahan" in text
        assert "Server surel penerima menolak" in text
        assert "p***@contoh.example" in text
        assert "pemohon-1@" not in text
        assert house.rows("SELECT number FROM dossier")[0].number in text

    def test_sends_one_again_with_the_same_message_id(
        self, house: House, mail: Refusing, browser_of: Browser
    ) -> None:
        park(house)
        row = house.rows("SELECT id FROM notice WHERE parked_at IS NOT NULL")[0]
        client = browser_of(house.people.head)
        mail.refuses = False

        answer = client.post(f"/admin/kirim/{row.id}/ulang")

        assert answer.status_code == 303
        assert deliver(house.runtime).sent == 1
        assert f"<notice-{row.id}@" in mail.sent[0].message_id
        told = [e.action for e in house.rows("SELECT action FROM office_event ORDER BY id")]
        assert told.count("notices_resent") == 1
        kept = house.rows("SELECT detail FROM office_event WHERE action = 'notices_resent'")[0]
        assert kept.detail["why"].startswith("550 5.1.1")
        assert "pemohon-1@" not in str(kept.detail), "the record is kept for ever"
        client.post(f"/admin/kirim/{row.id}/ulang")
        assert deliver(house.runtime).sent == 0, "what has left does not leave again"

    def test_sends_all_of_one_reason_after_a_preview(
        self, house: House, mail: Refusing, browser_of: Browser
    ) -> None:
        park(house, 3)
        house.as_owner("UPDATE notice SET parked_why = 'HTTP 404' WHERE address LIKE 'pemohon-3%%'")
        client = browser_of(house.people.admin)

        preview = client.post("/admin/kirim/ulang", data={"alasan": "mailbox_refused"})
        assert "2 pesan tertahan karena alasan ini" in preview.text
        assert parked(house) == 3
        done = client.post(
            "/admin/kirim/ulang", data={"alasan": "mailbox_refused", "langkah": "simpan"}
        )

        assert done.status_code == 303
        assert parked(house) == 1
        mail.refuses = False
        assert deliver(house.runtime).sent == 2

    def test_goes_to_the_address_of_today(
        self, house: House, mail: Refusing, browser_of: Browser
    ) -> None:
        park(house)
        house.as_owner("UPDATE applicant SET email = 'baru@contoh.example'")
        row = house.rows("SELECT id FROM notice WHERE parked_at IS NOT NULL")[0]
        browser_of(house.people.admin).post(f"/admin/kirim/{row.id}/ulang")
        mail.refuses = False
        deliver(house.runtime)
        assert [letter.to for letter in mail.sent] == ["baru@contoh.example"]

    def test_a_withdrawn_alert_is_not_sent_again(
        self, house: House, mail: Refusing, browser_of: Browser
    ) -> None:
        park(house)
        house.as_owner(
            "WITH a AS (INSERT INTO alert (office_id, application_id, key, rung, owed_at,"
            " raised_at, withdrawn_at, withdrawn_why) SELECT office_id, application_id, key,"
            " '50%%', started_at, started_at, started_at, 'libur' FROM deadline LIMIT 1"
            " RETURNING id)"
            " UPDATE notice SET alert_id = (SELECT id FROM a)"
        )
        row = house.rows("SELECT id FROM notice WHERE parked_at IS NOT NULL")[0]
        browser_of(house.people.admin).post(f"/admin/kirim/{row.id}/ulang")
        assert parked(house) == 1

    def test_another_offices_message_is_not_reached(
        self, house: House, simulated_house: House, mail: Refusing, browser_of: Browser
    ) -> None:
        park(house)
        row = house.rows("SELECT id FROM notice WHERE parked_at IS NOT NULL")[0]
        client = browser_of(simulated_house.people.admin)
        client.post(f"/admin/kirim/{row.id}/ulang")
        assert parked(house) == 1
        assert "Tidak ada pesan yang tertahan" in client.get("/admin/kirim").text

    def test_is_read_on_page_by_page(
        self, house: House, mail: Refusing, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("licensing.queries.outbox.PAGE", 2)
        park(house, 5)
        client, seen, path = browser_of(house.people.admin), [], "/admin/kirim"
        while path:
            text = client.get(path).text
            seen += re.findall(r'action="/admin/kirim/([0-9a-f-]{36})/ulang"', text)
            found = re.search(r'rel="next" href="([^"]+)"', text)
            path = unescape(found[1]) if found else ""
        assert len(seen) == len(set(seen)) == 5

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("peristiwa=accepted", 2),
            ("peristiwa=granted", 0),
            ("saluran=email", 2),
            ("alasan=mailbox_refused", 2),
            ("alasan=gone", 0),
            ("nomor=999999", 0),
        ],
    )
    def test_is_filtered(
        self, house: House, mail: Refusing, browser_of: Browser, query: str, count: int
    ) -> None:
        park(house, 2)
        text = browser_of(house.people.admin).get(f"/admin/kirim?{query}").text
        assert text.count("/ulang") - text.count('action="/admin/kirim/ulang"') == count
        if count == 0:
            assert "Tidak ada pesan yang cocok" in text

    def test_says_that_mail_is_down(
        self, house: House, mail: Refusing, browser_of: Browser
    ) -> None:
        house.as_owner("INSERT INTO heartbeat VALUES ('mail.down', clock_timestamp())")
        text = browser_of(house.people.admin).get("/admin/kirim").text
        assert "Surel sedang tidak keluar" in text


class TestAChannel:
    def test_shows_its_key_once_and_its_address_never(
        self, house: House, listener: Listener, browser_of: Browser
    ) -> None:
        client = browser_of(house.people.admin)
        typed = {"kind": "webhook", "name": "Program kota", "url": f"{listener.url}/{SECRET}",
                 "takes_applicant": "ya"}  # fmt: skip
        made = client.post("/admin/saluran/baru", data=typed)
        key = re.search(r'sp-kunci">([^<]+)<', made.text)
        assert key is not None
        channel = house.rows("SELECT id FROM office_channel")[0].id
        for path in ("/admin/saluran", f"/admin/saluran/{channel}", "/admin/riwayat"):
            text = client.get(path).text
            assert "Program kota" in text
            assert SECRET not in text
            assert key[1] not in text

    def test_that_cannot_be_is_refused_with_what_was_typed(
        self, house: House, browser_of: Browser
    ) -> None:
        typed = {"kind": "webhook", "name": "Program kota", "url": "http://10.0.0.1/x"}
        answer = browser_of(house.people.admin).post("/admin/saluran/baru", data=typed)
        assert answer.status_code == 422
        assert 'value="Program kota"' in answer.text
        assert "https://" in answer.text
        assert 'href="#f-takes_office"' in answer.text

    def test_is_tried_at_once(self, house: House, listener: Listener, browser_of: Browser) -> None:
        path = f"/admin/saluran/{hook(house, listener)}"
        client = browser_of(house.people.admin)
        assert client.post(f"{path}/coba").status_code == 303
        assert "Pesan percobaan diterima" in client.get(path).text
        listener.mood = lambda _: 403
        client.post(f"{path}/coba")
        text = client.get(path).text
        assert "Pesan percobaan tidak sampai: HTTP 403" in text
        assert "Terakhir gagal" in text

    def test_to_phones_asks_for_a_number(self, house: House, browser_of: Browser) -> None:
        class Phones:
            def check(self, url: str) -> Target:
                return Target("contoh", personal=True)

            def send(self, url: str, *, title: str, text: str, phone: str) -> None: ...

        house.runtime.gateway = Phones()
        new = NewChannel("gateway", "WhatsApp", "contoh://x/{phone}")
        channel, _ = add_channel(house.runtime, new, house.people.admin)
        client = browser_of(house.people.admin)
        answer = client.post(f"/admin/saluran/{channel}/coba", data={"phone": "12"})
        assert answer.status_code == 422
        assert 'value="12"' in answer.text
        answer = client.post(f"/admin/saluran/{channel}/coba", data={"phone": "0812 0000 0901"})
        assert answer.status_code == 303

    def test_is_switched_off_after_a_preview_and_on_again(
        self, house: House, listener: Listener, browser_of: Browser
    ) -> None:
        path = f"/admin/saluran/{hook(house, listener)}/keadaan"
        client = browser_of(house.people.head)
        assert "Yang terkena" in client.post(path, data={"aktif": "tidak"}).text
        assert house.rows("SELECT active FROM office_channel")[0].active
        client.post(path, data={"aktif": "tidak", "langkah": "simpan"})
        assert not house.rows("SELECT active FROM office_channel")[0].active
        client.post(path, data={"aktif": "ya", "langkah": "simpan"})
        assert house.rows("SELECT active FROM office_channel")[0].active

    def test_gets_a_new_address_and_key(
        self, house: House, listener: Listener, browser_of: Browser
    ) -> None:
        path = f"/admin/saluran/{hook(house, listener)}/rahasia"
        client = browser_of(house.people.admin)
        assert client.post(path, data={"url": "bukan"}).status_code == 422
        answer = client.post(path, data={"url": f"{listener.url}/lain"})
        assert "Kunci tanda tangan" in answer.text


class TestALetter:
    def test_is_shown_with_sample_data_before_it_is_saved(
        self, house: House, browser_of: Browser
    ) -> None:
        client = browser_of(house.people.admin)
        typed = {"subject": "Selamat: {number}", "body": "Izin {service} terbit.", "seen": "0"}
        text = client.post("/admin/surat/granted/id", data=typed).text
        assert "Selamat: 0042/SIUP/2026" in text
        assert "Izin Surat Izin Usaha Perdagangan terbit." in text
        assert "Lacak permohonan: " in text
        assert "Surat bawaan, sebagai pembanding" in text
        assert house.rows("SELECT 1 FROM letter_template") == []

        done = client.post("/admin/surat/granted/id", data={**typed, "langkah": "simpan"})
        assert done.status_code == 303
        text = client.get("/admin/surat/granted/id").text
        assert "Yang keluar sekarang, dengan data contoh" in text
        assert "versi 1" in client.get("/admin/surat").text

    def test_in_english_has_words_of_its_own(self, house: House, browser_of: Browser) -> None:
        client = browser_of(house.people.admin)
        client.post(
            "/admin/surat/granted/en",
            data={"subject": "Ready: {number}", "body": "{service}", "langkah": "simpan"},
        )
        assert "Trading permit" in client.get("/admin/surat/granted/en").text
        assert "Yang keluar sekarang: surat bawaan" in client.get("/admin/surat/granted/id").text

    def test_with_an_unknown_name_is_refused_and_says_which(
        self, house: House, browser_of: Browser
    ) -> None:
        typed = {"subject": "Halo {nama}", "body": "Isi <b>{x.y}</b>", "langkah": "simpan"}
        answer = browser_of(house.people.admin).post("/admin/surat/granted/id", data=typed)
        assert answer.status_code == 422
        assert "Tidak dikenal: {nama}." in answer.text
        assert "Tidak dikenal: {x.y}." in answer.text
        assert 'value="Halo {nama}"' in answer.text
        assert "Isi &lt;b&gt;{x.y}&lt;/b&gt;" in answer.text

    def test_goes_back_to_the_built_in_words_after_a_preview(
        self, house: House, browser_of: Browser
    ) -> None:
        client = browser_of(house.people.admin)
        client.post(
            "/admin/surat/granted/id",
            data={"subject": "A", "body": "B", "langkah": "simpan", "seen": "0"},
        )
        preview = client.post("/admin/surat/granted/id/bawaan", data={"langkah": "pratinjau"})
        assert "izin siap diambil" in preview.text
        client.post("/admin/surat/granted/id/bawaan", data={"langkah": "simpan", "seen": "1"})
        text = client.get("/admin/surat/granted/id").text
        assert "Yang keluar sekarang: surat bawaan" in text
        assert "2 versi tersimpan" in text

    def test_saved_by_two_at_once_is_not_lost(self, house: House, browser_of: Browser) -> None:
        client = browser_of(house.people.admin)
        typed = {"subject": "A", "body": "B", "langkah": "simpan", "seen": "0"}
        client.post("/admin/surat/granted/id", data=typed)
        answer = client.post("/admin/surat/granted/id", data={**typed, "subject": "C"})
        assert answer.status_code == 422
        assert "diubah orang lain" in answer.text
        assert 'value="C"' in answer.text

    def test_that_could_not_be_used_says_so(self, house: House, browser_of: Browser) -> None:
        house.as_owner(
            "INSERT INTO letter_template (office_id, event, locale, version, subject, body,"
            " created_by, failed_at, failed_why) VALUES (%(o)s, 'granted', 'id', 1, '{x}', 'b',"
            " %(by)s, clock_timestamp(), 'unknown_placeholder: x')",
            o=house.office_id,
            by=house.people.admin.id,
        )
        client = browser_of(house.people.admin)
        assert "tidak dapat dipakai" in client.get("/admin/surat").text
        assert "Kata-kata ini tidak dapat dipakai" in client.get("/admin/surat/granted/id").text

    @pytest.mark.parametrize("path", ["birthday/id", "granted/fr", "bank_admin_created/id"])
    def test_that_there_is_not_is_not_found(
        self, house: House, browser_of: Browser, path: str
    ) -> None:
        assert browser_of(house.people.admin).get(f"/admin/surat/{path}").status_code == 404


def test_every_event_placeholder_and_reason_has_words() -> None:
    from licensing.letters import PLACEHOLDERS
    from licensing.outbox_reasons import OTHER, REASONS

    assert EVENT_WORDS.keys() == PLACEHOLDERS.keys() | {"lapsed"}
    assert PLACEHOLDER_WORDS.keys() == {n for names in PLACEHOLDERS.values() for n in names}
    assert REASON_WORDS.keys() == {*REASONS, OTHER}


class TestAtTheCounter:
    def test_the_applicant_is_asked_where_the_office_reaches_phones(
        self, house: House, browser_of: Browser
    ) -> None:
        class Phones:
            def check(self, url: str) -> Target:
                return Target("contoh", personal=True)

            def send(self, url: str, *, title: str, text: str, phone: str) -> None: ...

        client = browser_of(house.people.clerk)
        assert "applicant_tell_by" not in client.get("/loket/baru/siup", follow_redirects=True).text
        house.runtime.gateway = Phones()
        new = NewChannel("gateway", "WhatsApp", "contoh://x/{phone}")
        add_channel(house.runtime, new, house.people.admin)
        assert "applicant_tell_by" in client.get("/loket/baru/siup", follow_redirects=True).text
