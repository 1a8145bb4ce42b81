"""No account, page, command, service or statement of the office makes a bill paid.

Every account of every kind of organisation tries every address of the site by every method with
all that a payment needs; every role presses; every maker of accounts tries to reach the bank;
the application's own database account tries by hand. The bill stays open until a teller of the
bank presses.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from licensing.database import OWNER_ROLE, connect
from licensing.errors import LicensingError, NotAllowed, Refusal
from licensing.models.people import ROLES_OF
from licensing.people import Clock, Officer
from licensing.runtime import Runtime
from licensing.services.account_changes import (
    AccountChange,
    change_account,
    set_active,
    set_password,
)
from licensing.services.accounts import NewAccount, create_account, write_account
from licensing.services.deputies import NewDeputy, grant_deputy
from licensing.services.take_action import take_action
from tests.bed import OwnerOf, Server, Urls
from tests.factories import PASSWORD, House, make_house, make_runtime, password_hash, press
from tests.money import AMOUNT, Till, make_till, paid_siup
from tests.web.access_matrix import MATRIX
from tests.web.office import office_app, signed_in
from web import rate_limit
from web.access import ALL_ROLES
from web.cli import main
from workflows.errors import SopFaults

BANK_ROLES = frozenset(ROLES_OF["bank"])
NOBODY = "nobody"
RECEIVE = "/bank/tagihan/<uuid:bill_id>/terima"
WEEK = "2030-01-01"


@dataclass(slots=True)
class Place:
    """An office with an open bill, one account for each role, a browser for each."""

    till: Till
    application: UUID
    app: Flask
    people: dict[str, Officer]
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def client(self, role: str) -> FlaskClient:
        if role not in self.clients:
            self.till.house.as_owner("DELETE FROM rate_count")
            self.clients[role] = signed_in(self.app, self.people.get(role))
        return self.clients[role]

    def money(self) -> tuple[str, int]:
        """Return how the bill stands, and how many bookings there are."""
        rows = self.till.house.rows("SELECT count(*) AS bookings FROM payment")
        return self.till.bill(self.application).status, rows[0].bookings

    def of_the_bank(self) -> list[Any]:
        """Return every account that can book, or make one that can, and whether it may sign in."""
        return self.till.house.rows(
            "SELECT o.username, o.organisation_kind, o.active, o.password_hash, r.role"
            " FROM officer o JOIN acting_role r ON r.officer_id = o.id"
            " WHERE r.role = ANY(ARRAY['teller', 'bank_supervisor', 'bank_admin'])"
            " OR o.organisation_kind = 'bank' ORDER BY 1, 5"
        )


def account(house: House, role: str) -> Officer:
    kind = next(kind for kind, roles in ROLES_OF.items() if role in roles)
    with house.runtime.transaction(house.office_id) as connection:
        return write_account(
            connection,
            house.office_id,
            NewAccount(f"uji-{role.replace('_', '-')}", f"Contoh {role}", (role,), "", kind),
            password_hash(),
        )


@pytest.fixture(scope="module")
def place(database_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with database_server.database() as urls:
        app, owner = connect(urls.app), connect(urls.owner, role=OWNER_ROLE, pool_size=2)
        before, rate_limit.limiter.enabled = rate_limit.limiter.enabled, False
        till = make_till(make_runtime(app, tmp_path_factory.mktemp("uang")), owner)
        people = {role: account(till.house, role) for role in sorted(ALL_ROLES)}
        yield Place(till, till.billed(), office_app(till.house.runtime), people)
        rate_limit.limiter.enabled = before
        app.dispose()
        owner.dispose()


def everything(place: Place) -> dict[str, Any]:
    """Return all that any form of the site might take for a payment or for an account."""
    till, application = place.till, place.application
    bill, version = till.bill(application), till.house.version(application)
    return {
        **till.inputs(application, "BPD-COBA"),
        "action": "pay",
        "tindakan": "pay",
        "confirmed": "true",
        "konfirmasi": "ya",
        "seen_version": str(version),
        "seen_seq": str(till.house.row(application).last_seq),
        "status": "paid",
        "payment_id": str(uuid4()),
        "paid_by": str(till.house.people.teller.id),
        "application_id": str(application),
        "code": bill.code,
        "number": bill.number,
        "cari": bill.number,
        "reason": "Coba",
        "reversed_at": "",
        # What makes accounts and deputies.
        "username": till.house.people.clerk.username,
        "name": "Contoh Penyusup",
        "kind": "bank",
        "organisation": "bank",
        "organisation_kind": "bank",
        "role": "teller",
        "roles": ["teller", "bank_supervisor", "bank_admin"],
        "password": PASSWORD,
        "email": "a@contoh.example",
        "active": "true",
        "from_on": WEEK,
        "until_on": WEEK,
        "decree": "SK 1",
    }


def addresses(place: Place, rule: str) -> Iterator[str]:
    """Yield an address of a rule for each thing that its parts could mean."""
    till, application = place.till, place.application
    known = {
        "application_id": application,
        "bill_id": till.bill(application).id,
        "officer_id": till.house.people.clerk.id,
        "action": "pay",
        "service": till.house.service,
        "username": till.house.people.clerk.username,
    }
    parts = []
    for part in rule.split("/"):
        name = part.strip("<>").rpartition(":")[2]
        usual = str(UUID(int=7)) if part.startswith("<uuid:") else "x"
        parts.append(str(known.get(name, usual)) if part.startswith("<") else part)
    yield "/".join(parts)
    teller = till.house.people.teller
    if "username" in rule or "officer_id" in rule:
        yield "/".join(
            teller.username
            if "username" in part
            else str(teller.id)
            if "officer_id" in part
            else done
            for part, done in zip(rule.split("/"), parts, strict=True)
        )


class TestEveryPage:
    @pytest.mark.parametrize(("method", "rule"), sorted(MATRIX))
    def test_leaves_the_bill_open_and_the_bank_as_it_was_for_everybody(
        self, place: Place, method: str, rule: str
    ) -> None:
        before = place.of_the_bank()
        for role in (NOBODY, *sorted(ALL_ROLES - {"bank_admin"}), "bank_admin"):
            if (role, method, rule) == ("teller", "POST", RECEIVE):
                continue  # the one press that books
            if role == "bank_admin":  # who may make and change the bank's own accounts
                assert place.of_the_bank() == before
            for address in addresses(place, rule):
                data = everything(place)
                if method == "GET":
                    place.client(role).get(address, query_string=data)
                else:
                    place.client(role).open(address, method=method, data=data)
                if rule in ("/keluar", "/masuk"):
                    place.clients.pop(role, None)
        assert place.money() == ("open", 0)


class TestEveryPress:
    @pytest.mark.parametrize("role", sorted(ALL_ROLES - {"teller"}))
    def test_but_the_tellers_is_refused_at_the_door(self, place: Place, role: str) -> None:
        command = press(
            "pay",
            place.application,
            seen_version=place.till.house.version(place.application),
            inputs=place.till.inputs(place.application),
        )
        with pytest.raises(Refusal):
            take_action(place.till.house.runtime, command, place.people[role])
        assert place.money() == ("open", 0)

    def test_of_the_clock_is_refused_at_the_door(self, place: Place) -> None:
        command = press("pay", place.application, inputs=place.till.inputs(place.application))
        with pytest.raises(Refusal):
            take_action(place.till.house.runtime, command, Clock(place.till.house.office_id))
        assert place.money() == ("open", 0)

    def test_of_a_teller_of_another_office_finds_no_file(self, till: Till, house: House) -> None:
        application = till.billed()
        with pytest.raises(LicensingError):
            take_action(
                house.runtime,
                press("pay", application, inputs=till.inputs(application)),
                house.people.teller,
            )
        assert till.payments(application) == []

    @pytest.mark.parametrize("lane", ["billing", "head", "counter", "verifier"])
    def test_that_an_sop_of_the_office_gives_to_its_own_people_books_nothing(
        self, runtime: Runtime, owner_db: OwnerOf, lane: str
    ) -> None:
        """The office publishes an SOP in which the bank's button is its own."""
        text = paid_siup()
        own = text.replace(
            "        only_if: bill_open\n        then: book_payment\n",
            f"        lane: {lane}\n        only_if: bill_open\n        then: book_payment\n",
        )
        assert own != text
        with pytest.raises(SopFaults, match="book_payment"):
            make_house(runtime, owner_db, sop=own)

        # Even one that got past the check.
        unchecked = replace(runtime, vocabulary=replace(runtime.vocabulary, parties={}))
        found = Till(make_house(unchecked, owner_db, sop=own))
        application = found.billed()
        officer = {
            "billing": found.house.people.billing,
            "head": found.house.people.head,
            "counter": found.house.people.clerk,
            "verifier": found.house.people.verifier,
        }[lane]
        with pytest.raises(NotAllowed, match="teller"):
            found.pay(application, by=officer)
        assert found.payments(application) == []
        assert found.bill(application).status == "open"


