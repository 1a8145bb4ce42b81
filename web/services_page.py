"""What an office says of its services before anybody applies: read from the published SOP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import current_app
from markupsafe import Markup

from licensing.queries.service_search import search
from licensing.queries.services import Catalogue, Service, catalogue
from web.access import runtime
from web.filters import in_language
from web.i18n import Language, current_language
from web.i18n import gettext as _
from web.office_frame import current_office
from web.present import ahead_ledger
from web.service_words import (
    Doubts,
    PaperLine,
    PromiseLine,
    StepLine,
    brief_output,
    category_words,
    cost_words,
    doubts_of,
    output_words,
    papers_for,
    promises_of,
    time_words,
    validity_words,
    way_of,
)
from web.viewmodels import LedgerCell, LedgerView
from workflows.ledger import due
from workflows.sop import Sop
from workflows.worktime import Calendar


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service in a list."""

    name: str
    title: str
    time: str
    cost: str
    free: bool
    output: str
    """What one receives, and how long it is valid."""
    brief: str
    """The same where the service has been named already."""
    doubt: str = ""
    """Why its time is not confirmed; '' where it is."""


@dataclass(frozen=True, slots=True)
class ServiceGroup:
    """The services of one category."""

    title: str
    services: Sequence[ServiceLine]


@dataclass(frozen=True, slots=True)
class ServiceList:
    """What the list shows: every service by category, or what a question has found."""

    question: str
    groups: Sequence[ServiceGroup]
    found: Sequence[ServiceLine]
    meant: str | None
    """The question as it was understood, where a word had to be guessed."""

    @property
    def offered(self) -> bool:
        """Whether the office offers anything at all."""
        return any(group.services for group in self.groups)

    @property
    def unconfirmed(self) -> bool:
        """Whether a time that is shown is not confirmed."""
        shown = self.found or [line for group in self.groups for line in group.services]
        return any(line.doubt for line in shown)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question: `query` is that of the address that chooses it."""

    title: str
    query: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A choice on which the papers depend."""

    name: str
    title: str
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Promise:
    """When a file that is complete now would be done, and the days until then."""

    received_at: datetime
    due_at: datetime
    ledger: Markup
    """The days, drawn; empty for a limit in hours."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a published version says to everybody, in one language."""

    line: ServiceLine
    category: str
    for_whom: str
    way: Sequence[StepLine]
    promises: Sequence[PromiseLine]
    validity: str
    complaints: str
    doubts: Doubts


@dataclass(frozen=True, slots=True)
class ServicePage:
    """One service, whole."""

    sop: Sop
    closed_note: str | None
    """What the public is told while the office takes no new applications for it."""
    number: int
    published_at: datetime
    told: Told
    questions: Sequence[Question]
    papers: Sequence[PaperLine]
    promise: Promise | None
    phone: str
    email: str

    @property
    def line(self) -> ServiceLine:
        """The service as one line."""
        return self.told.line

    @property
    def complaints(self) -> str:
        """Where to complain of this service, besides the channels of the office."""
        return self.told.complaints


def service_list(question: str = "") -> ServiceList:
    """Return the list of the reader's office, and what `question` finds in it."""
    read = read_catalogue(with_calendar=False)
    services = [] if read is None else read.services
    if not question.strip():
        return ServiceList("", _groups(services), (), None)
    found = search(services, question)
    return ServiceList(
        question.strip(),
        _groups(services),
        [told_of(service).line for service in found.services],
        found.meant,
    )


def find_service(
    name: str, *, with_calendar: bool = True, with_staff: bool = False
) -> tuple[Catalogue, Service] | None:
    """Return a service of the reader's office, offered now or not; None where it has none."""
    found = read_catalogue(with_calendar=with_calendar, with_staff=with_staff)
    service = None
    if found is not None:
        known = (*found.services, *found.closed)
        service = next((one for one in known if one.sop.name == name), None)
    return None if found is None or service is None else (found, service)


