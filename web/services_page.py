"""What an office says of its services before anybody applies: read from the published SOP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from licensing.queries.services import Catalogue, Service, catalogue
from web.access import runtime
from web.filters import in_language
from web.i18n import gettext as _
from web.office_frame import current_office
from web.present import ahead_ledger, lane_title, within_words
from web.viewmodels import LedgerView
from workflows.ledger import due
from workflows.sop import Paper, Party, Sop
from workflows.usual import usual_way
from workflows.worktime import Calendar


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service in the list."""

    name: str
    title: str
    time: str
    cost: str
    free: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A choice on which the papers depend, and what was chosen."""

    name: str
    title: str
    choices: Sequence[tuple[str, str]]
    chosen: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of the usual way."""

    title: str
    who: str
    time: str


@dataclass(frozen=True, slots=True)
class Promise:
    """When a file that is complete now would be done, and the days until then."""

    received_at: datetime
    due_at: datetime
    ledger: LedgerView


@dataclass(frozen=True, slots=True)
class ServicePage:
    """One service, whole."""

    sop: Sop
    number: int
    published_at: datetime
    line: ServiceLine
    questions: Sequence[Question]
    papers: Sequence[Paper]
    way: Sequence[StepLine]
    promise: Promise | None
    phone: str
    email: str


def offered() -> Sequence[ServiceLine]:
    """Return the services of the reader's office; none where there is no office yet."""
    found = _catalogue()
    return [] if found is None else [_line(service.sop) for service in found.services]


def find_service(name: str) -> tuple[Catalogue, Service] | None:
    """Return a service of the reader's office; None where it does not offer it."""
    found = _catalogue()
    service = None
    if found is not None:
        service = next((one for one in found.services if one.sop.name == name), None)
    return None if found is None or service is None else (found, service)


def service_page(found: Catalogue, service: Service, asked: Mapping[str, str]) -> ServicePage:
    """Return the page of a service for who has answered its questions as in `asked`."""
    sop = service.sop
    questions = [
        Question(
            name=variant.name,
            title=in_language(variant.title),
            choices=[(value, in_language(text)) for value, text in variant.choices.items()],
            chosen=asked[variant.name]
            if asked.get(variant.name) in variant.choices
            else next(iter(variant.choices)),
        )
        for variant in sop.variants.values()
    ]
    chosen = {question.name: question.chosen for question in questions}
    return ServicePage(
        sop=sop,
        number=service.number,
        published_at=service.published_at,
        line=_line(sop),
        questions=questions,
        papers=[paper for paper in sop.papers.values() if paper.when.holds_for(chosen)],
        way=[_step(sop, name) for name in usual_way(sop, sop.starts_at) if name in sop.steps],
        promise=_promise(sop, found.calendar, found.now),
        phone=found.office.phone,
        email=found.office.email,
    )


def _catalogue() -> Catalogue | None:
    office = current_office()
    return None if office is None else catalogue(runtime(), office.id)


def _line(sop: Sop) -> ServiceLine:
    limit, free = sop.limits.get("service"), sop.fee.tariff is None
    return ServiceLine(
        name=sop.name,
        title=in_language(sop.title),
        time=within_words(limit.within) if limit is not None else "",
        cost=_("Tidak dipungut biaya")
        if sop.fee.tariff is None
        else _("Retribusi, dibayar di bank"),
        free=free,
    )


def _step(sop: Sop, name: str) -> StepLine:
    step = sop.steps[name]
    if step.party in (Party.APPLICANT, Party.BANK):
        time = _("tidak dihitung")
    elif step.within is None:
        time = ""
    elif _is_delivery(sop, name):
        time = _("paling lama %(time)s sesudahnya", time=within_words(step.within))
    else:
        time = within_words(step.within)
    return StepLine(in_language(step.title), lane_title(sop, step.lane), time)


def _is_delivery(sop: Sop, name: str) -> bool:
    """Return whether a step comes after the decision and so outside the service standard."""
    delivery = sop.limits.get("delivery")
    return delivery is not None and any(
        action in delivery.stops for action in sop.steps[name].actions
    )


def _promise(sop: Sop, calendar: Calendar | None, now: datetime) -> Promise | None:
    limit = sop.limits.get("service")
    if calendar is None or limit is None:
        return None
    due_at = due(calendar, limit.within, now)
    ahead = ahead_ledger(calendar, limit.within, now)
    return None if ahead is None else Promise(now, due_at, ahead)
