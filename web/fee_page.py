"""The page on which a fee is calculated: its questions, filled in beforehand, and the sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from licensing.people import Officer
from licensing.queries.application import ApplicationView
from licensing.services.assess_fee import FeeTerms, is_assessed_at
from licensing.tariffs import Question, Sheet, Tariff, terbilang
from licensing.tariffs.sheet import number_text
from web import formats
from web.filters import in_language
from web.i18n import current_language
from web.i18n import gettext as _
from web.viewmodels import Form

_AREA: Final = re.compile(r"\s*([0-9][0-9.,]*)\s*(m2|m²)?\s*", re.IGNORECASE)
_FUNCTIONS: Final = {"campuran": "ganda"}
"""Where the application's word differs from the tariff's."""
_OWNERS: Final = {"person": "perorangan", "company": "badan_usaha"}
_WORKS: Final = {"new": "baru"}
_STOREYS: Final = ((4, "rendah"), (8, "sedang"))


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question of the tariff as a field."""

    name: str
    title: str
    hint: str
    unit: str
    choices: tuple[tuple[str, str], ...]
    """Empty where a number is asked."""
    required: bool


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of the calculation; `amount` is '' where it is not charged."""

    title: str
    words: str
    figures: str
    result: str
    amount: str


@dataclass(frozen=True, slots=True)
class FactorView:
    """One factor, with where it comes from."""

    title: str
    choice: str
    value: str
    source: str
    unverified: bool


@dataclass(frozen=True, slots=True)
class SheetView:
    """A calculation in the reader's language."""

    tariff: str
    source: str
    lines: Sequence[LineView]
    factors: Sequence[FactorView]
    answers: Sequence[tuple[str, str]]
    total_idr: int
    total_words: str
    zero_why: str
    """Why nothing is to be paid; '' where something is."""
    unverified: bool
    rounding: str


@dataclass(frozen=True, slots=True)
class FeePage:
    """Everything the page shows beside the view itself."""

    may_assess: bool
    closed_why: str
    """Why nothing can be calculated now; '' for who may."""
    questions: tuple[QuestionView, ...]
    more: tuple[QuestionView, ...]
    """What most files have none of."""
    more_open: bool
    sheet: SheetView | None
    is_draft: bool
    """True for a result that is not kept yet."""
    assessed_by: str
    assessed_at: datetime | None
    missing: Sequence[str]
    """Unit prices that the office has not set, by title."""
    labels: Mapping[str, str]


def fee_page(
    view: ApplicationView,
    by: Officer,
    terms: FeeTerms | None,
    form: Form,
    *,
    draft: Sheet | None = None,
) -> FeePage:
    """Return the page for `by`; `terms` None: nothing is calculated on it now."""
    closed = closed_why(view, by)
    tariff = None if terms is None or closed else terms.tariff
    questions = [] if tariff is None else [_question(tariff, one) for one in _asked(tariff)]
    extra = {one.name for one in _asked(tariff) if _is_extra(one)} if tariff else set()
    standing = None if view.fee is None else Sheet.from_json(view.fee.sheet)
    shown = draft if draft is not None else standing
    return FeePage(
        may_assess=not closed,
        closed_why=closed,
        questions=tuple([one for one in questions if one.name not in extra]),
        more=tuple([one for one in questions if one.name in extra]),
        more_open=any(form.value(name) not in ("", "0") or form.error(name) for name in extra),
        sheet=None if shown is None else sheet_view(shown),
        is_draft=draft is not None,
        assessed_by="" if view.fee is None else view.fee.assessed_by,
        assessed_at=None if view.fee is None else view.fee.assessed_at,
        missing=[
            in_language(price.title)
            for name, price in (tariff.prices.items() if tariff else ())
            if terms is not None and name not in terms.prices
        ],
        labels={one.name: one.title for one in questions},
    )


def closed_why(view: ApplicationView, by: Officer) -> str:
    """Return why `by` cannot calculate the fee of this file now; '' where he can."""
    bill = view.bills[0] if view.bills else None
    if not by.has("billing"):
        return _("Hanya petugas penetapan yang menghitung retribusi.")
    if view.ended_at is not None:
        return _("Berkas ini sudah selesai.")
    if bill is not None and bill.status == "paid":
        return _("SKRD %(number)s sudah dibayar; perhitungannya tetap.", number=bill.number)
    if bill is not None and bill.status == "open":
        return _(
            "SKRD %(number)s masih berlaku. Batalkan dahulu SKRD itu bila perhitungannya salah.",
            number=bill.number,
        )
    if not is_assessed_at(view.sop.steps.get(view.step)):
        return _("Berkas belum atau tidak lagi di tahap penetapan retribusi.")
    if view.holder_id not in (None, by.id):
        return _("Berkas ini dipegang %(name)s.", name=view.holder)
    return ""


