"""Accounts: roles fit the organisation, and no office makes itself a bank."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product

import pytest
from sqlalchemy.exc import IntegrityError

from licensing.errors import InvalidInput, NotAllowed, NotFound
from licensing.models.people import KINDS, ROLES_OF
from licensing.services.account_changes import set_active, set_password
from licensing.services.accounts import (
    NewAccount,
    create_account,
    list_accounts,
    officer_named,
    write_account,
)
from licensing.services.sign_in import sign_in
from tests.factories import House, password_hash

NEW = NewAccount(
    username="rina", name="Rina Contoh", roles=("counter",), password="kata-sandi-panjang"
)
ALL_ROLES = [role for roles in ROLES_OF.values() for role in roles]


class TestANewAccount:
    def test_may_sign_in_at_once(self, house: House) -> None:
        officer = create_account(house.runtime, house.office_id, NEW)

        signed_in = sign_in(house.runtime, "rina", NEW.password)

        assert signed_in.officer == officer
        assert officer.roles == {"counter"}

    @pytest.mark.parametrize(
        ("change", "faults"),
        [
            ({"username": "9rina"}, {"username": "username"}),
            ({"name": "  "}, {"name": "required"}),
            ({"roles": ()}, {"roles": "required"}),
            ({"roles": ("teller",)}, {"roles": "role_of_another_organisation"}),
            ({"organisation_kind": "partai"}, {"organisation": "unknown_choice"}),
            ({"email": "rina"}, {"email": "identity.email.shape"}),
            ({"locale": "jv"}, {"locale": "unknown_choice"}),
            ({"password": "pendek"}, {"password": "too_short"}),
            ({"name": "", "password": "x"}, {"name": "required", "password": "too_short"}),
        ],
    )
    def test_is_refused_with_every_fault_named(
        self, house: House, change: dict[str, object], faults: dict[str, str]
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            create_account(house.runtime, house.office_id, replace(NEW, **change))  # type: ignore[arg-type]
        assert refused.value.faults == faults

    def test_needs_a_name_that_nobody_has(self, house: House) -> None:
        create_account(house.runtime, house.office_id, NEW)

        with pytest.raises(InvalidInput) as refused:
            create_account(house.runtime, house.office_id, NEW)
        assert refused.value.faults == {"username": "taken"}

    def test_of_the_bank_belongs_to_a_bank(self, house: House) -> None:
        teller = replace(NEW, organisation_kind="bank", roles=("teller",))

        made = create_account(house.runtime, house.office_id, teller, by=house.people.bank_admin)

        assert made.organisation == "Bank persepsi"

    @pytest.mark.parametrize(
        ("by", "kind", "allowed"),
        [
            ("admin", "office", True),
            ("admin", "agency", True),
            ("admin", "bank", False),
            ("admin", "inspectorate", False),
            ("admin", "ombudsman", False),
            ("head", "office", False),
            ("clerk", "office", False),
            ("teller", "bank", False),
        ],
    )
    def test_is_made_only_by_who_may_make_that_kind(
        self, house: House, by: str, kind: str, allowed: bool
    ) -> None:
        account = replace(NEW, organisation_kind=kind, roles=ROLES_OF[kind][:1])
        maker = getattr(house.people, by)

        if allowed:
            create_account(house.runtime, house.office_id, account, by=maker)
        else:
            with pytest.raises(NotAllowed):
                create_account(house.runtime, house.office_id, account, by=maker)


class TestRoles:
    """No account of the office can have a role of the bank, whoever writes the row."""

    @pytest.mark.parametrize(("kind", "role"), list(product(KINDS, ALL_ROLES)))
    def test_are_kept_to_their_organisation_by_the_database(
        self, house: House, kind: str, role: str
    ) -> None:
        account = replace(NEW, organisation_kind=kind, roles=ROLES_OF[kind][:1])
        with house.runtime.transaction(house.office_id) as connection:
            officer = write_account(connection, house.office_id, account, password_hash())
        statement = (
            "INSERT INTO officer_role (officer_id, role, office_id, organisation_kind)"
            " VALUES (%(id)s, %(role)s, %(office)s, %(kind)s) ON CONFLICT DO NOTHING"
        )
        parameters = {"id": officer.id, "role": role, "office": house.office_id, "kind": kind}

        if role in ROLES_OF[kind]:
            house.as_owner(statement, **parameters)
        else:
            with pytest.raises(IntegrityError, match="role_fits_kind"):
                house.as_owner(statement, **parameters)

    def test_cannot_be_had_by_naming_another_organisation(self, house: House) -> None:
        with pytest.raises(IntegrityError, match="fk_officer_role"):
            house.as_owner(
                "INSERT INTO officer_role (officer_id, role, office_id, organisation_kind)"
                " VALUES (%(id)s, 'teller', %(office)s, 'bank')",
                id=house.people.clerk.id,
                office=house.office_id,
            )

    def test_cannot_be_had_by_moving_the_account_to_the_bank(self, house: House) -> None:
        with pytest.raises(IntegrityError, match="fk_officer"):
            house.as_owner(
                "UPDATE officer SET organisation_kind = 'bank' WHERE id = %(id)s",
                id=house.people.clerk.id,
            )


class TestAnAccount:
    def test_that_is_closed_is_not_found_by_name(self, house: House) -> None:
        username = house.people.clerk.username
        set_active(house.runtime, house.office_id, username, active=False)

        with (
            house.runtime.transaction(house.office_id) as connection,
            pytest.raises(NotFound),
        ):
            officer_named(connection, username)

    def test_is_listed_with_organisation_and_roles(self, house: House) -> None:
        lines = {line.username: line for line in list_accounts(house.runtime, house.office_id)}

        line = lines[house.people.teller.username]

        assert (line.kind, line.roles, line.active) == ("bank", ("teller",), True)
        assert len(lines) == len(fields(house.people))

    def test_that_does_not_exist_cannot_be_changed(self, house: House) -> None:
        with pytest.raises(NotFound):
            set_active(house.runtime, house.office_id, "tidak-ada", active=False)
        with pytest.raises(NotFound):
            set_password(house.runtime, house.office_id, "tidak-ada", "kata-sandi-panjang")
