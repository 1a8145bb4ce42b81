"""What one press changes: a frozen value that effects add to and one statement writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from licensing.facts import CaseFacts
from licensing.history import Event
from workflows.ledger import LimitState
from workflows.machine import Move
from workflows.sop import Sop
from workflows.worktime import Calendar, LateReceipt


@dataclass(frozen=True, slots=True)
class Case:
    """An application as the locking read found it."""

    application_id: UUID
    office_id: UUID
    sop_version_id: UUID
    calendar_version_id: UUID
    step: str
    outcome: str | None
    version: int
    holder_id: UUID | None
    last_seq: int
    last_hash: bytes
    last_actor_id: UUID | None
    last_recorded_at: datetime
    last_effective_at: datetime
    state: Mapping[str, Any]
    now: datetime
    """The database's time, read with the lock."""
    late_receipt: LateReceipt
    simulated: bool


@dataclass(frozen=True, slots=True)
class NoticeOrder:
    """A message owed to the applicant about this step."""

    event: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PermitOrder:
    """A permit to be issued with this step, its number taken in the same statement."""

    series: str
    valid_years: int | None
    verify_code: str
    """By which anybody can check it; not guessable."""


@dataclass(frozen=True, slots=True)
class BillOrder:
    """A bill to be issued with this step, its number taken in the same statement."""

    bill_id: UUID
    assessment_id: UUID
    amount_idr: int
    code: str
    """What its QR code holds; not guessable."""
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class BillClosing:
    """The open bill, cancelled or expired by this step."""

    bill_id: UUID
    status: str


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """A booking of the bank; the number of its slip is taken in the same statement."""

    payment_id: UUID
    bill_id: UUID
    amount_idr: int
    bank_reference: str
    """Empty: the number of the slip stands for it."""


@dataclass(frozen=True, slots=True)
class ReversalOrder:
    """A booking taken back by the bank: its bill is open again."""

    payment_id: UUID
    bill_id: UUID
    why: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class VisitOrder:
    """A site visit to be planned with this step."""

    number: int
    on: date
    time: str
    """HH:MM in the office's zone; empty where only the day is agreed."""
    place: str
    note: str
    inspector_id: UUID


@dataclass(frozen=True, slots=True)
class VisitPostponement:
    """The planned visit, put off by the applicant."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class VisitReport:
    """What a visit found; the number of its report is taken in the same statement."""

    number: int
    held_on: date
    present: tuple[str, ...]
    measured: tuple[Mapping[str, str], ...]
    """{label, value} each."""
    findings: tuple[Mapping[str, Any], ...]
    """{aspect, finding, fits} each."""
    fits: bool
    summary: str


@dataclass(frozen=True, slots=True)
class AskChange:
    """A side path opened, moved or closed by this step."""

    key: str
    name: str
    step: str
    lane: str | None
    due_at: datetime | None
    answer: str | None
    opened: bool


@dataclass(frozen=True, slots=True)
class Change:
    """Everything one press writes."""

    case: Case
    sop: Sop
    facts: CaseFacts
    event: Event
    move: Move
    inputs: Mapping[str, str]
    today: date
    """The day in the office's zone."""
    calendar: Calendar
    """The office's working days, as this application counts them."""
    state: Mapping[str, Any]
    begun: tuple[LimitState, ...]
    """Limits that have no row yet."""
    moved: tuple[LimitState, ...]
    """Limits whose row changes."""
    lane: str | None
    due_at: datetime | None
    asks: tuple[AskChange, ...] = ()
    notices: tuple[NoticeOrder, ...] = ()
    permit: PermitOrder | None = None
    bill: BillOrder | None = None
    bill_closing: BillClosing | None = None
    payment: PaymentOrder | None = None
    reversal: ReversalOrder | None = None
    visit: VisitOrder | None = None
    visit_postponed: VisitPostponement | None = None
    visit_report: VisitReport | None = None
    reopens_papers: bool = False

    @property
    def limits(self) -> tuple[LimitState, ...]:
        """Return every limit that this press begins, moves or ends."""
        return self.begun + self.moved

    def telling(self, event: str, **params: Any) -> Self:
        """Return the change with one more message to the applicant."""
        return replace(self, notices=(*self.notices, NoticeOrder(event, params)))

    def noting(self, **detail: Any) -> Self:
        """Return the change with more detail in its line of history."""
        return replace(self, event=replace(self.event, detail={**self.event.detail, **detail}))