def service_page(found: Catalogue, service: Service, asked: Mapping[str, str]) -> ServicePage:
    """Return the page of a service for who has answered its questions as in `asked`."""
    sop = service.sop
    chosen = chosen_of(sop, asked)
    return ServicePage(
        sop=sop,
        closed_note=service.closed_note,
        number=service.number,
        published_at=service.published_at,
        told=told_of(service),
        questions=_questions(sop, chosen),
        papers=papers_for(sop, chosen),
        promise=_promise(sop, found.calendar, found.now),
        phone=found.office.phone,
        email=found.office.email,
    )


def chosen_of(sop: Sop, asked: Mapping[str, str]) -> Mapping[str, str]:
    """Return an answer to every question: the one asked for, else its first."""
    return {
        name: asked[name] if asked.get(name) in variant.choices else next(iter(variant.choices))
        for name, variant in sop.variants.items()
    }


def told_of(service: Service) -> Told:
    """Return what a service says to everybody, in the reader's language."""
    return _told(service, current_language())


@lru_cache(maxsize=1024)
def _told(service: Service, _language: Language) -> Told:
    """Return what a version says; it never changes, so it is put into words once a language."""
    sop = service.sop
    return Told(
        line=_line(sop),
        category=category_words(sop),
        for_whom=in_language(sop.for_whom) if sop.for_whom else "",
        way=way_of(sop),
        promises=promises_of(sop),
        validity=validity_words(sop.product) if sop.product else "",
        complaints=in_language(sop.complaints) if sop.complaints else "",
        doubts=doubts_of(sop),
    )


def _line(sop: Sop) -> ServiceLine:
    """Return a service as one line of a list."""
    return ServiceLine(
        name=sop.name,
        title=in_language(sop.title),
        time=time_words(sop),
        cost=cost_words(sop),
        free=sop.fee.tariff is None,
        output=output_words(sop),
        brief=brief_output(sop),
        doubt=doubts_of(sop).at("limits.service"),
    )


def read_catalogue(*, with_calendar: bool = True, with_staff: bool = False) -> Catalogue | None:
    """Return what the reader's office offers; None where there is no office yet."""
    office = current_office()
    if office is None:
        return None
    return catalogue(
        runtime(),
        office.id,
        with_calendar=with_calendar,
        with_staff=with_staff,
    )


def _groups(services: Sequence[Service]) -> Sequence[ServiceGroup]:
    """Return the services by category, in the order of the alphabet; those without one last."""
    by_category: dict[tuple[bool, str], list[ServiceLine]] = {}
    for service in services:
        told = told_of(service)
        key = (not told.category, told.category or _("Layanan lain"))
        by_category.setdefault(key, []).append(told.line)
    return [ServiceGroup(key[1], by_category[key]) for key in sorted(by_category)]


def _questions(sop: Sop, chosen: Mapping[str, str]) -> Sequence[Question]:
    return [
        Question(
            name=variant.name,
            title=in_language(variant.title),
            choices=[
                Choice(
                    in_language(words), urlencode({**chosen, name: value}), chosen[name] == value
                )
                for value, words in variant.choices.items()
            ],
        )
        for name, variant in sop.variants.items()
    ]


def _promise(sop: Sop, calendar: Calendar | None, now: datetime) -> Promise | None:
    limit = sop.limits.get("service")
    if calendar is None or limit is None:
        return None
    due_at = due(calendar, limit.within, now)
    ahead = ahead_ledger(calendar, limit.within, now)
    if ahead is None:
        return Promise(now, due_at, Markup(""))
    return Promise(now, due_at, _drawn(tuple(ahead.cells), ahead.allowed, current_language()))


@lru_cache(maxsize=256)
def _drawn(cells: tuple[LedgerCell, ...], allowed: int | None, _language: Language) -> Markup:
    """Return a ledger as it is shown: the same days look the same to every reader that day."""
    macros: Any = current_app.jinja_env.get_template("components/ledger.html").module
    return Markup(macros.ledger(LedgerView(cells=cells, allowed=allowed)))  # noqa: S704
