"""Invented content for `/gaya`: one value for each component in each of its states."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from web.i18n import gettext
from web.viewmodels import (
    AlertRung,
    CellKind,
    ChecklistRow,
    ClockState,
    Crumb,
    DueView,
    Form,
    LedgerCell,
    LedgerSum,
    LedgerView,
    LegendItem,
    Page,
    Tab,
    TrailItem,
)

_ZONE = ZoneInfo("Asia/Jakarta")
_TODAY = date(2026, 11, 19)


@dataclass(frozen=True, slots=True)
class Sample:
    """Everything the page of components shows."""

    dues: Sequence[DueView]
    ledgers: Sequence[tuple[str, LedgerView]]
    mini: LedgerView
    legend: Sequence[LegendItem]
    trail: Sequence[TrailItem]
    tasks: Sequence[tuple[str, str | None, str, str]]
    papers: Sequence[ChecklistRow]
    rungs: Sequence[AlertRung]
    form: Form
    crumbs: Sequence[Crumb]
    page: Page
    tabs: Sequence[Tab]
    applicant: str = "Ratna Wulandari"


def sample() -> Sample:
    """Return the content, in the reader's language."""
    running = _running()
    return Sample(
        dues=_dues(),
        ledgers=(
            (gettext("Buku waktu"), running),
            (gettext("Buku waktu, melintasi libur"), _across_holidays()),
            (gettext("Buku waktu, lewat batas"), _late()),
            (gettext("Buku waktu, dijeda"), _paused()),
        ),
        mini=running,
        legend=_legend("LVDTKPBG"),
        trail=(
            TrailItem("done", gettext("Diterima lengkap"), "4 Nov, 09.14"),
            TrailItem(
                "paused",
                gettext("Syarat diperiksa: menunggu Anda"),
                gettext("sejak %(day)s", day="9 Nov"),
                gettext("Dua perbaikan."),
            ),
            TrailItem("now", gettext("Verifikasi"), "", gettext("Petugas membaca dokumen Anda.")),
            TrailItem("next", gettext("Tanda tangan"), gettext("perkiraan %(day)s", day="24 Nov")),
        ),
        tasks=(
            (gettext("Data pemohon"), "#tugas", "ya", gettext("Selesai")),
            (gettext("Dokumen"), "#tugas", "syarat", gettext("5 dari 8 ada")),
            (gettext("Periksa dan kirim"), None, "belum", gettext("Belum")),
        ),
        papers=(
            ChecklistRow(1, "ktp", gettext("KTP direktur"), "ada", gettext("salinan")),
            ChecklistRow(2, "neraca", gettext("Neraca terakhir"), "kurang", gettext("asli")),
            ChecklistRow(3, "pasfoto", gettext("Pasfoto 3×4"), "belum"),
            ChecklistRow(4, "kuasa", gettext("Surat kuasa"), "tidak_perlu", optional=True),
        ),
        rungs=(
            AlertRung(
                1,
                gettext("Pemegang"),
                gettext("habis hari ini"),
                "07.30",
                gettext("dibaca %(time)s", time="07.41"),
            ),
            AlertRung(
                3,
                gettext("Kepala Dinas"),
                gettext("lewat 1 hari kerja"),
                "16.01",
                gettext("belum dibaca"),
                "#anak",
            ),
        ),
        form=Form(
            values={
                "nama": "PT Contoh Rasa Nusantara",
                "nik": "999999540890000",
                "bentuk": "pt",
                "alasan": "",
                "hadir": "ya",
            },
            errors={
                "nik": (gettext("NIK harus 16 angka; yang terisi 15 angka"),),
                "alasan": (gettext("Tulis alasannya"),),
            },
        ),
        crumbs=(Crumb(gettext("Layanan"), "/layanan"), Crumb(gettext("Usaha"), "/layanan")),
        page=Page("#halaman", "#halaman", gettext("51–100 dari 136 berkas")),
        tabs=(
            Tab(gettext("Ringkasan"), "#bagian", current=True),
            Tab(gettext("Dokumen"), "#bagian", count=7),
            Tab(gettext("Riwayat"), "#bagian", count=12),
        ),
    )


