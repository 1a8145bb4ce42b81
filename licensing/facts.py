"""What the guards of an SOP may know of an application."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class PaperCount:
    """How the papers of an application stand, by name where somebody must be told which."""

    unchecked: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """Not there, or there with a fault that shows at the counter."""
    unjudged: tuple[str, ...] = ()
    faulty: tuple[str, ...] = ()
    """Judged faulty by the verifier."""

    @classmethod
    def from_json(cls, data: Mapping[str, list[str]]) -> Self:
        """Return the count that `to_json` wrote."""
        return cls(*(tuple(data.get(key, ())) for key in ("u", "m", "j", "f")))

    def to_json(self) -> dict[str, list[str]]:
        """Return the count as plain JSON, without what is empty."""
        parts = zip("umjf", (self.unchecked, self.missing, self.unjudged, self.faulty), strict=True)
        return {key: list(names) for key, names in parts if names}


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

    def actors_of(self, steps: Collection[str]) -> frozenset[str]:
        """Return the ids of those who acted in any of `steps`."""
        return frozenset(actor for step in steps for actor in self.who.get(step, ()))


def facts_from_state(state: Mapping[str, Any], *, today: str) -> CaseFacts:
    """Return the facts held in an application's `state`; `today` is an ISO date."""
    return CaseFacts(
        who={step: tuple(ids) for step, ids in state.get("who", {}).items()},
        papers=PaperCount.from_json(state.get("papers", {})),
        open_asks=tuple(state.get("asks", {})),
        answers=state.get("answers", {}),
        warned_before_today=sum(day < today for day in state.get("warned", ())),
    )
