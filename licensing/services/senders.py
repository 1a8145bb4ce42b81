"""One notice out by one way: as a letter, as a message, or as an event for another program."""

from __future__ import annotations

import json
import logging
import re
from urllib.parse import urlsplit
from uuid import UUID

from licensing import letters
from licensing.ports.mail import Letter
from licensing.ports.sending import PermanentFault, SendingFault
from licensing.runtime import Runtime
from licensing.secrecy import SecrecyFault, seal, unseal
from licensing.services.deliver_sql import Claimed, Way
from licensing.services.write_letter import event_of

log = logging.getLogger(__name__)

SECRET_PURPOSE = "office_channel.secret"  # noqa: S105 - what it is for
SWITCHED_OFF = "channel_off"
"""Why a notice is parked whose channel was switched off before it left."""

_HOST = re.compile(r"[A-Za-z0-9.-]+")


def send(runtime: Runtime, way: Way, notice: Claimed, text: letters.Letter | None) -> None:
    """Send a notice by `way`; `text` is what people read, None for other programs.

    Raises:
        SendingFault: it did not leave; its kind says what to do.
    """
    if way.channel_id is None:
        if text is None:
            raise PermanentFault("cannot be written: a letter without words")
        _by_mail(runtime, notice, text)
        return
    if not way.active:
        raise PermanentFault(SWITCHED_OFF)
    url, key = opened(runtime, way.secret_cipher)
    if way.kind == "webhook":
        runtime.webhook.send(url, key, body=event_of(notice, notice.facts), once=str(notice.id))
    elif text is not None:
        runtime.gateway.send(url, title=text.subject, text=text.body, phone=notice.address)


def guarded_send(
    runtime: Runtime, way: Way, notice: Claimed, text: letters.Letter | None
) -> SendingFault | None:
    """Return why a notice did not leave; None when somebody else answers for it now."""
    try:
        send(runtime, way, notice, text)
    except SendingFault as fault:
        return fault
    except Exception as error:  # a fault of the door outside, of a kind it did not foresee
        log.exception("notice %s could not be sent", notice.id)
        return SendingFault(f"{type(error).__name__}: {error}")
    return None


def message_id(runtime: Runtime, notice_id: UUID) -> str:
    """Return the Message-ID of a notice: the same for every attempt."""
    host = urlsplit(runtime.public_url).hostname or ""
    return f"<notice-{notice_id}@{host if _HOST.fullmatch(host) else 'satupintu.localdomain'}>"


def sealed(runtime: Runtime, url: str, key: str = "") -> str:
    """Return the address of a channel and its key as they lie in the database."""
    return seal(runtime.keyring, json.dumps([url, key]), purpose=SECRET_PURPOSE)


def opened(runtime: Runtime, secret_cipher: str) -> tuple[str, str]:
    """Return the address of a channel and its key.

    Raises:
        PermanentFault: it was sealed with a key that this installation no longer has.
    """
    try:
        url, key = json.loads(unseal(runtime.keyring, secret_cipher, purpose=SECRET_PURPOSE))
    except SecrecyFault as fault:
        raise PermanentFault(f"the address of the channel cannot be read: {fault.code}") from fault
    return str(url), str(key)


def _by_mail(runtime: Runtime, notice: Claimed, text: letters.Letter) -> None:
    runtime.mail.send(
        Letter(
            to=notice.address,
            subject=text.subject,
            text=text.body,
            message_id=message_id(runtime, notice.id),
            written_at=notice.created_at,
            lang=notice.locale,
        )
    )
