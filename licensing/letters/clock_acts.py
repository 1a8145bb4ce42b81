"""Letters about what was done to the clock: more time, a corrected time of receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from licensing.letters.words import Words, Writer, Written


def _extended(words: Words) -> Written:
    number = words.text("number")
    agreed = words.text("kind") == "consent"
    lines = [
        words.say(
            "Waktu penyelesaian permohonan Anda diperpanjang"
            f"{' dengan persetujuan Anda' if agreed else ''}{_more(words)}.",
            "The time for your application has been extended"
            f"{' with your consent' if agreed else ''}{_more(words)}.",
        ),
        *_dates(words),
        *_why(words),
        words.say(
            "Batas waktu menurut undang-undang tidak berubah.",
            "The limit set by law stays as it is.",
        ),
    ]
    return words.say(f"{number}: waktu diperpanjang", f"{number}: time extended"), [
        *lines, "", *words.about,
    ]  # fmt: skip


def _receipt_corrected(words: Words) -> Written:
    number, was, now = words.text("number"), words.moment("was"), words.moment("now")
    lines = [
        words.say(
            "Waktu terima berkas Anda semula salah tercatat dan sudah dibetulkan oleh dua petugas.",
            "The time at which we received your file was recorded wrongly; two officers have "
            "corrected it.",
        )
    ]
    if was is not None and now is not None:
        lines += [
            words.say(f"Tercatat: {was}.", f"Recorded: {was}."),
            words.say(f"Yang benar: {now}.", f"Correct: {now}."),
        ]
    return words.say(f"{number}: waktu terima dibetulkan", f"{number}: receipt corrected"), [
        *lines,
        *_dates(words),
        *_why(words),
        words.say(
            "Tanda terima yang baru dapat diminta di loket.",
            "The counter prints you a new receipt.",
        ),
        "",
        *words.about,
    ]


def _more(words: Words) -> str:
    more, hours = words.text("more"), words.text("unit") == "working hours"
    if not more:
        return ""
    unit = words.say("jam kerja" if hours else "hari kerja", "hour" if hours else "day")
    if words.lang == "id":
        return f" {more} {unit}"
    return f" by {more} working {unit}{'' if more == '1' else 's'}"


def _dates(words: Words) -> Sequence[str]:
    before, after = words.moment("before"), words.moment("after")
    lines = []
    if after is not None:
        lines.append(
            words.say(f"Selesai paling lambat {after}.", f"Done by {after} at the latest.")
        )
    if before is not None and before != after:
        lines.append(words.say(f"Semula: {before}.", f"Before: {before}."))
    return lines


def _why(words: Words) -> Sequence[str]:
    why, legal = words.text("why"), words.text("legal")
    return [
        *([words.say(f"Alasan: {why}", f"Reason: {why}")] if why else []),
        *([words.say(f"Dasar: {legal}", f"Legal basis: {legal}")] if legal else []),
    ]


CLOCK_ACTS: Mapping[str, Writer] = {
    "extended": _extended,
    "receipt_corrected": _receipt_corrected,
}
