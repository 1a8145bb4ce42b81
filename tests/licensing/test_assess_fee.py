"""The fee of a file: calculated by the billing officer, kept whole, billed to the rupiah."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from licensing.errors import (
    ApplicationEnded,
    BillStands,
    GuardRefused,
    InvalidInput,
    NotAllowed,
    SamePerson,
    SimulationOnly,
    StaleApplication,
    TakenByAnother,
)
from licensing.queries.bill_letters import skrd_paper
from licensing.runtime import Runtime
from licensing.services.assess_fee import AssessFee, assess_fee
from licensing.services.notes import take
from licensing.tariffs import PriceMissing, Sheet
from tests.bed import OwnerOf
from tests.factories import House, broken_promises
from tests.licensing.fees import (
    I_1,
    I_1_PRICES,
    I_1_TOTAL,
    I_2,
    I_2_PRICES,
    I_2_TOTAL,
    assess,
    at_billing,
    price,
)
from tests.licensing.visits import building_house
from tests.money import Till


def assessments(house: House, application: UUID) -> list[tuple[str, int, int]]:
    rows = house.rows(
        "SELECT id, amount_idr, sheet FROM fee_assessment WHERE application_id = %(id)s"
        " ORDER BY assessed_at",
        id=application,
    )
    return [
        (str(row.id), int(row.amount_idr), Sheet.from_json(row.sheet).total_idr) for row in rows
    ]


class TestTheBill:
    @pytest.mark.parametrize(
        ("prices", "answers", "total"),
        [(I_1_PRICES, I_1, I_1_TOTAL), (I_2_PRICES, I_2, I_2_TOTAL)],
        ids=["I-1", "I-2"],
    )
    def test_is_over_what_the_sheet_comes_to(
        self, till: Till, prices: Mapping[str, Decimal], answers: Mapping[str, str], total: int
    ) -> None:
        house = till.house
        price(house, prices)
        application = till.at_billing()

        assess(house, application, answers)
        house.press("issue_bill", application, by=house.people.billing)

        ((assessment, kept, sheet),) = assessments(house, application)
        bill = till.bill(application)
        assert (kept, sheet, int(bill.amount_idr)) == (total, total, total)
        assert str(bill.assessment_id) == assessment
        paper = skrd_paper(house.runtime, application, bill.id, house.people.billing)
        assert (paper.amount_idr, paper.sheet.total_idr) == (total, total)

    def test_that_is_issued_never_changes_with_a_second_calculation(self, till: Till) -> None:
        house = till.house
        price(house, I_1_PRICES)
        application = till.at_billing()
        assess(house, application, I_1)
        house.press("issue_bill", application, by=house.people.billing)
        first = till.bill(application)

        with pytest.raises(BillStands):
            assess(house, application, I_1 | {"luas": "200"})
        house.press("correct_bill", application, by=house.people.billing, reason="Salah ukur")
        assess(house, application, I_1 | {"luas": "200"})
        house.press("issue_bill", application, by=house.people.billing)

        again = house.rows("SELECT * FROM bill WHERE id = %(id)s", id=first.id)[0]
        assert (again.status, again.amount_idr, again.assessment_id) == (
            "cancelled",
            first.amount_idr,
            first.assessment_id,
        )
        assert int(till.bill(application).amount_idr) == I_1_TOTAL + 140_625
        old = skrd_paper(house.runtime, application, first.id, house.people.billing)
        assert (old.status, old.amount_idr) == ("cancelled", I_1_TOTAL)
        assert broken_promises(house) == {}

    def test_keeps_its_prices_when_the_region_sets_new_ones(self, till: Till) -> None:
        house = till.house
        price(house, I_2_PRICES)
        application = till.at_billing()
        assess(house, application, I_2)
        price(house, {"hsbg": Decimal(99_000)})
        house.press("issue_bill", application, by=house.people.billing)

        assert int(till.bill(application).amount_idr) == I_2_TOTAL


class TestACalculation:
    def test_is_a_line_of_history_a_new_version_and_nothing_moves(self, till: Till) -> None:
        house = till.house
        price(house, I_2_PRICES)
        application = till.at_billing()
        before = house.row(application)

        version = assess(house, application, I_2)

        after = house.row(application)
        line = house.rows(
            "SELECT * FROM application_event WHERE application_id = %(id)s"
            " ORDER BY seq DESC LIMIT 1",
            id=application,
        )[0]
        assert version == after.version == before.version + 1
        assert (after.step, after.due_at, after.lane) == (before.step, before.due_at, before.lane)
        assert (line.action, line.from_step, line.to_step) == ("fee_assessed", "billing", "billing")
        assert line.detail == {
            "assessment": after.state["fee"]["i"],
            "amount_idr": str(I_2_TOTAL),
        }
        assert line.actor_id == house.people.billing.id
        assert broken_promises(house) == {}

    def test_can_be_made_again_and_the_newest_one_stands(self, till: Till) -> None:
        house = till.house
        price(house, I_2_PRICES)
        application = till.at_billing()
        assess(house, application, I_2 | {"luas": "100"})
        assess(house, application, I_2)

        kept = assessments(house, application)
        assert [amount for _, amount, _ in kept] == [4_290_000, I_2_TOTAL]
        assert house.row(application).state["fee"] == {"i": kept[-1][0], "a": str(I_2_TOTAL)}

    def test_of_nothing_to_pay_lets_the_file_pass_without_a_bill(self, till: Till) -> None:
        house = till.house
        application = till.at_billing()

        assess(house, application, {"kepemilikan": "negara", "luas": "0"})
        with pytest.raises(GuardRefused, match="bill_due"):
            house.press("issue_bill", application, by=house.people.billing)
        receipt = house.press("nothing_to_pay", application, by=house.people.billing)

        assert receipt.to_step == "signature"
        assert house.rows("SELECT 1 FROM bill") == []

    def test_in_which_nothing_was_measured_is_refused(self, till: Till) -> None:
        with pytest.raises(InvalidInput) as refused:
            assess(till.house, till.at_billing(), {"kepemilikan": "perorangan", "luas": "0"})

        assert refused.value.faults == {"luas": "nothing_to_charge"}

    def test_without_a_price_names_it_and_keeps_nothing(self, till: Till) -> None:
        house = till.house
        application = till.at_billing()

        with pytest.raises(PriceMissing) as refused:
            assess(house, application, I_1)

        assert set(refused.value.missing) == set(I_1_PRICES)
        assert assessments(house, application) == []
        assert house.row(application).version == house.version(application)

    def test_with_wrong_answers_names_all_of_them(self, till: Till) -> None:
        with pytest.raises(InvalidInput) as refused:
            assess(till.house, till.at_billing(), I_2 | {"luas": "banyak", "kepemilikan": "istana"})

        assert refused.value.faults == {"luas": "number", "kepemilikan": "unknown_choice"}

    def test_is_never_changed_or_deleted_by_the_program(self, till: Till) -> None:
        house = till.house
        price(house, I_2_PRICES)
        application = till.at_billing()
        assess(house, application, I_2)

        for statement in (
            "UPDATE fee_assessment SET amount_idr = 1",
            "DELETE FROM fee_assessment",
        ):
            with (
                pytest.raises(DBAPIError, match="permission denied"),
                house.runtime.transaction(house.office_id) as connection,
                connection.begin_nested(),
            ):
                connection.exec_driver_sql(statement)


class TestWhoMayCalculate:
    @pytest.mark.parametrize("who", ["clerk", "verifier", "head", "admin", "teller", "everybody"])
    def test_nobody_but_the_billing_officer(self, till: Till, who: str) -> None:
        house = till.house
        application = till.at_billing()
        command = AssessFee(application, house.version(application), I_2)

        with pytest.raises(NotAllowed):
            assess_fee(house.runtime, command, getattr(house.people, who))

    def test_nor_at_a_step_that_asks_for_no_fee(self, till: Till) -> None:
        application = till.house.application("verification")

        with pytest.raises(NotAllowed, match="this step"):
            assess(till.house, application, I_2)

    def test_nor_while_a_colleague_holds_the_file(self, till: Till) -> None:
        house = till.house
        application = till.at_billing()
        take(house.runtime, application, house.people.billing)
        house.as_owner(
            "UPDATE application SET holder_id = %(who)s WHERE id = %(id)s",
            who=house.people.second_clerk.id,
            id=application,
        )

        with pytest.raises(TakenByAnother):
            assess(house, application, I_2)

    def test_nor_on_a_page_that_is_no_longer_how_the_file_stands(self, till: Till) -> None:
        house = till.house
        price(house, I_2_PRICES)
        application = till.at_billing()
        seen = house.version(application)
        assess(house, application, I_2)

        with pytest.raises(StaleApplication):
            assess_fee(house.runtime, AssessFee(application, seen, I_2), house.people.billing)

    def test_nor_after_the_end(self, till: Till) -> None:
        house = till.house
        application = house.application("withdrawn")

        with pytest.raises(ApplicationEnded):
            assess(house, application, I_2)

    def test_nor_at_a_time_of_ones_own_choice(self, till: Till) -> None:
        house = till.house
        application = till.at_billing()
        at = house.row(application).last_recorded_at

        with pytest.raises(SimulationOnly):
            assess_fee(
                house.runtime,
                AssessFee(application, house.version(application), I_2, at),
                house.people.billing,
            )

    def test_nor_once_it_is_paid(self, till: Till) -> None:
        application = till.paid()

        with pytest.raises(BillStands):
            assess(till.house, application, I_2)


class TestTheBuildingPermit:
    def test_whoever_calculated_its_fee_does_not_sign_it(
        self, runtime: Runtime, owner_db: OwnerOf
    ) -> None:
        house = building_house(runtime, owner_db)
        price(house, I_2_PRICES)
        application = at_billing(house)

        assess(house, application, I_2)

        assert house.row(application).state["who"]["billing"] == [str(house.people.billing.id)]
        house.press("issue_bill", application, by=house.people.billing)
        (bill,) = house.rows("SELECT * FROM bill")
        house.press(
            "pay",
            application,
            by=house.people.teller,
            inputs={"bill_id": str(bill.id), "amount_idr": str(bill.amount_idr)},
        )
        both = replace(house.people.billing, roles=frozenset({"head", "billing"}))
        with pytest.raises(SamePerson):
            house.press("sign", application, by=both)
        assert broken_promises(house) == {}
