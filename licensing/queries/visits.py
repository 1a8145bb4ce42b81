"""Site visits: those of one file, and the days of the inspectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from licensing.people import Officer
from licensing.runtime import Runtime
from workflows.sop import Sop

REPORTS = "report_visit"
"""The effect of handing in a report: from it on the file is where the report is weighed."""


@dataclass(frozen=True, slots=True)
class Photo:
    """One photograph of a visit."""

    id: UUID
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and whether it is as applied for."""

    aspect: str
    finding: str
    fits: bool


@dataclass(frozen=True, slots=True)
class ReportView:
    """The report of a visit (BAP)."""

    number: str
    held_on: date
    present: Sequence[str]
    measured: Sequence[tuple[str, str]]
    findings: Sequence[Finding]
    fits: bool
    summary: str
    reported_by: str
    reported_by_number: str
    """Employee number of who reported; empty where none is known."""
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class VisitView:
    """One visit of a file; `time` is HH:MM or empty."""

    number: int
    scheduled_on: date
    time: str
    place: str
    note: str
    inspector_id: UUID
    inspector: str
    planned_by: str | None
    planned_at: datetime
    postponed_at: datetime | None
    postponed_why: str | None
    report: ReportView | None
    photos: Sequence[Photo]

    @property
    def is_planned(self) -> bool:
        """Return whether it is still to be held."""
        return self.postponed_at is None and self.report is None


@dataclass(frozen=True, slots=True)
class Engagement:
    """How many visits an inspector has on a day."""

    inspector_id: UUID
    on: date
    count: int


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """One visit on the list of an inspector."""

    application_id: UUID
    number: str
    service: Mapping[str, str]
    subject: str
    applicant: str
    phone: str
    scheduled_on: date
    time: str
    place: str
    note: str
    inspector_id: UUID
    inspector: str
    visit: int


@dataclass(frozen=True, slots=True)
class Agenda:
    """The visits that are still to be held, in the order of their days."""

    now: datetime
    zone: str
    rows: Sequence[AgendaRow]
    more: int
    """How many are further ahead than the list is long."""


def visits_of(rows: Sequence[Mapping[str, Any]]) -> list[VisitView]:
    """Return the visits of a file, the newest first."""
    return [
        VisitView(
            number=row["number"],
            scheduled_on=date.fromisoformat(row["scheduled_on"]),
            time=row["time"],
            place=row["place"],
            note=row["note"],
            inspector_id=UUID(row["inspector_id"]),
            inspector=row["inspector"],
            planned_by=row["planned_by"],
            planned_at=datetime.fromisoformat(row["planned_at"]),
            postponed_at=_moment(row["postponed_at"]),
            postponed_why=row["postponed_why"],
            report=_report(row),
            photos=tuple(
                [Photo(UUID(one["id"]), one["name"], one["sha256"]) for one in row["photos"]]
            ),
        )
        for row in rows
    ]


def engagements_of(rows: Sequence[Mapping[str, Any]]) -> list[Engagement]:
    """Return how the inspectors of the office are engaged on the days ahead."""
    return [
        Engagement(UUID(row["who"]), date.fromisoformat(row["on"]), row["count"]) for row in rows
    ]


def weighed_at(sop: Sop) -> frozenset[str]:
    """Return the steps to which the report of a visit leads."""
    return frozenset(
        action.to
        for step in sop.steps.values()
        for action in step.actions.values()
        if action.to is not None and REPORTS in action.then
    )


def agenda(
    runtime: Runtime, by: Officer, *, whole_office: bool = False, limit: int = 100
) -> Agenda:
    """Return the planned visits of `by`, or of the whole office, the earliest first.

    A visit whose day went by without a report stays on top until it is reported or postponed.
    """
    with runtime.transaction(by.office_id) as connection:
        found = connection.exec_driver_sql(
            _AGENDA, {"who": None if whole_office else by.id, "limit": limit}
        ).one()
        titles = {
            version: runtime.rules(connection, UUID(version)).sop.title
            for version in {row["sop"] for row in found.rows}
        }
    rows = [
        AgendaRow(
            **{name: value for name, value in row.items() if name != "sop"}
            | {
                "service": titles[row["sop"]],
                "application_id": UUID(row["application_id"]),
                "inspector_id": UUID(row["inspector_id"]),
                "scheduled_on": date.fromisoformat(row["scheduled_on"]),
            }
        )
        for row in found.rows
    ]
    return Agenda(found.now, found.zone, rows, max(0, found.total - len(rows)))


