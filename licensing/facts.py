"""What the guards of an SOP may know of an application."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

from workflows.sop import Sop

RENEWED = "renewed"
"""In `state`, from the first return on: the papers returned, or handed in anew, since then."""


def renewing(state: Mapping[str, Any], papers: Collection[str]) -> Mapping[str, Any]:
    """Return `state` with `papers` among those handed in anew since the first return, if any."""
    known = state.get(RENEWED)
    if known is None or set(known).issuperset(papers):
        return state
    return {**state, RENEWED: sorted({*known, *papers})}


@dataclass(frozen=True, slots=True)
class PaperCount:
    """How the papers of an application stand, by name where somebody must be told which."""

    unchecked: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """Not there, or there with a fault that shows at the counter."""
    unjudged: tuple[str, ...] = ()
    faulty: tuple[str, ...] = ()
    """Judged faulty by the verifier."""
    words: Mapping[str, str] = field(default_factory=dict)
    """What is wrong with a missing or faulty paper, in the officer's words."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the count that `to_json` wrote."""
        unchecked, missing, unjudged, faulty = (tuple(data.get(key, ())) for key in "umjf")
        return cls(unchecked, missing, unjudged, faulty, data.get("w", {}))

    def to_json(self) -> dict[str, Any]:
        """Return the count as plain JSON, without what is empty."""
        parts = zip("umjf", (self.unchecked, self.missing, self.unjudged, self.faulty), strict=True)
        found: dict[str, Any] = {key: list(names) for key, names in parts if names}
        return {**found, "w": dict(self.words)} if self.words else found


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Facts of one application at the moment of a decision."""

    who: Mapping[str, tuple[str, ...]]
    """Step → ids of those who acted there."""
    papers: PaperCount
    open_asks: tuple[str, ...] = ()
    answers: Mapping[str, str] | None = None
    warned_before_today: int = 0
    """How often the applicant was warned, on days before this one, since the file came to him."""
    today: str = ""
    """The day in the office's zone, as an ISO date."""
    fee_idr: int | None = None
    """What the calculation that stands comes to; None: nothing is calculated yet."""
    bill: Mapping[str, str] = field(default_factory=dict)
    """The newest bill: `i` id, `a` amount, `s` status; paid: `p` payment, `d` day of it."""
    visit: Mapping[str, Any] = field(default_factory=dict)
    """The newest visit: `n` number, `on` day, `s` planned, postponed or held, `fits`; how many
    were `held` and `postponed`."""

    def actors_of(self, steps: Collection[str]) -> frozenset[str]:
        """Return the ids of those who acted in any of `steps`."""
        return frozenset(actor for step in steps for actor in self.who.get(step, ()))


def watched_steps(sop: Sop) -> frozenset[str]:
    """Return the steps of which some action of `sop` asks who acted there."""
    steps = [
        *sop.steps.values(),
        *(step for ask in sop.asks.values() for step in ask.steps.values()),
    ]
    return frozenset(
        name for step in steps for action in step.actions.values() for name in action.not_who_did
    )


def having_acted(
    state: Mapping[str, Any], step: str, by: UUID | None, watched: Collection[str]
) -> Mapping[str, Any]:
    """Return `state` with `by` among those who acted in `step`, where an SOP asks who did."""
    acted = state.get("who", {}).get(step, ())
    if by is None or step not in watched or str(by) in acted:
        return state
    return {**state, "who": {**state.get("who", {}), step: [*acted, str(by)]}}


def facts_from_state(state: Mapping[str, Any], *, today: str) -> CaseFacts:
    """Return the facts held in an application's `state`; `today` is an ISO date."""
    return CaseFacts(
        who={step: tuple(ids) for step, ids in state.get("who", {}).items()},
        papers=PaperCount.from_json(state.get("papers", {})),
        open_asks=tuple(state.get("asks", {})),
        answers=state.get("answers", {}),
        warned_before_today=sum(day < today for day in state.get("warned", ())),
        today=today,
        fee_idr=int(state["fee"]["a"]) if "fee" in state else None,
        bill=state.get("bill", {}),
        visit=state.get("visit", {}),
    )
