"""Effects on money: a bill issued, closed, paid, a payment taken back.

None of them decides who pays: they order rows, and the tables refuse whoever is not the bank.
What an SOP should ask of its guards is asked again here: an SOP that forgets one books nothing.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from licensing.change import BillClosing, BillOrder, Change, PaymentOrder, ReversalOrder
from licensing.errors import AmountDiffers, GuardRefused, InputMissing, NotAllowed
from licensing.forms import clean
from licensing.models.people import ROLES_OF

BOOKING_FIELDS = ("bill_id", "amount_idr", "bank_reference")


def issue_bill(change: Change) -> Change:
    """Order the bill (SKRD) of the calculation that stands; its number is taken with the step.

    It is due when the applicant's time to answer at this step ends.
    Source: UU 28/2009 Art 160(1); UU 1/2022 (SKRD).

    Raises:
        GuardRefused: nothing is to be paid, or a bill stands.
    """
    fee = change.state.get("fee")
    if fee is None:
        raise GuardRefused("bill_due", missing=("fee",))
    if not int(fee["a"]) or change.state.get("bill", {}).get("s") in ("open", "paid"):
        raise GuardRefused("bill_due", missing=())
    due_at = next((limit.due_at for limit in change.begun if limit.key.startswith("answer:")), None)
    order = BillOrder(
        bill_id=uuid4(),
        assessment_id=UUID(fee["i"]),
        amount_idr=int(fee["a"]),
        code=secrets.token_hex(8),
        due_at=due_at,
    )
    standing = {"i": str(order.bill_id), "a": fee["a"], "s": "open"}
    change = _standing(replace(change, bill=order), standing)
    change = change.noting(bill=str(order.bill_id), assessment=fee["i"], amount_idr=fee["a"])
    return change.telling(
        "billed",
        amount_idr=fee["a"],
        due_at=None if due_at is None else due_at.isoformat(),
    )


def cancel_bill(change: Change) -> Change:
    """Cancel the open bill, if there is one; a paid one stays.

    Who ends his application hears of that; who does not, hears that he must not pay this bill.
    """
    closed = _closed(change, "cancelled")
    if closed.bill_closing is None or closed.move.end is not None:
        return closed
    return closed.telling("bill_cancelled")


def expire_bill(change: Change) -> Change:
    """Let the open bill expire: it cannot be paid any more, a new one can be asked for."""
    return _closed(change, "expired").telling("bill_expired")


def book_payment(change: Change) -> Change:
    """Order the booking of the open bill, to the rupiah.

    Raises:
        NotAllowed: the SOP gives it to a lane that is not the bank's.
        GuardRefused: no bill is open.
        InputMissing: it is not said which bill and amount the teller has seen.
        AmountDiffers: another bill, or another amount, than the one that is open.
    """
    _must_be_the_banks(change)
    bill = change.state.get("bill", {})
    if bill.get("s") != "open":
        raise GuardRefused("bill_open", missing=())
    missing = tuple(name for name in ("bill_id", "amount_idr") if not change.inputs.get(name))
    if missing:
        raise InputMissing(change.event.action, missing)
    if (change.inputs["bill_id"], change.inputs["amount_idr"]) != (bill["i"], bill["a"]):
        raise AmountDiffers(change.case.application_id, expected=int(bill["a"]))
    reference = clean(change.inputs.get("bank_reference") or "")
    order = PaymentOrder(uuid4(), UUID(bill["i"]), int(bill["a"]), reference[:64])
    paid = {**bill, "s": "paid", "p": str(order.payment_id), "d": change.today.isoformat()}
    change = _standing(replace(change, payment=order), paid)
    change = change.noting(bill=bill["i"], payment=str(order.payment_id), amount_idr=bill["a"])
    return change.telling("paid", amount_idr=bill["a"])


def reverse_payment(change: Change) -> Change:
    """Order the reversal of the payment: the bill is open again, and the file waits again.

    Raises:
        NotAllowed: the SOP gives it to a lane that is not the bank's.
        GuardRefused: the bill was not paid today.
    """
    _must_be_the_banks(change)
    bill = change.state.get("bill", {})
    if bill.get("s") != "paid" or bill.get("d") != change.today.isoformat():
        raise GuardRefused("paid_today", missing=())
    due_at = next((limit.due_at for limit in change.begun if limit.key.startswith("answer:")), None)
    order = ReversalOrder(UUID(bill["p"]), UUID(bill["i"]), change.event.reason or "", due_at)
    opened = {"i": bill["i"], "a": bill["a"], "s": "open"}
    change = _standing(replace(change, reversal=order), opened)
    change = change.noting(bill=bill["i"], payment=bill["p"], amount_idr=bill["a"])
    return change.telling("payment_reversed", amount_idr=bill["a"])


def _must_be_the_banks(change: Change) -> None:
    """Pass in a lane of the bank; the tables would refuse the booking in any other."""
    if change.move.lane not in ROLES_OF["bank"]:
        raise NotAllowed(change.move.action, ROLES_OF["bank"])


def _closed(change: Change, status: str) -> Change:
    bill = change.state.get("bill")
    if bill is None or bill["s"] != "open":
        return change
    closing = BillClosing(UUID(bill["i"]), status)
    change = _standing(replace(change, bill_closing=closing), {**bill, "s": status})
    return change.noting(bill=bill["i"], closed=status)


def _standing(change: Change, bill: dict[str, Any]) -> Change:
    return replace(change, state={**change.state, "bill": bill})
