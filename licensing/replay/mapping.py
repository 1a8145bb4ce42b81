"""How a log is read: which column says what, when the office is open, what an activity presses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from licensing.replay.errors import MapFaults
from licensing.replay.map_schema import MapFaultList, load_map
from licensing.replay.term import Term, build_term, check_term
from workflows.calendar_spec import (
    WEEKDAYS,
    CalendarFault,
    CalendarSpec,
    ClosedDay,
    WeeklyRule,
    Windows,
)
from workflows.faults import Path, Problem, nearest
from workflows.schema_fields import Draft
from workflows.sop import Sop, Step
from workflows.tree import FaultList, parse
from workflows.worktime import LateReceipt


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns of a log."""

    case: str
    activity: str
    time: str
    resource: str


@dataclass(frozen=True, slots=True)
class Press:
    """What an activity presses: an action of the main line, or of an ask."""

    do: str
    ask: str | None = None


@dataclass(frozen=True, slots=True)
class ReplayMap:
    """A whole map, checked."""

    name: str
    columns: Columns
    zone: str
    week: Mapping[int, Windows]
    """Weekday (0 is Monday) → office hours."""
    holidays: frozenset[date]
    late_receipt: LateReceipt
    files: frozenset[str] = frozenset()
    presses: Mapping[str, Press] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    term: Term = field(default_factory=Term)

    def calendar(self, first: date, last: date) -> CalendarSpec:
        """Return the office's calendar, known for the whole years from `first` to `last`."""
        return CalendarSpec(
            zone=self.zone,
            weekly=(WeeklyRule(date(1900, 1, 1), self.week),),
            covers=(date(first.year, 1, 1), date(last.year, 12, 31)),
            closed={day: ClosedDay("Libur", "national") for day in sorted(self.holidays)},
        )


def read_map(text: str, sop: Sop | None = None) -> ReplayMap:
    """Return the map that `text` says; with `sop`, every name it presses exists there.

    Raises:
        MapFaults: the text is wrong; every fault is in it.
    """
    faults = MapFaultList()
    if not text.strip():
        faults.at(1, "", Problem("map.empty"))
        raise MapFaults(faults.faults)
    tree = parse(text, faults)
    if tree is None:
        raise MapFaults(faults.faults)
    draft = load_map(tree, faults)
    _check_names(draft, faults)
    check_term(draft, faults)
    if sop is not None:
        _check_presses(draft, sop, faults)
    if not faults:
        _check_week(draft, faults)
    if faults:
        raise MapFaults(faults.faults)
    return _build(draft)


def _build(draft: Draft) -> ReplayMap:
    return ReplayMap(
        name=draft["map"],
        columns=Columns(**draft["columns"]),
        zone=draft["zone"],
        week={WEEKDAYS.index(name): hours for name, hours in draft["windows"].items()},
        holidays=frozenset(day for day in draft["holidays"] if day is not None),
        late_receipt=cast(LateReceipt, draft.get("late_receipt", "next_working_day")),
        files=frozenset(draft.get("files", ())),
        presses={
            press["activity"]: Press(press["do"], press.get("ask"))
            for press in draft.get("activities", ())
        },
        ignored=frozenset(draft.get("ignore", ())),
        term=build_term(draft),
    )


def _check_names(draft: Draft, faults: FaultList) -> None:
    seen: set[str] = set()
    for activity, path in _activities(draft):
        if activity in seen:
            faults.add("map.activity_twice", path, name=activity)
        seen.add(activity)
    columns: set[str] = set()
    for key, column in draft.get("columns", {}).items():
        if column in columns:
            faults.add("map.column_twice", ("columns", key), name=column)
        columns.add(column)


def _activities(draft: Draft) -> Iterator[tuple[str, Path]]:
    for key in ("files", "ignore"):
        for activity in draft.get(key, ()):
            yield activity, (key,)
    for press in draft.get("activities", ()):
        if "activity" in press:
            yield press["activity"], ("activities", press["@"], "activity")


def _check_presses(draft: Draft, sop: Sop, faults: FaultList) -> None:
    for key in ("files", "activities"):
        if key not in draft:
            faults.add("sop.missing", (key,), key=key)
    main = _actions(sop.steps)
    for press in draft.get("activities", ()):
        path: Path = ("activities", press["@"])
        do, ask = press.get("do"), press.get("ask")
        if ask is not None and ask not in sop.asks:
            faults.add("map.unknown_ask", (*path, "ask"), nearest(ask, sop.asks), name=ask)
        elif ask is not None and do is not None:
            known = _actions(sop.asks[ask].steps)
            if do not in known:
                near = nearest(do, known)
                faults.add("map.unknown_ask_action", (*path, "do"), near, name=do, ask=ask)
        elif do is not None and do not in main:
            faults.add("map.unknown_action", (*path, "do"), nearest(do, main), name=do)


def _actions(steps: Mapping[str, Step]) -> frozenset[str]:
    names = {name for step in steps.values() for name in step.actions}
    holds = (hold for step in steps.values() for hold in step.holds.values())
    return frozenset(names.union(*((hold.do, hold.resume) for hold in holds)))


def _check_week(draft: Draft, faults: FaultList) -> None:
    try:
        _build(draft).calendar(date(2000, 1, 1), date(2000, 1, 1))
    except CalendarFault as fault:
        faults.add("map.bad_week", ("windows",), problem=fault)
