"""Who may open what: every address of the site, by method, and the roles that may enter.

A new view needs a line here; a line without a view must go.
"""

from __future__ import annotations

from collections.abc import Mapping

from web.access import ALL_ROLES

PUBLIC = None
"""Everybody, signed in or not."""

AGENCIES = frozenset({"agency_pu", "agency_lh", "agency_head_pu", "agency_head_lh"})
WORKERS = AGENCIES | {"counter", "verifier", "inspector", "billing", "head", "supervisor"}
STAFF = WORKERS | {"admin", "inspectorate", "ombudsman"}
READERS = WORKERS | {"inspectorate", "ombudsman"}
PRINTERS = READERS - AGENCIES - {"inspector", "billing"}
FILE_READERS = READERS | {
    "inspector", "billing", "agency_pu", "agency_lh", "agency_head_pu", "agency_head_lh",
}  # fmt: skip
OFFICE_WORKERS = WORKERS - AGENCIES
COUNTER = frozenset({"counter"})
WATCHERS = frozenset({"head", "supervisor", "inspectorate"})
SUPERVISORS = frozenset({"head", "supervisor"})
BANK = frozenset({"teller", "bank_supervisor", "bank_admin"})
FEE_READERS = frozenset(
    {"billing", "counter", "verifier", "head", "supervisor", "inspectorate", "ombudsman"}
)
ADMINISTRATORS = frozenset({"admin", "head", "bank_admin"})
SETTERS = frozenset({"admin", "head"})
RUN_READERS = SETTERS | {"supervisor"}
OUTBOX_READERS = SETTERS | {"supervisor"}
ACCOUNT_KEEPERS = frozenset({"admin", "bank_admin"})
_FILE = "/berkas/<uuid:application_id>"

