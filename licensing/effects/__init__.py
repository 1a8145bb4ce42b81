"""What `then` of an SOP may name: pure functions that add rows to a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from licensing.change import Change
from licensing.effects.bills import (
    book_payment,
    cancel_bill,
    expire_bill,
    issue_bill,
    reverse_payment,
)
from licensing.effects.decisions import (
    COLLECTOR_FIELDS,
    issue_permit,
    issue_refusal,
    record_collector,
)
from licensing.effects.opinions import give_opinion
from licensing.effects.papers import issue_receipt, list_faults, reopen_papers
from licensing.effects.visits import postpone_visit, report_visit, schedule_visit

__all__ = ["COLLECTOR_FIELDS", "EFFECTS"]

EFFECTS: Mapping[str, Callable[[Change], Change]] = {
    effect.__name__: effect
    for effect in (
        issue_receipt,
        list_faults,
        reopen_papers,
        issue_permit,
        issue_refusal,
        record_collector,
        give_opinion,
        schedule_visit,
        postpone_visit,
        report_visit,
        issue_bill,
        cancel_bill,
        expire_bill,
        book_payment,
        reverse_payment,
    )
}
