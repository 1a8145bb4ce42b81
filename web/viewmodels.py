"""Frozen values that the macros of `components/` read: what to show, never how to decide it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal

ClockState = Literal["aman", "segera", "hariini", "lewat", "jeda", "netral"]
"""How urgent a limit is; `netral` where no limit runs: ended, or not begun."""

CellKind = Literal["zero", "held", "ahead", "over", "holiday"]
TrailState = Literal["done", "now", "paused", "next"]
PaperState = Literal["ada", "kurang", "tidak_perlu", "belum"]
VerdictKind = Literal["ya", "tidak", "syarat", "belum"]

SOON_DAYS: Final = 2
"""A limit is `segera` from this many working days before it."""

_A_MONDAY: Final = date(2024, 1, 1)
_LETTERED: Final = frozenset("LVDTK")
_BY_PARTY: Final[Mapping[str, str]] = {
    "office": "K",
    "agency": "D",
    "applicant": "P",
    "bank": "B",
    "nobody": "G",
}


def clock_state(left: int | None, *, running: bool = True) -> ClockState:
    """Return the state of a limit with `left` working days; None left: the clock stands."""
    if not running:
        return "netral"
    if left is None:
        return "jeda"
    if left < 0:
        return "lewat"
    if left == 0:
        return "hariini"
    return "segera" if left <= SOON_DAYS else "aman"


def cell_class(party: str, letter: str) -> str:
    """Return the colour of a ledger cell: by party, and within the office by its known letter.

    Hatching says that a day does not count; it follows the party alone, so that a lane that
    happens to be lettered P never looks like the applicant's.
    """
    if party in {"office", "agency"} and letter in _LETTERED:
        return f"sp-{letter}"
    return f"sp-{_BY_PARTY[party]}"


@dataclass(frozen=True, slots=True)
class LedgerCell:
    """One working day (or one holiday) of a file."""

    day: date | None
    """None ahead of a clock that stands: the date is not known yet."""
    kind: CellKind
    letter: str = ""
    party: str = "office"
    owner: str = ""
    """Who held the file when the day began, in the reader's language."""
    ordinal: int | None = None
    """Which day of the limit this is, from 1; beyond it, how many days over. None: not counted."""
    today: bool = False
    limit: bool = False
    """True on the last day allowed."""
    note: str = ""
    """The name of the holiday, or why the day is owned as it is."""

    @property
    def colour(self) -> str:
        """The class that colours or hatches the cell."""
        return cell_class(self.party, self.letter)

    @property
    def column(self) -> int | None:
        """The weekday's column in the calendar of a phone: Monday is 1."""
        return self.day.isoweekday() if self.day else None


@dataclass(frozen=True, slots=True)
class LedgerSum:
    """How many days one side had: a term of the sum under the ledger."""

    label: str
    days: int


@dataclass(frozen=True, slots=True)
class LegendItem:
    """What a letter stands for."""

    letter: str
    party: str
    label: str
    counts: bool
    """Whether its days use up the limit."""

    @property
    def colour(self) -> str:
        """The class that colours or hatches the sample cell."""
        return cell_class(self.party, self.letter)


@dataclass(frozen=True, slots=True)
class LedgerView:
    """A file day by day, with the sum that must add up."""

    cells: Sequence[LedgerCell]
    sums: Sequence[LedgerSum] = ()
    includes_today: bool = False
    used: int = 0
    allowed: int | None = None
    legend: Sequence[LegendItem] = ()

    @property
    def total(self) -> int:
        """The sum of all sides: every working day has exactly one owner."""
        return sum(term.days for term in self.sums)

    @property
    def columns(self) -> int:
        """How many weekdays the calendar of a phone needs: five, more where Saturdays count."""
        return max([5, *(cell.column or 0 for cell in self.cells)])

    @property
    def weekdays(self) -> tuple[date, ...]:
        """One date for each of those weekdays, to be shown by its name alone."""
        return tuple(_A_MONDAY + timedelta(days=offset) for offset in range(self.columns))

    @property
    def week_starts(self) -> frozenset[int]:
        """The positions after which a gap is drawn: the first day shown of each further week."""
        starts = set()
        previous: tuple[int, int] | None = None
        for position, cell in enumerate(self.cells):
            if cell.day is None:
                continue
            year, week, _ = cell.day.isocalendar()
            if previous is not None and (year, week) != previous:
                starts.add(position)
            previous = (year, week)
        return frozenset(starts)

    @property
    def month_starts(self) -> frozenset[int]:
        """The positions whose date names the month: the first, and each first of a new month."""
        starts = set()
        previous: int | None = None
        for position, cell in enumerate(self.cells):
            if cell.day is not None and cell.day.month != previous:
                starts.add(position)
                previous = cell.day.month
        return frozenset(starts)


@dataclass(frozen=True, slots=True)
class DueView:
    """One limit of a file as it stands now."""

    state: ClockState
    due_at: datetime | None = None
    """None while the clock stands, or where nothing is owed."""
    left: int | None = None
    """Working days left, negative when late; None where nothing runs."""
    label: str = ""
    """Which limit: step, service standard, law."""
    source: str = ""
    """What sets it: `2 hari kerja, SOP`."""
    left_words: str = ""
    """What is left, already in words: for a limit in hours, which has no working days left."""


@dataclass(frozen=True, slots=True)
class TrailItem:
    """One step of the way of a file."""

    state: TrailState
    title: str
    when: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ChecklistRow:
    """One paper at the counter; `name` is the form field, `number` its key on the keyboard."""

    number: int
    name: str
    title: str
    state: PaperState
    note: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class AlertRung:
    """One alert as it was sent: how high, to whom, about what, when, read or not."""

    level: int
    who: str
    about: str
    when: str
    read: str = ""
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Crumb:
    """One place above this page."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Page:
    """Where a list stands, by keyset: addresses of the neighbours, None at either end."""

    previous_href: str | None
    next_href: str | None
    summary: str
    """`1–50 dari 136 berkas`."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of a page, or one filter."""

    label: str
    href: str
    current: bool = False
    count: int | str | None = None


@dataclass(frozen=True, slots=True)
class FormPart:
    """A few fields of a form, which can be compared with what they were."""

    values: tuple[tuple[str, str], ...]
    errors: tuple[tuple[str, str], ...]

    def value(self, name: str) -> str:
        """Return what was typed into `name`."""
        return dict(self.values).get(name, "")

    def error(self, name: str) -> str | None:
        """Return the first thing wrong with `name`."""
        return dict(self.errors).get(name)


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed and what is wrong with it: nothing typed is ever lost."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """Return what was typed into `name`."""
        return self.values.get(name, "")

    def error(self, name: str) -> str | None:
        """Return the first thing wrong with `name`."""
        found = self.errors.get(name)
        return found[0] if found else None

    def part(self, *names: str) -> FormPart:
        """Return the fields of these names."""
        return FormPart(
            tuple([(name, self.values[name]) for name in names if name in self.values]),
            tuple([(name, self.errors[name][0]) for name in names if self.errors.get(name)]),
        )