MATRIX: Mapping[tuple[str, str], frozenset[str] | None] = {
    ("GET", "/"): PUBLIC,
    ("GET", "/layanan"): PUBLIC,
    ("GET", "/layanan/<service>"): PUBLIC,
    ("GET", "/layanan/<service>/sop"): PUBLIC,
    ("GET", "/layanan/<service>/standar"): PUBLIC,
    ("GET", "/layanan/maklumat"): PUBLIC,
    ("GET", "/layanan/tarif"): PUBLIC,
    ("GET", "/lacak"): PUBLIC,
    ("POST", "/lacak"): PUBLIC,
    ("GET", "/lacak/<path:number>"): PUBLIC,
    ("GET", "/lacak/berkas"): PUBLIC,
    ("POST", "/lacak/tutup"): PUBLIC,
    ("GET", "/lacak/berkas/keterangan.pdf"): PUBLIC,
    ("GET", "/hitung"): PUBLIC,
    ("GET", "/hitung/cetak"): PUBLIC,
    ("GET", "/hitung.json"): PUBLIC,
    ("GET", "/periksa"): PUBLIC,
    ("GET", "/periksa/<path:code>"): PUBLIC,
    ("GET", "/masuk"): PUBLIC,
    ("POST", "/masuk"): PUBLIC,
    ("POST", "/keluar"): PUBLIC,
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/readyz"): PUBLIC,
    ("GET", "/metrics"): PUBLIC,
    ("GET", "/gaya"): PUBLIC,
    ("POST", "/bahasa"): PUBLIC,
    ("POST", "/tema"): PUBLIC,
    ("GET", "/loket"): COUNTER,
    ("POST", "/loket/cari"): COUNTER,
    ("POST", "/loket/mulai"): COUNTER,
    ("GET", "/loket/baru"): COUNTER,
    ("GET", "/loket/baru/<service>"): COUNTER,
    ("POST", "/loket/baru/<service>"): COUNTER,
    ("POST", "/loket/baru/<service>/draf"): COUNTER,
    ("POST", "/loket/draf/<uuid:draft_id>/hapus"): COUNTER,
    ("GET", "/loket/selesai/<uuid:application_id>"): COUNTER,
    ("GET", "/kerja"): WORKERS,
    ("GET", "/kerja/pemberitahuan"): WORKERS,
    ("POST", "/kerja/pemberitahuan/dibaca"): WORKERS,
    ("GET", "/akun/peringatan"): STAFF,
    ("POST", "/akun/peringatan"): STAFF,
    ("GET", "/peringatan/<uuid:alert_id>"): WORKERS | {"inspectorate"},
    ("POST", "/peringatan/<uuid:alert_id>"): WORKERS,
    ("GET", _FILE): READERS,
    ("GET", _FILE + "/tanda-terima.pdf"): PRINTERS,
    ("GET", _FILE + "/surat-pengembalian.pdf"): PRINTERS,
    ("GET", _FILE + "/surat-penolakan.pdf"): PRINTERS,
    ("GET", _FILE + "/izin.pdf"): PRINTERS,
    ("GET", _FILE + "/keterangan-dikabulkan.pdf"): PRINTERS,
    ("GET", _FILE + "/retribusi"): FEE_READERS | {"inspector"},
    ("POST", _FILE + "/retribusi"): frozenset({"billing"}),
    ("GET", _FILE + "/skrd/<uuid:bill_id>"): FEE_READERS,
    ("GET", "/bank/slip/<uuid:payment_id>"): BANK,
    ("GET", _FILE + "/pindaian/<uuid:file_id>"): READERS,
    ("POST", _FILE + "/pindaian"): frozenset({"counter", "verifier"}),
    ("GET", _FILE + "/tindakan/<action>"): WORKERS,
    ("POST", _FILE + "/tindakan"): WORKERS,
    ("POST", _FILE + "/ambil"): WORKERS,
    ("POST", _FILE + "/lepas"): WORKERS,
    ("POST", _FILE + "/nik"): WORKERS,
    ("POST", _FILE + "/alihkan"): SUPERVISORS,
    ("GET", _FILE + "/perpanjangan"): OFFICE_WORKERS,
    ("POST", _FILE + "/perpanjangan"): OFFICE_WORKERS,
    ("GET", _FILE + "/koreksi"): frozenset({"counter", "verifier", "supervisor"}),
    ("POST", _FILE + "/koreksi"): frozenset({"counter", "verifier", "supervisor"}),
    ("GET", _FILE + "/koreksi/<uuid:correction_id>"): OFFICE_WORKERS,
    ("POST", _FILE + "/koreksi/<uuid:correction_id>"): OFFICE_WORKERS,
    ("POST", _FILE + "/tanda-terima/ulang"): frozenset(
        {"counter", "verifier", "head", "supervisor"}
    ),
    ("GET", "/bank"): BANK,
    ("POST", "/bank/cari"): BANK,
    ("GET", "/bank/tagihan/<uuid:bill_id>"): BANK,
    ("GET", "/bank/tagihan/<uuid:bill_id>/terima"): frozenset({"teller"}),
    ("POST", "/bank/tagihan/<uuid:bill_id>/terima"): frozenset({"teller"}),
    ("GET", "/bank/tagihan/<uuid:bill_id>/batal"): frozenset({"bank_supervisor"}),
    ("POST", "/bank/tagihan/<uuid:bill_id>/batal"): frozenset({"bank_supervisor"}),
    ("GET", "/bank/harian"): BANK,
    ("GET", "/bank/harian.csv"): BANK,
    ("GET", "/kunjungan"): frozenset({"inspector", "supervisor", "head"}),
    ("POST", _FILE + "/kunjungan/isian"): frozenset({"inspector"}),
    ("POST", _FILE + "/kunjungan/foto"): frozenset({"inspector"}),
    ("GET", _FILE + "/kunjungan/foto/<uuid:file_id>"): FILE_READERS,
    ("GET", _FILE + "/berita-acara.pdf"): FILE_READERS,
    ("GET", "/pengawas"): WATCHERS,
    ("GET", "/pengawas/berkas"): WATCHERS,
    ("GET", "/pengawas/permintaan"): WATCHERS,
    ("GET", "/pengawas/peringatan"): WATCHERS,
    ("GET", "/pengawas/selesai"): WATCHERS,
    ("GET", "/pengawas/diam"): WATCHERS,
    ("GET", "/pengawas/diam.csv"): WATCHERS,
    ("POST", "/pengawas/peringatan/<uuid:alert_id>/tanggapan"): SUPERVISORS,
    ("GET", "/admin"): ADMINISTRATORS,
    ("GET", "/admin/layanan"): SETTERS,
    ("POST", "/admin/layanan/<service>"): SETTERS,
    ("GET", "/admin/riwayat"): ADMINISTRATORS | {"inspectorate"},
    ("GET", "/admin/sop/<service>"): SETTERS,
    ("GET", "/admin/sop/<service>/atur"): SETTERS,
    ("POST", "/admin/sop/<service>/atur"): SETTERS,
    ("POST", "/admin/sop/draf/<uuid:draft_id>/terbitkan"): SETTERS,
    ("POST", "/admin/sop/draf/<uuid:draft_id>/buang"): SETTERS,
    ("GET", "/admin/kalender"): SETTERS,
    ("POST", "/admin/kalender"): SETTERS,
    ("GET", "/admin/kalender/impor"): SETTERS,
    ("POST", "/admin/kalender/impor"): SETTERS,
    ("GET", "/admin/kalender/impor/contoh.csv"): SETTERS,
    ("GET", "/admin/kalender/hitung-ulang"): RUN_READERS,
    ("GET", "/admin/kalender/hitung-ulang/<uuid:recompute_id>"): RUN_READERS,
    ("GET", "/admin/kalender/hitung-ulang/<uuid:recompute_id>/bergeser.csv"): RUN_READERS,
    ("POST", "/admin/kalender/hitung-ulang/<uuid:recompute_id>/ulangi"): SETTERS,
    ("GET", "/admin/kalender/versi"): SETTERS,
    ("GET", "/admin/kalender/versi/<int:number>"): SETTERS,
    ("POST", "/admin/kalender/versi/<int:number>"): SETTERS,
    ("GET", "/admin/kalender/gangguan"): SETTERS,
    ("POST", "/admin/kalender/gangguan"): frozenset({"head"}),
    ("GET", "/admin/akun"): ACCOUNT_KEEPERS,
    ("GET", "/admin/akun/baru"): ACCOUNT_KEEPERS,
    ("POST", "/admin/akun/baru"): ACCOUNT_KEEPERS,
    ("GET", "/admin/akun/<username>"): ACCOUNT_KEEPERS,
    ("POST", "/admin/akun/<username>"): ACCOUNT_KEEPERS,
    ("POST", "/admin/akun/<username>/keadaan"): ACCOUNT_KEEPERS,
    ("POST", "/admin/akun/<username>/sandi"): ACCOUNT_KEEPERS,
    ("POST", "/admin/akun/<username>/keluar"): ACCOUNT_KEEPERS,
    ("GET", "/admin/pengganti"): ACCOUNT_KEEPERS,
    ("POST", "/admin/pengganti"): ACCOUNT_KEEPERS,
    ("POST", "/admin/pengganti/<uuid:deputy_id>/akhiri"): ACCOUNT_KEEPERS,
    ("GET", "/admin/kirim"): OUTBOX_READERS,
    ("POST", "/admin/kirim/ulang"): SETTERS,
    ("POST", "/admin/kirim/<uuid:notice_id>/ulang"): SETTERS,
    ("GET", "/admin/saluran"): OUTBOX_READERS,
    ("GET", "/admin/saluran/baru"): SETTERS,
    ("POST", "/admin/saluran/baru"): SETTERS,
    ("GET", "/admin/saluran/<uuid:channel_id>"): SETTERS,
    ("POST", "/admin/saluran/<uuid:channel_id>/coba"): SETTERS,
    ("POST", "/admin/saluran/<uuid:channel_id>/rahasia"): SETTERS,
    ("POST", "/admin/saluran/<uuid:channel_id>/keadaan"): SETTERS,
    ("GET", "/admin/surat"): OUTBOX_READERS,
    ("GET", "/admin/surat/<event>/<locale>"): OUTBOX_READERS,
    ("POST", "/admin/surat/<event>/<locale>"): SETTERS,
    ("POST", "/admin/surat/<event>/<locale>/bawaan"): SETTERS,
    ("GET", "/admin/tarif"): SETTERS,
    ("POST", "/admin/tarif"): frozenset({"admin"}),
}

assert all(roles is None or roles <= ALL_ROLES for roles in MATRIX.values())
