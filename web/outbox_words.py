"""What the outbox says: events, ways out, states, and why a message is parked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from licensing.letters import ALERT, silence_words, watched_words
from web.i18n import current_language, gettext
from web.i18n import lazy_gettext as _

EVENT_WORDS: Final[Mapping[str, tuple[Any, Any]]] = {
    "accepted": (_("Berkas diterima"), _("Berkas lengkap dan janji selesainya.")),
    "returned": (_("Menunggu pemohon"), _("Permohonan menunggu sesuatu dari pemohon.")),
    "correction": (_("Perlu diperbaiki"), _("Berkas dikembalikan dengan daftar kekurangan.")),
    "asked": (_("Pertanyaan"), _("Kantor menanyakan sesuatu kepada pemohon.")),
    "warned": (_("Peringatan batas waktu"), _("Pemohon belum menjawab.")),
    "progress": (_("Tahap baru"), _("Permohonan sampai di tahap berikutnya.")),
    "granted": (_("Izin siap diambil"), _("Izin sudah ditandatangani.")),
    "issued": (_("Izin diserahkan"), _("Izin sudah diterima pemohon atau kuasanya.")),
    "refused": (_("Permohonan ditolak"), _("Alasan dan upaya hukum ada dalam surat penolakan.")),
    "withdrawn": (_("Permohonan dicabut"), _("Atas permintaan pemohon.")),
    "discontinued": (_("Permohonan dihentikan"), _("Tidak ada jawaban sampai batas waktu.")),
    "lapsed": (_("Dikabulkan secara hukum"), _("Batas hukum lewat tanpa keputusan.")),
    "visit_scheduled": (_("Jadwal peninjauan"), _("Hari, tempat, dan petugas peninjauan.")),
    "visit_postponed": (_("Peninjauan ditunda"), _("Atas permintaan pemohon.")),
    "billed": (_("Tagihan terbit"), _("Jumlah retribusi dan batas bayarnya.")),
    "paid": (_("Pembayaran diterima"), _("Bank sudah menerima pembayaran.")),
    "bill_expired": (_("Tagihan kedaluwarsa"), _("Tagihan tidak dapat dibayar lagi.")),
    "bill_cancelled": (_("Tagihan dibatalkan"), _("Tagihan tidak perlu dibayar.")),
    "payment_reversed": (_("Pembayaran dibatalkan bank"), _("Tagihan terbuka lagi.")),
    "promise_moved": (_("Janji selesai bergeser"), _("Kalender kantor berubah.")),
    "extended": (_("Waktu diperpanjang"), _("Standar pelayanan menjadi lebih panjang.")),
    "receipt_corrected": (_("Waktu terima dibetulkan"), _("Tanda terima memuat ralat.")),
    ALERT: (_("Peringatan tenggat petugas"), _("Batas waktu mendekat atau lewat.")),
}
"""Event → its name, and in a sentence when it is told."""

ONLINE_WORDS: Final[Mapping[str, Any]] = {
    "online_code": _("Kode masuk pemohon"),
    "online_resume": _("Kode lanjut pemohon"),
    "online_filed": _("Permohonan daring diterima"),
}
"""What applicants online are written to; the office has no words of its own for these."""

CHANNEL_WORDS: Final[Mapping[str, Any]] = {
    "email": _("Surel"),
    "gateway": _("Gerbang pesan"),
    "webhook": _("Webhook"),
    "app": _("Dalam aplikasi"),
}

STATE_WORDS: Final[Mapping[str, Any]] = {
    "parked": _("Tertahan"),
    "waiting": _("Menunggu"),
    "sent": _("Terkirim"),
}

AT_WORDS: Final[Mapping[str, Any]] = {
    "parked": _("Tertahan sejak"),
    "waiting": _("Dicoba"),
    "sent": _("Terkirim"),
}

AUDIENCE_WORDS: Final[Mapping[str, Any]] = {
    "applicant": _("Pemohon"),
    "holder": _("Pemegang berkas"),
    "supervisor": _("Pengawas"),
    "head": _("Kepala dinas"),
    "inspectorate": _("Inspektorat"),
    "office": _("Kantor"),
}

PLACEHOLDER_WORDS: Final[Mapping[str, Any]] = {
    "number": _("nomor pendaftaran"),
    "subject": _("perihal permohonan"),
    "service": _("nama layanan"),
    "office": _("nama kantor"),
    "phone": _("telepon kantor"),
    "url": _("alamat halaman lacak"),
    "promised": _("janji selesai"),
    "step": _("tahap"),
    "answer_by": _("batas menjawab"),
    "faults": _("daftar kekurangan, satu baris tiap dokumen"),
    "visit_day": _("hari dan jam peninjauan"),
    "place": _("tempat"),
    "inspector": _("nama peninjau"),
    "note": _("pesan petugas"),
    "amount": _("jumlah rupiah"),
    "due": _("batas waktu"),
    "before": _("janji semula"),
    "after": _("janji yang baru"),
    "cause": _("sebabnya"),
    "why": _("alasannya"),
    "legal": _("dasar hukum"),
    "was": _("waktu terima semula"),
    "now": _("waktu terima yang benar"),
    "state": _("seberapa dekat batasnya"),
    "limit": _("nama batas waktu"),
    "owed": _("saat peringatan seharusnya disampaikan"),
}

TAKES_WORDS: Final[Mapping[str, Any]] = {
    "office": _("peringatan kantor"),
    "applicant": _("pemberitahuan kepada pemohon"),
}

REASON_WORDS: Final[Mapping[str, Any]] = {
    "taken_back": _("Peringatannya dicabut sebelum pesan keluar. Tidak perlu dikirim lagi."),
    "unwritable": _("Suratnya tidak dapat ditulis. Laporkan kepada pengelola sistem."),
    "channel_off": _("Salurannya dimatikan sebelum pesan keluar."),
    "private_address": _("Alamatnya menuju jaringan dalam. Ganti alamat salurannya."),
    "not_allowed": _("Alamat salurannya tidak diizinkan lagi. Ganti alamatnya."),
    "no_phone": _("Penerima tidak punya nomor telepon."),
    "key_lost": _("Alamat salurannya tidak terbaca lagi. Ganti alamatnya."),
    "gone": _("Penerima webhook tidak mau menerima lagi, dan salurannya dimatikan."),
    "program_refused": _("Program penerima menolak pesan ini."),
    "program_failed": _("Program penerima galat selama tujuh hari percobaan."),
    "gateway_refused": _("Gerbang pesan tidak menerimanya selama tujuh hari percobaan."),
    "mailbox_refused": _("Server surel penerima menolak. Periksa alamatnya dalam berkas."),
    "mailbox_busy": _("Kotak surat penerima penuh atau sibuk selama tujuh hari percobaan."),
    "connection": _("Sambungan terputus selama tujuh hari percobaan."),
    "other": _("Tidak dapat dikirim. Catatan di bawah ini dari pihak penerima."),
}


def event_words(event: str) -> str:
    """Return what an event is called; an alert by itself, whatever its rung."""
    if event.startswith("alert."):
        event = ALERT
    known = EVENT_WORDS.get(event)
    if known is not None:
        return str(known[0])
    if event in ONLINE_WORDS:
        return str(ONLINE_WORDS[event])
    # What whoever watches over the office hears has no words of the office's own.
    lang = current_language()
    said = watched_words(event, lang) or silence_words(event, lang) or event
    return f"{said[:1].upper()}{said[1:]}"


def event_sentence(event: str) -> str:
    """Return when an event is told."""
    known = EVENT_WORDS.get(event)
    return "" if known is None else str(known[1])


def audience_words(audience: str) -> str:
    """Return who is meant."""
    known = AUDIENCE_WORDS.get(audience)
    return audience if known is None else str(known)


def reason_words(code: str) -> str:
    """Return why a message is parked, and what can be done."""
    return str(REASON_WORDS.get(code, REASON_WORDS["other"]))


def takes_words(takes: Sequence[str]) -> str:
    """Return what a channel takes, as part of a sentence."""
    named = [str(TAKES_WORDS[one]) for one in ("office", "applicant") if one in takes]
    return gettext(" dan ").join(named)
