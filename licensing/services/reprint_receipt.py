"""The receipt printed again: who did it stands in the history, because the first one is out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from licensing.errors import ApplicationEnded, SimulationOnly
from licensing.history import RECEIPT_REPRINTED
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.door_sql import read_for_decision
from licensing.services.notes import write_note

PRINTERS = ("counter", "verifier", "head", "supervisor")


def record_reprint(
    runtime: Runtime, application_id: UUID, by: Officer, *, at: datetime | None = None
) -> None:
    """Record that `by` prints the receipt of an application again.

    Raises:
        NotFound, ApplicationEnded: there is no such open application.
        NotAllowed: `by` prints no receipts.
        SimulationOnly: `at` outside a simulated office.
    """
    by.must_have("print the receipt again", *PRINTERS)
    with runtime.transaction(by.office_id) as connection:
        case = read_for_decision(connection, application_id)
        if case.outcome is not None:
            raise ApplicationEnded(application_id, case.outcome)
        if at is not None and not case.simulated:
            raise SimulationOnly(str(case.office_id))
        write_note(connection, case, RECEIPT_REPRINTED, holder=case.holder_id, by=by.id, at=at)