def _dues() -> Sequence[DueView]:
    def at(day: int, state: ClockState, left: int) -> DueView:
        due = datetime(2026, 11, day, 16, 30, tzinfo=_ZONE)
        return DueView(state, due, left, gettext("Tahap ini"), gettext("2 hari kerja, SOP"))

    return (
        at(27, "aman", 6),
        at(20, "segera", 1),
        at(19, "hariini", 0),
        at(18, "lewat", -1),
        DueView("jeda", None, 11, gettext("Standar pelayanan"), "SOP"),
        DueView("netral", None, None, gettext("Batas hukum"), "UU 30/2014"),
    )


def _legend(letters: Iterable[str]) -> Sequence[LegendItem]:
    known = {
        "L": ("office", gettext("Loket")),
        "V": ("office", gettext("Verifikator")),
        "D": ("agency", gettext("Dinas teknis")),
        "T": ("office", gettext("Tinjau lapangan")),
        "K": ("office", gettext("Kantor")),
        "P": ("applicant", gettext("Pemohon")),
        "B": ("bank", gettext("Bank")),
        "G": ("nobody", gettext("Gangguan resmi")),
    }
    return tuple(
        LegendItem(letter, known[letter][0], known[letter][1], known[letter][0] in _COUNTED)
        for letter in letters
    )


_COUNTED = frozenset({"office", "agency"})


def _ledger(
    first: date,
    letters: str,
    allowed: int,
    *,
    today: date = _TODAY,
    holidays: dict[date, str] | None = None,
    dated: bool = True,
) -> LedgerView:
    """Return a ledger that began on `first`, was held as `letters` say, and runs to its limit."""
    owners = {item.letter: item for item in _legend(sorted(set(letters)))}
    cells: list[LedgerCell] = []
    day, used = first, 0
    for letter in "0" + letters:
        day = _skip(day, cells, holidays or {})
        is_today = day == today
        if letter == "0":
            cells.append(LedgerCell(day, "zero", today=is_today))
        else:
            owner = owners[letter]
            used += owner.counts
            over = owner.counts and used > allowed
            kind: CellKind = "over" if over else "held"
            ordinal = (used - allowed if over else used) if owner.counts else None
            limit = owner.counts and used == allowed
            cells.append(
                LedgerCell(
                    day, kind, letter, owner.party, owner.label, ordinal, is_today, limit=limit
                )
            )
        day += timedelta(days=1)
    for ordinal in range(used + 1, allowed + 1):
        day = _skip(day, cells, holidays or {}) if dated else day
        shown = day if dated else None
        cells.append(LedgerCell(shown, "ahead", ordinal=ordinal, limit=ordinal == allowed))
        day += timedelta(days=1)
    sums = [LedgerSum(gettext("Kantor"), used)]
    for item in owners.values():
        if not item.counts:
            sums.append(LedgerSum(item.label, letters.count(item.letter)))
    return LedgerView(tuple(cells), tuple(sums), True, used, allowed, tuple(owners.values()))


def _skip(day: date, cells: list[LedgerCell], holidays: dict[date, str]) -> date:
    while day.isoweekday() > 5 or day in holidays:
        if day in holidays:
            cells.append(LedgerCell(day, "holiday", note=holidays[day]))
        day += timedelta(days=1)
    return day


def _running() -> LedgerView:
    return _ledger(date(2026, 11, 4), "VVVPPPVDDDT", 14)


def _across_holidays() -> LedgerView:
    holidays = {
        date(2026, 12, 24): gettext("Cuti bersama Natal"),
        date(2026, 12, 25): gettext("Hari Raya Natal"),
        date(2027, 1, 1): gettext("Tahun Baru"),
    }
    return _ledger(date(2026, 12, 15), "VVV", 14, today=date(2026, 12, 18), holidays=holidays)


def _late() -> LedgerView:
    return _ledger(date(2026, 11, 10), "LVGBKKK", 3)


def _paused() -> LedgerView:
    return _ledger(date(2026, 11, 4), "VVVP", 14, today=date(2026, 11, 10), dated=False)
