"""Fee and bills of a file: for the office's page of it, and for who pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from licensing.people import Officer
from licensing.queries.application import ApplicationView
from licensing.queries.file_parts import BillView, FeeView, PaidView
from licensing.queries.tracking import TrackedBill
from licensing.services.assess_fee import is_assessed_at
from licensing.tariffs.words import terbilang
from web.bank_page import status_words
from web.i18n import gettext as _
from web.viewmodels import ClockState

FEE_READERS = (
    "billing", "counter", "head", "verifier", "supervisor", "inspectorate", "ombudsman",
)  # fmt: skip
"""Who may open the calculation and the printed bill."""

_CHIPS: dict[str, ClockState] = {
    "open": "jeda",
    "paid": "aman",
    "expired": "netral",
    "cancelled": "netral",
}


@dataclass(frozen=True, slots=True)
class BillLine:
    """One bill of a file."""

    bill: BillView
    chip: ClockState
    status: str
    pdf_href: str | None
    payments: Sequence[PaidView]


@dataclass(frozen=True, slots=True)
class FeeLine:
    """The calculation that stands, in one line."""

    amount_idr: int
    words: str
    assessed_by: str
    assessed_at: datetime


@dataclass(frozen=True, slots=True)
class BillPanel:
    """What the page of a file says of money."""

    fee: FeeLine | None
    sheet_href: str | None
    bills: Sequence[BillLine]
    finding: str
    """One sentence: how it stands."""
    assess_href: str | None = None
    """Where the fee is to be calculated now, before anything can be pressed."""


@dataclass(frozen=True, slots=True)
class PayBox:
    """What the applicant is told of the bill."""

    bill: TrackedBill
    state: str
    """open, paid, expired or cancelled."""
    words: str
    due_at: datetime | None
    reversed: bool


def bill_panel(view: ApplicationView, by: Officer) -> BillPanel | None:
    """Return what a file's page says of money; None where its service costs nothing."""
    if view.fee is None and not view.bills and view.sop.fee.tariff is None:
        return None
    may_open = by.has(*FEE_READERS)
    return BillPanel(
        fee=None if view.fee is None else _fee(view.fee),
        sheet_href=f"/berkas/{view.id}/retribusi" if may_open else None,
        bills=tuple([_line(view.id, bill, may_open=may_open) for bill in view.bills]),
        finding=_finding(view),
        assess_href=f"/berkas/{view.id}/retribusi" if _to_assess(view, by) else None,
    )


def _to_assess(view: ApplicationView, by: Officer) -> bool:
    """Return whether the file waits for `by` to calculate its fee."""
    here = is_assessed_at(view.sop.steps.get(view.step))
    return here and view.fee is None and by.has("billing") and view.holder_id in (None, by.id)


def pay_box(bill: TrackedBill | None) -> PayBox | None:
    """Return what the payer is told of his bill; None where there is none."""
    if bill is None:
        return None
    return PayBox(
        bill=bill,
        state=bill.status,
        words=terbilang(bill.amount_idr),
        due_at=bill.due_at,
        reversed=bill.reversed_at is not None,
    )


def _fee(fee: FeeView) -> FeeLine:
    return FeeLine(fee.amount_idr, terbilang(fee.amount_idr), fee.assessed_by, fee.assessed_at)


def _line(application_id: UUID, bill: BillView, *, may_open: bool) -> BillLine:
    return BillLine(
        bill=bill,
        chip=_CHIPS[bill.status],
        status=status_words(bill.status),
        pdf_href=f"/berkas/{application_id}/skrd/{bill.id}" if may_open else None,
        payments=bill.payments,
    )


def _finding(view: ApplicationView) -> str:
    newest = view.bills[0] if view.bills else None
    if newest is None:
        if view.fee is None:
            return _("Retribusi belum dihitung.")
        if view.fee.amount_idr == 0:
            return _("Tidak ada yang harus dibayar; tidak ada tagihan.")
        return _("Retribusi sudah dihitung; SKRD belum terbit.")
    match newest.status:
        case "paid":
            return _("Lunas, dibukukan oleh bank.")
        case "open" if any(one.reversed_at for one in newest.payments):
            return _("Pembayaran dibatalkan oleh bank; tagihan terbuka lagi.")
        case "open":
            return _("Menunggu pembayaran di bank.")
        case "expired":
            return _("Tagihan kedaluwarsa; pemohon dapat meminta tagihan baru.")
        case _:
            return _("Tagihan dibatalkan.")
