"""What a notice says: subject and plain text from its event and params, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from licensing.letters.clock_acts import CLOCK_ACTS
from licensing.letters.digest import digest
from licensing.letters.money import MONEY
from licensing.letters.officers import (
    WATCHERS,
    alert,
    limit_words,
    rung_words,
    watched,
    watched_words,
)
from licensing.letters.online import ONLINE
from licensing.letters.own import OwnWords, OwnWordsFault, check_own, filled
from licensing.letters.placeholders import ALERT, PLACEHOLDERS, event_of, values
from licensing.letters.promises import PROMISES
from licensing.letters.silence import SILENCES, silence_words
from licensing.letters.steps import STEPS
from licensing.letters.visits import VISITS
from licensing.letters.words import Locale, Words, Writer

__all__ = [
    "ALERT",
    "EVENTS",
    "PLACEHOLDERS",
    "Letter",
    "OwnWords",
    "OwnWordsFault",
    "UnknownEvent",
    "check_own",
    "event_of",
    "limit_words",
    "render",
    "render_own",
    "rung_words",
    "silence_words",
    "watched_words",
]

DIGEST = "digest"
"""The event of a morning digest."""

_APPLICANT: Mapping[str, Writer] = {**STEPS, **VISITS, **MONEY, **PROMISES, **CLOCK_ACTS}

EVENTS = frozenset(_APPLICANT)
"""Events of which an applicant is told; officers hear of `alert.<rung>`."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, ready to be read."""

    subject: str
    """One line."""
    body: str
    """Plain text, lines separated by a line feed."""


class UnknownEvent(ValueError):
    """A notice names an event that no letter exists for."""

    def __init__(self, event: str) -> None:
        self.event = event
        super().__init__(f"no letter is written for the event {event!r}")


def render(event: str, params: Mapping[str, Any], locale: str) -> Letter:
    """Return the letter of a notice; Indonesian where `locale` is not `en`.

    Besides what the notice holds, `params` may name the `office`, its `zone` (else western
    Indonesian time), its `phone`, the `url` of the page meant, and where to `stop` being told.

    Raises:
        UnknownEvent: there is no letter for this event.
    """
    lang: Locale = "en" if locale == "en" else "id"
    words = Words(params, lang)
    if event.startswith("alert."):
        subject, lines = alert(words, event.removeprefix("alert."))
        greeting: Sequence[str] = ()
        closing = _for_officers(words)
    elif event in SILENCES:
        subject, lines = SILENCES[event](words)
        greeting, closing = (), _for_officers(words)
    elif event == DIGEST:
        subject, lines = digest(words)
        greeting, closing = (), _for_officers(words)
    elif event in WATCHERS:
        subject, lines = watched(words, event)
        greeting, closing = (), _for_officers(words)
    else:
        write = _APPLICANT.get(event) or ONLINE.get(event)
        if write is None:
            raise UnknownEvent(event)
        subject, lines = write(words)
        greeting, closing = (words.say("Yth. Pemohon,", "Dear applicant,"), ""), _sign(words)
    body = "\n".join([*greeting, *lines, *closing])
    return Letter(" ".join(subject.split()), body.strip() + "\n")


def render_own(own: OwnWords, event: str, params: Mapping[str, Any], locale: str) -> Letter:
    """Return the letter of a notice in the office's own words; `params` as for `render`.

    The address of the page and the name of the office are ours: no words of an office remove
    them.

    Raises:
        OwnWordsFault: these words cannot be sent; the built-in letter can.
    """
    lang: Locale = "en" if locale == "en" else "id"
    words = Words(params, lang)
    if event_of(event) not in PLACEHOLDERS:
        raise OwnWordsFault("no_words_for_this_event")
    subject, body = filled(own, values(event, words))
    closing = _for_officers(words) if event_of(event) == ALERT else _sign(words)
    return Letter(subject, "\n".join([body, *closing]).strip() + "\n")


def _sign(words: Words) -> Sequence[str]:
    lines: list[str] = []
    if words.params.get("url"):
        url = words.title(words.params["url"])
        lines += ["", words.say(f"Lacak permohonan: {url}", f"Track the application: {url}")]
    office, phone = words.text("office"), words.text("phone")
    if office:
        lines += ["", office]
    if phone:
        lines.append(words.say(f"Telepon {phone}", f"Telephone {phone}"))
    if words.params.get("stop"):
        stop = words.title(words.params["stop"])
        lines += ["", words.say(f"Berhenti menerima pesan: {stop}", f"Stop messages: {stop}")]
    return lines


def _for_officers(words: Words) -> Sequence[str]:
    lines: list[str] = []
    if words.params.get("url"):
        lines += ["", words.title(words.params["url"])]
    office = words.text("office")
    if office:
        lines += ["", office]
    return lines
