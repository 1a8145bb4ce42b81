"""Who may do what to whose account: every role, every operation, every kind of organisation."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import product

import pytest

from licensing.errors import (
    BanksOwnAccount,
    InvalidInput,
    LastAdmin,
    LicensingError,
    NotAllowed,
    OwnAccount,
)
from licensing.models.people import KINDS, ROLES_OF
from licensing.people import Officer
from licensing.services.account_changes import (
    AccountChange,
    change_account,
    set_active,
    set_password,
    sign_out_everywhere,
)
from licensing.services.account_rules import MAY_CREATE
from licensing.services.accounts import NewAccount, create_account, officer_named, write_account
from licensing.services.deputies import NewDeputy, grant_deputy
from tests.bed import OwnerOf
from tests.factories import House, make_house, password_hash

ALL_ROLES = [role for roles in ROLES_OF.values() for role in roles]
PASSWORD = "kata-sandi-lain-9"
COMMAND_LINE = None


def hire(house: House, username: str, kind: str, *roles: str) -> Officer:
    """Write an account past every rule."""
    account = NewAccount(username, f"Contoh {username}", roles, "", organisation_kind=kind)
    with house.runtime.transaction(house.office_id) as connection:
        return write_account(connection, house.office_id, account, password_hash())


def kind_of(role: str) -> str:
    return next(kind for kind, roles in ROLES_OF.items() if role in roles)


def today(house: House) -> object:
    query = (
        "SELECT (clock_timestamp() AT TIME ZONE zone)::date AS day FROM office WHERE id = %(id)s"
    )
    return house.rows(query, id=house.office_id)[0].day


def without_bank_admin(house: House) -> None:
    """Let the bank have no administrator yet."""
    house.as_owner(
        "DELETE FROM officer_role WHERE officer_id = %(id)s", id=house.people.bank_admin.id
    )


def create(house: House, target: Officer, kind: str, by: Officer | None) -> None:
    new = NewAccount(
        "akun-baru", "Contoh Baru", ROLES_OF[kind][:1], PASSWORD, organisation_kind=kind
    )
    create_account(house.runtime, house.office_id, new, by=by)


def rename(house: House, target: Officer, kind: str, by: Officer | None) -> None:
    change = AccountChange("Nama Lain", tuple(target.roles))
    change_account(house.runtime, house.office_id, target.username, change, by=by)


def reroll(house: House, target: Officer, kind: str, by: Officer | None) -> None:
    change = AccountChange(target.name, ROLES_OF[kind][-1:])
    change_account(house.runtime, house.office_id, target.username, change, by=by)


def close(house: House, target: Officer, kind: str, by: Officer | None) -> None:
    set_active(house.runtime, house.office_id, target.username, active=False, by=by)


def reopen(house: House, target: Officer, kind: str, by: Officer | None) -> None:
    set_active(house.runtime, house.office_id, target.username, active=True, by=by)


def password(house: House, target: Officer, kind: str, by: Officer | None) -> None:
    set_password(house.runtime, house.office_id, target.username, PASSWORD, by=by)


def sign_out(house: House, target: Officer, kind: str, by: Officer | None) -> None:
    sign_out_everywhere(house.runtime, house.office_id, target.username, by=by)


def deputise(house: House, target: Officer, kind: str, by: Officer | None) -> None:
    assert by is not None
    day = today(house)
    new = NewDeputy(target.username, ROLES_OF[kind][-1], day, day, "SK 1/2026")
    with suppress(InvalidInput):  # it was allowed, and there is one role to give at most
        grant_deputy(house.runtime, new, by)


OPERATIONS: tuple[Callable[[House, Officer, str, Officer | None], None], ...] = (
    create, rename, reroll, close, reopen, password, sign_out, deputise,
)  # fmt: skip


class TestAnAccountOfARole:
    """Of 17 roles only two look after accounts, each those of its own side."""

    @pytest.mark.parametrize(("role", "operation"), list(product(ALL_ROLES, OPERATIONS)))
    def test_does_to_accounts_of_each_kind_what_the_table_says(
        self,
        house: House,
        role: str,
        operation: Callable[[House, Officer, str, Officer | None], None],
    ) -> None:
        by = hire(house, "pelaku", kind_of(role), role)
        done = {}
        for kind in KINDS:
            first = ROLES_OF[kind][0]
            target = hire(house, f"sasaran-{kind}", kind, first)
            if operation is create:
                house.as_owner(
                    "UPDATE officer SET username = 'x' || substr(md5(id::text), 1, 20)"
                    " WHERE username = 'akun-baru'"
                )
            try:
                operation(house, target, kind, by)
            except NotAllowed:
                done[kind] = False
            else:
                done[kind] = True

        assert done == {kind: kind in MAY_CREATE.get(role, ()) for kind in KINDS}


class TestTheCommandLine:
    @pytest.fixture
    def bank_admin(self, house: House) -> Officer:
        return house.people.bank_admin

    @pytest.mark.parametrize("operation", [rename, reroll, reopen, password])
    @pytest.mark.parametrize("role", ["teller", "bank_supervisor"])
    def test_gives_nobody_power_over_who_books(
        self,
        house: House,
        role: str,
        operation: Callable[[House, Officer, str, Officer | None], None],
    ) -> None:
        target = hire(house, "orang-bank", "bank", role)

        with pytest.raises(BanksOwnAccount):
            operation(house, target, "bank", COMMAND_LINE)

    @pytest.mark.parametrize("roles", [("teller",), ("bank_supervisor",), ("teller", "bank_admin")])
    def test_makes_no_other_account_of_the_bank(self, house: House, roles: tuple[str, ...]) -> None:
        new = NewAccount("orang-bank", "Contoh", roles, PASSWORD, organisation_kind="bank")

        with pytest.raises((BanksOwnAccount, InvalidInput)):
            create_account(house.runtime, house.office_id, new)

    def test_makes_the_first_administrator_and_tells_the_inspectorate(self, house: House) -> None:
        without_bank_admin(house)
        new = NewAccount(
            "bank-admin", "Contoh Bank", ("bank_admin",), PASSWORD, organisation_kind="bank"
        )

        create_account(house.runtime, house.office_id, new)

        told = house.rows("SELECT event, audience, officer_id, channel, next_try_at FROM notice")
        assert {(row.event, row.audience, row.channel) for row in told} == {
            ("bank_admin_created", "inspectorate", "app"),
            ("bank_admin_created", "inspectorate", "email"),
        }
        assert {row.officer_id for row in told} == {house.people.inspectorate.id}
        assert any(row.next_try_at for row in told)
        event = house.rows(
            "SELECT action, kind, subject, actor_id FROM office_event WHERE kind = 'bank'"
        )[0]
        assert tuple(event) == ("bank_admin_created", "bank", "bank-admin", None)

    def test_makes_no_second_one(self, house: House, bank_admin: Officer) -> None:
        new = NewAccount("lain", "Contoh", ("bank_admin",), PASSWORD, organisation_kind="bank")

        with pytest.raises(BanksOwnAccount):
            create_account(house.runtime, house.office_id, new)

    def test_opens_a_closed_one_only_where_there_is_no_other(
        self, house: House, bank_admin: Officer
    ) -> None:
        old = hire(house, "bank-admin-lama", "bank", "bank_admin")
        close(house, old, "bank", COMMAND_LINE)

        with pytest.raises(BanksOwnAccount):
            reopen(house, old, "bank", COMMAND_LINE)

        close(house, bank_admin, "bank", COMMAND_LINE)
        reopen(house, old, "bank", COMMAND_LINE)

    def test_sets_the_password_of_the_lone_administrator_and_tells_the_inspectorate(
        self, house: House, bank_admin: Officer
    ) -> None:
        password(house, bank_admin, "bank", COMMAND_LINE)

        events = {row.event for row in house.rows("SELECT event FROM notice")}
        assert events == {"bank_admin_password_set"}

    def test_never_sets_the_password_of_an_administrator_who_books_too(self, house: House) -> None:
        both = hire(house, "dua-peran", "bank", "bank_admin", "teller")

        with pytest.raises(BanksOwnAccount):
            password(house, both, "bank", COMMAND_LINE)


class TestWhoBooksAndWhoMakesAccounts:
    def test_are_two_people_of_the_bank(self, house: House) -> None:
        boss = hire(house, "bank-admin", "bank", "bank_admin")
        both = ("bank_admin", "teller")
        new = NewAccount("dua", "Contoh", both, PASSWORD, organisation_kind="bank")

        with pytest.raises(InvalidInput, match="bank_admin_alone"):
            create_account(house.runtime, house.office_id, new, by=boss)
        with pytest.raises(InvalidInput, match="bank_admin_alone"):
            change_account(
                house.runtime,
                house.office_id,
                house.people.teller.username,
                AccountChange("Contoh", both),
                by=boss,
            )
        day = today(house)
        new_deputy = NewDeputy(house.people.teller.username, "bank_admin", day, day, "SK 1")
        with pytest.raises(InvalidInput, match="bank_admin_alone"):
            grant_deputy(house.runtime, new_deputy, boss)


class TestOnesOwnAccount:
    @pytest.mark.parametrize("operation", [reroll, close, reopen, password])
    def test_is_changed_by_somebody_else(
        self,
        house: House,
        operation: Callable[[House, Officer, str, Officer | None], None],
    ) -> None:
        me = hire(house, "saya", "office", "admin", "counter")

        with pytest.raises(OwnAccount):
            operation(house, me, "office", me)

    def test_may_have_another_name(self, house: House) -> None:
        rename(house, house.people.admin, "office", house.people.admin)

        rows = house.rows("SELECT name FROM officer WHERE id = %(id)s", id=house.people.admin.id)
        assert rows[0].name == "Nama Lain"


class TestTheLastAdministrator:
    def test_cannot_be_closed_by_anybody(self, house: House) -> None:
        with pytest.raises(LastAdmin):
            close(house, house.people.admin, "office", COMMAND_LINE)

    def test_cannot_lose_the_role(self, house: House) -> None:
        with pytest.raises(LastAdmin):
            reroll_to_counter(house, house.people.admin, COMMAND_LINE)

    def test_is_not_the_last_while_another_is_active(self, house: House) -> None:
        second = hire(house, "admin-dua", "office", "admin")

        close(house, house.people.admin, "office", second)

        with pytest.raises(LastAdmin):
            close(house, second, "office", COMMAND_LINE)

    def test_a_deputy_does_not_count_as_another(self, house: House) -> None:
        second = hire(house, "admin-dua", "office", "admin")
        day = today(house)
        new = NewDeputy(house.people.clerk.username, "admin", day, day, "SK 1")
        grant_deputy(house.runtime, new, second)
        close(house, second, "office", COMMAND_LINE)
        with house.runtime.transaction(house.office_id) as connection:
            deputy = officer_named(connection, house.people.clerk.username)

        with pytest.raises(LastAdmin):
            close(house, house.people.admin, "office", deputy)


def reroll_to_counter(house: House, target: Officer, by: Officer | None) -> None:
    change = AccountChange(target.name, ("counter",))
    change_account(house.runtime, house.office_id, target.username, change, by=by)


class TestAnAccountOfAnotherOffice:
    def test_is_not_there(self, house: House, owner_db: OwnerOf) -> None:
        other = make_house(house.runtime, owner_db)
        for operation in (rename, close, password, sign_out):
            with pytest.raises(LicensingError, match="no account"):
                operation(house, other.people.clerk, "office", house.people.admin)


class TestEveryChange:
    def test_is_recorded_with_what_was_before_and_after(self, house: House) -> None:
        clerk, admin = house.people.clerk, house.people.admin
        rename(house, clerk, "office", admin)
        close(house, clerk, "office", admin)
        reopen(house, clerk, "office", admin)
        password(house, clerk, "office", admin)
        sign_out(house, clerk, "office", admin)

        rows = house.rows(
            "SELECT action, actor_id, detail FROM office_event WHERE subject = %(name)s"
            " ORDER BY id",
            name=clerk.username,
        )
        assert [row.action for row in rows] == [
            "account_changed", "account_closed", "account_opened", "password_set", "signed_out",
        ]  # fmt: skip
        assert {row.actor_id for row in rows} == {admin.id}
        assert rows[0].detail["before"]["name"] == clerk.name
        assert rows[0].detail["after"]["name"] == "Nama Lain"
        assert PASSWORD not in str([row.detail for row in rows])