class TestEveryMakerOfAccounts:
    @pytest.mark.parametrize("role", sorted(ALL_ROLES - {"bank_admin"}))
    def test_makes_no_account_that_can_book(self, place: Place, role: str) -> None:
        house, by, before = place.till.house, place.people[role], place.of_the_bank()
        for number, (kind, roles) in enumerate(
            (kind, roles)
            for kind in ROLES_OF
            for roles in (("teller",), ("bank_supervisor",), ("bank_admin",), ("counter", "teller"))
        ):
            username = f"susup-{role.replace('_', '-')}-{number}"
            new = NewAccount(username, "Contoh", roles, "kata-sandi-lain-1", kind)
            with pytest.raises(LicensingError):
                create_account(house.runtime, house.office_id, new, by)
        assert place.of_the_bank() == before

    @pytest.mark.parametrize("role", sorted(ALL_ROLES))
    def test_gives_no_account_of_another_the_roles_of_the_bank(
        self, place: Place, role: str
    ) -> None:
        house, by, before = place.till.house, place.people[role], place.of_the_bank()
        for target in place.people.values():
            if role == "bank_admin" and target.roles <= BANK_ROLES and target.id != by.id:
                continue  # his own people
            change = AccountChange(target.name, ("teller",))
            with pytest.raises(LicensingError):
                change_account(house.runtime, house.office_id, target.username, change, by=by)
        assert place.of_the_bank() == before

    @pytest.mark.parametrize("role", sorted(ALL_ROLES - {"bank_admin"}))
    def test_gets_no_hold_of_an_account_of_the_bank(self, place: Place, role: str) -> None:
        house, by, before = place.till.house, place.people[role], place.of_the_bank()
        for name in sorted(BANK_ROLES):
            username = place.people[name].username
            with pytest.raises(LicensingError):
                set_password(house.runtime, house.office_id, username, "kata-sandi-lain-1", by=by)
            for active in (False, True):
                with pytest.raises(LicensingError):
                    set_active(house.runtime, house.office_id, username, active=active, by=by)
        assert place.of_the_bank() == before

    @pytest.mark.parametrize("role", sorted(ALL_ROLES))
    def test_appoints_no_deputy_from_the_office_to_the_bank(self, place: Place, role: str) -> None:
        house, by, before = place.till.house, place.people[role], place.of_the_bank()
        today = datetime.now(UTC).date()
        for target in place.people.values():
            if target.roles <= BANK_ROLES:
                continue
            for wanted in sorted(BANK_ROLES):
                new = NewDeputy(target.username, wanted, today, today, "SK 1", "Coba")
                with pytest.raises(LicensingError):
                    grant_deputy(house.runtime, new, by)
        assert place.of_the_bank() == before


