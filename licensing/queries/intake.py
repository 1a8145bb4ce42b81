"""What the form of the counter shows beside what is typed: promise, next lane, doubles, draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from licensing.errors import NotFound
from licensing.forms import search_key
from licensing.people import Officer
from licensing.queries.application import view_application
from licensing.queries.counter import OfferedService
from licensing.queries.references import BusinessFieldHit, RegionHit, codes_in, dotted
from licensing.queries.search import SAME, Hit, asked_for_same, same_from
from licensing.runtime import Runtime
from licensing.secrecy import SecrecyFault, fingerprints, unseal
from licensing.services.drafts import read_form
from licensing.services.file_application import CODE_PURPOSE, NIK_PURPOSE
from workflows.ledger import due
from workflows.sop import Action, Sop, Text
from workflows.worktime import Calendar

NIK_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class NextLane:
    """Who gets the file when it is accepted, and how much lies there."""

    title: Text
    people: int
    files: int


@dataclass(frozen=True, slots=True)
class About:
    """Whom a form is about, as far as it is typed."""

    subject: str
    nik: str
    proxy_nik: str = ""
    region: str = ""
    """The code of the region of the address."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """The answers to the questions of the SOP."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What the numbers and codes on a form are known to mean: to be compared, never a fault."""

    nik_region: RegionHit | None = None
    """Where the NIK was given out: not today's address."""
    region: RegionHit | None = None
    business_fields: Mapping[str, Sequence[BusinessFieldHit]] = field(default_factory=dict)
    """Five-digit code → the fields it names, the newest edition first."""
    proxy_cases: int = 0
    """Open applications of the proxy, counted up to 100."""
    knows_regions: bool = False
    """Names of regions have been read in: a region can be chosen."""
    knows_fields: bool = False


@dataclass(frozen=True, slots=True)
class DraftOwner:
    """The colleague who has typed the form that was asked for."""

    name: str
    label: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class IntakeDesk:
    """The counter's desk for one service."""

    sop: Sop
    sop_number: int
    services: Sequence[OfferedService]
    calendar: Calendar | None
    now: datetime
    accept: Action | None
    """What takes the file in as complete; None where the SOP's first step knows no receipt."""
    give_back: Action | None
    """What returns it with a list of faults."""
    next_lane: NextLane | None
    promised_at: datetime | None
    """When it would be done if it were complete now."""
    draft: Mapping[str, str] | None
    draft_lost: bool
    """True where a draft was kept and can no longer be opened."""
    filed_id: UUID | None
    """The application that this very form has filed already."""
    doubles: Sequence[Hit]
    """Open files of the same service for the same business or person."""
    reaches_phones: bool = False
    """The office has a way to the phones of applicants."""
    draft_of: DraftOwner | None = None
    """Whose draft it is, where it is a colleague's."""
    hints: Hints = Hints()
    hint_from: int = 0
    """Open applications of one proxy from which they are pointed out."""


@dataclass(frozen=True, slots=True)
class FiledCase:
    """What is told to the applicant when the form has been dealt with."""

    id: UUID
    number: str
    subject: str
    applicant: str
    sop: Sop
    step: str
    outcome: str | None
    tracking_code: str
    promised_at: datetime | None
    """The end of the service standard, once the file is accepted."""
    answer_by: datetime | None
    """Until when the applicant may complete it, once it is returned."""
    check_by: datetime | None
    """When the check of the filing is due, while it is neither."""
    note: str
    """What the clerk told the applicant besides."""
    faults: Sequence[tuple[str, str]]
    """Paper → what is wrong with it; empty words where it is missing."""


