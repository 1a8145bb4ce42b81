"""Letters about where an application stands: received, returned, decided, ended."""

from __future__ import annotations

from collections.abc import Mapping

from licensing.letters.silence import lapsed
from licensing.letters.words import Words, Writer, Written, answer_by


def _accepted(words: Words) -> Written:
    number, day = words.text("number"), words.moment("promised")
    lines = [
        words.say(
            "Berkas Anda lengkap dan sudah kami terima.",
            "Your file is complete and we have accepted it.",
        )
    ]
    if day is not None:
        lines.append(
            words.say(
                f"Dijanjikan selesai paling lambat {day}.", f"Promised by {day} at the latest."
            )
        )
    return words.say(f"{number}: berkas diterima", f"{number}: file accepted"), [
        *lines, "", *words.about,
    ]  # fmt: skip


def _returned(words: Words) -> Written:
    number, step = words.text("number"), words.text("step")
    lines = [
        words.say(f"Permohonan menunggu Anda: {step}.", f"The application waits for you: {step}.")
    ]
    return words.say(f"{number}: menunggu Anda", f"{number}: waits for you"), [
        *lines, *answer_by(words), "", *words.about,
    ]  # fmt: skip


def _correction(words: Words) -> Written:
    number = words.text("number")
    faults = words.params.get("faults") or ()
    lines = [
        words.say(
            "Berkas dikembalikan karena ada yang perlu dilengkapi atau diperbaiki:",
            "The file is returned because something has to be completed or corrected:",
        ),
        *(f"- {words.title(fault)}" for fault in faults),
    ]
    return words.say(f"{number}: berkas perlu diperbaiki", f"{number}: file needs correction"), [
        *lines, *answer_by(words), "", *words.about,
    ]  # fmt: skip


def _asked(words: Words) -> Written:
    number, step = words.text("number"), words.text("step")
    lines = [words.say(f"Kami perlu jawaban Anda: {step}.", f"We need your answer: {step}.")]
    return words.say(f"{number}: pertanyaan untuk Anda", f"{number}: a question for you"), [
        *lines, *answer_by(words), "", *words.about,
    ]  # fmt: skip


def _warned(words: Words) -> Written:
    number, step, by = words.text("number"), words.text("step"), words.moment("answer_by")
    lines = [
        words.say(
            f"Peringatan: kami masih menunggu Anda untuk {step[:1].lower()}{step[1:]}.",
            f"Warning: we are still waiting for you to {step[:1].lower()}{step[1:]}.",
        )
    ]
    if by is not None:
        lines.append(
            words.say(
                f"Jika belum kami terima sampai {by}, permohonan dihentikan.",
                f"If we have not received it by {by}, the application is discontinued.",
            )
        )
    return words.say(f"{number}: peringatan batas waktu", f"{number}: deadline warning"), [
        *lines, "", *words.about,
    ]  # fmt: skip


def _progress(words: Words) -> Written:
    number, step = words.text("number"), words.text("step")
    return words.say(f"{number}: {step}", f"{number}: {step}"), [
        words.say(f"Permohonan Anda sekarang pada tahap: {step}.", f"It is now at: {step}."),
        "",
        *words.about,
    ]  # fmt: skip


def _granted(words: Words) -> Written:
    number = words.text("number")
    return words.say(f"{number}: izin siap diambil", f"{number}: permit ready to collect"), [
        words.say(
            "Izin Anda sudah terbit dan siap diambil di loket.",
            "Your permit has been issued and is ready to collect at the counter.",
        ),
        words.say(
            "Bawalah tanda terima dan kartu identitas. Petugas tidak menerima uang.",
            "Bring the receipt and an identity card. Officers do not accept money.",
        ),
        "",
        *words.about,
    ]


def _issued(words: Words) -> Written:
    number = words.text("number")
    return words.say(f"{number}: izin diserahkan", f"{number}: permit handed over"), [
        words.say(
            "Izin sudah diserahkan. Jika bukan Anda atau kuasa Anda yang menerimanya, segera "
            "hubungi kami.",
            "The permit has been handed over. If neither you nor your proxy received it, contact "
            "us at once.",
        ),
        "",
        *words.about,
    ]


def _refused(words: Words) -> Written:
    number = words.text("number")
    return words.say(f"{number}: permohonan ditolak", f"{number}: application refused"), [
        words.say("Permohonan Anda ditolak.", "Your application has been refused."),
        words.say(
            "Alasan, dasar hukum, dan cara mengajukan keberatan (21 hari kerja) dan banding "
            "(10 hari kerja) ada dalam surat penolakan.",
            "The letter of refusal gives the reasons, the legal basis, and how to object (21 "
            "working days) and appeal (10 working days).",
        ),
        "",
        *words.about,
    ]


def _ended(id_word: str, en_word: str, id_line: str, en_line: str) -> Writer:
    def write(words: Words) -> Written:
        number = words.text("number")
        return words.say(f"{number}: {id_word}", f"{number}: {en_word}"), [
            words.say(id_line, en_line),
            "",
            *words.about,
        ]

    return write


STEPS: Mapping[str, Writer] = {
    "accepted": _accepted,
    "returned": _returned,
    "correction": _correction,
    "asked": _asked,
    "warned": _warned,
    "progress": _progress,
    "granted": _granted,
    "issued": _issued,
    "refused": _refused,
    "withdrawn": _ended(
        "permohonan dicabut",
        "application withdrawn",
        "Permohonan dicabut atas permintaan pemohon.",
        "The application was withdrawn at the applicant's request.",
    ),
    "discontinued": _ended(
        "permohonan dihentikan",
        "application discontinued",
        "Permohonan dihentikan karena tidak ada jawaban sampai batas waktu. Anda dapat mengajukan "
        "permohonan baru.",
        "The application was discontinued because no answer came in time. You may apply again.",
    ),
    "lapsed": lapsed,
}
