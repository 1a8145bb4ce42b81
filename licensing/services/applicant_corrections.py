"""Correcting what was returned: the applicant puts a new scan in the place of a faulty paper."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from licensing.change import Case
from licensing.errors import InvalidInput, NotAllowed, NotFound
from licensing.facts import renewing
from licensing.people import APPLICANT_LANE, Applicant
from licensing.retry import retried
from licensing.runtime import Runtime
from licensing.services.door_sql import dump, read_for_decision
from licensing.services.frozen import must_be_undecided
from licensing.services.own_applications import must_be_own
from licensing.services.uploads import Checked, file_name
from workflows.sop import Party

MOST_OF_ROUND: Final = 10
"""Scans that one paper may be given in one round of correction."""


def must_be_correctable(runtime: Runtime, application_id: UUID, paper: str, by: Applicant) -> None:
    """Pass where `by` may put a new scan into the place of a paper now: asked before it is kept.

    Raises:
        NotFound: not his application, or this paper was not returned.
        ApplicationEnded, LapsedByLaw: it is decided.
        NotAllowed: it is not his turn.
        InvalidInput: this paper has as many new scans as it may.
    """
    with runtime.transaction(by.office_id) as connection:
        _correctable(runtime, connection, application_id, paper, by)


@retried
def correct_paper(
    runtime: Runtime,
    application_id: UUID,
    paper: str,
    checked: Checked,
    name: str,
    by: Applicant,
) -> None:
    """Put a scan that was checked beside those of a returned paper; the older ones stay.

    Raises:
        as `must_be_correctable`.
    """
    with runtime.transaction(by.office_id) as connection:
        case = _correctable(runtime, connection, application_id, paper, by)
        connection.exec_driver_sql(
            "INSERT INTO paper_file (office_id, application_id, paper, sha256, size, media_type,"
            " name, uploaded_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            (
                by.office_id,
                application_id,
                paper,
                checked.sha256,
                checked.size,
                checked.media_type,
                file_name(name, paper),
                by.id,
            ),
        )
        state = renewing(case.state, (paper,))
        if state is not case.state:
            connection.exec_driver_sql(
                "UPDATE application SET state = %s WHERE id = %s", (dump(state), application_id)
            )


def _correctable(
    runtime: Runtime, connection: Connection, application_id: UUID, paper: str, by: Applicant
) -> Case:
    case = read_for_decision(connection, application_id)
    must_be_own(connection, case, by)
    must_be_undecided(runtime, connection, case)
    step = runtime.rules(connection, case.sop_version_id).sop.steps[case.step]
    if step.party is not Party.APPLICANT or case.state.get("held"):
        raise NotAllowed("correct papers", (APPLICANT_LANE,))
    row = connection.exec_driver_sql(_RETURNED, (application_id, paper)).fetchone()
    if row is None:
        raise NotFound("returned paper", paper)
    if row.new >= MOST_OF_ROUND:
        raise InvalidInput({f"scan_{paper}": "too_many_scans"})
    return case


_RETURNED = """
SELECT (SELECT count(*) FROM paper_file f
         WHERE f.application_id = a.id AND f.paper = p.name
           AND f.uploaded_at >= a.step_since) AS new
  FROM paper p JOIN application a ON a.id = p.application_id
 WHERE p.application_id = %s AND p.name = %s
   AND (p.verdict = 'faulty' OR p.presence IN ('missing', 'faulty'))
"""
