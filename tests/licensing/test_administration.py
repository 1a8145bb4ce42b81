"""What administrators set: services, SOPs, the calendar, deputies, prices; all of it recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from licensing.errors import (
    InvalidInput,
    NotAllowed,
    NotFound,
    OwnAccount,
    ServiceClosed,
    SopFaults,
    StaleSetting,
)
from licensing.people import Officer
from licensing.queries.administration import accounts_page, deputy_desk, office_record, overview
from licensing.queries.administration_prices import price_desk, unbilled
from licensing.queries.administration_sops import sop_history
from licensing.services.accounts import officer_named
from licensing.services.calendar_changes import CalendarChange
from licensing.services.calendars import (
    calendar_in_force,
    change_calendar,
    preview_calendar,
    set_calendar,
)
from licensing.services.deputies import NewDeputy, end_deputy, grant_deputy, preview_deputy
from licensing.services.prices import set_prices
from licensing.services.service_state import (
    closed_services,
    list_services,
    preview_service_state,
    set_service_state,
)
from licensing.services.sign_in import officer_of_session, sign_in
from licensing.services.sop_drafts import (
    discard_draft,
    preview_draft,
    publish_draft,
    save_draft,
    sop_standing,
)
from licensing.services.sops import BaseSop, SameDrafter, publish_sop
from licensing.sop_settings import PaperWords, SopChanges, edited
from tests.factories import PASSWORD, House
from workflows.calendar_spec import Window
from workflows.definitions import text_of

HOURS = (Window.parse("08:00", "14:00"),)


def today(house: House) -> date:
    found: date = house.rows(
        "SELECT (clock_timestamp() AT TIME ZONE zone)::date AS day FROM office WHERE id = %(o)s",
        o=house.office_id,
    )[0].day
    return found


def record_of(house: House, action: str) -> list[Any]:
    return house.rows(
        "SELECT action, subject, actor_id, detail FROM office_event WHERE action = %(a)s"
        " ORDER BY id DESC",
        a=action,
    )


def now_as(house: House, officer: Officer) -> Officer:
    """Return an officer with the roles of this moment."""
    with house.runtime.transaction(house.office_id) as connection:
        return officer_named(connection, officer.username)


class TestTheRecord:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE office_event SET action = 'x'",
            "DELETE FROM office_event",
            "INSERT INTO office_event (office_id, action, subject, at)"
            " SELECT id, 'x', 'x', now() - interval '1 day' FROM office",
        ],
    )
    def test_is_only_added_to_and_at_the_time_of_the_database(
        self, house: House, statement: str
    ) -> None:
        with pytest.raises(DBAPIError, match="permission denied"):
            house.rows(statement)

    def test_is_read_by_whose_matter_it_is(self, house: House) -> None:
        people = house.people
        for who in (people.admin, people.head, people.inspectorate):
            assert office_record(house.runtime, who).rows
        assert office_record(house.runtime, people.bank_admin).rows == []
        with pytest.raises(NotAllowed):
            office_record(house.runtime, people.clerk)

    def test_is_paged_and_filtered(self, house: House) -> None:
        house.as_owner(
            "INSERT INTO office_event (office_id, action, subject)"
            " SELECT %(o)s, 'account_changed', 'akun-' || n FROM generate_series(1, 60) AS n",
            o=house.office_id,
        )

        first = office_record(house.runtime, house.people.admin, action="account_changed")
        rest = office_record(
            house.runtime,
            house.people.admin,
            action="account_changed",
            after=first.next_after,
        )

        assert (len(first.rows), len(rest.rows), rest.next_after) == (50, 10, None)
        one = office_record(house.runtime, house.people.admin, search="AKUN-60")
        assert [row.subject for row in one.rows] == ["akun-60"]
        assert office_record(house.runtime, house.people.admin, search="akun_60").rows == []


class TestAServiceSwitchedOff:
    def test_takes_no_new_application_and_says_why_but_open_ones_go_on(self, house: House) -> None:
        before = house.application("verification")
        set_service_state(
            house.runtime, "siup", open_=False, note="Sedang pindah.", by=house.people.admin
        )

        with pytest.raises(ServiceClosed) as refused:
            house.file()

        assert refused.value.note == "Sedang pindah."
        house.judge_all(before)
        house.press("approve", before, by=house.people.verifier)
        with house.runtime.transaction(house.office_id) as connection:
            assert closed_services(connection) == {"siup": "Sedang pindah."}

    def test_is_open_again_afterwards(self, house: House) -> None:
        admin = house.people.admin
        set_service_state(house.runtime, "siup", open_=False, note="Pindah.", by=admin)
        set_service_state(house.runtime, "siup", open_=True, note="", by=admin)

        house.file()

        assert [row.action for row in record_of(house, "service_closed")] == ["service_closed"]
        opened = record_of(house, "service_opened")[0].detail
        assert opened["before"] == {"open": False, "note": "Pindah."}

    def test_needs_a_word_to_the_public(self, house: House) -> None:
        with pytest.raises(InvalidInput, match="note: required"):
            set_service_state(house.runtime, "siup", open_=False, note=" ", by=house.people.admin)

    def test_is_previewed_with_the_applications_that_go_on(self, house: House) -> None:
        house.application("verification")
        house.application("issued")

        line = preview_service_state(house.runtime, "siup", house.people.admin)

        assert (line.open, line.applications) == (True, 1)
        assert [one.service for one in list_services(house.runtime, house.people.admin)] == ["siup"]
        with pytest.raises(NotFound):
            preview_service_state(house.runtime, "tidak-ada", house.people.admin)

    def test_is_not_the_counters_to_switch(self, house: House) -> None:
        with pytest.raises(NotAllowed):
            set_service_state(house.runtime, "siup", open_=True, note="", by=house.people.clerk)


LONGER = SopChanges(values={"steps.verification.within": "2 working days"})


class TestADraft:
    def draft(self, house: House, changes: SopChanges = LONGER) -> Any:
        return save_draft(
            house.runtime, "siup", changes, note="Perwali 5/2026", seen=1, by=house.people.admin
        )

    def test_is_published_by_a_second_person_for_new_applications(self, house: House) -> None:
        before = house.application("intake")
        draft = self.draft(house)

        done = publish_draft(house.runtime, draft, house.people.head)

        assert (done.service, done.number) == ("siup", 2)
        after = house.application("intake")
        versions = [house.row(one).sop_version_id for one in (before, after)]
        assert versions[1] == done.sop_version_id != versions[0]
        history = sop_history(house.runtime, "siup", house.people.head, before=None, after=None)
        assert history.draft is None
        assert [(line.place, line.before, line.after) for line in history.diff] == [
            ("steps.verification.within", "1 working day", "2 working days")
        ]

    def test_is_not_published_by_who_drafted_it(self, house: House) -> None:
        draft = self.draft(house)

        with pytest.raises(SameDrafter):
            publish_draft(house.runtime, draft, house.people.admin)
        with pytest.raises(IntegrityError, match="two_people"):
            house.as_owner(
                "UPDATE sop_draft SET ended_at = now(), ended_by = drafted_by,"
                " outcome = 'published', sop_version_id = base_version_id WHERE id = %(id)s",
                id=draft,
            )

    def test_that_another_version_has_overtaken_is_not_published(self, house: House) -> None:
        draft = self.draft(house)
        people = house.people
        publish_sop(
            house.runtime,
            house.office_id,
            text_of("siup").replace("within: 3 working days", "within: 4 working days"),
            drafted_by=people.supervisor.id,
            published_by=people.head.id,
        )

        with pytest.raises(StaleSetting):
            publish_draft(house.runtime, draft, people.head)

    def test_is_checked_whole_before_it_is_kept(self, house: House) -> None:
        late = SopChanges(values={"limits.service.within": "9 working days"})

        with pytest.raises(SopFaults):
            self.draft(house, late)
        assert house.rows("SELECT 1 FROM sop_draft") == []

    def test_must_change_something_and_say_why(self, house: House) -> None:
        with pytest.raises(InvalidInput, match="nothing_changed"):
            self.draft(house, SopChanges())
        with pytest.raises(InvalidInput, match="note: required"):
            save_draft(house.runtime, "siup", LONGER, note=" ", seen=1, by=house.people.admin)
        with pytest.raises(StaleSetting):
            save_draft(house.runtime, "siup", LONGER, note="x", seen=7, by=house.people.admin)

    def test_may_not_promise_other_days_in_words_than_in_figures(self, house: House) -> None:
        shorter = SopChanges(values={"limits.service.within": "4 working days"})

        with pytest.raises(InvalidInput, match="summary_id: summary_other_days"):
            self.draft(house, shorter)

    def test_that_waits_is_replaced_by_the_next_and_both_are_kept(self, house: House) -> None:
        self.draft(house)
        self.draft(house, SopChanges(values={"steps.signature.within": "2 working hours"}))

        rows = house.rows("SELECT outcome FROM sop_draft ORDER BY id")
        assert [row.outcome for row in rows] == ["replaced", None]
        standing = sop_standing(house.runtime, "siup", house.people.admin)
        assert [line.place for line in standing.draft_diff] == [
            "steps.verification.within", "steps.signature.within",
        ]  # fmt: skip

    def test_can_be_discarded(self, house: House) -> None:
        draft = self.draft(house)

        discard_draft(house.runtime, draft, house.people.head)

        with pytest.raises(NotFound):
            publish_draft(house.runtime, draft, house.people.head)
        assert record_of(house, "sop_draft_discarded")

    def test_confirms_figures_that_nobody_had_verified(self, house: House) -> None:
        sop = sop_standing(house.runtime, "siup", house.people.admin).sop
        assert sop.to_confirm
        places = [one.at for one in sop.to_confirm]

        preview = preview_draft(
            house.runtime,
            "siup",
            SopChanges(confirmed=frozenset(places[:1])),
            note="Standar pelayanan 2026",
            seen=1,
            by=house.people.head,
        )

        assert [one.at for one in preview.sop.to_confirm] == places[1:]

    def test_drops_adds_and_rewords_papers(self, house: House) -> None:
        added = PaperWords({"id": "Surat sehat", "en": "Health letter"}, None, optional=True)
        text = edited(
            text_of("siup"),
            SopChanges(
                papers={"ktp": PaperWords({"id": "KTP", "en": "ID"}, None, optional=False)},
                dropped=frozenset({"neraca"}),
                added=(added, added),
            ),
        )
        assert "neraca" not in text
        assert "surat_sehat_2" in text
        publish_sop(
            house.runtime,
            house.office_id,
            text,
            drafted_by=house.people.supervisor.id,
            published_by=house.people.head.id,
        )

    def test_of_a_base_is_no_service(self, house: House) -> None:
        with pytest.raises(BaseSop):
            publish_sop(
                house.runtime,
                house.office_id,
                text_of("izin-sederhana"),
                drafted_by=house.people.supervisor.id,
                published_by=house.people.head.id,
            )


class TestAHoliday:
    def holiday(self, house: House, application: Any) -> date:
        """Return a working day between now and what an application is promised."""
        calendar = calendar_in_force(house.runtime, house.people.admin)
        from workflows.worktime import Calendar

        return Calendar(calendar.spec).nth_after(today(house), 2)

    def test_is_previewed_with_the_promises_that_it_would_move(self, house: House) -> None:
        application = house.application("verification")
        house.application("intake")
        promised = house.rows("SELECT due_at FROM deadline WHERE key = 'service'")[0].due_at
        day = self.holiday(house, application)
        change = CalendarChange("close", day, "Pilkada")

        preview = preview_calendar(house.runtime, change, source="SK 1/2026", by=house.people.admin)

        assert (preview.moved, preview.looked_at) == (1, 1)
        moved = preview.first[0]
        assert moved.application_id == application
        assert moved.before == promised < moved.after
        assert calendar_in_force(house.runtime, house.people.admin).number == 1

    def test_moves_the_promise_to_what_counting_from_scratch_would_give(self, house: House) -> None:
        first = house.application("verification")
        day = self.holiday(house, first)
        change = CalendarChange("close", day, "Pilkada")
        said = preview_calendar(house.runtime, change, source="SK", by=house.people.admin).first[0]

        change_calendar(house.runtime, change, source="SK", seen=1, by=house.people.admin)

        second = house.application("verification")
        due = {
            row.application_id: row.due_at
            for row in house.rows("SELECT application_id, due_at FROM deadline WHERE key='service'")
        }
        assert due[first] == said.before
        assert due[second] == said.after

    def test_is_a_new_version_with_a_line_in_the_record(self, house: House) -> None:
        day = today(house) + timedelta(days=3)
        change = CalendarChange("makeup", day, windows=HOURS)

        made = change_calendar(house.runtime, change, source="SK 2", seen=1, by=house.people.admin)

        found = calendar_in_force(house.runtime, house.people.admin)
        assert (made.number, found.number, found.spec.makeup[day]) == (2, 2, HOURS)
        line = record_of(house, "calendar_set")[0]
        assert line.detail["after"]["makeup"] == {day.isoformat(): [["08:00", "14:00"]]}
        change_calendar(
            house.runtime, CalendarChange("unmakeup", day), source="SK 3", seen=2,
            by=house.people.admin,
        )  # fmt: skip
        assert day not in calendar_in_force(house.runtime, house.people.admin).spec.makeup

    @pytest.mark.parametrize(("days", "told"), [(-3, True), (0, True), (1, False)])
    def test_of_a_day_whose_closing_may_be_over_is_told_to_the_inspectorate(
        self, house: House, days: int, told: bool
    ) -> None:
        """A limit that broke may be kept again by it: nobody in the office does that unheard."""
        day = today(house) + timedelta(days=days)
        spec = calendar_in_force(house.runtime, house.people.admin).spec
        change = (
            CalendarChange("reopen", day, past=True)
            if day in spec.closed
            else CalendarChange("close", day, "Banjir", past=True)
        )
        if day.isoweekday() > 5 and day not in spec.closed:  # it would change no hours
            change = CalendarChange("makeup", day, windows=HOURS, past=True)

        change_calendar(house.runtime, change, source="SK 7", seen=1, by=house.people.admin)

        rows = house.rows(
            "SELECT channel, params FROM notice WHERE event = 'past_days_changed'"
            " AND audience = 'inspectorate' ORDER BY channel"
        )
        assert [row.channel for row in rows] == (["app", "email"] if told else [])
        for row in rows:
            assert row.params["on"] == day.isoformat()
            assert (row.params["source"], row.params["by"]) == ("SK 7", house.people.admin.name)

    def test_is_not_set_on_a_calendar_that_has_changed_since(self, house: House) -> None:
        spec = calendar_in_force(house.runtime, house.people.admin).spec
        set_calendar(house.runtime, spec, source="SK", by=house.people.head)
        day = today(house) + timedelta(days=3)

        with pytest.raises(StaleSetting):
            change_calendar(
                house.runtime,
                CalendarChange("makeup", day, windows=HOURS),
                source="SK",
                seen=1,
                by=house.people.admin,
            )

    @pytest.mark.parametrize(
        ("change", "days", "faults"),
        [
            (CalendarChange("close", date.min, "x"), -9_000, {"day": "year_not_known"}),
            (CalendarChange("cover", date.min), -1, {"day": "in_past"}),
            (CalendarChange("cover", date.min), 2_000, {"day": "year_not_known"}),
            (CalendarChange("close", date.min, " "), 3, {"name": "required"}),
            (CalendarChange("close", date.min, "x", kind="y"), 3, {"kind": "unknown_choice"}),
            (CalendarChange("close", date.min, "x"), 2_000, {"day": "year_not_known"}),
            (CalendarChange("reopen", date.min), 3, {"day": "not_closed"}),
            (CalendarChange("makeup", date.min), 3, {"windows": "required"}),
            (CalendarChange("unmakeup", date.min), 3, {"day": "no_makeup_day"}),
            (CalendarChange("week", date.min), 3, {"week": "week_without_hours"}),
            (CalendarChange("unweek", date.min), 3, {"day": "no_such_hours"}),
            (CalendarChange("year", date.min), 0, {"day": "not_the_next_year"}),
        ],
    )
    def test_is_refused_with_every_fault_named(
        self, house: House, change: CalendarChange, days: int, faults: dict[str, str]
    ) -> None:
        wanted = replace(change, day=_quiet(house, days))
        with pytest.raises(InvalidInput) as refused:
            preview_calendar(house.runtime, wanted, source="SK", by=house.people.admin)
        assert refused.value.faults == faults

    def test_hours_of_ramadan_hold_while_they_last(self, house: House) -> None:
        first, last = today(house) + timedelta(days=7), today(house) + timedelta(days=37)
        week = CalendarChange("week", first, week=dict.fromkeys(range(5), HOURS), until=last)

        change_calendar(house.runtime, week, source="SE 1", seen=1, by=house.people.admin)

        spec = calendar_in_force(house.runtime, house.people.admin).spec
        assert [(rule.since, rule.until) for rule in spec.weekly][1:] == [(first, last)]
        gone = CalendarChange("unweek", first, until=last)
        change_calendar(house.runtime, gone, source="SE 2", seen=2, by=house.people.admin)
        assert len(calendar_in_force(house.runtime, house.people.admin).spec.weekly) == 1

    def test_of_the_next_year_come_all_at_once_when_they_are_decreed(self, house: House) -> None:
        spec = calendar_in_force(house.runtime, house.people.admin).spec
        last = spec.covers[1].year
        known = {day: why for day, why in spec.closed.items() if day.year < last}
        shorter = replace(spec, closed=known, covers=(spec.covers[0], date(last - 1, 12, 31)))
        set_calendar(house.runtime, shorter, source="SK", by=house.people.admin)
        year = CalendarChange("year", date(last, 1, 1))

        change_calendar(house.runtime, year, source="SKB", seen=2, by=house.people.admin)

        after = calendar_in_force(house.runtime, house.people.admin).spec
        assert (after.covers, after.closed) == (spec.covers, spec.closed)
        undecreed = CalendarChange("year", date(last + 1, 1, 1))
        with pytest.raises(InvalidInput) as refused:
            change_calendar(house.runtime, undecreed, source="SKB", seen=3, by=house.people.admin)
        assert refused.value.faults == {"day": "year_not_decreed"}


def _quiet(house: House, days: int) -> date:
    """Return a day so many days from now that is not closed."""
    spec = calendar_in_force(house.runtime, house.people.admin).spec
    day = today(house) + timedelta(days=days)
    while day in spec.closed:
        day += timedelta(days=1 if days > 0 else -1)
    return day


class TestADeputy:
    def new(self, house: House, **different: Any) -> NewDeputy:
        day = today(house)
        new = NewDeputy(house.people.verifier.username, "head", day, day, "800/12/2026", "Cuti")
        return replace(new, **different)

    def test_has_the_role_on_the_days_of_the_period(self, house: House) -> None:
        day = today(house)
        session = sign_in(house.runtime, house.people.verifier.username, PASSWORD)
        deputy = grant_deputy(house.runtime, self.new(house), house.people.admin)

        assert now_as(house, house.people.verifier).roles == {"verifier", "head"}
        seen = officer_of_session(house.runtime, session.session_key)
        assert seen is not None
        assert seen.roles == {"verifier", "head"}
        for first, last in ((day - timedelta(2), day - timedelta(1)), (day + timedelta(1),) * 2):
            house.as_owner(
                "UPDATE deputy SET from_on = %(a)s, until_on = %(b)s WHERE id = %(id)s",
                a=first, b=last, id=deputy,
            )  # fmt: skip
            assert now_as(house, house.people.verifier).roles == {"verifier"}

    def test_ends_early(self, house: House) -> None:
        deputy = grant_deputy(house.runtime, self.new(house), house.people.admin)

        end_deputy(house.runtime, deputy, house.people.admin)
        end_deputy(house.runtime, deputy, house.people.admin)

        assert now_as(house, house.people.verifier).roles == {"verifier"}
        assert len(record_of(house, "deputy_ended")) == 1
        assert deputy_desk(house.runtime, house.people.admin).rows[0].state == "over"

    def test_does_not_decide_what_the_person_has_judged(self, house: House) -> None:
        from licensing.errors import SamePerson

        application = house.application("signature")
        grant_deputy(house.runtime, self.new(house), house.people.admin)

        with pytest.raises(SamePerson):
            house.press("sign", application, by=now_as(house, house.people.verifier))

    @pytest.mark.parametrize(
        ("different", "faults"),
        [
            ({"role": "teller"}, {"role": "role_of_another_organisation"}),
            ({"role": "verifier"}, {"role": "has_role_already"}),
            ({"decree": " "}, {"decree": "required"}),
            (
                {"from_on": date(2020, 1, 1), "until_on": date(2020, 1, 2)},
                {"from_on": "in_past"},
            ),
            ({"until_on": date(2020, 1, 1)}, {"until_on": "ends_before_it_begins"}),
            ({"until_on": date(2099, 1, 1)}, {"until_on": "longer_than_a_year"}),
        ],
    )
    def test_is_refused_with_every_fault_named(
        self, house: House, different: dict[str, Any], faults: dict[str, str]
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            preview_deputy(house.runtime, self.new(house, **different), house.people.admin)
        assert refused.value.faults == faults

    def test_is_named_once_for_the_same_days(self, house: House) -> None:
        grant_deputy(house.runtime, self.new(house), house.people.admin)

        with pytest.raises(InvalidInput, match="deputy_already"):
            grant_deputy(house.runtime, self.new(house), house.people.admin)

    def test_is_nobody_by_his_own_word(self, house: House) -> None:
        mine = self.new(house, username=house.people.admin.username)
        with pytest.raises(OwnAccount):
            grant_deputy(house.runtime, mine, house.people.admin)

    def test_of_the_bank_is_never_named_by_the_office(self, house: House) -> None:
        teller = self.new(house, username=house.people.teller.username, role="bank_supervisor")
        with pytest.raises(NotAllowed):
            grant_deputy(house.runtime, teller, house.people.admin)
        with pytest.raises(IntegrityError, match="bank_by_the_bank"):
            house.as_owner(
                "INSERT INTO deputy (office_id, officer_id, organisation_kind, role, from_on,"
                " until_on, decree, reason, granted_by, granted_by_kind)"
                " VALUES (%(o)s, %(t)s, 'bank', 'bank_supervisor', now(), now(), 'x', '', %(a)s,"
                " 'office')",
                o=house.office_id,
                t=house.people.teller.id,
                a=house.people.admin.id,
            )

    def test_cannot_be_deleted_or_rewritten(self, house: House) -> None:
        grant_deputy(house.runtime, self.new(house), house.people.admin)
        for statement in ("DELETE FROM deputy", "UPDATE deputy SET until_on = until_on + 1"):
            with pytest.raises(DBAPIError, match="permission denied"):
                house.rows(statement)

    def test_is_previewed_with_who_has_the_role_and_what_lies_there(self, house: House) -> None:
        house.application("signature")

        preview = preview_deputy(house.runtime, self.new(house), house.people.admin)

        assert house.people.head.name in preview.holders
        assert preview.open_files == 1


class TestPrices:
    def test_are_recorded_and_shown_with_what_they_replace(self, house: House) -> None:
        day = today(house)
        for value in (20_000, 25_000):
            set_prices(
                house.runtime,
                house.office_id,
                "imb",
                {"hsbg": Decimal(value)},
                since=day,
                source="Perda 3/2026",
                by=house.people.admin,
            )

        desk = price_desk(house.runtime, house.people.admin)

        assert desk.in_force["imb"]["hsbg"].value == 25_000
        assert [row.value for row in desk.history][:2] == [25_000, 20_000]
        line = record_of(house, "prices_set")[0]
        assert line.detail["before"]["hsbg"].startswith("20000")
        assert line.detail["after"] == {"hsbg": "25000"}
        assert unbilled(house.runtime, house.people.admin, "imb") == 0


class TestTheOverview:
    def test_counts_what_the_reader_looks_after(self, house: House) -> None:
        office = overview(house.runtime, house.people.admin)
        bank = overview(house.runtime, house.people.bank_admin)

        kinds = house.rows("SELECT organisation_kind AS kind FROM officer")
        counted = [row.kind for row in kinds]
        assert bank.accounts == counted.count("bank")
        assert office.accounts == sum(kind in ("office", "agency", "public") for kind in counted)
        with pytest.raises(NotAllowed):
            overview(house.runtime, house.people.clerk)

    def test_lists_no_account_of_the_other_side(self, house: House) -> None:
        of_office = accounts_page(house.runtime, house.people.admin).rows
        of_bank = accounts_page(house.runtime, house.people.bank_admin).rows

        assert {row.account.kind for row in of_office} <= {"office", "agency", "public"}
        assert {row.account.kind for row in of_bank} == {"bank"}
        found = accounts_page(house.runtime, house.people.admin, search="KEPALA", role="head")
        assert house.people.head.username in {row.account.username for row in found.rows}
        assert accounts_page(house.runtime, house.people.admin, search="%%%").rows == []
