"""The morning digest: once per person and working day, with what there is to read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

import licensing.services.digest as digest_module
from licensing.letters import render
from licensing.people import Officer
from licensing.services.alert_preferences import (
    AlertPreferences,
    alert_preferences,
    set_alert_preferences,
)
from licensing.services.digest import send_digests
from tests.factories import House
from tests.licensing.test_alarm import sweep_as_of
from tests.licensing.test_sweep import MONDAY, wib

WEDNESDAY = wib("2026-07-08 07:30")
LONG_AGO = wib("2026-07-01 10:00")


def choose(house: House, *who: Officer, since: datetime = LONG_AGO, **chosen: Any) -> None:
    """Let people choose the digest, as of a moment."""
    for officer in who:
        seen = alert_preferences(house.runtime, officer).version
        wanted = {"warnings": "digest", "breaches": "digest"} | chosen
        set_alert_preferences(house.runtime, officer, AlertPreferences(version=seen, **wanted))
    house.as_owner(
        "UPDATE alert_preference SET changed_at = %(at)s, digested_at = %(at)s", at=since
    )


def digests(house: House) -> list[Any]:
    return house.rows(
        "SELECT n.*, o.name FROM notice n JOIN officer o ON o.id = n.officer_id"
        " WHERE n.event = 'digest' ORDER BY n.created_at, o.name"
    )


@pytest.fixture(autouse=True)
def nothing_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let these tests write digests of files that no sweep has looked at."""
    monkeypatch.setattr(digest_module, "PATIENCE", timedelta())


@pytest.fixture
def office(simulated_house: House) -> House:
    """An office from which letters leave, with one file at verification since Monday 6 July."""
    simulated_house.application("verification", at=MONDAY)
    simulated_house.as_owner("UPDATE office SET simulated = false")
    return simulated_house


@pytest.fixture
def application_id(office: House) -> UUID:
    found: UUID = office.rows("SELECT id FROM application")[0].id
    return found


class TestWhen:
    def test_at_opening_and_not_before(self, office: House) -> None:
        choose(office, office.people.verifier)

        assert send_digests(office.runtime, at=WEDNESDAY - timedelta(seconds=1)).written == 0
        assert send_digests(office.runtime, at=WEDNESDAY).written == 1

    def test_once_a_day_however_often_one_looks(self, office: House) -> None:
        choose(office, office.people.verifier)
        written = [
            send_digests(office.runtime, at=WEDNESDAY + timedelta(minutes=n)).written
            for n in range(0, 500, 60)
        ]

        assert sum(written) == written[0] == 1

    def test_again_on_the_next_working_day(self, office: House) -> None:
        choose(office, office.people.verifier)
        for day in range(8, 15):
            send_digests(office.runtime, at=wib(f"2026-07-{day:02} 07:31"))

        # Wednesday, Thursday, Friday; Monday, Tuesday.
        assert [row.created_at.astimezone(MONDAY.tzinfo).day for row in digests(office)] == [
            8, 9, 10, 13, 14,
        ]  # fmt: skip

    def test_late_in_the_day_where_nobody_looked_in_the_morning(self, office: House) -> None:
        choose(office, office.people.verifier)
        noon = wib("2026-07-08 13:00")

        assert send_digests(office.runtime, at=noon).written == 1
        assert digests(office)[0].next_try_at == noon

    @pytest.mark.parametrize("closed", ["2026-07-11 10:00", "2026-07-08 16:01"])
    def test_never_when_the_office_is_closed(self, office: House, closed: str) -> None:
        choose(office, office.people.verifier)

        assert send_digests(office.runtime, at=wib(closed)).written == 0

    def test_never_from_a_simulated_office(self, office: House) -> None:
        choose(office, office.people.verifier)
        office.as_owner("UPDATE office SET simulated = true")

        assert send_digests(office.runtime, at=WEDNESDAY).written == 0

    def test_what_happens_in_the_day_waits_for_the_next_morning(self, office: House) -> None:
        head = office.people.inspectorate  # nothing lies with him
        choose(office, head)
        assert send_digests(office.runtime, at=WEDNESDAY).written == 0
        sweep_as_of(office, wib("2026-07-10 16:30"))  # three days past the step's limit

        assert send_digests(office.runtime, at=wib("2026-07-08 12:00")).written == 0

    def test_whoever_has_just_asked_for_it_gets_the_first_tomorrow(self, office: House) -> None:
        choose(office, office.people.verifier, since=wib("2026-07-08 09:00"))

        assert send_digests(office.runtime, at=wib("2026-07-08 10:00")).written == 0
        assert send_digests(office.runtime, at=wib("2026-07-09 07:30")).written == 1


