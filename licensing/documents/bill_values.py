"""What the papers of money are made from: the bill (SKRD) and the payment slip (SSRD)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from licensing.documents.values import Letterhead, Signatory
from licensing.tariffs import Sheet

BillStatus = Literal["open", "paid", "expired", "cancelled"]


@dataclass(frozen=True, slots=True)
class BillPaper:
    """Surat Ketetapan Retribusi Daerah (SKRD), A4, with its calculation sheet."""

    office: Letterhead
    number: str
    registration_number: str
    payer: str
    address: str
    """Of the payer."""
    service: str
    subject: str
    """What is charged for: the building, by its address."""
    legal_basis: tuple[str, ...]
    amount_idr: int
    sheet: Sheet
    """The calculation on which the bill rests."""
    issued_at: datetime
    due_at: datetime | None
    """None: the SOP sets no time for paying."""
    signatory: Signatory
    pay_url: str
    """What the QR code opens: the bill at the bank's window."""
    status: BillStatus
    closed_at: datetime | None
    """When it was paid, cancelled or expired."""
    slip_number: str | None
    """Of the payment, where there is one."""

    def __post_init__(self) -> None:
        if self.amount_idr != self.sheet.total_idr:
            raise ValueError(
                f"bill {self.number} is over {self.amount_idr}, its sheet over"
                f" {self.sheet.total_idr}"
            )
        if (self.status == "open") != (self.closed_at is None):
            raise ValueError(f"bill {self.number} is {self.status}, closed at {self.closed_at}")


@dataclass(frozen=True, slots=True)
class SlipPaper:
    """Surat Setoran Retribusi Daerah (SSRD): what the payer takes home from the bank."""

    office: Letterhead
    number: str
    bill_number: str
    registration_number: str
    payer: str
    service: str
    subject: str
    amount_idr: int
    bank: str
    teller: str
    bank_reference: str
    paid_at: datetime
    reversed_at: datetime | None
    reversed_why: str
    printed_at: datetime
    reprint: bool = False
    narrow: bool = False
    """True for the printer of a counter, 80 mm wide; else A5."""
