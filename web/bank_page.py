"""What the bank's window says of a bill: whether it can be paid, and what to do where not."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from licensing.people import Officer
from licensing.queries.bank import BillCard
from licensing.queries.bank_days import DayRow
from licensing.tariffs.words import terbilang
from web.filters import in_language
from web.formats import bare_time, long_date, long_date_time
from web.frame import current_frame
from web.i18n import current_language
from web.i18n import gettext as _
from web.refusal_words import refusal_words
from web.viewmodels import ClockState

_FORMULA_SIGNS = "=+-@|%＝＋－＠"
"""A spreadsheet would reckon with a cell that begins with one of these."""
_INNER_CELL = re.compile(rf"([,;|\t\r\n])(?=\s*[{re.escape(_FORMULA_SIGNS)}])")
"""Each spreadsheet cuts by the separator of its own country, quoted or not: what may be a cell
there begins harmlessly too."""


@dataclass(frozen=True, slots=True)
class BillPage:
    """One bill, in words."""

    card: BillCard
    chip: ClockState
    status: str
    amount_words: str
    may_pay: bool
    may_reverse: bool
    said: str
    """Why it cannot be paid now; empty where it can."""
    advice: str
    reversal_said: str
    """Why the booking cannot be reversed, for who may reverse; empty for others."""
    payment_id: UUID | None
    """The booking that stands."""


def bill_page(card: BillCard, by: Officer) -> BillPage:
    """Return one bill as `by` sees it."""
    said, advice = _why_not(card, by)
    payment = card.payment
    may_reverse = card.reverse is not None and card.reverse.refusal is None
    return BillPage(
        card=card,
        chip=_CHIPS[card.status],
        status=status_words(card.status),
        amount_words=terbilang(card.amount_idr),
        may_pay=card.pay is not None and card.pay.refusal is None,
        may_reverse=may_reverse,
        said=said,
        advice=advice,
        reversal_said="" if may_reverse else _not_reversed(card, by),
        payment_id=None if payment is None else payment.id,
    )


def slip_href(payment_id: UUID, *, again: bool = True) -> str:
    """Return where the slip of a booking is printed; `again` marks it as a reprint."""
    return f"/bank/slip/{payment_id}" + ("?ulang=1" if again else "")


def status_words(status: str) -> str:
    """Return how a bill stands."""
    return {
        "open": _("Belum dibayar"),
        "paid": _("Lunas"),
        "expired": _("Kedaluwarsa"),
        "cancelled": _("Dibatalkan"),
    }[status]


_CHIPS: dict[str, ClockState] = {
    "open": "jeda",
    "paid": "aman",
    "expired": "lewat",
    "cancelled": "netral",
}


def booked_words(card: BillCard) -> str:
    """Return by whom and when a bill was booked; empty where it is not."""
    payment = card.payment
    if payment is None:
        return ""
    return _(
        "Sudah dibukukan oleh %(name)s pada %(time)s, SSRD %(slip)s.",
        name=payment.paid_by,
        time=long_date_time(payment.paid_at, lang=current_language(), zone=current_frame().zone),
        slip=payment.slip_number,
    )


def _why_not(card: BillCard, by: Officer) -> tuple[str, str]:
    """Return why a bill cannot be paid here and now, and what to do."""
    match card.status:
        case "paid":
            return booked_words(card), _(
                "Jangan terima uang lagi. Bukti bayar dapat dicetak ulang."
            )
        case "expired":
            return (
                _("Tagihan ini kedaluwarsa pada %(day)s.", day=_closed_on(card)),
                _("Arahkan ke loket kantor: pemohon meminta tagihan baru, dengan nomor baru."),
            )
        case "cancelled" if card.ended:
            return (
                _("Permohonannya sudah berakhir; tagihan ini dibatalkan."),
                _("Tidak ada yang perlu dibayar."),
            )
        case "cancelled":
            return (
                _("Tagihan ini dibatalkan oleh kantor pada %(day)s.", day=_closed_on(card)),
                _("Mintalah pembayar membawa SKRD yang baru, atau bertanya di loket kantor."),
            )
    if not by.has("teller"):
        return _("Pembayaran diterima oleh teller."), ""
    if card.pay is None:
        return (
            _("Tagihan ini tidak dapat dibayar sekarang."),
            _("Jangan terima uang. Arahkan pembayar ke loket kantor."),
        )
    if card.pay.refusal is not None:
        return refusal_words(card.pay.refusal, card.sop), _("Jangan terima uang.")
    return "", ""


def _not_reversed(card: BillCard, by: Officer) -> str:
    if card.status != "paid" or not by.has("bank_supervisor"):
        return ""
    if card.reverse is None:
        return _(
            "Permohonannya sudah diputus sesudah pembayaran ini, jadi pembayaran tidak dapat "
            "dibatalkan di bank. Arahkan pembayar ke kantor untuk pengembalian."
        )
    return "" if card.reverse.refusal is None else refusal_words(card.reverse.refusal, card.sop)


def _closed_on(card: BillCard) -> str:
    moment = card.closed_at or card.now
    return long_date(moment, lang=current_language(), zone=current_frame().zone)


# -- several bills at once


@dataclass(frozen=True, slots=True)
class ManyBills:
    """The one confirmation of several bookings."""

    taken: Sequence[BillPage]
    left_out: Sequence[BillPage]
    total_idr: int
    total_words: str


@dataclass(frozen=True, slots=True)
class PaidRow:
    """What became of one bill of several."""

    bill_id: UUID
    number: str
    payer_name: str
    amount_idr: int
    words: str
    payment_id: UUID | None
    """The booking by the reader that stands; None where there is none."""
    slip_number: str
    may_pay: bool
    """It can still be paid: nothing was booked."""


def many_bills(pages: Sequence[BillPage]) -> ManyBills:
    """Return several bills as they are booked together: those that can be paid, and the others."""
    taken = [page for page in pages if page.may_pay]
    total = sum(page.card.amount_idr for page in taken)
    return ManyBills(taken, [page for page in pages if not page.may_pay], total, terbilang(total))


def paid_rows(pages: Sequence[BillPage], by: Officer) -> Sequence[PaidRow]:
    """Return what became of several bills, as their bookings tell it."""
    found = []
    for page in pages:
        payment = page.card.payment
        own = payment is not None and payment.paid_by_id == by.id
        words = page.said or _("Belum dibukukan: permohonannya berubah. Coba lagi.")
        found.append(
            PaidRow(
                page.card.id,
                page.card.number,
                page.card.payer_name,
                page.card.amount_idr,
                _("SSRD %(slip)s", slip=payment.slip_number) if own and payment else words,
                payment.id if own and payment else None,
                payment.slip_number if own and payment else "",
                page.may_pay,
            )
        )
    return found


# -- the list of a day, for a spreadsheet


def day_csv(rows: Iterable[DayRow], zone: str) -> str:
    """Return the bookings of a day as a table, one line each; no cell can be a formula."""
    written = io.StringIO()
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    table.writerow(_heads())
    for row in rows:
        table.writerow([safe_cell(cell) for cell in _cells(row, zone)])
    return written.getvalue()


def safe_cell(text: str) -> str:
    """Return a cell that a spreadsheet takes for text or a number, never for a formula."""
    bare = text.lstrip()
    head = "'" if text[:1] in ("\t", "\r", "\n") or bare[:1] in tuple(_FORMULA_SIGNS) else ""
    return head + text[: len(text) - len(bare)] + _INNER_CELL.sub(r"\1'", bare)


def _heads() -> Sequence[str]:
    return (
        _("Jam"), _("Nomor SSRD"), _("Nomor tagihan"), _("Pembayar"), _("Layanan"),
        _("Jumlah (Rp)"), _("Teller"), _("Rujukan bank"), _("Keadaan"), _("Dibatalkan pukul"),
        _("Dibatalkan oleh"), _("Alasan"),
    )  # fmt: skip


def _cells(row: DayRow, zone: str) -> Sequence[str]:
    lang = current_language()
    taken = row.reversed_at
    return (
        bare_time(row.paid_at, lang=lang, zone=zone),
        row.slip_number,
        row.bill_number,
        row.payer_name,
        row.service,
        str(row.amount_idr),
        row.teller,
        row.bank_reference,
        _("dibatalkan") if taken is not None else _("dibukukan"),
        "" if taken is None else bare_time(taken, lang=lang, zone=zone),
        row.reversed_by or "",
        row.reversed_why or "",
    )


def service_title(card: BillCard) -> str:
    """Return what the bill is for."""
    return in_language(card.service_title)
