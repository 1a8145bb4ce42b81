"""Turns answers of the domain into what the macros show: words and order, never rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from licensing.history import FILED
from licensing.people import APPLICANT_LANE
from web.filters import in_language
from web.formats import working_days, working_hours
from web.i18n import current_language
from web.i18n import gettext as _
from web.viewmodels import (
    ClockState,
    DueView,
    LedgerCell,
    LedgerSum,
    LedgerView,
    LegendItem,
    clock_state,
)
from workflows.check import ANSWERED
from workflows.ledger import Day, LimitState, Totals
from workflows.sop import Party, Sop, Step, Within
from workflows.worktime import Calendar

OPEN = ("running", "paused", "broken")
_MAX_AHEAD = 40


class Standing(Protocol):
    """How much of a limit is left: a limit whole, or what a list knows of it."""

    @property
    def within(self) -> Within:
        """What it allows."""

    @property
    def left(self) -> int:
        """Working days that are left, or office minutes."""

    @property
    def status(self) -> str:
        """Whether it runs, stands or is broken."""


def limit_label(key: str, sop: Sop) -> str:
    """Return what a limit is called on screen."""
    kind, _sep, rest = key.partition(":")
    name = rest.partition("#")[0].partition("/")[0]
    match kind:
        case "filing":
            return _("Pemeriksaan kelengkapan")
        case "service":
            return _("Standar pelayanan")
        case "law":
            return _("Batas hukum")
        case "delivery":
            return _("Penyerahan")
        case "step":
            return _("Tahap ini")
        case "answer":
            return _("Jawaban pemohon")
        case "ask":
            return in_language(sop.asks[name].title) if name in sop.asks else _("Permintaan")
        case "hold":
            return _("Penundaan")
        case _:
            return kind


def within_words(within: Within) -> str:
    """Return an allowed time: `3 hari kerja`."""
    show = working_days if within.unit == "working days" else working_hours
    return show(within.amount, lang=current_language())


def days_left(limit: Standing) -> int | None:
    """Return the working days left of a limit; an hour limit has none to show."""
    return limit.left if limit.within.unit == "working days" else None


def due_view(limit: LimitState, sop: Sop) -> DueView:
    """Return how one limit stands."""
    source = sop.limits[limit.name].source if limit.name in sop.limits else _("SOP")
    left = days_left(limit)
    return DueView(
        state=limit_state(limit),
        due_at=limit.due_at,
        left=left,
        label=limit_label(limit.key, sop),
        source=f"{within_words(limit.within)}, {source}",
    )


def limit_state(limit: Standing | None) -> ClockState:
    """Return how urgent a limit is."""
    if limit is None or limit.status not in OPEN:
        return "netral"
    if limit.status == "paused":
        return "jeda"
    if limit.status == "broken":
        return "lewat"
    if limit.within.unit == "working days":
        return clock_state(limit.left)
    return "hariini" if limit.left < 60 else "segera"


def limit_kind(limit: LimitState) -> str:
    """Return what sort of limit it is: service, filing, law, delivery, step, ask, answer.

    A step of an ask is `asked`: it is nobody's step of the main line.
    """
    kind = limit.key.partition(":")[0].partition("#")[0]
    return "asked" if kind == "step" and "/" in limit.key else kind


def find_limit(limits: Sequence[LimitState], *kinds: str) -> LimitState | None:
    """Return the open limit of the first of these kinds, else a closed one."""
    for wanted in (OPEN, None):
        for kind in kinds:
            for limit in limits:
                if limit_kind(limit) == kind and (wanted is None or limit.status in wanted):
                    return limit
    return None


def most_urgent(limits: Sequence[LimitState]) -> LimitState | None:
    """Return the open limit of the office that breaks first; a paused one where none runs."""
    others = ("answer", "ask", "asked")
    ours = [one for one in limits if one.status in OPEN and limit_kind(one) not in others]
    running = [(limit.due_at, limit) for limit in ours if limit.due_at is not None]
    if running:
        return min(running, key=lambda pair: pair[0])[1]
    return find_limit(ours, "service", "filing") or (ours[0] if ours else None)


def ledger_view(
    sop: Sop,
    calendar: Calendar,
    days: Sequence[Day],
    totals: Totals,
    limit: LimitState | None,
    now: datetime,
    *,
    ended: bool,
    applicant_word: str,
) -> LedgerView:
    """Return the ledger of one file against one limit: what was, today, what lies ahead."""
    today = calendar.local_date(now)
    key = limit.key if limit is not None else ""
    allowed = limit.within.amount if limit and limit.within.unit == "working days" else None
    due_on = calendar.local_date(limit.due_at) if limit and limit.due_at else None
    cells = list(_past(sop, calendar, days, key, allowed, due_on, today, ended=ended))
    if limit is not None and limit.status in OPEN and not ended and allowed is not None:
        cells += _ahead(calendar, limit, allowed, limit.told_on, due_on)
    return LedgerView(
        cells=tuple(cells),
        sums=_sums(totals, applicant_word),
        includes_today=not ended and totals.last == today and calendar.is_working(today),
        used=0 if limit is None else limit.used if allowed is not None else 0,
        allowed=allowed,
        legend=_legend(sop, days),
    )


def ahead_ledger(calendar: Calendar, within: Within, received_at: datetime) -> LedgerView | None:
    """Return the days of a limit that would begin at `received_at`; None for one in hours."""
    if within.unit != "working days":
        return None
    first = calendar.counted_on(received_at)
    today = calendar.local_date(received_at)
    cells = [LedgerCell(first, "zero", letter="0", today=first == today)]
    on = first
    for ordinal in range(1, min(within.amount, _MAX_AHEAD) + 1):
        before, on = on, calendar.nth_countable(on, 1)
        cells += holidays_between(calendar, before, on)
        cells.append(LedgerCell(on, "ahead", ordinal=ordinal, limit=ordinal == within.amount))
    return LedgerView(cells=tuple(cells), allowed=within.amount)


def _past(
    sop: Sop,
    calendar: Calendar,
    days: Sequence[Day],
    key: str,
    allowed: int | None,
    due_on: date | None,
    today: date,
    *,
    ended: bool,
) -> Iterator[LedgerCell]:
    before: date | None = None
    for day in days:
        yield from holidays_between(calendar, before, day.on)
        before = day.on
        if day.party is None:
            yield LedgerCell(day.on, "zero", letter="0", today=day.on == today and not ended)
            continue
        ordinal = day.ordinal(key)
        over = allowed is not None and ordinal is not None and ordinal > allowed
        yield LedgerCell(
            day=day.on,
            kind="over" if over else "held",
            letter=day.letter,
            party=day.party.value,
            owner=lane_title(sop, day.lane) or _("Gangguan sistem"),
            ordinal=ordinal - allowed if over and ordinal and allowed else ordinal,
            today=day.on == today and not ended,
            limit=due_on == day.on,
        )


def _ahead(
    calendar: Calendar, limit: LimitState, allowed: int, today: date, due_on: date | None
) -> Iterator[LedgerCell]:
    """Return the days to come: dated while the clock runs, numbered alone while it stands."""
    if limit.status == "paused":
        for ordinal in range(limit.used + 1, allowed + 1)[:_MAX_AHEAD]:
            yield LedgerCell(None, "ahead", ordinal=ordinal, limit=ordinal == allowed)
        return
    on, ordinal = today, limit.used
    for _day in range(_MAX_AHEAD):
        if due_on is None or on >= due_on:
            return
        before, on = on, calendar.nth_after(on, 1)
        ordinal += 1
        yield from holidays_between(calendar, before, on)
        yield LedgerCell(on, "ahead", ordinal=min(ordinal, allowed), limit=on == due_on)


def holidays_between(calendar: Calendar, before: date | None, day: date) -> Iterator[LedgerCell]:
    """Return the named closed days between two cells, weekends left out."""
    if before is None:
        return
    on = before + timedelta(days=1)
    while on < day:
        closed = calendar.closed_day(on)
        if closed is not None and on.isoweekday() <= 5:
            yield LedgerCell(on, "holiday", note=closed.name)
        on += timedelta(days=1)


def _sums(totals: Totals, applicant_word: str) -> tuple[LedgerSum, ...]:
    words: Mapping[Party, str] = {
        Party.OFFICE: _("Kantor"),
        Party.AGENCY: _("Dinas teknis"),
        Party.APPLICANT: applicant_word,
        Party.BANK: _("Bank"),
        Party.NOBODY: _("Gangguan"),
    }
    return tuple(
        LedgerSum(word, totals.days.get(party, 0))
        for party, word in words.items()
        if totals.days.get(party, 0) or party is Party.OFFICE
    )


def _legend(sop: Sop, days: Sequence[Day]) -> tuple[LegendItem, ...]:
    seen: dict[str, LegendItem] = {}
    for day in days:
        if day.party is not None and day.lane is not None and day.lane not in seen:
            counts = day.party in (Party.OFFICE, Party.AGENCY)
            seen[day.lane] = LegendItem(
                day.letter, day.party.value, lane_title(sop, day.lane), counts
            )
    return tuple(seen.values())


def lane_title(sop: Sop, lane: str | None) -> str:
    """Return what a lane is called; empty where there is none."""
    return in_language(sop.lanes[lane].title) if lane is not None and lane in sop.lanes else ""


def place_title(sop: Sop, name: str) -> str:
    """Return what a step, of the main line or of an ask, or an end is called."""
    if name == ANSWERED:
        return _("Dijawab")
    place = sop.ends.get(name) or sop.steps.get(name) or ask_step(sop, name)
    return in_language(place.title) if place is not None else name


def ask_step(sop: Sop, name: str | None) -> Step | None:
    """Return a step of an ask by its name; None where no ask has one."""
    for ask in sop.asks.values():
        if name is not None and name in ask.steps:
            return ask.steps[name]
    return None


def day_reason(sop: Sop, day: Day) -> str:
    """Return why a day reads as it does, in one sentence."""
    action = day.detail.get("action")
    done = action_title(sop, day.step, action) if action else ""
    if day.detail.get("over"):
        done = _("Penundaan mencapai batasnya")
    to = lane_title(sop, day.detail.get("to"))
    match day.cause:
        case "received":
            return _("Berkas diterima. Hari penerimaan tidak dihitung.")
        case "outage":
            return _("Gangguan sistem: %(reason)s", reason=day.detail.get("reason", ""))
        case "ended":
            return _("%(done)s. Selesai.", done=done)
        case "returned":
            return _("%(done)s; berkas pindah ke %(to)s.", done=done, to=to)
        case "came_back":
            return _("%(done)s; berkas kembali ke %(to)s.", done=done, to=to)
        case "handed_on":
            return _("%(done)s; berkas diteruskan ke %(to)s.", done=done, to=to)
        case "worked":
            return place_title(sop, day.step) + "." if day.step else ""
        case "waiting":
            return _("Menunggu pemohon.")


def action_title(sop: Sop, step: str | None, action: str) -> str:
    """Return what an action is called."""
    note = _note_title(action)
    if note:
        return note
    known = None if step is None else sop.steps.get(step) or ask_step(sop, step)
    places = list(sop.steps.values()) if known is None else [known]
    for place in places:
        if action in place.actions:
            return in_language(place.actions[action].title)
        for hold in place.holds.values():
            if action in (hold.do, hold.resume):
                return in_language(hold.title if action == hold.do else hold.resume_title)
    for ask in sop.asks.values():
        for place in ask.steps.values():
            if action in place.actions:
                return in_language(place.actions[action].title)
    return action


def filed_title(lane: str) -> str:
    """Return how an application came in: at the counter, or from the applicant himself."""
    if lane == APPLICANT_LANE:
        return _("Permohonan diterima daring")
    return _note_title(FILED)


def _note_title(action: str) -> str:
    """Return what a line is called that is no action of a step; empty where it is one."""
    match action:
        case "file":
            return _("Permohonan diterima loket")
        case "take":
            return _("Berkas diambil")
        case "hand_back":
            return _("Berkas dikembalikan ke antrean")
        case "reassign":
            return _("Berkas dialihkan")
        case "warned":
            return _("Pemohon diingatkan")
        case "nik_shown":
            return _("NIK dibuka")
        case "scan_added":
            return _("Pindaian ditambahkan")
        case "file_refused":
            return _("Kiriman ditolak: perangkat perusak")
        case "file_infected":
            return _("Perangkat perusak ditemukan pada pindaian")
        case "fee_assessed":
            return _("Retribusi dihitung")
        case "recount":
            return _("Tanggal dihitung ulang")
        case "extend":
            return _("Standar pelayanan diperpanjang")
        case "correct_time":
            return _("Waktu terima dibetulkan")
        case "receipt_reprinted":
            return _("Tanda terima dicetak ulang")
        case "silence":
            return _("Batas waktu menurut undang-undang lewat")
        case "lapse":
            return _("Dikabulkan secara hukum")
        case _:
            return ""
