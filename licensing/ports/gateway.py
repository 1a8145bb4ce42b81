"""Messages by a gateway (WhatsApp, Telegram, SMS …): an Apprise URL that the office names."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote, urlsplit

from licensing.ports.guarded import guarded, is_private_literal
from licensing.ports.sending import ChannelDown, PermanentFault, TemporaryFault, without_secrets
from licensing.ports.webhook import LONGEST_URL, UrlRefused

SCHEMES = frozenset(
    {
        "discord", "gchat", "infobip", "jsons", "kaleyra", "mmosts", "ntfys", "rockets", "slack",
        "tgram", "twilio", "vonage", "whatsapp", "workflows", "wxteams", "xmls", "zulip",
    }
)  # fmt: skip
"""Services of Apprise that speak HTTPS from the thread that sends: those can be guarded."""
PHONE = "{phone}"
"""Where the reader's number goes in a URL; one without reaches a group."""

_SCHEME = re.compile(r"([a-z][a-z0-9]{1,30})://", re.ASCII)
_OWN_HOST = frozenset({"json", "jsons", "xml", "xmls", "form", "forms"})
"""Schemes of which the host is a machine's name, and no token."""
_SAMPLE_PHONE = "6281200000900"
_LONGEST_REASON = 300
_NO_CONNECTION = "onnection error occurred"


class Target(NamedTuple):
    """Where a URL leads."""

    place: str
    """Fit to be shown."""
    personal: bool


class GatewayPort(Protocol):
    """The door by which messages leave for a gateway."""

    def check(self, url: str) -> Target:
        """Return where `url` leads.

        Raises:
            UrlRefused: nothing may be sent there, or nothing knows how.
        """

    def send(self, url: str, *, title: str, text: str, phone: str) -> None:
        """Hand a message on; on return the gateway answers for it.

        Raises:
            SendingFault: it did not leave; its kind says what to do.
        """


@dataclass(frozen=True, slots=True)
class AppriseGateway:
    """Whatever Apprise can reach, within the schemes that the operator allows."""

    schemes: frozenset[str] = SCHEMES
    private: bool = False
    """Whether addresses of a private network are allowed."""
    seconds: float = 20.0

    def check(self, url: str) -> Target:
        """Return where `url` leads; it is not connected to."""
        known = _SCHEME.match(url)
        if known is None or not url.isprintable():
            raise UrlRefused("gateway_url")
        if len(url) > LONGEST_URL:
            raise UrlRefused("too_long")
        scheme = known[1]
        if scheme not in self.schemes:
            raise UrlRefused("gateway_scheme")
        service = _service(_filled(url, _SAMPLE_PHONE))
        if service is None:
            raise UrlRefused("gateway_url")
        if (fault := _fault_of(service, personal=PHONE in url)) is not None:
            raise UrlRefused(fault)
        if scheme not in _OWN_HOST:
            return Target(scheme, PHONE in url)
        host = urlsplit(url).hostname or ""
        if not self.private and (host == "localhost" or is_private_literal(host)):
            raise UrlRefused("private_address")
        return Target(f"{scheme}://{host}", PHONE in url)

    def send(self, url: str, *, title: str, text: str, phone: str) -> None:
        """Send one message; Apprise says whether it was taken, and in its log why not."""
        if (known := _SCHEME.match(url)) is None or known[1] not in self.schemes:
            raise PermanentFault("gateway: the scheme is not allowed")
        if PHONE in url and not phone:
            raise PermanentFault("gateway: the reader has no telephone number")
        service = _service(_filled(url, phone.removeprefix("+")))
        if service is None:
            raise PermanentFault("gateway: the URL is of no known service")
        if (fault := _fault_of(service, personal=PHONE in url)) is not None:
            raise PermanentFault(f"gateway: the URL is not allowed: {fault}")
        from apprise import Apprise  # loaded by `_service`: it takes a second, and few need it

        sender = Apprise(asset=service.asset)
        sender.add(service)
        with guarded(private=self.private, seconds=self.seconds) as guard:
            result = sender.notify(body=text, title=title, body_format="text")
        if result:
            return
        if guard.refused:
            raise PermanentFault(f"{guard.refused[0]} is an address of a private network")
        why = " ".join(entry.message for entry in result.logs()) or "not taken"
        down = _NO_CONNECTION in why
        why = without_secrets(_without(why, phone), url.partition("://")[2])[:_LONGEST_REASON]
        if down:
            raise ChannelDown(f"gateway: {why}")
        raise TemporaryFault(f"gateway: {why}")


def _service(url: str) -> Any:
    """Return Apprise's sender of a URL; None where it knows none."""
    with warnings.catch_warnings():
        # All services are loaded at the first use, and some of them use what is going away.
        warnings.simplefilter("ignore", DeprecationWarning)
        from apprise import Apprise, AppriseAsset

        # In this thread: the guard stands over the thread that connects.
        asset = AppriseAsset(async_mode=False, secure_logging=True)
        found = Apprise.instantiate(url, asset=asset)
    if found is not None:
        # The outbox tries again; meanwhile nobody waits. Nor between one reader and the next: a
        # long list of them would hold up everybody's messages.
        found.retry, found.request_rate_per_sec = 0, 0.0
        found.socket_connect_timeout = min(found.socket_connect_timeout, 5.0)
        found.socket_read_timeout = min(found.socket_read_timeout, 10.0)
    return found


def _fault_of(service: Any, *, personal: bool) -> str | None:
    """Return why a service is not used though it is known; None where it is.

    A service may read a template of the message from a path of this machine: whoever keeps the
    channels of one office reads no files of the server. And next to the applicant's own number
    there may stand another: what concerns one applicant reaches one reader.
    """
    from apprise import AppriseAttachment

    held = vars(service).values()
    if any(isinstance(each, AppriseAttachment) and len(each) for each in held):
        return "gateway_file"
    if personal and len(service) != 1:
        return "gateway_readers"
    return None


def _filled(url: str, phone: str) -> str:
    return url.replace(PHONE, quote(phone, safe=""))


def _without(why: str, phone: str) -> str:
    digits = phone.removeprefix("+")
    at_home = digits.removeprefix("62")  # as a gateway of the country may write it: 0812…
    for written in (phone, digits, f"0{at_home}", at_home):
        why = why.replace(written, "…") if digits else why
    return why
