"""Every page in its states: what the audit walks and the gallery photographs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from tests.journeys.counter_places import colleagues_draft
from tests.journeys.desk import Desk
from tests.journeys.online_people import ONLINE, OnlineWork, online_work
from tests.journeys.queue_places import of_group, of_ticket, of_window
from tests.journeys.scans import scan_path


@dataclass(frozen=True, slots=True)
class Place:
    """One page in one state, as one person sees it."""

    name: str
    path: Callable[[Desk], str]
    who: str | None = None
    """The account to sign in with; None: nobody."""
    status: int = 200
    """What the page answers with: a page in another state than its name says is a fault."""
    whole: bool = False
    """Whether a desk shows all of it without scrolling."""


def _file(step: str, suffix: str = "") -> Callable[[Desk], str]:
    return lambda desk: f"/berkas/{desk.application(step)}{suffix}"


def _building(step: str, suffix: str = "") -> Callable[[Desk], str]:
    return lambda desk: f"/berkas/{desk.application(step, BUILDING)}{suffix}"


def _asked(lane: str, suffix: str = "") -> Callable[[Desk], str]:
    """Return the path of the oldest file with an ask that waits in `lane`; `{ask}` is its key."""

    def path(desk: Desk) -> str:
        with desk.runtime.transaction(desk.office_id) as connection:
            row = connection.exec_driver_sql(
                "SELECT application_id, key FROM ask WHERE lane = %s ORDER BY opened_at LIMIT 1",
                (lane,),
            ).one()
        return f"/berkas/{row.application_id}" + suffix.format(ask=quote(row.key))

    return path


def _bill(status: str, suffix: str = "") -> Callable[[Desk], str]:
    """Return the path at the bank of the oldest bill that stands so."""

    def path(desk: Desk) -> str:
        with desk.runtime.transaction(desk.office_id) as connection:
            found = connection.exec_driver_sql(
                "SELECT id FROM bill WHERE status = %s ORDER BY issued_at, id LIMIT 1", (status,)
            ).scalar_one()
        return f"/bank/tagihan/{found}{suffix}"

    return path


def _tracked(step: str, service: str = "siup") -> Callable[[Desk], str]:
    def path(desk: Desk) -> str:
        number, code = desk.tracking(desk.application(step, service))
        return f"/lacak/{number}?k={code}"

    return path


def _at(path: str) -> Callable[[Desk], str]:
    return lambda _desk: path


def _together(*steps: str) -> Callable[[Desk], str]:
    def path(desk: Desk) -> str:
        return "/kerja/bersama?" + "&".join(f"pilih={desk.application(step)}" for step in steps)

    return path


BUILDING = "imb"
_STEPS = ("intake", "completion", "verification", "correction", "signature", "handover")
_ENDS = ("issued", "refused", "withdrawn", "discontinued")
_TRACKED = ("visit_planning", "visit", "visit_postponed", "review", "payment", "signature",
            "refused", "withdrawn", "discontinued")  # fmt: skip
"""Where the applicant of a building permit reads something of his own."""


PUBLIC: tuple[Place, ...] = (
    Place("beranda", _at("/")),
    Place("layanan", _at("/layanan")),
    Place("layanan-cari", _at("/layanan?cari=izin+bangunan")),
    Place("layanan-cari-kosong", _at("/layanan?cari=zzzzqqqq")),
    Place("layanan-maklumat", _at("/layanan/maklumat")),
    Place("layanan-tarif", _at("/layanan/tarif")),
    Place("layanan-imb", _at("/layanan/imb")),
    Place("layanan-imb-standar", _at("/layanan/imb/standar")),
    Place("layanan-imb-sop", _at("/layanan/imb/sop")),
    Place("layanan-siup", _at("/layanan/siup")),
    Place("layanan-siup-sop", _at("/layanan/siup/sop")),
    Place("lacak", _at("/lacak")),
    Place("luring", _at("/luring")),
    Place("daring-masuk", _at("/pemohon")),
    Place("daring-mulai", _at("/ajukan/siup")),
    Place("daring-henti", lambda desk: f"/pesan/{online_work(desk).stop}"),
    *(Place(f"lacak-{step}", _tracked(step)) for step in (*_STEPS, *_ENDS)),
    *(Place(f"lacak-imb-{step}", _tracked(step, BUILDING)) for step in _TRACKED),
    Place("periksa", _at("/periksa")),
    Place("periksa-berlaku", lambda desk: f"/periksa/{desk.verify_code()}"),
    Place("periksa-tidak-ada", _at("/periksa/tidak-ada-0000"), status=404),
    Place("masuk", _at("/masuk")),
    Place("gaya", _at("/gaya")),
    Place("tidak-ada", _at("/halaman-yang-tidak-ada"), status=404),
)

QUEUE: tuple[Place, ...] = (
    Place("antrian", _at("/antrian")),
    Place("antrian-kios", _at("/antrian?kios=1")),
    Place("antrian-didahulukan", of_group("/antrian/ambil/{group}")),
    Place("antrian-tiket", of_ticket),
    Place("antrian-layar", _at("/antrian/layar")),
    Place("antrian-meja", _at("/antrian/meja"), "loket"),
    Place("antrian-pengawas", _at("/pengawas/antrian"), "pengawas"),
    Place("admin-loket", _at("/admin/loket"), "admin"),
    Place("admin-loket-satu", of_window("/admin/loket/{window}"), "admin"),
    Place("admin-loket-kelompok", of_group("/admin/loket/kelompok/{group}"), "admin"),
    Place("admin-loket-aturan", _at("/admin/loket/aturan"), "admin"),
)

_OWED = "/pengawas/permintaan?permintaan=opinion_lh&bagian=agency_lh"
OFFICE: tuple[Place, ...] = (
    Place("kerja-loket", _at("/kerja"), "loket"),
    Place("kerja-verifikator", _at("/kerja"), "verifikator"),
    Place("kerja-kepala", _at("/kerja"), "kepala"),
    Place("kerja-bersama-kepala", _together("signature", "handover"), "kepala"),
    Place("kerja-bersama-tidak-ada", _together("handover"), "kepala"),
    Place("loket", _at("/loket"), "loket"),
    Place("loket-cari", _at("/loket?cari=toko"), "loket"),
    Place("loket-baru", _at("/loket/baru/siup"), "loket"),
    Place("loket-draf-rekan", colleagues_draft, "loket"),
    Place("loket-selesai", lambda desk: f"/loket/selesai/{desk.application('intake')}", "loket"),
    Place("berkas-intake-loket", _file("intake"), "loket"),
    Place("berkas-completion-loket", _file("completion"), "loket"),
    Place("berkas-verification-verifikator", _file("verification"), "verifikator"),
    Place("koreksi-verifikator", _file("verification", "/koreksi"), "verifikator"),
    Place("perpanjangan-kepala", _file("verification", "/perpanjangan"), "kepala"),
    Place("berkas-correction-loket", _file("correction"), "loket"),
    Place("berkas-signature-kepala", _file("signature"), "kepala"),
    Place("berkas-handover-loket", _file("handover"), "loket"),
    Place("pindaian-kepala", scan_path("new"), "kepala"),
    Place("pindaian-lama-kepala", scan_path("old"), "kepala"),
    Place("pindaian-terinfeksi-kepala", scan_path("infected"), "kepala"),
    *(Place(f"berkas-{end}-pengawas", _file(end), "pengawas") for end in _ENDS),
    Place("pengawas", _at("/pengawas"), "pengawas", whole=True),
    Place("pengawas-tahap", _at("/pengawas?tampilan=tahap"), "pengawas"),
    Place("pengawas-permintaan", _at(_OWED), "pengawas"),
    Place("pengawas-dinding", _at("/pengawas?tampilan=dinding"), "pengawas"),
    Place("pengawas-berkas", _at("/pengawas/berkas?keadaan=jeda"), "pengawas"),
    Place("pengawas-selesai", _at("/pengawas/selesai?hasil=tepat"), "pengawas"),
    Place("pengawas-peringatan", _at("/pengawas/peringatan"), "pengawas"),
    Place("pengawas-diam", _at("/pengawas/diam?lihat=semua"), "pengawas"),
    Place("pengawas-inspektorat", _at("/pengawas"), "inspektorat"),
    Place("bukan-untuk-anda", _at("/pengawas"), "bank", 403),
)

_ASK = "/tindakan/propose?permintaan={ask}"
BUILDING_PLACES: tuple[Place, ...] = (
    Place("kerja-peninjau", _at("/kerja"), "peninjau"),
    Place("kerja-penagihan", _at("/kerja"), "penagihan"),
    Place("kerja-teknis-lh", _at("/kerja"), "teknis-lh"),
    Place("kerja-kosong", _at("/kerja"), "kepala-pu"),
    Place("kunjungan", _at("/kunjungan"), "peninjau"),
    Place("kunjungan-kantor", _at("/kunjungan?lihat=semua"), "pengawas"),
    Place("imb-rencana", _building("visit_planning"), "peninjau"),
    Place("imb-jadwal", _building("visit_planning", "/tindakan/schedule"), "peninjau"),
    Place("imb-tinjau", _building("visit"), "peninjau"),
    Place("imb-berita-acara", _building("visit", "/tindakan/report"), "peninjau"),
    Place("imb-tunda", _building("visit", "/tindakan/postpone"), "loket"),
    Place("imb-ditunda", _building("visit_postponed"), "loket"),
    Place("imb-permintaan", _asked("agency_lh"), "teknis-lh"),
    Place("imb-pendapat", _asked("agency_lh", _ASK), "teknis-lh"),
    Place("imb-permintaan-pu", _asked("agency_pu"), "kepala-pu"),
    Place("imb-nilai", _building("review"), "verifikator"),
    Place("imb-usul-tolak", _building("review", "/tindakan/propose_refusal"), "verifikator"),
    Place("imb-tagih", _building("billing"), "penagihan"),
    Place("imb-hitung", _building("billing", "/retribusi"), "penagihan"),
    Place("imb-bayar", _building("payment"), "penagihan"),
    Place("imb-bayar-hitungan", _building("payment", "/retribusi"), "penagihan"),
    Place("imb-batal-skrd", _building("payment", "/tindakan/correct_bill"), "penagihan"),
    Place("imb-tanda-tangan", _building("signature"), "kepala"),
    Place("imb-tanda-tangan-yakin", _building("signature", "/tindakan/sign"), "kepala"),
    *(Place(f"imb-{end}", _building(end), "inspektorat") for end in _ENDS),
)

BANK: tuple[Place, ...] = (
    Place("bank", _at("/bank"), "bank"),
    Place("bank-tagihan", _bill("open"), "bank"),
    Place("bank-tagihan-lunas", _bill("paid"), "bank"),
    Place("bank-tagihan-kedaluwarsa", _bill("expired"), "bank"),
    Place("bank-terima", _bill("open", "/terima"), "bank"),
    Place("bank-harian", _at("/bank/harian"), "bank"),
    Place("bank-penyelia-lunas", _bill("paid"), "bank-penyelia"),
    Place("bank-penyelia-batal", _bill("paid", "/batal"), "bank-penyelia"),
    Place("bank-penyelia-harian", _at("/bank/harian"), "bank-penyelia"),
    Place("bank-admin", _at("/admin"), "bank-admin"),
    Place("bank-admin-akun", _at("/admin/akun"), "bank-admin"),
    Place("bank-admin-akun-baru", _at("/admin/akun/baru"), "bank-admin"),
)

ADMIN: tuple[Place, ...] = (
    Place("admin", _at("/admin"), "admin"),
    Place("admin-layanan", _at("/admin/layanan"), "admin"),
    Place("admin-sop", _at("/admin/sop/imb"), "admin"),
    Place("admin-sop-atur", _at("/admin/sop/imb/atur"), "admin"),
    Place("admin-kalender", _at("/admin/kalender"), "admin"),
    Place("admin-gangguan", _at("/admin/kalender/gangguan"), "kepala"),
    Place("admin-impor", _at("/admin/kalender/impor"), "admin"),
    Place("admin-versi", _at("/admin/kalender/versi"), "admin"),
    Place("admin-versi-1", _at("/admin/kalender/versi/1"), "admin"),
    Place("admin-akun", _at("/admin/akun"), "admin"),
    Place("admin-akun-baru", _at("/admin/akun/baru"), "admin"),
    Place("admin-akun-satu", _at("/admin/akun/verifikator"), "admin"),
    Place("admin-pengganti", _at("/admin/pengganti"), "admin"),
    Place("admin-tarif", _at("/admin/tarif"), "admin"),
    Place("admin-riwayat", _at("/admin/riwayat"), "admin"),
    Place("admin-kirim", _at("/admin/kirim"), "admin"),
    Place("admin-kirim-menunggu", _at("/admin/kirim?keadaan=waiting"), "admin"),
    Place("admin-kirim-pengawas", _at("/admin/kirim?keadaan=sent"), "pengawas"),
    Place("admin-saluran", _at("/admin/saluran"), "admin"),
    Place("admin-saluran-baru", _at("/admin/saluran/baru"), "admin"),
    Place("admin-surat", _at("/admin/surat"), "admin"),
    Place("admin-surat-satu", _at("/admin/surat/correction/id"), "admin"),
    Place("admin-riwayat-inspektorat", _at("/admin/riwayat"), "inspektorat"),
)


def _online(path: Callable[[OnlineWork], str]) -> Callable[[Desk], str]:
    return lambda desk: f"/permohonan{path(online_work(desk))}"


APPLICANTS = tuple(
    Place(f"daring-{name}", _online(path), who=ONLINE)
    for name, path in {
        "daftar": lambda _: "",
        "tugas": lambda work: f"/{work.begun}",
        "tugas-lengkap": lambda work: f"/{work.whole}",
        "isian": lambda work: f"/{work.begun}/isi/pemohon",
        "isian-layanan": lambda work: f"/{work.whole}/isi/isian-2",
        "dokumen": lambda work: f"/{work.begun}/dokumen/ktp",
        "dokumen-ada": lambda work: f"/{work.whole}/dokumen/ktp",
        "periksa": lambda work: f"/{work.whole}/periksa",
        "periksa-kurang": lambda work: f"/{work.begun}/periksa",
        "hapus": lambda work: f"/{work.begun}/hapus",
        "terkirim": lambda work: f"/berkas/{work.filed}/terkirim",
        "berkas": lambda work: f"/berkas/{work.filed}",
        "berkas-kembali": lambda work: f"/berkas/{work.returned}",
        "perbaikan": lambda work: f"/berkas/{work.returned}/perbaikan",
        "cabut": lambda work: f"/berkas/{work.filed}/cabut",
    }.items()
)

PLACES: tuple[Place, ...] = (
    *PUBLIC, *APPLICANTS, *OFFICE, *BUILDING_PLACES, *QUEUE, *BANK, *ADMIN,
)  # fmt: skip
