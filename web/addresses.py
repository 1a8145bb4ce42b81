"""Addresses that readers hand us: where we may lead them back to."""

from __future__ import annotations

from urllib.parse import urlsplit


def own_path(address: str) -> str:
    """Return `address` if it is a path of this site, else the front page."""
    parts = urlsplit(address)
    strange = parts.scheme or parts.netloc or "\\" in address or not address.isprintable()
    if strange or not address.startswith("/") or address.startswith("//"):
        return "/"
    return address
