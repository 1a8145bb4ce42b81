"""What an applicant sees of his own: unfinished applications, filed ones, scans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from licensing.errors import NotFound
from licensing.people import Applicant
from licensing.queries.scans import Scan
from licensing.queries.tracking import TrackingKey
from licensing.runtime import Runtime
from licensing.secrecy import unseal
from licensing.services.applicant_drafts import KEPT_FOR, OnlineForm, command_of, open_form
from licensing.services.file_application import CODE_PURPOSE, find_faults
from licensing.services.first_line import filing_office
from workflows.sop import Sop, Text, Within
from workflows.worktime import Calendar

PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class OnlineScan:
    """One scan of a paper."""

    id: UUID
    name: str
    size: int
    media_type: str
    scan: str
    """clean, not_scanned, or infected where a later scan has found something."""
    at: datetime


@dataclass(frozen=True, slots=True)
class DraftView:
    """An unfinished application, with everything that is still wrong with it."""

    id: UUID
    sop: Sop
    form: OnlineForm
    faults: Mapping[str, str]
    """By the names of the domain: `business_name`, `applicant_nik`, `paper_ktp`."""
    scans: Mapping[str, Sequence[OnlineScan]]
    """Paper → its scans, oldest first."""
    saved_at: datetime
    deleted_at: datetime
    """When it is thrown away unless it is saved again."""
    closed_note: str | None
    now: datetime
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class OwnDraft:
    """A line of the list of unfinished applications."""

    id: UUID
    title: Text
    subject: str
    saved_at: datetime
    deleted_at: datetime


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A line of the list of filed applications."""

    application_id: UUID
    number: str
    title: Text
    subject: str
    sop: Sop
    step: str
    outcome: str | None
    filed_at: datetime
    ended_at: datetime | None
    has_permit: bool


@dataclass(frozen=True, slots=True)
class OwnList:
    """Everything of one applicant, newest first, a page of the filed ones at a time."""

    drafts: Sequence[OwnDraft]
    files: Sequence[OwnFile]
    page: int
    more: bool


@dataclass(frozen=True, slots=True)
class JustFiled:
    """What is said once an application has come in."""

    application_id: UUID
    number: str
    tracking_code: str
    title: Text
    subject: str
    check_by: datetime | None
    """Until when the office checks that it is complete."""
    service_within: Within | None
    zone: str


def view_draft(runtime: Runtime, draft_id: UUID, by: Applicant) -> DraftView:
    """Return an unfinished application of `by`.

    Raises:
        NotFound: he has none, or its service is no longer offered.
    """
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_DRAFT, (draft_id, by.id)).fetchone()
        if row is None:
            raise NotFound("draft", draft_id)
        office = filing_office(connection, by.office_id, row.service)
        sop = runtime.rules(connection, office.sop_version_id).sop
        form = OnlineForm(open_form(runtime.keyring, row.form))
        command = command_of(sop, form, draft_id, locale=by.locale)
        faults = dict(find_faults(runtime, connection, office, command))
        calendar = runtime.calendar(connection, office.calendar_version_id, office.late_receipt)
    scans: dict[str, list[OnlineScan]] = {}
    for one in row.files:
        scans.setdefault(one["paper"], []).append(_scan(one))
    sound = {name for name, sent in scans.items() if any(one.scan != "infected" for one in sent)}
    for paper in sop.papers.values():
        if paper.required and paper.when.holds_for(command.variants) and paper.name not in sound:
            faults[f"paper_{paper.name}"] = "not_uploaded"
    return DraftView(
        draft_id,
        sop,
        form,
        faults,
        scans,
        row.saved_at,
        row.saved_at + KEPT_FOR,
        office.closed_note,
        office.now,
        calendar,
    )


def own_list(runtime: Runtime, by: Applicant, *, page: int = 1) -> OwnList:
    """Return the applications of `by`: the unfinished ones, and a page of the filed ones."""
    with runtime.transaction(by.office_id) as connection:
        drafts = connection.exec_driver_sql(_DRAFTS, (by.id,)).fetchall()
        files = connection.exec_driver_sql(_FILES, (by.id, PAGE + 1, (page - 1) * PAGE)).fetchall()
        sops = {
            version: runtime.rules(connection, version).sop
            for version in {row.sop_version_id for row in (*drafts, *files)}
        }
    return OwnList(
        [
            OwnDraft(
                row.id,
                sops[row.sop_version_id].title,
                _subject(sops[row.sop_version_id], open_form(runtime.keyring, row.form)),
                row.saved_at,
                row.saved_at + KEPT_FOR,
            )
            for row in drafts
        ],
        [
            OwnFile(
                row.id,
                row.number,
                sops[row.sop_version_id].title,
                row.subject,
                sops[row.sop_version_id],
                row.step,
                row.outcome,
                row.filed_at,
                row.ended_at,
                row.has_permit,
            )
            for row in files[:PAGE]
        ],
        page,
        len(files) > PAGE,
    )


