"""An office's own words for an event: checked when they are saved, harmless when they are sent.

A template is text with names in braces from a fixed list. There is nothing to evaluate: no
attribute, no format, no condition. A value that holds braces stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from licensing.letters.placeholders import PLACEHOLDERS

LONGEST_SUBJECT: Final = 160
LONGEST_BODY: Final = 4000
LONGEST_FILLED: Final = 12_000

_NAME = re.compile(r"\{([^{}\n]*)\}")
# What turns the order of the letters around, or is not a character at all.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class OwnWordsFault(ValueError):
    """An office's own words cannot be used; `code` says why, `names` which placeholders."""

    def __init__(self, code: str, names: tuple[str, ...] = ()) -> None:
        self.code, self.names = code, names
        super().__init__(f"{code}: {', '.join(names)}" if names else code)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Subject and body as an office wrote them."""

    subject: str
    body: str


def check_own(event: str, own: OwnWords) -> dict[str, OwnWordsFault]:
    """Return what is wrong with a template, by field; empty where it may be used."""
    faults: dict[str, OwnWordsFault] = {}
    for field, text, longest in (
        ("subject", own.subject, LONGEST_SUBJECT),
        ("body", own.body, LONGEST_BODY),
    ):
        try:
            _must_fit(field, text, longest)
            _must_know(event, text)
        except OwnWordsFault as fault:
            faults[field] = fault
    return faults


def filled(own: OwnWords, values: Mapping[str, str]) -> tuple[str, str]:
    """Return subject and body with every placeholder replaced.

    A line of the body that names something there is nothing to say about is left out.

    Raises:
        OwnWordsFault: an unknown placeholder, or what comes out is empty, too long, or holds
            control characters.
    """
    lines = []
    for line in own.body.splitlines():
        names = _NAME.findall(line)
        if not any(values.get(name) == "" for name in names):
            lines.append(_replaced(line, values))
    body = "\n".join(lines).strip()
    subject = " ".join(_replaced(own.subject, values).split())
    _must_fit("subject", subject, LONGEST_FILLED)
    _must_fit("body", body, LONGEST_FILLED)
    return subject[:LONGEST_SUBJECT], body


def _replaced(text: str, values: Mapping[str, str]) -> str:
    unknown = tuple(name for name in _NAME.findall(text) if name not in values)
    if unknown:
        raise OwnWordsFault("unknown_placeholder", unknown)
    return _NAME.sub(lambda found: values[found[1]], text)


def _must_know(event: str, text: str) -> None:
    allowed = PLACEHOLDERS.get(event)
    if allowed is None:
        raise OwnWordsFault("no_words_for_this_event")
    unknown = tuple(name for name in _NAME.findall(text) if name not in allowed)
    if unknown:
        raise OwnWordsFault("unknown_placeholder", unknown)


def _must_fit(field: str, text: str, longest: int) -> None:
    if not text.strip():
        raise OwnWordsFault("required")
    if len(text) > longest:
        raise OwnWordsFault("too_long")
    breaks = "" if field == "subject" else "\n"
    for letter in text:
        if letter in breaks:
            continue
        if letter in _TURNING or unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp"):
            raise OwnWordsFault("control_character")
