"""Letters to officers: alerts of deadlines, and who got power over the bank's accounts."""

from __future__ import annotations

from collections.abc import Mapping

from licensing.letters.words import Words, Written

_LIMITS: Mapping[str, tuple[str, str]] = {
    "filing": ("pemeriksaan kelengkapan berkas", "the check of the filing"),
    "service": ("standar pelayanan", "the service standard"),
    "law": ("batas waktu menurut undang-undang", "the legal limit"),
    "delivery": ("penyerahan keputusan", "the delivery of the decision"),
}


def limit_words(title: Mapping[str, str] | str, locale: str) -> str:
    """Return how a limit is called: by the title of its step or ask, or its usual name."""
    if isinstance(title, Mapping):
        return str(title.get(locale) or title.get("id") or "")
    known = _LIMITS.get(title)
    return title if known is None else known[locale == "en"]


def rung_words(rung: str, locale: str) -> str:
    """Return what a rung means: `sudah terpakai 50%`, `lewat batas 3 hari kerja`."""
    english = locale == "en"
    if rung.endswith("%"):
        return f"{rung} of the time is used" if english else f"waktu terpakai {rung}"
    _, _, days = rung.partition("+")
    if not days:
        return "the limit has passed" if english else "melewati batas waktu"
    unit = "working day" if days == "1" else "working days"
    return f"{days} {unit} past the limit" if english else f"terlambat {days} hari kerja"


def alert(words: Words, rung: str) -> Written:
    """Return the letter of one rung of a deadline's ladder."""
    number = words.text("number")
    state = rung_words(rung, words.lang)
    limit = words.title(limit_words(words.params.get("limit", ""), words.lang))
    late = bool(words.params.get("late"))
    subject = f"{number}: {state}"
    if late:
        subject = words.say(f"[Terlambat diberitahukan] {subject}", f"[Told late] {subject}")
    lines = [f"{state[:1].upper()}{state[1:]}: {limit}.", "", *words.about]
    due = words.moment("due")
    if due is not None:
        passed = rung.startswith("breach")
        lines.append(
            words.say(
                f"{'Batas waktu yang lewat' if passed else 'Batas waktu'}: {due}",
                f"{'Was due' if passed else 'Due'}: {due}",
            )
        )
    if late:
        owed = words.moment("owed")
        lines += [
            "",
            words.say(
                f"Pemberitahuan ini terlambat: seharusnya disampaikan {owed}.",
                f"This alert comes late: it was owed on {owed}.",
            ),
        ]
    return subject, lines


WATCHERS: Mapping[str, tuple[str, str]] = {
    "bank_admin_created": (
        "akun admin bank dibuat lewat baris perintah",
        "an administrator of the bank was made on the command line",
    ),
    "bank_admin_password_set": (
        "kata sandi admin bank diganti lewat baris perintah",
        "the password of the bank's administrator was set on the command line",
    ),
    "bank_account_closed": (
        "akun bank ditutup lewat baris perintah",
        "an account of the bank was closed on the command line",
    ),
    "bank_account_opened": (
        "akun bank dibuka lagi lewat baris perintah",
        "an account of the bank was opened again on the command line",
    ),
}
"""What whoever watches over the office hears: somebody got power over the bank's accounts."""


def watched_words(event: str, locale: str) -> str | None:
    """Return what such an event is called; None for any other event."""
    known = WATCHERS.get(event)
    return None if known is None else known[locale == "en"]


def watched(words: Words, event: str) -> Written:
    """Return the letter to whoever watches over the office."""
    said = words.say(*WATCHERS[event])
    rows = (
        (words.say("Akun", "Account"), words.text("username")),
        (words.say("Nama", "Name"), words.text("name")),
    )
    return said[:1].upper() + said[1:], [
        f"{said[:1].upper()}{said[1:]}.",
        "",
        *(f"{label}: {value}" for label, value in rows),
        "",
        words.say(
            "Kantor tidak boleh memegang akun bank. Tanyakan kepada bank apakah ini permintaannya.",
            "The office must hold no account of the bank. Ask the bank whether it wanted this.",
        ),
    ]
