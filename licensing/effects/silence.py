"""What silence brings about: the application is granted by law, and everything open is closed."""

from __future__ import annotations

from datetime import datetime

from licensing.change import Change
from licensing.effects.bills import cancel_bill
from workflows.silence import SilentLimit


def record_lapse(change: Change, silence: SilentLimit) -> Change:
    """Record since when the application is granted by law; an open bill is cancelled.

    A payment that the bank has booked stays booked.
    Source: UU 30/2014 Art 53(3)-(4).
    """
    change = cancel_bill(change).noting(
        limit=silence.key,
        lapsed_at=silence.since.isoformat(),
        deemed_on=silence.deemed_on.isoformat(),
        started_at=silence.started_at.isoformat(),
        within=[silence.within.amount, silence.within.unit],
        source=silence.source,
    )
    return change.telling(
        "lapsed",
        lapsed_at=silence.since.isoformat(),
        deemed_on=noon(silence.deemed_on.isoformat(), change),
        source=silence.source,
        bill_cancelled=change.bill_closing is not None,
    )


def noon(day: str, change: Change) -> str:
    """Return noon of a day in the office's zone, as a letter reads its days."""
    at = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=change.calendar.zone)
    return at.isoformat()
