"""What ends with an application online: its draft, whose scans go into the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from licensing.errors import InvalidInput, NotFound
from licensing.people import Applicant
from workflows.sop import Sop

FILED_EVENT: Final = "online_filed"
"""The event of the letter that says that an application has come in."""


def must_be_scanned(
    connection: Connection,
    sop: Sop,
    variants: Mapping[str, str],
    draft_id: UUID | None,
    by: Applicant,
) -> None:
    """Pass for a draft of `by` that holds a scan of every required paper; it stays locked.

    Raises:
        NotFound: `by` has no such draft.
        InvalidInput: papers without a scan, each by its name.
    """
    row = connection.exec_driver_sql(_SCANNED, (draft_id, by.id)).fetchone()
    if row is None:
        raise NotFound("draft", draft_id)
    lacking = {
        f"paper_{paper.name}": "not_uploaded"
        for paper in sop.papers.values()
        if paper.required and paper.when.holds_for(variants) and paper.name not in row.papers
    }
    if lacking:
        raise InvalidInput(lacking)


def take_draft(
    connection: Connection, application_id: UUID, draft_id: UUID | None, by: Applicant
) -> None:
    """Put the scans of a draft into the file that was made of it, and end the draft."""
    connection.exec_driver_sql(_TAKE, {"id": application_id, "draft": draft_id, "by": by.id})
    connection.exec_driver_sql("DELETE FROM online_draft WHERE id = %s", (draft_id,))


def tell_filed(connection: Connection, application_id: UUID, *, simulated: bool) -> None:
    """Owe the applicant the letter that his application has come in, and until when we check it."""
    connection.exec_driver_sql(
        _TELL, {"id": application_id, "event": FILED_EVENT, "simulated": simulated}
    )


_SCANNED = """
SELECT d.id, ARRAY(
         SELECT DISTINCT f.paper FROM online_file f
           JOIN kept_file k ON k.office_id = f.office_id AND k.sha256 = f.sha256
          WHERE f.draft_id = d.id AND k.scan <> 'infected') AS papers
  FROM online_draft d WHERE d.id = %s AND d.account_id = %s
   FOR UPDATE OF d
"""

# A scan of a paper that these answers do not ask for is left behind, and so is malware.
_TAKE = """
INSERT INTO paper_file (office_id, application_id, paper, sha256, size, media_type, name,
       uploaded_by)
SELECT f.office_id, p.application_id, f.paper, f.sha256, f.size, f.media_type, f.name, %(by)s
  FROM online_file f JOIN paper p ON p.application_id = %(id)s AND p.name = f.paper
  JOIN kept_file k ON k.office_id = f.office_id AND k.sha256 = f.sha256
 WHERE f.draft_id = %(draft)s AND k.scan <> 'infected'
 ORDER BY f.created_at, f.id
"""

_TELL = """
INSERT INTO notice (id, office_id, application_id, event, audience, address, channel, channel_id,
       locale, params, created_at, next_try_at)
SELECT md5(d.application_id::text || ':' || %(event)s || coalesce(':' || w.channel_id, ''))::uuid,
       d.office_id, d.application_id, %(event)s, 'applicant', w.address, w.channel, w.channel_id,
       w.locale,
       jsonb_strip_nulls(jsonb_build_object('check_by', (SELECT l.due_at FROM deadline l
          WHERE l.application_id = d.application_id AND l.name = 'filing'
          ORDER BY l.started_at LIMIT 1))), d.filed_at,
       CASE WHEN w.leaves AND NOT %(simulated)s THEN d.filed_at END
  FROM dossier d JOIN way_to_applicant w ON w.applicant_id = d.applicant_id
 WHERE d.application_id = %(id)s
"""
