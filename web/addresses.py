"""Addresses that readers hand us: where we may lead them back to."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

_NOWHERE = SplitResult("", "", "", "", "")


def own_path(address: str) -> str:
    """Return `address` if it is a path of this site, else the front page."""
    parts = parts_of(address)
    strange = parts.scheme or parts.netloc or "\\" in address or not address.isprintable()
    if strange or not address.startswith("/") or address.startswith("//"):
        return "/"
    return address


def parts_of(address: str) -> SplitResult:
    """Return the parts of an address; all are empty where it is none, such as `//[`."""
    try:
        return urlsplit(address)
    except ValueError:
        return _NOWHERE
