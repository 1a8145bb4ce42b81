"""What a notice says: subject and plain text from its event and params, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date

from licensing.documents.indonesian import local_date, time_words

Locale = Literal["id", "en"]

DEFAULT_ZONE = "Asia/Jakarta"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, ready to be read."""

    subject: str
    """One line."""
    body: str
    """Plain text, lines separated by a line feed."""


class UnknownEvent(ValueError):
    """A notice names an event that no letter exists for."""

    def __init__(self, event: str) -> None:
        self.event = event
        super().__init__(f"no letter is written for the event {event!r}")


def render(event: str, params: Mapping[str, Any], locale: str) -> Letter:
    """Return the letter of a notice; Indonesian where `locale` is not `en`.

    Besides what the notice holds, `params` may name the `office`, its `zone` (else western
    Indonesian time), its `phone`, and the `url` of the page meant.

    Raises:
        UnknownEvent: there is no letter for this event.
    """
    lang: Locale = "en" if locale == "en" else "id"
    words = _Words(params, lang)
    if event.startswith("alert."):
        subject, lines = _alert(words, event.removeprefix("alert."))
        greeting: Sequence[str] = ()
        closing = _for_officers(words)
    elif event in _WATCHERS:
        subject, lines = _watched(words, event)
        greeting, closing = (), _for_officers(words)
    else:
        write = _APPLICANT.get(event)
        if write is None:
            raise UnknownEvent(event)
        subject, lines = write(words)
        greeting, closing = (words.say("Yth. Pemohon,", "Dear applicant,"), ""), _sign(words)
    body = "\n".join([*greeting, *lines, *closing])
    return Letter(" ".join(subject.split()), body.strip() + "\n")


@dataclass(frozen=True, slots=True)
class _Words:
    """The params of one notice in one language."""

    params: Mapping[str, Any]
    lang: Locale

    def say(self, indonesian: str, english: str) -> str:
        return english if self.lang == "en" else indonesian

    def text(self, name: str) -> str:
        """Return a param as text: as it is, or its title in this language."""
        return self.title(self.params.get(name, ""))

    def title(self, value: Any) -> str:
        if isinstance(value, Mapping):
            value = value.get(self.lang) or value.get("id") or ""
        # One line each: nothing that was typed can look like a line of ours.
        return " ".join(str(value).split())

    def moment(self, name: str) -> str | None:
        """Return `Jumat, 27 November 2026, 16.30 WIB`."""
        value = self.params.get(name)
        if not value:
            return None
        instant = datetime.fromisoformat(value)
        time = time_words(instant, self.zone)
        return f"{self.day(name)}, {time.replace('.', ':') if self.lang == 'en' else time}"

    def day(self, name: str) -> str | None:
        """Return `Jumat, 27 November 2026`."""
        value = self.params.get(name)
        if not value:
            return None
        day = local_date(datetime.fromisoformat(value), self.zone)
        return format_date(day, "EEEE, d MMMM y", locale=self.lang)

    def planned(self) -> str:
        """Return `Jumat, 27 November 2026, pukul 09.30 WIB` of the params `on` and `time`."""
        if not self.params.get("on"):
            return ""
        on = date.fromisoformat(self.params["on"])
        day = format_date(on, "EEEE, d MMMM y", locale=self.lang)
        if not self.params.get("time"):
            return day
        start = time.fromisoformat(self.params["time"])
        words = time_words(datetime.combine(on, start, ZoneInfo(self.zone)), self.zone)
        return self.say(f"{day}, pukul {words}", f"{day}, at {words.replace('.', ':')}")

    @property
    def zone(self) -> str:
        return str(self.params.get("zone") or DEFAULT_ZONE)

    @property
    def about(self) -> Sequence[str]:
        """Return the lines that say which application is meant."""
        rows = (
            (self.say("Nomor pendaftaran", "Registration number"), self.text("number")),
            (self.say("Layanan", "Service"), self.text("service")),
            (self.say("Perihal", "About"), self.text("subject")),
        )
        return [f"{label}: {value}" for label, value in rows if value]


