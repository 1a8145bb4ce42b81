"""`/admin/kalender` and its parts: files of days, outages, versions, days that have passed."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from licensing.people import Officer
from licensing.queries.letters import receipt
from licensing.services.calendar_changes import CalendarChange
from licensing.services.calendar_outages import OutageChange
from licensing.services.calendars import calendar_in_force, change_calendar
from tests.factories import House
from tests.web.office import statements
from tests.web.test_admin import MOST_STATEMENTS, changes, confirm, day_of, hidden
from tests.web.test_tracking import number_and_code
from workflows.calendar_spec import CalendarSpec
from workflows.worktime import Calendar

Browser = Callable[[Officer | None], FlaskClient]

OUTAGES, UPLOAD, VERSIONS = (f"/admin/kalender/{part}" for part in ("gangguan", "impor", "versi"))
PAGES = (
    "/admin/kalender?form=year",
    "/admin/kalender?form=cover",
    OUTAGES,
    UPLOAD,
    VERSIONS,
    f"{VERSIONS}/1",
)


def spec_of(house: House) -> CalendarSpec:
    return calendar_in_force(house.runtime, house.people.head).spec


def last_working(house: House) -> str:
    calendar, day = Calendar(spec_of(house)), day_of(house, -1)
    while not calendar.is_working(day):
        day -= timedelta(days=1)
    return day.isoformat()


class TestEachPage:
    @pytest.mark.parametrize("path", PAGES)
    @pytest.mark.parametrize("who", ["admin", "head"])
    def test_costs_at_most_six_statements_and_changes_nothing(
        self, house: House, browser_of: Browser, who: str, path: str
    ) -> None:
        client = browser_of(getattr(house.people, who))
        client.get("/admin/riwayat")
        before = changes(house)

        with statements(house.runtime.db) as sent:  # type: ignore[arg-type]
            answer = client.get(path)

        assert answer.status_code == 200, answer.text
        asked = [one for one in sent if not one.startswith(("SAVEPOINT", "RELEASE"))]
        assert len(asked) <= MOST_STATEMENTS, asked
        assert answer.text.count("<h1") == 1
        assert changes(house) == before


UNKNOWN = "Dihitung tanpa hari libur yang belum ditetapkan."


class TestDatesBeyondTheKnownHolidays:
    @pytest.fixture
    def ending(self, house: House) -> House:
        """An office that knows its holidays until tomorrow."""
        change = CalendarChange("cover", day_of(house, 1))
        change_calendar(house.runtime, change, source="SK", seen=1, by=house.people.head)
        return house

    def pages(self, house: House, browser_of: Browser) -> list[str]:
        case = house.application("verification")
        number, code = number_and_code(house, case)
        public = browser_of(None)
        return [
            browser_of(house.people.clerk).get(f"/loket/selesai/{case}").text,
            browser_of(house.people.verifier).get(f"/berkas/{case}").text,
            public.post(
                "/lacak", data={"number": number, "code": code}, follow_redirects=True
            ).text,
            public.get("/layanan/siup").text,
            public.get("/hitung?service=siup").text,
        ]

    def test_say_so_wherever_they_are_shown(self, ending: House, browser_of: Browser) -> None:
        for page in self.pages(ending, browser_of):
            assert UNKNOWN in page

    def test_say_nothing_where_all_is_known(self, house: House, browser_of: Browser) -> None:
        for page in self.pages(house, browser_of):
            assert 'lang="id"' in page
            assert UNKNOWN not in page

    def test_say_so_on_the_receipt(self, ending: House) -> None:
        case = ending.application("verification")

        paper = receipt(ending.runtime, case, ending.people.clerk, reprint=False)

        assert paper.promise.note == UNKNOWN

    @pytest.mark.parametrize(
        ("who", "path", "told"),
        [
            ("admin", "/admin", True),
            ("head", "/admin", True),
            ("head", "/pengawas", True),
            ("supervisor", "/pengawas", True),
            ("supervisor", "/pengawas?tampilan=dinding", False),
            ("inspectorate", "/pengawas", False),
            ("bank_admin", "/admin", False),
        ],
    )
    def test_are_told_to_who_can_see_to_it(
        self, ending: House, browser_of: Browser, who: str, path: str, told: bool
    ) -> None:
        page = browser_of(getattr(ending.people, who)).get(path)

        assert page.status_code == 200
        assert ("Hari libur baru diketahui sampai" in page.text) is told

    def test_are_no_matter_while_months_are_known(self, house: House, browser_of: Browser) -> None:
        assert "baru diketahui" not in browser_of(house.people.admin).get("/admin").text


class TestADayOfThePast:
    def test_is_closed_after_it_was_ticked(self, house: House, browser_of: Browser) -> None:
        client, day = browser_of(house.people.admin), last_working(house)
        typed = {"deed": "close", "day": day, "name": "Pilkada", "kind": "local", "source": "SK 1"}

        shown = client.post("/admin/kalender", data={**typed, "langkah": "pratinjau"})
        unticked = client.post("/admin/kalender", data={**hidden(shown.text), "langkah": "simpan"})
        assert 'id="f-past"' in shown.text
        assert "mengenai hari yang sudah lewat" in shown.text
        assert unticked.status_code == 422
        assert "Tandai dahulu" in unticked.text
        assert len(house.rows("SELECT 1 FROM calendar_version")) == 1

        done = client.post(
            "/admin/kalender", data={**hidden(unticked.text), "langkah": "simpan", "past": "ya"}
        )

        assert done.status_code == 303
        assert day in {one.isoformat() for one in spec_of(house).closed}

    def test_of_the_future_needs_no_tick(self, house: House, browser_of: Browser) -> None:
        typed = {"deed": "close", "day": day_of(house, 30).isoformat(), "name": "x",
                 "kind": "local", "source": "SK 1", "langkah": "pratinjau"}  # fmt: skip
        shown = browser_of(house.people.admin).post("/admin/kalender", data=typed)

        assert 'id="f-past"' not in shown.text


class TestHowFarHolidaysAreKnown:
    def test_is_said_by_hand(self, house: House, browser_of: Browser) -> None:
        client, until = browser_of(house.people.admin), spec_of(house).covers[1].year + 1
        typed = {"deed": "cover", "day": f"{until}-12-31", "source": "SKB"}

        said, status, _ = confirm(client, "/admin/kalender", typed, house)

        assert status == 303
        assert f"31 Desember {until}" in said
        assert spec_of(house).covers[1].isoformat() == f"{until}-12-31"

    def test_of_a_year_that_is_not_decreed_is_not_loaded(
        self, house: House, browser_of: Browser
    ) -> None:
        client, year = browser_of(house.people.admin), spec_of(house).covers[1].year + 1
        page = client.get("/admin/kalender?form=year").text

        answer = client.post(
            "/admin/kalender",
            data={"deed": "year", "day": f"{year}-01-01", "source": "SKB", "langkah": "pratinjau"},
        )

        assert f"Cuti bersama {year} belum ada" in page
        assert answer.status_code == 422
        assert "belum ada dalam daftar bawaan" in answer.text
        assert spec_of(house).covers[1].year == year - 1


class TestAnOutage:
    def typed(self, house: House, **more: str) -> dict[str, str]:
        day = last_working(house)
        given = {"deed": "outage", "start": f"{day}T07:30", "end": f"{day}T16:30",
                 "reason": "Listrik padam", "legal": "SK 5/2026"}  # fmt: skip
        return given | more

    def test_is_declared_by_the_head_afterwards_and_withdrawn(
        self, house: House, browser_of: Browser
    ) -> None:
        client = browser_of(house.people.head)

        said, status, _ = confirm(client, OUTAGES, self.typed(house), house)

        assert status == 303
        assert "Listrik padam" in said
        assert 'id="f-past"' not in said
        page = client.get(OUTAGES).text
        assert "SK 5/2026" in page
        assert "Listrik padam" in client.get(f"{VERSIONS}/2").text
        withdrawing = client.post(
            OUTAGES,
            data={**self.typed(house), "deed": "unoutage", "langkah": "ubah", "legal": ""},
        )
        assert "Cabut gangguan" in withdrawing.text
        typed = self.typed(house, deed="unoutage", legal="SK 6/2026")
        confirm(client, OUTAGES, typed, house)
        assert spec_of(house).outages == ()

    def test_is_shown_to_applicants(self, house: House, browser_of: Browser) -> None:
        day = datetime.fromisoformat(last_working(house))
        dark = OutageChange(
            "outage", day.replace(hour=8), day.replace(hour=15), "Listrik padam", "SK 5/2026"
        )
        change_calendar(house.runtime, dark, source="SK 5/2026", seen=1, by=house.people.head)

        page = browser_of(None).get("/lacak").text

        assert "Gangguan yang dinyatakan" in page
        assert "Listrik padam (SK 5/2026)" in page

    def test_is_not_the_administrators_to_declare(self, house: House, browser_of: Browser) -> None:
        client = browser_of(house.people.admin)

        page = client.get(OUTAGES)
        answer = client.post(OUTAGES, data={**self.typed(house), "langkah": "simpan", "seen": "1"})

        assert page.status_code == 200
        assert "<form" not in page.text.split("<main")[1]
        assert answer.status_code == 403
        assert spec_of(house).outages == ()

    @pytest.mark.parametrize(
        ("more", "field", "said"),
        [
            ({"legal": ""}, "legal", "wajib"),
            ({"reason": ""}, "reason", "wajib"),
            ({"start": "kemarin"}, "start", "tanggal dan jam"),
            ({"end": "2020-01-01T08:00"}, "end", "mendahului"),
            ({"start": "2020-01-01T08:00", "end": "2020-01-01T09:00"}, "start", "terlalu lama"),
        ],
    )
    def test_keeps_what_was_typed_and_says_what_is_wrong(
        self, house: House, browser_of: Browser, more: dict[str, str], field: str, said: str
    ) -> None:
        typed = self.typed(house, **more) | {"langkah": "pratinjau"}
        answer = browser_of(house.people.head).post(OUTAGES, data=typed)

        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.text
        assert said in answer.text
        for name in ("start", "end", "reason", "legal"):
            assert f'name="{name}" type="' in answer.text
            assert f'value="{typed[name]}"' in answer.text


class TestAFileOfDays:
    def content(self, house: House) -> str:
        year = spec_of(house).covers[1].year + 1
        return (
            f"tanggal;nama;jenis\r\n{year}-01-01;Tahun Baru;libur nasional\r\n"
            f"{year}-12-22;Cuti Bersama Natal;cuti bersama\r\n"
        )

    def test_is_previewed_then_put_in_force_and_makes_the_year_known(
        self, house: House, browser_of: Browser
    ) -> None:
        client, content = browser_of(house.people.admin), self.content(house)
        sent = {"mode": "replace", "source": "SKB", "langkah": "pratinjau",
                "file": (io.BytesIO(("\ufeff" + content).encode()), "skb.csv")}  # fmt: skip
        year = spec_of(house).covers[1].year + 1

        shown = client.post(UPLOAD, data=sent, content_type="multipart/form-data")

        assert shown.status_code == 200
        assert f"31 Desember {year}" in shown.text
        assert "cuti bersama: Cuti Bersama Natal" in shown.text
        assert spec_of(house).covers[1].year == year - 1
        done = client.post(UPLOAD, data={**hidden(shown.text), "langkah": "simpan"})
        assert done.status_code == 303
        assert spec_of(house).covers[1].isoformat() == f"{year}-12-31"

    def test_with_wrong_lines_names_each_and_writes_nothing(
        self, house: House, browser_of: Browser
    ) -> None:
        rows = "tanggal,nama,jenis\n31-02-2027,x,libur nasional\n2027-01-05,y,merah\n"
        answer = browser_of(house.people.admin).post(
            UPLOAD, data={"mode": "add", "source": "SKB", "rows": rows, "langkah": "simpan"}
        )

        assert answer.status_code == 422
        assert "Baris 2: “31-02-2027” bukan tanggal." in answer.text
        assert "Baris 3: “merah” bukan jenis hari." in answer.text
        assert "2027-01-05,y,merah" in answer.text
        assert len(house.rows("SELECT 1 FROM calendar_version")) == 1

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            ({"rows": ""}, "Pilih berkas CSV"),
            ({"source": ""}, "wajib"),
            ({"mode": "semua"}, "Pilihan ini tidak ada"),
            ({"rows": "tanggal,nama,jenis\n2026-12-25,Hari Raya Natal,libur nasional\n"},
             "Belum ada yang diubah"),
        ],
    )  # fmt: skip
    def test_says_what_else_is_wrong(
        self, house: House, browser_of: Browser, more: dict[str, str], said: str
    ) -> None:
        typed = {"mode": "add", "source": "SKB", "rows": self.content(house)} | more
        answer = browser_of(house.people.admin).post(UPLOAD, data=typed | {"langkah": "pratinjau"})

        assert answer.status_code == 422
        assert said in answer.text

    def test_has_a_sample_that_it_takes(self, house: House, browser_of: Browser) -> None:
        client = browser_of(house.people.admin)
        sample = client.get(f"{UPLOAD}/contoh.csv")

        sent = {"mode": "add", "source": "SKB", "langkah": "pratinjau",
                "file": (io.BytesIO(sample.data), "contoh-libur.csv")}  # fmt: skip
        shown = client.post(UPLOAD, data=sent, content_type="multipart/form-data")

        assert sample.mimetype == "text/csv"
        assert shown.status_code == 200
        assert "Hari Jadi Kota" in shown.text


class TestTheVersions:
    def test_say_who_when_and_what_and_an_earlier_one_comes_back(
        self, house: House, browser_of: Browser
    ) -> None:
        first, day = spec_of(house), day_of(house, 40)
        change = CalendarChange("makeup", day, windows=spec_of(house).weekly[0].windows[0])
        change_calendar(house.runtime, change, source="SK 9", seen=1, by=house.people.head)
        client = browser_of(house.people.admin)

        listed = client.get(VERSIONS).text
        assert "1 hari kerja pengganti diubah" in listed
        assert "kalender pertama kantor" in listed
        assert house.people.head.name in listed
        assert "SK 9" in listed
        said, status, _ = confirm(client, f"{VERSIONS}/1", {"source": "SK 10"}, house)
        assert status == 303
        assert "hari kerja pengganti" in said
        assert spec_of(house) == first
        assert calendar_in_force(house.runtime, house.people.head).number == 3

    def test_the_one_in_force_is_only_read(self, house: House, browser_of: Browser) -> None:
        client = browser_of(house.people.admin)

        assert "Berlakukan lagi" not in client.get(f"{VERSIONS}/1").text
        answer = client.post(f"{VERSIONS}/1", data={"source": "SK", "langkah": "pratinjau"})
        assert answer.status_code == 422

    @pytest.mark.parametrize("number", ["2", "0", "99999999999"])
    def test_that_are_none_are_not_found(
        self, house: House, browser_of: Browser, number: str
    ) -> None:
        assert browser_of(house.people.admin).get(f"{VERSIONS}/{number}").status_code == 404
