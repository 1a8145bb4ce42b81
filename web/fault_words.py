"""What is wrong with a field, in words: one sentence for each code, saying what to type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from web.i18n import gettext
from web.i18n import lazy_gettext as _

FAULTS: Final[Mapping[str, Any]] = {
    "required": _("Isian ini wajib."),
    "choose": _("Pilih salah satu."),
    "unknown_choice": _("Pilihan ini tidak ada. Pilih dari daftar."),
    "too_long": _("Isian ini terlalu panjang. Persingkat."),
    "one_line": _("Tulis dalam satu baris."),
    "whole_number": _("Tulis angka bulat, misalnya 2 atau 75.000.000."),
    "decimal": _("Tulis angka dengan paling banyak dua angka di belakang koma, misalnya 240,50."),
    "number": _("Tulis angka, misalnya 240 atau 240,50."),
    "too_small": _("Angkanya terlalu kecil. Tulis nol atau lebih."),
    "too_many_decimals": _("Paling banyak dua angka di belakang koma."),
    "more_than_whole": _("Bagian ini tidak boleh lebih besar daripada luas seluruhnya."),
    "nothing_to_charge": _("Belum ada yang dihitung. Isi luas lantai atau prasarananya."),
    "comes_to_nothing": _(
        "Hasilnya nol rupiah, padahal tidak ada pembebasan. Periksa luas dan harga satuannya."
    ),
    "price_of_nothing": _("Harga harus lebih dari nol. Yang bebas retribusi ditentukan tarifnya."),
    "unknown_question": _("Pertanyaan ini tidak ada dalam tarif. Muat ulang halaman."),
    "unknown_price": _("Harga satuan ini tidak ada dalam tarif. Muat ulang halaman."),
    "too_large": _("Angkanya terlalu besar. Periksa jumlah nolnya."),
    "date": _("Tulis tanggal yang ada, misalnya 27-11-2026."),
    "in_future": _("Tanggalnya belum tiba. Tulis tanggal surat yang sudah dibuat."),
    "beyond_cap": _("Tulis paling sedikit 1, paling banyak sebanyak yang dibolehkan SOP."),
    "time_in_future": _("Waktu ini belum tiba. Tulis waktu yang sudah lewat."),
    "no_arrival": _("Waktu catatan ini tidak dibetulkan. Pilih dari daftar."),
    "before_the_one_before": _("Waktu ini mendahului peristiwa sebelumnya pada berkas."),
    "beyond_correction": _(
        "Lebih jauh dari waktu tercatat daripada yang dibolehkan SOP. Batasnya tertulis di atas."
    ),
    "after_the_next": _("Waktu ini melewati peristiwa sesudahnya pada berkas."),
    "kbli": _("Kode KBLI terdiri atas 5 angka; beberapa kode dipisah koma."),
    "damaged": _("Isian ini rusak di jalan. Ketik ulang."),
    "not_uploaded": _("Dokumen ini belum diunggah."),
    "too_many_scans": _("Dokumen ini sudah punya cukup banyak berkas. Hapus satu dahulu."),
    "too_many_drafts": _("Terlalu banyak permohonan yang belum dikirim. Kirim atau hapus dahulu."),
    "no_way_to_phones": _("Kantor ini tidak mengirim pesan ke telepon. Tulis alamat surel."),
    "declare": _("Centang pernyataan ini sebelum mengirim."),
    "permit_not_valid": _("Izin dengan nomor ini sudah tidak berlaku. Periksa nomornya."),
    "permit_of_another": _("Izin dengan nomor ini milik usaha dan pemohon lain. Periksa nomornya."),
    "permit_under_way": _("Permohonan lain atas izin ini masih diproses. Cari berkasnya dahulu."),
    "fault_needs_words": _("Tulis apa yang kurang pada dokumen ini."),
    "unknown_paper": _("Dokumen ini tidak diminta untuk permohonan ini."),
    "visit_in_past": _("Hari ini sudah lewat. Pilih hari ini atau sesudahnya."),
    "visit_not_working_day": _("Kantor tutup pada hari itu. Pilih hari kerja."),
    "visit_too_far": _("Paling jauh 20 hari kerja dari sekarang."),
    "visit_time": _("Tulis jam seperti 09.30, atau kosongkan."),
    "visit_time_past": _("Jam itu sudah lewat. Pilih jam lain atau hari lain."),
    "not_an_inspector": _("Orang ini bukan peninjau yang aktif. Pilih dari daftar."),
    "visit_not_planned": _("Tidak ada peninjauan yang sedang dijadwalkan."),
    "visit_not_yet": _("Tanggal ini belum tiba. Laporkan sesudah peninjauan."),
    "visit_before_plan": _("Peninjauan tidak dapat mendahului jadwalnya."),
    "visit_needs_findings": _("Tulis paling sedikit satu temuan."),
    "visit_finds_unfit": _("Ada temuan yang tidak sesuai. Ubah kesimpulan, atau temuannya."),
    "visit_finds_nothing_unfit": _("Sebut temuan yang tidak sesuai."),
    "visit_photos_too_many": _("Paling banyak 12 foto untuk satu peninjauan."),
    "visit_photos_closed": _("Foto tidak dapat ditambah lagi: laporannya sudah dinilai."),
    "visit_photos_not_sent": _(
        "Foto belum terkirim. Pilih lagi, tekan Unggah foto, lalu lanjutkan."
    ),
    "too_many_rows": _("Paling banyak 30 baris."),
    "not_checked": _("Dokumen ini belum diperiksa."),
    "not_there": _("Dokumen ini belum lengkap, jadi berkas belum dapat diterima."),
    "nothing_wrong": _("Tandai dulu dokumen yang kurang atau tidak ada."),
    "taken": _("Nama pengguna ini sudah dipakai. Pilih yang lain."),
    "username": _("Tulis 2–41 huruf kecil, angka, titik, garis bawah, atau tanda hubung."),
    "too_short": _("Kata sandi paling sedikit 12 karakter."),
    "is_username": _("Kata sandi tidak boleh memuat nama pengguna."),
    "too_common": _("Kata sandi ini terlalu mudah ditebak."),
    "control_character": _("Isian ini memuat karakter yang tidak terlihat. Ketik ulang."),
    "role_of_another_organisation": _("Peran ini bukan untuk organisasi akun ini."),
    "name_of_another_kind": _("Nama organisasi ini sudah dipakai untuk jenis lain."),
    "bank_admin_alone": _("Admin bank tidak boleh merangkap teller atau penyelia bank."),
    "account_closed": _("Akun ini nonaktif. Aktifkan dahulu atau pilih orang lain."),
    "has_role_already": _("Orang ini sudah memegang peran tersebut."),
    "deputy_already": _("Orang ini sudah menjadi pengganti untuk peran itu pada masa tersebut."),
    "in_past": _("Tanggal ini sudah lewat. Pilih hari ini atau sesudahnya."),
    "ends_before_it_begins": _("Tanggal akhir mendahului tanggal mulai."),
    "longer_than_a_year": _("Paling lama satu tahun. Untuk seterusnya, ubah peran akunnya."),
    "reason_to_reassign": _("Tulis alasan menyerahkan berkas ini."),
    "no_such_colleague": _("Petugas ini tidak bertugas di tempat berkas berada. Pilih yang lain."),
    "watchers_hear_of_breaches": _(
        "Pengawas dan kepala selalu mendapat surel bila batas lewat. Pilih segera atau ringkasan."
    ),
    "closed_already": _("Hari ini sudah menjadi hari libur."),
    "not_closed": _("Hari ini bukan hari libur."),
    "url": _("Ini bukan alamat https yang utuh. Salin seluruhnya, misalnya https://a.go.id/b."),
    "https_only": _("Alamat harus dimulai dengan https://."),
    "private_address": _("Alamat ini menuju jaringan dalam. Pakai alamat yang dapat dicapai umum."),
    "gateway_url": _("Gerbang ini tidak dikenali. Salin alamat Apprise-nya seutuhnya."),
    "gateway_scheme": _("Jenis gerbang ini tidak diizinkan di sini. Tanyakan pengelola sistem."),
    "gateway_file": _("Alamat gerbang tidak boleh menyebut templat (template=). Hapus bagian itu."),
    "gateway_readers": _("Alamat ini memuat penerima lain di samping {phone}. Sisakan satu saja."),
    "personal_already": _("Sudah ada saluran ke telepon pemohon yang menyala. Matikan dahulu."),
    "needs_phone": _("Saluran ini untuk telepon pemohon: alamatnya harus memuat {phone}."),
    "has_phone": _("Saluran ini untuk grup: alamatnya tidak boleh memuat {phone}."),
    "simulated_office": _("Kantor ini simulasi: tidak ada pesan yang keluar."),
    "unknown_placeholder": _("Ada sebutan yang tidak dikenal. Pakai yang ada dalam daftar."),
    "no_words_for_this_event": _("Surat ini tidak dapat diganti kata-katanya."),
    "changed_meanwhile": _("Surat ini diubah orang lain sementara itu. Muat ulang, lalu ulangi."),
    "no_makeup_day": _("Hari ini bukan hari kerja pengganti."),
    "no_such_hours": _("Jam kerja ini tidak ada lagi. Muat ulang halaman."),
    "year_not_known": _("Hari libur tahun ini belum dimuat. Tambahkan dahulu tahunnya."),
    "not_the_next_year": _("Tambahkan tahun satu per satu, mulai dari tahun berikutnya."),
    "year_not_decreed": _(
        "Cuti bersama tahun ini belum ada dalam daftar bawaan. Impor dari keputusan menteri."
    ),
    "past_unconfirmed": _("Tandai dahulu bahwa hari yang sudah lewat ikut berubah."),
    "date_time": _("Tulis tanggal dan jam, misalnya 27-11-2026 09.30."),
    "outage_too_long": _("Gangguan ini lebih lama daripada yang boleh dinyatakan sekaligus."),
    "outage_too_far": _("Mulainya terlalu jauh di depan. Nyatakan mendekati waktunya."),
    "outage_too_old": _("Mulainya sudah terlalu lama lewat untuk dinyatakan."),
    "outage_overlaps": _("Waktu ini mengenai gangguan yang sudah dinyatakan. Cabut itu dahulu."),
    "outage_outside_hours": _("Tidak ada jam kantor dalam waktu ini. Periksa tanggal dan jamnya."),
    "no_such_outage": _("Gangguan ini tidak ada lagi. Muat ulang halaman."),
    "csv_missing": _("Pilih berkas CSV, atau tempel isinya."),
    "week_without_hours": _("Isi jam kerja paling sedikit untuk satu hari."),
    "hours": _("Tulis jam seperti 07.30-12.00, 13.00-16.00."),
    "no_setting": _("Bagian SOP ini tidak diatur di sini. Muat ulang halaman."),
    "nothing_changed": _("Belum ada yang diubah."),
    "positive": _("Tulis angka bulat lebih dari nol."),
    "years": _("Tulis jumlah tahun, atau kosongkan bila berlaku seterusnya."),
    "summary_other_days": _("Ringkasan menyebut jumlah hari kerja yang lain dari standar."),
    "reference_used": _("Rujukan bank ini sudah dipakai pembayaran lain. Periksa nomornya."),
    "reference_form": _(
        "Tulis huruf besar, angka, titik, dan tanda hubung saja; bukan nomor SSRD."
    ),
    "still_serving": _("Masih ada yang dilayani di loket ini. Selesaikan atau alihkan dahulu."),
    "nobody_served": _("Belum ada yang dipanggil ke loket ini."),
    "nobody_serves": _("Tidak ada loket yang melayani tujuan ini. Pilih yang lain."),
    "seat_taken": _("Loket ini sudah ada orangnya."),
    "people_wait": _("Masih ada yang menunggu kelompok ini, dan tidak ada loket lain untuknya."),
    "counter_number": _("Tulis nomor loket dari 1 sampai 99."),
    "counter_taken": _("Nomor loket ini sudah ada. Pilih yang lain."),
    "counter_letter": _("Tulis satu huruf dari A sampai Z."),
    "counter_letter_taken": _("Huruf ini sudah dipakai kelompok lain. Pilih yang lain."),
    "counter_roles": _("Pilih paling sedikit satu pemanggil, semuanya dari pihak yang melayani."),
    "counter_of_another": _("Loket bank hanya untuk kelompok bank, loket kantor untuk kantor."),
    "queue_head_start": _("Tulis menit dari 0 sampai 480."),
    "queue_calls": _("Tulis angka dari 1 sampai 10."),
    "price": _("Tulis harga dalam rupiah, misalnya 1.250.000 atau 1.250,50."),
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
    "identity.region.shape": _(
        "Pilih wilayah dari daftar, atau tulis kodenya, misalnya 18.72.01.1001."
    ),
    "kbli_editions": _("Semua kode harus dari KBLI yang sama: 2020 atau 2025."),
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
