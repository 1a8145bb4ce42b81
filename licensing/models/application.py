"""Applications: the row that moves, the dossier that stays, side paths, papers."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from licensing.models.base import (
    NOW,
    Base,
    Json,
    named_checks,
    office_id,
    one_of,
    own_id,
)

# Written as the server writes it, so that the comparison with the migrations finds it the same.
DUE_OR_NEVER = """(
CASE
    WHEN due_at IS NULL THEN 'infinity'::timestamp with time zone
    ELSE due_at
END)"""
"""The order of every list of open work, as `licensing.queries.due_order` asks for it."""

NAME_KEY = (
    'lower(regexp_replace((NORMALIZE(name, NFKD) COLLATE "C"),'
    " '[^[:alnum:]]+'::text, ''::text, 'g'::text))"
)
"""A name as it is looked for: its plain letters and digits."""

OUTCOMES = ("granted", "refused", "withdrawn", "discontinued", "lapsed")


class Applicant(Base):
    """A person or company known to the office."""

    __tablename__ = "applicant"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    kind: Mapped[str]
    name: Mapped[str]
    nik_cipher: Mapped[str | None]
    nik_hash: Mapped[str | None]
    nib: Mapped[str] = mapped_column(server_default="")
    npwp: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str] = mapped_column(server_default="")
    address: Mapped[str] = mapped_column(server_default="")
    region: Mapped[str] = mapped_column(server_default="")
    """Code of the village or district of the address, as far as it is known: 18.72.01.1001."""
    name_key: Mapped[str] = mapped_column(
        Text(collation="C"), Computed(NAME_KEY, persisted=True), nullable=True
    )
    locale: Mapped[str] = mapped_column(server_default="id")
    tell_by: Mapped[str] = mapped_column(server_default="email")
    """What is asked for where both are known; the phone counts where the office reaches phones.
    `page`: nothing leaves, it waits on the tracking page."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (
        Index("ix_applicant_nik_hash", "office_id", "nik_hash"),
        Index("ix_applicant_name_key", "office_id", "name_key"),
        Index("ix_applicant_phone", "office_id", "phone"),
        Index("ix_applicant_nib", "office_id", "nib"),
        *named_checks(
            {
                "kind": one_of("kind", "person", "company"),
                "tell_by": one_of("tell_by", "email", "phone", "page"),
                "nik_whole": "(nik_cipher IS NULL) = (nik_hash IS NULL)",
            }
        ),
    )


class Application(Base):
    """Where an application stands. Small, because every step writes it anew.

    `state` is the fold of its history (who acted where, the running clocks, open side paths,
    the count of papers): one locked row holds everything a decision needs.
    """

    __tablename__ = "application"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    sop_version_id: Mapped[UUID] = mapped_column(ForeignKey("sop_version.id"))
    calendar_version_id: Mapped[UUID] = mapped_column(ForeignKey("calendar_version.id"))
    step: Mapped[str]
    lane: Mapped[str | None]
    """Whose pool it lies in; None when it has ended."""
    outcome: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
    holder_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    due_at: Mapped[datetime | None]
    """The nearest moment at which a running limit breaks."""
    last_seq: Mapped[int]
    last_hash: Mapped[bytes]
    last_actor_id: Mapped[UUID | None]
    last_recorded_at: Mapped[datetime]
    last_effective_at: Mapped[datetime]
    step_since: Mapped[datetime]
    """When the present visit of the step began, as it was recorded."""
    state: Mapped[Json] = mapped_column(JSON)
    """Plain JSON: nobody searches in it, and the binary form is two thirds larger."""

    __table_args__ = (
        Index(
            "ix_application_inbox",
            "office_id",
            "lane",
            text(DUE_OR_NEVER),
            "id",
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_application_open_by_sop",
            "office_id",
            "sop_version_id",
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_application_holder",
            "holder_id",
            postgresql_where=text("holder_id IS NOT NULL"),
        ),
        *named_checks(
            {
                "ended_whole": "(outcome IS NULL) = (ended_at IS NULL)",
                "ended_has_no_lane": "(lane IS NULL) = (ended_at IS NOT NULL)",
                "ended_owes_nothing": "ended_at IS NULL OR due_at IS NULL",
                "outcome": f"outcome IS NULL OR {one_of('outcome', *OUTCOMES)}",
            }
        ),
    )


class Dossier(Base):
    """What the application says, and by which number and code it is found."""

    __tablename__ = "dossier"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True)
    office_id: Mapped[UUID] = office_id()
    number: Mapped[str]
    number_key: Mapped[str] = mapped_column(Text(collation="C"))
    service: Mapped[str]
    subject: Mapped[str]
    """What it is about, in one line: the name of the business."""
    subject_key: Mapped[str] = mapped_column(Text(collation="C"))
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    proxy: Mapped[Json | None]
    proxy_hash: Mapped[str | None] = mapped_column(
        Computed("(proxy ->> 'nik_hash'::text)", persisted=True)
    )
    """By this the other files of the same proxy are found."""
    variants: Mapped[Json]
    fields: Mapped[Json]
    channel: Mapped[str]
    filed_at: Mapped[datetime]
    filed_by: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    """Who took it in at the counter; None where the applicant filed it himself."""
    online_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("online_account.id"))
    """Whose application it is online."""
    tracking_cipher: Mapped[str]
    tracking_hash: Mapped[str]
    once_key: Mapped[str]
    """One-time key of the form that filed it: a second press finds the first result."""
    replaces_permit_id: Mapped[UUID | None] = mapped_column(ForeignKey("permit.id"))

    __table_args__ = (
        UniqueConstraint("office_id", "number"),
        UniqueConstraint("office_id", "once_key"),
        Index("ix_dossier_number_key", "number_key"),
        Index("ix_dossier_applicant", "office_id", "applicant_id"),
        Index(
            "ix_dossier_proxy",
            "office_id",
            "proxy_hash",
            postgresql_where=text("proxy_hash IS NOT NULL"),
        ),
        Index("ix_dossier_subject", "office_id", "service", "subject_key"),
        Index("ix_dossier_filed", "office_id", "filed_at"),
        Index(
            "ix_dossier_online_account",
            "online_account_id",
            "filed_at",
            postgresql_where=text("online_account_id IS NOT NULL"),
        ),
        *named_checks(
            {
                "channel": one_of("channel", "counter", "online"),
                "filed_by_somebody": "filed_by IS NOT NULL OR online_account_id IS NOT NULL",
            }
        ),
    )


