"""`/pengawas/antrian`: how long people waited and were served, and who was passed over."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.queries.queue_figures import READERS, CallLine, queue_calls, queue_figures
from web.access import allow, current_officer, runtime
from web.bank_page import safe_cell
from web.frame import current_frame
from web.i18n import gettext as _
from web.queue_words import EXCEPTION_WORDS, PRIORITY_WORDS, STATUS_WORDS, span_words
from web.schemas.queue import QueueDaySchema

bp = Blueprint("queue_watch", __name__, url_prefix="/pengawas")

_ONE_DAY: Final = timedelta(days=1)


@bp.get("/antrian")
@allow(*READERS)
def show() -> ResponseReturnValue:
    """Show a day of the queue."""
    found = queue_figures(runtime(), current_officer(), _asked())
    return render_template(
        "queue/figures.html",
        found=found,
        span=span_words,
        exceptions=EXCEPTION_WORDS,
        before=found.day - _ONE_DAY,
        after=found.day + _ONE_DAY if found.day < found.today else None,
    )


@bp.get("/antrian.csv")
@allow(*READERS)
def table() -> ResponseReturnValue:
    """Hand out every call of a day as a table."""
    day = _asked()
    if day is None:
        abort(400)
    rows = queue_calls(runtime(), current_officer(), day)
    answer = Response("\ufeff" + _csv(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="antrean-{day}.csv"'
    return answer


def _asked() -> date | None:
    try:
        asked: date | None = QueueDaySchema().load(request.args.to_dict())["tanggal"]
    except ValidationError:
        abort(400)
    return asked


def _csv(rows: Iterable[CallLine]) -> str:
    zone = ZoneInfo(current_frame().zone)
    written = io.StringIO()
    lines = csv.writer(written, delimiter=";", lineterminator="\r\n")
    lines.writerow(
        [
            _("Nomor"), _("Kelompok"), _("Didahulukan"), _("Diambil"), _("Loket"), _("Petugas"),
            _("Dipanggil"), _("Menunggu (detik)"), _("Dilayani (detik)"), _("Akhirnya"),
            _("Mendahului"), _("Alasan"), _("Berkas"),
        ]
    )  # fmt: skip
    for row in rows:
        cells = (
            row.label,
            row.group,
            str(PRIORITY_WORDS[row.priority]),
            f"{row.taken_at.astimezone(zone):%H:%M:%S}",
            str(row.window),
            row.officer,
            f"{row.called_at.astimezone(zone):%H:%M:%S}",
            _seconds(row.wait),
            _seconds(row.service),
            str(STATUS_WORDS.get(row.ended, "")),
            str(row.ahead),
            row.reason,
            row.case_number,
        )
        lines.writerow([safe_cell(cell) for cell in cells])
    return written.getvalue()


def _seconds(span: timedelta | None) -> str:
    return "" if span is None else str(round(span.total_seconds()))
