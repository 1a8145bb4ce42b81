"""Parts of list rows as finished HTML: the same due date or chip is written once, not row by row.

What is kept depends on its key alone (language, zone and what is shown), so it cannot grow old.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import current_app, url_for
from markupsafe import Markup, escape

from licensing.queries.file_rows import Strip
from web import formats
from web.frame import current_frame
from web.i18n import current_language
from web.i18n import gettext as _
from web.present import limit_label
from web.viewmodels import ClockState, DueView
from workflows.sop import Sop

_KEPT: Final = "satupintu.row_parts"
_MOST_KEPT: Final = 4_096
_MOST_CELLS: Final = 30
"""A strip of more days than this is told in words alone beyond them."""


class RowParts:
    """The parts of the rows of one page, in the language and zone of its reader."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = current_app.extensions.setdefault(_KEPT, {})
        if len(self._kept) > _MOST_KEPT:
            self._kept.clear()
        self._lang, self._zone = current_language(), current_frame().zone
        self._place = ZoneInfo(self._zone)

        self.since = _("sejak %(time)s")
        self.untaken = _("%(lane)s, belum diambil")
        self.you = _("Anda")
        self.past_the_law = _("lewat batas undang-undang")
        self.granted_by_law = _("dikabulkan secara hukum")

    def text(self, words: Mapping[str, str]) -> str:
        """Return a text of the SOP in the reader's language."""
        return words.get(self._lang) or words["id"]

    def label(self, key: str, sop: Sop) -> str:
        """Return what the limit of a row is called."""
        kind = "asked" if "/" in key else key.partition(":")[0].partition("#")[0]
        if kind in ("ask", "asked"):
            words = {"ask": _("Seluruh permintaan"), "asked": _("Tahap ini")}
            return str(self._keep(("label", kind), lambda: words[kind]))
        return str(self._keep(("label", kind), lambda: limit_label(key, sop)))

    def due(self, view: DueView) -> Markup:
        """Return date and hour of a limit and what is left of it."""
        key = ("due", self._zone, view.state, view.due_at, view.left, view.left_words)
        return self._keep(key, lambda: _clock_macros().due(view))

    def chip(self, state: ClockState) -> Markup:
        """Return icon and word of a state; what is not running any more is done."""
        done = _("Selesai") if state == "netral" else None
        return self._keep(("chip", state), lambda: _clock_macros().chip(state, done))

    def moment(self, at: datetime) -> str:
        """Return `Jum 27 Nov, 16.30`."""
        local = at.astimezone(self._place)
        day: str = self._keep(
            ("day", local.date()), lambda: formats.short_date(local.date(), lang=self._lang)
        )
        return f"{day}, {local:%H.%M}" if self._lang == "id" else f"{day}, {local:%H:%M}"

    def strip(self, strip: Strip | None) -> Markup:
        """Return the ledger of a row: days used, days that stood still, days to come."""
        if strip is None:
            return Markup("")
        return self._keep(("strip", strip), lambda: _strip(strip, self._lang))

    def addresses(self, endpoint: str) -> tuple[str, str]:
        """Return what stands before and after the id in the addresses of a page of a file."""
        return _around(endpoint)

    def _keep(self, key: tuple[Hashable, ...], make: Callable[[], Any]) -> Any:
        key = (self._lang, *key)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = make()
        return found


def _clock_macros() -> Any:
    return current_app.jinja_env.get_template("components/clock.html").module


def _around(endpoint: str) -> tuple[str, str]:
    nobody = "00000000-0000-0000-0000-000000000000"
    before, _sep, after = url_for(endpoint, application_id=nobody).partition(nobody)
    return before, after


def _strip(strip: Strip, lang: Any) -> Markup:
    """Return solid cells for days that count, hatched ones for days that do not, dashed ahead."""
    allowed = strip.within.amount
    if strip.within.unit == "working hours":
        used = formats.number(strip.used // 60, lang=lang)
        return _told(used, formats.working_hours(allowed, lang=lang))
    cells = ["sp-nol"]
    cells += ["sp-K sp-lampau" if day > allowed else "sp-K" for day in range(1, strip.used + 1)]
    cells += ["sp-P"] * strip.stopped
    ahead = max(0, allowed - strip.used)
    if ahead:
        cells += ["sp-nanti"] * (ahead - 1) + ["sp-batas"]
    shown = "".join(f'<span class="sp-hari {one}"><b></b></span>' for one in cells[:_MOST_CELLS])
    bar = f'<span class="sp-buku sp-buku-mini" aria-hidden="true">{shown}</span>'
    return Markup(bar) + _told(str(strip.used), formats.working_days(allowed, lang=lang))  # noqa: S704 - our own classes


def _told(used: str, allowed: str) -> Markup:
    words = escape(_("%(used)s dari %(allowed)s", used=used, allowed=allowed))
    return Markup('<span class="sp-small sp-2x sp-blok">{}</span>').format(words)
