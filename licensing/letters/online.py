"""Letters to who applies online: one-time codes, resume codes, and that it has come in."""

from __future__ import annotations

from collections.abc import Mapping

from licensing.letters.words import Words, Writer, Written


def _code(words: Words) -> Written:
    code = words.text("code")
    return words.say(f"{code} adalah kode masuk Anda", f"{code} is your sign-in code"), [
        words.say(f"Kode masuk Anda: {code}", f"Your sign-in code: {code}"),
        "",
        words.say(
            "Kode berlaku 15 menit dan hanya sekali. Jangan berikan kepada siapa pun; petugas "
            "kami tidak pernah memintanya.",
            "It is valid for 15 minutes and only once. Give it to nobody; our officers never ask "
            "for it.",
        ),
        words.say(
            "Tidak meminta kode ini? Abaikan surat ini.",
            "You did not ask for it? Ignore this letter.",
        ),
    ]


def _resume(words: Words) -> Written:
    code = words.text("code")
    return words.say("Kode lanjut permohonan Anda", "The resume code of your application"), [
        words.say(f"Kode lanjut Anda: {code}", f"Your resume code: {code}"),
        "",
        words.say(
            "Dengan kode ini permohonan Anda dilanjutkan di perangkat lain. Simpan baik-baik: "
            "siapa pun yang memegangnya dapat membukanya.",
            "With this code your application is continued on another device. Keep it well: "
            "whoever holds it can open it.",
        ),
    ]


def _filed(words: Words) -> Written:
    number, by = words.text("number"), words.moment("check_by")
    lines = [words.say("Permohonan Anda sudah kami terima.", "We have received your application.")]
    if by is not None:
        lines.append(
            words.say(
                f"Kelengkapannya kami periksa paling lambat {by}.",
                f"We check that it is complete by {by} at the latest.",
            )
        )
    return words.say(f"{number}: permohonan masuk", f"{number}: application received"), [
        *lines, "", *words.about,
    ]  # fmt: skip


ONLINE: Mapping[str, Writer] = {
    "online_code": _code,
    "online_resume": _resume,
    "online_filed": _filed,
}
"""Events that an office has no words of its own for: what they say must be right."""
