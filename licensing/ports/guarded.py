"""Connections on behalf of an office: to public addresses alone, and not for ever.

Administrators of an office name where its messages go. A name may lead to a machine of our own
network, an answer may redirect there, and a resolver may say one thing when asked and another
when used; so the address itself is looked at, at the moment of connecting, whatever library
connects (Source: PEP 578, the audit event `socket.connect`). A listener that answers one letter
a minute would hold up everybody's messages; its connections are cut when the time is over.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

_NAT64 = IPv6Network("64:ff9b::/96")
# Of the newer protocol only these are given out for everybody; what lies outside may lead to a
# network of our own (the older protocol within it, site-local, a translator of the house), though
# no register lists it as private. Source: RFC 4291, 2.4.
_EVERYBODYS = (IPv6Network("2000::/3"), _NAT64)
_installed = threading.Lock()


class AddressRefused(OSError):
    """A connection would have led to where messages of an office must not go."""


@dataclass(slots=True)
class Guard:
    """What one guarded piece of work may do, and what it tried to."""

    private: bool
    """Whether addresses of a private network may be reached too."""
    refused: list[str] = field(default_factory=list)
    """Addresses that were not connected to."""
    expired: bool = False
    _handles: list[int] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def connecting(self, connection: socket.socket, address: Any) -> None:
        """Pass where `connection` may be made.

        Raises:
            AddressRefused: the address is not one that everybody can reach.
            TimeoutError: the time of this work is over.
        """
        host = address[0] if isinstance(address, tuple) else ""
        if not self.private and not is_public(str(host)):
            self.refused.append(str(host) or "a socket of this machine")
            raise AddressRefused(f"{host} is no public address")
        with self._lock:
            if self.expired:
                raise TimeoutError("the time of this message is over")
            # A copy: the encrypted connection takes the socket itself over.
            self._handles.append(os.dup(connection.fileno()))

    def expire(self) -> None:
        """Cut every connection that was made."""
        with self._lock:
            self.expired = True
            for handle in self._handles:
                with suppress(OSError), socket.socket(fileno=os.dup(handle)) as connection:
                    connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connections."""
        with self._lock:
            while self._handles:
                os.close(self._handles.pop())


_guard: ContextVar[Guard | None] = ContextVar("guard", default=None)
_hooked: list[bool] = []


@contextmanager
def guarded(*, private: bool, seconds: float) -> Iterator[Guard]:
    """Return a guard of every connection that this thread makes within the block.

    A connection to an address that is not public raises `AddressRefused`; after `seconds` all
    of them are cut.
    """
    with _installed:
        if not _hooked:
            sys.addaudithook(_watch)
            _hooked.append(True)
    guard = Guard(private)
    timer = threading.Timer(seconds, guard.expire)
    timer.daemon = True
    timer.start()
    token = _guard.set(guard)
    try:
        yield guard
    finally:
        _guard.reset(token)
        timer.cancel()
        guard.close()


def is_public(host: str) -> bool:
    """Return whether an address is one that everybody can reach; a name is not an address."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast for each in _meant(address)) and (
        isinstance(address, IPv4Address) or any(address in each for each in _EVERYBODYS)
    )


def is_private_literal(host: str) -> bool:
    """Return whether a host is written as an address, and not as a public one."""
    return (":" in host or host.replace(".", "").isdigit()) and not is_public(host)


def _meant(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address | IPv6Address]:
    """Return the address, and those of the older protocol that it leads to."""
    yield address
    if isinstance(address, IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
        yield from (each for each in inner if each is not None)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        guard = _guard.get()
        if guard is not None:
            guard.connecting(*arguments)
