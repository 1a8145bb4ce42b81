"""The params of one notice in the language of its reader, and the lines that letters share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date

from licensing.documents.indonesian import local_date, time_words

Locale = Literal["id", "en"]

DEFAULT_ZONE = "Asia/Jakarta"


@dataclass(frozen=True, slots=True)
class Words:
    """The params of one notice in one language."""

    params: Mapping[str, Any]
    lang: Locale

    def say(self, indonesian: str, english: str) -> str:
        """Return the sentence in the language of the reader."""
        return english if self.lang == "en" else indonesian

    def text(self, name: str) -> str:
        """Return a param as text: as it is, or its title in this language."""
        return self.title(self.params.get(name, ""))

    def title(self, value: Any) -> str:
        """Return a text, or a title in this language, on one line."""
        if isinstance(value, Mapping):
            value = value.get(self.lang) or value.get("id") or ""
        # One line each: nothing that was typed can look like a line of ours.
        return " ".join(str(value).split())

    def moment(self, name: str) -> str | None:
        """Return `Jumat, 27 November 2026, 16.30 WIB`."""
        value = self.params.get(name)
        if not value:
            return None
        instant = datetime.fromisoformat(value)
        time = time_words(instant, self.zone)
        return f"{self.day(name)}, {time.replace('.', ':') if self.lang == 'en' else time}"

    def day(self, name: str) -> str | None:
        """Return `Jumat, 27 November 2026`."""
        value = self.params.get(name)
        if not value:
            return None
        day = local_date(datetime.fromisoformat(value), self.zone)
        return format_date(day, "EEEE, d MMMM y", locale=self.lang)

    def planned(self) -> str:
        """Return `Jumat, 27 November 2026, pukul 09.30 WIB` of the params `on` and `time`."""
        if not self.params.get("on"):
            return ""
        on = date.fromisoformat(self.params["on"])
        day = format_date(on, "EEEE, d MMMM y", locale=self.lang)
        if not self.params.get("time"):
            return day
        start = time.fromisoformat(self.params["time"])
        words = time_words(datetime.combine(on, start, ZoneInfo(self.zone)), self.zone)
        return self.say(f"{day}, pukul {words}", f"{day}, at {words.replace('.', ':')}")

    @property
    def zone(self) -> str:
        """Return the office's time zone."""
        return str(self.params.get("zone") or DEFAULT_ZONE)

    @property
    def about(self) -> Sequence[str]:
        """Return the lines that say which application is meant."""
        rows = (
            (self.say("Nomor pendaftaran", "Registration number"), self.text("number")),
            (self.say("Layanan", "Service"), self.text("service")),
            (self.say("Perihal", "About"), self.text("subject")),
        )
        return [f"{label}: {value}" for label, value in rows if value]


Written = tuple[str, Sequence[str]]

Writer = Callable[[Words], Written]


def answer_by(words: Words) -> Sequence[str]:
    """Return the lines that say until when an answer is awaited."""
    by = words.moment("answer_by")
    if by is None:
        return []
    return ["", words.say(f"Mohon dipenuhi paling lambat {by}.", f"Please do so by {by}.")]
