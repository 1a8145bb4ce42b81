"""The building permit at the door: its main way and every side path, on real rules and real time.

Days are those of July 2026, working hours 07:30 to 16:00, in an office whose time is the test's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest

from licensing.errors import AmountDiffers, ApplicationEnded, GuardRefused, Refusal, SamePerson
from licensing.people import Officer
from licensing.queries.application import view_application
from licensing.runtime import Runtime
from licensing.sample.inputs import inputs_for
from licensing.sample.stories import Beat
from licensing.services.assess_fee import AssessFee, assess_fee
from licensing.services.sweep import sweep
from tests.bed import OwnerOf
from tests.factories import House, broken_promises
from tests.licensing import fees
from tests.licensing.visits import building, building_house, report_inputs
from workflows.sop import Party
from workflows.worktime import Calendar

MONDAY = datetime(2026, 7, 6, 2, 0, tzinfo=UTC)  # 09:00 in western Indonesia


@dataclass(slots=True)
class Case:
    """One building permit, and the time at which the next thing happens to it."""

    house: House
    calendar: Calendar
    id: UUID
    at: datetime
    inputs: Mapping[str, str] = field(default_factory=dict)

    def later(self, minutes: int) -> None:
        self.at = self.calendar.after_minutes(self.at, minutes)

    def do(
        self,
        action: str,
        by: Officer,
        *,
        reason: str | None = None,
        ask: str | None = None,
        **inputs: Any,
    ) -> None:
        """Press `action`, ten office minutes after what was pressed last."""
        self.later(10)
        seen = view_application(self.house.runtime, self.id, by)
        beat = Beat(0, "counter", action, reason, ask=ask)
        typed = dict(inputs_for(seen, beat, Random(1), self.calendar, self.at)) | inputs
        self.house.press(action, self.id, by=by, reason=reason, inputs=typed, ask=ask, at=self.at)

    def refused(self, action: str, by: Officer, **more: Any) -> Refusal:
        with pytest.raises(Refusal) as refusal:
            self.do(action, by, **more)
        return refusal.value

    # -- deeds

    def opine(self, agency: str, answer: str = "agree", *, ordinal: int = 1) -> None:
        people = self.house.people
        ask = f"opinion_{agency}#{ordinal}"
        self.do("propose", getattr(people, f"agency_{agency}"), ask=ask)
        reason = "Tidak sesuai aturan." if answer == "object" else None
        self.do(answer, getattr(people, f"agency_head_{agency}"), ask=ask, reason=reason)

    def opine_all(self, *, ordinal: int = 1) -> None:
        for agency in ("pu", "lh"):
            self.opine(agency, ordinal=ordinal)

    def visit(self, *, fits: bool = True) -> None:
        """Plan the visit for the next working day, and report on it then."""
        people = self.house.people
        self.do("schedule", people.inspector)
        self.later(510)
        if fits:
            self.do("report", people.inspector)
            return
        found = (("Garis sempadan", "2 m, seharusnya 5 m", "no"),)
        wrong = report_inputs(self.calendar.local_date(self.at), findings=found, fits="no")
        self.do("report", people.inspector, **wrong)

    def to_billing(self) -> None:
        self.opine_all()
        self.visit()
        self.do("propose_grant", self.house.people.verifier)

    def bill(self, answers: Mapping[str, str] = fees.I_2) -> None:
        billing = self.house.people.billing
        command = AssessFee(self.id, self.house.version(self.id), answers, self.at)
        assess_fee(self.house.runtime, command, billing)
        self.do("issue_bill", billing)

    def run_out(self, days: int = 16) -> None:
        """Let days pass, with the clock looking at each."""
        for _ in range(days):
            self.at += timedelta(days=1)
            sweep(self.house.runtime, office_id=self.house.office_id, at=self.at)

    # -- what stands

    @property
    def step(self) -> str:
        return str(self.house.row(self.id).step)

    @property
    def outcome(self) -> str | None:
        found: str | None = self.house.row(self.id).outcome
        return found

    def bills(self) -> list[tuple[str, Decimal]]:
        rows = self.house.rows(
            "SELECT status, amount_idr FROM bill WHERE application_id = %(id)s ORDER BY issued_at",
            id=self.id,
        )
        return [(row.status, row.amount_idr) for row in rows]

    def payments(self) -> list[bool]:
        """Return of every booking whether it stands."""
        rows = self.house.rows(
            "SELECT y.reversed_at IS NULL AS stands FROM payment y JOIN bill b ON b.id = y.bill_id"
            " WHERE b.application_id = %(id)s ORDER BY y.recorded_at",
            id=self.id,
        )
        return [row.stands for row in rows]

    def told(self) -> list[str]:
        rows = self.house.rows(
            "SELECT event FROM notice WHERE application_id = %(id)s AND audience = 'applicant'"
            " ORDER BY created_at",
            id=self.id,
        )
        return [row.event for row in rows]

    def days_of(self, party: Party) -> int:
        """Return how many working days the ledger gives to a party."""
        seen = view_application(self.house.runtime, self.id, self.house.people.head)
        return seen.totals.days.get(party, 0)


@pytest.fixture
def case(runtime: Runtime, owner_db: OwnerOf) -> Case:
    """A building permit that was approved on a Monday morning: the agencies have been asked."""
    house = building_house(runtime, owner_db, simulated=True)
    house.as_owner(
        "INSERT INTO tariff_price (office_id, tariff, name, since, value_idr, source)"
        " VALUES (%(office)s, 'imb', 'hsbg', '2020-01-01', 20000, 'Perda Kota Contoh 3/2012')",
        office=house.office_id,
    )
    with runtime.transaction(house.office_id) as connection:
        version = connection.exec_driver_sql("SELECT id FROM calendar_version").scalar_one()
        calendar = runtime.calendar(connection, version, "next_working_day")
    return Case(house, calendar, building(house, at=MONDAY), MONDAY)


def whole(case: Case) -> None:
    """Check every invariant."""
    assert broken_promises(case.house) == {}


class TestTheMainWay:
    def test_leads_over_both_agencies_the_visit_and_the_bank_to_the_handover(
        self, case: Case
    ) -> None:
        people = case.house.people
        case.to_billing()
        case.bill()
        assert case.bills() == [("open", Decimal(fees.I_2_TOTAL))]
        case.do("pay", people.teller)
        assert (case.bills(), case.payments()) == ([("paid", Decimal(fees.I_2_TOTAL))], [True])
        case.do("sign", people.head)
        case.do("hand_over", people.clerk)

        assert case.outcome == "granted"
        for event in ("visit_scheduled", "billed", "paid", "granted"):
            assert event in case.told()
        whole(case)

    def test_fits_into_seven_working_days_when_everybody_takes_his_whole_time(
        self, case: Case
    ) -> None:
        rows = case.house.rows(
            "SELECT due_at FROM deadline WHERE application_id = %(id)s AND key = 'service'",
            id=case.id,
        )

        # Accepted on Monday 6; the seventh day after it is Wednesday 15, 16:00.
        assert rows[0].due_at == datetime(2026, 7, 15, 9, 0, tzinfo=UTC)

    def test_needs_both_opinions(self, case: Case) -> None:
        case.opine("pu")
        case.visit()

        refusal = case.refused("propose_grant", case.house.people.verifier)

        assert isinstance(refusal, GuardRefused)
        assert (refusal.guard, refusal.missing) == ("asks_answered", ("opinion_lh#1",))

    def test_without_a_fee_skips_the_bank(self, case: Case) -> None:
        people = case.house.people
        case.to_billing()
        free = {**fees.I_2, "kepemilikan": "negara"}
        command = AssessFee(case.id, case.house.version(case.id), free, case.at)
        assess_fee(case.house.runtime, command, people.billing)

        assert isinstance(case.refused("issue_bill", people.billing), GuardRefused)
        case.do("nothing_to_pay", people.billing)

        assert (case.step, case.bills()) == ("signature", [])
        whole(case)


class TestSidePaths:
    def test_a_negative_opinion_cannot_be_passed_over_and_ends_in_a_refusal(
        self, case: Case
    ) -> None:
        people = case.house.people
        case.opine("pu")
        case.opine("lh", "object")
        case.visit()
        refusal = case.refused("propose_grant", people.verifier)
        assert isinstance(refusal, GuardRefused)
        assert refusal.guard == "not_negative"

        case.do("propose_refusal", people.verifier, reason="Dinas keberatan.")
        case.do("refuse", people.head, reason="Berada di garis sempadan sungai.")

        assert (case.outcome, case.bills()) == ("refused", [])
        whole(case)

    def test_after_corrected_plans_the_newest_opinions_count(self, case: Case) -> None:
        people = case.house.people
        case.opine("pu", "object")
        case.opine("lh")
        case.visit()
        case.do("return_for_plans", people.verifier, reason="Perbaiki sempadan.")
        case.later(900)
        case.do("resubmit_plans", people.clerk)
        case.opine_all(ordinal=2)
        case.do("propose_grant", people.verifier)

        assert case.step == "billing"
        whole(case)

    def test_a_visit_that_does_not_fit_is_made_again_once_and_no_more(self, case: Case) -> None:
        people = case.house.people
        case.opine_all()
        case.visit(fits=False)
        assert isinstance(case.refused("propose_grant", people.verifier), GuardRefused)
        case.do("second_visit", people.verifier, reason="Pemilik sudah membongkar.")
        case.visit(fits=False)
        refusal = case.refused("second_visit", people.verifier, reason="Sekali lagi.")
        assert isinstance(refusal, GuardRefused)

        case.do("propose_refusal", people.verifier, reason="Tetap melanggar.")
        assert case.step == "refusal"
        whole(case)

    def test_a_postponed_visit_is_the_applicants_time(self, case: Case) -> None:
        people = case.house.people
        case.opine_all()
        case.do("schedule", people.inspector)
        case.do("postpone", people.clerk, reason="Pemilik di luar kota.")
        assert case.step == "visit_postponed"
        case.later(3 * 510)
        case.do("ready_again", people.clerk)
        case.visit()

        assert case.days_of(Party.APPLICANT) == 3
        assert "visit_postponed" in case.told()
        whole(case)

    def test_an_expired_bill_is_not_paid_and_a_new_one_is(self, case: Case) -> None:
        people = case.house.people
        case.to_billing()
        case.bill()
        case.run_out()
        assert (case.step, case.bills()[0][0]) == ("bill_expired", "expired")
        assert "bill_expired" in case.told()

        # Too late: the teller's button is no longer there, and nothing is booked.
        case.refused("pay", people.teller)
        assert case.payments() == []

        case.do("ask_new_bill", people.clerk)
        case.do("issue_bill", people.billing)
        case.do("pay", people.teller)
        assert [status for status, _ in case.bills()] == ["expired", "paid"]
        whole(case)

    def test_withdrawn_after_the_bill_leaves_nothing_to_pay(self, case: Case) -> None:
        people = case.house.people
        case.to_billing()
        case.bill()
        case.do("withdraw", people.clerk, reason="Batal membangun.")

        assert (case.outcome, case.bills()[0][0]) == ("withdrawn", "cancelled")
        with pytest.raises(ApplicationEnded):
            case.house.press("pay", case.id, by=people.teller, at=case.at)
        whole(case)

    def test_a_wrong_bill_is_cancelled_and_issued_anew_never_edited(self, case: Case) -> None:
        people = case.house.people
        case.to_billing()
        case.bill()
        case.do("correct_bill", people.billing, reason="Luas salah.")
        case.bill({**fees.I_2, "luas": "120"})

        assert case.bills() == [
            ("cancelled", Decimal(fees.I_2_TOTAL)),
            ("open", Decimal(fees.I_2_TOTAL) / 2),
        ]
        whole(case)

    def test_a_booking_is_taken_back_on_its_own_day_by_another_person(self, case: Case) -> None:
        people = case.house.people
        case.to_billing()
        case.bill()
        case.do("pay", people.teller)
        case.do("reverse_payment", people.bank_supervisor, reason="Salah tagihan.")
        assert (case.step, case.bills()[0][0], case.payments()) == ("payment", "open", [False])
        case.do("pay", people.second_teller)
        assert case.payments() == [False, True]

        case.later(510)
        refusal = case.refused("reverse_payment", people.bank_supervisor, reason="Terlambat.")
        assert isinstance(refusal, GuardRefused)
        assert refusal.guard == "paid_today"
        whole(case)

    def test_what_the_head_sends_back_is_not_billed_twice(self, case: Case) -> None:
        people = case.house.people
        case.to_billing()
        case.bill()
        case.do("pay", people.teller)
        case.do("send_back", people.head, reason="Lengkapi penilaian.")
        case.do("propose_grant", people.verifier)
        assert isinstance(case.refused("issue_bill", people.billing), GuardRefused)
        case.do("nothing_to_pay", people.billing)

        assert (case.step, len(case.bills())) == ("signature", 1)
        whole(case)

    def test_a_refusal_proposed_early_does_not_lead_past_the_agencies(self, case: Case) -> None:
        second = Case(
            case.house,
            case.calendar,
            building(case.house, at=case.at),
            case.at,
        )
        assert second.step == "visit_planning"
        case.refused("propose_refusal", case.house.people.verifier, reason="Terlambat.")


class TestTheWindow:
    @pytest.mark.parametrize(
        "wrong", [{"amount_idr": "10295999"}, {"amount_idr": "1"}, {"bill_id": str(UUID(int=1))}]
    )
    def test_books_the_open_bill_to_the_rupiah_or_not_at_all(
        self, case: Case, wrong: dict[str, str]
    ) -> None:
        case.to_billing()
        case.bill()

        with pytest.raises(AmountDiffers):
            case.do("pay", case.house.people.teller, **wrong)

        assert (case.payments(), case.step) == ([], "payment")

    def test_has_its_bill_in_the_state_as_in_its_row(self, case: Case) -> None:
        case.to_billing()
        case.bill()
        row = case.house.rows("SELECT id, amount_idr, status FROM bill")[0]

        assert case.house.row(case.id).state["bill"] == {
            "i": str(row.id), "a": str(row.amount_idr), "s": row.status,
        }  # fmt: skip
        assert json.dumps(case.house.row(case.id).state)


def test_who_visited_does_not_bill(case: Case) -> None:
    inspector = case.house.people.inspector
    case.to_billing()
    visitor = replace(inspector, roles=frozenset({"inspector", "billing"}))
    command = AssessFee(case.id, case.house.version(case.id), fees.I_2, case.at)
    with pytest.raises(SamePerson):
        assess_fee(case.house.runtime, command, visitor)
    assess_fee(case.house.runtime, command, case.house.people.billing)

    refusal = case.refused("issue_bill", visitor)

    assert isinstance(refusal, SamePerson)
