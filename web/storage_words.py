"""Why a scan is not accepted, in words that say what to do."""

from __future__ import annotations

from licensing.ports.storage import StorageFault
from web.i18n import gettext as _


def storage_words(fault: StorageFault) -> str:
    """Return one sentence on a refused scan."""
    match fault.code.removeprefix("storage."):
        case "empty":
            return _("Berkas ini kosong. Pindai ulang.")
        case "too_large":
            most = int(fault.facts.get("at_most", 0)) // (1024 * 1024)
            return _("Berkas lebih besar dari %(most)s MB. Kecilkan atau pindai ulang.", most=most)
        case "type":
            return _("Jenis berkas ini tidak diterima. Kirim PDF, JPEG, PNG, atau WebP.")
        case "damaged":
            return _("Berkas ini rusak dan tidak dapat dibaca. Pindai ulang.")
        case "two_files_in_one":
            return _("Di dalam berkas ini ada berkas lain. Simpan ulang sebagai PDF, lalu kirim.")
        case "locked":
            return _("PDF ini terkunci kata sandi. Simpan tanpa kata sandi, lalu kirim lagi.")
        case "active":
            return _(
                "PDF ini berisi program atau lampiran. Cetak ulang sebagai PDF biasa, lalu kirim."
            )
        case "too_complex":
            return _("PDF ini terlalu rumit dibaca. Cetak ulang sebagai PDF, atau kirim fotonya.")
        case "too_many_pages":
            most = int(fault.facts.get("at_most", 0))
            return _(
                "PDF ini lebih dari %(most)s halaman. Bagi menjadi beberapa berkas.", most=most
            )
        case "infected":
            return _(
                "Berkas ini ditolak: pemindai menemukan perangkat perusak (%(found)s)."
                " Pindai ulang dari kertasnya.",
                found=str(fault.facts.get("found", "")),
            )
        case "too_many_of_paper":
            return _(
                "Dokumen ini sudah memiliki %(most)s pindaian, sebanyak yang dapat disimpan.",
                most=int(fault.facts.get("at_most", 0)),
            )
        case "too_many_of_application":
            return _(
                "Berkas ini sudah memiliki %(most)s pindaian, sebanyak yang dapat disimpan.",
                most=int(fault.facts.get("at_most", 0)),
            )
        case "too_many_pixels":
            return _("Gambar terlalu besar. Pindai pada 300 titik per inci.")
        case _:
            return _("Berkas belum dapat disimpan. Coba lagi; bila tetap gagal, hubungi admin.")
