"""Letters to officers: alerts, and deeds that whoever watches over the office hears of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from licensing.letters.hindsight import HINDSIGHT, hindsight
from licensing.letters.words import Words, Written

ESCALATED = "escalated"

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


def rung_words(rung: str, locale: str, key: str = "") -> str:
    """Return what a rung means: `sudah terpakai 50%`, `sisa 4 jam kerja`, `terlambat 1 hari kerja`.

    `escalated` is no rung: what is said of an alert that nobody has answered. `key` is that of the
    limit: a hold is not broken, it ends.
    """
    english = locale == "en"
    if rung == "breach" and key.startswith("hold:"):
        return "the hold is at its end" if english else "penundaan mencapai batasnya"
    if rung == ESCALATED:
        return "nobody has answered the alert" if english else "peringatan belum ditanggapi"
    if rung.endswith("%"):
        return f"{rung} of the time is used" if english else f"waktu terpakai {rung}"
    if rung.startswith("-"):
        left = _working_time(rung[1:], english=english)
        return f"{left} left" if english else f"sisa {left}"
    _, _, after = rung.partition("+")
    if not after:
        return "the limit has passed" if english else "melewati batas waktu"
    late = _working_time(after, english=english)
    return f"{late} past the limit" if english else f"terlambat {late}"


def _working_time(text: str, *, english: bool) -> str:
    """Return `3 hari kerja` of `3` or `3d`, `4 jam kerja` of `4h`."""
    amount, hours = text.rstrip("dh"), text.endswith("h")
    if not english:
        return f"{amount} {'jam' if hours else 'hari'} kerja"
    return f"{amount} working {'hour' if hours else 'day'}{'' if amount == '1' else 's'}"


def alert(words: Words, rung: str) -> Written:
    """Return the letter of one rung of a deadline's ladder."""
    number = words.text("number")
    key = words.text("key")
    state = rung_words(rung, words.lang, key)
    limit = words.title(limit_words(words.params.get("limit", ""), words.lang))
    late = bool(words.params.get("late"))
    subject = f"{number}: {state}"
    if late:
        subject = words.say(f"[Terlambat diberitahukan] {subject}", f"[Told late] {subject}")
    lines = [f"{state[:1].upper()}{state[1:]}: {limit}.", "", *words.about]
    over = rung == "breach" and key.startswith("hold:")
    if over:
        lines[0] = _hold_over(words, limit)
    due = words.moment("due")
    if due is not None:
        passed = rung.startswith("breach") or rung == ESCALATED
        lines.append(
            words.say(
                f"{'Batas waktu yang lewat' if passed else 'Batas waktu'}: {due}",
                f"{'Was due' if passed else 'Due'}: {due}",
            )
            if not over
            else words.say(f"Penundaan berakhir: {due}", f"The hold ended: {due}")
        )
    if rung == ESCALATED:
        lines += ["", *_silent(words)]
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


def _hold_over(words: Words, limit: str) -> str:
    """Return what has become of a hold that has lasted as long as it may: what, how long."""
    amount, _, unit = words.text("within").partition(" working ")
    time = _working_time(f"{amount}{unit[:1]}", english=words.lang == "en") if amount else ""
    length = f" ({time})" if time else ""
    return words.say(
        f"Penundaan mencapai batasnya{length}; waktu kantor berjalan lagi: {limit}.",
        f"The hold has lasted as long as it may{length}; the office's time runs again: {limit}.",
    )


_RANKS: Mapping[str, tuple[str, str]] = {
    "holder": ("pemegang berkas", "holder"),
    "supervisor": ("pengawas", "supervisor"),
    "head": ("kepala", "head of office"),
    "inspectorate": ("inspektorat", "inspectorate"),
}


def _silent(words: Words) -> Iterator[str]:
    """Yield who was told before and has not answered."""
    raised = words.moment("raised")
    since = f" ({raised})" if raised else ""
    yield words.say(
        f"Sudah diberi tahu tetapi belum menanggapi{since}:", f"Told, but no answer yet{since}:"
    )
    for one in words.params.get("silent") or ():
        rank = _RANKS.get(str(one.get("audience")), ("", ""))
        yield f"- {words.title(one.get('name', ''))} ({words.say(*rank)})"
    yield ""
    yield words.say(
        "Tanggapi peringatan ini di halaman peringatan, atau serahkan berkasnya ke petugas lain.",
        "Answer this alert on the page of alerts, or give the file to another officer.",
    )


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
    **HINDSIGHT,
}
"""What whoever watches over the office hears: somebody got power over the bank's accounts, or
changed what has passed."""


def watched_words(event: str, locale: str) -> str | None:
    """Return what such an event is called; None for any other event."""
    known = WATCHERS.get(event)
    return None if known is None else known[locale == "en"]


def watched(words: Words, event: str) -> Written:
    """Return the letter to whoever watches over the office."""
    if event in HINDSIGHT:
        return hindsight(words, event)
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
