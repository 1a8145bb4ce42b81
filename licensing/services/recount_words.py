"""What is recorded and told of a file that another calendar has moved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from licensing.calendar_words import cause_words, touching
from workflows.calendar_diff import CalendarDiff, calendar_diff
from workflows.calendar_spec import CalendarSpec
from workflows.sop import Text

PROMISE: Final = "service"
"""The limit of which the applicant was told when it is due."""
PROMISE_MOVED: Final = "promise_moved"
"""The event of the letter to an applicant whose promise has moved."""


class Moved(NamedTuple):
    """One open limit that is due at another moment than before."""

    key: str
    before: datetime | None
    after: datetime | None


class Receipt(NamedTuple):
    """What a run has done to one file."""

    application_id: str
    seq: int
    key: str
    """The limit meant: the promise where it has moved, else the first that has."""
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an office's calendar."""

    id: UUID
    number: int
    spec: CalendarSpec


class Step:
    """The step from one version of the calendar to another: what differs, in words too."""

    def __init__(self, version: Version, target: Version) -> None:
        self.numbers = (version.number, target.number)
        self.diff: CalendarDiff = calendar_diff(version.spec, target.spec)
        self._words: dict[tuple[date, date], Text] = {}

    def said(self, first: date = date.min, last: date = date.max) -> Text:
        """Return in words what differs on these days; where nothing does, all that differs."""
        known = self._words.get((first, last))
        if known is None:
            differences = self.diff.differences
            known = cause_words(touching(differences, first, last) or differences)
            self._words[first, last] = known
        return known

    def detail(self, moved: Iterable[Moved], cause: Text) -> dict[str, Any]:
        """Return what the line of history records."""
        return {
            "calendar": list(self.numbers),
            "cause": dict(cause),
            "moved": [
                {
                    "key": one.key,
                    "before": moment_text(one.before),
                    "after": moment_text(one.after),
                }
                for one in moved
            ],
        }


def meant(moved: Sequence[Moved]) -> Moved:
    """Return which of several is shown alone: the promise, else the first."""
    return next((one for one in moved if one.key == PROMISE), moved[0])


def promise_params(moved: Moved, cause: Text) -> dict[str, Any] | None:
    """Return what the letter about a moved promise names; None where no promise has moved."""
    if moved.key != PROMISE or moved.before is None or moved.after is None:
        return None
    return {
        "before": moment_text(moved.before),
        "after": moment_text(moved.after),
        "cause": dict(cause),
    }


def last_of(moved: Iterable[Moved]) -> datetime:
    """Return the latest moment at which any of these was or is due."""
    return max(at for one in moved for at in (one.before, one.after) if at is not None)


def moment_text(moment: datetime | None) -> str | None:
    """Return a moment as text; None: there is none."""
    return None if moment is None else moment.isoformat()