def _report(row: Mapping[str, Any]) -> ReportView | None:
    if row["report_number"] is None:
        return None
    return ReportView(
        number=row["report_number"],
        held_on=date.fromisoformat(row["held_on"]),
        present=tuple(row["present"]),
        measured=tuple([(one["label"], one["value"]) for one in row["measured"]]),
        findings=tuple(
            [Finding(one["aspect"], one["finding"], bool(one["fits"])) for one in row["findings"]]
        ),
        fits=row["fits"],
        summary=row["summary"],
        reported_by=row["reported_by"],
        reported_by_number=row["reported_by_number"],
        reported_at=datetime.fromisoformat(row["reported_at"]),
    )


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


VISITS = """
       coalesce((SELECT json_agg(json_build_object('number', v.number,
                 'scheduled_on', v.scheduled_on, 'time', v.scheduled_time, 'place', v.place,
                 'note', v.note, 'inspector_id', v.inspector_id, 'inspector', v1.name,
                 'planned_by', v2.name, 'planned_at', v.planned_at,
                 'postponed_at', v.postponed_at, 'postponed_why', v.postponed_why,
                 'held_on', v.held_on, 'present', v.present, 'measured', v.measured,
                 'findings', v.findings, 'fits', v.fits, 'summary', v.summary,
                 'report_number', v.report_number, 'reported_by', v3.name,
                 'reported_by_number', v3.employee_number, 'reported_at', v.reported_at,
                 'photos', coalesce((SELECT json_agg(json_build_object('id', f2.id,
                            'name', f2.name, 'sha256', f2.sha256) ORDER BY f2.uploaded_at, f2.id)
                     FROM paper_file f2
                    WHERE f2.application_id = v.application_id
                      AND f2.paper = 'visit_' || v.number), '[]'::json))
                 ORDER BY v.number DESC)
          FROM visit v
          JOIN officer v1 ON v1.id = v.inspector_id
          LEFT JOIN officer v2 ON v2.id = v.planned_by
          LEFT JOIN officer v3 ON v3.id = v.reported_by
         WHERE v.application_id = a.id), '[]'::json) AS visits"""

# Asked only where the reader plans: how full the days of the inspectors are.
ENGAGEMENTS = """
       CASE WHEN a.lane = 'inspector' AND %(plans)s THEN
         coalesce((SELECT json_agg(to_json(g)) FROM (
           SELECT v.inspector_id AS who, v.scheduled_on AS "on", count(*) AS count
             FROM visit v JOIN application b ON b.id = v.application_id AND b.ended_at IS NULL
            WHERE v.office_id = a.office_id AND v.postponed_at IS NULL AND v.reported_at IS NULL
              AND v.application_id <> a.id
              AND v.scheduled_on >= (clock_timestamp() AT TIME ZONE o.zone)::date
            GROUP BY 1, 2) g), '[]'::json)
       ELSE '[]'::json END AS engagements"""

_AGENDA = """
WITH open AS (
  SELECT v.*, count(*) OVER () AS total
    FROM visit v JOIN application a ON a.id = v.application_id AND a.ended_at IS NULL
   WHERE v.office_id = (SELECT current_office())
     AND v.postponed_at IS NULL AND v.reported_at IS NULL
     AND (%(who)s::uuid IS NULL OR v.inspector_id = %(who)s::uuid)
   ORDER BY v.scheduled_on, v.scheduled_time = '', v.scheduled_time, v.application_id
   LIMIT %(limit)s
)
SELECT clock_timestamp() AS now, o.zone, coalesce((SELECT max(total) FROM open), 0) AS total,
       coalesce((SELECT json_agg(json_build_object('application_id', v.application_id,
                 'number', d.number, 'sop', a.sop_version_id, 'subject', d.subject,
                 'applicant', t.name, 'phone', t.phone, 'scheduled_on', v.scheduled_on,
                 'time', v.scheduled_time, 'place', v.place, 'note', v.note,
                 'inspector_id', v.inspector_id, 'inspector', w.name, 'visit', v.number)
                 ORDER BY v.scheduled_on, v.scheduled_time = '', v.scheduled_time, d.number)
          FROM open v
          JOIN application a ON a.id = v.application_id
          JOIN dossier d ON d.application_id = v.application_id
          JOIN applicant t ON t.id = d.applicant_id
          JOIN officer w ON w.id = v.inspector_id), '[]'::json) AS rows
  FROM office o WHERE o.id = (SELECT current_office())
"""