Written = tuple[str, Sequence[str]]

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


def _alert(words: _Words, rung: str) -> Written:
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


_WATCHERS: Mapping[str, tuple[str, str]] = {
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
    known = _WATCHERS.get(event)
    return None if known is None else known[locale == "en"]


def _watched(words: _Words, event: str) -> Written:
    said = words.say(*_WATCHERS[event])
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


def _accepted(words: _Words) -> Written:
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


def _returned(words: _Words) -> Written:
    number, step = words.text("number"), words.text("step")
    lines = [
        words.say(f"Permohonan menunggu Anda: {step}.", f"The application waits for you: {step}.")
    ]
    return words.say(f"{number}: menunggu Anda", f"{number}: waits for you"), [
        *lines, *_answer_by(words), "", *words.about,
    ]  # fmt: skip


def _correction(words: _Words) -> Written:
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
        *lines, *_answer_by(words), "", *words.about,
    ]  # fmt: skip


def _asked(words: _Words) -> Written:
    number, step = words.text("number"), words.text("step")
    lines = [words.say(f"Kami perlu jawaban Anda: {step}.", f"We need your answer: {step}.")]
    return words.say(f"{number}: pertanyaan untuk Anda", f"{number}: a question for you"), [
        *lines, *_answer_by(words), "", *words.about,
    ]  # fmt: skip


def _warned(words: _Words) -> Written:
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


def _visit_scheduled(words: _Words) -> Written:
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


def _visit_postponed(words: _Words) -> Written:
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
        *_answer_by(words),
        "",
        *words.about,
    ]


def _progress(words: _Words) -> Written:
    number, step = words.text("number"), words.text("step")
    return words.say(f"{number}: {step}", f"{number}: {step}"), [
        words.say(f"Permohonan Anda sekarang pada tahap: {step}.", f"It is now at: {step}."),
        "",
        *words.about,
    ]  # fmt: skip


def _granted(words: _Words) -> Written:
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


def _issued(words: _Words) -> Written:
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


def _refused(words: _Words) -> Written:
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


def _billed(words: _Words) -> Written:
    number, by = words.text("number"), words.moment("due_at")
    amount = _rupiah(words)
    lines = [
        words.say(
            f"Retribusi permohonan Anda {amount}. Tagihannya (SKRD) sudah terbit.",
            f"The fee of your application is {amount}. The bill (SKRD) has been issued.",
        )
    ]
    if by is not None:
        lines.append(words.say(f"Bayar paling lambat {by}.", f"Pay by {by}."))
    return words.say(f"{number}: tagihan {amount}", f"{number}: bill of {amount}"), [
        *lines, _bank_alone(words), "", *words.about,
    ]  # fmt: skip


def _paid(words: _Words) -> Written:
    number, amount = words.text("number"), _rupiah(words)
    return words.say(f"{number}: pembayaran diterima", f"{number}: payment received"), [
        words.say(
            f"Bank sudah menerima pembayaran Anda, {amount}. Simpan bukti bayar (SSRD) dari bank.",
            f"The bank has received your payment of {amount}. Keep the bank's slip (SSRD).",
        ),
        "",
        *words.about,
    ]


def _bill_expired(words: _Words) -> Written:
    number = words.text("number")
    return words.say(f"{number}: tagihan kedaluwarsa", f"{number}: bill expired"), [
        words.say(
            "Tagihan Anda kedaluwarsa dan tidak dapat dibayar lagi. Mintalah tagihan baru di "
            "loket kami.",
            "Your bill has expired and cannot be paid any more. Ask for a new one at our counter.",
        ),
        _bank_alone(words),
        "",
        *words.about,
    ]


