"""The channels of an office, and its own words for letters, as administrators see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from licensing.errors import NotFound
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services import own_words
from licensing.services.channels import READERS


@dataclass(frozen=True, slots=True)
class ChannelView:
    """One way out."""

    id: UUID
    kind: str
    name: str
    place: str
    personal: bool
    takes: Sequence[str]
    active: bool
    created_at: datetime
    created_by: str
    last_ok_at: datetime | None
    last_fault: str
    last_fault_at: datetime | None
    waiting: int
    """Messages that have not left, counted up to a thousand."""

    @property
    def failing(self) -> bool:
        """Return whether the newest thing known of it is a fault."""
        fault, ok = self.last_fault_at, self.last_ok_at
        return fault is not None and (ok is None or ok < fault)


@dataclass(frozen=True, slots=True)
class OwnLetter:
    """How one event is written in one language."""

    event: str
    locale: str
    version: int
    own: bool
    """False: the office went back to the built-in words."""
    changed_at: datetime
    changed_by: str
    failed_at: datetime | None
    failed_why: str


@dataclass(frozen=True, slots=True)
class LetterVersion:
    """One version of an office's own words."""

    version: int
    subject: str
    body: str
    at: datetime
    by: str
    failed_at: datetime | None
    failed_why: str


def channels(runtime: Runtime, by: Officer) -> Sequence[ChannelView]:
    """Return every channel of the reader's office, those in use first.

    Raises:
        NotAllowed: `by` does not see them.
    """
    by.must_have("see the channels", *READERS)
    with runtime.transaction(by.office_id) as connection:
        return [ChannelView(*row) for row in connection.exec_driver_sql(_CHANNELS, {"only": None})]


def channel(runtime: Runtime, by: Officer, channel_id: UUID) -> ChannelView:
    """Return one channel.

    Raises:
        NotAllowed: `by` does not see it.
        NotFound: the reader's office has no such channel.
    """
    by.must_have("see the channels", *READERS)
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_CHANNELS, {"only": channel_id}).fetchone()
    if row is None:
        raise NotFound("channel", channel_id)
    return ChannelView(*row)


def own_letters(runtime: Runtime, by: Officer) -> Mapping[tuple[str, str], OwnLetter]:
    """Return the newest version of every event and language that the office has ever changed.

    Raises:
        NotAllowed: `by` does not see the letters.
    """
    by.must_have("see the letters", *own_words.READERS)
    with runtime.transaction(by.office_id) as connection:
        rows = connection.exec_driver_sql(_OWN_LETTERS, (by.office_id,))
        return {(row.event, row.locale): OwnLetter(*row) for row in rows}


def letter_versions(
    runtime: Runtime, by: Officer, event: str, locale: str
) -> tuple[str, str, Sequence[LetterVersion]]:
    """Return the office's name and telephone, and the newest 50 versions of one letter.

    Raises:
        NotAllowed: `by` does not see the letters.
    """
    by.must_have("see the letters", *own_words.READERS)
    with runtime.transaction(by.office_id) as connection:
        name, phone = connection.exec_driver_sql(
            "SELECT name, phone FROM office WHERE id = %s", (by.office_id,)
        ).one()
        rows = connection.exec_driver_sql(_VERSIONS, (by.office_id, event, locale))
        return name, phone, [LetterVersion(*row) for row in rows]


_CHANNELS = """
SELECT c.id, c.kind, c.name, c.place, c.personal, c.takes, c.active, c.created_at,
       o.name AS created_by, c.last_ok_at, c.last_fault, c.last_fault_at, w.waiting
  FROM office_channel c JOIN officer o ON o.id = c.created_by
 CROSS JOIN LATERAL (
   SELECT count(*) AS waiting
     FROM (SELECT 1 FROM notice n
            WHERE n.office_id = c.office_id AND n.channel_id = c.id AND n.next_try_at IS NOT NULL
            LIMIT 1000) AS queued) w
 WHERE c.office_id = current_office() AND (%(only)s::uuid IS NULL OR c.id = %(only)s)
 ORDER BY c.active DESC, c.name, c.id
"""

_OWN_LETTERS = """
SELECT DISTINCT ON (t.event, t.locale) t.event, t.locale, t.version, t.subject <> '' AS own,
       t.created_at, o.name, t.failed_at, t.failed_why
  FROM letter_template t JOIN officer o ON o.id = t.created_by
 WHERE t.office_id = %s
 ORDER BY t.event, t.locale, t.version DESC
"""

_VERSIONS = """
SELECT t.version, t.subject, t.body, t.created_at, o.name, t.failed_at, t.failed_why
  FROM letter_template t JOIN officer o ON o.id = t.created_by
 WHERE t.office_id = %s AND t.event = %s AND t.locale = %s
 ORDER BY t.version DESC LIMIT 50
"""
