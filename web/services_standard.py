"""The service standard of one service, and the pledge of the office over all of them.

Source: UU 25/2009 Art 21 (the fourteen components) and Art 22 (the pledge).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from licensing.queries.services import Catalogue, Service, Staff
from web.filters import in_language
from web.i18n import Language, current_language, ngettext
from web.i18n import gettext as _
from web.present import lane_title
from web.service_words import (
    PaperLine,
    all_papers,
    legal_basis,
    separated,
    warnings_of,
)
from web.services_page import ServiceLine, Told, told_of
from workflows.sop import Party, Sop, Text

HEAD = "head"
"""The role that signs for the office."""


@dataclass(frozen=True, slots=True)
class StandardPage:
    """The fourteen components of one service."""

    sop: Sop
    number: int
    published_at: datetime
    now: datetime
    office: str
    government: str
    place: str
    told: Told
    said: StandardWords
    phone: str
    email: str
    staff: Sequence[tuple[str, str]]
    """Lane, and how many people work in it."""

    @property
    def line(self) -> ServiceLine:
        """The service as one line."""
        return self.told.line

    @property
    def complaints(self) -> str:
        """Where to complain of this service, besides the channels of the office."""
        return self.told.complaints


@dataclass(frozen=True, slots=True)
class StandardWords:
    """What the standard says beyond the page of the service, in one language."""

    basis: Sequence[str]
    papers: Sequence[PaperLine]
    facilities: str
    competence: str
    supervision: str
    warnings: Sequence[str]
    separated: Sequence[str]
    staff_note: str
    guarantee: str
    safety: str
    evaluation: str
    open_points: Sequence[tuple[str, str]]
    """What the office has still to confirm: what it is, and why."""


@dataclass(frozen=True, slots=True)
class PledgeRow:
    """One service in the pledge: what is promised, for how much."""

    line: ServiceLine
    rule: str
    """The rule that sets its cost."""
    validity: str


@dataclass(frozen=True, slots=True)
class PledgePage:
    """The pledge of the office, with all its times and fees."""

    office: str
    government: str
    place: str
    phone: str
    email: str
    rows: Sequence[PledgeRow]
    head: Staff | None
    since: datetime | None
    """When the newest of the SOPs that it rests on was published."""
    now: datetime
    unconfirmed: bool


def standard_page(found: Catalogue, service: Service) -> StandardPage:
    """Return the service standard of one service."""
    return StandardPage(
        sop=service.sop,
        number=service.number,
        published_at=service.published_at,
        now=found.now,
        office=found.office.name,
        government=found.office.government,
        place=found.office.place,
        told=told_of(service),
        said=_words(service, current_language()),
        phone=found.office.phone,
        email=found.office.email,
        staff=_staff(service.sop, found.staff),
    )


@lru_cache(maxsize=1024)
def _words(service: Service, _language: Language) -> StandardWords:
    """Return what a version says; it never changes, so it is put into words once a language."""
    sop, said = service.sop, service.sop.standard
    return StandardWords(
        basis=legal_basis(sop),
        papers=all_papers(sop),
        facilities=_said(said.facilities),
        competence=_said(said.competence),
        supervision=_said(said.supervision),
        warnings=warnings_of(sop),
        separated=separated(sop),
        staff_note=_said(said.staff),
        guarantee=_said(said.guarantee),
        safety=_said(said.safety),
        evaluation=_said(said.evaluation),
        open_points=[(place_words(sop, one.at), in_language(one.why)) for one in sop.to_confirm],
    )


def pledge_page(found: Catalogue) -> PledgePage:
    """Return the pledge of the office that offers what `found` holds."""
    rows = [_row(service) for service in found.services]
    return PledgePage(
        office=found.office.name,
        government=found.office.government,
        place=found.office.place,
        phone=found.office.phone,
        email=found.office.email,
        rows=rows,
        head=found.staff.get(HEAD),
        since=max((service.published_at for service in found.services), default=None),
        now=found.now,
        unconfirmed=any(row.line.doubt for row in rows),
    )


def place_words(sop: Sop, at: str) -> str:
    """Return what a place of the SOP is called: `papers.ktp` → the paper's title."""
    kind, _sep, rest = at.partition(".")
    name, _sep, part = rest.partition(".")
    limits = {
        "filing": _("Waktu pemeriksaan kelengkapan"),
        "service": _("Waktu penyelesaian"),
        "law": _("Batas hukum"),
        "delivery": _("Waktu penyerahan"),
    }
    if kind == "limits" and name in limits:
        return limits[name]
    if kind == "papers":
        title = in_language(sop.papers[name].title) if name in sop.papers else ""
        return _("Syarat: %(paper)s", paper=title) if title else _("Daftar syarat")
    if kind == "steps" and name in sop.steps:
        title = in_language(sop.steps[name].title)
        if part.startswith("answer_within"):
            return _("Waktu menjawab bagi pemohon: %(step)s", step=title)
        return _("Waktu tahap: %(step)s", step=title)
    if kind == "asks" and name in sop.asks:
        return _("Waktu: %(ask)s", ask=in_language(sop.asks[name].title))
    words = {
        "product": _("Produk dan masa berlaku"),
        "fee": _("Biaya"),
        "fields": _("Data permohonan"),
        "source": _("Dasar hukum"),
        "legal_basis": _("Dasar hukum"),
        "standard": _("Standar pelayanan"),
    }
    return words.get(kind, at)


def _row(service: Service) -> PledgeRow:
    told = told_of(service)
    return PledgeRow(told.line, service.sop.fee.source, told.validity)


def _said(text: Text | None) -> str:
    return in_language(text) if text else ""


def _staff(sop: Sop, staff: Mapping[str, Staff]) -> Sequence[tuple[str, str]]:
    """Return how many people work in each lane that is not the applicant's or the clock's."""
    rows = []
    for name, lane in sop.lanes.items():
        if lane.clock or lane.party is Party.APPLICANT:
            continue
        people = staff[name].people if name in staff else 0
        words = ngettext("%(num)s orang", "%(num)s orang", people) if people else _("belum ada")
        rows.append((lane_title(sop, name), words))
    return rows
