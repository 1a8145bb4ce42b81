"""The bank's window as a service: found, paid once, reversed by another person, listed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from licensing.errors import (
    AmountDiffers,
    GuardRefused,
    InputMissing,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotYourLane,
    SamePerson,
    StaleApplication,
)
from licensing.queries.bank import find_bills, scanned, view_bill
from licensing.queries.bank_days import bank_day, bank_desk
from licensing.services.accounts import NewAccount, write_account
from licensing.services.bank import bank_reference, book
from tests.factories import House, password_hash, press
from tests.money import AMOUNT, Till

ZONE = "Asia/Jakarta"


def today() -> date:
    return datetime.now(UTC).astimezone(ZoneInfo(ZONE)).date()


class TestFindingABill:
    def test_by_its_number_in_any_writing(self, till: Till) -> None:
        bill = till.bill(till.billed())
        for typed in (bill.number, bill.number.lower(), bill.number.replace("/", " ")):
            found = find_bills(till.house.runtime, f" {typed} ", till.house.people.teller)
            assert found.card is not None
            assert found.card.id == bill.id

    def test_by_its_code_and_by_the_address_that_its_qr_holds(self, till: Till) -> None:
        bill = till.bill(till.billed())
        for typed in (
            bill.code,
            f"https://izin.example/bank?cari={bill.code}",
            f"HTTPS://izin.example/bank?cari={bill.code}",
        ):
            found = find_bills(till.house.runtime, typed, till.house.people.teller)
            assert found.card is not None
            assert found.card.id == bill.id

    def test_by_the_number_of_its_slip(self, till: Till) -> None:
        application = till.paid()
        slip = till.payments(application)[0].slip_number

        found = find_bills(till.house.runtime, slip, till.house.people.bank_supervisor)

        assert found.card is not None
        assert found.card.payment is not None
        assert found.card.payment.slip_number == slip

    def test_by_the_registration_number_with_the_living_bill_first(self, till: Till) -> None:
        house = till.house
        application = till.billed()
        first = till.bill(application)
        house.press("correct_bill", application, by=house.people.billing, reason="Luas keliru")
        till.assess(application, 9_000_000)
        house.press("issue_bill", application, by=house.people.billing)
        number = house.rows(
            "SELECT number FROM dossier WHERE application_id = %(id)s", id=application
        )[0].number

        found = find_bills(house.runtime, number, house.people.teller)

        assert found.card is not None
        assert found.card.amount_idr == 9_000_000
        assert [hit.id for hit in found.hits] == [first.id]

    def test_by_the_beginning_of_the_payers_name(self, till: Till) -> None:
        till.billed(payer="Contoh Ratna Wulandari")
        till.billed(payer="Contoh Ratna Dewi")
        till.billed(payer="Contoh Budi")

        found = find_bills(till.house.runtime, "contoh ratna", till.house.people.teller)

        assert found.card is None
        assert {hit.payer_name for hit in found.hits} == {
            "Contoh Ratna Wulandari",
            "Contoh Ratna Dewi",
        }
        one = find_bills(till.house.runtime, "CONTOH BUDI", till.house.people.teller)
        assert one.card is not None

    @pytest.mark.parametrize("typed", ["", "ab", "!!", "tidak-ada-yang-begini", "http://[x"])
    def test_of_nothing_or_too_little_finds_nothing(self, till: Till, typed: str) -> None:
        till.billed()
        found = find_bills(till.house.runtime, typed, till.house.people.teller)
        assert (found.card, found.hits) == (None, ())

    def test_is_the_banks_alone(self, till: Till) -> None:
        bill = till.bill(till.billed())
        people = till.house.people
        for officer in (people.clerk, people.billing, people.head, people.admin, people.agency_pu):
            with pytest.raises(NotAllowed):
                find_bills(till.house.runtime, bill.number, officer)
            with pytest.raises(NotAllowed):
                view_bill(till.house.runtime, bill.id, officer)

    def test_of_another_office_is_not_found(self, till: Till, house: House) -> None:
        bill = till.bill(till.billed())
        assert find_bills(house.runtime, bill.number, house.people.teller).card is None
        with pytest.raises(NotFound):
            view_bill(house.runtime, bill.id, house.people.teller)


class TestScanned:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            (" abc ", "abc"),
            ("https://x.example/bank?cari=ab12", "ab12"),
            ("https://x.example/b/ab12/", "ab12"),
            ("http://[x", "http://[x"),
        ],
    )
    def test_takes_the_code_out_of_an_address(self, typed: str, meant: str) -> None:
        assert scanned(typed) == meant


class TestPaying:
    def test_books_the_amount_of_the_bill_and_moves_the_file_on(self, till: Till) -> None:
        application = till.billed()

        receipt = till.pay(application, reference="BPD-1")

        [payment] = till.payments(application)
        assert receipt.to_step == "signature"
        assert (payment.amount_idr, payment.bank_reference) == (AMOUNT, "BPD-1")
        assert payment.paid_by == till.house.people.teller.id
        assert till.bill(application).status == "paid"

    @pytest.mark.parametrize("amount", ["10295999", "10296001", "0", "-1", "10296000.00", ""])
    def test_of_another_amount_books_nothing(self, till: Till, amount: str) -> None:
        application = till.billed()
        inputs = till.inputs(application) | {"amount_idr": amount}
        with pytest.raises((AmountDiffers, InputMissing)):
            till.house.press("pay", application, by=till.house.people.teller, inputs=inputs)
        assert till.payments(application) == []

    def test_of_another_bill_books_nothing(self, till: Till) -> None:
        application, other = till.billed(), till.billed()
        with pytest.raises(AmountDiffers):
            till.house.press(
                "pay", application, by=till.house.people.teller, inputs=till.inputs(other)
            )
        assert till.payments(application) == till.payments(other) == []

    def test_twice_is_refused_and_says_who_was_first(self, till: Till) -> None:
        application = till.billed()
        command = press(
            "pay",
            application,
            seen_version=till.house.version(application),
            inputs=till.inputs(application),
        )
        book(till.house.runtime, command, till.house.people.teller)

        with pytest.raises(StaleApplication) as refused:
            book(till.house.runtime, command, till.house.people.second_teller)

        assert refused.value.by == till.house.people.teller.id
        assert len(till.payments(application)) == 1

    def test_takes_a_bank_reference_once(self, till: Till) -> None:
        first, second = till.billed(), till.billed()
        till.pay(first, reference="BPD-77")
        command = press(
            "pay",
            second,
            seen_version=till.house.version(second),
            inputs=till.inputs(second, "BPD-77"),
        )
        with pytest.raises(InvalidInput, match="bank_reference: reference_used"):
            book(till.house.runtime, command, till.house.people.teller)

    @pytest.mark.parametrize("role", ["billing", "head", "clerk", "admin", "bank_supervisor"])
    def test_is_the_tellers_alone(self, till: Till, role: str) -> None:
        application = till.billed()
        with pytest.raises(NotYourLane):
            till.pay(application, by=getattr(till.house.people, role))

    def test_of_an_expired_bill_is_refused_and_a_new_one_can_be_paid(self, till: Till) -> None:
        house = till.house
        application = till.billed()
        till.expire(application)
        old = view_bill(house.runtime, till.bill(application).id, house.people.teller)
        assert (old.status, old.pay) == ("expired", None)

        house.press("ask_new_bill", application, by=house.people.clerk)
        house.press("issue_bill", application, by=house.people.billing)
        till.pay(application)

        assert till.bill(application).status == "paid"
        assert till.bill(application).id != old.id

    def test_of_a_withdrawn_application_is_over(self, till: Till) -> None:
        house = till.house
        application = till.billed()
        house.press("withdraw", application, by=house.people.clerk, reason="Batal")
        card = view_bill(house.runtime, till.bill(application).id, house.people.teller)
        assert (card.status, card.pay, card.ended) == ("cancelled", None, True)


class TestAReference:
    @pytest.mark.parametrize(
        ("typed", "kept"), [("", ""), (" bpd-12 ", "BPD-12"), ("TRX 9.1", "TRX 9.1")]
    )
    def test_is_kept_in_one_writing(self, typed: str, kept: str) -> None:
        assert bank_reference(typed) == kept

    @pytest.mark.parametrize(
        "typed", ["=1+1", "503/0001/SSRD/X/2026", "ssrd-1", "-1", "é", "a" * 65]
    )
    def test_is_never_a_formula_nor_the_number_of_a_slip(self, typed: str) -> None:
        with pytest.raises(InvalidInput):
            bank_reference(typed)


class TestReversing:
    def test_opens_the_bill_and_leaves_the_booking_struck_through(self, till: Till) -> None:
        application = till.paid()

        receipt = till.take_back(application)

        [payment] = till.payments(application)
        assert receipt.to_step == "payment"
        assert till.bill(application).status == "open"
        assert payment.reversed_by == till.house.people.bank_supervisor.id
        assert payment.reversed_why == "Salah pembayar"
        till.pay(application, by=till.house.people.second_teller)
        assert [one.reversed_at is None for one in till.payments(application)] == [False, True]

    def test_is_for_another_person_than_who_booked(self, till: Till) -> None:
        house = till.house
        with house.runtime.transaction(house.office_id) as connection:
            both = write_account(
                connection,
                house.office_id,
                NewAccount(
                    "bank-dua-peran", "Contoh Dua Peran", ("teller", "bank_supervisor"), "",
                    organisation_kind="bank",
                ),
                password_hash(),
            )  # fmt: skip
        application = till.paid(by=both)
        with pytest.raises(SamePerson):
            till.take_back(application, by=both)
        card = view_bill(house.runtime, till.bill(application).id, both)
        assert card.reverse is not None
        assert isinstance(card.reverse.refusal, SamePerson)

    def test_of_yesterdays_payment_is_refused(self, till: Till) -> None:
        application = till.paid()
        till.house.as_owner(
            "UPDATE application SET state = jsonb_set(state::jsonb, '{bill,d}',"
            """ '"2026-01-02"') WHERE id = %(id)s""",
            id=application,
        )
        with pytest.raises(GuardRefused, match="paid_today"):
            till.take_back(application)

    def test_after_the_signature_is_not_offered(self, till: Till) -> None:
        house = till.house
        application = till.paid()
        house.press("sign", application, by=house.people.head)
        card = view_bill(house.runtime, till.bill(application).id, house.people.bank_supervisor)
        assert (card.status, card.reverse) == ("paid", None)


class TestTheListOfADay:
    def test_adds_up_and_shows_a_teller_his_own(self, till: Till) -> None:
        people = till.house.people
        till.paid(100, by=people.teller)
        gone = till.paid(250, by=people.teller)
        till.take_back(gone)
        till.paid(40, by=people.second_teller)

        whole = bank_day(till.house.runtime, people.bank_supervisor, today(), ZONE)
        own = bank_day(till.house.runtime, people.teller, today(), ZONE)

        assert [(one.booked_idr, one.reversed_idr, one.left_idr) for one in whole.sums] == [
            (350, 250, 100),
            (40, 0, 40),
        ]
        assert (whole.total.booked, whole.total.reversed, whole.total.left_idr) == (3, 1, 140)
        assert sum(row.amount_idr for row in whole.rows if row.reversed_at is None) == 140
        assert own.total.left_idr == 100
        assert {row.teller for row in own.rows} == {people.teller.name}

    def test_comes_in_pages_that_meet(self, till: Till) -> None:
        for _ in range(5):
            till.paid(10)
        by = till.house.people.bank_admin
        seen, after = [], None
        while True:
            page = bank_day(till.house.runtime, by, today(), ZONE, after=after, limit=2)
            assert page.total.booked == 5
            seen += [row.payment_id for row in page.rows]
            after = page.next_after
            if after is None:
                break
        assert len(seen) == len(set(seen)) == 5

    def test_of_another_day_is_empty(self, till: Till) -> None:
        till.paid()
        day = bank_day(till.house.runtime, till.house.people.teller, date(2026, 1, 2), ZONE)
        assert (list(day.rows), list(day.sums), day.total.left_idr) == ([], [], 0)

    def test_is_the_banks_alone(self, till: Till) -> None:
        with pytest.raises(NotAllowed):
            bank_day(till.house.runtime, till.house.people.head, today(), ZONE)

    def test_stands_in_short_beside_the_window(self, till: Till) -> None:
        till.take_back(till.paid(70))
        till.paid(30)
        tape = bank_desk(till.house.runtime, till.house.people.teller, today(), ZONE).tape
        assert (tape.total.booked, tape.total.reversed, tape.total.left_idr) == (2, 1, 30)
        assert [line.reversed_at is None for line in tape.lines] == [True, False]
