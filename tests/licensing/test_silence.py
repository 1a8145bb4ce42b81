"""When nobody decides in time: the law grants, or the passing of its limit is recorded.

Source: UU 30/2014 Art 53, as changed by UU 6/2023.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import licensing.services.sweep_silence as silence_module
import licensing.services.take_action as door_module
from licensing.database import OWNER_ROLE, connect
from licensing.errors import ActionNotOffered, ApplicationEnded, LapsedByLaw, StaleApplication
from licensing.happenings import happenings
from licensing.people import Clock, Officer
from licensing.queries.silences import silences
from licensing.runtime import Runtime
from licensing.services.alert_preferences import AlertPreferences, set_alert_preferences
from licensing.services.door_sql import read_for_decision
from licensing.services.notes import hand_back, reassign, take
from licensing.services.papers import PaperMarks, give_verdicts
from licensing.services.recompute import recompute
from licensing.services.scans import attach_scan
from licensing.services.sweep import OfficeSweep, sweep
from licensing.services.sweep_silence import undecided
from licensing.services.take_action import TakeAction, take_action
from licensing.services.tell_watchers import tell_watchers
from tests.asks_sop import WORDS, with_opinions
from tests.bed import OwnerOf, Urls
from tests.factories import House, at_once, broken_promises, make_house, make_runtime
from tests.licensing.test_recompute import EIGHTH, close
from tests.licensing.test_sweep import MONDAY, wib
from tests.licensing.test_sweep_answers import chain_is_whole
from tests.money import Till
from tests.silence_sop import END, deemed, deemed_paid_siup, deemed_siup
from workflows.definitions import text_of
from workflows.ledger import ClockState
from workflows.silence import true_silence

# Five working days from Monday 6 July, 10:00: the law's limit ends at closing of Monday 13.
DUE = wib("2026-07-13 16:00")
LATER = DUE + timedelta(minutes=1)
DEEMED_ON = "2026-07-14"
PROMISES = ("I1", "I2", "I3", "I4", "I5", "I6", "I9", "I16", "I18", "I20", "I21", "I25", "I26")


@pytest.fixture
def office(runtime: Runtime, owner_db: OwnerOf) -> House:
    """A simulated office where silence grants the SIUP."""
    return make_house(runtime, owner_db, simulated=True, sop=deemed_siup())


@pytest.fixture
def flagging(simulated_house: House) -> House:
    """A simulated office with the SIUP as shipped: silence is flagged."""
    return simulated_house


@pytest.fixture
def committed(fresh_database: Urls, tmp_path: Path) -> Iterator[House]:
    """An office where silence grants, with real commits and many connections."""
    app = connect(fresh_database.app, pool_size=12)
    owner = connect(fresh_database.owner, role=OWNER_ROLE, pool_size=2)
    yield make_house(make_runtime(app, tmp_path), owner, simulated=True, sop=deemed_siup())
    app.dispose()
    owner.dispose()


def at_signature(house: House) -> UUID:
    """Return an application that waits for the signature since Monday 6 July, 10:00."""
    return house.application("signature", at=MONDAY)


def sign(house: House, application_id: UUID, at: datetime) -> None:
    house.press("sign", application_id, by=house.people.head, at=at)


def line(house: House, application_id: UUID, action: str) -> Any:
    rows = house.rows(
        "SELECT * FROM application_event WHERE application_id = %(id)s AND action = %(action)s",
        id=application_id,
        action=action,
    )
    assert len(rows) == 1
    return rows[0]


def told(house: House, event: str) -> list[tuple[str, UUID | None, str]]:
    rows = house.rows(
        "SELECT audience, officer_id, channel FROM notice WHERE event = %(event)s"
        " ORDER BY audience, channel",
        event=event,
    )
    return [tuple(row) for row in rows]


def swept(house: House, at: datetime) -> OfficeSweep:
    report = sweep(house.runtime, at=at, office_id=house.office_id)
    assert report.whole, report
    return report.offices[0]


class TestTheMomentAtWhichItIsTrue:
    """What is pressed at the due moment is in time; a minute later the law has decided."""

    def test_a_decision_exactly_at_the_due_moment_is_in_time(self, office: House) -> None:
        application = at_signature(office)

        sign(office, application, DUE)

        assert office.row(application).step == "handover"
        assert swept(office, LATER).lapsed == 0

    def test_a_minute_later_the_door_refuses_before_anybody_recorded_it(
        self, office: House
    ) -> None:
        application = at_signature(office)

        with pytest.raises(LapsedByLaw) as refused:
            sign(office, application, LATER)

        assert refused.value.since == DUE
        assert refused.value.deemed_on.isoformat() == DEEMED_ON
        assert refused.value.outcome == "lapsed"
        assert office.row(application).outcome is None

    def test_the_sweep_records_nothing_exactly_at_the_due_moment(self, office: House) -> None:
        application = at_signature(office)

        assert swept(office, DUE).lapsed == 0
        assert office.row(application).outcome is None

    def test_a_second_after_it_the_sweep_records_it(self, office: House) -> None:
        application = at_signature(office)

        assert swept(office, DUE + timedelta(seconds=1)).lapsed == 1
        assert office.row(application).outcome == "lapsed"

    def test_while_it_stands_with_the_applicant_the_law_does_not_run(self, office: House) -> None:
        application = office.application("correction", at=MONDAY)

        assert swept(office, LATER).lapsed == 0
        office.press("resubmit_correction", application, by=office.people.clerk, at=LATER)
        assert office.row(application).step == "verification"

    def test_a_limit_broken_with_us_does_not_heal_with_the_applicant(self, office: House) -> None:
        """It is true from the moment it passed; nothing that follows can be pressed."""
        application = office.application("verification", at=MONDAY)

        with pytest.raises(LapsedByLaw):
            office.press(
                "return_for_correction",
                application,
                by=office.people.verifier,
                reason="Terlambat",
                at=LATER,
            )
        assert swept(office, LATER).lapsed == 1

    def test_before_the_complete_file_is_accepted_nothing_lapses(self, office: House) -> None:
        office.application("intake", at=MONDAY)

        assert swept(office, DUE + timedelta(days=30)).lapsed == 0

    def test_a_signed_permit_does_not_lapse_while_it_waits_to_be_collected(
        self, office: House
    ) -> None:
        application = office.application("handover", at=MONDAY)

        assert swept(office, DUE + timedelta(days=30)).lapsed == 0
        assert office.row(application).outcome is None


class TestWhatIsRecorded:
    """The sweep alone records it: the file ends, once, and says since when it was so."""

    def test_the_file_ends_as_the_sop_says(self, office: House) -> None:
        application = at_signature(office)
        swept(office, LATER)

        row, happened = office.row(application), line(office, application, "lapse")
        assert (row.step, row.outcome, row.lane, row.due_at) == (END, "lapsed", None, None)
        assert (happened.from_step, happened.to_step, happened.lane) == ("signature", END, "clock")
        assert (happened.actor_id, happened.effective_at) == (None, LATER)
        assert datetime.fromisoformat(happened.detail["lapsed_at"]) == DUE
        assert happened.detail["deemed_on"] == DEEMED_ON
        assert happened.detail["limit"] == "law"
        assert "UU 30/2014" in happened.detail["source"]
        assert chain_is_whole(office, application)
        assert broken_promises(office, *PROMISES) == {}

    def test_asleep_for_days_it_is_recorded_late_and_true_since_then(self, office: House) -> None:
        application = at_signature(office)
        friday = wib("2026-07-24 10:00")
        swept(office, friday)

        happened = line(office, application, "lapse")
        assert happened.effective_at == friday
        assert datetime.fromisoformat(happened.detail["lapsed_at"]) == DUE
        assert happened.detail["deemed_on"] == DEEMED_ON
        assert broken_promises(office, *PROMISES) == {}

    def test_every_open_limit_is_closed_and_the_laws_is_late(self, office: House) -> None:
        application = at_signature(office)
        swept(office, LATER)

        limits = {
            row.key: row.status
            for row in office.rows(
                "SELECT key, status FROM deadline WHERE application_id = %(id)s", id=application
            )
        }
        assert limits["law"] == limits["service"] == "late"
        assert not {"running", "broken", "paused"} & set(limits.values())

    def test_a_file_on_hold_is_folded_as_it_was_moved(
        self, runtime: Runtime, owner_db: OwnerOf
    ) -> None:
        """What the clock carries is what its history gives, the hold ended with the file."""
        held = (
            deemed_siup()
            .replace(
                "    output: {id: Hasil verifikasi dan konsep keputusan",
                "    holds:\n      - {do: pause, resume: go_on, at_most: 9 working days,"
                " party: agency, source: Perda}\n"
                "    output: {id: Hasil verifikasi dan konsep keputusan",
            )
            .replace("  service:\n    within: 3", "  service:\n    within: 13")
            .replace("  law:\n    within: 5", "  law:\n    within: 13")
        )
        house = make_house(runtime, owner_db, simulated=True, sop=held)
        application = house.application("verification", at=MONDAY)
        house.press("pause", application, by=house.people.verifier, at=MONDAY)
        assert swept(house, MONDAY + timedelta(days=40)).lapsed == 1

        row = house.row(application)
        lines = house.rows(
            "SELECT * FROM application_event WHERE application_id = %(id)s ORDER BY seq",
            id=application,
        )
        with runtime.transaction(house.office_id) as connection:
            clockwork = runtime.clockwork(
                connection, row.sop_version_id, row.calendar_version_id, "next_working_day"
            )
        folded = clockwork.fold(happenings(clockwork.sop, lines))
        assert folded.carried() == ClockState.from_json(row.state["clock"])
        assert folded.held is None

    def test_looking_again_records_nothing_again(self, office: House) -> None:
        application = at_signature(office)
        for minutes in range(3):
            swept(office, LATER + timedelta(minutes=minutes))

        assert office.history(application).count("lapse") == 1
        assert len(told(office, "lapsed")) == 1

    def test_head_inspectorate_and_applicant_are_told_once(self, office: House) -> None:
        at_signature(office)
        for minutes in range(2):
            swept(office, LATER + timedelta(minutes=minutes))

        people = office.people
        heads = {people.head.id, people.everybody.id}
        assert told(office, "lapsed") == [("applicant", None, "email")]
        officers = told(office, "silence_granted")
        assert {(who, channel) for _, who, channel in officers} == {
            (who, channel)
            for who in {*heads, people.inspectorate.id}
            for channel in ("app", "email")
        }
        assert len(officers) == 6

    def test_nobody_can_press_it_but_the_clock(self, office: House) -> None:
        application = at_signature(office)
        early = TakeAction(application, "lapse", at=DUE)

        for who in (office.people.head, Clock(office.office_id)):
            with pytest.raises(ActionNotOffered):
                take_action(office.runtime, early, who)
        with pytest.raises(LapsedByLaw):
            take_action(
                office.runtime, TakeAction(application, "lapse", at=LATER), office.people.head
            )

    def test_in_an_office_that_is_not_simulated_a_chosen_time_writes_nothing(
        self, house: House
    ) -> None:
        house.application("signature")

        report = sweep(house.runtime, at=wib("2036-07-14 10:00"), office_id=house.office_id)

        assert not report.offices[0].written
        assert house.rows("SELECT 1 FROM application WHERE outcome = 'lapsed'") == []


class TestFrozen:
    """From the moment it is true until it is recorded nothing in the file can be changed."""

    @pytest.fixture
    def lapsing(self, office: House) -> UUID:
        """A file at the verifier of which the limit of the law has just passed."""
        application = office.application("verification", at=MONDAY)
        office.as_owner(
            "UPDATE office SET simulated = false WHERE id = %(id)s", id=office.office_id
        )
        return application

    def test_it_cannot_be_taken_or_given_to_somebody(self, office: House, lapsing: UUID) -> None:
        with pytest.raises(LapsedByLaw):
            take(office.runtime, lapsing, office.people.verifier)
        with pytest.raises(LapsedByLaw):
            reassign(
                office.runtime,
                lapsing,
                office.people.second_verifier.id,
                office.people.supervisor,
                reason="Libur",
            )

    def test_whoever_holds_it_may_hand_it_back(self, office: House) -> None:
        application = office.application("verification", at=MONDAY)
        office.as_owner(
            "UPDATE application SET holder_id = %(who)s WHERE id = %(id)s",
            who=office.people.verifier.id,
            id=application,
        )

        hand_back(office.runtime, application, office.people.verifier)

        assert office.row(application).holder_id is None

    def test_no_paper_is_marked_or_added(self, office: House, lapsing: UUID) -> None:
        marks = PaperMarks(lapsing, office.version(lapsing), {"ktp": ("correct", "")})
        with pytest.raises(LapsedByLaw):
            give_verdicts(office.runtime, marks, office.people.verifier)
        with pytest.raises(LapsedByLaw):
            attach_scan(office.runtime, lapsing, "ktp", b"%PDF-1.4", "ktp.pdf", office.people.clerk)

    @pytest.mark.parametrize("action", ["withdraw", "approve", "propose_refusal"])
    def test_nothing_is_pressed_not_even_a_withdrawal(
        self, office: House, lapsing: UUID, action: str
    ) -> None:
        by: Officer = office.people.clerk if action == "withdraw" else office.people.verifier
        with pytest.raises(LapsedByLaw):
            office.press(action, lapsing, by=by, reason="Alasan")

    def test_the_clock_discontinues_nothing_that_the_law_has_granted(self, office: House) -> None:
        application = at_signature(office)
        with pytest.raises(LapsedByLaw):
            take_action(
                office.runtime,
                TakeAction(application, "discontinue", at=LATER),
                Clock(office.office_id),
            )


class TestMoney:
    """An open bill is cancelled with the file; what the bank has booked stays booked."""

    @pytest.fixture
    def till(self, runtime: Runtime, owner_db: OwnerOf) -> Till:
        return Till(make_house(runtime, owner_db, simulated=True, sop=deemed_paid_siup()))

    def test_a_bill_waits_on_the_applicants_time(self, till: Till) -> None:
        application = till.billed(at=MONDAY)

        assert swept(till.house, LATER).lapsed == 0
        assert till.bill(application).status == "open"

    def test_a_paid_bill_stays_paid(self, till: Till) -> None:
        house = till.house
        application = till.billed(at=MONDAY)
        house.press(
            "pay", application, by=house.people.teller, inputs=till.inputs(application), at=MONDAY
        )
        assert swept(house, LATER).lapsed == 1

        assert till.bill(application).status == "paid"
        assert [row.reversed_at for row in till.payments(application)] == [None]
        assert "closed" not in line(house, application, "lapse").detail
        assert broken_promises(house, *PROMISES) == {}

    def test_a_payment_after_it_is_refused(self, till: Till) -> None:
        """The limit was broken while the file lay with us, and the bill came in between."""
        house = till.house
        application = till.billed(at=MONDAY)
        self.break_the_law(house, application)
        with pytest.raises(LapsedByLaw):
            house.press(
                "pay",
                application,
                by=house.people.teller,
                inputs=till.inputs(application),
                at=LATER,
            )
        assert till.payments(application) == []

    def test_an_open_bill_is_cancelled_and_the_applicant_hears_it(self, till: Till) -> None:
        house = till.house
        application = till.billed(at=MONDAY)
        self.break_the_law(house, application)
        assert swept(house, LATER).lapsed == 1

        assert till.bill(application).status == "cancelled"
        assert line(house, application, "lapse").detail["closed"] == "cancelled"
        params = house.rows("SELECT params FROM notice WHERE event = 'lapsed'")[0].params
        assert params["bill_cancelled"] is True
        assert broken_promises(house, "I3", "I5", "I6", "I9", "I20", "I21") == {}

    @staticmethod
    def break_the_law(house: House, application: UUID) -> None:
        """Let the limit of the law run on while the bill is out, as an office's own rule may."""
        house.as_owner(
            """
            UPDATE application
               SET due_at = %(due)s, state = jsonb_set(state::jsonb, '{clock,l}', (
                     SELECT jsonb_agg(CASE WHEN l ->> 0 = 'law'
                       THEN jsonb_build_array('law', l -> 1, 5, 0, %(minute)s::bigint, 1)
                       ELSE l END)
                       FROM jsonb_array_elements(state::jsonb #> '{clock,l}') l))
             WHERE id = %(id)s
            """,
            id=application,
            due=DUE,
            minute=int(DUE.timestamp()) // 60,
        )
        house.as_owner(
            "UPDATE deadline SET status = 'broken', due_at = %(due)s, broken_at = %(due)s"
            " WHERE application_id = %(id)s AND key = 'law'",
            id=application,
            due=DUE,
        )


