"""What a change of the calendar would do, before anybody confirms it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from licensing.services.calendar_changes import touches_past
from licensing.services.calendars import CalendarPreview
from web.admin_page import Change, Preview, admin_crumb, carried
from web.calendar_words import differences
from web.fault_words import fault_words
from web.i18n import gettext as _
from web.i18n import ngettext
from web.viewmodels import Crumb
from workflows.calendar_diff import calendar_diff


def calendar_preview(
    found: CalendarPreview,
    *,
    source: str,
    typed: Mapping[str, str],
    post: str,
    above: Sequence[Crumb] = (),
    confirm: str = "",
    editable: bool = True,
    unconfirmed: bool = False,
) -> Preview:
    """Return the page that says what would be other, and whose promises would move.

    `unconfirmed`: it touches days that have passed, and nobody said that they know.
    """
    before, after = found.before.spec, found.after
    first = calendar_diff(before, after).first
    touches = touched_words(found)
    if first is not None and first <= found.before.today:
        touches.append(_("Mengenai hari ini atau sebelumnya: inspektorat diberi tahu."))
    changes = [*differences(before, after), Change(_("Dasar hukum"), found.before.source, source)]
    past = touches_past(before, after, found.before.today)
    declared = before.outages != after.outages
    return Preview(
        title=_("Kalender versi %(number)s", number=found.before.number + 1),
        lead=_("Periksa dahulu. Belum ada yang berubah."),
        confirm=confirm or _("Berlakukan kalender"),
        post=post,
        above=[admin_crumb(), *above],
        changes=changes,
        touches=touches,
        hidden=[(k, v) for k, v in carried(typed, seen=str(found.before.number)) if k != "past"],
        editable=editable,
        moved=found.first,
        warning=_past_words() if past else "",
        # That failures are declared afterwards goes without saying.
        past=past and not declared,
        past_error=fault_words("past_unconfirmed") if unconfirmed else "",
    )


def touched_words(found: CalendarPreview) -> list[str]:
    """Return which files a change would touch, one sentence each."""
    touches = [
        _("Berlaku untuk berkas yang diajukan sesudah ini; berkas terbuka dihitung ulang."),
        ngettext(
            "Janji %(num)s berkas terbuka akan bergeser; pemohonnya diberi tahu.",
            "Janji %(num)s berkas terbuka akan bergeser; pemohonnya diberi tahu.",
            found.moved,
        )
        if found.moved
        else _("Tidak ada janji berkas terbuka yang bergeser."),
    ]
    if found.left_out:
        touches.append(
            _(
                "Yang dihitung di sini: %(count)s janji terdekat; %(rest)s berkas lain menyusul.",
                count=found.looked_at,
                rest=found.left_out,
            )
        )
    return touches


def _past_words() -> str:
    return _(
        "Perubahan ini mengenai hari yang sudah lewat. Berkas terbuka dihitung ulang dari awal:"
        " batas waktu yang sudah lewat dapat menjadi tepat waktu, dan sebaliknya."
    )
