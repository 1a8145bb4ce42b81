"""Why messages are parked, told apart by what a person can do about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from licensing.identity import mask_email

REASONS: Final[Mapping[str, str]] = {
    "taken_back": "^alert withdrawn$",
    "unwritable": "^cannot be written",
    "channel_off": "^channel_off$",
    "private_address": "private network",
    "not_allowed": "^(the address is not allowed|gateway: the scheme|gateway: the URL)",
    "no_phone": "no telephone number",
    "key_lost": "^the address of the channel cannot be read",
    "gone": "^HTTP 410",
    "program_refused": "^HTTP 4",
    "program_failed": "^HTTP 5",
    "gateway_refused": "^gateway:",
    "mailbox_refused": "^5[0-9][0-9]( |$)",
    "mailbox_busy": "^4[0-9][0-9]( |$)",
    "connection": "(connection|no answer)",
}
"""Code → what the reason as it was recorded looks like; the first that fits. Else: other."""
OTHER: Final = "other"
TAKEN_BACK: Final = "taken_back"
"""Not a refusal: what it would have said was no longer true when it was to leave."""


def reason_sql(column: str) -> str:
    """Return the SQL expression of the code of a recorded reason."""
    cases = " ".join(f"WHEN {column} ~ '{shape}' THEN '{code}'" for code, shape in REASONS.items())
    return f"CASE {cases} ELSE '{OTHER}' END"


_ADDRESS: Final = re.compile(r"[^\s<>\"'(),:;@]+@[A-Za-z0-9.-]+")
_NUMBER: Final = re.compile(r"\+?\d{9,}")


def without_addresses(said: str) -> str:
    """Return what the other side said, without saying to whom."""
    return _NUMBER.sub("…", _ADDRESS.sub(lambda found: mask_email(found[0]), said))
