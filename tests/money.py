"""An office whose trading permit costs money: files driven to a bill, to a payment, past it.

The SOP is the SIUP with the lanes and steps of money put in, so that nothing but money is tested.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from licensing.people import Clock, Officer
from licensing.runtime import Runtime
from licensing.services.take_action import Receipt
from tests.factories import House, make_applicant, make_house
from workflows.definitions import text_of

AMOUNT = 10_296_000

_LANES = """
  billing: {title: {id: Penetap retribusi, en: Billing officer}, party: office, letter: R}
  teller: {title: {id: Teller bank, en: Bank teller}, party: bank, letter: B}
  bank_supervisor: {title: {id: Penyelia bank, en: Bank supervisor}, party: bank, letter: C}
"""

_STEPS = """
  - step: billing
    lane: billing
    title: {id: Menetapkan retribusi, en: Set the fee}
    papers: {id: Berkas, en: File}
    output: {id: SKRD, en: Bill}
    within: 2 working hours
    actions:
      - do: issue_bill
        title: {id: Terbitkan SKRD, en: Issue the bill}
        to: payment
        only_if: bill_due
        then: issue_bill
      - do: nothing_to_pay
        title: {id: Teruskan tanpa tagihan, en: Pass on with nothing to pay}
        to: signature
        only_if: fee_settled

  - step: payment
    lane: teller
    party: applicant
    title: {id: Membayar retribusi di bank, en: Pay the fee at the bank}
    papers: {id: SKRD, en: Bill}
    output: {id: SSRD, en: Payment slip}
    answer_within: {within: 10 working days, then: expire, source: Standar pelayanan kantor}
    actions:
      - do: pay
        title: {id: Terima pembayaran, en: Take the payment}
        to: signature
        only_if: bill_open
        then: book_payment
        confirm: yes
      - do: expire
        title: {id: Nyatakan kedaluwarsa, en: Let the bill expire}
        lane: clock
        to: bill_expired
        only_if: applicant_warned
        then: expire_bill
      - do: correct_bill
        title: {id: Batalkan dan perbaiki SKRD, en: Cancel and correct the bill}
        lane: billing
        to: billing
        then: cancel_bill
        reason: required

  - step: bill_expired
    lane: applicant
    title: {id: Meminta tagihan baru, en: Ask for a new bill}
    papers: {id: Pemberitahuan, en: Notice}
    output: {id: Permintaan, en: Request}
    answer_within: {within: 10 working days, then: discontinue, source: Standar pelayanan kantor}
    actions:
      - do: ask_new_bill
        title: {id: Minta tagihan baru, en: Ask for a new bill}
        to: billing
      - do: discontinue
        title: {id: Hentikan permohonan, en: Discontinue the application}
        lane: clock
        to: discontinued
        only_if: applicant_warned

"""

_REVERSE = """
      - do: reverse_payment
        title: {id: Batalkan pembayaran, en: Reverse the payment}
        lane: bank_supervisor
        to: payment
        only_if: paid_today
        then: reverse_payment
        reason: required
        not_who_did: payment
        confirm: yes
