"""Whose application it is online: an applicant acts in his own ones, the others are not there."""

from __future__ import annotations

from sqlalchemy import Connection

from licensing.change import Case
from licensing.errors import NotFound
from licensing.people import Applicant


def must_be_own(connection: Connection, case: Case, by: Applicant) -> None:
    """Pass for an application that belongs to the account of `by`.

    Raises:
        NotFound: it is somebody else's, which is said as if there were none.
    """
    own = connection.exec_driver_sql(
        "SELECT 1 FROM dossier WHERE application_id = %s AND online_account_id = %s",
        (case.application_id, by.id),
    ).fetchone()
    if own is None:
        raise NotFound("application", case.application_id)
