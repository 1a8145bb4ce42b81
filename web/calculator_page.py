"""What the calculator of dates says: one answer for the page, the machine and the command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from licensing.queries.deadlines import DueAnswer, OfficeTimes
from web import formats
from web.fault_words import fault_words
from web.filters import in_language
from web.i18n import current_language
from web.i18n import gettext as _
from web.present import within_words
from web.viewmodels import LedgerCell, LedgerView
from workflows.calendar_spec import CalendarSpec
from workflows.due_date import DueDate, DueDay

_MOST_CELLS: Final = 60
"""Days that the strip shows; beyond, the list alone is clearer."""


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day in words."""

    on: date
    kind: str
    mark: str
    """What stands in its cell: `0`, the number of the counted day, or a dash."""
    why: str
    counts: bool
    last: bool
    """Whether it is the day on which it is due."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer in words."""

    title: str
    """The service, or the time of one's own."""
    due: str
    """The moment alone, for a sentence that stresses it."""
    sentence: str
    reason: str
    rule: str
    days: Sequence[DayLine]
    warnings: Mapping[str, str]
    """By stable code."""
    strip: LedgerView | None
    """None for hours, and where it would be too long to read."""


def verdict(answer: DueAnswer) -> Verdict:
    """Return an answer in the reader's language."""
    due, zone = answer.due, answer.office.zone
    when = formats.long_date_time(due.due_at, lang=current_language(), zone=zone)
    allowed = within_words(due.within)
    return Verdict(
        title=in_language(answer.service.title) if answer.service else allowed,
        due=when,
        sentence=_("Selesai paling lambat %(when)s.", when=when),
        reason=_reason(answer, allowed),
        rule=_rule(answer),
        days=[_line(answer.office.calendar.spec, due, day) for day in due.days],
        warnings=_warnings(answer),
        strip=_strip(due, answer.office.today),
    )


def service_choices(office: OfficeTimes) -> list[tuple[str, str]]:
    """Return every service that has a standard, with its time."""
    return [
        (one.name, f"{in_language(one.title)} ({within_words(one.within)})")
        for one in office.services
        if one.within is not None
    ]


def as_json(answer: DueAnswer) -> dict[str, Any]:
    """Return an answer as machines read it; the names are stable, texts follow the reader."""
    due, office = answer.due, answer.office
    words, zone = verdict(answer), ZoneInfo(office.zone)
    covers = office.calendar.spec.covers
    return {
        "office": office.code,
        "zone": office.zone,
        "service": None if answer.service is None else answer.service.name,
        "within": {"amount": due.within.amount, "unit": due.within.unit},
        "source": answer.source,
        "received_at": due.received_at.astimezone(zone).isoformat(),
        "late_receipt": office.calendar.late_receipt,
        "counted_on": due.counted_on.isoformat(),
        "due_at": due.due_at.astimezone(zone).isoformat(),
        "due_on": due.due_on.isoformat(),
        "sentence": words.sentence,
        "days": [
            {
                "on": day.on.isoformat(),
                "kind": day.kind,
                "ordinal": day.ordinal,
                "minutes": day.minutes,
                "name": day.name or None,
                "holiday": day.holiday,
                "reason": line.why,
            }
            for day, line in zip(due.days, words.days, strict=True)
        ],
        "calendar": {
            "number": office.calendar_number,
            "known_from": covers[0].isoformat(),
            "known_until": covers[1].isoformat(),
        },
        "warnings": [{"code": code, "message": text} for code, text in words.warnings.items()],
    }


def calculator_faults(faults: Mapping[str, str]) -> dict[str, str]:
    """Return the faults of a question in words, by field."""
    return {name: calculator_fault(code) for name, code in faults.items()}


def calculator_fault(code: str) -> str:
    """Return what is wrong with a question, and what to write."""
    words = {
        "time_needed": _("Pilih layanan, atau tulis sendiri jumlah hari atau jamnya."),
        "no_standard": _("Layanan ini belum mempunyai standar waktu. Tulis sendiri jumlahnya."),
        "amount_range": _("Tulis angka bulat dari 1 sampai 366."),
        "within": _("Tulis misalnya 3 hari kerja atau 4 jam kerja."),
        "received": _("Tulis tanggal yang ada, misalnya 2026-11-27 atau 2026-11-27T10:00+07:00."),
        "time": _("Tulis jam seperti 09.30, atau kosongkan."),
        "date_with_time": _("Isi juga tanggalnya."),
        "outside_calendar": _("Kalender kantor tidak sampai ke tanggal itu. Periksa tahunnya."),
    }
    return words.get(code) or fault_words(code)


