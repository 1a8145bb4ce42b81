"""Drafts of SOPs: what an office sets itself, checked at once, published by a second person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from licensing.errors import InvalidInput, NotFound, StaleSetting
from licensing.forms import MAX_LONG_TEXT, clean
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.administration import record
from licensing.services.sops import PUBLISHERS, Published, bases, publish_in, shortest_day
from licensing.sop_diff import DiffLine, sop_diff
from licensing.sop_settings import SopChanges, edited, settings_of
from workflows.reading import expand, read_sop
from workflows.sop import Sop

_DAYS_NAMED: Final = {
    "id": re.compile(r"(\d+) hari kerja"),
    "en": re.compile(r"(\d+) working days?"),
}


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A text that waits for a second person."""

    id: UUID
    text: str
    note: str
    drafted_by: UUID
    drafter: str
    drafted_at: datetime


@dataclass(frozen=True, slots=True)
class SopStanding:
    """The version of a service that is in force, and the draft that waits."""

    version_id: UUID
    number: int
    text: str
    """Whole: with everything it follows written out."""
    sop: Sop
    draft: OpenDraft | None
    working_sop: Sop
    """What further changes are made to: the draft where one waits."""
    open_applications: int

    @property
    def draft_diff(self) -> Sequence[DiffLine]:
        """What the draft that waits would change."""
        return () if self.draft is None else sop_diff(self.text, self.draft.text)

    @property
    def working_text(self) -> str:
        """The text that further changes are made to."""
        return self.text if self.draft is None else self.draft.text


@dataclass(frozen=True, slots=True)
class DraftPreview:
    """What a draft would change; nothing has been written."""

    standing: SopStanding
    text: str
    sop: Sop
    diff: Sequence[DiffLine]


def sop_standing(runtime: Runtime, service: str, by: Officer) -> SopStanding:
    """Return a service as its settings are changed.

    Raises:
        NotAllowed: `by` keeps no SOPs.
        NotFound: the office has published none of this name.
    """
    by.must_have("change an SOP", *PUBLISHERS)
    with runtime.transaction(by.office_id) as connection:
        return _standing(runtime, connection, service)


def draft_of(runtime: Runtime, draft_id: UUID, by: Officer) -> SopStanding:
    """Return the service whose draft this is, with the draft.

    Raises:
        NotAllowed: `by` keeps no SOPs.
        NotFound: no such draft waits.
    """
    by.must_have("see a draft", *PUBLISHERS)
    with runtime.transaction(by.office_id) as connection:
        service = connection.exec_driver_sql(
            "SELECT service FROM sop_draft WHERE id = %s AND ended_at IS NULL", (draft_id,)
        ).scalar_one_or_none()
        if service is None:
            raise NotFound("draft", draft_id)
        return _standing(runtime, connection, service)


def preview_draft(
    runtime: Runtime, service: str, changes: SopChanges, *, note: str, seen: int, by: Officer
) -> DraftPreview:
    """Return what the changes would make of the text, checked whole.

    Raises:
        NotAllowed, NotFound, StaleSetting, InvalidInput, SopFaults: as `save_draft`.
    """
    by.must_have("change an SOP", *PUBLISHERS)
    _note(note)
    with runtime.transaction(by.office_id) as connection:
        standing = _standing(runtime, connection, service)
        return _drafted(runtime, connection, standing, changes, seen, by)


def save_draft(
    runtime: Runtime, service: str, changes: SopChanges, *, note: str, seen: int, by: Officer
) -> UUID:
    """Keep the changed text as the draft of a service; return its id.

    A draft that waits is replaced: the changes are made to its text. `seen` is the number of the
    version that was in force when the form was shown.

    Raises:
        NotAllowed: `by` keeps no SOPs.
        NotFound: the office has published none of this name.
        StaleSetting: another version came into force meanwhile.
        InvalidInput: no note says why, or nothing would change.
        SopFaults: the changed text has faults; nothing is written.
    """
    by.must_have("change an SOP", *PUBLISHERS)
    note = _note(note)
    with runtime.transaction(by.office_id) as connection:
        _in_line(connection, by.office_id, service)
        standing = _standing(runtime, connection, service)
        preview = _drafted(runtime, connection, standing, changes, seen, by)
        if standing.draft is not None:
            _end(connection, standing.draft.id, by, "replaced")
        draft_id: UUID = connection.exec_driver_sql(
            _SAVE,
            {
                "office": by.office_id,
                "service": service,
                "base": standing.version_id,
                "text": preview.text,
                "note": note,
                "by": by.id,
            },
        ).scalar_one()
        record(
            connection,
            by.office_id,
            "sop_drafted",
            service,
            by=by.id,
            detail={
                "note": note,
                "before": {line.place: line.before for line in preview.diff if line.before},
                "after": {line.place: line.after for line in preview.diff if line.after},
                "open_applications": standing.open_applications,
            },
        )
    return draft_id


