"""Why an action is refused, in words that say what to do: for the page of a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from licensing.errors import GuardRefused, NotYourLane, Refusal, SamePerson
from web import formats
from web.filters import in_language
from web.i18n import current_language
from web.i18n import gettext as _
from web.present import place_title
from workflows.errors import HoldUsedUp
from workflows.sop import Sop


def refusal_words(refusal: Refusal, sop: Sop) -> str:
    """Return why the SOP refuses, in one or two sentences."""
    if isinstance(refusal, GuardRefused):
        return _guard_words(refusal, sop)
    if isinstance(refusal, SamePerson):
        steps = ", ".join(place_title(sop, step) for step in refusal.steps)
        return _(
            "Anda sudah bertindak pada tahap %(steps)s berkas ini. Mintalah rekan lain.",
            steps=steps,
        )
    if isinstance(refusal, HoldUsedUp):
        return _("Penundaan di tahap ini sudah terpakai sebanyak yang diizinkan SOP.")
    if isinstance(refusal, NotYourLane):
        return _("Tindakan ini milik peran lain menurut SOP.")
    return _("SOP belum mengizinkan tindakan ini.")


def paper_list(names: Sequence[str], sop: Sop) -> str:
    """Return papers by title: `Kartu NPWP; Neraca usaha terbaru`."""
    return "; ".join(
        in_language(sop.papers[name].title) if name in sop.papers else name for name in names
    )


def _guard_words(refusal: GuardRefused, sop: Sop) -> str:
    papers = paper_list(refusal.missing, sop)
    match refusal.guard:
        case "documents_complete":
            return _("Dokumen ini belum diperiksa atau belum ada: %(papers)s.", papers=papers)
        case "faults_listed" if refusal.missing:
            return _("Periksa dahulu semua dokumen. Yang belum: %(papers)s.", papers=papers)
        case "faults_listed":
            return _("Tandai dahulu dokumen yang kurang atau salah, beserta keterangannya.")
        case "papers_correct":
            return _("Dokumen ini belum dinilai sesuai: %(papers)s.", papers=papers)
        case "asks_answered":
            return _("Masih ada permintaan yang belum dijawab.")
        case "not_negative":
            return _("Ada jawaban yang menolak.")
        case "applicant_warned":
            return _("Pemohon belum diingatkan dua kali.")
        case "visit_scheduled" if refusal.missing:
            day = formats.long_date(date.fromisoformat(refusal.missing[0]), lang=current_language())
            return _("Peninjauan dijadwalkan pada %(day)s; laporannya sesudah itu.", day=day)
        case "visit_scheduled":
            return _("Belum ada peninjauan yang dijadwalkan.")
        case "visit_fits":
            return _(
                "Peninjauan terakhir tidak sesuai atau belum ada. Minta peninjauan ulang, atau "
                "usulkan penolakan."
            )
        case "second_visit_left":
            return _("Lokasi sudah ditinjau dua kali. Putuskan dengan temuan yang ada.")
        case "postponement_left":
            return _("Pemohon sudah dua kali menunda. Peninjauan berjalan sesuai jadwal.")
        case "bill_due" | "fee_settled" if refusal.missing:
            return _("Retribusinya belum dihitung. Hitung dan simpan dahulu.")
        case "bill_due":
            return _(
                "Tidak ada yang perlu ditagih: retribusinya nol, atau tagihannya sudah terbit."
            )
        case "fee_settled":
            return _("Retribusinya belum dibayar. Terbitkan SKRD; pembayaran diterima di bank.")
        case "bill_open":
            return _("Tidak ada tagihan terbuka: sudah dibayar, kedaluwarsa, atau dibatalkan.")
        case "paid_today":
            return _(
                "Pembayaran hanya dapat dibatalkan pada hari yang sama. Arahkan pembayar ke kantor "
                "untuk pengembalian."
            )
        case _:
            return _("Syarat SOP belum terpenuhi.")
