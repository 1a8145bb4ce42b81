"""The outbox: messages leave after the commit, at least once, each recorded exactly once."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from licensing import letters
from licensing.ports.sending import ChannelDown, ChannelGone, PermanentFault, SendingFault
from licensing.runtime import Runtime
from licensing.services.administration import record
from licensing.services.deliver_sql import (
    CHANNEL_FAILS,
    CHANNEL_OFF,
    CHANNEL_WORKS,
    CLAIM,
    CLOSED,
    FOUND_CLOSED,
    GIVEN_BACK,
    LATER,
    MAIL_DOWN,
    OFFICES,
    OWN_WORDS_FAILED,
    PARKED,
    SENT,
    WAYS,
    Claimed,
    Way,
)
from licensing.services.senders import guarded_send, message_id
from licensing.services.write_letter import in_words, letter_of

__all__ = [
    "AT_ONCE", "LEASE", "MAIL_DOWN", "PROBE_EVERY", "DeliveryReport", "deliver", "message_id",
    "wait_after",
]  # fmt: skip

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=7)
PROBE_EVERY = timedelta(minutes=5)
LEASE = timedelta(minutes=10)
"""Whoever claims a message and dies gives it up after this; it is the same message again."""
AT_ONCE = 10
"""Messages claimed together: even if each takes its longest, they fit into the lease."""


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of the messages that were due."""

    sent: int = 0
    put_off: int = 0
    """Refused for now; tried again later."""
    parked: int = 0
    """Refused for good, with the reason, for a person to look at."""
    down: str | None = None
    """Why no letter leaves at present; nothing counted as a try."""
    channels_down: tuple[str, ...] = ()
    """The same of the channels of offices: name and why."""


def deliver(runtime: Runtime, *, limit: int = 100) -> DeliveryReport:
    """Send up to `limit` messages that are due, each office and way out in turns.

    A message that is refused never holds others up, nor does a way that is closed: while it is,
    nothing counts as a try; it is probed every 5 minutes. Safe to run in any number of processes.
    """
    with runtime.db.begin() as connection:
        closed = {row[0] for row in connection.exec_driver_sql(CLOSED, (PROBE_EVERY,))}
        offices = [row[0] for row in connection.exec_driver_sql(OFFICES)]
    report = DeliveryReport(
        down="found closed less than 5 minutes ago" if MAIL_DOWN in closed else None
    )
    waiting = [way for office in offices for way in _ways(runtime, office)]
    tried = 0
    while waiting and tried < limit:
        way = waiting.pop(0)
        if way.down in closed:
            continue
        claimed = _claim(runtime, way, min(AT_ONCE, limit - tried))
        tried += len(claimed)
        done, fault = _send_all(runtime, way, claimed)
        report = replace(
            report,
            sent=report.sent + done.sent,
            put_off=report.put_off + done.put_off,
            parked=report.parked + done.parked,
        )
        if fault is not None:
            closed.add(way.down)
            log.warning("nothing leaves by %s at present: %s", way.name or way.kind, fault.why)
            if way.channel_id is None:
                report = replace(report, down=fault.why)
            else:
                told = f"{way.name}: {fault.why}"
                report = replace(report, channels_down=(*report.channels_down, told))
        elif claimed:
            waiting.append(way)
    return report


def wait_after(tries: int) -> timedelta | None:
    """Return how long to wait after so many refusals: 5 minutes doubling to 6 hours, for 7 days.

    None when the seven days are over. Only waits between refusals count: days on which the
    channel was closed do not.
    """
    wait = waited = FIRST_WAIT
    for _ in range(tries - 1):
        wait = min(wait * 2, LONGEST_WAIT)
        waited += wait
    return wait if waited <= GIVE_UP_AFTER else None


def _ways(runtime: Runtime, office_id: UUID) -> list[Way]:
    with runtime.transaction(office_id) as connection:
        rows = connection.exec_driver_sql(WAYS, {"office": office_id})
        return [Way(office_id, *row) for row in rows]