class TestWho:
    def test_whoever_chose_it_for_warnings_or_for_breaches(self, office: House) -> None:
        people = office.people
        choose(office, people.verifier, breaches="at_once")
        choose(office, people.second_verifier, warnings="never")
        choose(office, people.everybody, warnings="never", breaches="at_once")
        send_digests(office.runtime, at=WEDNESDAY)

        assert [row.name for row in digests(office)] == [
            "Contoh Verifikator", "Contoh Verifikator Dua",
        ]  # fmt: skip

    def test_nobody_who_has_nothing_to_read(self, office: House) -> None:
        choose(office, office.people.clerk, office.people.verifier)
        send_digests(office.runtime, at=WEDNESDAY)

        assert [row.name for row in digests(office)] == ["Contoh Verifikator"]

    def test_nobody_without_an_address_or_whose_account_is_closed(self, office: House) -> None:
        people = office.people
        choose(office, people.verifier, people.second_verifier)
        office.as_owner("UPDATE officer SET email = '' WHERE id = %(id)s", id=people.verifier.id)
        office.as_owner(
            "UPDATE officer SET active = false WHERE id = %(id)s", id=people.second_verifier.id
        )

        assert send_digests(office.runtime, at=WEDNESDAY).written == 0

    def test_a_file_that_a_colleague_holds_is_not_told(
        self, office: House, application_id: UUID
    ) -> None:
        people = office.people
        office.as_owner("UPDATE application SET holder_id = %(id)s", id=people.second_verifier.id)
        choose(office, people.verifier, people.second_verifier)
        send_digests(office.runtime, at=WEDNESDAY)

        assert [row.name for row in digests(office)] == ["Contoh Verifikator Dua"]


class TestWhat:
    def test_what_is_late_due_today_and_due_next(self, office: House) -> None:
        # The step of the first file was due on Tuesday; two more are due today and tomorrow.
        office.as_owner("UPDATE office SET simulated = true")
        office.application("verification", at=wib("2026-07-07 10:00"))
        office.application("verification", at=wib("2026-07-08 09:00"))
        office.as_owner("UPDATE office SET simulated = false")
        choose(office, office.people.verifier)
        send_digests(office.runtime, at=wib("2026-07-08 10:00"))

        params = digests(office)[0].params
        assert {part: params[part]["n"] for part in ("overdue", "today", "tomorrow")} == {
            "overdue": 1, "today": 1, "tomorrow": 1,
        }  # fmt: skip

    def test_what_was_told_since_the_last_one(self, office: House) -> None:
        choose(office, office.people.supervisor)
        sweep_as_of(office, wib("2026-07-07 16:30"))
        send_digests(office.runtime, at=WEDNESDAY)
        send_digests(office.runtime, at=wib("2026-07-09 07:30"))
        sweep_as_of(office, wib("2026-07-09 16:30"))
        send_digests(office.runtime, at=wib("2026-07-10 07:30"))

        found = [[line["rung"] for line in row.params["told"]["lines"]] for row in digests(office)]
        assert [sorted(rungs) for rungs in found] == [
            ["80%", "breach"],  # of the step
            ["80%", "breach"],  # of the standard
        ]

    def test_only_what_is_not_told_at_once(self, office: House) -> None:
        choose(office, office.people.supervisor, breaches="at_once")
        sweep_as_of(office, wib("2026-07-07 16:30"))
        send_digests(office.runtime, at=WEDNESDAY)

        (row,) = digests(office)
        assert [line["rung"] for line in row.params["told"]["lines"]] == ["80%"]

    def test_a_withdrawn_alert_is_not_told(self, office: House) -> None:
        choose(office, office.people.supervisor)
        sweep_as_of(office, wib("2026-07-07 16:30"))
        office.as_owner("UPDATE alert SET withdrawn_at = clock_timestamp(), withdrawn_why = 'x'")

        assert send_digests(office.runtime, at=WEDNESDAY).written == 0

    @pytest.mark.parametrize(
        ("lang", "subject", "words"),
        [
            ("id", "Ringkasan pagi: 1 lewat batas, ", ["Lewat batas (1):", "Peringatan sejak"]),
            ("en", "Morning digest: 1 past the limit, ", ["Past the limit (1):", "Alerts since"]),
        ],
    )
    def test_is_a_letter_in_the_language_of_its_reader(
        self, office: House, lang: str, subject: str, words: list[str]
    ) -> None:
        choose(office, office.people.verifier)
        sweep_as_of(office, wib("2026-07-07 16:30"))
        send_digests(office.runtime, at=WEDNESDAY)
        (row,) = digests(office)
        letter = render("digest", row.params, lang)

        assert letter.subject.startswith(subject)
        for word in words:
            assert word in letter.body
        assert "Toko Contoh" in letter.body


def test_four_at_once_write_one_digest_a_person(real_house: House) -> None:
    house = real_house
    people = house.people
    house.as_owner("UPDATE office SET simulated = true")
    house.application("verification", at=MONDAY)
    house.as_owner("UPDATE office SET simulated = false")
    choose(house, people.verifier, people.second_verifier, people.everybody)

    with ThreadPoolExecutor(4) as pool:
        written = list(
            pool.map(lambda _: send_digests(house.runtime, at=WEDNESDAY).written, range(8))
        )

    assert sum(written) == 3
    assert len(digests(house)) == len({row.officer_id for row in digests(house)}) == 3
