"""Booking and reversing at the bank's window: the one door, and the bank's own words."""

from __future__ import annotations

import re

from sqlalchemy.exc import DBAPIError

from licensing.errors import InvalidInput
from licensing.forms import one_line
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.take_action import Receipt, TakeAction, take_action

TAKEN = "uq_payment_office_id_bank_reference"
LONGEST_REFERENCE = 64

_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9 .\-]*")


def book(runtime: Runtime, command: TakeAction, by: Officer) -> Receipt:
    """Carry a press at the window out: a bank reference stands for one booking alone.

    Raises:
        InvalidInput: `bank_reference` was booked before.
        LicensingError, Refusal: as `take_action`.
    """
    try:
        return take_action(runtime, command, by)
    except DBAPIError as error:
        diagnosis = getattr(error.orig, "diag", None)
        if diagnosis is not None and diagnosis.constraint_name == TAKEN:
            raise InvalidInput({"bank_reference": "reference_used"}) from error
        raise


def bank_reference(typed: str) -> str:
    """Return a reference as it is kept; empty where none was typed.

    The number of a slip stands for it where the bank has none, so none may look like one.

    Raises:
        InvalidInput: it is too long, or no reference of a bank.
    """
    text = one_line(typed).upper()
    if len(text) > LONGEST_REFERENCE:
        raise InvalidInput({"bank_reference": "too_long"})
    if text and (not _REFERENCE.fullmatch(text) or "SSRD" in text):
        raise InvalidInput({"bank_reference": "reference_form"})
    return text
