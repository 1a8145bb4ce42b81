"""An SOP that forgets a guard of money gets no more past the cashier than one that asks it."""

from __future__ import annotations

import pytest

from licensing.errors import GuardRefused
from licensing.runtime import Runtime
from tests.bed import OwnerOf
from tests.factories import make_house
from tests.money import Till, paid_siup


def without(guard: str) -> str:
    text = paid_siup()
    line = f"        only_if: {guard}\n"
    assert text.count(line) == 1
    return text.replace(line, "")


@pytest.fixture
def open_till(runtime: Runtime, owner_db: OwnerOf, request: pytest.FixtureRequest) -> Till:
    return Till(make_house(runtime, owner_db, sop=without(request.param)))


@pytest.mark.parametrize("open_till", ["bill_due"], indirect=True)
class TestWithoutBillDue:
    def test_no_bill_is_issued_before_the_fee_is_calculated(self, open_till: Till) -> None:
        application = open_till.at_billing()
        with pytest.raises(GuardRefused, match="bill_due") as refused:
            open_till.house.press("issue_bill", application, by=open_till.house.people.billing)
        assert refused.value.missing == ("fee",)

    def test_no_bill_is_issued_over_nothing(self, open_till: Till) -> None:
        application = open_till.at_billing()
        open_till.assess(application, 0)
        with pytest.raises(GuardRefused, match="bill_due"):
            open_till.house.press("issue_bill", application, by=open_till.house.people.billing)


@pytest.mark.parametrize("open_till", ["paid_today"], indirect=True)
class TestWithoutPaidToday:
    def test_nothing_is_taken_back_on_a_later_day(self, open_till: Till) -> None:
        application = open_till.paid()
        open_till.house.as_owner(
            "UPDATE application SET state = jsonb_set(state::jsonb, '{bill,d}', '\"2020-01-02\"')"
            " WHERE id = %(id)s",
            id=application,
        )
        with pytest.raises(GuardRefused, match="paid_today"):
            open_till.take_back(application)
        assert open_till.bill(application).status == "paid"
