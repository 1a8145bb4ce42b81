"""What the applicant hears of a step: at most one message a press."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from licensing.change import Change, NoticeOrder
from workflows.sop import Outcome, Party

_ENDED = {
    Outcome.GRANTED: "issued",
    Outcome.REFUSED: "refused",
    Outcome.WITHDRAWN: "withdrawn",
    Outcome.DISCONTINUED: "discontinued",
    Outcome.LAPSED: "lapsed",
}


def tell_applicant(change: Change) -> Change:
    """Return the change with the message that its move owes the applicant, if any.

    Nothing personal goes into a message, and no words: steps and papers are named as the SOP
    names them and become words when the letter is written. Reasons are read on the page of the
    application.
    """
    if change.notices:
        return change
    move, sop = change.move, change.sop
    params: dict[str, object] = {}
    asked = _asked(change)
    if move.end is not None:
        event = _ENDED[move.end.outcome]
    elif change.event.ask is not None or move.stays or move.hold is not None:
        if asked is None:
            return change
        event = "asked"
        params["step"] = asked
    else:
        step = sop.steps[move.target]
        params["step"] = step.name
        if change.permit is not None:
            event = "granted"
        elif step.party is Party.APPLICANT:
            event = "returned"
            faults = change.event.detail.get("faults")
            if faults:
                event = "correction"
                params["faults"] = faults
            answer_by = _due(change, "answer:")
            if answer_by is not None:
                params["answer_by"] = answer_by.isoformat()
        elif asked is not None:
            event = "asked"
            params["step"] = asked
        else:
            event = "progress"
            promised = _promised(change)
            if promised is not None:
                event = "accepted"
                params["promised"] = promised.isoformat()
    return replace(change, notices=(NoticeOrder(event, params),))


def _promised(change: Change) -> datetime | None:
    """Return the promised moment where this press has started the service limit."""
    at = change.event.effective_at
    for limit in change.limits:
        if limit.name == "service" and limit.key == "service" and limit.started_at == at:
            return limit.due_at
    return None


def _due(change: Change, prefix: str) -> datetime | None:
    for limit in change.limits:
        if limit.key.startswith(prefix) and limit.ended_at is None:
            return limit.due_at
    return None


def _asked(change: Change) -> str | None:
    """Return the name of a question that this press has put to the applicant."""
    before = change.case.state.get("asks", {})
    for ask in change.asks:
        if ask.lane is not None and (ask.opened or before[ask.key]["s"] != ask.step):
            side = change.sop.asks[ask.name]
            if side.steps[ask.step].party is Party.APPLICANT:
                return side.name
    return None
