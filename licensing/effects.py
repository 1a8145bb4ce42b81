"""What `then` of an SOP may name: pure functions that add rows to a change."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

from licensing.change import Change, PermitOrder
from licensing.errors import InputMissing
from licensing.facts import PaperCount

COLLECTOR_FIELDS = ("collector_name", "collector_relation", "collector_identity")


def issue_receipt(change: Change) -> Change:
    """Record the day promised to the applicant, as printed on the receipt."""
    service = next((limit for limit in change.limits if limit.name == "service"), None)
    promised = None if service is None else service.due_at
    return change.noting(promised=None if promised is None else promised.isoformat())


def list_faults(change: Change) -> Change:
    """Record which papers the return is about and what is wrong with each: one full list.

    The papers themselves are marked anew when they come back; this line stays.
    """
    papers = change.facts.papers
    return change.noting(faults=[*papers.missing, *papers.faulty], words=dict(papers.words))


def reopen_papers(change: Change) -> Change:
    """Put the papers that were missing or faulty before the officer again, and only those.

    A paper accepted once is not asked for again.
    """
    papers = change.facts.papers
    again = PaperCount(
        unchecked=papers.unchecked + papers.missing, unjudged=papers.unjudged + papers.faulty
    )
    state = {**change.state, "papers": again.to_json()}
    return replace(change, state=state, reopens_papers=True)


def issue_permit(change: Change) -> Change:
    """Order the permit; its number is taken in the statement that writes the step."""
    product = change.sop.product
    if product is None:
        return change
    order = PermitOrder(product.series, product.valid_years, secrets.token_hex(8))
    return replace(change, permit=order)


def issue_refusal(change: Change) -> Change:
    """Record what the refusal rests on: reasons are in the line itself, here the legal basis.

    Source: UU 30/2014 Art 55 (reasons), Art 75-78 (remedies).
    """
    return change.noting(legal_basis=change.sop.source)


def record_collector(change: Change) -> Change:
    """Record who collected the permit.

    Raises:
        InputMissing: name, relation or identity of the collector was not given.
    """
    missing = tuple(name for name in COLLECTOR_FIELDS if not change.inputs.get(name))
    if missing:
        raise InputMissing(change.event.action, missing)
    return change.noting(collector={name: change.inputs[name] for name in COLLECTOR_FIELDS})


EFFECTS: Mapping[str, Callable[[Change], Change]] = {
    effect.__name__: effect
    for effect in (
        issue_receipt,
        list_faults,
        reopen_papers,
        issue_permit,
        issue_refusal,
        record_collector,
    )
}
