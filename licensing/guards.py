"""What `only_if` of an SOP may name: each passes silently or raises what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from licensing.facts import CaseFacts
from workflows.errors import GuardRefused

MOST_VISITS = 2
MOST_POSTPONEMENTS = 2


def documents_complete(facts: CaseFacts) -> None:
    """Pass when every needed paper was looked at and none is missing."""
    _refuse("documents_complete", facts.papers.unchecked + facts.papers.missing)


def faults_listed(facts: CaseFacts) -> None:
    """Pass when every paper was looked at and at least one fault is named.

    A return carries one full list of faults. Source: PP 16/2021 Art 257(5), by analogy.
    """
    papers = facts.papers
    if not (papers.missing or papers.faulty):
        raise GuardRefused("faults_listed", missing=papers.unchecked or papers.unjudged)
    # At the counter papers are not judged yet: only what was not looked at keeps the list open.
    looking = papers.unchecked if papers.missing else papers.unjudged
    _refuse("faults_listed", looking)


def papers_correct(facts: CaseFacts) -> None:
    """Pass when every paper was judged correct."""
    _refuse("papers_correct", facts.papers.unjudged + facts.papers.faulty)


def applicant_warned(facts: CaseFacts) -> None:
    """Pass when the applicant was warned twice, both times before today."""
    if facts.warned_before_today < 2:
        raise GuardRefused("applicant_warned", missing=())


def asks_answered(facts: CaseFacts) -> None:
    """Pass when no opinion or question is still open."""
    _refuse("asks_answered", facts.open_asks)


def not_negative(facts: CaseFacts) -> None:
    """Pass when the newest answer of every opinion is not negative.

    An agency that was asked again has said something newer than its first answer.
    """
    newest: dict[str, str] = {}
    for key in sorted(facts.answers or {}, key=_ordinal):
        newest[key.partition("#")[0]] = key
    answers = facts.answers or {}
    _refuse("not_negative", tuple(key for key in newest.values() if answers[key] == "negative"))


def visit_scheduled(facts: CaseFacts) -> None:
    """Pass when a visit is planned and its day has come."""
    visit = facts.visit
    if visit.get("s") != "planned":
        raise GuardRefused("visit_scheduled", missing=())
    if visit["on"] > facts.today:
        raise GuardRefused("visit_scheduled", missing=(visit["on"],))


def visit_fits(facts: CaseFacts) -> None:
    """Pass when the newest report finds what was applied for."""
    if not facts.visit.get("fits"):
        raise GuardRefused("visit_fits", missing=())


def second_visit_left(facts: CaseFacts) -> None:
    """Pass while the file was not visited twice: it shall not circle for ever."""
    if facts.visit.get("held", 0) >= MOST_VISITS:
        raise GuardRefused("second_visit_left", missing=())


def postponement_left(facts: CaseFacts) -> None:
    """Pass while the applicant has not postponed twice."""
    if facts.visit.get("postponed", 0) >= MOST_POSTPONEMENTS:
        raise GuardRefused("postponement_left", missing=())


def bill_due(facts: CaseFacts) -> None:
    """Pass when something is to be paid and no bill stands."""
    if facts.fee_idr is None:
        raise GuardRefused("bill_due", missing=("fee",))
    if facts.fee_idr == 0 or facts.bill.get("s") in ("open", "paid"):
        raise GuardRefused("bill_due", missing=())


def fee_settled(facts: CaseFacts) -> None:
    """Pass when the fee is calculated and is zero, or paid to the rupiah."""
    if facts.fee_idr is None:
        raise GuardRefused("fee_settled", missing=("fee",))
    paid = facts.bill.get("s") == "paid" and int(facts.bill["a"]) == facts.fee_idr
    if facts.fee_idr and not paid:
        raise GuardRefused("fee_settled", missing=())


def bill_open(facts: CaseFacts) -> None:
    """Pass when a bill is open."""
    if facts.bill.get("s") != "open":
        raise GuardRefused("bill_open", missing=())


def paid_today(facts: CaseFacts) -> None:
    """Pass when the bill was paid today: afterwards the money is the treasury's."""
    if facts.bill.get("s") != "paid" or facts.bill.get("d") != facts.today:
        raise GuardRefused("paid_today", missing=())


def _ordinal(key: str) -> int:
    return int(key.rpartition("#")[2])


def _refuse(guard: str, missing: tuple[str, ...]) -> None:
    if missing:
        raise GuardRefused(guard, missing=missing)


GUARDS: Mapping[str, Callable[[Any], None]] = {
    guard.__name__: guard
    for guard in (
        documents_complete,
        faults_listed,
        papers_correct,
        applicant_warned,
        asks_answered,
        not_negative,
        visit_scheduled,
        visit_fits,
        second_visit_left,
        postponement_left,
        bill_due,
        fee_settled,
        bill_open,
        paid_today,
    )
}
