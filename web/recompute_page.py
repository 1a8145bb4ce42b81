"""A run over open files in words: what changed, how far it is, what it moved."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from licensing.calendar_words import difference_words
from licensing.queries.recomputes import MovedFile, RunPage, RunView
from web.bank_page import safe_cell
from web.formats import number, short_date_time
from web.i18n import current_language, ngettext
from web.i18n import gettext as _
from web.notice_words import limit_words

limit_of = limit_words


def change_words(run: RunView) -> list[str]:
    """Return what has changed in the calendar, one line each."""
    lang = current_language()
    return [difference_words(one, lang) for one in run.differences] or [
        _("Berkas terbuka yang masih memakai kalender lama dibawa ke versi ini.")
    ]


def progress_words(run: RunView) -> str:
    """Return how far a run has come: `1.200 dari 3.400 berkas sudah dihitung`."""
    lang = current_language()
    if run.started_at is None:
        return _("Menunggu giliran; dimulai dalam beberapa detik.")
    if run.under_way:
        return _(
            "%(done)s dari %(total)s berkas sudah dihitung.",
            done=number(run.done, lang=lang),
            total=number(max(run.total, run.done), lang=lang),
        )
    if run.handed_over:
        return _(
            "Diserahkan ke perhitungan versi kalender yang lebih baru; %(done)s dari %(total)s "
            "berkas sudah dihitung di sini.",
            done=number(run.done, lang=lang),
            total=number(run.total, lang=lang),
        )
    moved = (
        ngettext(
            "%(files)s berkas bergeser",
            "%(files)s berkas bergeser",
            run.moved,
            files=number(run.moved, lang=lang),
        )
        if run.moved
        else _("tidak ada yang bergeser")
    )
    words = ngettext(
        "Selesai: %(files)s berkas dihitung, %(moved)s.",
        "Selesai: %(files)s berkas dihitung, %(moved)s.",
        run.done,
        files=number(run.done, lang=lang),
        moved=moved,
    )
    if not run.failed:
        return words
    failed = ngettext(
        "%(files)s berkas tidak dapat dihitung.",
        "%(files)s berkas tidak dapat dihitung.",
        run.failed,
        files=number(run.failed, lang=lang),
    )
    return f"{words} {failed}"


def unread_words(page: RunPage) -> list[tuple[str, str, str]]:
    """Return (id, number, why) of the files that could not be counted."""
    return [
        (failure["id"], page.unread.get(failure["id"], failure["id"]), failure["why"])
        for failure in page.run.failures
    ]


def moved_csv(rows: Iterable[MovedFile], zone: str) -> str:
    """Return one line a file; no cell can be a formula."""
    written = io.StringIO()
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    table.writerow(
        (_("Nomor pendaftaran"), _("Perihal"), _("Batas waktu"), _("Semula"), _("Menjadi"))
    )
    for row in rows:
        table.writerow([safe_cell(cell) for cell in _cells(row, zone)])
    return written.getvalue()


def _cells(row: MovedFile, zone: str) -> Sequence[str]:
    return (
        row.number,
        row.subject,
        limit_of(row.key),
        _moment(row.before_at, zone),
        _moment(row.after_at, zone),
    )


def _moment(moment: datetime | None, zone: str) -> str:
    if moment is None:
        return ""
    return short_date_time(moment, lang=current_language(), zone=zone)
