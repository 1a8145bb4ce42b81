"""Many files at once: which action they share, what it would do with each, and what it has done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from flask import url_for

from licensing.people import Officer
from licensing.queries.chosen import Choice, ChosenRow, Line
from licensing.queries.file_rows import FileRow
from licensing.services.take_action import TakeAction
from web.action_inputs import inputs_of
from web.file_page import TELLS_FAULTS
from web.filters import in_language
from web.formats import short_date_time
from web.frame import current_frame
from web.i18n import current_language
from web.i18n import gettext as _
from web.present import action_title, place_title
from web.refusal_words import refusal_words
from workflows.machine import Offer
from workflows.sop import Action, Sop

MONEY: Final = frozenset({"book_payment", "reverse_payment"})
"""What is pressed at the bank's window alone."""
_BETWEEN: Final = "~"
_LONGEST_NUMBER: Final = 9


@dataclass(frozen=True, slots=True)
class Pressed:
    """One row of a form that was sent: what was seen, and what is to be done."""

    application_id: UUID
    ask: str | None
    version: int
    seq: int
    action: str

    @property
    def command(self) -> TakeAction:
        """Return the press."""
        return TakeAction(self.application_id, self.action, self.version, ask=self.ask)

    @property
    def written(self) -> str:
        """Return it as a form and an address carry it."""
        parts = (self.application_id, self.ask or "", self.version, self.seq, self.action)
        return _BETWEEN.join(str(part) for part in parts)


@dataclass(frozen=True, slots=True)
class BatchAction:
    """One action that some of the chosen rows offer; known by its title."""

    title: str
    """In Indonesian: what it is known by."""
    label: str
    count: int
    """How many rows can do it now."""
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One chosen row."""

    choice: str
    href: str
    number: str
    subject: str
    applicant: str
    place: str
    target: str
    why: str
    """Why it is left out; empty where it is taken along."""
    pressed: str
    """What the form sends; empty where it is left out."""


@dataclass(frozen=True, slots=True)
class BatchPage:
    """The one confirmation."""

    actions: Sequence[BatchAction]
    label: str
    """What the chosen action is called; empty where no row offers any."""
    taken: Sequence[BatchRow]
    left_out: Sequence[BatchRow]
    lost: int
    """How many were chosen that the reader's office does not have."""
    final: bool
    """Whether it asks to be confirmed: it cannot be undone."""
    ends: bool
    """Whether it ends a file."""


@dataclass(frozen=True, slots=True)
class DoneRow:
    """What became of one row."""

    href: str
    number: str
    subject: str
    done: bool
    words: str
    again: str
    """The row as it is chosen once more; empty where it is done or can never be."""


def choice_of(application_id: UUID, ask: str | None) -> str:
    """Return a row as a list names it."""
    return f"{application_id}{_BETWEEN}{ask}" if ask else str(application_id)


def read_choices(written: Sequence[str]) -> list[Choice]:
    """Return the rows that an address names, each once.

    Raises:
        ValueError: one of them is no row of ours.
    """
    found: dict[Choice, None] = {}
    for text in written:
        known, _between, ask = text.partition(_BETWEEN)
        found[Choice(UUID(known), _ask(ask))] = None
    return list(found)


def read_pressed(written: Sequence[str]) -> list[Pressed]:
    """Return the rows that a form has sent.

    Raises:
        ValueError: one of them is no row of ours.
    """
    found: dict[Pressed, None] = {}
    for text in written:
        known, ask, version, seq, action = text.split(_BETWEEN)
        if not action or "\x00" in action:
            raise ValueError(f"{text!r} names no action")
        pressed = Pressed(UUID(known), _ask(ask), _number(version), _number(seq), action)
        found[pressed] = None
    return list(found)


def _ask(text: str) -> str | None:
    if "\x00" in text:
        raise ValueError("an ask has no NUL in its name")
    return text or None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise ValueError(f"{text!r} is no number")
    return int(text)


def is_plain(action: Action) -> bool:
    """Return whether an action needs nothing but a yes: no reason, no fields, no list of faults."""
    return not (
        action.reason_required
        or TELLS_FAULTS in action.then
        or not MONEY.isdisjoint(action.then)
        or inputs_of(action.then)
    )


def may_be_chosen(row: FileRow, by: Officer) -> bool:
    """Return whether a row of a list has anything that `by` could do with many at once."""
    if row.ended_at is not None or row.holder_id not in (None, by.id):
        return False
    steps = row.sop.steps if row.ask is None else row.sop.asks[_name(row.ask)].steps
    step = steps.get(row.step)
    if step is None:
        return False
    return any(
        is_plain(action) and _in_lane(row.sop, action, by) for action in step.actions.values()
    )


def _in_lane(sop: Sop, action: Action, by: Officer) -> bool:
    lane = sop.lanes[action.lane]
    return not by.roles.isdisjoint({lane.name, lane.served_by} - {None})


def _name(ask: str) -> str:
    return ask.partition("#")[0]


# -- the confirmation


