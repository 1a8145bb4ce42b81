"""A permit issued in the place of another: it ends the old one and says so, and only that one."""

from __future__ import annotations

from typing import Any

import pytest

from licensing.errors import InvalidInput
from licensing.queries.letters import permit
from tests.factories import House, make_applicant

OWNER = make_applicant(801)
SHOP = "Toko Lestari"


def issued(house: House) -> Any:
    """Return the permit of a shop."""
    house.application("issued", applicant=OWNER, business_name=SHOP)
    return house.rows("SELECT id, number, status FROM permit")[0]


def refused(house: House, number: str, **different: Any) -> dict[str, str]:
    """Return what is wrong with an application to replace the permit `number`."""
    with pytest.raises(InvalidInput) as caught:
        house.file(
            **{
                "purpose": "replacement",
                "applicant": OWNER,
                "business_name": SHOP,
                "fields": {"previous_permit": number},
                **different,
            }
        )
    return caught.value.faults


@pytest.mark.parametrize("purpose", ["replacement", "change"])
def test_issuing_ends_the_old_permit_and_prints_its_number(house: House, purpose: str) -> None:
    old = issued(house)

    new = house.application(
        "handover",
        purpose=purpose,
        applicant=OWNER,
        business_name=SHOP,
        fields={"previous_permit": old.number},
    )

    after = house.rows("SELECT id, replaces_id, status FROM permit ORDER BY issued_on, number")
    assert {row.id: row.status for row in after}[old.id] == "superseded"
    assert [row.status for row in after if row.replaces_id == old.id] == ["valid"]
    assert permit(house.runtime, new, house.people.clerk).replaces == old.number


def test_until_then_the_old_permit_holds(house: House) -> None:
    old = issued(house)

    house.application(
        "signature",
        purpose="replacement",
        applicant=OWNER,
        business_name=SHOP,
        fields={"previous_permit": old.number},
    )

    assert house.rows("SELECT status FROM permit")[0].status == "valid"


def test_a_number_left_in_the_form_of_a_new_application_replaces_nothing(house: House) -> None:
    old = issued(house)

    filed = house.file(
        applicant=OWNER, business_name=SHOP, fields={"previous_permit": old.number}
    ).application_id

    found = house.rows(
        "SELECT replaces_permit_id FROM dossier WHERE application_id = %(id)s", id=filed
    )
    assert found[0].replaces_permit_id is None


def test_the_permit_of_somebody_else_is_not_replaced(house: House) -> None:
    old = issued(house)

    faults = refused(
        house, old.number, applicant=make_applicant(802), business_name="Toko Seberang"
    )

    assert faults == {"previous_permit": "permit_of_another"}


def test_a_new_director_may_replace_the_permit_of_his_company(house: House) -> None:
    old = issued(house)

    assert house.file(
        purpose="change",
        applicant=make_applicant(803),
        business_name=SHOP,
        fields={"previous_permit": old.number},
    )


def test_one_permit_is_not_replaced_twice_at_once(house: House) -> None:
    old = issued(house)
    house.file(
        purpose="replacement",
        applicant=OWNER,
        business_name=SHOP,
        fields={"previous_permit": old.number},
    )

    assert refused(house, old.number) == {"previous_permit": "permit_under_way"}


def test_a_permit_that_was_replaced_is_not_replaced_again(house: House) -> None:
    old = issued(house)
    house.application(
        "issued",
        purpose="replacement",
        applicant=OWNER,
        business_name=SHOP,
        fields={"previous_permit": old.number},
    )

    assert refused(house, old.number) == {"previous_permit": "permit_not_valid"}
