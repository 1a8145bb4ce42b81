"""In which order the panels of a file stand: what is to be decided on comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from licensing.queries.application import ApplicationView
from licensing.queries.visits import VisitView
from web.file_page import FilePage

Panel = Literal["weighing", "asks", "visits", "papers"]

BILLS: Final = "issue_bill"
PAYS: Final = "book_payment"


@dataclass(frozen=True, slots=True)
class FileOrder:
    """The panels of the wide column, in order, and where the panel of money stands."""

    panels: Sequence[Panel]
    money: Literal["first", "last", ""]


def file_order(view: ApplicationView, page: FilePage) -> FileOrder:
    """Return the order of the panels as the file stands and for who reads it."""
    return FileOrder(_panels(view, page), _money(view))


def _panels(view: ApplicationView, page: FilePage) -> list[Panel]:
    if page.task is not None:
        return ["asks", "papers", "visits"]
    if page.marking:
        return ["papers", "asks", "visits"]
    found: dict[Panel, datetime] = {}
    if view.asks:
        found["asks"] = max(ask.closed_at or ask.opened_at for ask in view.asks)
    if view.visits:
        found["visits"] = _touched(view.visits[0])
    newest = sorted(found, key=lambda panel: found[panel], reverse=True)
    return [*_weighing(view), *newest, "papers"]


def _weighing(view: ApplicationView) -> list[Panel]:
    """Return the sum of what was found, where something was and a decision is still to come."""
    answered = any(ask.closed_at is not None for ask in view.asks)
    reported = any(visit.report is not None for visit in view.visits)
    return ["weighing"] if view.ended_at is None and (answered and reported) else []


def _touched(visit: VisitView) -> datetime:
    if visit.report is not None:
        return visit.report.reported_at
    return visit.postponed_at or visit.planned_at


def _money(view: ApplicationView) -> Literal["first", "last", ""]:
    """Return where money stands: unmentioned until the step before the bill, first where it is
    what the file waits for.
    """
    steps = view.sop.steps
    billing = {name for name, step in steps.items() if _sets_off(view, name, BILLS)}
    if view.step in billing or _sets_off(view, view.step, PAYS):
        return "first"
    here = steps.get(view.step)
    near = here is not None and any(action.to in billing for action in here.actions.values())
    return "last" if near or view.fee is not None or view.bills else ""


def _sets_off(view: ApplicationView, step: str, effect: str) -> bool:
    here = view.sop.steps.get(step)
    return here is not None and any(effect in action.then for action in here.actions.values())
