"""What a reader is told when something is refused: status codes and wording, in one place."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError

from licensing.errors import LicensingError
from web.i18n import gettext, lazy_gettext
from workflows.errors import Refusal

log = logging.getLogger(__name__)

SERVER_ERRORS: Final = frozenset({500, 502, 503, 504})

DATABASE_DOWN: Final = "satupintu_database_down"
"""Set in `g` once the database has not answered: the error page must not ask it again."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said: the status, what happened, and what the reader can do about it.

    `said` and `advice` may name attributes of the error: `%(last_actor)s`.
    """

    status: int
    title: Any
    said: Any
    advice: Any


PAGES: Final[Mapping[int, Wording]] = {
    page.status: page
    for page in (
        Wording(
            400,
            lazy_gettext("Permintaan tidak lengkap"),
            lazy_gettext("Isian yang kami terima tidak lengkap atau rusak di jalan."),
            lazy_gettext("Kembali ke halaman sebelumnya, muat ulang, lalu kirim sekali lagi."),
        ),
        Wording(
            401,
            lazy_gettext("Masuk dahulu"),
            lazy_gettext("Halaman ini hanya untuk yang sudah masuk."),
            lazy_gettext("Masuk dengan akun Anda, lalu buka halaman ini lagi."),
        ),
        Wording(
            403,
            lazy_gettext("Halaman ini bukan untuk akun Anda"),
            lazy_gettext("Akun Anda tidak memegang peran yang boleh membuka halaman ini."),
            lazy_gettext("Kembali ke halaman utama. Bila Anda perlu akses, mintalah pada admin."),
        ),
        Wording(
            404,
            lazy_gettext("Halaman tidak ditemukan"),
            lazy_gettext("Tidak ada halaman pada alamat ini."),
            lazy_gettext("Periksa alamatnya. Untuk mencari berkas, buka Lacak berkas."),
        ),
        Wording(
            405,
            lazy_gettext("Alamat ini tidak dapat dibuka langsung"),
            lazy_gettext("Alamat ini hanya menerima kiriman dari tombol pada halamannya."),
            lazy_gettext("Buka halamannya dari menu, lalu tekan tombolnya di sana."),
        ),
        Wording(
            409,
            lazy_gettext("Berkas sudah berubah"),
            lazy_gettext("Seseorang mengubah berkas ini sesudah halaman Anda terbuka."),
            lazy_gettext("Buka berkas lagi, baca perubahannya, lalu putuskan kembali."),
        ),
        Wording(
            413,
            lazy_gettext("Berkas terlalu besar"),
            lazy_gettext("Yang Anda kirim melebihi ukuran yang kami terima."),
            lazy_gettext("Kecilkan atau bagi berkasnya, lalu kirim lagi."),
        ),
        Wording(
            422,
            lazy_gettext("Isian belum dapat diterima"),
            lazy_gettext("Ada isian yang perlu diperbaiki."),
            lazy_gettext("Kembali ke halaman sebelumnya dan perbaiki isiannya."),
        ),
        Wording(
            429,
            lazy_gettext("Terlalu banyak percobaan"),
            lazy_gettext("Alamat Anda mengirim terlalu banyak permintaan dalam waktu singkat."),
            lazy_gettext("Tunggu satu menit, lalu coba lagi. Tidak ada data yang hilang."),
        ),
        Wording(
            500,
            lazy_gettext("Sistem kami gagal"),
            lazy_gettext("Ini kesalahan kami, bukan Anda. Tidak ada yang setengah tersimpan."),
            lazy_gettext("Coba lagi. Bila tetap gagal, sebutkan nomor kejadian kepada petugas."),
        ),
        Wording(
            503,
            lazy_gettext("Layanan sedang tidak tersedia"),
            lazy_gettext("Sistem sedang dijalankan kembali atau tidak dapat mencapai datanya."),
            lazy_gettext("Coba lagi beberapa menit lagi. Di kantor, loket tetap melayani Anda."),
        ),
    )
}

WORDINGS: dict[str, Wording] = {
    "not_found": PAGES[404],
    "not_allowed": PAGES[403],
    "unavailable": PAGES[503],
    "application.stale": PAGES[409],
    "application.ended": Wording(
        409,
        lazy_gettext("Berkas sudah selesai"),
        lazy_gettext("Berkas ini sudah berakhir; tidak ada tindakan lagi di dalamnya."),
        lazy_gettext("Buka berkasnya untuk membaca hasil dan riwayatnya."),
    ),
    "application.lapsed": Wording(
        409,
        lazy_gettext("Dikabulkan secara hukum"),
        lazy_gettext(
            "Batas waktu menurut undang-undang lewat tanpa keputusan. Permohonan ini dianggap "
            "dikabulkan secara hukum, dan tidak ada tindakan lagi di dalamnya."
        ),
        lazy_gettext("Buka berkasnya untuk membaca sejak kapan. Sistem mencatatnya sendiri."),
    ),
    "application.taken": Wording(
        409,
        lazy_gettext("Berkas sedang dikerjakan orang lain"),
        lazy_gettext("Seorang rekan sudah mengambil berkas ini."),
        lazy_gettext("Buka berkasnya untuk melihat siapa, atau mintalah pengawas mengalihkannya."),
    ),
    "input.missing": Wording(
        422,
        PAGES[422].title,
        lazy_gettext("Tindakan ini memerlukan isian yang belum ada."),
        PAGES[422].advice,
    ),
    "input.invalid": PAGES[422],
    "bill.amount_differs": Wording(
        409,
        lazy_gettext("Tagihannya sudah lain"),
        lazy_gettext("Tagihan yang terbuka bukan yang tampil pada halaman Anda."),
        lazy_gettext("Cari tagihannya lagi, dan terima tepat sejumlah yang tertulis di sana."),
    ),
    "extension.refused": Wording(
        409,
        lazy_gettext("Tidak dapat diperpanjang"),
        lazy_gettext("Standar pelayanan berkas ini tidak dapat diperpanjang begitu."),
        lazy_gettext("Buka berkasnya untuk melihat perpanjangan yang masih ada."),
    ),
    "correction.refused": Wording(
        409,
        lazy_gettext("Belum dapat dibetulkan"),
        lazy_gettext("Usul ini sudah diputuskan, atau harus diputuskan orang lain."),
        lazy_gettext("Buka berkasnya untuk melihat keadaannya."),
    ),
    "sign_in.refused": Wording(
        401,
        lazy_gettext("Belum dapat masuk"),
        lazy_gettext("Nama pengguna dan kata sandi tidak cocok."),
        lazy_gettext("Periksa keduanya, lalu coba lagi."),
    ),
    "sign_in.too_many": PAGES[429],
    "queue.closed": Wording(
        409,
        lazy_gettext("Nomor antrean tidak diberikan sekarang"),
        lazy_gettext("Kantor sedang tutup, atau antrean ditutup oleh kantor."),
        lazy_gettext("Buka halaman antrean untuk membaca kapan dibuka lagi."),
    ),
    "queue.not_seated": Wording(
        409,
        lazy_gettext("Pilih loket dahulu"),
        lazy_gettext("Anda belum duduk di loket, atau seorang rekan mengambil alih loket Anda."),
        lazy_gettext("Buka Antrean dan pilih loket Anda untuk hari ini."),
    ),
    "queue.seat_taken": Wording(
        409,
        lazy_gettext("Loket sudah ada orangnya"),
        lazy_gettext("%(name)s duduk di loket %(window)s."),
        lazy_gettext("Pilih loket lain, atau ambil alih bila ia sudah pergi."),
    ),
    "queue.moved": Wording(
        409,
        lazy_gettext("Antrean sudah berubah"),
        lazy_gettext("Antrean loket %(window)s berubah sesudah halaman Anda terbuka."),
        lazy_gettext("Lihat siapa yang dilayani sekarang, lalu tekan lagi."),
    ),
    "service.closed": Wording(
        409,
        lazy_gettext("Layanan sedang ditutup"),
        lazy_gettext("Kantor tidak menerima permohonan baru untuk layanan ini: %(note)s"),
        lazy_gettext("Berkas yang sudah masuk tetap diproses. Tanyakan kepada admin."),
    ),
    "setting.stale": Wording(
        409,
        lazy_gettext("Pengaturan sudah berubah"),
        lazy_gettext("Seseorang mengubah pengaturan ini sesudah pratinjau Anda terbuka."),
        lazy_gettext("Buka halamannya lagi, baca perubahannya, lalu ulangi."),
    ),
    "account.own": Wording(
        403,
        lazy_gettext("Harus orang lain"),
        lazy_gettext("Tidak ada yang mengubah wewenang akunnya sendiri."),
        lazy_gettext("Mintalah admin lain mengubahnya."),
    ),
    "account.last_admin": Wording(
        409,
        lazy_gettext("Ini admin terakhir"),
        lazy_gettext("Tanpa %(username)s tidak ada lagi yang dapat mengurus akun."),
        lazy_gettext("Buat atau aktifkan admin lain dahulu."),
    ),
    "account.of_the_bank": Wording(
        403,
        lazy_gettext("Akun ini milik bank"),
        lazy_gettext("Akun bank hanya diurus admin bank, tidak oleh kantor."),
        lazy_gettext("Hubungi admin bank."),
    ),
    "sop.same_drafter": Wording(
        403,
        lazy_gettext("Harus orang lain"),
        lazy_gettext("Anda yang menyusun SOP ini."),
        lazy_gettext("Mintalah kepala atau admin lain menerbitkannya."),
    ),
    "sop.unpaid_permit": Wording(
        422,
        lazy_gettext("SOP ini melewati bank"),
        lazy_gettext("Layanannya berbayar, tetapi izinnya dapat terbit tanpa pembayaran."),
        lazy_gettext("Perbaiki alurnya: ke penerbitan hanya lewat pembayaran di bank."),
    ),
    "bill.stands": Wording(
        409,
        lazy_gettext("Tagihan masih berlaku"),
        lazy_gettext("Berkas ini punya SKRD yang belum dibatalkan atau sudah dibayar."),
        lazy_gettext("Batalkan SKRD itu dahulu, lalu hitung kembali."),
    ),
    "tariff.none_in_force": Wording(
        409,
        lazy_gettext("Belum ada tarif yang berlaku"),
        lazy_gettext("Tidak ada tarif yang berlaku pada %(on)s untuk layanan ini."),
        lazy_gettext("Hubungi admin: tarifnya harus dilengkapi sebelum retribusi dihitung."),
    ),
    "tariff.price_missing": Wording(
        409,
        lazy_gettext("Harga satuan belum ditetapkan"),
        lazy_gettext("Perhitungan ini memerlukan harga satuan yang belum ditetapkan kantor."),
        lazy_gettext("Mintalah admin menetapkannya di Administrasi, bagian harga satuan."),
    ),
    "tariff.calculation_failed": Wording(
        422,
        lazy_gettext("Retribusi tidak dapat dihitung"),
        lazy_gettext("Rumus tarif tidak menghasilkan jumlah yang dapat ditagih."),
        lazy_gettext("Periksa angka yang diisi. Bila benar, hubungi admin."),
    ),
    "sop.action_not_offered": Wording(
        409,
        lazy_gettext("Tindakan ini tidak ada di tahap sekarang"),
        lazy_gettext("Berkas sudah berada di tahap yang tidak mengenal tindakan ini."),
        PAGES[409].advice,
    ),
    "sop.on_hold": Wording(
        409,
        lazy_gettext("Berkas sedang ditunda"),
        lazy_gettext("Selama penundaan, tindakan ini tidak dapat dilakukan."),
        lazy_gettext("Lanjutkan berkasnya dahulu, lalu ulangi."),
    ),
    "sop.hold_used_up": Wording(
        409,
        lazy_gettext("Penundaan sudah terpakai"),
        lazy_gettext("SOP tidak mengizinkan penundaan lagi di tahap ini."),
        lazy_gettext("Putuskan berkasnya, atau kembalikan dengan alasan."),
    ),
    "sop.hold_not_over": Wording(
        409,
        lazy_gettext("Penundaan belum berakhir"),
        lazy_gettext("Sistem mengakhiri penundaan hanya bila batasnya sudah tercapai."),
        PAGES[409].advice,
    ),
    "sop.not_your_lane": Wording(
        403,
        lazy_gettext("Tahap ini bukan bagian Anda"),
        lazy_gettext("SOP menyerahkan tahap ini kepada peran lain."),
        lazy_gettext("Buka berkasnya untuk melihat siapa yang memegangnya."),
    ),
    "sop.same_person": Wording(
        403,
        lazy_gettext("Harus orang lain"),
        lazy_gettext("Anda sudah mengerjakan tahap sebelumnya pada berkas ini."),
        lazy_gettext("Mintalah rekan yang belum menanganinya untuk meneruskan."),
    ),
    "sop.reason_missing": Wording(
        422,
        lazy_gettext("Alasan belum ditulis"),
        lazy_gettext("Tindakan ini wajib disertai alasan."),
        lazy_gettext("Kembali ke berkas, tulis alasannya, lalu tekan lagi."),
    ),
    "sop.guard_refused": Wording(
        422,
        lazy_gettext("Syarat tindakan belum terpenuhi"),
        lazy_gettext("Masih ada yang kurang sebelum tindakan ini boleh dilakukan."),
        lazy_gettext("Buka berkasnya; di sana tertulis apa yang kurang."),
    ),
    "secrecy.damaged": PAGES[500],
    "secrecy.key_unknown": PAGES[500],
    "simulation_only": Wording(
        403,
        lazy_gettext("Hanya untuk kantor simulasi"),
        lazy_gettext("Waktu di kantor sungguhan tidak dapat dipilih sendiri."),
        lazy_gettext("Kerjakan tanpa menyebut waktu, atau pakai kantor simulasi."),
    ),
}
"""Refusals of the domain and the engine, by the stable `code` of their class."""

ROOTS: tuple[type[Exception], ...] = (LicensingError, Refusal)
"""Classes whose errors carry a `code`: they are caught everywhere and said by `WORDINGS`."""


def init_app(app: Flask) -> None:
    """Answer every refusal of the web and of the domain with a page that says what to do."""
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)
    for silent in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(silent, _unavailable)
    for root in ROOTS:
        app.register_error_handler(root, refused)


def wording_of(error: Exception) -> Wording:
    """Return how a refusal of the domain is said: by its code, else by its plain sentence."""
    known = WORDINGS.get(getattr(error, "code", ""))
    if known is None:
        return Wording(422, PAGES[422].title, str(error), PAGES[422].advice)
    facts = {name: getattr(error, name) for name in dir(error) if not name.startswith("_")}
    return Wording(
        known.status,
        str(known.title),
        str(known.said) % facts,
        str(known.advice) % facts,
    )


def refused(error: Exception) -> ResponseReturnValue:
    """Return the page of a refusal of the domain."""
    wording = wording_of(error)
    incident = _record(error) if wording.status in SERVER_ERRORS else None
    return page(wording, incident=incident)


def page(wording: Wording, *, incident: str | None = None) -> tuple[str, int]:
    """Return an error page; `incident` is the number under which the log keeps the details."""
    body = render_template("errors/page.html", wording=wording, incident=incident)
    return body, wording.status


def _form_expired(_error: CSRFError) -> ResponseReturnValue:
    return page(
        Wording(
            400,
            gettext("Halaman ini sudah terlalu lama terbuka"),
            gettext("Demi keamanan, isian dari halaman lama tidak kami terima."),
            gettext("Kembali ke halaman sebelumnya, muat ulang, lalu kirim sekali lagi."),
        )
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    # A redirect raised inside a view is an answer; so is what a rate limit answers with.
    if status < 400 or error.response is not None:
        return error
    incident = _record(error) if status in SERVER_ERRORS else None
    known = PAGES.get(status) or PAGES[500 if status in SERVER_ERRORS else 400]
    wording = Wording(status, known.title, known.said, known.advice)
    body, status = page(wording, incident=incident)
    kept = [
        (name, value)
        for name, value in error.get_headers()
        if name.lower() not in {"content-type", "content-length"}
    ]
    return body, status, kept


def _unexpected(error: Exception) -> ResponseReturnValue:
    return page(PAGES[InternalServerError.code], incident=_record(error))


def _unavailable(error: Exception) -> ResponseReturnValue:
    g.setdefault(DATABASE_DOWN, True)
    body, status = page(PAGES[503], incident=_record(error))
    return body, status, {"Retry-After": "30"}


def _record(error: Exception) -> str:
    incident = secrets.token_hex(4)
    log.error("incident %s: %s %s", incident, request.method, request.path, exc_info=error)
    return incident