def publish_draft(runtime: Runtime, draft_id: UUID, by: Officer) -> Published:
    """Put a draft in force for applications filed from now on; open ones keep their version.

    Raises:
        NotAllowed: `by` publishes no SOPs.
        NotFound: no such draft waits.
        SameDrafter: whoever drafted it does not publish it.
        StaleSetting: another version came into force after it was drafted.
        SopFaults: the office's calendar changed, and the text does not fit any more.
    """
    by.must_have("publish an SOP", *PUBLISHERS)
    with runtime.transaction(by.office_id) as connection:
        draft = _waiting(connection, draft_id)
        newest = connection.exec_driver_sql(_NEWEST, (draft.service,)).one()
        if newest.id != draft.base_version_id:
            raise StaleSetting(draft.service)
        done = publish_in(
            connection,
            runtime,
            by.office_id,
            draft.text,
            drafted_by=draft.drafted_by,
            published_by=by.id,
        )
        _end(connection, draft_id, by, "published", done.sop_version_id)
    return done


def discard_draft(runtime: Runtime, draft_id: UUID, by: Officer) -> str:
    """End a draft that is not wanted; it stays in the record. Return its service.

    Raises:
        NotAllowed: `by` keeps no SOPs.
        NotFound: no such draft waits.
    """
    by.must_have("discard a draft", *PUBLISHERS)
    with runtime.transaction(by.office_id) as connection:
        draft = _waiting(connection, draft_id)
        _end(connection, draft_id, by, "discarded")
        record(
            connection,
            by.office_id,
            "sop_draft_discarded",
            draft.service,
            by=by.id,
            detail={"note": draft.note},
        )
    return str(draft.service)


def _standing(runtime: Runtime, connection: Connection, service: str) -> SopStanding:
    row = connection.exec_driver_sql(_STANDING, {"service": service}).fetchone()
    if row is None:
        raise NotFound("service", service)
    draft = None
    if row.draft_id is not None:
        draft = OpenDraft(
            row.draft_id, row.draft, row.note, row.drafted_by, row.drafter, row.drafted_at
        )
    sop = working = runtime.rules(connection, row.id).sop
    if draft is not None:
        working = read_sop(draft.text, vocabulary=runtime.vocabulary, base=bases(connection))
    return SopStanding(row.id, row.number, row.expanded, sop, draft, working, row.open_applications)


def _drafted(
    runtime: Runtime,
    connection: Connection,
    standing: SopStanding,
    changes: SopChanges,
    seen: int,
    by: Officer,
) -> DraftPreview:
    if standing.number != seen:
        raise StaleSetting(standing.sop.name)
    if not changes.values.keys() <= {setting.at for setting in settings_of(standing.working_sop)}:
        raise InvalidInput({"changes": "no_setting"})
    base = bases(connection)
    text = edited(expand(standing.working_text, base), changes)
    sop = read_sop(
        text,
        vocabulary=runtime.vocabulary,
        base=base,
        shortest_day=shortest_day(connection, by.office_id),
    )
    diff = sop_diff(standing.text, text)
    if not diff:
        raise InvalidInput({"changes": "nothing_changed"})
    _must_say_its_own_days(sop)
    return DraftPreview(standing, text, sop, diff)


def _must_say_its_own_days(sop: Sop) -> None:
    """Pass for a summary that names the days of the standard, or none."""
    within = sop.limits["service"].within
    if sop.summary is None or within.unit != "working days":
        return
    for language, days in _DAYS_NAMED.items():
        named = {int(number) for number in days.findall(sop.summary[language])}
        if named and within.amount not in named:
            raise InvalidInput({f"summary_{language}": "summary_other_days"})


def _waiting(connection: Connection, draft_id: UUID) -> Any:
    row = connection.exec_driver_sql(_WAITING, (draft_id,)).fetchone()
    if row is None:
        raise NotFound("draft", draft_id)
    return row


def _end(
    connection: Connection,
    draft_id: UUID,
    by: Officer,
    outcome: str,
    version_id: UUID | None = None,
) -> None:
    connection.exec_driver_sql(
        "UPDATE sop_draft SET ended_at = clock_timestamp(), ended_by = %s, outcome = %s,"
        " sop_version_id = %s WHERE id = %s",
        (by.id, outcome, version_id, draft_id),
    )


def _in_line(connection: Connection, office_id: UUID, service: str) -> None:
    connection.exec_driver_sql(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", (f"{office_id}/{service}",)
    )


def _note(note: str) -> str:
    note = clean(note)
    if not note:
        raise InvalidInput({"note": "required"})
    if len(note) > MAX_LONG_TEXT:
        raise InvalidInput({"note": "too_long"})
    return note


_NEWEST = "SELECT id FROM sop_version WHERE service = %s ORDER BY number DESC LIMIT 1"

_STANDING = """
SELECT v.id, v.number, v.expanded, d.id AS draft_id, d.text AS draft, d.note, d.drafted_by,
       o.name AS drafter, d.drafted_at,
       (SELECT count(*) FROM application a JOIN sop_version w ON w.id = a.sop_version_id
         WHERE a.ended_at IS NULL AND w.service = %(service)s) AS open_applications
  FROM sop_version v
  LEFT JOIN sop_draft d ON d.service = v.service AND d.ended_at IS NULL
  LEFT JOIN officer o ON o.id = d.drafted_by
 WHERE v.service = %(service)s
 ORDER BY v.number DESC LIMIT 1
"""

_WAITING = """
SELECT service, base_version_id, text, note, drafted_by FROM sop_draft
 WHERE id = %s AND ended_at IS NULL FOR UPDATE
"""

_SAVE = """
INSERT INTO sop_draft (office_id, service, base_version_id, text, note, drafted_by)
VALUES (%(office)s, %(service)s, %(base)s, %(text)s, %(note)s, %(by)s)
RETURNING id
"""
