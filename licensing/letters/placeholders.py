"""What an office may name in its own words for an event, and what each stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from licensing.letters.money import rupiah
from licensing.letters.officers import limit_words, rung_words
from licensing.letters.words import Words

ALERT = "alert"
"""The event under which all rungs of all limits share an office's own words."""

ESCALATED = "alert.escalated"
"""That nobody answered an alert says who was silent: it has no words but the built-in ones."""

_ABOUT = ("number", "subject", "service", "office", "phone", "url")

PLACEHOLDERS: Mapping[str, tuple[str, ...]] = {
    event: (*_ABOUT, *own)
    for event, own in {
        "accepted": ("promised",),
        "returned": ("step", "answer_by"),
        "correction": ("faults", "answer_by"),
        "asked": ("step", "answer_by"),
        "warned": ("step", "answer_by"),
        "progress": ("step",),
        "granted": (),
        "issued": (),
        "refused": (),
        "withdrawn": (),
        "discontinued": (),
        "visit_scheduled": ("visit_day", "place", "inspector", "note"),
        "visit_postponed": ("visit_day", "answer_by"),
        "billed": ("amount", "due"),
        "paid": ("amount",),
        "bill_expired": (),
        "bill_cancelled": (),
        "payment_reversed": ("amount",),
        "promise_moved": ("before", "after", "cause"),
        "extended": ("before", "after", "why", "legal"),
        "receipt_corrected": ("was", "now", "why"),
        ALERT: ("state", "limit", "due", "owed"),
    }.items()
}
"""Event → the names that may stand in its template. Events that are not here have no template.

That the law has granted an application because the office was silent (`lapsed`) is not said in
the words of that office.
"""


def _moment(*names: str) -> Callable[[Words, str], str]:
    def value(words: Words, _event: str) -> str:
        return next((said for name in names if (said := words.moment(name))), "")

    return value


def _text(name: str) -> Callable[[Words, str], str]:
    return lambda words, _event: words.text(name)


def _faults(words: Words, _event: str) -> str:
    faults: Sequence[Any] = words.params.get("faults") or ()
    return "\n".join(f"- {words.title(fault)}" for fault in faults)


def _state(words: Words, event: str) -> str:
    return rung_words(event.partition(".")[2], words.lang, words.text("key"))


def _limit(words: Words, _event: str) -> str:
    return words.title(limit_words(words.params.get("limit", ""), words.lang))


_VALUES: Mapping[str, Callable[[Words, str], str]] = {
    **{name: _text(name) for name in (*_ABOUT, "step", "place", "note", "why", "legal")},
    "inspector": _text("who"),
    "promised": _moment("promised"),
    "answer_by": _moment("answer_by"),
    "due": _moment("due", "due_at"),
    "owed": _moment("owed"),
    "was": _moment("was"),
    "now": _moment("now"),
    "before": _moment("before"),
    "after": _moment("after"),
    "cause": _text("cause"),
    "visit_day": lambda words, _event: words.planned(),
    "amount": lambda words, _event: rupiah(words),
    "faults": _faults,
    "state": _state,
    "limit": _limit,
}


def event_of(event: str) -> str:
    """Return the event whose template a notice uses: `alert.80%` uses `alert`."""
    if event == ESCALATED:
        return event
    return ALERT if event.startswith(f"{ALERT}.") else event


def values(event: str, words: Words) -> dict[str, str]:
    """Return what each placeholder of an event stands for; empty where there is nothing to say."""
    return {name: _VALUES[name](words, event) for name in PLACEHOLDERS[event_of(event)]}


SAMPLE: Mapping[str, Any] = {
    "number": "0042/SIUP/2026",
    "subject": "Toko Contoh",
    "service": {"id": "Surat Izin Usaha Perdagangan", "en": "Trading permit"},
    "step": {"id": "Melengkapi berkas", "en": "Completing the file"},
    "faults": [
        {"id": "NPWP", "en": "Taxpayer number"},
        {"id": "Akta pendirian", "en": "Deed of establishment"},
    ],
    "promised": "2026-11-27T09:00:00+00:00",
    "answer_by": "2026-12-04T09:00:00+00:00",
    "due": "2026-11-27T09:00:00+00:00",
    "due_at": "2026-11-27T09:00:00+00:00",
    "owed": "2026-11-25T02:30:00+00:00",
    "before": "2026-11-27T09:00:00+00:00",
    "after": "2026-11-30T09:00:00+00:00",
    "cause": {
        "id": "Libur ditambahkan: Jumat, 27 November 2026 – Hari Contoh",
        "en": "Holiday added: Friday, 27 November 2026 – Hari Contoh",
    },
    "amount_idr": "1250000",
    "on": "2026-12-01",
    "time": "09:30",
    "place": "Jalan Contoh 2",
    "who": "Contoh Peninjau",
    "note": "",
    "limit": "service",
    "kind": "office",
    "more": 3,
    "unit": "working days",
    "why": "Contoh alasan",
    "legal": "Peraturan Contoh",
    "was": "2026-11-24T02:30:00+00:00",
    "now": "2026-11-23T07:45:00+00:00",
}
"""Invented params, for a preview."""
SAMPLE_RUNG = "80%"