def batch_page(
    rows: Sequence[ChosenRow], choices: Sequence[Choice], wanted: str | None, by: Officer
) -> BatchPage:
    """Return the confirmation for the action whose Indonesian title is `wanted`.

    Where none is named, or no row offers it, the one that most rows can do now.
    """
    counts: dict[str, int] = {}
    labels: dict[str, str] = {}
    for row in rows:
        for one in _plain_offers(row):
            title = one.title["id"]
            labels.setdefault(title, in_language(one.title))
            counts[title] = counts.get(title, 0) + (one.refusal is None)
    chosen = (
        wanted if wanted in counts else max(counts, key=lambda title: counts[title], default="")
    )
    taken, left_out = [], []
    final = ends = False
    for row in rows:
        offer = _offer(row, chosen)
        why = _why_not(row, offer, labels.get(chosen, ""), by)
        line = _row(row, offer, why)
        if why or offer is None:
            left_out.append(line)
            continue
        taken.append(line)
        final = final or offer.confirm
        ends = ends or (row.ask is None and offer.target in row.sop.ends)
    named = [choice_of(one.application_id, one.ask) for one in choices]
    return BatchPage(
        actions=[
            BatchAction(
                title,
                labels[title],
                counts[title],
                url_for("batch.confirm", pilih=named, tindakan=title),
                title == chosen,
            )
            for title in labels
        ],
        label=labels.get(chosen, ""),
        taken=taken,
        left_out=left_out,
        lost=len(choices) - len(rows),
        final=final,
        ends=ends,
    )


def _plain_offers(row: ChosenRow) -> list[Offer]:
    """Return what can be pressed in a row without a page of its own, each title once.

    What pauses the clock comes last: it is never what a page offers first.
    """
    steps = row.sop.steps if row.ask is None else row.sop.asks[_name(row.ask)].steps
    step = steps.get(row.step)
    if step is None:
        return []
    found: dict[str, Offer] = {}
    for offer in sorted(row.offers, key=lambda offer: offer.hold == "starts"):
        action = step.actions.get(offer.action)
        if action is not None and not is_plain(action):
            continue
        known = found.get(offer.title["id"])
        if known is None or (known.refusal is not None and offer.refusal is None):
            found[offer.title["id"]] = offer
    return list(found.values())


def _offer(row: ChosenRow, title: str) -> Offer | None:
    return next((offer for offer in _plain_offers(row) if offer.title["id"] == title), None)


def _why_not(row: ChosenRow, offer: Offer | None, label: str, by: Officer) -> str:
    """Return why a row is left out; empty where it is not."""
    if row.ended:
        return _("Berkas ini sudah selesai.")
    if row.granted:
        return _("Batas undang-undang sudah lewat; permohonan ini dikabulkan secara hukum.")
    if row.ask is not None and not row.step:
        return _("Permintaan ini sudah dijawab.")
    if offer is not None:
        return "" if offer.refusal is None else refusal_words(offer.refusal, row.sop)
    if row.holder_id not in (None, by.id):
        return _("Dipegang %(name)s.", name=row.holder)
    place = place_title(row.sop, row.step)
    if not label:
        return _("Tahap %(place)s dikerjakan di halaman berkasnya.", place=place)
    return _("Tindakan ini tidak ada di tahap %(place)s.", place=place)


def _row(row: ChosenRow, offer: Offer | None, why: str) -> BatchRow:
    pressed = ""
    if offer is not None and not why:
        pressed = Pressed(row.application_id, row.ask, row.version, row.seq, offer.action).written
    return BatchRow(
        choice=choice_of(row.application_id, row.ask),
        href=_href(row),
        number=row.number,
        subject=_subject(row),
        applicant=row.applicant,
        place=place_title(row.sop, row.step) if row.step else "",
        target="" if offer is None else place_title(row.sop, offer.target),
        why=why,
        pressed=pressed,
    )


def _href(row: ChosenRow) -> str:
    return url_for("applications.show", application_id=row.application_id)


def _subject(row: ChosenRow) -> str:
    if row.ask is None:
        return row.subject
    return f"{in_language(row.sop.asks[_name(row.ask)].title)}: {row.subject}"


# -- what became of it


def done_rows(
    rows: Sequence[ChosenRow], pressed: Sequence[Pressed], by: Officer
) -> Sequence[DoneRow]:
    """Return what became of each row that was sent, as its history tells it."""
    sent = {(one.application_id, one.ask): one for one in pressed}
    found = []
    for row in rows:
        one = sent[row.application_id, row.ask]
        own = next((line for line in row.since if _is_it(line, one, by)), None)
        if own is not None:
            place = place_title(row.sop, own.to_step)
            what = action_title(row.sop, None, own.action)
            words = _("%(what)s. Kini: %(place)s.", what=what, place=place)
        else:
            words = _not_done(row, one, by)
        open_still = not (row.ended or row.granted)
        again = choice_of(row.application_id, row.ask) if own is None and open_still else ""
        found.append(DoneRow(_href(row), row.number, _subject(row), own is not None, words, again))
    return found


def _is_it(line: Line, pressed: Pressed, by: Officer) -> bool:
    return (line.action, line.ask, line.actor_id) == (pressed.action, pressed.ask, by.id)


def _not_done(row: ChosenRow, pressed: Pressed, by: Officer) -> str:
    if row.since:
        last = row.since[-1]
        return _(
            "Belum dijalankan. %(who)s lebih dulu, %(time)s: %(what)s.",
            who=last.actor or _("Sistem"),
            time=short_date_time(last.at, lang=current_language(), zone=current_frame().zone),
            what=action_title(row.sop, None, last.action),
        )
    offer = next((offer for offer in row.offers if offer.action == pressed.action), None)
    why = _why_not(row, offer, pressed.action, by)
    if why:
        return why
    return _("Belum dijalankan: berkasnya berubah sesudah konfirmasi terbuka. Coba lagi.")
