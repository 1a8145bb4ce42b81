"""Fills an office with invented applications, each sent through the one door at its own time."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from licensing.errors import GuardRefused, Refusal
from licensing.people import Officer
from licensing.queries.application import view_application
from licensing.queries.services import catalogue
from licensing.runtime import Runtime
from licensing.sample.people import InventedApplicant, invent
from licensing.sample.stories import Beat, Story, choose
from licensing.services.acknowledge import acknowledge
from licensing.services.file_application import (
    ApplicantForm,
    FileApplication,
    file_application,
)
from licensing.services.papers import PaperMarks, check_papers, give_verdicts
from licensing.services.read_notices import mark_read
from licensing.services.sweep import sweep
from licensing.services.take_action import TakeAction, take_action
from workflows.sop import Sop
from workflows.worktime import Calendar

SERVICE = "siup"


def fill(
    runtime: Runtime,
    staff: Mapping[str, Officer],
    *,
    applications: int,
    seed: int = 1,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """File and process `applications` invented applications; return how many events that made.

    The office must be marked simulated while this runs. Presses of all files are made in the
    order of their times, with the alarm between them, so that warnings stand where they would.
    """
    random = Random(seed)
    office_id = staff["counter"].office_id
    offered = catalogue(runtime, office_id)
    calendar, now = offered.calendar, offered.now
    if calendar is None:
        raise ValueError("the office has no calendar")
    sop = offered.service(SERVICE).sop
    order = itertools.count()
    queue: list[tuple[datetime, int, Iterator[datetime]]] = []
    for number, story in enumerate(choose(random, applications), start=1):
        person = invent(random, number + seed * 1000)
        filed_at = _filed_at(random, calendar, now, story)
        play = _play(runtime, sop, calendar, staff, story, person, filed_at, random)
        heapq.heappush(queue, (filed_at, next(order), play))
    events = 0
    swept_until = None
    while queue:
        at, _, play = heapq.heappop(queue)
        if at > now:
            continue
        # The alarm looks at the end of every simulated hour, as often as anything can be told.
        if swept_until is None or at - swept_until >= timedelta(hours=1):
            sweep(runtime, office_id=office_id, at=at)
            swept_until = at
        following = next(play, None)
        events += 1
        progress(events)
        if following is not None:
            heapq.heappush(queue, (following, next(order), play))
    sweep(runtime, office_id=office_id, at=now)
    _tidy(runtime, staff, before=now - timedelta(hours=20))
    return events


def _tidy(runtime: Runtime, staff: Mapping[str, Officer], *, before: datetime) -> None:
    """Have everybody read, and the supervisor answer, what was told the day before and earlier."""
    supervisor = staff["supervisor"]
    with runtime.transaction(supervisor.office_id) as connection:
        alerts = connection.exec_driver_sql(
            "SELECT id FROM alert WHERE raised_at < %s AND acknowledged_at IS NULL", (before,)
        ).scalars()
        known = list(alerts)
        told = connection.exec_driver_sql(
            "SELECT officer_id, array_agg(id) FROM notice WHERE created_at < %s"
            " AND officer_id IS NOT NULL AND read_at IS NULL GROUP BY officer_id",
            (before,),
        ).fetchall()
    for alert in known:
        acknowledge(runtime, alert, supervisor, "Sudah dibicarakan dengan petugasnya.")
    people = {officer.id: officer for officer in staff.values()}
    for officer_id, notices in told:
        if officer_id in people:
            mark_read(runtime, people[officer_id], notices)


def _filed_at(random: Random, calendar: Calendar, now: datetime, story: Story) -> datetime:
    """Return a moment of office hours as many working days ago as the story says."""
    day = calendar.local_date(now)
    ago = random.randint(*story.days_ago)
    while ago > 0 or not calendar.is_working(day) or calendar.opening(day) >= now:
        day -= timedelta(days=1)
        ago -= calendar.is_working(day)
    opening = calendar.opening(day)
    latest = min(calendar.closing(day), now - timedelta(minutes=30))
    span = max(int((latest - opening).total_seconds()) - 1_800, 60)
    return opening + timedelta(seconds=random.randrange(span))


def _play(
    runtime: Runtime,
    sop: Sop,
    calendar: Calendar,
    staff: Mapping[str, Officer],
    story: Story,
    person: InventedApplicant,
    filed_at: datetime,
    random: Random,
) -> Iterator[datetime]:
    """Press the story's beats one by one; yield the time of each before it is pressed."""
    application_id = _file(runtime, staff["counter"], person, filed_at)
    at = filed_at
    for beat in story.beats:
        at = calendar.after_minutes(at, beat.minutes)
        yield at
        _press(runtime, sop, staff, application_id, beat, at, random)


def _file(runtime: Runtime, clerk: Officer, person: InventedApplicant, at: datetime) -> UUID:
    return file_application(
        runtime,
        FileApplication(
            service=SERVICE,
            applicant=ApplicantForm(
                name=person.name,
                nik=person.nik,
                phone=person.phone,
                email=person.email,
                address=person.address,
            ),
            variants={"purpose": "new", "legal_form": person.legal_form},
            fields={
                "business_name": person.business,
                "business_address": person.address,
                "phone": person.phone,
                "email": person.email,
                "npwp": person.npwp,
                "net_worth": str(person.net_worth),
                "institution": "pengecer",
                "kbli": person.kbli,
                "main_goods": person.goods,
                "responsible_name": person.name,
                "responsible_title": "Pemilik" if person.legal_form == "perorangan" else "Direktur",
            },
            once_key=f"sample:{person.nik}",
            at=at,
        ),
        clerk,
    ).application_id


def _press(
    runtime: Runtime,
    sop: Sop,
    staff: Mapping[str, Officer],
    application_id: UUID,
    beat: Beat,
    at: datetime,
    random: Random,
) -> None:
    by = staff[beat.role]
    seen = view_application(runtime, application_id, by)
    if seen.outcome is not None:
        return
    version = seen.version
    lane = sop.steps[seen.step].lane
    marks: dict[str, tuple[str, str]]
    if lane == "counter" and beat.action in ("accept", "return_incomplete"):
        marks = {paper.name: ("received", "") for paper in seen.papers}
        marks |= {name: ("faulty", note) for name, note in beat.faults.items()}
        version = check_papers(runtime, PaperMarks(application_id, version, marks), by)
    elif lane == "verifier" and beat.action in ("approve", "return_for_correction"):
        marks = {paper.name: ("correct", "") for paper in seen.papers}
        marks |= {
            name: ("faulty", note)
            for name, note in beat.faults.items()
            if any(paper.name == name for paper in seen.papers)
        }
        version = give_verdicts(runtime, PaperMarks(application_id, version, marks), by)
    inputs = {}
    if beat.action == "hand_over":
        inputs = {
            "collector_name": seen.applicant.name,
            "collector_relation": random.choice(("pemohon", "pemohon", "kuasa")),
            "collector_identity": "KTP",
        }
    command = TakeAction(application_id, beat.action, version, None, beat.reason, inputs, at)
    try:
        take_action(runtime, command, by)
    except GuardRefused:
        # The clock may have been quicker, or a paper of the story is not needed for this form.
        raise
    except Refusal:
        return
