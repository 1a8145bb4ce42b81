"""Which activities of a log move the clock of a case where no SOP is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.faults import Path
from workflows.schema_fields import Draft
from workflows.sop import Within
from workflows.tree import FaultList

_LISTS = ("suspends", "resumes", "decides", "extends")
_TOGETHER = (
    ("suspends", "resumes"),
    ("resumes", "suspends"),
    ("decides", "within"),
    ("within", "decides"),
    ("extends", "extension"),
    ("extension", "extends"),
    ("extends", "within"),
)


@dataclass(frozen=True, slots=True)
class Term:
    """What suspends, resumes, extends and ends the time in which a case is to be decided."""

    suspends: frozenset[str] = frozenset()
    """From these on the file is with the applicant."""
    resumes: frozenset[str] = frozenset()
    decides: frozenset[str] = frozenset()
    """The first of them ends the time allowed; each brings a suspended file back."""
    within: Within | None = None
    """The time allowed, from the first event; None where the map names none."""
    extends: frozenset[str] = frozenset()
    """The first of them before the decision extends the time allowed, if it is in time."""
    extension: int = 0
    """By how many units of `within`."""


def check_term(draft: Draft, faults: FaultList) -> None:
    """Add a fault for every activity named twice, and every key without the one it needs."""
    said = draft.get("measure")
    if said is None:
        return
    seen: set[str] = set()
    for activity, path in _activities(said):
        if activity in seen:
            faults.add("map.activity_twice", path, name=activity)
        seen.add(activity)
    for key, other in _TOGETHER:
        if key in said and other not in said:
            faults.add("map.needs", ("measure", key), key=key, other=other)


def build_term(draft: Draft) -> Term:
    """Return what the checked map says about the clock; nothing moves it where it is silent."""
    said = dict(draft.get("measure", {}))
    return Term(
        within=said.get("within"),
        extension=said.get("extension", 0),
        **{key: frozenset(said.get(key, ())) for key in _LISTS},
    )


def _activities(said: Draft) -> Iterator[tuple[str, Path]]:
    for key in _LISTS:
        for activity in said.get(key, ()):
            yield activity, ("measure", key)
