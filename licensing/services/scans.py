"""Scans of the papers of a filed application: the newest is in force, older ones stay."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from licensing.change import Case
from licensing.errors import NotFound
from licensing.facts import renewing
from licensing.history import FILE_REFUSED, SCAN_ADDED
from licensing.people import Officer
from licensing.ports.storage import StorageFault
from licensing.runtime import Runtime
from licensing.services.door_sql import read_for_decision
from licensing.services.frozen import must_be_undecided
from licensing.services.notes import write_note
from licensing.services.uploads import (
    MOST_OF_APPLICATION,
    MOST_OF_PAPER,
    Checked,
    Sending,
    check_upload,
    file_name,
)


def attach_scan(
    runtime: Runtime, application_id: UUID, paper: str, content: bytes, name: str, by: Officer
) -> str:
    """Keep a scan of a paper beside those before it; return its SHA-256.

    Raises:
        NotFound: no such application or paper.
        ApplicationEnded, LapsedByLaw: nothing is added to what was decided on, by law or by us.
        StorageFault: the content is none that is accepted, or there are too many already.
    """
    by.must_have("attach", "counter", "verifier")
    # Asked before anything is stored: what is refused leaves no file behind.
    with runtime.transaction(by.office_id) as connection:
        case = read_for_decision(connection, application_id)
        must_be_undecided(runtime, connection, case)
        _must_have_room(connection, application_id, paper)
    try:
        checked = check_upload(
            runtime,
            content,
            name,
            office_id=by.office_id,
            sending=Sending(application_id, paper, by.id),
        )
    except StorageFault as fault:
        if fault.code == "storage.infected":
            _note_refusal(runtime, application_id, paper, str(fault.facts["found"]), by)
        raise
    with runtime.transaction(by.office_id) as connection:
        case = read_for_decision(connection, application_id)
        must_be_undecided(runtime, connection, case)
        add_scan(connection, case, paper, checked, name, by=by.id)
    return checked.sha256


def add_scan(
    connection: Connection, case: Case, paper: str, checked: Checked, name: str, *, by: UUID | None
) -> bool:
    """Attach what `check_upload` gave to a paper of the locked `case`; return whether it is new.

    The history says which scan was in force before. `by` is an officer; None for the applicant.

    Raises:
        NotFound: the application has no such paper.
        StorageFault: the paper, or the application, has as many scans as it may have.
    """
    before = _must_have_room(connection, case.application_id, paper)
    if before == checked.sha256:
        return False  # pressed twice
    called = file_name(name, paper)
    connection.exec_driver_sql(
        "INSERT INTO paper_file (office_id, application_id, paper, sha256, size, media_type, name,"
        " uploaded_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            case.office_id,
            case.application_id,
            paper,
            checked.sha256,
            checked.size,
            checked.media_type,
            called,
            by,
        ),
    )
    detail = {"paper": paper, "sha256": checked.sha256, "name": called}
    write_note(
        connection,
        case,
        SCAN_ADDED,
        holder=case.holder_id,
        by=by,
        detail=detail if before is None else {**detail, "before": before},
        state=renewing(case.state, (paper,)),
    )
    return True


def _must_have_room(connection: Connection, application_id: UUID, paper: str) -> str | None:
    """Return the SHA-256 of the scan of `paper` that is in force, if any.

    Raises:
        NotFound, StorageFault: as `add_scan`.
    """
    row = connection.exec_driver_sql(_ROOM, {"id": application_id, "paper": paper}).fetchone()
    if row is None:
        raise NotFound("paper", paper)
    if row.of_paper >= MOST_OF_PAPER:
        raise StorageFault("too_many_of_paper", at_most=MOST_OF_PAPER)
    if row.of_application >= MOST_OF_APPLICATION:
        raise StorageFault("too_many_of_application", at_most=MOST_OF_APPLICATION)
    found: str | None = row.newest
    return found


def _note_refusal(
    runtime: Runtime, application_id: UUID, paper: str, finding: str, by: Officer
) -> None:
    with runtime.transaction(by.office_id) as connection:
        case = read_for_decision(connection, application_id)
        write_note(
            connection,
            case,
            FILE_REFUSED,
            holder=case.holder_id,
            by=by.id,
            detail={"paper": paper, "finding": finding},
        )


_ROOM = """
SELECT (SELECT count(*) FROM paper_file f
         WHERE f.application_id = %(id)s AND f.paper = %(paper)s) AS of_paper,
       (SELECT count(*) FROM paper_file f WHERE f.application_id = %(id)s) AS of_application,
       (SELECT f.sha256 FROM paper_file f
         WHERE f.application_id = %(id)s AND f.paper = %(paper)s
         ORDER BY f.uploaded_at DESC, f.id DESC LIMIT 1) AS newest
  FROM paper p WHERE p.application_id = %(id)s AND p.name = %(paper)s
"""
