"""The queue of an office: its counters, its groups of services, the tickets of a day."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from licensing.models.base import NOW, Base, named_checks, office_id, one_of, own_id

COUNTER_KINDS = ("office", "bank")
"""Whose people sit at a counter: the office's, or the bank's."""

SEATED_ROLES: dict[str, tuple[str, ...]] = {
    "office": ("counter", "supervisor"),
    "bank": ("teller", "bank_supervisor"),
}
"""Which roles may call people, by whose counter it is."""

PRIORITIES = ("elderly", "disabled", "pregnant")
STATUSES = ("waiting", "called", "absent", "done", "closed")
HAPPENED = (
    "taken", "called", "recalled", "absent", "handed_over", "done", "bound", "closed",
)  # fmt: skip

_ROLES_FIT_KIND = " OR ".join(
    f"(kind = '{kind}' AND roles <@ ARRAY[{', '.join(repr(role) for role in roles)}])"
    for kind, roles in SEATED_ROLES.items()
)


class CounterWindow(Base):
    """One counter (loket). Closed, never deleted: tickets name it."""

    __tablename__ = "counter_window"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    kind: Mapped[str]
    number: Mapped[int]
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (
        UniqueConstraint("id", "kind"),
        UniqueConstraint("office_id", "number"),
        *named_checks(
            {
                "kind": one_of("kind", *COUNTER_KINDS),
                "number": "number BETWEEN 1 AND 99",
                "name": "name <> ''",
            }
        ),
    )


class QueueGroup(Base):
    """What people queue for: one letter on the tickets. Closed, never deleted."""

    __tablename__ = "queue_group"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    kind: Mapped[str]
    letter: Mapped[str]
    title_id: Mapped[str]
    title_en: Mapped[str]
    services: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    """The services that a case begun here may be for; none named: any."""
    roles: Mapped[list[str]]
    """Who may call its tickets."""
    active: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (
        UniqueConstraint("id", "kind"),
        UniqueConstraint("office_id", "letter"),
        *named_checks(
            {
                "letter": "letter ~ '^[A-Z]$'",
                "titles": "title_id <> '' AND title_en <> ''",
                "roles_fit_kind": f"roles <> '{{}}' AND ({_ROLES_FIT_KIND})",
            }
        ),
    )


class WindowGroup(Base):
    """That a counter serves a group; the bank's counter serves the bank's groups alone."""

    __tablename__ = "window_group"

    window_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    office_id: Mapped[UUID] = office_id()
    kind: Mapped[str]

    __table_args__ = (
        ForeignKeyConstraint(["window_id", "kind"], ["counter_window.id", "counter_window.kind"]),
        ForeignKeyConstraint(["group_id", "kind"], ["queue_group.id", "queue_group.kind"]),
    )


class QueueSetting(Base):
    """How an office keeps its queue. Without a row: the defaults."""

    __tablename__ = "queue_setting"

    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    head_start_minutes: Mapped[int] = mapped_column(server_default="60")
    """By how much earlier a ticket with priority counts as drawn."""
    calls_before_absent: Mapped[int] = mapped_column(server_default="3")
    """Calls after which nobody who does not come needs a further reason to be passed over."""
    always_open: Mapped[bool] = mapped_column(server_default="false")
    """Tickets are given outside office hours too."""
    closed_note: Mapped[str] = mapped_column(server_default="")
    """Not empty: no tickets are given now, and people read this."""

    __table_args__ = named_checks(
        {
            "head_start": "head_start_minutes BETWEEN 0 AND 480",
            "calls": "calls_before_absent BETWEEN 1 AND 10",
        }
    )


class QueueDay(Base):
    """A day of the queue of one office. Whoever changes the queue holds its row."""

    __tablename__ = "queue_day"

    office_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    changed_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (ForeignKeyConstraint(["office_id"], ["office.id"]),)


class WindowSeat(Base):
    """Who sits at a counter on a day, until he leaves it or a colleague takes it over."""

    __tablename__ = "window_seat"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    day: Mapped[date]
    window_id: Mapped[UUID]
    officer_id: Mapped[UUID]
    kind: Mapped[str]
    taken_at: Mapped[datetime] = mapped_column(server_default=NOW)
    left_at: Mapped[datetime | None]
    left_by: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))

    __table_args__ = (
        ForeignKeyConstraint(["window_id", "kind"], ["counter_window.id", "counter_window.kind"]),
        ForeignKeyConstraint(["officer_id", "kind"], ["officer.id", "officer.organisation_kind"]),
        Index(
            "uq_window_seat_one_a_window",
            "window_id",
            "day",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
        Index(
            "uq_window_seat_one_an_officer",
            "officer_id",
            "day",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
        *named_checks({"left_whole": "(left_at IS NULL) = (left_by IS NULL)"}),
    )


class Ticket(Base):
    """A place in line on one day: a letter and a number, and no name."""

    __tablename__ = "ticket"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id(checked=False)
    day: Mapped[date]
    letter: Mapped[str]
    """Of the group that it was drawn for: what is called out stays, wherever it is handed."""
    number: Mapped[int]
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    priority: Mapped[str] = mapped_column(server_default="")
    taken_at: Mapped[datetime] = mapped_column(server_default=NOW)
    order_at: Mapped[datetime]
    """Its place: when it was drawn, less the head start of its priority. It never changes."""
    status: Mapped[str] = mapped_column(server_default="waiting")
    kind: Mapped[str]
    group_id: Mapped[UUID]
    """Where it waits, or what it was called for last."""
    for_window_id: Mapped[UUID | None]
    """The counter that it was handed to, which alone may call it."""
    window_id: Mapped[UUID | None]
    """The counter that it was called to last."""
    called_at: Mapped[datetime | None]
    calls: Mapped[int] = mapped_column(server_default="0")
    """How often it was called where it stands now."""
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("application.id"))
    """The case that it started."""

    __table_args__ = (
        ForeignKeyConstraint(["office_id", "day"], ["queue_day.office_id", "queue_day.day"]),
        ForeignKeyConstraint(["group_id", "kind"], ["queue_group.id", "queue_group.kind"]),
        ForeignKeyConstraint(
            ["for_window_id", "kind"], ["counter_window.id", "counter_window.kind"]
        ),
        ForeignKeyConstraint(["window_id", "kind"], ["counter_window.id", "counter_window.kind"]),
        UniqueConstraint("office_id", "day", "letter", "number"),
        Index(
            "ix_ticket_waiting",
            "office_id",
            "day",
            "order_at",
            "id",
            postgresql_where=text("status = 'waiting'"),
        ),
        Index(
            "uq_ticket_one_a_window",
            "window_id",
            unique=True,
            postgresql_where=text("status = 'called'"),
        ),
        Index(
            "ix_ticket_open",
            "office_id",
            "day",
            postgresql_where=text("status IN ('waiting', 'called', 'absent')"),
        ),
        *named_checks(
            {
                "status": one_of("status", *STATUSES),
                "priority": one_of("priority", "", *PRIORITIES),
                "number": "number > 0",
                "order": "order_at <= taken_at",
                "called_whole": "status <> 'called' OR"
                " num_nonnulls(window_id, called_at) = 2 AND calls > 0",
                "waits_nowhere": "status <> 'waiting' OR num_nonnulls(window_id, called_at) = 0",
            }
        ),
    )


class TicketEvent(Base):
    """One thing that happened to a ticket. Only ever added; its time is the database's."""

    __tablename__ = "ticket_event"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    """In the order in which it happened: given while the row of the day is held."""
    office_id: Mapped[UUID] = office_id(checked=False)
    day: Mapped[date]
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[datetime] = mapped_column(server_default=NOW)
    kind: Mapped[str]
    group_id: Mapped[UUID] = mapped_column(ForeignKey("queue_group.id"))
    """The group that it waits in, or is called for, from now on."""
    window_id: Mapped[UUID | None] = mapped_column(ForeignKey("counter_window.id"))
    """Where it was called to; of one handed over, the counter that alone may call it."""
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    """None: the visitor himself, or the end of the day."""
    reason: Mapped[str] = mapped_column(server_default="")
    ahead: Mapped[int] = mapped_column(server_default="0")
    """How many whom the counter should have called first were passed over by this call."""

    __table_args__ = (
        Index("ix_ticket_event_day", "office_id", "day", "seq"),
        Index("ix_ticket_event_ticket", "ticket_id", "seq"),
        *named_checks(
            {
                "kind": one_of("kind", *HAPPENED),
                "exception_named": "ahead = 0 OR (reason <> '' AND by_id IS NOT NULL)",
                "called_somewhere": "kind NOT IN ('called', 'recalled') OR"
                " num_nonnulls(window_id, by_id) = 2",
            }
        ),
    )
