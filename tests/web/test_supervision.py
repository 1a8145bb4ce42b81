"""`/pengawas`: the board, the lists behind its numbers, and who was told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from licensing.people import Officer
from licensing.queries.supervision import board, edges, open_files
from licensing.runtime import Runtime
from tests.bed import OwnerOf
from tests.factories import House
from tests.licensing.visits import building, building_house
from tests.money import Till
from tests.web.office import office_app, signed_in, statements
from workflows.worktime import Calendar

Browser = Callable[[Officer | None], FlaskClient]


def calendar_of(house: House) -> Calendar:
    with house.runtime.transaction(house.office_id) as connection:
        row = connection.exec_driver_sql(
            "SELECT calendar_version_id AS id, late_receipt FROM office"
        ).one()
        return house.runtime.calendar(connection, row.id, row.late_receipt)


def make_late(house: House, application: UUID) -> None:
    """Let the limits of an application have passed, as if days had gone by."""
    house.as_owner(
        "UPDATE application SET due_at = due_at - interval '30 days' WHERE id = %(id)s",
        id=application,
    )


def alert(house: House, application: UUID, rung: str = "breach") -> str:
    """Raise an alert that tells the supervisor, as the sweep would."""
    house.as_owner(
        "INSERT INTO alert (office_id, application_id, key, rung, owed_at, raised_at)"
        " VALUES (%(office)s, %(id)s, 'service', %(rung)s, now(), now())",
        office=house.office_id,
        id=application,
        rung=rung,
    )
    found = house.rows("SELECT id FROM alert WHERE application_id = %(id)s", id=application)[0].id
    house.as_owner(
        "INSERT INTO notice (id, office_id, application_id, alert_id, event, audience, officer_id,"
        " channel, locale, created_at)"
        " VALUES (gen_random_uuid(), %(office)s, %(id)s, %(alert)s, 'alert.breach', 'supervisor',"
        " %(who)s, 'app', 'id', now())",
        office=house.office_id,
        id=application,
        alert=found,
        who=house.people.supervisor.id,
    )
    return str(found)


class TestTheBoard:
    def test_counts_every_open_file_once(self, house: House) -> None:
        make_late(house, house.application("verification"))
        house.application("verification")
        house.application("signature")
        house.application("handover")
        house.application("correction")
        house.application("issued")

        found = board(house.runtime, house.people.supervisor, calendar_of(house), datetime.now(UTC))

        assert found.open == 5
        assert found.counts["lewat"] == 1
        assert found.counts["jeda"] == 1
        assert found.met == 2
        assert found.late == 0

    def test_says_the_finding_as_its_title(self, house: House, browser_of: Browser) -> None:
        make_late(house, house.application("verification"))
        house.application("signature")

        page = browser_of(house.people.supervisor).get("/pengawas").text

        assert "2 berkas terbuka, 1 lewat batas" in page
        assert "Memeriksa kebenaran berkas paling terlambat" in page

    @pytest.mark.parametrize("state", ["lewat", "hariini", "segera", "aman", "jeda"])
    def test_leads_from_each_number_to_exactly_its_files(self, house: House, state: str) -> None:
        for step in ("intake", "completion", "verification", "correction", "handover"):
            house.application(step)
        make_late(house, house.application("verification"))
        now = datetime.now(UTC)
        calendar = calendar_of(house)
        found = board(house.runtime, house.people.supervisor, calendar, now)

        listed = open_files(
            house.runtime,
            house.people.supervisor,
            edges(calendar, now),
            state=state,  # type: ignore[arg-type]
        )

        assert len(listed.rows) == found.counts[state]  # type: ignore[index]

    def test_is_empty_and_says_so_in_a_new_office(self, house: House, browser_of: Browser) -> None:
        page = browser_of(house.people.supervisor).get("/pengawas").text

        assert "0 berkas terbuka, tidak ada yang lewat batas" in page
        assert "Belum ada peringatan" in page

    def test_says_when_the_sweep_is_silent(self, house: House, browser_of: Browser) -> None:
        house.as_owner(
            "INSERT INTO heartbeat (job, at) VALUES ('sweep', now() - interval '1 hour')"
            " ON CONFLICT (job) DO UPDATE SET at = excluded.at"
        )

        assert "Penyapu peringatan diam sejak" in (
            browser_of(house.people.supervisor).get("/pengawas").text
        )

    def test_is_dark_on_a_wall(self, house: House, browser_of: Browser) -> None:
        browser = browser_of(house.people.supervisor)

        assert 'data-bs-theme="dark"' in browser.get("/pengawas?tampilan=dinding").text
        assert 'data-bs-theme="light"' in browser.get("/pengawas").text

    def test_costs_at_most_six_statements(self, house: House, browser_of: Browser) -> None:
        alert(house, house.application("verification"))
        house.application("signature")
        browser = browser_of(house.people.supervisor)
        browser.get("/pengawas")

        with statements(house.runtime.db) as sent:  # type: ignore[arg-type]
            browser.get("/pengawas")

        assert len([one for one in sent if "SAVEPOINT" not in one]) <= 6, "\n---\n".join(sent)

    def test_shows_the_lists_behind_the_share_on_time(
        self, house: House, browser_of: Browser
    ) -> None:
        house.application("issued", business_name="Toko Tepat")
        browser = browser_of(house.people.inspectorate)

        assert "Toko Tepat" in browser.get("/pengawas/selesai?hasil=tepat").text
        assert "Toko Tepat" not in browser.get("/pengawas/selesai?hasil=terlambat").text

    def test_edges_fall_on_midnights_of_the_office(self, house: House) -> None:
        calendar = calendar_of(house)
        now = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # Friday, 10.00 WIB

        found = edges(calendar, now)

        assert found.tomorrow.isoformat() == "2026-11-21T00:00:00+07:00"
        assert found.later.isoformat() == "2026-11-25T00:00:00+07:00"
        assert found.window + timedelta(days=35) < now


class TestAlerts:
    def test_say_who_was_told_and_whether_it_was_read(
        self, house: House, browser_of: Browser
    ) -> None:
        alert(house, house.application("verification", business_name="Toko Terlambat"))

        page = browser_of(house.people.supervisor).get("/pengawas/peringatan").text

        assert "Toko Terlambat" in page
        assert "Standar pelayanan: lewat batas" in page
        assert f"Pengawas: {house.people.supervisor.name}" in page
        assert "belum dibaca" in page

    def test_are_acknowledged_once_with_a_note(self, house: House, browser_of: Browser) -> None:
        found = alert(house, house.application("verification"))
        browser = browser_of(house.people.supervisor)

        first = browser.post(
            f"/pengawas/peringatan/{found}/tanggapan", data={"note": "Sudah saya telepon"}
        )
        second = browser_of(house.people.head).post(f"/pengawas/peringatan/{found}/tanggapan")

        assert (first.status_code, second.status_code) == (303, 303)
        page = browser.get("/pengawas/peringatan").text
        assert "Sudah saya telepon" in page
        assert f"Ditanggapi {house.people.supervisor.name}" in page
        assert "Tidak ada peringatan di sini" in (
            browser.get("/pengawas/peringatan?lihat=belum").text
        )

    def test_keep_a_note_that_is_too_long(self, house: House, browser_of: Browser) -> None:
        found = alert(house, house.application("verification"))

        answer = browser_of(house.people.supervisor).post(
            f"/pengawas/peringatan/{found}/tanggapan", data={"note": "a" * 2_001}
        )

        assert answer.status_code == 422
        assert "a" * 2_001 in answer.text

    def test_are_read_but_not_answered_by_the_inspectorate(
        self, house: House, browser_of: Browser
    ) -> None:
        found = alert(house, house.application("verification"))
        browser = browser_of(house.people.inspectorate)

        page = browser.get("/pengawas/peringatan").text
        assert "Belum ditanggapi" in page
        assert "Tanggapi<" not in page
        assert browser.post(f"/pengawas/peringatan/{found}/tanggapan").status_code == 403


class TestWhatWaitsElsewhere:
    """Asks at agencies, payments with applicants, visits."""

    @pytest.fixture
    def building_office(self, runtime: Runtime, owner_db: OwnerOf) -> House:
        return building_house(runtime, owner_db, simulated=True)

    @pytest.fixture
    def watching(self, building_office: House) -> FlaskClient:
        return signed_in(office_app(building_office.runtime), building_office.people.supervisor)

    def late_asks(self, house: House, name: str) -> None:
        house.as_owner(
            "UPDATE ask SET due_at = due_at - interval '900 days' WHERE name = %(name)s", name=name
        )

    def test_an_agency_that_is_asked_stands_under_its_lane(
        self, building_office: House, watching: FlaskClient
    ) -> None:
        building(building_office)
        building(building_office)
        self.late_asks(building_office, "opinion_lh")

        page = unescape(watching.get("/pengawas").text)

        row = page[page.index(">Dinas LH</a>") :].partition("</tr>")[0]
        assert "Pendapat dinas lingkungan hidup" in row
        assert row.count('<td class="sp-right">2</td>') == 2  # waiting, and late
        assert "<b>0</b>" in row
        assert "/ 3" in row

    def test_the_finding_names_the_agency_that_holds_most(
        self, building_office: House, watching: FlaskClient
    ) -> None:
        building(building_office)
        building(building_office)
        self.late_asks(building_office, "opinion_lh")

        assert "Dinas LH paling terlambat" in watching.get("/pengawas").text

    def test_leads_from_an_agency_to_the_files_it_was_asked_about(
        self, building_office: House, watching: FlaskClient
    ) -> None:
        asked = building(building_office)
        building_office.press(
            "propose",
            asked,
            by=building_office.people.agency_lh,
            inputs={"opinion": "Tidak keberatan."},
            ask="opinion_lh#1",
        )
        other = building(building_office)
        address = re.findall(r'href="(/pengawas/permintaan[^"]*)"', watching.get("/pengawas").text)
        pages = {unescape(href): watching.get(unescape(href)).text for href in address}

        drafts = next(text for href, text in pages.items() if href.endswith("=agency_lh"))
        decides = next(text for href, text in pages.items() if href.endswith("=agency_head_lh"))

        assert f"/berkas/{other}" in drafts
        assert f"/berkas/{asked}" not in drafts
        assert f"/berkas/{asked}" in decides
        assert "Dinas LH: Pendapat dinas lingkungan hidup" in drafts

    def test_refuses_an_address_of_asks_that_nobody_made(self, watching: FlaskClient) -> None:
        assert watching.get("/pengawas/permintaan").status_code == 400
        assert watching.get("/pengawas/permintaan?permintaan=a&bagian=B'").status_code == 400
        empty = watching.get("/pengawas/permintaan?permintaan=opinion_lh&bagian=agency_lh")
        assert "Tidak ada berkas di daftar ini" in empty.text

    def test_an_answered_ask_is_no_longer_counted(self, building_office: House) -> None:
        asked = building(building_office)
        supervisor = building_office.people.supervisor
        calendar = calendar_of(building_office)
        before = board(building_office.runtime, supervisor, calendar, datetime.now(UTC))
        people = building_office.people
        for action, who in (("propose", people.agency_lh), ("agree", people.agency_head_lh)):
            building_office.press(
                action, asked, by=who, inputs={"opinion": "Baik."}, ask="opinion_lh#1"
            )

        after = board(building_office.runtime, supervisor, calendar, datetime.now(UTC))

        assert [load.lane for load in before.asks] == ["agency_lh", "agency_pu"]
        assert [load.lane for load in after.asks] == ["agency_pu"]

    def test_visits_of_today_and_those_without_a_report_are_counted(
        self, building_office: House, watching: FlaskClient
    ) -> None:
        today, passed = building(building_office, "visit"), building(building_office, "visit")
        for application, days in ((today, 0), (passed, 3)):
            building_office.as_owner(
                "UPDATE visit SET scheduled_on ="
                " (now() AT TIME ZONE 'Asia/Jakarta')::date - %(days)s::int"
                " WHERE application_id = %(id)s",
                id=application,
                days=days,
            )
        found = board(
            building_office.runtime,
            building_office.people.supervisor,
            calendar_of(building_office),
            datetime.now(UTC),
        )

        assert (found.visits_today, found.visits_passed) == (1, 1)
        assert "1 belum dilaporkan" in watching.get("/pengawas").text

    def test_a_payment_that_is_waited_for_is_counted_with_the_applicant(self, till: Till) -> None:
        till.billed()
        till.at_billing()

        found = board(
            till.house.runtime,
            till.house.people.supervisor,
            calendar_of(till.house),
            datetime.now(UTC),
        )

        assert found.unpaid == 1
        assert found.counts["jeda"] == 1

    def test_an_alert_of_an_ask_names_it_and_leads_to_the_file(
        self, building_office: House, watching: FlaskClient
    ) -> None:
        asked = building(building_office)
        alert(building_office, asked)
        building_office.as_owner("UPDATE alert SET key = 'ask:opinion_lh#1'")
        building_office.as_owner(
            "UPDATE notice SET params = jsonb_build_object('limit',"
            " jsonb_build_object('id', 'Pendapat dinas LH', 'en', 'Opinion'))"
            " WHERE alert_id IS NOT NULL"
        )

        page = watching.get("/pengawas/peringatan").text

        assert "Permintaan, Pendapat dinas LH: lewat batas" in page
        assert f'href="/berkas/{asked}"' in page

    def test_still_costs_at_most_six_statements(
        self, building_office: House, watching: FlaskClient
    ) -> None:
        building(building_office, "visit")
        watching.get("/pengawas")

        with statements(building_office.runtime.db) as sent:  # type: ignore[arg-type]
            watching.get("/pengawas")

        assert len([one for one in sent if "SAVEPOINT" not in one]) <= 6, "\n---\n".join(sent)

    def test_shows_what_holds_most_and_the_rest_behind_a_link(
        self, house: House, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("web.board_page.SHOWN_STEPS", 3)
        for step in ("intake", "completion", "verification", "signature"):
            house.application(step)
        make_late(house, house.application("verification"))
        supervisor = browser_of(house.people.supervisor)

        page = supervisor.get("/pengawas").text
        whole = supervisor.get("/pengawas?tampilan=tahap").text

        rows = [text.count("layanan=siup") for text in (page, whole)]
        assert rows == [3, 4]
        assert "1 tahap lain" in page
        assert "tahap lain" not in whole
        # Late first; what waits for the applicant last.
        assert page.index("tahap=verification") < page.index("tahap=intake")
        assert "tahap=completion" not in page
