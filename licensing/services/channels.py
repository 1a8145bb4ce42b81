"""The ways out that an office adds: a gateway or a webhook, tried, switched off, given a new key.

An address holds a token, so it is sealed when it is written and never shown again; the record
says that it was changed, and where it leads, without it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from licensing.errors import InvalidInput, NotFound
from licensing.forms import MAX_TEXT, one_line
from licensing.identity import IdentityFault, parse_phone
from licensing.people import Officer
from licensing.ports.sending import SendingFault
from licensing.ports.webhook import UrlRefused
from licensing.runtime import Runtime
from licensing.services.administration import record
from licensing.services.deliver_sql import CHANNEL_FAILS, CHANNEL_WORKS
from licensing.services.senders import opened, sealed

KEEPERS: Final = ("admin", "head")
READERS: Final = ("admin", "head", "supervisor")
TEST_EVENT: Final = "test"


@dataclass(frozen=True, slots=True)
class NewChannel:
    """A way out as it was typed."""

    kind: str
    name: str
    url: str
    takes: Sequence[str] = ()
    """Of a webhook: alerts of the office, letters to applicants, or both."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way out that may be written."""

    kind: str
    name: str
    place: str
    personal: bool
    takes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    id: UUID
    kind: str
    name: str
    place: str
    secret_cipher: str
    personal: bool
    takes: list[str]
    active: bool


def check_channel(runtime: Runtime, new: NewChannel) -> Channel:
    """Return a way out as it would be written; nothing is connected to.

    Raises:
        InvalidInput: every fault at once, by field.
    """
    faults: dict[str, str] = {}
    name, url = one_line(new.name), new.url.strip()
    if not name:
        faults["name"] = "required"
    elif len(name) > MAX_TEXT:
        faults["name"] = "too_long"
    if new.kind not in ("gateway", "webhook"):
        faults["kind"] = "choose"
    place, personal, takes = "", False, tuple(t for t in ("office", "applicant") if t in new.takes)
    if not url:
        faults["url"] = "required"
    elif "kind" not in faults:
        try:
            if new.kind == "webhook":
                place = runtime.webhook.check(url)
            else:
                place, personal = runtime.gateway.check(url)
        except UrlRefused as refusal:
            faults["url"] = refusal.code
    if new.kind == "gateway":
        takes = ("applicant",) if personal else ("office",)
    elif new.kind == "webhook" and not takes:
        faults["takes"] = "choose"
    if faults:
        raise InvalidInput(faults)
    return Channel(new.kind, name, place, personal, takes)


def add_channel(runtime: Runtime, new: NewChannel, by: Officer) -> tuple[UUID, str]:
    """Add a way out; return its id and, of a webhook, the key that is shown this once.

    Raises:
        NotAllowed: `by` keeps no channels.
        InvalidInput: every fault at once, by field.
    """
    by.must_have("add a channel", *KEEPERS)
    checked = check_channel(runtime, new)
    key = secrets.token_urlsafe(32) if checked.kind == "webhook" else ""
    try:
        with runtime.transaction(by.office_id) as connection:
            written: UUID = connection.exec_driver_sql(
                _ADD,
                {
                    "office": by.office_id,
                    "kind": checked.kind,
                    "name": checked.name,
                    "place": checked.place,
                    "cipher": sealed(runtime, new.url.strip(), key),
                    "personal": checked.personal,
                    "takes": list(checked.takes),
                    "by": by.id,
                },
            ).scalar_one()
            detail = {"after": _told(checked.kind, checked.place, checked.takes)}
            record(connection, by.office_id, "channel_added", checked.name, by=by.id, detail=detail)
    except IntegrityError as taken:
        raise InvalidInput({"url": "personal_already"}) from taken
    return written, key


def replace_secret(runtime: Runtime, channel_id: UUID, url: str, by: Officer) -> str:
    """Give a way out another address and key; return the new key of a webhook.

    Raises:
        NotAllowed: `by` keeps no channels.
        NotFound: the office has no such channel.
        InvalidInput: nothing may be sent there; or the new address reaches a group where the old
            one reached a person, or the other way round.
    """
    by.must_have("change a channel", *KEEPERS)
    with runtime.transaction(by.office_id) as connection:
        kept = _kept(connection, channel_id)
        checked = check_channel(runtime, NewChannel(kept.kind, kept.name, url, kept.takes))
        if checked.personal != kept.personal:
            raise InvalidInput({"url": "needs_phone" if kept.personal else "has_phone"})
        key = secrets.token_urlsafe(32) if kept.kind == "webhook" else ""
        connection.exec_driver_sql(
            "UPDATE office_channel SET place = %s, secret_cipher = %s WHERE id = %s",
            (checked.place, sealed(runtime, url.strip(), key), channel_id),
        )
        detail = {"before": {"place": kept.place}, "after": {"place": checked.place}}
        record(connection, by.office_id, "channel_replaced", kept.name, by=by.id, detail=detail)
    return key


