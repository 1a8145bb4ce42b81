"""What is wrong with a field, in words: one sentence for each code, saying what to type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _

from web.i18n import gettext

FAULTS: Final[Mapping[str, Any]] = {
    "required": _("Isian ini wajib."),
    "choose": _("Pilih salah satu."),
    "unknown_choice": _("Pilihan ini tidak ada. Pilih dari daftar."),
    "too_long": _("Isian ini terlalu panjang. Persingkat."),
    "one_line": _("Tulis dalam satu baris."),
    "whole_number": _("Tulis angka bulat, misalnya 75.000.000."),
    "too_large": _("Angkanya terlalu besar. Periksa jumlah nolnya."),
    "date": _("Tulis tanggal yang ada, misalnya 27-11-2026."),
    "in_future": _("Tanggalnya belum tiba. Tulis tanggal surat yang sudah dibuat."),
    "kbli": _("Kode KBLI terdiri atas 5 angka; beberapa kode dipisah koma."),
    "damaged": _("Isian ini rusak di jalan. Ketik ulang."),
    "permit_not_valid": _("Izin dengan nomor ini sudah tidak berlaku. Periksa nomornya."),
    "permit_of_another": _("Izin dengan nomor ini milik usaha dan pemohon lain. Periksa nomornya."),
    "permit_under_way": _("Permohonan lain atas izin ini masih diproses. Cari berkasnya dahulu."),
    "fault_needs_words": _("Tulis apa yang kurang pada dokumen ini."),
    "unknown_paper": _("Dokumen ini tidak diminta untuk permohonan ini."),
    "not_checked": _("Dokumen ini belum diperiksa."),
    "not_there": _("Dokumen ini belum lengkap, jadi berkas belum dapat diterima."),
    "nothing_wrong": _("Tandai dulu dokumen yang kurang atau tidak ada."),
    "identity.nik.characters": _("NIK hanya berisi angka."),
    "identity.nik.length": _("NIK terdiri atas 16 angka."),
    "identity.nik.all_equal": _("NIK tidak mungkin berisi satu angka saja. Salin dari KTP."),
    "identity.nik.fictitious": _("NIK ini rekaan. Salin NIK dari KTP."),
    "identity.nik.day": _("Angka ke-7 dan ke-8 NIK bukan tanggal lahir. Periksa dengan KTP."),
    "identity.nik.month": _("Angka ke-9 dan ke-10 NIK bukan bulan lahir. Periksa dengan KTP."),
    "identity.nik.date": _("Tanggal lahir di dalam NIK tidak ada. Periksa dengan KTP."),
    "identity.nik.running_number": _("Empat angka terakhir NIK tidak mungkin 0000."),
    "identity.npwp.characters": _("NPWP hanya berisi angka, titik, dan tanda hubung."),
    "identity.npwp.length": _("NPWP terdiri atas 15 atau 16 angka."),
    "identity.npwp.branch": _("Ini nomor tempat kegiatan usaha. Tulis 16 angka NPWP-nya."),
    "identity.npwp.all_equal": _("NPWP tidak mungkin berisi satu angka saja."),
    "identity.nib.characters": _("NIB hanya berisi angka."),
    "identity.nib.length": _("NIB terdiri atas 13 angka."),
    "identity.nib.all_equal": _("NIB tidak mungkin berisi satu angka saja."),
    "identity.phone.characters": _("Nomor telepon hanya berisi angka, misalnya 0812 3456 7890."),
    "identity.phone.length": _("Jumlah angka nomor telepon ini tidak benar."),
    "identity.phone.shape": _("Ini bukan nomor telepon yang dikenal. Nomor asing diawali +."),
    "identity.phone.extension": _("Tulis nomor telepon tanpa nomor pesawat."),
    "identity.email.length": _("Alamat surel ini terlalu panjang."),
    "identity.email.shape": _("Tulis alamat surel lengkap, misalnya nama@contoh.id."),
    "identity.postcode.characters": _("Kode pos hanya berisi angka."),
    "identity.postcode.length": _("Kode pos terdiri atas 5 angka."),
    "identity.postcode.shape": _("Kode pos tidak diawali 0."),
}
"""By the stable code that the services give; what a NPWP and a NIK share is said once."""


def fault_words(code: str) -> str:
    """Return what is said at a field; a code without words of its own says that it is wrong."""
    known = FAULTS.get(code) or FAULTS.get(code.replace("identity.npwp.", "identity.nik."))
    return gettext("Isian ini belum benar. Periksa lagi.") if known is None else str(known)


def worded(faults: Mapping[str, str]) -> dict[str, list[str]]:
    """Return faults by field as a form shows them."""
    return {name: [fault_words(code)] for name, code in faults.items()}
