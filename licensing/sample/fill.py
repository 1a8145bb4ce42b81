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
from licensing.sample.answers import invent_fields, invent_variants
from licensing.sample.building_stories import choose_others
from licensing.sample.inputs import fee_answers, inputs_for
from licensing.sample.people import InventedApplicant, invent
from licensing.sample.stories import Beat, Story, choose
from licensing.services.acknowledge import acknowledge
from licensing.services.assess_fee import AssessFee, assess_fee
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


def fill(
    runtime: Runtime,
    staff: Mapping[str, Officer],
    *,
    applications: int,
    seed: int = 1,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """File and process invented applications; return how many events that made.

    `applications` are of the SIUP; where the office offers more, half as many again are of its
    other services. The office must be marked simulated while this runs. Presses of all files are
    made in the order of their times, with the alarm between them, so that warnings stand where
    they would.
    """
    random = Random(seed)
    office_id = staff["counter"].office_id
    offered = catalogue(runtime, office_id)
    calendar, now = offered.calendar, offered.now
    if calendar is None:
        raise ValueError("the office has no calendar")
    sops = {service.sop.name: service.sop for service in offered.services}
    order = itertools.count()
    queue: list[tuple[datetime, int, Iterator[datetime]]] = []
    chosen = choose(random, applications) + choose_others(random, applications // 2, sops)
    for number, story in enumerate(chosen, start=1):
        person = invent(random, number + seed * 1000)
        filed_at = _filed_at(random, calendar, now, story)
        sop = sops[story.service]
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
    application_id = _file(runtime, sop, staff["counter"], person, filed_at, calendar, random)
    at = filed_at
    for beat in story.beats:
        at = calendar.after_minutes(at, beat.minutes)
        yield at
        _press(runtime, sop, staff, application_id, beat, at, random, calendar)


def _file(
    runtime: Runtime,
    sop: Sop,
    clerk: Officer,
    person: InventedApplicant,
    at: datetime,
    calendar: Calendar,
    random: Random,
) -> UUID:
    variants = invent_variants(sop, person, random)
    return file_application(
        runtime,
        FileApplication(
            service=sop.name,
            applicant=ApplicantForm(
                name=person.name,
                nik=person.nik,
                phone=person.phone,
                email=person.email,
                address=person.address,
            ),
            variants=variants,
            fields=invent_fields(sop, person, variants, calendar.local_date(at), random),
            once_key=f"sample:{sop.name}:{person.nik}",
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
    calendar: Calendar,
) -> None:
    by = staff[beat.role]
    seen = view_application(runtime, application_id, by)
    if seen.outcome is not None:
        return
    version = seen.version
    step = sop.steps[seen.step]
    action = step.actions.get(beat.action)
    guards = frozenset(action.only_if) if action is not None and beat.ask is None else frozenset()
    marks: dict[str, tuple[str, str]]
    if step.lane == "counter" and guards & {"documents_complete", "faults_listed"}:
        marks = {paper.name: ("received", "") for paper in seen.papers}
        marks |= {name: ("faulty", note) for name, note in beat.faults.items()}
        version = check_papers(runtime, PaperMarks(application_id, version, marks), by)
    elif guards & {"papers_correct", "faults_listed"}:
        marks = {paper.name: ("correct", "") for paper in seen.papers}
        marks |= {
            name: ("faulty", note)
            for name, note in beat.faults.items()
            if any(paper.name == name for paper in seen.papers)
        }
        version = give_verdicts(runtime, PaperMarks(application_id, version, marks), by)
    elif "bill_due" in guards:
        answers = fee_answers(seen)
        version = assess_fee(runtime, AssessFee(application_id, version, answers, at), by)
    inputs = inputs_for(seen, beat, random, calendar, at)
    command = TakeAction(application_id, beat.action, version, beat.ask, beat.reason, inputs, at)
    try:
        take_action(runtime, command, by)
    except GuardRefused:
        # The clock may have been quicker, or a paper of the story is not needed for this form.
        raise
    except Refusal:
        return
