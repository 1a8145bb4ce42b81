"""Events to another program: a signed POST of JSON, tried until it is taken."""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    NameResolutionError,
    NewConnectionError,
    SSLError,
)

from licensing.ports.guarded import guarded, is_private_literal
from licensing.ports.sending import (
    ChannelDown,
    ChannelGone,
    PermanentFault,
    TemporaryFault,
    without_secrets,
)

SIGNATURE = "X-Satupintu-Signature"
TIMESTAMP = "X-Satupintu-Timestamp"
ONCE = "Idempotency-Key"
LONGEST_URL = 2000
TRY_AGAIN = frozenset({408, 425, 429})
"""Answers of the kind 4xx that say nothing about the message."""

_MOST_READ = 4096
_LONGEST_REASON = 200
_HOST = re.compile(r"[A-Za-z0-9.:_-]+")


class UrlRefused(ValueError):
    """An address that messages may not be sent to; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class WebhookPort(Protocol):
    """The door by which events leave for other programs."""

    def check(self, url: str) -> str:
        """Return where `url` leads, fit to be shown.

        Raises:
            UrlRefused: nothing may be sent there.
        """

    def send(self, url: str, key: str, *, body: bytes, once: str) -> None:
        """Hand `body` on, signed with `key`; on return the other program answers for it.

        Raises:
            SendingFault: it did not leave; its kind says what to do.
        """


@dataclass(frozen=True, slots=True)
class HttpWebhook:
    """HTTP POST, as documented in docs/webhook.md."""

    private: bool = False
    """Whether http and addresses of a private network are allowed."""
    seconds: float = 10.0
    now: Callable[[], float] = time.time

    def check(self, url: str) -> str:
        """Return scheme and host of `url`."""
        if len(url) > LONGEST_URL:
            raise UrlRefused("too_long")
        try:
            parts = urlsplit(url)
            host, _port = parts.hostname or "", parts.port
        except ValueError:
            raise UrlRefused("url") from None
        if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
            raise UrlRefused("url")
        if parts.username or parts.password or parts.fragment or not url.isascii():
            raise UrlRefused("url")
        if " " in url or not url.isprintable():  # `urlsplit` leaves line breaks out, others not
            raise UrlRefused("url")
        if not self.private and parts.scheme != "https":
            raise UrlRefused("https_only")
        if not self.private and (host == "localhost" or is_private_literal(host)):
            raise UrlRefused("private_address")
        return f"{parts.scheme}://{parts.netloc}"

    def send(self, url: str, key: str, *, body: bytes, once: str) -> None:
        """Post `body` once; a redirect is not followed."""
        try:
            self.check(url)
        except UrlRefused as refusal:
            raise PermanentFault(f"the address is not allowed: {refusal.code}") from refusal
        headers = signed(key, body, at=int(self.now()), once=once)
        with guarded(private=self.private, seconds=self.seconds) as guard:
            try:
                status, said = self._post(url, body, headers)
            except (NewConnectionError, ConnectTimeoutError, NameResolutionError, SSLError) as no:
                if guard.refused:
                    raise PermanentFault(
                        f"{guard.refused[0]} is an address of a private network"
                    ) from no
                raise ChannelDown(_reason(no)) from no
            except LocationValueError as refusal:
                raise PermanentFault(str(refusal)) from refusal
            except (HTTPError, OSError) as lost:
                raise TemporaryFault(_reason(lost)) from lost
            if guard.expired:  # what was cut may look like an answer that came to its end
                raise TemporaryFault("no answer in time")
        _judge(status, without_secrets(said, _kept_back(url))[:_LONGEST_REASON])

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        timeout = urllib3.Timeout(connect=self.seconds / 2, read=self.seconds)
        with urllib3.PoolManager(timeout=timeout, retries=False) as pool:
            answer = pool.request(
                "POST",
                url,
                body=body,
                headers=dict(headers),
                redirect=False,
                retries=False,
                preload_content=False,
            )
            try:
                # Enough to tell a person why; whoever answers with gigabytes is not read on.
                said = answer.read(_MOST_READ, decode_content=False)
            finally:
                answer.close()
            return answer.status, " ".join(said.decode("utf-8", "replace").split())


def _kept_back(url: str) -> str:
    """Return what of an address is not shown: all but its scheme and host."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def signed(key: str, body: bytes, *, at: int, once: str) -> dict[str, str]:
    """Return the headers of a message: its time, its signature, and what it is known by."""
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Satupintu",
        TIMESTAMP: str(at),
        SIGNATURE: f"sha256={signature(key, at, body)}",
        ONCE: once,
    }


def signature(key: str, at: int, body: bytes) -> str:
    """Return HMAC-SHA256 in hexadecimal of `timestamp.body`."""
    return hmac.new(key.encode(), f"{at}.".encode() + body, sha256).hexdigest()


def _judge(status: int, said: str) -> None:
    if 200 <= status < 300:
        return
    why = f"HTTP {status}{f': {said}' if said else ''}"
    if status == 410:
        raise ChannelGone(why)
    if status in TRY_AGAIN or status >= 500:
        raise TemporaryFault(why)
    raise PermanentFault(why)


def _reason(refusal: Exception) -> str:
    # Of what a library says only the kind is told: its words may hold the address with its key.
    return {
        "NewConnectionError": "no connection",
        "ConnectTimeoutError": "no answer in time",
        "ReadTimeoutError": "no answer in time",
        "NameResolutionError": "the name of the host is not known",
        "SSLError": "no trusted encrypted connection",
        "ProtocolError": "the connection was cut",
    }.get(type(refusal).__name__, type(refusal).__name__)
