"""The history of a file in words: newest first, each line with the head of its hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from licensing.history import FILED
from licensing.queries.application import ApplicationView, EventView
from web import formats
from web.clock_words import clock_details, hold_ended_by_clock, hold_over_words
from web.filters import in_language
from web.fragments import remembered
from web.i18n import current_language
from web.i18n import gettext as _
from web.present import action_title, filed_title, place_title
from web.refusal_words import paper_list
from web.scan_words import scan_details


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of history."""

    seq: int
    title: str
    at: datetime
    recorded_at: datetime
    who: str
    reason: str
    details: tuple[str, ...]
    hash: str

    @property
    def short_hash(self) -> str:
        """The head and tail of the hash: `9f31…c07a`."""
        return f"{self.hash[:4]}…{self.hash[-4:]}"


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """The history of a file; the same lines are the same object, which fragments know it by."""

    lines: tuple[HistoryLine, ...]


def history_of(view: ApplicationView) -> History:
    """Return the history of a file, newest line first; a line of an ask names it.

    The last hash stands for every line before it; names are not in it, and may change.
    """
    names = tuple([event.actor for event in view.events])
    colleagues = (*view.colleagues, *(one for ask in view.asks for one in ask.colleagues))

    def made() -> History:
        return History(tuple([_line(view, event) for event in reversed(view.events)]))

    last = view.events[-1].hash
    return remembered(made, "history", view.id, last, names, colleagues, view.sop_number)


def _title(view: ApplicationView, event: EventView) -> str:
    ask = view.sop.asks.get((event.ask or "").partition("#")[0])
    over = hold_ended_by_clock(view.sop, event)
    if over is not None:
        return hold_over_words(over).removesuffix(".")
    if event.action == FILED:
        return filed_title(event.lane)
    if ask is None:
        return action_title(view.sop, event.from_step, event.action)
    notes = {
        "take": _("Permintaan diambil"),
        "hand_back": _("Permintaan dikembalikan ke antrean"),
        "reassign": _("Permintaan dialihkan"),
    }
    done = notes.get(event.action) or action_title(view.sop, event.from_step, event.action)
    return f"{in_language(ask.title)}: {done}"


def _line(view: ApplicationView, event: EventView) -> HistoryLine:
    title = _title(view, event)
    moved = event.ask is None and event.from_step not in (None, event.to_step)
    return HistoryLine(
        seq=event.seq,
        title=f"{title} → {place_title(view.sop, event.to_step)}" if moved else title,
        at=event.effective_at,
        recorded_at=event.recorded_at,
        who=who_words(event),
        reason=event.reason or "",
        details=_details(view, event),
        hash=event.hash,
    )


def who_words(event: EventView) -> str:
    """Return who did something: an officer by name, an applicant online, or the program."""
    if event.actor:
        return event.actor
    return _("Sistem") if event.actor_id is None else _("Pemohon, daring")


def _details(view: ApplicationView, event: EventView) -> tuple[str, ...]:
    found = []
    asked = [view.sop.asks[key.partition("#")[0]] for key in event.detail.get("opened", ())]
    if asked:
        titles = "; ".join(in_language(ask.title) for ask in asked)
        found.append(_("Diminta: %(asks)s", asks=titles))
    # A draft is the agency's own until its head has decided.
    if event.detail.get("answer") and event.detail.get("opinion"):
        found.append(_("Pendapat: %(words)s", words=event.detail["opinion"]))
    faults = event.detail.get("faults")
    if faults:
        found.append(_("Daftar: %(papers)s", papers=paper_list(faults, view.sop)))
    late = event.detail.get("late_faults")
    if late:
        found.append(
            _(
                "Seharusnya sudah disampaikan pada pengembalian pertama: %(papers)s",
                papers=paper_list(late, view.sop),
            )
        )
    found += clock_details(view.sop, view.events, event, view.zone)
    collector = event.detail.get("collector")
    if collector:
        found.append(
            _(
                "Diterima %(name)s (%(relation)s), menunjukkan %(identity)s",
                name=collector["collector_name"],
                relation=collector["collector_relation"],
                identity=collector["collector_identity"],
            )
        )
    found += scan_details(view.sop, event)
    visit = event.detail.get("visit")
    if visit:
        found.append(_visit(visit))
    amount = event.detail.get("amount_idr")
    if amount:
        found.append(_("Jumlah: %(amount)s", amount=formats.rupiah(int(amount))))
    to = event.detail.get("to")
    if to:
        known = [*view.colleagues, *(one for ask in view.asks for one in ask.colleagues)]
        name = next((name for who, name in known if str(who) == to), None)
        if name is not None:
            found.append(_("Kepada %(name)s", name=name))
    return tuple(found)


def _visit(visit: Mapping[str, Any]) -> str:
    """Return what a line says of a visit: its day, that it was put off, what was concluded."""
    number = visit["n"]
    if "held" in visit:
        day = _day(visit["held"])
        if visit["fits"]:
            return _("Kunjungan %(n)s, %(day)s: sesuai", n=number, day=day)
        return _("Kunjungan %(n)s, %(day)s: tidak sesuai", n=number, day=day)
    if "postponed" in visit:
        return _("Kunjungan %(n)s, %(day)s: ditunda", n=number, day=_day(visit["postponed"]))
    day = _day(visit["on"])
    if visit.get("time"):
        time = visit["time"] if current_language() == "en" else visit["time"].replace(":", ".")
        day = f"{day}, {time}"
    return _("Kunjungan %(n)s pada %(day)s", n=number, day=day)


def _day(text: str) -> str:
    return formats.plain_date(date.fromisoformat(text), lang=current_language())
