"""Files past the limit of the law: what a row says of each, on screen and in a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from licensing.queries.silences import SilenceRow
from web.bank_page import safe_cell
from web.filters import in_language
from web.formats import plain_date, short_date_time
from web.frame import current_frame
from web.i18n import current_language
from web.i18n import gettext as _


def how_it_went(row: SilenceRow) -> str:
    """Return what became of the file: granted by law, decided late, or still undecided."""
    place = in_language(row.place)
    if row.granted:
        return place
    if row.decided_at is None:
        return _("Belum diputus: %(place)s", place=place)
    at = short_date_time(row.decided_at, lang=current_language(), zone=current_frame().zone)
    return _("Diputus %(time)s; kini: %(place)s", time=at, place=place)


def silences_csv(rows: Iterable[SilenceRow], zone: str) -> str:
    """Return one line a file; no cell can be a formula."""
    written = io.StringIO()
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    table.writerow(_heads())
    for row in rows:
        table.writerow([safe_cell(cell) for cell in _cells(row, zone)])
    return written.getvalue()


def _heads() -> Sequence[str]:
    return (
        _("Nomor pendaftaran"), _("Layanan"), _("Perihal"), _("Keadaan"), _("Batas berakhir"),
        _("Dianggap dikabulkan sejak"), _("Dicatat"), _("Dasar"), _("Kelanjutan"),
    )  # fmt: skip


def _cells(row: SilenceRow, zone: str) -> Sequence[str]:
    lang = current_language()
    return (
        row.number,
        in_language(row.service_title),
        row.subject,
        _("Dikabulkan secara hukum") if row.granted else _("Ditandai"),
        short_date_time(row.since, lang=lang, zone=zone),
        "" if row.deemed_on is None else plain_date(row.deemed_on, lang=lang),
        short_date_time(row.recorded_at, lang=lang, zone=zone),
        row.source,
        how_it_went(row),
    )
