"""The queue's pages: kiosk and phone, screen, counter, supervisor, administration."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from licensing.people import Officer
from licensing.queries.queue import Call
from licensing.services.queue_setup import QueueRules, set_rules
from tests.factories import House
from tests.queue import Queue, open_queue
from tests.web.office import statements
from web.queue_words import estimate_words, spoken, windows_words

Browse = Callable[[Officer | None], FlaskClient]


@pytest.fixture
def queue(house: House) -> Queue:
    return open_queue(house)


@pytest.fixture
def visitor(office: Flask, queue: Queue) -> FlaskClient:
    # Nobody else's limit: each test begins its own count.
    office.config["RATELIMIT_ENABLED"] = False
    return office.test_client()


def take(visitor: FlaskClient, queue: Queue, letter: str = "A", **form: str) -> str:
    """Return the address of a ticket drawn by hand."""
    answer = visitor.post(f"/antrian/ambil/{queue.group(letter)}", data=form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


class TestTheKiosk:
    def test_leads_to_a_number_in_three_presses(self, visitor: FlaskClient, queue: Queue) -> None:
        first = visitor.get("/antrian?kios=1")
        assert "Permohonan izin" in first.text
        assert f"/antrian/ambil/{queue.group('A')}?kios=1" in first.text
        second = visitor.get(f"/antrian/ambil/{queue.group('A')}?kios=1")
        assert 'value="elderly"' in second.text

        ticket = visitor.get(take(visitor, queue, prioritas="elderly", kios="1"))

        assert "A-001" in ticket.text
        assert "lansia" in ticket.text
        assert 'data-kios="/antrian?kios=1"' in ticket.text

    def test_says_when_it_opens(self, visitor: FlaskClient, queue: Queue) -> None:
        house = queue.house
        rules = QueueRules(always_open=True, closed_note="Antrean hari ini sudah penuh.")
        set_rules(house.runtime, rules, house.people.admin)

        page = visitor.get("/antrian")
        refused = visitor.post(f"/antrian/ambil/{queue.group('A')}")

        assert "Antrean hari ini sudah penuh." in page.text
        assert "sp-antrian-tombol" not in page.text
        assert refused.status_code == 409
        assert "Nomor belum diberikan." in refused.text

    def test_of_an_office_without_a_queue_says_so(self, office: Flask) -> None:
        page = office.test_client().get("/antrian")

        assert page.status_code == 200
        assert "belum memakai nomor antrean" in page.text

    @pytest.mark.parametrize("path", ["ambil/{unknown}", "tiket/{short}", "tiket/{wrong}"])
    def test_knows_no_other_addresses(self, visitor: FlaskClient, queue: Queue, path: str) -> None:
        filled = path.format(unknown=uuid4(), short="x", wrong="x" * 22)

        assert visitor.get(f"/antrian/{filled}").status_code == 404

    def test_gives_one_address_so_many_and_no_more(self, office: Flask, queue: Queue) -> None:
        browser = office.test_client()
        path = f"/antrian/ambil/{queue.group('A')}"

        answers = [browser.post(path).status_code for _ in range(13)]

        assert answers == [303] * 12 + [429]

    def test_refuses_a_priority_that_is_none(self, visitor: FlaskClient, queue: Queue) -> None:
        answer = visitor.post(f"/antrian/ambil/{queue.group('A')}", data={"prioritas": "bos"})

        assert answer.status_code == 400


class TestATicketOnAPhone:
    def test_shows_the_place_and_then_the_counter(
        self, visitor: FlaskClient, queue: Queue, browser_of: Browse
    ) -> None:
        clerk = queue.house.people.clerk
        queue.seat(clerk, 1)
        queue.draw()
        mine = take(visitor, queue)
        assert "1 orang di depan Anda." in visitor.get(mine).text

        queue.next(clerk)
        assert "Anda berikutnya." in visitor.get(mine).text
        queue.next(clerk)

        assert "silakan ke loket 1" in visitor.get(mine).text

    def test_reads_itself_again_without_a_script(self, visitor: FlaskClient, queue: Queue) -> None:
        page = visitor.get(take(visitor, queue))

        assert '<noscript><meta http-equiv="refresh" content="20"></noscript>' in page.text
        assert page.headers["Cache-Control"] == "no-store"


class TestTheScreen:
    def test_shows_numbers_and_says_them_and_names_nobody(
        self, visitor: FlaskClient, queue: Queue
    ) -> None:
        clerk = queue.house.people.clerk
        queue.seat(clerk, 3)
        for _ in range(2):
            queue.draw()
            queue.next(clerk)

        page = visitor.get("/antrian/layar").text

        assert "Nomor antrean A nol nol dua, silakan ke loket tiga" in page
        assert re.search(r"sp-layar-nomor\">A-002", page)
        assert "Contoh" not in re.sub(r"<(header|title|aside).*?</\1>", "", page, flags=re.S)

    @pytest.mark.parametrize(
        ("letter", "number", "window", "words"),
        [
            ("A", 12, 3, "Nomor antrean A nol dua belas, silakan ke loket tiga"),
            ("B", 7, 11, "Nomor antrean B nol nol tujuh, silakan ke loket sebelas"),
            ("C", 105, 1, "Nomor antrean C seratus lima, silakan ke loket satu"),
            ("C", 1042, 1, "Nomor antrean C seribu empat puluh dua, silakan ke loket satu"),
        ],
    )
    def test_says_a_number_as_people_say_it(
        self, letter: str, number: int, window: int, words: str
    ) -> None:
        assert spoken(Call(1, "", letter, number, window, datetime.now(UTC))) == words


class TestTheCounter:
    def test_is_chosen_first_and_then_calls(self, queue: Queue, browser_of: Browse) -> None:
        clerk = browser_of(queue.house.people.clerk)
        queue.draw()
        assert "Anda duduk di loket mana hari ini?" in clerk.get("/antrian/meja").text

        sat = clerk.post("/antrian/meja/duduk", data={"window": str(queue.window(1))})
        called = clerk.post("/antrian/meja/panggil", data={"kembali": "/loket"})

        assert sat.headers["Location"] == "/antrian/meja"
        assert called.headers["Location"] == "/loket"
        assert "A-001" in clerk.get("/antrian/meja").text
        assert queue.current(queue.house.people.clerk) is not None

    def test_leads_nowhere_else(self, queue: Queue, browser_of: Browse) -> None:
        clerk = browser_of(queue.house.people.clerk)
        queue.seat(queue.house.people.clerk, 1)

        answer = clerk.post("/antrian/meja/panggil", data={"kembali": "https://jahat.example/"})

        assert answer.headers["Location"] == "/"

    def test_pressed_twice_calls_once_and_says_so(self, queue: Queue, browser_of: Browse) -> None:
        officer = queue.house.people.clerk
        clerk = browser_of(officer)
        queue.seat(officer, 1)
        queue.draw()
        queue.draw()

        for _ in range(2):
            clerk.post("/antrian/meja/panggil", data={"sekarang": ""})

        page = clerk.get("/antrian/meja").text
        assert "A-001" in page
        assert "berubah sesudah halaman Anda terbuka" in page
        assert queue.waiting()["A"] == 1

    def test_asks_for_a_reason_and_keeps_what_was_typed(
        self, queue: Queue, browser_of: Browse
    ) -> None:
        officer = queue.house.people.clerk
        clerk = browser_of(officer)
        queue.seat(officer, 1)
        queue.draw()
        second = queue.draw()

        refused = clerk.post("/antrian/meja/panggil-nomor", data={"nomor": str(second.id)})
        too_long = clerk.post(
            "/antrian/meja/panggil-nomor", data={"nomor": str(second.id), "reason": "x" * 201}
        )
        clerk.post("/antrian/meja/panggil-nomor", data={"nomor": str(second.id), "reason": "Sakit"})

        assert refused.status_code == too_long.status_code == 422
        assert "Isian ini wajib." in refused.text
        assert "x" * 201 in too_long.text
        assert queue.current(officer) == second.id

    def test_goes_through_every_press(self, queue: Queue, browser_of: Browse) -> None:
        officer = queue.house.people.clerk
        clerk = browser_of(officer)
        queue.seat(officer, 1)
        tickets = [queue.draw() for _ in range(3)]

        def press(path: str, **more: str) -> None:
            data = {"sekarang": str(queue.current(officer) or ""), **more}
            assert clerk.post(f"/antrian/meja/{path}", data=data).status_code == 303

        press("panggil")
        press("panggil-ulang")
        press("lewati", reason="Tidak ada di ruang tunggu")
        press("panggil")
        press("alihkan", target=f"loket:{queue.window(6)}")
        press("panggil")
        press("selesai")
        press("pergi")

        assert [queue.history(ticket)[-1] for ticket in tickets] == [
            "absent", "handed_over", "done",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("path", "form"),
        [
            ("alihkan", {}),
            ("alihkan", {"target": "grup:zzz"}),
            ("alihkan", {"target": f"grup:{uuid4()}"}),
            ("lewati", {}),
            ("pergi", {}),
            ("duduk", {}),
            ("duduk", {"window": "zzz"}),
        ],
    )
    def test_says_what_is_missing(
        self, queue: Queue, browser_of: Browse, path: str, form: dict[str, str]
    ) -> None:
        officer = queue.house.people.clerk
        queue.seat(officer, 1)
        ticket = queue.draw()
        queue.next(officer)
        form = form | {"sekarang": str(ticket.id)}

        answer = browser_of(officer).post(f"/antrian/meja/{path}", data=form)

        assert answer.status_code == 422
        assert "Belum dikerjakan" in answer.text

    def test_of_a_colleague_is_taken_over_after_a_question(
        self, queue: Queue, browser_of: Browse
    ) -> None:
        people = queue.house.people
        queue.seat(people.clerk, 1)
        second = browser_of(people.second_clerk)
        form = {"window": str(queue.window(1))}

        asked = second.post("/antrian/meja/duduk", data=form)
        taken = second.post("/antrian/meja/duduk", data=form | {"ambil_alih": "ya"})

        assert asked.status_code == 409
        assert "Contoh Loket masih tercatat di loket 1" in asked.text
        assert taken.status_code == 303

    def test_counts_who_waits_for_a_page_that_stays_open(
        self, queue: Queue, browser_of: Browse
    ) -> None:
        officer = queue.house.people.clerk
        clerk = browser_of(officer)
        assert clerk.get("/antrian/meja/jumlah").json == {"menunggu": None}
        queue.seat(officer, 1)
        queue.draw()

        assert clerk.get("/antrian/meja/jumlah").json == {"menunggu": 1}

    def test_stands_on_the_banks_window_too(self, queue: Queue, browser_of: Browse) -> None:
        teller = browser_of(queue.house.people.teller)
        queue.seat(queue.house.people.teller, 5)

        page = teller.get("/bank").text
        bar = teller.get("/antrian/meja/bilah?kembali=/bank").text

        assert 'data-antre-muat="/antrian/meja/bilah?kembali=/bank"' in page
        assert "Loket 5" in bar
        assert 'name="kembali" value="/bank"' in bar

    def test_of_an_office_without_a_queue_is_nowhere(
        self, house: House, browser_of: Browse
    ) -> None:
        bar = browser_of(house.people.teller).get("/antrian/meja/bilah")
        assert "sp-antre-bilah" not in bar.text
        assert "Belum ada loket untuk Anda" in browser_of(house.people.clerk).get(
            "/antrian/meja"
        ).text  # fmt: skip


class TestSupervision:
    def test_shows_times_and_exceptions_and_hands_out_a_table(
        self, queue: Queue, browser_of: Browse
    ) -> None:
        people = queue.house.people
        clerk = browser_of(people.clerk)
        queue.seat(people.clerk, 1)
        queue.draw()
        second = queue.draw()
        form = {"nomor": str(second.id), "reason": "=SUM(A1)"}
        clerk.post("/antrian/meja/panggil-nomor", data=form)
        watcher = browser_of(people.supervisor)

        page = watcher.get("/pengawas/antrian")
        day = queue.house.rows("SELECT max(day) AS day FROM queue_day")[0].day
        table = watcher.get(f"/pengawas/antrian.csv?tanggal={day}")

        assert "Dipanggil di luar urutan" in page.text
        assert "=SUM(A1)" in page.text
        assert "A-002" in table.text
        assert "'=SUM(A1)" in table.text
        assert "Contoh Loket" in table.text

    @pytest.mark.parametrize("asked", ["?tanggal=kemarin", "?tanggal=2026-13-01"])
    def test_knows_a_day_when_it_sees_one(
        self, queue: Queue, browser_of: Browse, asked: str
    ) -> None:
        watcher = browser_of(queue.house.people.head)

        assert watcher.get(f"/pengawas/antrian{asked}").status_code == 400
        assert watcher.get("/pengawas/antrian.csv").status_code == 400
        assert watcher.get("/pengawas/antrian?tanggal=2026-01-05").status_code == 200


class TestAdministration:
    def test_makes_the_usual_six_by_one_press(self, house: House, browser_of: Browse) -> None:
        admin = browser_of(house.people.admin)
        assert "Buat enam loket" in admin.get("/admin/loket").text

        admin.post("/admin/loket/biasa")
        admin.post("/admin/loket/biasa")

        page = admin.get("/admin/loket").text
        assert page.count("/admin/loket/kelompok/") == 6  # five groups, and the way to a new one
        assert "Loket 6" in page
        assert "Loket 7" not in page
        assert "Loket ditambahkan" in admin.get("/admin/riwayat").text

    def test_previews_then_changes_a_counter(self, queue: Queue, browser_of: Browse) -> None:
        admin, path = browser_of(queue.house.people.admin), f"/admin/loket/{queue.window(4)}"
        form = {"name": "Pengambilan dan cetak", "active": "ya", f"grup_{queue.group('C')}": "ya"}
        assert 'value="Pengambilan izin"' in admin.get(path).text

        preview = admin.post(path, data=form)
        assert "Belum ada yang berubah" in preview.text
        assert "Pengambilan izin" in admin.get("/admin/loket").text
        saved = admin.post(path, data=form | {"langkah": "simpan"})

        assert saved.status_code == 303
        assert "Pengambilan dan cetak" in admin.get("/admin/loket").text

    def test_adds_a_counter_and_a_group(self, queue: Queue, browser_of: Browse) -> None:
        admin = browser_of(queue.house.people.admin)
        group = {
            "letter": "f", "kind": "office", "title_id": "Legalisasi", "title_en": "Copies",
            "peran_counter": "ya", "layanan_siup": "ya", "langkah": "simpan",
        }  # fmt: skip
        assert admin.get("/admin/loket/kelompok/baru").status_code == 200
        assert admin.post("/admin/loket/kelompok/baru", data=group).status_code == 303
        window = {
            "number": "7", "kind": "office", "name": "Legalisasi", "langkah": "simpan",
            f"grup_{queue.group('F')}": "ya",
        }  # fmt: skip
        assert 'value="7"' in admin.get("/admin/loket/baru").text
        assert admin.post("/admin/loket/baru", data=window).status_code == 303

        again = admin.post("/admin/loket/baru", data=window)

        assert "Legalisasi" in admin.get("/antrian").text
        assert again.status_code == 422
        assert "Nomor loket ini sudah ada" in again.text
        taken = admin.post("/admin/loket/kelompok/baru", data=group)
        assert "Huruf ini sudah dipakai" in taken.text

    @pytest.mark.parametrize(
        ("form", "said"),
        [
            ({"number": "0", "name": "x"}, "dari 1 sampai 99"),
            ({"number": "satu", "name": "x"}, "dari 1 sampai 99"),
            ({"number": "8"}, "Isian ini wajib."),
            ({"number": "8", "name": "x", "kind": "bank"}, "Loket bank hanya untuk"),
            ({"number": "8", "name": "x" * 61}, "terlalu panjang"),
        ],
    )
    def test_says_what_is_wrong_with_a_counter(
        self, queue: Queue, browser_of: Browse, form: dict[str, str], said: str
    ) -> None:
        admin = browser_of(queue.house.people.admin)
        form = form | {f"grup_{queue.group('A')}": "ya", "langkah": "simpan"}

        answer = admin.post("/admin/loket/baru", data=form)

        assert answer.status_code == 422
        assert said in answer.text

    def test_leaves_nobody_waiting_for_nobody(self, queue: Queue, browser_of: Browse) -> None:
        admin, path = browser_of(queue.house.people.admin), f"/admin/loket/{queue.window(4)}"
        queue.draw("C")
        form = {"name": "Pengambilan izin", f"grup_{queue.group('C')}": "ya", "langkah": "simpan"}

        closed = admin.post(path, data=form)
        other = admin.post(
            path, data={"name": "x", "active": "ya", f"grup_{queue.group('A')}": "ya",
                        "langkah": "simpan"},
        )  # fmt: skip

        assert closed.status_code == other.status_code == 422
        assert "Masih ada yang menunggu kelompok ini" in closed.text

    def test_changes_a_group_and_the_rules(self, queue: Queue, browser_of: Browse) -> None:
        admin = browser_of(queue.house.people.admin)
        path = f"/admin/loket/kelompok/{queue.group('E')}"
        form = {
            "title_id": "Pengaduan", "title_en": "Complaints", "peran_supervisor": "ya",
            "active": "ya",
        }  # fmt: skip
        rules = {"head_start_minutes": "30", "calls_before_absent": "2", "always_open": "ya"}
        assert "Informasi dan pengaduan" in admin.get(path).text
        assert "Pengawas" in admin.post(path, data=form).text
        assert admin.post(path, data=form | {"langkah": "simpan"}).status_code == 303
        assert "Didahulukan (menit)" in admin.post("/admin/loket/aturan", data=rules).text
        saved = admin.post("/admin/loket/aturan", data=rules | {"langkah": "simpan"})
        assert saved.status_code == 303
        assert 'value="30"' in admin.get("/admin/loket/aturan").text

        refused = admin.post("/admin/loket/aturan", data=rules | {"head_start_minutes": "900"})
        assert refused.status_code == 422
        assert "dari 0 sampai 480" in refused.text


PAGES = [
    ("kiosk", "/antrian", None),
    ("screen", "/antrian/layar", None),
    ("desk", "/antrian/meja", "clerk"),
    ("figures", "/pengawas/antrian", "supervisor"),
    ("setup", "/admin/loket", "admin"),
    ("ticket", "", None),
]


class TestTheCost:
    @pytest.mark.parametrize(("name", "path", "who"), PAGES)
    def test_of_a_page_is_the_same_few_statements_however_many_wait(
        self,
        office: Flask,
        queue: Queue,
        browser_of: Browse,
        name: str,
        path: str,
        who: str | None,
    ) -> None:
        officer: Officer | None = getattr(queue.house.people, who) if who else None
        engine = queue.house.runtime.db
        assert isinstance(engine, Engine)
        browser = browser_of(officer)
        queue.seat(queue.house.people.clerk, 1)
        if name == "ticket":
            path = f"/antrian/tiket/{queue.draw().secret}"
        browser.get(path)

        counts = []
        for _ in range(2):
            for _ in range(5):
                queue.draw()
            queue.next(queue.house.people.clerk)
            with statements(engine) as sent:
                assert browser.get(path).status_code == 200
            counts.append(len([one for one in sent if "set_config" not in one]))

        assert counts[0] == counts[1] <= 6


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "kurang dari 5 menit"), (5, "kurang dari 5 menit"), (16, "sekitar 20 menit"),
     (60, "sekitar 1 jam"), (71, "sekitar 1 jam 15 menit")],
)  # fmt: skip
def test_a_wait_is_said_in_steps_of_five_minutes(minutes: int, words: str) -> None:
    assert estimate_words(timedelta(minutes=minutes)) == words


@pytest.mark.parametrize(
    ("numbers", "words"), [((), ""), ((4,), "4"), ((1, 2), "1 atau 2"), ((1, 2, 3), "1, 2, atau 3")]
)
def test_counters_are_named_in_a_row(numbers: tuple[int, ...], words: str) -> None:
    assert windows_words(numbers) == words


def test_ids_are_ids(queue: Queue) -> None:
    assert isinstance(queue.group("A"), UUID)