def intake_desk(
    runtime: Runtime,
    by: Officer,
    service: str,
    form_id: UUID,
    *,
    about: Callable[[Mapping[str, str]], About],
    typed: Mapping[str, str] | None = None,
) -> IntakeDesk:
    """Return what the form of a service needs, in two statements.

    `about` reads off a form whom it is about: what was `typed`, else the draft that was kept.

    Raises:
        NotAllowed: `by` is not at the counter.
        NotFound: the office does not offer the service.
    """
    by.must_have("file", "counter")
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(
            _DESK, {"form": form_id, "me": by.id, "once_key": str(form_id)}
        ).one()
        offered = {
            version["service"]: (
                runtime.rules(connection, UUID(version["id"])).sop,
                version["number"],
            )
            for version in row.versions
        }
        closed = {version["service"] for version in row.versions if version["closed"]}
        if service not in offered:
            raise NotFound("service", service)
        sop, number = offered[service]
        calendar = None
        if row.calendar_version_id is not None:
            calendar = runtime.calendar(connection, row.calendar_version_id, row.late_receipt)
        accept = first_action(sop, "issue_receipt")
        lane = None
        if accept is not None and accept.to and accept.to in sop.steps:
            lane = sop.steps[accept.to].lane
        draft, lost = _draft(runtime, row.draft)
        whom = about(typed or draft or {})
        around = connection.exec_driver_sql(
            _AROUND,
            {
                "lane": lane,
                **_meant(runtime, sop, whom),
                **asked_for_same(runtime, service=service, subject=whom.subject, nik=whom.nik),
            },
        ).one()
        next_lane = None
        if lane is not None:
            next_lane = NextLane(sop.lanes[lane].title, around.people, around.files)
        doubles = same_from(runtime, connection, around.same)
    return IntakeDesk(
        sop=sop,
        sop_number=number,
        services=sorted(
            (
                OfferedService(name, found.title, found.category or {"id": ""})
                for name, (found, _) in offered.items()
                if name == service or name not in closed
            ),
            key=lambda one: one.title["id"],
        ),
        calendar=calendar,
        now=row.now,
        accept=accept,
        give_back=first_action(sop, "list_faults"),
        next_lane=next_lane,
        promised_at=_promise(sop, calendar, row.now),
        draft=draft,
        draft_lost=lost,
        filed_id=row.filed_id,
        doubles=doubles,
        reaches_phones=row.reaches_phones,
        draft_of=None
        if row.draft_of is None
        else DraftOwner(
            row.draft_of["name"],
            row.draft_of["label"] or "",
            datetime.fromisoformat(row.draft_of["saved_at"]),
        ),
        hints=_hints(around),
        hint_from=runtime.proxy_cases_hint,
    )


def filed_case(runtime: Runtime, application_id: UUID, by: Officer) -> FiledCase:
    """Return what the counter tells the applicant of a file it has just dealt with.

    Raises:
        NotAllowed: `by` is not at the counter.
        NotFound: no such application in the office of `by`.
    """
    by.must_have("file", "counter")
    view = view_application(runtime, application_id, by)
    limits = {limit.key.partition(":")[0].partition("#")[0]: limit for limit in view.limits}
    dues = {kind: limit.due_at for kind, limit in limits.items()}
    open_filing = "filing" in limits and limits["filing"].status in ("running", "broken")
    return FiledCase(
        id=view.id,
        number=view.number,
        subject=view.subject,
        applicant=view.applicant.name,
        sop=view.sop,
        step=view.step,
        outcome=view.outcome,
        tracking_code=unseal(runtime.keyring, view.tracking_cipher, purpose=CODE_PURPOSE),
        promised_at=dues.get("service"),
        answer_by=dues.get("answer"),
        check_by=dues.get("filing") if open_filing else None,
        note=next(
            (event.reason for event in reversed(view.events) if event.from_step is not None), None
        )
        or "",
        faults=[
            (paper.name, paper.presence_note)
            for paper in view.papers
            if paper.presence in ("missing", "faulty")
        ],
    )


def _meant(runtime: Runtime, sop: Sop, whom: About) -> dict[str, Any]:
    """Return what the statement about the typed numbers and codes asks for."""
    nik = search_key(whom.nik)
    proxy = search_key(whom.proxy_nik)
    asked = [name for name, one in sop.fields.items() if one.type == "kbli"]
    codes = [code for name in asked for code in codes_in(whom.fields.get(name, ""))]
    return {
        "nik_region": dotted(nik[:6]) if nik.isdigit() and len(nik) == NIK_DIGITS else "",
        "region": whom.region,
        "codes": codes,
        "hashes": list(fingerprints(runtime.keyring, proxy, purpose=NIK_PURPOSE)) if proxy else [],
    }


