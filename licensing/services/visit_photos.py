"""Photographs of a visit: kept beside its report until that has been weighed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from licensing.change import Case
from licensing.errors import InvalidInput, NotFound
from licensing.people import Officer
from licensing.ports.storage import StorageFault
from licensing.queries.visits import weighed_at
from licensing.runtime import Runtime
from licensing.services.door_sql import read_for_decision
from licensing.services.frozen import must_be_undecided
from licensing.services.uploads import Sending, check_upload, file_name

MOST_PHOTOS = 12


def attach_photos(
    runtime: Runtime, application_id: UUID, photos: Sequence[tuple[str, bytes]], by: Officer
) -> int:
    """Keep photographs (name, content) of the newest visit; return how many were new.

    All or none. One that is kept already is not kept twice.

    Raises:
        NotAllowed: `by` is no inspector.
        NotFound: no such application, or it was never visited.
        ApplicationEnded: nothing is added to what was decided on.
        InvalidInput: `photos` with visit_photos_closed (the visit was postponed, or its report
            has been weighed) or visit_photos_too_many.
        StorageFault: one of them is no photograph that is accepted.
    """
    by.must_have("attach photographs", "inspector")
    for _name, content in photos:
        if runtime.storage.inspect(content).media_type == "application/pdf":
            raise StorageFault("type", found="application/pdf")
    # Asked before anything is stored: what is refused leaves no file behind.
    with runtime.transaction(by.office_id) as connection:
        _taking_visit(runtime, connection, application_id)
    sending = Sending(application_id, "photos", by.id)
    kept = [
        (
            file_name(name, "foto"),
            check_upload(runtime, content, name, office_id=by.office_id, sending=sending),
        )
        for name, content in photos
    ]
    with runtime.transaction(by.office_id) as connection:
        number = _taking_visit(runtime, connection, application_id)
        paper = f"visit_{number}"
        known = {
            row.sha256
            for row in connection.exec_driver_sql(
                "SELECT sha256 FROM paper_file WHERE application_id = %s AND paper = %s",
                (application_id, paper),
            )
        }
        fresh = {stored.sha256: (name, stored) for name, stored in kept}
        fresh = {sha256: one for sha256, one in fresh.items() if sha256 not in known}
        if len(known) + len(fresh) > MOST_PHOTOS:
            raise InvalidInput({"photos": "visit_photos_too_many"})
        for name, stored in fresh.values():
            connection.exec_driver_sql(
                "INSERT INTO paper_file (office_id, application_id, paper, sha256, size,"
                " media_type, name, uploaded_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    by.office_id,
                    application_id,
                    paper,
                    stored.sha256,
                    stored.size,
                    stored.media_type,
                    name,
                    by.id,
                ),
            )
    return len(fresh)


def _taking_visit(runtime: Runtime, connection: Connection, application_id: UUID) -> int:
    """Return the number of the visit that takes photographs, its application locked."""
    case = read_for_decision(connection, application_id)
    must_be_undecided(runtime, connection, case)
    return _open_visit(runtime, connection, case)


def _open_visit(runtime: Runtime, connection: Connection, case: Case) -> int:
    """Return the number of the visit that still takes photographs.

    Raises:
        NotFound, InvalidInput: as `attach_photos`.
    """
    visit = case.state.get("visit")
    if visit is None:
        raise NotFound("visit of application", case.application_id)
    number = int(visit["n"])
    if visit["s"] == "planned":
        return number
    sop = runtime.rules(connection, case.sop_version_id).sop
    if visit["s"] == "held" and case.step in weighed_at(sop):
        left = connection.exec_driver_sql(_LEFT, (case.step, case.application_id, number)).scalar()
        if not left:
            return number
    raise InvalidInput({"photos": "visit_photos_closed"})


# Sent back to it later, the step is not what it was: the report has been weighed once.
_LEFT = """
SELECT EXISTS (
  SELECT 1 FROM application_event e
   WHERE e.application_id = v.application_id AND e.ask IS NULL AND e.from_step = %s
     AND e.to_step <> e.from_step AND e.recorded_at > v.reported_at)
  FROM visit v WHERE v.application_id = %s AND v.number = %s
"""