def switch_channel(runtime: Runtime, channel_id: UUID, *, active: bool, by: Officer) -> None:
    """Let messages leave by a channel, or none any more; what waits for one that is off is parked.

    Raises:
        NotAllowed: `by` keeps no channels.
        NotFound: the office has no such channel.
        InvalidInput: `personal_already`: another one reaches the phones of applicants.
    """
    by.must_have("switch a channel", *KEEPERS)
    try:
        with runtime.transaction(by.office_id) as connection:
            kept = _kept(connection, channel_id)
            if kept.active == active:
                return
            connection.exec_driver_sql(
                "UPDATE office_channel SET active = %s WHERE id = %s", (active, channel_id)
            )
            record(
                connection,
                by.office_id,
                "channel_on" if active else "channel_off",
                kept.name,
                by=by.id,
                detail={"before": {"active": kept.active}, "after": {"active": active}},
            )
    except IntegrityError as taken:
        raise InvalidInput({"url": "personal_already"}) from taken


def try_channel(
    runtime: Runtime, channel_id: UUID, by: Officer, *, phone: str = ""
) -> SendingFault | None:
    """Send a message that says it is a test, at once; return why it did not arrive.

    Raises:
        NotAllowed: `by` keeps no channels.
        NotFound: the office has no such channel.
        InvalidInput: the number to try is missing or is none; or nothing leaves a simulated office.
    """
    by.must_have("try a channel", *KEEPERS)
    with runtime.transaction(by.office_id) as connection:
        kept = _kept(connection, channel_id)
        office = connection.exec_driver_sql(
            "SELECT code, name, simulated FROM office WHERE id = %s", (by.office_id,)
        ).one()
    if office.simulated:
        raise InvalidInput({"phone" if kept.personal else "url": "simulated_office"})
    number = ""
    if kept.personal:
        try:
            number = parse_phone(phone)
        except IdentityFault as fault:
            raise InvalidInput({"phone": fault.code}) from fault
    refused: SendingFault | None = None
    try:
        _try(runtime, kept, office.code, office.name, number)
    except SendingFault as refusal:
        refused = refusal
    with runtime.transaction(by.office_id) as connection:
        if refused is None:
            connection.exec_driver_sql(CHANNEL_WORKS, (channel_id,))
        else:
            connection.exec_driver_sql(CHANNEL_FAILS, (refused.why or "–", channel_id))
        detail = {"arrived": refused is None}
        record(connection, by.office_id, "channel_tested", kept.name, by=by.id, detail=detail)
    return refused


def _try(runtime: Runtime, kept: _Kept, code: str, office: str, phone: str) -> None:
    url, key = opened(runtime, kept.secret_cipher)
    if kept.kind == "webhook":
        once = str(uuid4())
        told: dict[str, Any] = {
            "id": once,
            "event": TEST_EVENT,
            "office": code,
            "number": None,
            "at": datetime.now(UTC).isoformat(),
            "params": {},
        }
        body = json.dumps(told, separators=(",", ":")).encode()
        runtime.webhook.send(url, key, body=body, once=once)
        return
    runtime.gateway.send(
        url,
        title=f"Pesan percobaan dari {office}",
        text=f"Saluran “{kept.name}” berfungsi. Abaikan pesan ini.\n"
        f"This is a test message of {office}.",
        phone=phone,
    )


def _kept(connection: Connection, channel_id: UUID) -> _Kept:
    row = connection.exec_driver_sql(_KEPT, (channel_id,)).fetchone()
    if row is None:
        raise NotFound("channel", channel_id)
    return _Kept(*row)


def _told(kind: str, place: str, takes: Sequence[str]) -> dict[str, Any]:
    return {"kind": kind, "place": place, "takes": list(takes)}


_ADD = """
INSERT INTO office_channel (office_id, kind, name, place, secret_cipher, personal, takes,
       created_by)
VALUES (%(office)s, %(kind)s, %(name)s, %(place)s, %(cipher)s, %(personal)s, %(takes)s, %(by)s)
RETURNING id
"""

_KEPT = """
SELECT id, kind, name, place, secret_cipher, personal, takes, active
  FROM office_channel WHERE id = %s FOR UPDATE
"""
