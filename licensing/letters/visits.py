"""Letters about the site visit: when we come, and that it is put off."""

from __future__ import annotations

from collections.abc import Mapping

from licensing.letters.words import Words, Writer, Written, answer_by


def _visit_scheduled(words: Words) -> Written:
    number, planned = words.text("number"), words.planned()
    rows = (
        (words.say("Hari", "Day"), planned),
        (words.say("Tempat", "Place"), words.text("place")),
        (words.say("Petugas", "Inspector"), words.text("who")),
        (words.say("Pesan petugas", "The inspector says"), words.text("note")),
    )
    lines = [
        words.say("Petugas kami akan meninjau lokasi Anda.", "We are coming to visit your site."),
        "",
        *(f"{label}: {value}" for label, value in rows if value),
        "",
        words.say(
            "Mohon hadir atau diwakili, lokasi dapat dimasuki, dan dokumen serta gambar tersedia. "
            "Petugas membawa surat tugas dan tidak menerima uang.",
            "Please be there or send somebody, with the site open to us and papers and drawings at "
            "hand. The inspector shows an order to visit and does not accept money.",
        ),
        words.say(
            "Bila berhalangan, hubungi loket kami sebelum hari itu dan sebutkan alasannya. Hari "
            "penundaan menjadi hari Anda, kecuali dinas masih menyusun pendapat.",
            "If you cannot be there, tell our counter before that day and say why. The days of a "
            "postponement are yours, unless an agency still owes its opinion.",
        ),
    ]
    return words.say(f"{number}: peninjauan lokasi", f"{number}: site visit"), [
        *lines, "", *words.about,
    ]  # fmt: skip


def _visit_postponed(words: Words) -> Written:
    number, day = words.text("number"), words.planned()
    lines = [
        words.say(
            "Peninjauan lokasi kami tunda atas permintaan Anda.",
            "The site visit is put off, as you asked.",
        ),
        *([words.say(f"Tadinya: {day}.", f"It was to be on {day}.")] if day else []),
        words.say(
            "Kabari loket kami bila lokasi siap; kami lalu menetapkan hari yang baru. Sampai saat "
            "itu harinya menjadi hari Anda, kecuali dinas masih menyusun pendapat.",
            "Tell our counter when the site is ready; we then set a new day. Until then the days "
            "are yours, unless an agency still owes its opinion.",
        ),
    ]
    return words.say(f"{number}: peninjauan lokasi ditunda", f"{number}: site visit put off"), [
        *lines,
        *answer_by(words),
        "",
        *words.about,
    ]


VISITS: Mapping[str, Writer] = {
    "visit_scheduled": _visit_scheduled,
    "visit_postponed": _visit_postponed,
}
