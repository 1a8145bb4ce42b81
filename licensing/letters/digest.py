"""The morning digest: what was told since the last one, what is late, what is due next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from licensing.documents.indonesian import local_date, time_words
from licensing.letters.officers import limit_words, rung_words
from licensing.letters.words import Words, Written

# Part → how many of it, in the subject, and the title of its lines.
_PARTS: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "overdue": (("lewat batas", "past the limit"), ("Lewat batas", "Past the limit")),
    "today": (("habis hari ini", "due today"), ("Batasnya habis hari ini", "Due today")),
    "tomorrow": (
        ("habis hari kerja berikutnya", "due the next working day"),
        ("Batasnya habis hari kerja berikutnya", "Due the next working day"),
    ),
    "told": (
        ("peringatan", "alerts"),
        ("Peringatan sejak ringkasan terakhir", "Alerts since the last one"),
    ),
}


def digest(words: Words) -> Written:
    """Return the digest of one morning for one person."""
    counted = []
    title = words.say("Ringkasan pagi", "Morning digest")
    lines = [f"{title}, {words.day('day') or ''}"]
    for part, (counts, heads) in _PARTS.items():
        count, rows = _part(words, part)
        if count:
            counted.append(f"{count} {words.say(*counts)}")
            lines += ["", f"{words.say(*heads)} ({count}):"]
            lines += [f"- {_line(words, part, row)}" for row in rows]
        if count > len(rows):
            more = count - len(rows)
            lines.append(words.say(f"- dan {more} lagi", f"- and {more} more"))
    return f"{title}: {', '.join(counted)}", lines


def _part(words: Words, part: str) -> tuple[int, list[Mapping[str, Any]]]:
    found = words.params.get(part) or {}
    return int(found.get("n") or 0), list(found.get("lines") or ())


def _line(words: Words, part: str, row: Mapping[str, Any]) -> str:
    about = f"{words.title(row.get('number', ''))}, {words.title(row.get('subject', ''))}"
    if part != "told":
        return f"{about}: {_short(words, row.get('due'))}"
    limit = words.title(limit_words(row.get("limit") or "", words.lang))
    rung, key = str(row.get("rung", "")), str(row.get("key", ""))
    return f"{about}: {limit}, {rung_words(rung, words.lang, key)}"


def _short(words: Words, moment: Any) -> str:
    if not moment:
        return "-"
    instant = datetime.fromisoformat(str(moment))
    time = time_words(instant, words.zone)
    day = local_date(instant, words.zone)
    return f"{day:%d-%m-%Y}, {time.replace('.', ':') if words.lang == 'en' else time}"
