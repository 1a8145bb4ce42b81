"""The letter about a promise that has moved."""

from __future__ import annotations

from collections.abc import Mapping

from licensing.letters.words import Words, Writer, Written


def _promise_moved(words: Words) -> Written:
    number, before, after = words.text("number"), words.moment("before"), words.moment("after")
    cause = words.text("cause")
    lines: list[str] = []
    if after is not None:
        lines.append(
            words.say(
                f"Tanggal selesai yang kami janjikan berubah menjadi {after}.",
                f"The date by which we promised to finish has changed to {after}.",
            )
        )
    if before is not None:
        lines.append(words.say(f"Semula: {before}.", f"Before: {before}."))
    if cause:
        lines.append(words.say(f"Sebabnya: {cause}.", f"The reason: {cause}."))
    lines.append(
        words.say(
            "Jumlah hari kerja kami tetap sama.",
            "The number of our working days stays the same.",
        )
    )
    return words.say(f"{number}: tanggal janji berubah", f"{number}: promised date has changed"), [
        *lines, "", *words.about,
    ]  # fmt: skip


PROMISES: Mapping[str, Writer] = {"promise_moved": _promise_moved}