def _hints(around: Any) -> Hints:
    named = {code: RegionHit(**hit) for code, hit in around.regions.items()}
    fields: dict[str, list[BusinessFieldHit]] = {code: [] for code in around.codes}
    for hit in around.business_fields:
        fields[hit["code"]].append(BusinessFieldHit(**hit))
    return Hints(
        nik_region=named.get(around.nik_region),
        region=named.get(around.region),
        business_fields=fields,
        proxy_cases=around.proxy_cases,
        knows_regions=around.knows_regions,
        knows_fields=around.knows_fields,
    )


def first_action(sop: Sop, effect: str) -> Action | None:
    """Return the action of the first step that has this effect."""
    for action in sop.steps[sop.starts_at].actions.values():
        if effect in action.then:
            return action
    return None


def _draft(
    runtime: Runtime, stored: Mapping[str, Any] | None
) -> tuple[Mapping[str, str] | None, bool]:
    """Return the draft, and whether there is one that can no longer be opened."""
    if stored is None:
        return None, False
    try:
        return read_form(runtime.keyring, stored), False
    except SecrecyFault:
        return None, True


def _promise(sop: Sop, calendar: Calendar | None, now: datetime) -> datetime | None:
    service = sop.limits.get("service")
    if service is None or calendar is None:
        return None
    return due(calendar, service.within, now)


_DESK = """
SELECT o.calendar_version_id, o.late_receipt, clock_timestamp() AS now,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', v.id, 'service', v.service,
                 'number', v.number, 'closed', s.service IS NOT NULL))
          FROM (SELECT DISTINCT ON (service) id, service, number FROM sop_version
                 ORDER BY service, number DESC) v
          LEFT JOIN service_state s ON s.service = v.service AND NOT s.open), '[]'::jsonb)
         AS versions,
       (SELECT form FROM intake_draft WHERE id = %(form)s AND officer_id = %(me)s) AS draft,
       (SELECT jsonb_build_object('name', w.name, 'label', i.form ->> 'label',
                 'saved_at', i.saved_at)
          FROM intake_draft i JOIN officer w ON w.id = i.officer_id
         WHERE i.id = %(form)s AND i.officer_id <> %(me)s) AS draft_of,
       (SELECT application_id FROM dossier
         WHERE office_id = o.id AND once_key = %(once_key)s) AS filed_id,
       EXISTS (SELECT FROM office_channel c
                WHERE c.office_id = o.id AND c.active AND c.personal) AS reaches_phones
  FROM office o WHERE o.id = current_office()
"""

# The lane that comes next, what the numbers and codes that were typed are known to mean, and files
# that may be the same.
_AROUND = f"""
SELECT (SELECT count(*) FROM acting_role r JOIN officer w ON w.id = r.officer_id
         WHERE r.role = %(lane)s AND w.active) AS people,
       (SELECT count(*) FROM (SELECT 1 FROM application
         WHERE lane = %(lane)s AND ended_at IS NULL LIMIT 1000) files) AS files,
       %(nik_region)s::text AS nik_region, %(region)s::text AS region, %(codes)s::text[] AS codes,
       coalesce((SELECT jsonb_object_agg(code, jsonb_build_object('code', code, 'name', name,
                 'kind', kind, 'path', path))
          FROM region WHERE code IN (%(nik_region)s, %(region)s)), '{{}}'::jsonb) AS regions,
       coalesce((SELECT jsonb_agg(jsonb_build_object('code', code, 'edition', edition,
                 'title', title) ORDER BY edition DESC)
          FROM business_field WHERE code = ANY(%(codes)s::text[]) AND level = 'kelompok'),
         '[]'::jsonb) AS business_fields,
       (SELECT count(*) FROM (SELECT 1 FROM dossier d JOIN application a ON a.id = d.application_id
         WHERE d.proxy_hash = ANY(%(hashes)s) AND a.ended_at IS NULL LIMIT 100) f) AS proxy_cases,
       EXISTS (SELECT FROM region) AS knows_regions,
       EXISTS (SELECT FROM business_field) AS knows_fields,
       {SAME} AS same
"""  # noqa: S608 - our own text
