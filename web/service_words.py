"""What an SOP says of its service, in the reader's words: read here once for every page.

List, service page, standard, pledge and fees all take their figures from these functions, so
that no page can say another number than the SOP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from web.filters import in_language
from web.i18n import gettext as _
from web.i18n import ngettext
from web.present import lane_title, within_words
from workflows.sop import Condition, Extension, Limit, Paper, Party, Product, Sop, Step
from workflows.usual import usual_action, usual_way


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One paper, when it is needed, and whether the office has confirmed that it is."""

    title: str
    note: str
    required: bool
    needed: str = ""
    """For whom: `Bentuk usaha: CV, firma`; empty where everybody hands it in."""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of the usual way, and what goes on beside it."""

    title: str
    who: str
    time: str
    beside: Sequence[str] = ()
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """One time that the office has bound itself to."""

    what: str
    time: str
    source: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Doubts:
    """Figures of an SOP that no source sets and the office has not confirmed: where, and why."""

    why: Mapping[str, str] = field(default_factory=dict)

    def at(self, *places: str) -> str:
        """Return why one of `places`, or a figure inside it, is not confirmed; '' where all are."""
        for where, why in self.why.items():
            if any(where == place or where.startswith(f"{place}.") for place in places):
                return why
        return ""


def doubts_of(sop: Sop) -> Doubts:
    """Return what the office has still to confirm."""
    return Doubts({one.at: in_language(one.why) for one in sop.to_confirm})


def time_words(sop: Sop) -> str:
    """Return the service standard: `3 hari kerja`; '' where the SOP sets none."""
    limit = sop.limits.get("service")
    return within_words(limit.within) if limit is not None else ""


def cost_words(sop: Sop) -> str:
    """Return what the service costs, in one line."""
    if sop.fee.tariff is None:
        return _("Tidak dipungut biaya")
    return _("Retribusi, dibayar di bank")


def validity_words(product: Product) -> str:
    """Return how long a product is valid: `5 tahun`."""
    if product.valid_years is not None:
        years = product.valid_years
        return ngettext("%(num)s tahun", "%(num)s tahun", years)
    if product.validity is not None:
        return in_language(product.validity)
    return _("selama kegiatannya berjalan")


def output_words(sop: Sop) -> str:
    """Return what the applicant receives: its name and how long it is valid."""
    if sop.product is None:
        return ""
    title, valid = in_language(sop.product.title), validity_words(sop.product)
    return _("%(product)s, berlaku %(time)s", product=title, time=valid[:1].lower() + valid[1:])


def brief_output(sop: Sop) -> str:
    """Return what the applicant receives, without repeating the name of the service."""
    if sop.product is None:
        return ""
    named = in_language(sop.title).partition(" (")[0]
    if in_language(sop.product.title).partition(" (")[0] != named:
        return output_words(sop)
    valid = validity_words(sop.product)
    return _("Berlaku %(time)s", time=valid[:1].lower() + valid[1:])


def category_words(sop: Sop) -> str:
    """Return the heading under which a service is listed; '' where its SOP names none."""
    words = in_language(sop.category) if sop.category else ""
    return words[:1].upper() + words[1:]


def legal_basis(sop: Sop) -> Sequence[str]:
    """Return the rules of a service, its own first."""
    return (sop.source, *sop.legal_basis)


def papers_for(sop: Sop, chosen: Mapping[str, str]) -> Sequence[PaperLine]:
    """Return the papers that who has `chosen` so hands in, as the counter will ask for them."""
    doubts = doubts_of(sop)
    return [_paper(one, doubts) for one in sop.papers.values() if one.when.holds_for(chosen)]


def all_papers(sop: Sop) -> Sequence[PaperLine]:
    """Return every paper that the service knows, with who needs it."""
    doubts = doubts_of(sop)
    return [_paper(one, doubts, needed=_needed(sop, one.when)) for one in sop.papers.values()]


def way_of(sop: Sop) -> Sequence[StepLine]:
    """Return the steps of a file that lacks nothing, in order."""
    doubts = doubts_of(sop)
    names = [name for name in usual_way(sop, sop.starts_at) if name in sop.steps]
    return [_step(sop, sop.steps[name], doubts) for name in names]


def promises_of(sop: Sop) -> Sequence[PromiseLine]:
    """Return the times that the office binds itself to, in the order in which they begin."""
    doubts = doubts_of(sop)
    words = {
        "filing": _("Kelengkapan berkas diperiksa, sejak berkas diserahkan"),
        "service": _("Keputusan, sejak berkas lengkap dan benar"),
        "law": _("Batas menurut hukum untuk keputusan"),
        "delivery": _("Penyerahan, sejak keputusan ditandatangani"),
    }
    lines = []
    for name, what in words.items():
        if name in sop.limits:
            limit = sop.limits[name]
            lines.append(_promise(what, limit, doubts.at(f"limits.{name}")))
            lines += [
                _extension(one, doubts.at(f"limits.{name}.extensions.{kind}"))
                for kind, one in limit.extensions.items()
            ]
    return lines


def _extension(one: Extension, doubt: str) -> PromiseLine:
    """Return by how much a promise may be extended: who decides, and how often."""
    what = (
        _("Perpanjangan dengan persetujuan tertulis pemohon")
        if one.kind == "consent"
        else _("Perpanjangan oleh kantor, dengan alasan yang diberitahukan kepada pemohon")
    )
    if one.times > 1:
        what = _("%(what)s, paling banyak %(times)s kali", what=what, times=one.times)
    time = _("paling lama %(time)s", time=within_words(one.at_most))
    return PromiseLine(what, time, one.source, doubt)


def warnings_of(sop: Sop) -> Sequence[str]:
    """Return who is told, and when, while a limit runs out: the ladder in words."""
    people = {
        "holder": _("petugas yang memegang berkas"),
        "supervisor": _("pengawas"),
        "head": _("kepala dinas"),
        "inspectorate": _("inspektorat"),
        "applicant": _("pemohon"),
    }
    lines = []
    for rung in sop.ladder:
        told = ", ".join(people.get(one, one) for one in rung.tell)
        if rung.share is not None:
            when = _("Setelah %(share)s%% waktu terpakai", share=rung.share)
        elif rung.before is not None:
            when = _("Bila waktu tersisa %(time)s", time=within_words(rung.before))
        elif rung.after_hours:
            when = ngettext(
                "%(num)s jam kerja sesudahnya", "%(num)s jam kerja sesudahnya", rung.after_hours
            )
        elif not rung.after:
            when = _("Saat waktu terlewati")
        else:
            when = ngettext(
                "%(num)s hari kerja sesudahnya", "%(num)s hari kerja sesudahnya", rung.after
            )
        lines.append(_("%(when)s: %(told)s", when=when, told=told))
    return lines


def separated(sop: Sop) -> Sequence[str]:
    """Return which acts one person may not do after another, as the SOP keeps people apart."""
    lines = []
    for step in sop.steps.values():
        for action in step.actions.values():
            barred = [in_language(sop.steps[name].title) for name in action.not_who_did
                      if name in sop.steps]  # fmt: skip
            if barred and action.confirm:
                lines.append(
                    _(
                        "%(action)s: bukan oleh orang yang bertindak pada tahap %(steps)s",
                        action=in_language(action.title),
                        steps="; ".join(barred),
                    )
                )
    return list(dict.fromkeys(lines))


def _paper(paper: Paper, doubts: Doubts, *, needed: str = "") -> PaperLine:
    return PaperLine(
        in_language(paper.title),
        in_language(paper.note) if paper.note else "",
        paper.required,
        needed,
        doubts.at(f"papers.{paper.name}"),
    )


def _needed(sop: Sop, when: Condition) -> str:
    parts = []
    for name, allowed in when.choices.items():
        variant = sop.variants[name]
        choices = ", ".join(in_language(variant.choices[value]) for value in allowed)
        parts.append(f"{in_language(variant.title)}: {choices}")
    return "; ".join(parts)


def _step(sop: Sop, step: Step, doubts: Doubts) -> StepLine:
    action = usual_action(sop, step)
    opened = dict.fromkeys((*step.opens, *(action.opens if action is not None else ())))
    beside = [_ask(sop, name) for name in opened]
    return StepLine(
        in_language(step.title),
        lane_title(sop, step.lane),
        _step_time(sop, step),
        beside,
        doubts.at(f"steps.{step.name}.within"),
    )


def _ask(sop: Sop, name: str) -> str:
    ask = sop.asks[name]
    title = in_language(ask.title)
    if ask.within is None:
        return title
    return _("%(ask)s, paling lama %(time)s", ask=title, time=within_words(ask.within))


def _step_time(sop: Sop, step: Step) -> str:
    if step.party in (Party.APPLICANT, Party.BANK):
        return _("tidak dihitung")
    if step.within is None:
        return ""
    if _is_delivery(sop, step):
        return _("paling lama %(time)s sesudahnya", time=within_words(step.within))
    return within_words(step.within)


def _is_delivery(sop: Sop, step: Step) -> bool:
    """Return whether a step comes after the decision and so outside the service standard."""
    delivery = sop.limits.get("delivery")
    return delivery is not None and any(action in delivery.stops for action in step.actions)


def _promise(what: str, limit: Limit, doubt: str) -> PromiseLine:
    return PromiseLine(what, within_words(limit.within), limit.source, doubt)
