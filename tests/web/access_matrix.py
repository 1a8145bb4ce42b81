"""Who may open what: every address of the site, by method, and the roles that may enter.

A new view needs a line here; a line without a view must go.
"""

from __future__ import annotations

from collections.abc import Mapping

from web.access import ALL_ROLES

PUBLIC = None
"""Everybody, signed in or not."""

READERS = frozenset({"counter", "verifier", "head", "supervisor", "inspectorate", "ombudsman"})
WORKERS = frozenset({"counter", "verifier", "head", "supervisor"})
COUNTER = frozenset({"counter"})
WATCHERS = frozenset({"head", "supervisor", "inspectorate"})
SUPERVISORS = frozenset({"head", "supervisor"})
_FILE = "/berkas/<uuid:application_id>"

MATRIX: Mapping[tuple[str, str], frozenset[str] | None] = {
    ("GET", "/"): PUBLIC,
    ("GET", "/layanan"): PUBLIC,
    ("GET", "/layanan/<service>"): PUBLIC,
    ("GET", "/layanan/<service>/sop"): PUBLIC,
    ("GET", "/lacak"): PUBLIC,
    ("POST", "/lacak"): PUBLIC,
    ("GET", "/lacak/<path:number>"): PUBLIC,
    ("GET", "/lacak/berkas"): PUBLIC,
    ("POST", "/lacak/tutup"): PUBLIC,
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
    ("GET", "/loket/baru/<service>"): COUNTER,
    ("POST", "/loket/baru/<service>"): COUNTER,
    ("POST", "/loket/baru/<service>/draf"): COUNTER,
    ("POST", "/loket/draf/<uuid:draft_id>/hapus"): COUNTER,
    ("GET", "/loket/selesai/<uuid:application_id>"): COUNTER,
    ("GET", "/kerja"): WORKERS,
    ("GET", "/kerja/pemberitahuan"): WORKERS,
    ("POST", "/kerja/pemberitahuan/dibaca"): WORKERS,
    ("GET", _FILE): READERS,
    ("GET", _FILE + "/tanda-terima.pdf"): READERS,
    ("GET", _FILE + "/surat-pengembalian.pdf"): READERS,
    ("GET", _FILE + "/surat-penolakan.pdf"): READERS,
    ("GET", _FILE + "/izin.pdf"): READERS,
    ("GET", _FILE + "/pindaian/<uuid:file_id>"): READERS,
    ("POST", _FILE + "/pindaian"): frozenset({"counter", "verifier"}),
    ("GET", _FILE + "/tindakan/<action>"): WORKERS,
    ("POST", _FILE + "/tindakan"): WORKERS,
    ("POST", _FILE + "/ambil"): WORKERS,
    ("POST", _FILE + "/lepas"): WORKERS,
    ("POST", _FILE + "/nik"): WORKERS,
    ("POST", _FILE + "/alihkan"): SUPERVISORS,
    ("GET", "/pengawas"): WATCHERS,
    ("GET", "/pengawas/berkas"): WATCHERS,
    ("GET", "/pengawas/peringatan"): WATCHERS,
    ("GET", "/pengawas/selesai"): WATCHERS,
    ("POST", "/pengawas/peringatan/<uuid:alert_id>/tanggapan"): SUPERVISORS,
}

assert all(roles is None or roles <= ALL_ROLES for roles in MATRIX.values())