def _reason(answer: DueAnswer, allowed: str) -> str:
    due, zone, lang = answer.due, answer.office.zone, current_language()
    words = formats.long_date_time if answer.timed else formats.long_date
    received = words(due.received_at, lang=lang, zone=zone)
    if due.within.unit == "working hours":
        return _(
            "%(allowed)s sejak berkas lengkap diterima %(received)s. Hanya jam kantor dihitung.",
            allowed=allowed,
            received=received,
        )
    first = due.days[0].on
    if first != due.counted_on:
        return _(
            "%(allowed)s sejak berkas lengkap diterima %(received)s. Kantor sudah tutup, maka"
            " dihitung sebagai diterima %(day)s; hari penerimaan tidak dihitung.",
            allowed=allowed,
            received=received,
            day=formats.long_date(due.counted_on, lang=lang),
        )
    return _(
        "%(allowed)s sejak berkas lengkap diterima %(received)s. Hari penerimaan tidak dihitung.",
        allowed=allowed,
        received=received,
    )


def _rule(answer: DueAnswer) -> str:
    number = answer.office.calendar_number
    if answer.source:
        return _(
            "Dasar: %(source)s. Kalender kantor versi %(number)s.",
            source=answer.source,
            number=number,
        )
    return _("Kalender kantor versi %(number)s.", number=number)


def _warnings(answer: DueAnswer) -> dict[str, str]:
    first, last = answer.office.calendar.spec.covers
    lang, found = current_language(), {}
    if answer.due.past_coverage:
        found["past_coverage"] = _(
            "Dihitung tanpa hari libur yang belum ditetapkan. Hari libur baru diketahui sampai"
            " %(day)s; tanggal sesudah itu dapat bergeser.",
            day=formats.plain_date(last, lang=lang),
        )
    if answer.due.before_coverage:
        found["before_coverage"] = _(
            "Hari libur diketahui sejak %(day)s. Tanggal sebelum itu mungkin tidak tepat.",
            day=formats.plain_date(first, lang=lang),
        )
    if answer.service is not None and not answer.service.open:
        found["service_closed"] = _(
            "Kantor ini sedang tidak menerima permohonan baru untuk layanan ini."
        )
    return found


def _line(spec: CalendarSpec, due: DueDate, day: DueDay) -> DayLine:
    if day.minutes is not None:
        mark = f"{day.minutes // 60}:{day.minutes % 60:02d}"
    else:
        mark = "–" if day.ordinal is None else str(day.ordinal)
    return DayLine(
        on=day.on,
        kind=day.kind,
        mark=mark,
        why=day_words(day, makeup=day.on in spec.makeup),
        counts=day.kind == "counted",
        last=day.on == due.due_on,
    )


def day_words(day: DueDay, *, makeup: bool = False) -> str:
    """Return why a day counts or does not."""
    match day.kind:
        case "received":
            return _("Hari penerimaan, tidak dihitung")
        case "after_closing":
            return _("Diterima sesudah jam tutup; dihitung sebagai hari kerja berikutnya")
        case "closed_on_receipt":
            if day.name:
                return _(
                    "Diterima pada hari libur (%(name)s); dihitung sebagai hari kerja berikutnya",
                    name=day.name,
                )
            return _("Diterima saat kantor tutup; dihitung sebagai hari kerja berikutnya")
        case "weekend":
            return _("Akhir pekan") if day.on.isoweekday() > 5 else _("Kantor tutup")
        case "outage":
            return _("Gangguan sistem: %(reason)s", reason=day.name)
        case "holiday":
            return {
                "national": _("Libur nasional: %(name)s", name=day.name),
                "joint": _("Cuti bersama: %(name)s", name=_without_kind(day.name)),
                "local": _("Libur daerah: %(name)s", name=day.name),
            }[day.holiday or "national"]
        case "counted":
            return _counted_words(day, makeup=makeup)


def _without_kind(name: str) -> str:
    """Return what a joint leave day is for; its kind is said before it."""
    kind = "cuti bersama "
    return name[len(kind) :] if name.lower().startswith(kind) else name


def _counted_words(day: DueDay, *, makeup: bool) -> str:
    if day.minutes is not None:
        hours, minutes = divmod(day.minutes, 60)
        return _("Dihitung %(hours)s jam %(minutes)s menit", hours=hours, minutes=minutes)
    if makeup:
        return _("Hari kerja pengganti, dihitung sebagai hari ke-%(n)s", n=day.ordinal)
    return _("Hari kerja, dihitung sebagai hari ke-%(n)s", n=day.ordinal)


def _strip(due: DueDate, today: date) -> LedgerView | None:
    if due.within.unit == "working hours" or len(due.days) > _MOST_CELLS:
        return None
    cells = []
    for day in due.days:
        now = day.on == today
        if day.kind == "received":
            cells.append(LedgerCell(day.on, "zero", letter="0", today=now))
        elif day.kind == "counted":
            last = day.on == due.due_on
            cells.append(LedgerCell(day.on, "ahead", ordinal=day.ordinal, today=now, limit=last))
        elif day.on.isoweekday() <= 5 and day.kind != "after_closing":
            cells.append(LedgerCell(day.on, "holiday", note=day.name, today=now))
    return LedgerView(cells=cells, allowed=due.within.amount)
