"""Letters about silence: what the law has granted, and that its limit has passed undecided.

Source: UU 30/2014 Art 53. They say what is recorded, and no more: the form of such a decision is
set by a regulation of the President.
"""

from __future__ import annotations

from collections.abc import Mapping

from licensing.letters.words import Words, Writer, Written


def lapsed(words: Words) -> Written:
    """Return the letter to the applicant whose application the law has granted."""
    number, since, day = words.text("number"), words.moment("lapsed_at"), words.day("deemed_on")
    source = words.text("source")
    lines = [
        words.say(
            "Permohonan Anda tidak kami putuskan sampai batas waktu menurut undang-undang. "
            "Permohonan itu dianggap dikabulkan secara hukum.",
            "We did not decide on your application within the limit of the law. It counts as "
            "granted by law.",
        )
    ]
    if since is not None:
        lines.append(
            words.say(f"Batas waktunya lewat pada {since}.", f"The limit ended on {since}.")
        )
    if day is not None:
        lines.append(words.say(f"Dianggap dikabulkan sejak {day}.", f"Granted as of {day}."))
    if source:
        lines.append(words.say(f"Dasar: {source}.", f"Basis: {source}."))
    lines += [
        "",
        words.say(
            "Surat keterangannya dapat Anda cetak dari halaman pelacakan atau minta di loket. "
            "Surat itu bukan surat izin.",
            "You can print the certificate from the tracking page, or ask for it at the counter. "
            "It is not the permit.",
        ),
    ]
    if words.params.get("bill_cancelled"):
        lines.append(
            words.say(
                "Tagihan (SKRD) yang terbuka dibatalkan; jangan dibayar.",
                "The open bill (SKRD) is cancelled; do not pay it.",
            )
        )
    return words.say(f"{number}: dikabulkan secara hukum", f"{number}: granted by law"), [
        *lines, "", *words.about,
    ]  # fmt: skip


def _granted(words: Words) -> Written:
    number = words.text("number")
    return words.say(f"{number}: dikabulkan secara hukum", f"{number}: granted by law"), [
        words.say(
            "Batas waktu menurut undang-undang lewat tanpa keputusan. Permohonan ini dianggap "
            "dikabulkan secara hukum; berkasnya dibekukan.",
            "The limit of the law has passed without a decision. The application counts as "
            "granted by law; its file is frozen.",
        ),
        *_facts(words),
        "",
        *words.about,
    ]


def _flagged(words: Words) -> Written:
    number = words.text("number")
    return words.say(
        f"{number}: batas waktu undang-undang lewat", f"{number}: past the limit of the law"
    ), [
        words.say(
            "Batas waktu menurut undang-undang lewat tanpa keputusan. Berkasnya tetap diproses; "
            "mohon diputuskan segera.",
            "The limit of the law has passed without a decision. The file goes on; please have "
            "it decided at once.",
        ),
        *_facts(words),
        "",
        *words.about,
    ]


def _facts(words: Words) -> list[str]:
    rows = (
        (words.say("Batas waktu yang lewat", "The limit that passed"), words.moment("since") or ""),
        (words.say("Dasar", "Basis"), words.text("source")),
    )
    return ["", *(f"{label}: {value}" for label, value in rows if value)]


SILENCES: Mapping[str, Writer] = {"silence_granted": _granted, "silence_flagged": _flagged}
"""What head and inspectorate hear."""

_WORDS: Mapping[str, tuple[str, str]] = {
    "silence_granted": ("dikabulkan secara hukum", "granted by law"),
    "silence_flagged": (
        "batas waktu undang-undang lewat tanpa keputusan",
        "past the limit of the law without a decision",
    ),
}


def silence_words(event: str, locale: str) -> str | None:
    """Return what such an event is called; None for any other event."""
    known = _WORDS.get(event)
    return None if known is None else known[locale == "en"]