def _claim(runtime: Runtime, way: Way, count: int) -> list[Claimed]:
    wanted = {"office": way.office_id, "channel": way.channel_id, "count": count, "lease": LEASE}
    with runtime.transaction(way.office_id) as connection:
        rows = connection.exec_driver_sql(CLAIM[way.channel_id is None], wanted)
        claimed = [Claimed(*row) for row in rows]
        return [in_words(runtime, connection, notice) for notice in claimed]


def _send_all(
    runtime: Runtime, way: Way, claimed: list[Claimed]
) -> tuple[DeliveryReport, ChannelDown | None]:
    """Return what became of the messages claimed, and why the way is closed where it is."""
    sent = put_off = parked = 0
    for place, notice in enumerate(claimed):
        fault = _send(runtime, way, notice)
        if fault is None:
            _was_sent(runtime, way, notice)
            sent += 1
        elif isinstance(fault, ChannelDown):
            _give_back(runtime, way, claimed[place:], fault)
            return DeliveryReport(sent, put_off, parked), fault
        elif (wait := _wait(notice, fault)) is not None:
            log.warning("notice %s was refused for now: %s", notice.id, fault.why)
            _was_refused(runtime, way, fault, LATER, wait, notice.id)
            put_off += 1
        else:
            log.error("notice %s was refused for good: %s", notice.id, fault.why)
            _was_refused(runtime, way, fault, PARKED, fault.why, notice.id)
            parked += 1
            if isinstance(fault, ChannelGone):
                way = replace(way, active=False)
    return DeliveryReport(sent, put_off, parked), None


def _send(runtime: Runtime, way: Way, notice: Claimed) -> SendingFault | None:
    text: letters.Letter | None = None
    if way.kind != "webhook":
        try:
            group = way.channel_id is not None and notice.audience != "applicant"
            text, why = letter_of(runtime, notice, group=group)
        except Exception as error:  # one that cannot be written must not hold up the others
            log.exception("notice %s cannot be written", notice.id)
            return PermanentFault(f"cannot be written: {error}")
        if why is not None:
            _own_words_failed(runtime, way.office_id, notice, why)
    return guarded_send(runtime, way, notice, text)


def _wait(notice: Claimed, fault: SendingFault) -> timedelta | None:
    return None if isinstance(fault, PermanentFault) else wait_after(notice.tries + 1)


def _was_sent(runtime: Runtime, way: Way, notice: Claimed) -> None:
    with runtime.transaction(way.office_id) as connection:
        connection.exec_driver_sql(SENT, (notice.id,))
        if way.channel_id is not None:
            connection.exec_driver_sql(CHANNEL_WORKS, (way.channel_id,))


def _was_refused(
    runtime: Runtime, way: Way, fault: SendingFault, statement: str, *parameters: object
) -> None:
    with runtime.transaction(way.office_id) as connection:
        connection.exec_driver_sql(statement, parameters)
        if way.channel_id is None or not way.active:
            return
        connection.exec_driver_sql(CHANNEL_FAILS, (fault.why or "–", way.channel_id))
        if (
            isinstance(fault, ChannelGone)
            and connection.exec_driver_sql(CHANNEL_OFF, (way.channel_id,)).rowcount
        ):
            detail = {"before": {"active": True}, "after": {"active": False}, "reason": fault.why}
            record(connection, way.office_id, "channel_off", way.name, by=None, detail=detail)


def _give_back(runtime: Runtime, way: Way, notices: Iterable[Claimed], fault: ChannelDown) -> None:
    with runtime.transaction(way.office_id) as connection:
        for notice in notices:
            connection.exec_driver_sql(GIVEN_BACK, (notice.due_at, notice.id))
        connection.exec_driver_sql(FOUND_CLOSED, (way.down,))
        if way.channel_id is not None:
            connection.exec_driver_sql(CHANNEL_FAILS, (fault.why or "–", way.channel_id))


def _own_words_failed(runtime: Runtime, office_id: UUID, notice: Claimed, why: str) -> None:
    with runtime.transaction(office_id) as connection:
        connection.exec_driver_sql(OWN_WORDS_FAILED, (why[:500], notice.template_id))