@pytest.fixture
def desk(fresh_database: Urls, tmp_path: Path) -> Iterator[House]:
    """An office whose command line is at hand."""
    app = connect(fresh_database.app, pool_size=2)
    owner = connect(fresh_database.owner, role=OWNER_ROLE, pool_size=1)
    yield make_house(make_runtime(app, tmp_path / "berkas"), owner)
    app.dispose()
    owner.dispose()


class TestTheCommandLine:
    @pytest.fixture
    def run(self, fresh_database: Urls, tmp_path: Path, desk: House) -> Callable[..., Result]:
        key = base64.b64encode(bytes(32)).decode()
        runner = CliRunner(
            env={
                "DATABASE_URL": fresh_database.app,
                "SATUPINTU_OWNER_DATABASE_URL": fresh_database.owner,
                "SATUPINTU_DATA_DIR": str(tmp_path),
                "SATUPINTU_SECRET_KEY": "x" * 40,
                "SATUPINTU_NIK_ENCRYPTION_KEY": key,
                "SATUPINTU_NIK_HASH_KEY": key,
            }
        )
        return lambda *words: runner.invoke(
            main, [*words, "--office", desk.code], input="kata-sandi-lain-1\n"
        )

    def test_makes_no_account_of_a_bank_that_has_its_administrator(
        self, run: Callable[..., Result], desk: House
    ) -> None:
        for role in sorted(BANK_ROLES):
            for kind in ROLES_OF:
                result = run(
                    "user", "create", "--username", "susup", "--name", "Contoh",
                    "--organisation", kind, "--role", role, "--password-stdin",
                )  # fmt: skip
                assert isinstance(result.exception, SystemExit), result.output
                assert result.exit_code != 0
                assert desk.rows("SELECT 1 FROM officer WHERE username = 'susup'") == []

    def test_gets_no_hold_of_a_teller_or_a_supervisor_of_the_bank(
        self, run: Callable[..., Result], desk: House
    ) -> None:
        accounts = "SELECT username, password_hash, active FROM officer ORDER BY username"
        before = desk.rows(accounts)
        for officer in (desk.people.teller, desk.people.bank_supervisor):
            for command in (("password", "--password-stdin"), ("enable",)):
                result = run("user", command[0], officer.username, *command[1:])
                assert isinstance(result.exception, SystemExit), result.output
                assert result.exit_code != 0
                assert desk.rows(accounts) == before