"""

_CHANGES = (
    ("fee: {tariff: none, source: Permendag 36/2007 Pasal 16}",
     "fee: {tariff: imb, source: Peraturan daerah contoh}"),
    ("\n  head: {title: {id: Kepala dinas",
     _LANES.rstrip() + "\n  head: {title: {id: Kepala dinas"),
    ("to: signature\n        only_if: papers_correct",
     "to: billing\n        only_if: papers_correct"),
    ("\n  - step: signature\n", _STEPS.rstrip() + "\n\n  - step: signature\n"),
    ("        title: {id: Kembalikan ke verifikator, en: Send back to the verifier}\n"
     "        to: verification\n        reason: required\n",
     "        title: {id: Kembalikan ke verifikator, en: Send back to the verifier}\n"
     "        to: verification\n        reason: required" + _REVERSE),
    ("    to: withdrawn\n    reason: required\n    confirm: yes\n    except: handover",
     "    to: withdrawn\n    then: cancel_bill\n    reason: required\n    confirm: yes\n"
     "    except: [signature, refusal, handover]"),
)  # fmt: skip


def paid_siup() -> str:
    """Return the text of a SIUP that costs money."""
    text = text_of("siup")
    for before, after in _CHANGES:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


@dataclass(frozen=True, slots=True)
class Till:
    """An office and its bank."""

    house: House

    def at_billing(self, *, payer: str | None = None, at: datetime | None = None) -> UUID:
        """Return a file whose fee is to be set."""
        house = self.house
        applicant = None if payer is None else make_applicant(_next(), name=payer)
        application = house.application("verification", applicant=applicant, at=at)
        house.judge_all(application)
        house.press("approve", application, by=house.people.verifier, at=at)
        return application

    def assess(self, application: UUID, amount: int = AMOUNT) -> None:
        """Let a calculation stand that comes to `amount`."""
        house = self.house
        with house.runtime.transaction(house.office_id) as connection:
            assessment = connection.exec_driver_sql(
                "INSERT INTO fee_assessment (office_id, application_id, tariff, answers, sheet,"
                " amount_idr, assessed_by) VALUES (%s, %s, 'imb', '{}', '{}', %s, %s) RETURNING id",
                (house.office_id, application, amount, house.people.billing.id),
            ).scalar_one()
        house.as_owner(
            "UPDATE application SET state = jsonb_set(state::jsonb, '{fee}', jsonb_build_object("
            "'i', %(fee)s::text, 'a', %(amount)s::text))::jsonb WHERE id = %(id)s",
            fee=str(assessment),
            amount=str(amount),
            id=application,
        )

    def billed(
        self, amount: int = AMOUNT, *, payer: str | None = None, at: datetime | None = None
    ) -> UUID:
        """Return a file with an open bill."""
        application = self.at_billing(payer=payer, at=at)
        self.assess(application, amount)
        self.house.press("issue_bill", application, by=self.house.people.billing, at=at)
        return application

    def paid(self, amount: int = AMOUNT, *, by: Officer | None = None, **filed: Any) -> UUID:
        """Return a file whose bill is paid."""
        application = self.billed(amount, **filed)
        self.pay(application, by=by)
        return application

    def pay(self, application: UUID, *, by: Officer | None = None, reference: str = "") -> Receipt:
        """Pay the open bill of a file."""
        return self.house.press(
            "pay",
            application,
            by=by or self.house.people.teller,
            inputs=self.inputs(application, reference),
        )

    def inputs(self, application: UUID, reference: str = "") -> dict[str, str]:
        """Return what a teller hands in with his press."""
        bill = self.bill(application)
        return {
            "bill_id": str(bill.id),
            "amount_idr": str(bill.amount_idr),
            "bank_reference": reference,
        }

    def take_back(self, application: UUID, *, by: Officer | None = None) -> Receipt:
        """Reverse the payment of a file."""
        return self.house.press(
            "reverse_payment",
            application,
            by=by or self.house.people.bank_supervisor,
            reason="Salah pembayar",
        )

    def expire(self, application: UUID) -> None:
        """Let the open bill of a file expire, as its limit would."""
        house = self.house
        house.as_owner(
            "UPDATE application SET state = jsonb_set(state::jsonb, '{warned}',"
            """ '["2020-01-01", "2020-01-02"]') WHERE id = %(id)s""",
            id=application,
        )
        house.press("expire", application, by=Clock(house.office_id))  # type: ignore[arg-type]

    def bill(self, application: UUID) -> Any:
        """Return the newest bill of a file."""
        return self.house.rows(
            "SELECT * FROM bill WHERE application_id = %(id)s ORDER BY issued_at DESC LIMIT 1",
            id=application,
        )[0]

    def payments(self, application: UUID) -> list[Any]:
        """Return the bookings of a file, in order."""
        return self.house.rows(
            "SELECT y.* FROM payment y JOIN bill b ON b.id = y.bill_id"
            " WHERE b.application_id = %(id)s ORDER BY y.recorded_at",
            id=application,
        )


_taken = iter(range(5_000, 9_999))


def _next() -> int:
    return next(_taken)


def make_till(runtime: Runtime, owner: Any, **different: Any) -> Till:
    """Return an office whose SIUP costs money."""
    return Till(make_house(runtime, owner, sop=paid_siup(), **different))
