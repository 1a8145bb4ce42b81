"""The pages of the alarm: an alert is answered and given away; letters are chosen."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from licensing.people import Officer
from licensing.services.alert_preferences import alert_preferences
from licensing.services.sweep import sweep
from tests.factories import House
from tests.web.office import statements
from tests.web.site import bare_app
from web.notice_words import notice_words, rung_level, rung_words

BrowserOf = Callable[[Officer | None], FlaskClient]


def seen(browser: FlaskClient, place: str) -> str:
    answer = browser.get(place)
    assert answer.status_code == 200, answer.text
    return answer.text


def posted(browser: FlaskClient, place: str, form: dict[str, str]) -> Any:
    return browser.post(place, data=form)


@pytest.fixture
def alert(house: House) -> Any:
    """An alert of a breach in a real office: a file that has lain at verification for a month."""
    house.as_owner("UPDATE office SET simulated = true")
    house.application("verification", at=datetime.now(UTC) - timedelta(days=30))
    house.as_owner("UPDATE office SET simulated = false")
    sweep(house.runtime)
    return house.rows(
        "SELECT id, application_id FROM alert WHERE key = 'step:verification#1' AND rung = 'breach'"
    )[0]


def row(house: House, alert_id: UUID) -> Any:
    return house.rows("SELECT * FROM alert WHERE id = %(id)s", id=alert_id)[0]


class TestAnAlert:
    def test_is_read_and_answered_by_whoever_was_told(
        self, house: House, browser_of: BrowserOf, alert: Any
    ) -> None:
        browser = browser_of(house.people.verifier)
        page = seen(browser, f"/peringatan/{alert.id}")
        assert "Contoh Pengawas" in page
        assert "kepada" not in page  # only supervisors give files away

        done = posted(browser, f"/peringatan/{alert.id}", {"note": "Saya periksa hari ini"})

        assert done.status_code == 303
        assert row(house, alert.id).note == "Saya periksa hari ini"
        assert "Saya periksa hari ini" in seen(browser, f"/peringatan/{alert.id}")

    def test_is_given_away_by_a_supervisor_in_the_same_form(
        self, house: House, browser_of: BrowserOf, alert: Any
    ) -> None:
        people = house.people
        browser = browser_of(people.supervisor)
        assert "Serahkan kepada Contoh Verifikator Dua" in seen(browser, f"/peringatan/{alert.id}")

        done = posted(
            browser,
            f"/peringatan/{alert.id}",
            {"note": "Pemegang cuti", "kepada": str(people.second_verifier.id)},
        )

        assert done.status_code == 303
        assert house.row(alert.application_id).holder_id == people.second_verifier.id
        assert row(house, alert.id).acknowledged_by == people.supervisor.id

    def test_keeps_what_was_typed_and_chosen_where_the_reason_is_missing(
        self, house: House, browser_of: BrowserOf, alert: Any
    ) -> None:
        browser = browser_of(house.people.supervisor)
        chosen = str(house.people.second_verifier.id)
        for place in (f"/peringatan/{alert.id}", f"/pengawas/peringatan/{alert.id}/tanggapan"):
            refused = posted(browser, place, {"note": "", "kepada": chosen})

            assert refused.status_code == 422
            assert f'value="{chosen}" selected' in refused.text
            assert "Tulis alasan menyerahkan berkas ini." in refused.text
            assert f'href="#f-note-{alert.id}"' in refused.text

    def test_the_inbox_leads_to_it(self, house: House, browser_of: BrowserOf, alert: Any) -> None:
        browser = browser_of(house.people.verifier)
        links = re.findall(r'href="(/peringatan/[^"]+)">Tanggapi', seen(browser, "/kerja"))

        assert links
        assert "Toko" in seen(browser, links[0])
        house.as_owner("UPDATE alert SET withdrawn_at = now(), withdrawn_why = 'recount'")
        assert 'href="/peringatan/' not in seen(browser, "/kerja")

    def test_a_long_note_is_kept_too(self, house: House, browser_of: BrowserOf, alert: Any) -> None:
        browser = browser_of(house.people.supervisor)
        refused = posted(browser, f"/peringatan/{alert.id}", {"note": "x" * 2_001})

        assert refused.status_code == 422
        assert "x" * 2_001 in refused.text

    @pytest.mark.parametrize("chosen", ["nobody", "00000000-0000-0000-0000-000000000000"])
    def test_a_colleague_that_there_is_not_is_refused_at_the_field(
        self, house: House, browser_of: BrowserOf, alert: Any, chosen: str
    ) -> None:
        browser = browser_of(house.people.supervisor)
        refused = posted(browser, f"/peringatan/{alert.id}", {"note": "Cuti", "kepada": chosen})

        assert refused.status_code == 422
        assert f'href="#f-kepada-{alert.id}"' in refused.text
        assert 'value="Cuti"' in refused.text

    def test_is_not_there_for_whoever_it_does_not_concern(
        self, house: House, browser_of: BrowserOf, alert: Any
    ) -> None:
        for who in (house.people.clerk, house.people.agency_pu):
            browser = browser_of(who)

            assert browser.get(f"/peringatan/{alert.id}").status_code == 404
            done = posted(browser, f"/peringatan/{alert.id}", {"note": "x"})
            assert done.status_code == 404
        assert row(house, alert.id).acknowledged_at is None

    def test_the_inspectorate_reads_it_and_answers_nothing(
        self, house: House, browser_of: BrowserOf, alert: Any
    ) -> None:
        browser = browser_of(house.people.inspectorate)

        assert '<form class="sp-deret sp-tanggapan"' not in seen(browser, f"/peringatan/{alert.id}")

    def test_is_a_step_away_from_the_notice_that_tells_of_it(
        self, house: House, browser_of: BrowserOf, alert: Any
    ) -> None:
        page = seen(browser_of(house.people.verifier), "/kerja/pemberitahuan")

        assert f'href="/peringatan/{alert.id}"' in page

    def test_the_list_of_the_supervisors_gives_files_away_too(
        self, house: House, browser_of: BrowserOf, alert: Any
    ) -> None:
        browser = browser_of(house.people.head)
        assert f'id="f-kepada-{alert.id}"' in seen(browser, "/pengawas/peringatan?lihat=belum")
        posted(
            browser,
            f"/pengawas/peringatan/{alert.id}/tanggapan",
            {"note": "Cuti", "kepada": str(house.people.second_verifier.id), "lihat": "belum"},
        )

        assert house.row(alert.application_id).holder_id == house.people.second_verifier.id


class TestLettersOfAlerts:
    def test_are_chosen_by_each_person_for_himself(
        self, house: House, browser_of: BrowserOf
    ) -> None:
        people = house.people
        browser = browser_of(people.verifier)
        page = seen(browser, "/akun/peringatan")
        assert "verifikator" in page  # his address

        done = posted(
            browser,
            "/akun/peringatan",
            {"sebelum": "digest", "lewat": "never", "luar_jam": "ya", "versi": "0"},
        )

        assert done.status_code == 303
        found = alert_preferences(house.runtime, people.verifier)
        assert (found.warnings, found.breaches, found.outside_hours) == ("digest", "never", True)
        assert alert_preferences(house.runtime, people.second_verifier).version == 0
        assert 'name="versi" value="1"' in seen(browser, "/akun/peringatan")

    def test_of_a_breach_cannot_be_silenced_by_who_looks_after_the_office(
        self, house: House, browser_of: BrowserOf
    ) -> None:
        browser = browser_of(house.people.supervisor)
        assert seen(browser, "/akun/peringatan").count('value="never"') == 1

        refused = posted(
            browser, "/akun/peringatan", {"sebelum": "never", "lewat": "never", "versi": "0"}
        )

        assert refused.status_code == 422
        assert 'href="#f-lewat"' in refused.text
        assert alert_preferences(house.runtime, house.people.supervisor).version == 0

    def test_what_was_changed_in_another_window_is_not_overwritten(
        self, house: House, browser_of: BrowserOf
    ) -> None:
        browser = browser_of(house.people.verifier)
        for sebelum in ("digest", "never"):
            answer = posted(
                browser, "/akun/peringatan", {"sebelum": sebelum, "lewat": "digest", "versi": "0"}
            )

        assert answer.status_code == 409
        assert alert_preferences(house.runtime, house.people.verifier).warnings == "digest"

    def test_nothing_chosen_is_refused_at_the_fields(
        self, house: House, browser_of: BrowserOf
    ) -> None:
        refused = posted(browser_of(house.people.verifier), "/akun/peringatan", {"versi": "0"})

        assert refused.status_code == 422
        assert "Pilih salah satu." in refused.text


@pytest.mark.parametrize(
    "place", ["/peringatan/{alert}", "/pengawas/peringatan", "/akun/peringatan"]
)
def test_a_page_needs_at_most_six_statements(
    house: House, browser_of: BrowserOf, alert: Any, place: str
) -> None:
    assert isinstance(house.runtime.db, Engine)
    browser = browser_of(house.people.supervisor)
    path = place.format(alert=alert.id)
    seen(browser, path)
    with statements(house.runtime.db) as sent:
        seen(browser, path)

    asked = [one for one in sent if not one.startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= 6, asked


@pytest.mark.parametrize(
    ("rung", "words", "level"),
    [
        ("50%", "50% batas terpakai", 1),
        ("-1d", "sisa 1 hari kerja", 2),
        ("-4h", "sisa 4 jam kerja", 2),
        ("breach", "lewat batas", 3),
        ("breach+1", "lewat 1 hari kerja", 4),
        ("breach+4h", "lewat 4 jam kerja", 4),
        ("escalated", "belum ditanggapi", 4),
    ],
)
def test_every_kind_of_rung_has_words_and_a_level(rung: str, words: str, level: int) -> None:
    with bare_app().test_request_context():
        assert (rung_words(rung), rung_level(rung)) == (words, level)


@pytest.mark.parametrize(
    ("within", "length"), [("2 working days", "2 hari kerja"), ("1 working hour", "1 jam kerja")]
)
def test_a_hold_that_is_over_is_told_with_its_length(within: str, length: str) -> None:
    params = {"key": "hold:verification/wait#1", "limit": {"id": "Tunggu"}, "within": within}

    with bare_app().test_request_context():
        said = notice_words("alert.breach", params)

    assert said == f"Penundaan mencapai batasnya ({length}); waktu kantor berjalan lagi."