# Each tried by the database account that the application uses, in its own office.
BY_HAND: list[tuple[str, str]] = [
    (
        "a booking by an officer of the office",
        "INSERT INTO payment (id, office_id, bill_id, amount_idr, slip_number, bank_reference,"
        " paid_at, paid_by, paid_by_kind, recorded_at) VALUES (gen_random_uuid(), %(office)s,"
        " %(bill)s, %(amount)s, 'S', 'S', now(), %(clerk)s, 'office', now())",
    ),
    (
        "one that calls him the bank's",
        "INSERT INTO payment (id, office_id, bill_id, amount_idr, slip_number, bank_reference,"
        " paid_at, paid_by, paid_by_kind, recorded_at) VALUES (gen_random_uuid(), %(office)s,"
        " %(bill)s, %(amount)s, 'S', 'S', now(), %(clerk)s, 'bank', now())",
    ),
    (
        "one by nobody",
        "INSERT INTO payment (id, office_id, bill_id, amount_idr, slip_number, bank_reference,"
        " paid_at, paid_by, paid_by_kind, recorded_at) VALUES (gen_random_uuid(), %(office)s,"
        " %(bill)s, %(amount)s, 'S', 'S', now(), NULL, 'bank', now())",
    ),
    (
        "one of another amount",
        "INSERT INTO payment (id, office_id, bill_id, amount_idr, slip_number, bank_reference,"
        " paid_at, paid_by, paid_by_kind, recorded_at) VALUES (gen_random_uuid(), %(office)s,"
        " %(bill)s, 1, 'S', 'S', now(), %(teller)s, 'bank', now())",
    ),
    ("a bill called paid", "UPDATE bill SET status = 'paid', closed_at = now()"),
    (
        "a bill called paid by a booking that is not",
        "UPDATE bill SET status = 'paid', closed_at = now(), payment_id = gen_random_uuid()",
    ),
    ("a smaller bill", "UPDATE bill SET amount_idr = 1"),
    ("a smaller calculation", "UPDATE fee_assessment SET amount_idr = 1"),
    ("no bill any more", "DELETE FROM bill"),
    ("another payer", "UPDATE payment SET paid_by = %(clerk)s"),
    ("another kind of payer", "UPDATE payment SET paid_by_kind = 'office'"),
    ("another amount booked", "UPDATE payment SET amount_idr = 1"),
    ("no booking any more", "DELETE FROM payment"),
    (
        "a role of the bank for a clerk",
        "INSERT INTO officer_role (officer_id, role, office_id, organisation_kind)"
        " VALUES (%(clerk)s, 'teller', %(office)s, 'office')",
    ),
    (
        "a role of the bank for a clerk who is called the bank's",
        "INSERT INTO officer_role (officer_id, role, office_id, organisation_kind)"
        " VALUES (%(clerk)s, 'teller', %(office)s, 'bank')",
    ),
    (
        "a clerk who becomes the bank's",
        "UPDATE officer SET organisation_kind = 'bank' WHERE id = %(clerk)s",
    ),
    (
        "an office that becomes a bank",
        "UPDATE organisation SET kind = 'bank' WHERE kind = 'office'",
    ),
    (
        "a deputy from the office",
        "INSERT INTO deputy (office_id, officer_id, organisation_kind, role, from_on, until_on,"
        " decree, reason, granted_by, granted_by_kind) VALUES (%(office)s, %(clerk)s, 'office',"
        " 'teller', now(), now(), 'x', 'x', %(clerk)s, 'office')",
    ),
]


class TestByHand:
    @pytest.mark.parametrize(("what", "statement"), BY_HAND, ids=[what for what, _ in BY_HAND])
    def test_the_applications_own_database_account_cannot(
        self, place: Place, what: str, statement: str
    ) -> None:
        house = place.till.house
        bill, before = place.till.bill(place.application), place.of_the_bank()
        with (
            pytest.raises(DBAPIError, match=r"violates|permission denied|null value"),
            house.runtime.transaction(house.office_id) as connection,
        ):
            connection.exec_driver_sql(
                statement,
                {
                    "office": house.office_id,
                    "bill": bill.id,
                    "amount": AMOUNT,
                    "clerk": house.people.clerk.id,
                    "teller": house.people.teller.id,
                },
            )
        assert place.money() == ("open", 0)
        assert place.of_the_bank() == before


class TestTheTeller:
    def test_pays_it_after_all_by_the_one_press_that_books(self, place: Place) -> None:
        """Last: whatever was tried, the bill is still good."""
        bill = place.till.bill(place.application)
        answer = place.client("teller").post(
            f"/bank/tagihan/{bill.id}/terima", data=everything(place)
        )
        assert answer.status_code == 303
        assert place.money() == ("paid", 1)
