"""`/admin/kalender/hitung-ulang`: what a change of the calendar has done to open files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from licensing.people import Officer
from licensing.services.calendars import calendar_in_force, set_calendar
from licensing.services.recompute import recompute
from tests.factories import House
from tests.web.office import statements
from tests.web.test_admin import MOST_STATEMENTS, confirm, day_of
from workflows.calendar_spec import ClosedDay
from workflows.worktime import Calendar

Browser = Callable[[Officer | None], FlaskClient]

LIST = "/admin/kalender/hitung-ulang"


def next_working(house: House, after: int = 1) -> date:
    """Return the so-manieth working day after today."""
    spec = calendar_in_force(house.runtime, house.people.head).spec
    return Calendar(spec).nth_after(day_of(house), after)


def closed(house: House, *days: date) -> UUID:
    """Return the run of a calendar in which these days are closed too."""
    spec = calendar_in_force(house.runtime, house.people.head).spec
    more = dict.fromkeys(days, ClosedDay("Hari Contoh", "local"))
    made = set_calendar(
        house.runtime, replace(spec, closed={**spec.closed, **more}), source="SK 9",
        by=house.people.admin,
    )  # fmt: skip
    return made.recompute_id


@pytest.fixture
def moved(house: House) -> UUID:
    """A run that has moved two files."""
    for name in ("=SUM(A1)", "Toko Maju"):
        house.application("verification", business_name=name)
    run = closed(house, next_working(house, 2))
    recompute(house.runtime)
    return run


class TestTheRun:
    def test_follows_every_change_of_the_calendar(self, house: House, browser_of: Browser) -> None:
        client = browser_of(house.people.admin)
        typed = {"deed": "close", "day": next_working(house, 2).isoformat(), "name": "Hari Contoh",
                 "kind": "local", "source": "SK 1"}  # fmt: skip

        _said, status, led_to = confirm(client, "/admin/kalender", typed, house)

        assert status == 303
        assert LIST in str(led_to) or client.get(LIST).status_code == 200
        (run,) = house.rows("SELECT id FROM recompute")
        page = client.get(f"{LIST}/{run.id}").text
        assert "Libur ditambahkan" in page
        assert "Menunggu giliran" in page
        assert "data-berjalan" in page

    @pytest.mark.parametrize("who", ["admin", "head", "supervisor"])
    def test_is_read_by_whoever_keeps_the_calendar_or_supervises(
        self, house: House, browser_of: Browser, moved: UUID, who: str
    ) -> None:
        client = browser_of(getattr(house.people, who))
        for path in (LIST, f"{LIST}/{moved}"):
            with statements(house.runtime.db) as sent:  # type: ignore[arg-type]
                answer = client.get(path)

            assert answer.status_code == 200, answer.text
            asked = [one for one in sent if not one.startswith(("SAVEPOINT", "RELEASE"))]
            assert len(asked) <= MOST_STATEMENTS, asked
            assert answer.text.count("<h1") == 1
            assert "Selesai: 2 berkas dihitung, 2 berkas bergeser." in answer.text

    def test_names_each_file_with_its_old_and_new_date(
        self, house: House, browser_of: Browser, moved: UUID
    ) -> None:
        page = browser_of(house.people.head).get(f"{LIST}/{moved}").text

        assert "Toko Maju" in page
        assert "Standar pelayanan" in page
        assert "data-berjalan" not in page

    def test_can_be_taken_away_as_a_table_without_formulas(
        self, house: House, browser_of: Browser, moved: UUID
    ) -> None:
        answer = browser_of(house.people.supervisor).get(f"{LIST}/{moved}/bergeser.csv")

        lines = answer.text.removeprefix("\ufeff").split("\r\n")
        assert lines[0] == "Nomor pendaftaran;Perihal;Batas waktu;Semula;Menjadi"
        assert len(lines) == 4
        assert not [cell for line in lines for cell in line.split(";") if cell.startswith("=")]

    def test_says_which_files_failed_and_tries_them_again(
        self, house: House, browser_of: Browser
    ) -> None:
        bad = house.application("verification")
        spoil = "UPDATE application_event SET detail = %(detail)s WHERE application_id = %(id)s"
        house.as_owner(spoil, id=bad, detail='{"opened": ["nothing#1"]}')
        run = closed(house, next_working(house, 2))
        recompute(house.runtime, from_scratch=True)
        client = browser_of(house.people.admin)
        (number,) = house.rows("SELECT number FROM dossier")
        assert number.number in client.get(f"{LIST}/{run}").text

        house.as_owner(spoil, id=bad, detail="{}")
        answer = client.post(f"{LIST}/{run}/ulangi")
        recompute(house.runtime)

        assert answer.status_code == 303
        assert "Selesai: 1 berkas dihitung, 1 berkas bergeser." in client.get(f"{LIST}/{run}").text

    def test_is_found_from_the_board_by_whoever_may_read_it(
        self, house: House, browser_of: Browser, moved: UUID
    ) -> None:
        link = f'href="{LIST}"'

        assert link in browser_of(house.people.supervisor).get("/pengawas").text
        assert link not in browser_of(house.people.inspectorate).get("/pengawas").text
        assert 'href="/pengawas"' in browser_of(house.people.supervisor).get(LIST).text

    def test_of_another_office_is_not_there(
        self, house: House, browser_of: Browser, moved: UUID
    ) -> None:
        client = browser_of(house.people.admin)

        assert client.get(f"{LIST}/{UUID(int=1)}").status_code == 404
        assert client.post(f"{LIST}/{moved}/ulangi").status_code == 404

    def test_behind_which_another_waited_says_that_it_handed_its_files_over(
        self, house: House, browser_of: Browser
    ) -> None:
        house.application("verification")
        first = closed(house, next_working(house, 2))
        second = closed(house, next_working(house, 3))
        recompute(house.runtime)
        client = browser_of(house.people.head)

        assert "Diserahkan ke perhitungan versi kalender yang lebih baru; 0 dari 1 berkas" in (
            client.get(f"{LIST}/{first}").text
        )
        assert "Selesai: 1 berkas dihitung, 1 berkas bergeser." in (
            client.get(f"{LIST}/{second}").text
        )

    def test_that_finds_nothing_to_move_says_so(self, house: House, browser_of: Browser) -> None:
        house.application("verification")
        run = closed(house, day_of(house) + timedelta(days=20))
        recompute(house.runtime)

        page = browser_of(house.people.head).get(f"{LIST}/{run}").text

        assert "Tidak ada tanggal yang bergeser" in page


class TestTheList:
    def test_is_empty_before_the_first_change(self, house: House, browser_of: Browser) -> None:
        assert "Belum ada yang dihitung ulang" in browser_of(house.people.admin).get(LIST).text

    def test_shows_the_newest_first(self, house: House, browser_of: Browser, moved: UUID) -> None:
        closed(house, next_working(house, 4))

        page = browser_of(house.people.supervisor).get(LIST).text

        assert page.index("Versi 3") < page.index("Versi 2")
        assert "Menunggu giliran" in page
