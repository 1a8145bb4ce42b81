"""Letters by e-mail: to a server, or into a folder on a desk. Sent at least once, never twice new.

A letter has a Message-ID given by whoever wrote it, so that a letter sent again after a crash is
the same letter to the reader's program.
"""

from __future__ import annotations

import os
import re
import smtplib
import socket
import ssl
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal, Protocol

from licensing.ports.sending import ChannelDown, PermanentFault, SendingFault, TemporaryFault

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")


class MailFault(SendingFault):
    """A letter did not leave; which kind says what to do with it."""

    code = "mail"


class TemporaryMailFault(MailFault, TemporaryFault):
    """This letter was not taken now: try it again later."""

    code = "mail.temporary"


class PermanentMailFault(MailFault, PermanentFault):
    """This letter will never be taken: tell a person, do not try again."""

    code = "mail.permanent"


class MailChannelDown(MailFault, ChannelDown):
    """No letter leaves at present: stop for now, and say so on the board."""

    code = "mail.channel_down"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    content: bytes
    media_type: str = "application/pdf"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent to one reader."""

    to: str
    subject: str
    text: str
    message_id: str
    """`<alert-….@office.example>`: the same for every attempt."""
    written_at: datetime
    lang: str = "id"
    attachments: tuple[Attachment, ...] = ()


class MailPort(Protocol):
    """The door by which letters leave."""

    def send(self, letter: Letter) -> None:
        """Hand `letter` on; on return somebody else answers for it.

        Raises:
            TemporaryMailFault, PermanentMailFault, MailChannelDown: it did not leave.
        """


@dataclass(frozen=True, slots=True)
class SmtpMail:
    """A mail server."""

    host: str
    port: int
    sender: str
    """Address, or `Name <address>`."""
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    security: Literal["none", "starttls", "tls"] = "starttls"
    timeout: float = 20.0
    """Seconds the server may be silent."""

    def send(self, letter: Letter) -> None:
        """Send `letter` in a connection of its own."""
        message = message_of(letter, self.sender)
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as refusal:
            raise MailChannelDown(f"{self.host}:{self.port}: {_said(refusal)}") from refusal
        try:
            _hand_over(server, message)
        finally:
            # The letter is with the server already; a bad good-bye does not change that.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if self.security == "tls":
            server = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            if self.security == "starttls":
                server.starttls(context=context)
            if self.username is not None:
                server.login(self.username, self.password or "")
        except BaseException:
            server.close()
            raise
        return server


@dataclass(frozen=True, slots=True)
class FolderMail:
    """A folder of .eml files, for a desk without a mail server; any mail program opens them."""

    folder: Path
    sender: str = "Satupintu <satupintu@localhost>"

    def send(self, letter: Letter) -> None:
        """Write `letter` into the folder; sent again it takes the place of the first."""
        message = message_of(letter, self.sender)
        key = sha256(letter.message_id.encode()).hexdigest()[:16]
        path = self.folder / f"{letter.written_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{key}.eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, prefix=".new-")
            with os.fdopen(handle, "wb") as file:
                file.write(message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except OSError as refusal:
            raise MailChannelDown(f"{self.folder}: {refusal.strerror}") from refusal


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """Return `letter` as it goes over the wire.

    Raises:
        PermanentMailFault: its address, subject or Message-ID cannot stand in a letter.
    """
    if not _MESSAGE_ID.fullmatch(letter.message_id):
        raise PermanentMailFault(f"Message-ID {letter.message_id!r} is not <name@domain>")
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = sender
        message["To"] = Address(addr_spec=letter.to)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(letter.written_at.astimezone(UTC))
        message["Message-ID"] = letter.message_id
        message["Content-Language"] = letter.lang
        # So that no holiday notice answers us, and no two robots talk to each other.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        for one in letter.attachments:
            kind, _, subtype = one.media_type.partition("/")
            message.add_attachment(one.content, maintype=kind, subtype=subtype, filename=one.name)
    except (ValueError, MessageError, IndexError) as refusal:
        raise PermanentMailFault(f"the letter cannot be written: {refusal}") from refusal
    return message


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refusal:
        code, reason = next(iter(refusal.recipients.values()))
        raise _by_code(code, _text(reason)) from refusal
    except smtplib.SMTPSenderRefused as refusal:
        # The sender is ours and the same for all letters: no letter would leave.
        if 400 <= refusal.smtp_code < 500 and refusal.smtp_code != 421:
            raise TemporaryMailFault(_said(refusal)) from refusal
        raise MailChannelDown(_said(refusal)) from refusal
    except smtplib.SMTPNotSupportedError as refusal:
        raise PermanentMailFault(_said(refusal)) from refusal
    except smtplib.SMTPResponseException as refusal:
        raise _by_code(refusal.smtp_code, _said(refusal)) from refusal
    except (OSError, smtplib.SMTPException) as refusal:
        raise TemporaryMailFault(f"connection lost: {_said(refusal)}") from refusal


def _by_code(code: int, said: str) -> MailFault:
    if code == 421:
        return MailChannelDown(f"{code} {said}")
    return (PermanentMailFault if code >= 500 else TemporaryMailFault)(f"{code} {said}")


def _said(refusal: Exception) -> str:
    if isinstance(refusal, smtplib.SMTPResponseException):
        return f"{refusal.smtp_code} {_text(refusal.smtp_error)}"
    if isinstance(refusal, socket.timeout):
        return "no answer in time"
    return str(refusal) or type(refusal).__name__


def _text(reason: bytes | str) -> str:
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