class TestFlag:
    """Where the SOP says `flag`, the passing is recorded and the file goes on."""

    def test_it_is_noted_once_and_the_file_goes_on(self, flagging: House) -> None:
        application = at_signature(flagging)
        for minutes in range(3):
            swept(flagging, LATER + timedelta(minutes=minutes))

        noted = line(flagging, application, "silence")
        assert (noted.from_step, noted.to_step, noted.actor_id) == ("signature", "signature", None)
        assert noted.detail["limit"] == "law"
        assert datetime.fromisoformat(noted.detail["since"]) == DUE
        sign(flagging, application, LATER + timedelta(days=1))
        assert flagging.row(application).step == "handover"
        assert chain_is_whole(flagging, application)
        assert broken_promises(flagging, *PROMISES) == {}

    def test_the_sweep_counts_what_it_flagged(self, flagging: House) -> None:
        at_signature(flagging)

        assert swept(flagging, DUE).flagged == 0
        assert swept(flagging, LATER).flagged == 1
        assert swept(flagging, LATER).flagged == 0

    def test_head_and_inspectorate_are_told_and_the_applicant_is_not(self, flagging: House) -> None:
        at_signature(flagging)
        swept(flagging, LATER)

        people = flagging.people
        officers = {who for _, who, _ in told(flagging, "silence_flagged")}
        assert officers == {people.head.id, people.everybody.id, people.inspectorate.id}
        assert told(flagging, "lapsed") == []

    def test_whoever_holds_the_file_keeps_it(self, flagging: House) -> None:
        application = at_signature(flagging)
        take(flagging.runtime, application, flagging.people.head)
        # Taken now, years after the simulated Monday: the sweep looks later still.
        swept(flagging, wib("2036-07-14 10:00"))

        assert flagging.row(application).holder_id == flagging.people.head.id
        assert "silence" in flagging.history(application)

    def test_an_sop_that_says_none_records_nothing(
        self, runtime: Runtime, owner_db: OwnerOf
    ) -> None:
        quiet = text_of("siup").replace("silence: flag", "silence: none")
        house = make_house(runtime, owner_db, simulated=True, sop=quiet)
        application = at_signature(house)

        report = swept(house, LATER)

        assert (report.lapsed, report.flagged) == (0, 0)
        assert "silence" not in house.history(application)


