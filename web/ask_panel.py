"""The side paths of a file on its page: who was asked, until when, what the answer is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from licensing.people import Officer
from licensing.queries.application import ApplicationView, EventView
from licensing.queries.file_parts import AskView
from web.file_buttons import Button, ask_buttons
from web.filters import in_language
from web.i18n import gettext as _
from web.present import due_view, lane_title
from web.viewmodels import DueView, VerdictKind
from workflows.ledger import LimitState


@dataclass(frozen=True, slots=True)
class AskCard:
    """One side path as the page shows it."""

    key: str
    form: str
    """The id of its form: buttons elsewhere on the page belong to it."""
    title: str
    step: str
    """Where it stands; empty once it is closed."""
    lane: str
    opened_at: datetime
    closed_at: datetime | None
    held_words: str
    due: DueView | None
    verdict: VerdictKind
    verdict_words: str
    opinion: str
    """The words of the answer; of the draft only for those who work on it."""
    is_draft: bool
    by: str
    """Who wrote these words."""
    buttons: Sequence[Button]
    may_take: bool
    may_hand_back: bool
    colleagues: Sequence[tuple[UUID, str]]
    """To whom the reader may give it."""


def ask_cards(view: ApplicationView, by: Officer, used: set[str]) -> list[AskCard]:
    """Return the side paths of a file: what `by` can work on first, then open, then closed ones.

    `used` are the keys that other buttons of the page are pressed by.
    """
    ordered = sorted(
        enumerate(view.asks),
        key=lambda pair: (
            pair[1].closed_at is not None,
            not works_on(view, pair[1], by),
            pair[0] if pair[1].closed_at is None else -pair[0],
        ),
    )
    return [_card(view, ask, by, used) for _place, ask in ordered]


def the_task(view: ApplicationView, by: Officer, cards: Sequence[AskCard]) -> AskCard | None:
    """Return the side path that is all of the reader's work on this file; None where it is not."""
    lane = view.sop.lanes.get(view.lane) if view.lane is not None else None
    here = lane is not None and not by.roles.isdisjoint({lane.name, lane.served_by} - {None})
    if here or view.ended_at is not None or not cards:
        return None
    mine = {ask.key for ask in view.asks if works_on(view, ask, by)}
    return next((card for card in cards if card.key in mine), None)


def works_on(view: ApplicationView, ask: AskView, by: Officer) -> bool:
    """Return whether `by` works in the lane in which an open side path lies."""
    lane = view.sop.lanes.get(ask.lane) if ask.lane is not None else None
    return lane is not None and not by.roles.isdisjoint({lane.name, lane.served_by} - {None})


def ask_limit(limits: Sequence[LimitState], key: str) -> LimitState | None:
    """Return the open limit of a side path that breaks first: of its step, or of the whole."""
    found = [
        limit
        for limit in limits
        if limit.ended_at is None
        and (limit.key in (f"ask:{key}", f"answer:{key}") or limit.key.startswith(f"step:{key}/"))
    ]
    running = [limit for limit in found if limit.due_at is not None]
    if running:
        return min(running, key=lambda limit: limit.due_at or limit.started_at)
    return found[0] if found else None


def _card(view: ApplicationView, ask: AskView, by: Officer, used: set[str]) -> AskCard:
    is_open = ask.closed_at is None
    here = works_on(view, ask, by)
    step = view.sop.asks[ask.name].steps.get(ask.step)
    limit = ask_limit(view.limits, ask.key) if is_open else None
    verdict, words = _answer(ask)
    written = _written(view, ask, by)
    watches = is_open and not view.frozen and by.has("supervisor", "head")
    return AskCard(
        key=ask.key,
        form=f"permintaan-{ask.key.replace('#', '-')}",
        title=in_language(view.sop.asks[ask.name].title),
        step=in_language(step.title) if is_open and step is not None else "",
        lane=lane_title(view.sop, ask.lane),
        opened_at=ask.opened_at,
        closed_at=ask.closed_at,
        held_words=_held_words(ask, by) if is_open else "",
        due=None if limit is None else due_view(limit, view.sop),
        verdict=verdict,
        verdict_words=words,
        opinion="" if written is None else str(written.detail["opinion"]),
        is_draft=is_open,
        by="" if written is None else written.actor or "",
        buttons=tuple(ask_buttons(ask, used)),
        may_take=is_open and ask.holder_id is None and here,
        may_hand_back=is_open
        and ask.holder_id is not None
        and (ask.holder_id == by.id or by.has("supervisor")),
        colleagues=tuple([one for one in ask.colleagues if one[0] != ask.holder_id])
        if watches
        else (),
    )


def _answer(ask: AskView) -> tuple[VerdictKind, str]:
    match ask.answer:
        case None:
            return "belum", _("Belum dijawab")
        case "positive":
            return "ya", _("Positif")
        case "negative":
            return "tidak", _("Negatif")
        case "dropped":
            return "belum", _("Tidak dijawab, berkas berakhir")
        case _:
            return "syarat", ask.answer


def _held_words(ask: AskView, by: Officer) -> str:
    if ask.holder_id is None:
        return _("belum diambil")
    if ask.holder_id == by.id:
        return _("diambil oleh Anda")
    return _("diambil oleh %(name)s", name=ask.holder or "")


def _written(view: ApplicationView, ask: AskView, by: Officer) -> EventView | None:
    """Return the line with the words of an answer; a draft is shown to its own lanes alone."""
    steps = view.sop.asks[ask.name].steps.values()
    own = not by.roles.isdisjoint({step.lane for step in steps})
    if ask.closed_at is None and not own:
        return None
    if ask.answer == "dropped":
        return None
    for event in reversed(view.events):
        if event.ask == ask.key and event.detail.get("opinion"):
            return event
    return None