def _bill_cancelled(words: _Words) -> Written:
    number = words.text("number")
    return words.say(f"{number}: tagihan dibatalkan", f"{number}: bill cancelled"), [
        words.say(
            "Tagihan Anda kami batalkan; jangan dibayar. Bila masih ada yang harus dibayar, "
            "tagihan baru kami kirim dengan nomor baru.",
            "We have cancelled your bill; do not pay it. If something is still to be paid, we "
            "send a new bill with a new number.",
        ),
        _bank_alone(words),
        "",
        *words.about,
    ]


def _payment_reversed(words: _Words) -> Written:
    number, amount = words.text("number"), _rupiah(words)
    return words.say(f"{number}: pembayaran dibatalkan bank", f"{number}: payment reversed"), [
        words.say(
            f"Bank membatalkan pembukuan {amount} untuk permohonan Anda. Tagihannya terbuka lagi "
            "dan permohonan menunggu pembayaran. Bila Anda tidak mengetahuinya, segera hubungi "
            "kami.",
            f"The bank has reversed the booking of {amount} for your application. The bill is "
            "open again and the application waits for the payment. If you do not know of it, "
            "contact us at once.",
        ),
        _bank_alone(words),
        "",
        *words.about,
    ]


def _bank_alone(words: _Words) -> str:
    return words.say(
        "Bayar hanya di bank, tepat sejumlah tagihan. Petugas tidak menerima uang.",
        "Pay at the bank only, exactly the amount of the bill. Officers do not accept money.",
    )


def _rupiah(words: _Words) -> str:
    amount = words.text("amount_idr")
    return f"Rp{int(amount):,}".replace(",", ".") if amount.isdigit() else "Rp–"


def _ended(id_word: str, en_word: str, id_line: str, en_line: str) -> Callable[[_Words], Written]:
    def write(words: _Words) -> Written:
        number = words.text("number")
        return words.say(f"{number}: {id_word}", f"{number}: {en_word}"), [
            words.say(id_line, en_line),
            "",
            *words.about,
        ]

    return write


_APPLICANT: Mapping[str, Callable[[_Words], Written]] = {
    "accepted": _accepted,
    "returned": _returned,
    "correction": _correction,
    "asked": _asked,
    "warned": _warned,
    "progress": _progress,
    "visit_scheduled": _visit_scheduled,
    "visit_postponed": _visit_postponed,
    "granted": _granted,
    "issued": _issued,
    "refused": _refused,
    "billed": _billed,
    "paid": _paid,
    "bill_expired": _bill_expired,
    "bill_cancelled": _bill_cancelled,
    "payment_reversed": _payment_reversed,
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
    "lapsed": _ended(
        "permohonan gugur",
        "application lapsed",
        "Permohonan gugur. Anda dapat mengajukan permohonan baru.",
        "The application has lapsed. You may apply again.",
    ),
}

EVENTS = frozenset(_APPLICANT)
"""Events of which an applicant is told; officers hear of `alert.<rung>`."""


def _answer_by(words: _Words) -> Sequence[str]:
    by = words.moment("answer_by")
    if by is None:
        return []
    return ["", words.say(f"Mohon dipenuhi paling lambat {by}.", f"Please do so by {by}.")]


def _sign(words: _Words) -> Sequence[str]:
    lines: list[str] = []
    if words.params.get("url"):
        url = words.title(words.params["url"])
        lines += ["", words.say(f"Lacak permohonan: {url}", f"Track the application: {url}")]
    office, phone = words.text("office"), words.text("phone")
    if office:
        lines += ["", office]
    if phone:
        lines.append(words.say(f"Telepon {phone}", f"Telephone {phone}"))
    return lines


def _for_officers(words: _Words) -> Sequence[str]:
    lines: list[str] = []
    if words.params.get("url"):
        lines += ["", words.title(words.params["url"])]
    office = words.text("office")
    if office:
        lines += ["", office]
    return lines
