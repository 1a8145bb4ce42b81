"""What an officer may press in a file as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from licensing.facts import CaseFacts
from licensing.holding import holders_alone
from licensing.people import Officer
from licensing.runtime import Rules
from workflows.machine import Offer


def offers_of_file(
    rules: Rules,
    step: str,
    state: Mapping[str, Any],
    facts: CaseFacts,
    holder_id: UUID | None,
    by: Officer,
) -> tuple[Offer, ...]:
    """Return the actions of the main line; where somebody else holds the file, not the holder's."""
    offers = rules.machine.offers(
        step,
        by=by.actor,
        facts=facts,
        held=state.get("held"),
        holds_used=state.get("holds"),
    )
    if holder_id in (None, by.id):
        return offers
    return tuple(offer for offer in offers if not holders_alone(rules.sop, step, offer.action))