def own_key(runtime: Runtime, application_id: UUID, by: Applicant) -> TrackingKey:
    """Return what opens the tracking page of an application of `by`.

    Raises:
        NotFound: it is not his.
    """
    with runtime.transaction(by.office_id) as connection:
        own = connection.exec_driver_sql(_OWN, (application_id, by.id)).fetchone()
    if own is None:
        raise NotFound("application", application_id)
    return TrackingKey(by.office_id, application_id)


def filed_from(runtime: Runtime, draft_id: UUID, by: Applicant) -> UUID | None:
    """Return the application that was made of a draft of `by`; None where none was."""
    with runtime.transaction(by.office_id) as connection:
        found: UUID | None = connection.exec_driver_sql(
            "SELECT application_id FROM dossier WHERE once_key = %s AND online_account_id = %s",
            (str(draft_id), by.id),
        ).scalar_one_or_none()
    return found


def just_filed(runtime: Runtime, application_id: UUID, by: Applicant) -> JustFiled:
    """Return what is said of an application of `by` that has just come in.

    Raises:
        NotFound: it is not his.
    """
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_FILED, (application_id, by.id)).fetchone()
        if row is None:
            raise NotFound("application", application_id)
        sop = runtime.rules(connection, row.sop_version_id).sop
    service = sop.limits.get("service")
    return JustFiled(
        application_id,
        row.number,
        unseal(runtime.keyring, row.tracking_cipher, purpose=CODE_PURPOSE),
        sop.title,
        row.subject,
        row.check_by,
        None if service is None else service.within,
        row.zone,
    )


def read_online_scan(runtime: Runtime, draft_id: UUID, file_id: UUID, by: Applicant) -> Scan:
    """Return one scan of an unfinished application of `by`.

    Raises:
        NotFound: there is none.
        StorageFault: what was kept is gone or altered.
    """
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_SCAN, (file_id, draft_id, by.id)).fetchone()
    if row is None:
        raise NotFound("scan", file_id)
    return Scan(row.name, row.media_type, row.sha256, runtime.storage.get(row.sha256))


def _scan(one: Mapping[str, object]) -> OnlineScan:
    return OnlineScan(
        UUID(str(one["id"])),
        str(one["name"]),
        int(str(one["size"])),
        str(one["media_type"]),
        str(one["scan"]),
        datetime.fromisoformat(str(one["at"])),
    )


def _subject(sop: Sop, form: Mapping[str, str]) -> str:
    return form.get(f"field_{sop.subject}", "") or form.get("applicant_name", "")


_DRAFT = """
SELECT d.service, d.form, d.saved_at,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', f.id, 'paper', f.paper,
                 'name', f.name, 'size', f.size, 'media_type', f.media_type, 'scan', k.scan,
                 'at', f.created_at) ORDER BY f.created_at, f.id)
          FROM online_file f
          JOIN kept_file k ON k.office_id = f.office_id AND k.sha256 = f.sha256
         WHERE f.draft_id = d.id), '[]'::jsonb) AS files
  FROM online_draft d WHERE d.id = %s AND d.account_id = %s
"""

_DRAFTS = """
SELECT d.id, d.form, d.saved_at, v.id AS sop_version_id
  FROM online_draft d
  JOIN LATERAL (SELECT id FROM sop_version WHERE service = d.service
                 ORDER BY number DESC LIMIT 1) v ON true
 WHERE d.account_id = %s
 ORDER BY d.saved_at DESC, d.id
"""

_FILES = """
SELECT a.id, d.number, d.subject, a.sop_version_id, a.step, a.outcome, d.filed_at, a.ended_at,
       EXISTS (SELECT 1 FROM permit p WHERE p.application_id = a.id) AS has_permit
  FROM dossier d JOIN application a ON a.id = d.application_id
 WHERE d.online_account_id = %s
 ORDER BY d.filed_at DESC, d.application_id
 LIMIT %s OFFSET %s
"""

_OWN = "SELECT 1 FROM dossier WHERE application_id = %s AND online_account_id = %s"

_FILED = """
SELECT d.number, d.subject, d.tracking_cipher, a.sop_version_id, o.zone,
       (SELECT l.due_at FROM deadline l WHERE l.application_id = a.id AND l.name = 'filing'
         ORDER BY l.started_at DESC LIMIT 1) AS check_by
  FROM dossier d JOIN application a ON a.id = d.application_id JOIN office o ON o.id = d.office_id
 WHERE d.application_id = %s AND d.online_account_id = %s
"""

_SCAN = """
SELECT f.name, f.media_type, f.sha256
  FROM online_file f JOIN online_draft d ON d.id = f.draft_id
  JOIN kept_file k ON k.office_id = f.office_id AND k.sha256 = f.sha256
 WHERE f.id = %s AND f.draft_id = %s AND d.account_id = %s AND k.scan <> 'infected'
"""
