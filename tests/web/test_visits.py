"""Site visits on screens: planned, put off, reported on a phone, listed, printed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Page
from pypdf import PdfReader
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from licensing.database import OWNER_ROLE, connect
from licensing.runtime import Runtime
from tests import files
from tests.bed import OwnerOf, Urls
from tests.factories import PASSWORD, House, make_runtime
from tests.licensing.visits import ADDRESS, building, building_house, next_working, today
from tests.web.office import office_app, signed_in, statements
from tests.web.site import served
from tests.web.test_tracking import open_file
from web.formats import long_date

MOST_STATEMENTS = 6


@pytest.fixture
def office(runtime: Runtime, owner_db: OwnerOf) -> House:
    """An office that issues building permits."""
    return building_house(runtime, owner_db)


@pytest.fixture
def inspector(office: House) -> FlaskClient:
    """A browser in which the inspector has signed in."""
    return signed_in(office_app(office.runtime), office.people.inspector)


def picture(colour: str = "teal", kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), colour).save(out, kind)
    return out.getvalue()


def make_due(office: House, application_id: UUID) -> None:
    """Move the planned visit to today, whatever day the test runs on."""
    day = today(office).isoformat()
    office.as_owner(
        "UPDATE visit SET scheduled_on = %(day)s WHERE application_id = %(id)s",
        day=day,
        id=application_id,
    )
    office.as_owner(
        "UPDATE application SET state = jsonb_set(state::jsonb, '{visit,on}',"
        " to_jsonb(%(day)s::text))::json WHERE id = %(id)s",
        day=day,
        id=application_id,
    )


def visiting(office: House) -> UUID:
    """Return a file whose visit is due today."""
    application_id = building(office, "visit")
    make_due(office, application_id)
    return application_id


def act(office: House, application_id: UUID, action: str, **typed: str) -> dict[str, str]:
    """Return the form of an action as its page sends it."""
    version = office.version(application_id)
    return {"action": action, "seen_version": str(version), "confirmed": "true", **typed}


def reported(office: House, application_id: UUID, **typed: str) -> dict[str, str]:
    filled = {
        "held_on": today(office).isoformat(),
        "present": "Contoh Pemilik, pemilik",
        "label_1": "Luas lantai",
        "value_1": "240,50 m²",
        "aspect_1": "Garis sempadan",
        "finding_1": "4 m dari as jalan",
        "fits_1": "yes",
        "fits": "yes",
        "summary": "Sesuai gambar.",
    }
    return act(office, application_id, "report", **{**filled, **typed})


def press(client: FlaskClient, application_id: UUID, form: Mapping[str, str]) -> TestResponse:
    return client.post(f"/berkas/{application_id}/tindakan", data=form)


def test_a_measure_of_the_application_is_written_with_a_comma(
    office: House, inspector: FlaskClient
) -> None:
    page = inspector.get(f"/berkas/{building(office)}").text

    assert "<dd>240,50</dd>" in page
    assert "240.50" not in page


class TestPlanning:
    def test_offers_ten_working_days_and_says_who_is_engaged(
        self, office: House, inspector: FlaskClient
    ) -> None:
        building(office, "visit")
        (engaged,) = office.rows("SELECT scheduled_on FROM visit")
        application_id = building(office)

        page = inspector.get(f"/berkas/{application_id}/tindakan/schedule").text

        days = re.findall(r'name="visit_on" value="(\d{4}-[^"]+)"', page)
        assert len(days) == 10
        # After closing today is no choice any more.
        offered = str(engaged.scheduled_on) in days
        assert page.count("Contoh Peninjau 1 kunjungan") == offered
        assert ADDRESS in page

    def test_plans_a_visit_on_a_day_chosen_or_typed(
        self, office: House, inspector: FlaskClient
    ) -> None:
        day = next_working(office).isoformat()
        by_choice, by_date = building(office), building(office)
        place = {"visit_place": ADDRESS}

        for application_id, chosen in (
            (by_choice, {"visit_on": day}),
            (by_date, {"visit_on": "lain", "visit_other": day}),
        ):
            answer = press(
                inspector,
                application_id,
                act(office, application_id, "schedule", **chosen, **place),
            )
            assert answer.status_code == 303, answer.text
            page = inspector.get(f"/berkas/{application_id}").text
            assert "Direncanakan" in page
            assert "Peninjauan lapangan" in page

    def test_keeps_what_was_typed_and_says_what_is_wrong_with_the_day(
        self, office: House, inspector: FlaskClient
    ) -> None:
        application_id = building(office)
        typed = {
            "visit_on": "lain",
            "visit_other": "2020-01-01",
            "visit_time": "25.00",
            "visit_place": "Di sudut jalan",
        }

        answer = press(inspector, application_id, act(office, application_id, "schedule", **typed))

        assert answer.status_code == 422
        assert "Tulis jam seperti 09.30" in answer.text
        assert 'value="2020-01-01"' in answer.text
        assert 'value="Di sudut jalan"' in answer.text


class TestPuttingOff:
    def test_is_the_counters_button_and_needs_a_reason(self, office: House) -> None:
        application_id = visiting(office)
        clerk = signed_in(office_app(office.runtime), office.people.clerk)

        page = clerk.get(f"/berkas/{application_id}/tindakan/postpone").text
        assert "menjadi hari pemohon" in page
        refused = press(clerk, application_id, act(office, application_id, "postpone"))
        assert refused.status_code == 422
        answer = press(
            clerk, application_id, act(office, application_id, "postpone", reason="Sakit")
        )

        assert answer.status_code == 303
        assert "Ditunda pemohon" in clerk.get(f"/berkas/{application_id}").text


class TestReporting:
    def test_before_its_day_says_which_day(self, office: House, inspector: FlaskClient) -> None:
        application_id = building(office, "visit")
        office.as_owner(
            "UPDATE application SET state = jsonb_set(state::jsonb, '{visit,on}',"
            " '\"2099-01-05\"')::json WHERE id = %(id)s",
            id=application_id,
        )

        answer = inspector.get(f"/berkas/{application_id}/tindakan/report")

        assert answer.status_code == 422
        assert "Senin, 5 Januari 2099" in answer.text

    def test_shows_three_empty_rows_and_what_there_is_to_measure(
        self, office: House, inspector: FlaskClient
    ) -> None:
        page = inspector.get(f"/berkas/{visiting(office)}/tindakan/report").text

        assert 'name="aspect_3"' in page
        assert 'name="aspect_4"' not in page
        assert 'value="Luas lantai bangunan (m²)"' in page

    def test_adds_a_row_without_a_script_and_loses_nothing(
        self, office: House, inspector: FlaskClient
    ) -> None:
        application_id = visiting(office)
        typed = reported(
            office, application_id, rows_findings="3", tambah="rows_findings", finding_2="Pagar"
        )

        answer = inspector.post(f"/berkas/{application_id}/kunjungan/isian", data=typed)

        assert answer.status_code == 200
        assert 'name="aspect_4"' in answer.text
        assert 'name="aspect_5"' not in answer.text
        assert "4 m dari as jalan" in answer.text
        assert "Pagar" in answer.text
        assert office.row(application_id).step == "visit"

    def test_is_written_and_leads_to_the_review(
        self, office: House, inspector: FlaskClient
    ) -> None:
        application_id = visiting(office)
        title = "Luas tanah (m²)"
        typed = reported(office, application_id, label_2=title, known_2=title)

        answer = press(inspector, application_id, typed)

        assert answer.status_code == 303, answer.text
        (row,) = office.rows("SELECT * FROM visit")
        assert row.measured == [{"label": "Luas lantai", "value": "240,50 m²"}]
        assert [finding["aspect"] for finding in row.findings] == ["Garis sempadan"]
        page = inspector.get(f"/berkas/{application_id}").text
        assert row.report_number in page
        assert "4 m dari as jalan" in page

    def test_points_at_the_row_that_is_wrong(self, office: House, inspector: FlaskClient) -> None:
        application_id = visiting(office)
        typed = reported(office, application_id, finding_3="Tiga lantai")

        answer = press(inspector, application_id, typed)

        assert answer.status_code == 422
        for name in ("aspect_3", "fits_3"):
            assert f'href="#f-{name}"' in answer.text
            assert f'id="f-{name}"' in answer.text

    def test_conclusion_and_findings_must_agree(
        self, office: House, inspector: FlaskClient
    ) -> None:
        application_id = visiting(office)

        answer = press(inspector, application_id, reported(office, application_id, fits="no"))

        assert answer.status_code == 422
        assert "Sebut temuan yang tidak sesuai." in answer.text

    def test_photographs_that_were_chosen_and_not_sent_are_not_lost_silently(
        self, office: House, inspector: FlaskClient
    ) -> None:
        application_id = visiting(office)

        answer = press(
            inspector, application_id, reported(office, application_id, photos="IMG_1.jpg")
        )

        assert answer.status_code == 422
        assert "Foto belum terkirim." in answer.text

    def test_takes_photographs_on_the_form_and_shows_them_small(
        self, office: House, inspector: FlaskClient
    ) -> None:
        application_id = visiting(office)
        sent = {
            **reported(office, application_id),
            "unggah": "ya",
            "photos": [(io.BytesIO(picture()), "a.jpg"), (io.BytesIO(picture("red")), "b.jpg")],
        }

        answer = inspector.post(
            f"/berkas/{application_id}/kunjungan/isian",
            data=sent,
            content_type="multipart/form-data",
        )

        assert answer.status_code == 200
        assert "2 foto tersimpan." in answer.text
        assert "4 m dari as jalan" in answer.text
        small = re.findall(r'<img src="([^"]+)"', answer.text)
        assert len(small) == 2
        shown = inspector.get(small[0])
        assert shown.mimetype == "image/jpeg"
        with Image.open(io.BytesIO(shown.data)) as image:
            assert max(image.size) == 360

    def test_refuses_what_is_no_photograph(self, office: House, inspector: FlaskClient) -> None:
        application_id = visiting(office)
        sent = {
            **reported(office, application_id),
            "unggah": "ya",
            "photos": (io.BytesIO(files.pdf()), "a.jpg"),
        }

        answer = inspector.post(f"/berkas/{application_id}/kunjungan/isian", data=sent)

        assert answer.status_code == 422
        assert "Foto harus JPEG, PNG, atau WebP." in answer.text

    def test_notices_that_the_file_moved_on_while_rows_were_added(
        self, office: House, inspector: FlaskClient
    ) -> None:
        application_id = visiting(office)
        typed = {**reported(office, application_id), "seen_version": "1", "seen_seq": "2"}

        answer = inspector.post(
            f"/berkas/{application_id}/kunjungan/isian", data={**typed, "tambah": "rows_findings"}
        )

        assert "Berkas ini berubah sesudah halaman Anda terbuka." in answer.text

    def test_can_be_printed(self, office: House, inspector: FlaskClient) -> None:
        application_id = visiting(office)
        assert inspector.get(f"/berkas/{application_id}/berita-acara.pdf").status_code == 404
        press(inspector, application_id, reported(office, application_id))

        answer = inspector.get(f"/berkas/{application_id}/berita-acara.pdf?nomor=1")

        assert answer.mimetype == "application/pdf"
        text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
        assert "BERITA ACARA PENINJAUAN LAPANGAN" in text
        for number in ("2", "x", "99999999"):
            path = f"/berkas/{application_id}/berita-acara.pdf?nomor={number}"
            assert inspector.get(path).status_code == 404


class TestTheApplicant:
    def test_reads_when_the_visit_is_and_whose_time_a_postponement_is(self, office: House) -> None:
        app = office_app(office.runtime)
        application_id = building(office, "visit")
        (visit,) = office.rows("SELECT scheduled_on FROM visit")

        page = open_file(app.test_client(), office, application_id)
        assert "Petugas kami meninjau lokasi pada" in page
        assert long_date(visit.scheduled_on) in page
        clerk = office.people.clerk
        office.press("postpone", application_id, by=clerk, reason="Di rumah sakit")
        page = open_file(app.test_client(), office, application_id)
        assert "Sampai lokasi siap, harinya menjadi hari Anda" in page
        assert "Di rumah sakit" not in page

        office.press("ready_again", application_id, by=clerk)
        page = open_file(app.test_client(), office, application_id)
        assert "harinya menjadi hari Anda" not in page


class TestTheList:
    def test_says_where_to_go_and_whom_to_call(self, office: House, inspector: FlaskClient) -> None:
        assert "Tidak ada kunjungan yang direncanakan" in inspector.get("/kunjungan").text
        building(office, "visit")

        page = inspector.get("/kunjungan").text

        assert ADDRESS in page
        assert 'href="tel:' in page

    def test_of_the_whole_office_is_for_supervisors_too(self, office: House) -> None:
        building(office, "visit")
        supervisor = signed_in(office_app(office.runtime), office.people.supervisor)

        assert "Contoh Peninjau" in supervisor.get("/kunjungan").text


class TestWhatPagesCost:
    @pytest.mark.parametrize("path", ["/kunjungan", "/berkas/{id}", "/berkas/{id}/tindakan/report"])
    def test_is_a_few_statements(
        self, office: House, inspector: FlaskClient, db: Engine, path: str
    ) -> None:
        for _ in range(3):
            application_id = visiting(office)
        address = path.format(id=application_id)
        inspector.get(address)

        with statements(db) as sent:
            assert inspector.get(address).status_code == 200

        assert len(sent) <= MOST_STATEMENTS, sent


@pytest.fixture
def live(fresh_database: Urls, tmp_path: Path) -> Iterator[House]:
    """An office in a database of its own."""
    app = connect(fresh_database.app, pool_size=8)
    owner = connect(fresh_database.owner, role=OWNER_ROLE, pool_size=2)
    yield building_house(make_runtime(app, tmp_path), owner)
    app.dispose()
    owner.dispose()


def enter(page: Page, address: str, house: House, path: str) -> None:
    page.goto(f"{address}/masuk")
    page.fill("#f-username", house.people.inspector.username)
    page.fill("#f-password", PASSWORD)
    page.click("main button.btn-primary")
    page.goto(address + path)


def faults(page: Page) -> list[str]:
    return [fault["id"] for fault in Axe().run(page).response["violations"]]


class TestOnAPhone:
    def test_everything_fits_and_is_readable_to_everybody(
        self, phone_page: Page, live: House
    ) -> None:
        planning, due = building(live), visiting(live)
        with served(office_app(live.runtime)) as address:
            enter(phone_page, address, live, "/kunjungan")
            for path in (
                "/kunjungan",
                f"/berkas/{planning}/tindakan/schedule",
                f"/berkas/{due}/tindakan/report",
                f"/berkas/{due}",
            ):
                phone_page.goto(address + path)
                assert faults(phone_page) == [], path
                assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390, path

    def test_a_report_is_written_with_rows_and_a_photograph(
        self, phone_page: Page, live: House, tmp_path: Path
    ) -> None:
        due = visiting(live)
        shot = tmp_path / "foto.jpg"
        shot.write_bytes(picture())
        page = phone_page
        with served(office_app(live.runtime)) as address:
            enter(page, address, live, f"/berkas/{due}/tindakan/report")
            page.fill("#f-present", "Contoh Pemilik")
            page.fill("#f-aspect_1", "Garis sempadan")
            page.fill("#f-finding_1", "4 m")
            page.check("#f-fits_1-yes")
            page.click("button[value=rows_findings]")
            page.fill("#f-aspect_4", "Tinggi")
            page.fill("#f-finding_4", "8 m")
            page.check("#f-fits_4-yes")
            page.set_input_files("#f-photos", str(shot))
            page.wait_for_selector(".sp-foto img")
            assert page.input_value("#f-finding_4") == "8 m"
            page.check("#f-fits-1")
            page.fill("#f-summary", "Sesuai gambar.")
            page.click("footer button.btn-primary")
            page.wait_for_url(f"**/berkas/{due}")
        (row,) = live.rows("SELECT * FROM visit")
        assert [finding["aspect"] for finding in row.findings] == ["Garis sempadan", "Tinggi"]
        assert row.fits