def prefilled(view: ApplicationView, tariff: Tariff) -> dict[str, str]:
    """Return what is known of the answers: the last calculation, else measured, else applied for.

    What does not fit the tariff is left out: a wrong answer is worse than an empty one.
    """
    if view.fee is not None and view.fee.tariff == tariff.name:
        return {name: text for name, text in view.fee.answers.items() if name in tariff.questions}
    found = {
        "luas": _measured_area(view) or str(view.fields.get("floor_area") or ""),
        "fungsi": _FUNCTIONS.get(
            str(view.fields.get("building_function")), str(view.fields.get("building_function"))
        ),
        "kepemilikan": _OWNERS.get(view.variants.get("owner", ""), ""),
        "kegiatan": _WORKS.get(view.variants.get("work", ""), ""),
        "ketinggian": _height(str(view.fields.get("storeys") or "")),
    }
    return {
        name: text.replace(".", ",") if tariff.questions[name].table is None else text
        for name, text in found.items()
        if name in tariff.questions and _fits(tariff, name, text)
    }


def sheet_view(sheet: Sheet) -> SheetView:
    """Return a calculation in the reader's language; amounts as the bill says them."""
    return SheetView(
        tariff=in_language(sheet.title),
        source=sheet.source,
        lines=[
            LineView(
                in_language(line.title),
                in_language(line.words),
                in_language(line.figures),
                in_language(number_text(line.result)),
                "" if line.charged_idr is None else formats.rupiah(line.charged_idr),
            )
            for line in sheet.lines
        ],
        factors=[
            FactorView(
                in_language(factor.title),
                "" if factor.choice is None else in_language(factor.choice),
                in_language(number_text(factor.value))
                + ("" if factor.unit is None else f" {in_language(factor.unit)}"),
                factor.source
                if factor.since is None
                else _(
                    "%(source)s, sejak %(day)s",
                    source=factor.source,
                    day=formats.plain_date(factor.since, lang=current_language()),
                ),
                factor.unverified,
            )
            for factor in sheet.factors
        ],
        answers=[
            (in_language(answer.title), in_language(answer.shown))
            for answer in sheet.answers
            if not answer.assumed
        ],
        total_idr=sheet.total_idr,
        total_words=terbilang(sheet.total_idr),
        zero_why=_zero_why(sheet),
        unverified=bool(sheet.unverified),
        rounding=in_language(sheet.rounding),
    )


def _zero_why(sheet: Sheet) -> str:
    if sheet.total_idr:
        return ""
    if sheet.exempt is not None:
        return f"{in_language(sheet.exempt.title)} ({sheet.exempt.source})."
    nothing = [
        f"{in_language(factor.title)}: {in_language(factor.choice or factor.title)}"
        for factor in sheet.factors
        if factor.value == 0
    ]
    if nothing:
        return _("Dikalikan nol menurut tarif: %(factors)s.", factors="; ".join(nothing))
    return _("Jumlahnya kurang dari setengah rupiah.")


def _asked(tariff: Tariff) -> Sequence[Question]:
    return tuple(tariff.questions.values())


def _is_extra(question: Question) -> bool:
    """Return whether an empty answer means none of it: fences, pools, forms."""
    return question.default is not None


def _question(tariff: Tariff, question: Question) -> QuestionView:
    return QuestionView(
        name=question.name,
        title=in_language(question.title),
        hint="" if question.hint is None else in_language(question.hint),
        unit="" if question.unit is None else in_language(question.unit),
        choices=tuple(
            [
                (choice.name, in_language(choice.title))
                for choice in tariff.choices(question.name).values()
            ]
        ),
        required=question.default is None,
    )


def _measured_area(view: ApplicationView) -> str:
    """Return the floor area of the newest report of a visit, as a plain number."""
    for visit in view.visits:
        for label, value in visit.report.measured if visit.report is not None else ():
            match = _AREA.fullmatch(value)
            if match and label.casefold().startswith("luas lantai"):
                return match[1].replace(".", "").replace(",", ".") if "," in match[1] else match[1]
    return ""


def _height(storeys: str) -> str:
    if not storeys.isdigit():
        return ""
    return next((band for most, band in _STOREYS if int(storeys) <= most), "tinggi")


def _fits(tariff: Tariff, name: str, text: str) -> bool:
    if tariff.questions[name].table is not None:
        return text in tariff.choices(name)
    return re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", text) is not None