class TestRaces:
    """However many look, and whoever dies, it is recorded once."""

    def test_four_sweeps_at_once_record_each_once(self, committed: House) -> None:
        ids = [at_signature(committed) for _ in range(4)]
        reports = []
        start = threading.Barrier(4)

        def look() -> None:
            start.wait()
            reports.append(sweep(committed.runtime, at=LATER))

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert all(report.whole for report in reports)
        assert sum(report.lapsed for report in reports) == len(ids)
        for application in ids:
            assert committed.history(application).count("lapse") == 1
            assert chain_is_whole(committed, application)
        assert len(told(committed, "lapsed")) == len(ids)
        assert len(told(committed, "silence_granted")) == 6 * len(ids)
        assert broken_promises(committed, *PROMISES) == {}

    def test_four_sweeps_at_once_flag_each_once(self, fresh_database: Urls, tmp_path: Path) -> None:
        app = connect(fresh_database.app, pool_size=12)
        owner = connect(fresh_database.owner, role=OWNER_ROLE, pool_size=2)
        house = make_house(make_runtime(app, tmp_path), owner, simulated=True)
        ids = [at_signature(house) for _ in range(4)]

        reports = at_once(*[partial(sweep, house.runtime, at=LATER)] * 4)

        assert sum(report.flagged for report in reports) == len(ids)
        for application in ids:
            assert house.history(application).count("silence") == 1
            assert chain_is_whole(house, application)
        app.dispose()
        owner.dispose()

    def test_what_another_sweep_has_flagged_meanwhile_is_not_flagged_again(
        self, flagging: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        application = at_signature(flagging)
        found = list(undecided(flagging.runtime, flagging.office_id, LATER))
        swept(flagging, LATER)

        monkeypatch.setattr(silence_module, "undecided", lambda *_: iter(found))
        assert swept(flagging, LATER).flagged == 0
        assert flagging.history(application).count("silence") == 1

    def test_a_signer_who_was_in_time_wins_over_the_sweep(
        self, office: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        application = at_signature(office)

        def signed_meanwhile(*arguments: object) -> object:
            monkeypatch.undo()
            sign(office, application, DUE)
            return take_action(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(silence_module, "take_action", signed_meanwhile)
        assert swept(office, LATER).lapsed == 0

        assert office.row(application).step == "handover"

    def test_a_signer_behind_the_sweep_hears_that_it_has_ended(self, office: House) -> None:
        application = at_signature(office)
        swept(office, LATER)

        with pytest.raises(ApplicationEnded):
            sign(office, application, LATER)

    def test_killed_while_it_records_nothing_is_half_written(
        self, office: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        application = at_signature(office)

        def dies(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(door_module, "tell_watchers", dies)
        with pytest.raises(KeyboardInterrupt):
            sweep(office.runtime, at=LATER)
        monkeypatch.undo()
        assert office.row(application).outcome is None
        assert told(office, "lapsed") == []

        assert swept(office, LATER).lapsed == 1
        assert len(told(office, "silence_granted")) == 6
        assert broken_promises(office, *PROMISES) == {}

    def test_one_file_that_cannot_be_read_keeps_no_other_waiting_and_is_told(
        self, office: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken, other = at_signature(office), at_signature(office)

        def fails_on_one(runtime: Runtime, command: TakeAction, by: Clock) -> object:
            if command.application_id == broken:
                raise ValueError("damaged")
            return take_action(runtime, command, by)

        monkeypatch.setattr(silence_module, "take_action", fails_on_one)
        report = sweep(office.runtime, at=LATER)

        assert office.row(broken).outcome is None
        assert office.row(other).outcome == "lapsed"
        assert not report.whole
        assert str(broken) in (report.offices[0].failure or "")


class TestWhatTheSweepReads:
    """Files in time, flagged before or with the applicant are not looked at one by one."""

    def test_it_finds_late_files_page_by_page(
        self, office: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ids = {at_signature(office) for _ in range(5)}
        office.application("signature", at=DUE - timedelta(days=3))
        monkeypatch.setattr(silence_module, "_PAGE", 2)

        found = [found for found, _ in undecided(office.runtime, office.office_id, LATER)]

        assert len(found) == len(set(found))
        assert set(found) == ids

    def test_what_was_flagged_is_not_found_again(self, flagging: House) -> None:
        at_signature(flagging)
        swept(flagging, LATER)

        assert list(undecided(flagging.runtime, flagging.office_id, LATER)) == []


class TestAnotherCalendar:
    """A holiday that is announced moves the limit of the law, while nothing is recorded."""

    @pytest.fixture
    def announced(self, office: House) -> UUID:
        """A file whose limit has just passed, and a calendar that gives it a day more."""
        application = at_signature(office)
        close(office, EIGHTH)
        return application

    def test_nothing_is_recorded_before_the_file_is_counted_anew(
        self, office: House, announced: UUID
    ) -> None:
        assert swept(office, LATER).lapsed == 0
        assert office.row(announced).outcome is None

    def test_counted_anew_it_is_untrue_and_the_signature_is_in_time(
        self, office: House, announced: UUID
    ) -> None:
        recompute(office.runtime, at=LATER)

        assert swept(office, LATER).lapsed == 0
        sign(office, announced, LATER)
        assert office.row(announced).step == "handover"

    def test_a_day_later_it_is_true_after_all(self, office: House, announced: UUID) -> None:
        recompute(office.runtime, at=LATER)

        assert swept(office, LATER + timedelta(days=1)).lapsed == 1
        happened = line(office, announced, "lapse")
        assert datetime.fromisoformat(happened.detail["lapsed_at"]) == DUE + timedelta(days=1)
        assert broken_promises(office, *PROMISES) == {}

    def test_what_was_recorded_stays(self, office: House) -> None:
        application = at_signature(office)
        swept(office, LATER)
        close(office, EIGHTH)
        recompute(office.runtime, at=LATER)

        assert office.row(application).outcome == "lapsed"
        assert line(office, application, "lapse").detail["deemed_on"] == DEEMED_ON


class TestAsks:
    """Opinions that nobody gave are dropped with the file."""

    @pytest.fixture
    def asking(self, runtime: Runtime, owner_db: OwnerOf) -> House:
        return make_house(runtime, owner_db, simulated=True, sop=deemed(with_opinions()))

    def test_open_asks_are_closed_unanswered(self, asking: House) -> None:
        application = at_signature(asking)
        assert swept(asking, LATER).lapsed == 1

        asks = asking.rows("SELECT answer, lane, closed_at FROM ask ORDER BY key")
        assert [tuple(row) for row in asks] == [("dropped", None, LATER)] * 2
        assert asking.row(application).state["asks"] == {}
        assert broken_promises(asking, *PROMISES) == {}

    def test_an_agency_that_answers_too_late_is_refused(self, asking: House) -> None:
        application = at_signature(asking)
        with pytest.raises(LapsedByLaw):
            asking.press(
                "agree_lh",
                application,
                by=asking.people.agency_lh,
                inputs=WORDS,
                ask="opinion_lh#1",
                at=LATER,
            )


class TestTheRace:
    def test_a_signature_in_time_and_the_sweep_end_in_one_of_the_two(
        self, committed: House
    ) -> None:
        """Whoever takes the lock first decides; never both, and every promise holds."""
        ids = [at_signature(committed) for _ in range(6)]
        calls: list[Callable[[], object]] = [
            partial(sign, committed, application, DUE) for application in ids
        ]
        found = at_once(*calls, partial(sweep, committed.runtime, at=LATER))

        refused = [one for one in found[:-1] if one is not None]
        assert all(isinstance(one, ApplicationEnded | StaleApplication) for one in refused), found
        for application in ids:
            row, history = committed.row(application), committed.history(application)
            assert (row.step, row.outcome) in ((END, "lapsed"), ("handover", None))
            assert history.count("lapse") + history.count("sign") == 1
        # The signature is dated back here, as no press can be outside a simulation.
        assert broken_promises(committed, *(set(PROMISES) - {"I16"})) == {}


def test_letters_to_officers_about_it_leave_when_the_office_opens(office: House) -> None:
    """A limit passes at closing, when nobody reads letters but who said so."""
    people, application = office.people, at_signature(office)
    wants_all = AlertPreferences(outside_hours=True)
    set_alert_preferences(office.runtime, people.inspectorate, wants_all)
    office.as_owner("UPDATE office SET simulated = false")

    with office.runtime.transaction(office.office_id) as connection:
        case = read_for_decision(connection, application)
        clockwork = office.runtime.clockwork(
            connection, case.sop_version_id, case.calendar_version_id, case.late_receipt
        )
        silence = true_silence(clockwork, ClockState.from_json(case.state["clock"]), LATER)
        assert silence is not None
        tell_watchers(connection, case, clockwork, "silence_granted", silence, at=LATER)

    letters = office.rows(
        "SELECT officer_id, next_try_at FROM notice"
        " WHERE event = 'silence_granted' AND channel = 'email'"
    )
    leaves = {row.officer_id: row.next_try_at for row in letters}
    assert leaves[people.head.id] == wib("2026-07-14 07:30")
    assert leaves[people.inspectorate.id] == LATER


@pytest.mark.parametrize("from_scratch", [False, True], ids=["quick", "from-scratch"])
class TestWhatHasNotPassedAfterAll:
    """Another calendar moves the limit ahead of what was recorded: then it passes once more."""

    def test_is_no_longer_listed_as_undecided_and_is_recorded_when_it_passes(
        self, flagging: House, from_scratch: bool
    ) -> None:
        application = at_signature(flagging)
        assert swept(flagging, LATER).flagged == 1
        heard = len(told(flagging, "silence_flagged"))
        assert self.listed(flagging) == [application]
        close(flagging, EIGHTH)
        recompute(flagging.runtime, at=LATER, from_scratch=from_scratch)

        assert self.listed(flagging) == []
        assert swept(flagging, LATER).flagged == 0
        assert swept(flagging, LATER + timedelta(days=1)).flagged == 1
        assert swept(flagging, LATER + timedelta(days=2)).flagged == 0

        assert self.listed(flagging) == [application]
        assert flagging.history(application).count("silence") == 2
        assert len(told(flagging, "silence_flagged")) == 2 * heard
        assert broken_promises(flagging, *PROMISES) == {}

    def test_stays_recorded_once_where_it_has_passed_all_the_same(
        self, flagging: House, from_scratch: bool
    ) -> None:
        application = at_signature(flagging)
        much_later = LATER + timedelta(days=7)
        assert swept(flagging, much_later).flagged == 1
        close(flagging, EIGHTH)
        recompute(flagging.runtime, at=much_later, from_scratch=from_scratch)

        assert swept(flagging, much_later).flagged == 0
        assert flagging.history(application).count("silence") == 1
        assert self.listed(flagging) == [application]

    def listed(self, house: House) -> list[UUID]:
        rows = silences(house.runtime, house.people.head, "terbuka").rows
        return [row.application_id for row in rows]
