"""A log of events, read line by line: what cannot be read is told with its line and left out."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from licensing.replay.errors import LogUnreadable
from licensing.replay.mapping import Columns, ReplayMap
from workflows.faults import nearest

FIRST_YEAR, LAST_YEAR = 1970, 2100
"""An event outside these years is a slip of the keyboard, and would make a calendar of ages."""
_MOST_LINES_OF_A_RECORD = 50
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One event: who did what for which case, when."""

    line: int
    """Counted from 1, the header included."""
    case: str
    activity: str
    at: datetime
    resource: str


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be read, and why."""

    line: int
    why: str

    def __str__(self) -> str:
        return f"baris/line {self.line}: {self.why}"


@dataclass(frozen=True, slots=True)
class Log:
    """Everything that could be read of a log, in the order of the file."""

    events: tuple[LogEvent, ...]
    bad: tuple[BadLine, ...]


def read_log(path: Path, mapped: ReplayMap) -> Log:
    """Return the events of a CSV file, plain or gzipped.

    Raises:
        LogUnreadable: the file is not there, is no whole gzip file, lacks a column that the map
            names, or has no event at all.
    """
    lines = _lines(path)
    try:
        number, header = next(_records(lines, 0))
    except StopIteration:
        raise LogUnreadable(f"{path} is empty; it needs a header and events") from None
    if isinstance(header, BadLine):
        raise LogUnreadable(f"{path}, {header}: its header cannot be read")
    places = _places(path, header, mapped.columns)
    zone = ZoneInfo(mapped.zone)
    events: list[LogEvent] = []
    bad: list[BadLine] = []
    for line, fields in _records(lines, number, len(header)):
        found: LogEvent | BadLine
        if isinstance(fields, BadLine):
            found = fields
        else:
            found = _event(line, fields, len(header), places, zone)
        if isinstance(found, BadLine):
            bad.append(found)
        else:
            events.append(found)
    if not events:
        first = f"; {bad[0]}" if bad else ""
        raise LogUnreadable(f"{path} has no event that can be read{first}")
    return Log(tuple(events), tuple(bad))


def _lines(path: Path) -> list[str]:
    try:
        raw = path.read_bytes()
        if raw.startswith(b"\x1f\x8b"):
            raw = gzip.decompress(raw)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise LogUnreadable(f"{path} is no whole gzip file: {error}") from error
    except OSError as error:
        raise LogUnreadable(f"{path} cannot be read: {error.strerror or error}") from error
    # What is not UTF-8 stays visible as a lone surrogate, so that its line can be named.
    text = raw.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _records(
    lines: Sequence[str], start: int, width: int | None = None
) -> Iterator[tuple[int, list[str] | BadLine]]:
    """Yield (line, fields) of each record after `start` lines.

    For the header the line is the last one it covers. A quote that nobody closes costs its own
    line only.
    """
    place = start
    while place < len(lines):
        if not lines[place].strip():
            place += 1
            continue
        fields, covered = _record(lines, place, width)
        yield (place + 1 if width is not None else place + covered), fields
        place += covered


def _record(lines: Sequence[str], place: int, width: int | None) -> tuple[list[str] | BadLine, int]:
    """Return the fields of the record that begins at `place`, and how many lines it covers."""
    text, why = "", "quotes do not match"
    for covered in range(1, min(_MOST_LINES_OF_A_RECORD, len(lines) - place) + 1):
        text += ("\n" if covered > 1 else "") + lines[place + covered - 1]
        try:
            fields = next(csv.reader([text], strict=True))
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                continue
            why = str(error)
            break
        if covered == 1 or width is None or len(fields) == width:
            return fields, covered
        break
    return BadLine(place + 1, why), 1


def _places(path: Path, header: list[str], columns: Columns) -> tuple[int, int, int, int]:
    known = [name.strip() for name in header]
    places = []
    for key in ("case", "activity", "time", "resource"):
        name = getattr(columns, key)
        if name not in known:
            near = nearest(name, known)
            hint = f"; did you mean `{near}`?" if near else f"; it has {', '.join(known)}"
            raise LogUnreadable(f"{path} has no column `{name}` ({key} of the map){hint}")
        places.append(known.index(name))
    return places[0], places[1], places[2], places[3]


def _event(
    line: int, fields: list[str], width: int, places: tuple[int, int, int, int], zone: ZoneInfo
) -> LogEvent | BadLine:
    if len(fields) != width:
        return BadLine(line, f"has {len(fields)} fields where the header has {width}")
    case, activity, time, resource = (fields[place].strip() for place in places)
    for name, value in (("case", case), ("activity", activity), ("time", time)):
        if not value:
            return BadLine(line, f"its {name} is empty")
    for name, value in (("case", case), ("activity", activity), ("resource", resource)):
        if why := _unusable(value):
            return BadLine(line, f"its {name} {why}")
    try:
        at = datetime.fromisoformat(time)
    except ValueError:
        return BadLine(line, f"{time[:60]!a} is no time; write 2026-03-27T10:00:00+07:00")
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    if not FIRST_YEAR < at.year < LAST_YEAR:
        return BadLine(line, f"its year {at.year} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return LogEvent(line, case, activity, at.astimezone(UTC), resource)


def _unusable(value: str) -> str | None:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return "is not UTF-8"
    if "\0" in value:
        return "holds a NUL character"
    if len(value) > _LONGEST:
        return f"is longer than {_LONGEST} characters"
    return None
