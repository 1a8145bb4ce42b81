"""What `only_if` of an SOP may name: each passes silently or raises what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from licensing.facts import CaseFacts
from workflows.errors import GuardRefused


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
    """Pass when no answer is negative."""
    answers = facts.answers or {}
    _refuse("not_negative", tuple(key for key, answer in answers.items() if answer == "negative"))


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
    )
}
