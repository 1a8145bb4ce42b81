"""Calendars in words: hours, kinds of days, and what one version has that another has not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from licensing.services.calendar_import import touched_days
from web.admin_page import Change
from web.formats import bare_time, long_date, plain_date, short_date_year
from web.i18n import current_language, ngettext
from web.i18n import gettext as _
from workflows.calendar_spec import CalendarSpec, Outage, WeeklyRule, Windows

MOST_ROWS: Final = 60
"""Days that a list of differences names one by one."""
_A_MONDAY: Final = 1


def hours_words(windows: Windows) -> str:
    """Return `07.30–12.00, 13.00–16.00`; a day without hours is closed."""
    if not windows:
        return _("tutup")
    mark = "." if current_language() == "id" else ":"
    return ", ".join(
        "–".join(text.replace(":", mark) for text in window.to_json()) for window in windows
    )


def kind_words() -> Mapping[str, str]:
    """Return what the kinds of closed days are called."""
    return {
        "national": _("libur nasional"),
        "joint": _("cuti bersama"),
        "local": _("libur daerah"),
    }


def weekday_words(number: int) -> str:
    """Return the name of a weekday, 0 is Monday."""
    return long_date(date(2024, 1, _A_MONDAY + number), lang=current_language()).split(",")[0]


def period_words(since: date, until: date | None) -> str:
    """Return from when to when, or since when."""
    lang = current_language()
    if until is None:
        return _("sejak %(day)s", day=long_date(since, lang=lang))
    return _(
        "%(first)s sampai dengan %(last)s",
        first=long_date(since, lang=lang),
        last=long_date(until, lang=lang),
    )


def day_words(spec: CalendarSpec, day: date) -> str:
    """Return what a calendar says of one day."""
    if day in spec.makeup:
        return _("hari kerja pengganti, %(hours)s", hours=hours_words(spec.makeup[day]))
    if day in spec.closed:
        closed = spec.closed[day]
        if closed.kind == "national":
            return _("libur: %(name)s", name=closed.name)
        return _("%(kind)s: %(name)s", kind=kind_words()[closed.kind], name=closed.name)
    return _("mengikuti jam kerja mingguan")


def outage_period(outage: Outage, zone: str) -> str:
    """Return from when to when an outage lasted."""
    start, end = (_moment(each, zone) for each in (outage.start, outage.end))
    day, _sep, clock = end.rpartition(", ")
    return f"{start}–{clock}" if start.startswith(f"{day}, ") else f"{start} – {end}"


def differences(before: CalendarSpec, after: CalendarSpec) -> list[Change]:
    """Return what is other in one calendar than in the other; the first days one by one."""
    lang = current_language()
    found = [
        Change(words, plain_date(old, lang=lang), plain_date(new, lang=lang))
        for words, old, new in zip(
            (_("Hari libur diketahui sejak"), _("Hari libur diketahui sampai")),
            before.covers,
            after.covers,
            strict=True,
        )
        if old != new
    ]
    days = touched_days(before, after)
    found += [
        Change(long_date(day, lang=lang), day_words(before, day), day_words(after, day))
        for day in days[:MOST_ROWS]
    ]
    if (rest := len(days) - MOST_ROWS) > 0:
        more = ngettext("dan %(num)s hari lain", "dan %(num)s hari lain", rest)
        found.append(Change(more, "", ""))
    return found + _rules(before, after) + _outages(before, after)


def difference_summary(before: CalendarSpec, after: CalendarSpec) -> str:
    """Return what is other in a few words: `2 hari libur ditambahkan, 1 gangguan dinyatakan`."""
    said = []
    closed = {*before.closed, *after.closed}
    added = sum(1 for day in after.closed if day not in before.closed)
    removed = sum(1 for day in before.closed if day not in after.closed)
    renamed = sum(
        1
        for day in closed
        if day in before.closed and day in after.closed and before.closed[day] != after.closed[day]
    )
    makeup = sum(
        1
        for day in {*before.makeup, *after.makeup}
        if before.makeup.get(day) != after.makeup.get(day)
    )
    if added:
        said.append(
            ngettext("%(num)s hari libur ditambahkan", "%(num)s hari libur ditambahkan", added)
        )
    if removed:
        said.append(ngettext("%(num)s hari libur dihapus", "%(num)s hari libur dihapus", removed))
    if renamed:
        said.append(ngettext("%(num)s hari libur diubah", "%(num)s hari libur diubah", renamed))
    if makeup:
        said.append(
            ngettext(
                "%(num)s hari kerja pengganti diubah", "%(num)s hari kerja pengganti diubah", makeup
            )
        )
    if set(_frozen(before)) != set(_frozen(after)):
        said.append(_("jam kerja diubah"))
    declared = len(set(after.outages) - set(before.outages))
    withdrawn = len(set(before.outages) - set(after.outages))
    if declared:
        said.append(
            ngettext("%(num)s gangguan dinyatakan", "%(num)s gangguan dinyatakan", declared)
        )
    if withdrawn:
        said.append(ngettext("%(num)s gangguan dicabut", "%(num)s gangguan dicabut", withdrawn))
    if before.covers != after.covers:
        until = plain_date(after.covers[1], lang=current_language())
        said.append(_("hari libur diketahui sampai %(day)s", day=until))
    return ", ".join(said) or _("tidak ada yang berubah")


def _rules(before: CalendarSpec, after: CalendarSpec) -> list[Change]:
    old, new = _by_period(before), _by_period(after)
    found = []
    for period in sorted({*old, *new}, key=lambda one: (one[0], one[1] or date.max)):
        was, now = old.get(period), new.get(period)
        if was == now:
            continue
        for number in range(7):
            past = _hours_of(was, number)
            future = _hours_of(now, number)
            if past != future:
                label = f"{period_words(*period)}: {weekday_words(number)}"
                found.append(Change(label, past, future))
    return found


def _outages(before: CalendarSpec, after: CalendarSpec) -> list[Change]:
    old, new = set(before.outages), set(after.outages)
    return [
        Change(
            _("Gangguan %(period)s", period=outage_period(one, after.zone)),
            one.reason if one in old else "–",
            one.reason if one in new else "–",
        )
        for one in sorted(old ^ new, key=lambda one: (one.start, one.end, one.reason))
    ]


def _by_period(spec: CalendarSpec) -> dict[tuple[date, date | None], WeeklyRule]:
    return {(rule.since, rule.until): rule for rule in spec.weekly}


def _frozen(spec: CalendarSpec) -> list[tuple[object, ...]]:
    return [
        (rule.since, rule.until, tuple(sorted((k, v) for k, v in rule.windows.items() if v)))
        for rule in spec.weekly
    ]


def _hours_of(rule: WeeklyRule | None, number: int) -> str:
    return "–" if rule is None else hours_words(rule.windows.get(number, ()))


def _moment(instant: datetime, zone: str) -> str:
    lang = current_language()
    day = short_date_year(instant, lang=lang, zone=zone)
    return f"{day}, {bare_time(instant, lang=lang, zone=zone)}"
