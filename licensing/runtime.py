"""What every service is handed: the database, the rules in force, the doors outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from licensing.database import Database, office_transaction
from licensing.errors import NotFound
from licensing.facts import watched_steps
from licensing.guards import GUARDS
from licensing.models import CalendarVersion, SopVersion
from licensing.ports.gateway import AppriseGateway, GatewayPort
from licensing.ports.mail import MailPort
from licensing.ports.malware import MalwarePort, NoScanner
from licensing.ports.storage import Storage
from licensing.ports.webhook import HttpWebhook, WebhookPort
from licensing.secrecy import Keyring
from licensing.services.calendar_outages import OutageRules
from licensing.vocabulary import VOCABULARY
from workflows.calendar_spec import CalendarSpec
from workflows.ledger import Clockwork
from workflows.machine import SopMachine
from workflows.reading import read_sop
from workflows.sop import Sop, Vocabulary, Within
from workflows.worktime import Calendar, LateReceipt

ESCALATE_AFTER = Within(4, "working hours")


@dataclass(frozen=True, slots=True)
class Rules:
    """One SOP version, ready to walk."""

    sop: Sop
    machine: SopMachine
    watched: frozenset[str]
    """Steps whose actors some rule of four eyes asks for."""


@dataclass(slots=True)
class Runtime:
    """The world as the services see it. One per process; safe to share between threads.

    What it remembers (SOP versions, calendar versions) is never changed in the database, so
    remembering cannot be wrong.
    """

    db: Database
    keyring: Keyring
    storage: Storage
    mail: MailPort
    gateway: GatewayPort = field(default_factory=AppriseGateway)
    webhook: WebhookPort = field(default_factory=HttpWebhook)
    malware: MalwarePort = field(default_factory=NoScanner)
    public_url: str = "http://127.0.0.1:8000"
    vocabulary: Vocabulary = VOCABULARY
    simulated_now: datetime | None = None
    """The time of a simulated office. None everywhere else: the database's time counts."""
    outage_rules: OutageRules = field(default_factory=OutageRules)
    calendar_warning_months: int = 3
    """Months for which the closed days must be known; where fewer are, the office is warned."""
    proxy_cases_hint: int = 5
    """Open applications of one proxy from which they are pointed out."""
    escalate_after: Within = ESCALATE_AFTER
    """How long an alert of a breach may stay without an answer, where the SOP says nothing."""
    _rules: dict[UUID, Rules] = field(default_factory=dict)
    _clockworks: dict[tuple[UUID, UUID, LateReceipt], Clockwork] = field(default_factory=dict)
    _calendars: dict[tuple[UUID, LateReceipt], Calendar] = field(default_factory=dict)

    @contextmanager
    def transaction(self, office_id: UUID, *, planned: bool = False) -> Iterator[Connection]:
        """Return a unit of work on the rows of one office; `planned` as in `enter_office`."""
        with office_transaction(self.db, office_id, planned=planned) as connection:
            yield connection

    def rules(self, connection: Connection, sop_version_id: UUID) -> Rules:
        """Return a published SOP version with its machine.

        Raises:
            NotFound: the office of this transaction has no such version.
        """
        known = self._rules.get(sop_version_id)
        if known is None:
            text = connection.scalar(
                select(SopVersion.expanded).where(SopVersion.id == sop_version_id)
            )
            if text is None:
                raise NotFound("SOP version", sop_version_id)
            sop = read_sop(text, vocabulary=self.vocabulary)
            known = self._rules[sop_version_id] = Rules(
                sop, SopMachine(sop, GUARDS), watched_steps(sop)
            )
        return known

    def clockwork(
        self,
        connection: Connection,
        sop_version_id: UUID,
        calendar_version_id: UUID,
        late_receipt: LateReceipt,
    ) -> Clockwork:
        """Return the clock of an SOP version on a version of the office's calendar.

        Raises:
            NotFound: the office of this transaction has no such version.
        """
        key = (sop_version_id, calendar_version_id, late_receipt)
        known = self._clockworks.get(key)
        if known is None:
            calendar = self.calendar(connection, calendar_version_id, late_receipt)
            sop = self.rules(connection, sop_version_id).sop
            known = self._clockworks[key] = Clockwork(sop, calendar)
        return known

    def calendar(
        self, connection: Connection, calendar_version_id: UUID, late_receipt: LateReceipt
    ) -> Calendar:
        """Return one version of an office's calendar.

        Raises:
            NotFound: the office of this transaction has no such version.
        """
        key = (calendar_version_id, late_receipt)
        known = self._calendars.get(key)
        if known is None:
            spec: Mapping[str, Any] | None = connection.scalar(
                select(CalendarVersion.spec).where(CalendarVersion.id == calendar_version_id)
            )
            if spec is None:
                raise NotFound("calendar version", calendar_version_id)
            known = self._calendars[key] = Calendar(CalendarSpec.from_json(spec), late_receipt)
        return known
