"""The ledger of one file: against the limit that matters, with the reasons of each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from web.i18n import gettext as _
from web.present import day_reason, find_limit, ledger_view
from web.viewmodels import LedgerView
from workflows.ledger import Day, LimitState, Totals
from workflows.sop import Sop
from workflows.worktime import Calendar


def file_ledger(
    sop: Sop,
    calendar: Calendar,
    days: Sequence[Day],
    totals: Totals,
    limits: Sequence[LimitState],
    now: datetime,
    *,
    ended: bool,
    applicant_word: str = "",
) -> LedgerView:
    """Return the ledger against the service standard; before acceptance, the filing check.

    `applicant_word` is how the reader calls the applicant: `Anda`, else `Pemohon`.
    """
    limit = find_limit(limits, "service", "filing") or _closed_limit(sop, days, now)
    shown = ledger_view(
        sop,
        calendar,
        days,
        totals,
        limit,
        now,
        ended=ended,
        applicant_word=applicant_word or _("Pemohon"),
    )
    why = {day.on: day_reason(sop, day) for day in days}
    cells = tuple(
        replace(cell, note=why.get(cell.day, cell.note))
        if cell.day is not None and cell.kind in ("zero", "held", "over")
        else cell
        for cell in shown.cells
    )
    return replace(shown, cells=cells)


def _closed_limit(sop: Sop, days: Sequence[Day], now: datetime) -> LimitState | None:
    """Return the limit that an earlier step ended: its days stay counted in the ledger."""
    used = {
        name: max((day.counted.get(name, 0) for day in days), default=0)
        for name in ("service", "filing")
    }
    name = "filing" if used["filing"] and not used["service"] else "service"
    rule = sop.limits.get(name)
    if rule is None:
        return None
    return LimitState(
        key=name,
        name=name,
        started_at=now,
        within=rule.within,
        counts=rule.counts,
        used=used[name],
        left=rule.within.amount - used[name],
        running=False,
        due_at=None,
        status="closed",
        ended_at=now,
        broken_at=None,
        paused_at=None,
        rungs=(),
    )
