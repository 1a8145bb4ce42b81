"""The grammar of a map: which keys it has, and what each of them means."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, get_args

from workflows.calendar_spec import CalendarFault, Window, zone_named
from workflows.errors import Fault
from workflows.faults import FAULTS, Path, Problem
from workflows.schema_fields import (
    Draft,
    ListOf,
    Name,
    Of,
    OneOf,
    Part,
    Several,
    SopName,
    Time,
    Value,
    Whole,
    load,
    refuse,
)
from workflows.sop import Text
from workflows.tree import Branch, FaultList, locate
from workflows.worktime import LateReceipt

_HOURS = re.compile(r"(\d\d:\d\d) *[-–] *(\d\d:\d\d)")

MAP_FAULTS: dict[str, tuple[str, str]] = {
    "map.empty": ("Peta kosong.", "the map is empty"),
    "map.bad_hours": (
        "`{value}` bukan jam kerja; tulis `08:00-16:00`.",
        "`{value}` are no office hours; write `08:00-16:00`",
    ),
    "map.bad_week": ("Jam kerja salah: {problem}.", "these office hours are wrong: {problem}"),
    "map.bad_zone": (
        "Zona waktu `{value}` tidak ada; tulis misalnya `Asia/Jakarta`.",
        "there is no time zone `{value}`; write for example `Asia/Jakarta`",
    ),
    "map.bad_date": (
        "`{value}` bukan tanggal; tulis `2026-03-27`, atau `none` bila tidak ada.",
        "`{value}` is no date; write `2026-03-27`, or `none` where there are none",
    ),
    "map.activity_twice": (
        "Kegiatan `{name}` sudah disebut di tempat lain.",
        "the activity `{name}` is already named elsewhere",
    ),
    "map.needs": (
        "`{key}` tidak berarti tanpa `{other}`.",
        "`{key}` means nothing without `{other}`",
    ),
    "map.column_twice": (
        "Kolom `{name}` dipakai untuk dua hal.",
        "the column `{name}` is used for two things",
    ),
    "map.unknown_action": (
        "SOP tidak mengenal tindakan `{name}` pada jalur utama.",
        "the SOP has no action `{name}` on its main line",
    ),
    "map.unknown_ask": (
        "SOP tidak mengenal permintaan `{name}`.",
        "the SOP has no ask `{name}`",
    ),
    "map.unknown_ask_action": (
        "Permintaan `{ask}` tidak mengenal tindakan `{name}`.",
        "the ask `{ask}` has no action `{name}`",
    ),
}


class Hours(Value):
    """Office hours of one day."""

    kind = "`08:00-16:00`"

    def read(self, value: str) -> Window:
        """Return the window."""
        found = _HOURS.fullmatch(value)
        try:
            if found is not None:
                return Window.parse(found[1], found[2])
        except CalendarFault:
            pass
        raise refuse("map.bad_hours", value=value)


class Zone(Value):
    """A time zone."""

    kind = "`Asia/Jakarta`"

    def read(self, value: str) -> str:
        """Return the name of a zone that exists."""
        try:
            zone_named(value)
        except CalendarFault:
            raise refuse("map.bad_zone", value=value) from None
        return value


class Holiday(Value):
    """A date, or none at all."""

    kind = "`2026-03-27`, or `none`"

    def read(self, value: str) -> date | None:
        """Return the date; None for `none`."""
        if value == "none":
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise refuse("map.bad_date", value=value) from None


class ColumnsPart(Part):
    """Which column of the log says what."""

    case = Value("by what the events of one application are known", required=True)
    activity = Value("what was done", required=True)
    time = Value("when; without an offset it is the local time of the zone", required=True)
    resource = Value("who did it", required=True)


class WeekPart(Part):
    """The office hours of each weekday; a day without them is closed."""

    mon = Several("Monday", Hours(""))
    tue = Several("Tuesday", Hours(""))
    wed = Several("Wednesday", Hours(""))
    thu = Several("Thursday", Hours(""))
    fri = Several("Friday", Hours(""))
    sat = Several("Saturday", Hours(""))
    sun = Several("Sunday", Hours(""))


class PressPart(Part):
    """What one activity of the log presses."""

    activity = Value("the activity, as the log writes it", required=True)
    do = Name("the action", required=True)
    ask = Name("the ask in which it is pressed", by_default="the main line")


class TermPart(Part):
    """What moves the clock of a case when it is measured without an SOP."""

    suspends = Several("activities after which the file is with the applicant", Value(""))
    resumes = Several("activities by which it is back", Value(""))
    decides = Several("activities that end the time allowed", Value(""))
    within = Time("the time allowed, from the first event", by_default="none")
    extends = Several("activities that extend it, once and only in time", Value(""))
    extension = Whole("by how many working days or hours", 1, 9999)


class MapPart(Part):
    """A whole map."""

    map = SopName("its name", required=True)
    columns = Of("which column says what", ColumnsPart, required=True)
    zone = Zone("time zone of the office", required=True)
    windows = Of("office hours", WeekPart, required=True)
    holidays = Several("dates on which the office is closed", Holiday(""), required=True)
    late_receipt = OneOf(
        "what becomes of an act after closing",
        get_args(LateReceipt),
        by_default="`next_working_day`",
    )
    files = Several("activities that file an application", Value(""))
    activities = ListOf("what the other activities press", PressPart)
    ignore = Several("activities that press nothing", Value(""))
    measure = Of("what moves the clock where no SOP is asked", TermPart)


class MapFaultList(FaultList):
    """Collects the faults of a map, in the words of maps."""

    def at(self, line: int, where: str, problem: Problem) -> None:
        """Add a fault whose place is already known."""
        indonesian, english = MAP_FAULTS.get(problem.code) or FAULTS[problem.code]
        text: Text = {
            "id": indonesian.format(**problem.facts),
            "en": english.format(**problem.facts),
        }
        self.faults.append(Fault(line, where, problem.code, text, problem.suggestion))


def load_map(tree: Branch, faults: FaultList) -> Draft:
    """Return what the tree says as far as its shape is right, and add a fault where it is not."""
    draft, messages = load(MapPart, tree)
    _report(messages, (), faults)
    return draft


def _report(messages: Any, path: Path, faults: FaultList) -> None:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            _report(inner, path if key == "_schema" else (*path, key), faults)
        return
    for message in messages if isinstance(messages, list) else [messages]:
        if isinstance(message, Problem):
            line, where = locate(faults.root, path)
            faults.at(line, where, message)
        elif isinstance(message, str):
            faults.add(message, path, key=path[-1] if path else "")
        else:
            _report(message, path, faults)
