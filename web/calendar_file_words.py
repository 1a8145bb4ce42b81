"""What is wrong with a line of a file of days, in words: the line, the fault, what to write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from licensing.calendar_csv import LineFault
from web.i18n import gettext
from web.i18n import lazy_gettext as _

LINE_FAULTS: Final[Mapping[str, Any]] = {
    "csv_date": _("“%(value)s” bukan tanggal. Tulis 2027-08-17 atau 17-08-2027."),
    "csv_year": _("“%(value)s” di luar tahun 2000 sampai 2100. Periksa tahunnya."),
    "csv_kind": _(
        "“%(value)s” bukan jenis hari. Tulis libur nasional, cuti bersama, libur daerah, atau"
        " hari kerja pengganti."
    ),
    "csv_name": _("Nama hari kosong atau lebih dari 200 huruf. Tulis namanya."),
    "csv_hours": _("“%(value)s” bukan jam kerja. Tulis misalnya 08.00-12.00, 13.00-15.00."),
    "csv_hours_closed": _("Hari libur tidak punya jam (“%(value)s”). Kosongkan kolom jamnya."),
    "csv_twice": _("Tanggal ini sudah ada: %(value)s. Gabungkan namanya dalam satu baris."),
    "csv_cells": _("Jumlah kolom tidak cocok dengan judulnya (%(value)s). Periksa tanda pemisah."),
    "csv_columns": _(
        "Judul kolom tidak dikenal atau ganda: %(value)s. Tulis tanggal, nama, jenis."
    ),
    "csv_encoding": _("Bukan teks UTF-8. Simpan dari lembar kerja sebagai CSV UTF-8."),
    "csv_empty": _("Tidak ada satu hari pun. Isi paling sedikit satu baris di bawah judul."),
    "csv_too_large": _("Terlalu panjang. Paling banyak 2.000 baris."),
}


def line_fault_words(fault: LineFault) -> str:
    """Return `Baris 7: “31-02-2027” bukan tanggal. …`."""
    said = str(LINE_FAULTS[fault.code]) % {"value": fault.value[:60]}
    return gettext("Baris %(line)s: %(said)s", line=fault.line, said=said)