class ApplicationEvent(Base):
    """One thing that happened. Only ever added; each row carries the hash of the one before."""

    __tablename__ = "application_event"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[UUID] = office_id(checked=False)
    action: Mapped[str]
    ask: Mapped[str | None]
    from_step: Mapped[str | None]
    to_step: Mapped[str]
    lane: Mapped[str]
    actor_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    detail: Mapped[Json]
    recorded_at: Mapped[datetime]
    effective_at: Mapped[datetime]
    previous: Mapped[bytes]
    hash: Mapped[bytes]

    __table_args__ = (
        Index("ix_application_event_recorded", "recorded_at", postgresql_using="brin"),
        Index(
            "ix_application_event_silence",
            "office_id",
            "effective_at",
            "application_id",
            postgresql_where=text("action IN ('lapse', 'silence')"),
        ),
        *named_checks(
            {
                "seq": "seq >= 1",
                "first_from_nowhere": "(seq = 1) = (from_step IS NULL)",
                "hash_size": "length(hash) = 32 AND length(previous) = 32",
            }
        ),
    )


class Ask(Base):
    """A side path of an application: an opinion, a question."""

    __tablename__ = "ask"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """Name and ordinal: opinion_pu#1."""
    office_id: Mapped[UUID] = office_id(checked=False)
    name: Mapped[str]
    step: Mapped[str]
    lane: Mapped[str | None]
    holder_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    due_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    answer: Mapped[str | None]

    __table_args__ = (
        Index(
            "ix_ask_inbox",
            "office_id",
            "lane",
            text(DUE_OR_NEVER),
            "application_id",
            "key",
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_ask_holder", "holder_id", postgresql_where=text("holder_id IS NOT NULL")),
        *named_checks({"closed_has_no_lane": "(lane IS NULL) = (closed_at IS NOT NULL)"}),
    )


class Paper(Base):
    """One paper of one application: is it there (counter), is it right (verifier)."""

    __tablename__ = "paper"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    office_id: Mapped[UUID] = office_id(checked=False)
    position: Mapped[int]
    presence: Mapped[str] = mapped_column(server_default="unchecked")
    presence_note: Mapped[str] = mapped_column(server_default="")
    verdict: Mapped[str | None]
    verdict_note: Mapped[str] = mapped_column(server_default="")
    checked_by: Mapped[UUID | None]
    judged_by: Mapped[UUID | None]

    __table_args__ = named_checks(
        {
            "presence": one_of(
                "presence", "unchecked", "received", "faulty", "missing", "not_needed"
            ),
            "verdict": f"verdict IS NULL OR {one_of('verdict', 'correct', 'faulty')}",
            "fault_is_named": "(presence <> 'faulty' OR presence_note <> '')"
            " AND (coalesce(verdict, '') <> 'faulty' OR verdict_note <> '')",
        }
    )


class PaperFile(Base):
    """One scan of a paper. Older scans stay."""

    __tablename__ = "paper_file"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    application_id: Mapped[UUID]
    paper: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    media_type: Mapped[str]
    name: Mapped[str]
    uploaded_by: Mapped[UUID | None]
    uploaded_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (
        # What a paper refers to cannot be swept away.
        ForeignKeyConstraint(["office_id", "sha256"], ["kept_file.office_id", "kept_file.sha256"]),
        Index("ix_paper_file_application", "application_id", "paper"),
        Index("ix_paper_file_content", "office_id", "sha256"),
    )


class Permit(Base):
    """An issued permit."""

    __tablename__ = "permit"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), unique=True)
    service: Mapped[str]
    number: Mapped[str]
    number_key: Mapped[str] = mapped_column(Text(collation="C"))
    holder_name: Mapped[str]
    subject: Mapped[str]
    issued_on: Mapped[date]
    valid_until: Mapped[date | None]
    signed_by: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    verify_code: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(server_default="valid")
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("permit.id"))
    content: Mapped[Json]
    """Everything printed on it, as it was when it was issued."""

    __table_args__ = (
        UniqueConstraint("office_id", "number"),
        Index("ix_permit_number_key", "number_key"),
        *named_checks({"status": one_of("status", "valid", "superseded", "revoked")}),
    )


class IntakeDraft(Base):
    """What a clerk has typed and not yet filed. Survives a time-out and a crash."""

    __tablename__ = "intake_draft"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    officer_id: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    service: Mapped[str]
    form: Mapped[Json]
    saved_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (Index("ix_intake_draft_officer", "officer_id"),)
