"""Effects of a decision: the permit, the refusal, the handover."""

from __future__ import annotations

import secrets
from dataclasses import replace

from licensing.change import Change, PermitOrder
from licensing.errors import InputMissing

COLLECTOR_FIELDS = ("collector_name", "collector_relation", "collector_identity")


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
