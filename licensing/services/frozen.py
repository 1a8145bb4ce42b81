"""Whether an application is granted by law already, so that nothing in it may be changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from licensing.change import Case
from licensing.errors import ApplicationEnded, LapsedByLaw
from licensing.runtime import Runtime
from workflows.ledger import ClockState, Clockwork
from workflows.silence import SilentLimit, grants_by_silence, true_silence


def must_be_undecided(
    runtime: Runtime, connection: Connection, case: Case, at: datetime | None = None
) -> None:
    """Pass while nobody, and no law, has decided on the application.

    Raises:
        ApplicationEnded: it has ended.
        LapsedByLaw: it is granted by law, even where nobody has recorded that yet.
    """
    if case.outcome is not None:
        raise ApplicationEnded(case.application_id, case.outcome)
    if grants_by_silence(runtime.rules(connection, case.sop_version_id).sop):
        clockwork = runtime.clockwork(
            connection, case.sop_version_id, case.calendar_version_id, case.late_receipt
        )
        # In a simulated office it is as late as the last line of its history says.
        now = at or (case.last_effective_at if case.simulated else case.now)
        must_not_have_lapsed(clockwork, case, max(now, case.last_effective_at))


def must_not_have_lapsed(clockwork: Clockwork, case: Case, at: datetime) -> None:
    """Pass for what is done at `at`, not after the limit of the law.

    Raises:
        LapsedByLaw: the limit had passed.
    """
    silence = granted_by_law(clockwork, case, at)
    if silence is not None:
        raise LapsedByLaw(case.application_id, since=silence.since, deemed_on=silence.deemed_on)


def granted_by_law(clockwork: Clockwork, case: Case, at: datetime) -> SilentLimit | None:
    """Return the limit by whose passing the application is granted at `at`; None while it is not.

    Most SOPs grant nothing so, and their clocks are not read for it.
    """
    if case.outcome is not None or not grants_by_silence(clockwork.sop):
        return None
    silence = true_silence(clockwork, ClockState.from_json(case.state["clock"]), at)
    return silence if silence is not None and silence.grants else None
