"""The buttons of a file and of its side paths: which comes first, and by which key."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from licensing.queries.application import ApplicationView
from licensing.queries.file_parts import AskView
from web.filters import in_language
from workflows.machine import Offer


@dataclass(frozen=True, slots=True)
class Button:
    """One action that is offered. A refused one can be pressed too: it says what is missing."""

    action: str
    title: str
    kind: str
    key: str | None
    quiet: bool
    """True for what every step offers: it stands apart, at the right."""


def file_buttons(view: ApplicationView, used: set[str]) -> list[Button]:
    """Return the offered actions: what can be pressed first, what every step offers last.

    The keys they are pressed by are added to `used`.
    """
    step = view.sop.steps.get(view.step)
    if step is None:
        return []
    everywhere = {name for name, action in step.actions.items() if action.everywhere}
    return _buttons(view.offers, everywhere, used)


def ask_buttons(ask: AskView, used: set[str]) -> list[Button]:
    """Return what the reader may press in a side path; its keys are added to `used`."""
    return _buttons(ask.offers, (), used)


def _buttons(offered: Sequence[Offer], everywhere: Collection[str], used: set[str]) -> list[Button]:
    first = _first(offered, everywhere)
    offers = sorted(
        offered,
        key=lambda offer: (
            offer.action in everywhere,
            offer.action != first,
            offer.hold == "starts",
        ),
    )
    buttons = []
    for offer in offers:
        quiet = offer.action in everywhere
        title = in_language(offer.title)
        kind = "primary" if offer.action == first else "teks" if quiet else "sekunder"
        buttons.append(
            Button(offer.action, title, kind, None if quiet else _key(title, used), quiet)
        )
    return buttons


def _first(offers: Sequence[Offer], everywhere: Collection[str]) -> str | None:
    """Return the action that the page offers first.

    The first of the SOP; while that is refused, the first that needs no written reason. To pause
    the clock is never what a page offers first.
    """
    main = [offer for offer in offers if offer.action not in everywhere]
    main.sort(key=lambda offer: offer.hold == "starts")
    for offer in main:
        plain = not offer.reason_required and not offer.confirm and offer.hold != "starts"
        if offer.refusal is None and plain:
            return offer.action
    return main[0].action if main else None


def _key(title: str, used: set[str]) -> str | None:
    """Return the first letter of a title that no other button is pressed by."""
    for letter in title.upper():
        if letter.isascii() and letter.isalpha() and letter not in used:
            used.add(letter)
            return letter
    return None
