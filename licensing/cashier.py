"""Whether an SOP that charges leads nobody past the bank."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.sop import Action, Outcome, Sop

PAYING = "book_payment"
TAKEN_BACK = "reverse_payment"
SETTLED = "fee_settled"
GRANTING = "issue_permit"


def unpaid_steps(sop: Sop) -> frozenset[str]:
    """Return the steps and ends that can be reached without paying and without owing nothing."""
    reached, waiting = {sop.starts_at}, [sop.starts_at]
    while waiting:
        for action in moves_from(sop, waiting.pop()):
            if PAYING in action.then or SETTLED in action.only_if or action.to is None:
                continue
            if action.to not in reached:
                reached.add(action.to)
                waiting.append(action.to)
    return frozenset(reached)


def ways_past_the_bank(sop: Sop) -> tuple[str, ...]:
    """Return the actions (`step.action`) of an SOP that charges by which nothing need be paid.

    One grants what was not paid for, or takes a payment back and leaves the file past the bank.
    Source: UU 28/2009 Art 160(1), PP 35/2023: what is owed is paid by a bill, at the bank.
    """
    if sop.fee.tariff is None:
        return ()
    unpaid = unpaid_steps(sop)
    found = []
    for step in sop.steps.values():
        for action in moves_from(sop, step.name):
            end = sop.ends.get(action.to or "")
            grants = GRANTING in action.then or (end and end.outcome is Outcome.GRANTED)
            free = step.name in unpaid and grants and SETTLED not in action.only_if
            if free or (TAKEN_BACK in action.then and action.to not in unpaid):
                found.append(f"{step.name}.{action.name}")
    return tuple(found)


def moves_from(sop: Sop, name: str) -> Iterator[Action]:
    """Yield the actions of a step; none of an end."""
    step = sop.steps.get(name)
    if step is not None:
        yield from step.actions.values()
