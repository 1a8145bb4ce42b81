"""What the inspectorate hears of deeds that change what has passed: a broken limit may be gone."""

from __future__ import annotations

from collections.abc import Mapping

from licensing.letters.words import Words, Written

PAST_DAYS_CHANGED = "past_days_changed"
BREACH_CORRECTED = "breach_corrected"

HINDSIGHT: Mapping[str, tuple[str, str]] = {
    PAST_DAYS_CHANGED: (
        "kalender diubah untuk hari yang sudah lewat",
        "the calendar was changed for days that have passed",
    ),
    BREACH_CORRECTED: (
        "pembetulan waktu menghapus batas yang sudah terlewati",
        "a corrected time undid a limit that was broken",
    ),
}


def hindsight(words: Words, event: str) -> Written:
    """Return the letter about such a deed: what, who, on what ground, and where to look."""
    said = words.say(*HINDSIGHT[event])
    title = f"{said[:1].upper()}{said[1:]}"
    rows = [
        (words.say("Versi kalender", "Version of the calendar"), words.text("calendar")),
        (words.say("Mulai", "From"), words.planned()),
        (words.say("Dasar", "Ground"), words.text("source")),
        (words.say("Semula", "Was"), words.moment("was")),
        (words.say("Menjadi", "Now"), words.moment("now")),
        (words.say("Alasan", "Reason"), words.text("why")),
        (words.say("Diusulkan", "Proposed by"), words.text("proposed_by")),
        (words.say("Oleh", "By"), words.text("by")),
    ]
    closing = words.say(
        "Batas yang sudah terlewati dapat menjadi tidak terlewati, dan peringatannya dicabut. "
        "Riwayat menyimpan yang lama dan yang baru.",
        "A limit that was broken may count as kept, and its alerts are withdrawn. The record "
        "keeps the old and the new.",
    )
    about = [*words.about, ""] if words.params.get("number") else []
    told = [f"{label}: {value}" for label, value in rows if value]
    subject = f"{words.text('number')}: {said}" if words.params.get("number") else title
    return subject, [f"{title}.", "", *about, *told, "", closing]
