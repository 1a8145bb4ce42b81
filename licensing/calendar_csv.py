"""A calendar's days as a table of text: read whole, or refused with every wrong line named."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Final, Literal

from licensing.errors import LicensingError
from licensing.forms import MAX_TEXT, one_line
from workflows.calendar_spec import CalendarFault, Window, Windows

DayKind = Literal["national", "joint", "local", "makeup"]

MOST_BYTES: Final = 512 * 1024
MOST_LINES: Final = 2_000
_YEARS: Final = range(2000, 2101)
_DATE_FORMS: Final = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")
_COLUMNS: Final[Mapping[str, str]] = {
    "date": "date", "tanggal": "date",
    "name": "name", "nama": "name", "keterangan": "name", "libur": "name",
    "kind": "kind", "jenis": "kind",
    "hours": "hours", "jam": "hours", "jam_kerja": "hours",
}  # fmt: skip
_KINDS: Final[Mapping[str, DayKind]] = {
    "national": "national", "nasional": "national", "libur_nasional": "national",
    "joint": "joint", "bersama": "joint", "cuti_bersama": "joint",
    "local": "local", "lokal": "local", "daerah": "local", "libur_daerah": "local",
    "libur_lokal": "local",
    "makeup": "makeup", "pengganti": "makeup", "hari_pengganti": "makeup",
    "hari_kerja_pengganti": "makeup",
}  # fmt: skip

SAMPLE: Final = (
    "tanggal,nama,jenis,jam\r\n"
    "2027-08-17,Hari Kemerdekaan Republik Indonesia,libur nasional,\r\n"
    "2027-12-24,Cuti Bersama Hari Raya Natal,cuti bersama,\r\n"
    "2027-04-15,Hari Jadi Kota,libur daerah,\r\n"
    '2027-12-18,Layanan Sabtu,hari kerja pengganti,"08.00-12.00, 13.00-15.00"\r\n'
)
"""A small file of the right shape, to start from."""


@dataclass(frozen=True, slots=True)
class ListedDay:
    """One line of the file."""

    day: date
    name: str
    kind: DayKind
    windows: Windows = ()
    """Office hours of a make-up day."""


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong with one line; its number counts the heading as 1, as a sheet does."""

    line: int
    code: str
    value: str = ""


class CalendarFileFaults(LicensingError):
    """A file of days cannot be read; every wrong line is named, and nothing was written."""

    code = "calendar.file"

    def __init__(self, faults: Sequence[LineFault]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(
            f"{len(self.faults)} faults; line {first.line}: {first.code} {first.value!r}"
        )


def read_days(content: bytes) -> tuple[ListedDay, ...]:
    """Return the days that a CSV lists, by date.

    Columns `date,name,kind` and, for make-up days, `hours`; or `tanggal,nama,jenis,jam`. Others
    are left alone. Separated by comma, semicolon or tab, with or without a byte order mark.

    Raises:
        CalendarFileFaults: every wrong line at once.
    """
    lines = _lines(_text(content))
    columns, rows = next(lines), list(lines)
    if len(rows) > MOST_LINES:
        raise CalendarFileFaults([LineFault(MOST_LINES + 2, "csv_too_large")])
    faults: list[LineFault] = []
    found: dict[date, tuple[int, ListedDay]] = {}
    for number, cells in rows:
        read = _row(columns[1], number, cells)
        if isinstance(read, LineFault):
            faults.append(read)
        elif read.day in found:
            faults.append(LineFault(number, "csv_twice", f"{read.day} ({found[read.day][0]})"))
        else:
            found[read.day] = number, read
    if not faults and not found:
        faults.append(LineFault(1, "csv_empty"))
    if faults:
        raise CalendarFileFaults(faults)
    return tuple(listed for _, (_, listed) in sorted(found.items()))


def read_hours(text: str) -> Windows:
    """Return the office hours that a text names: `07.30-12.00, 13.00-16.00`.

    Raises:
        CalendarFault: it names none.
    """
    windows = []
    plain = text.replace("–", "-").replace("—", "-").replace(".", ":")
    for part in plain.split(","):
        if not part.strip():
            continue
        start, mark, end = part.partition("-")
        if not mark:
            raise CalendarFault("hours", f"{part!r} has no end")
        windows.append(Window.parse(start.strip().zfill(5), end.strip().zfill(5)))
    found = tuple(sorted(windows))
    if any(a.end > b.start for a, b in pairwise(found)) or any(
        one.end <= one.start for one in found
    ):
        raise CalendarFault("hours", "windows overlap")
    return found


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise CalendarFileFaults([LineFault(1, "csv_too_large")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CalendarFileFaults([LineFault(line, "csv_encoding")]) from error
    if "\x00" in text:
        raise CalendarFileFaults([LineFault(1, "csv_encoding")])
    return text


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the names of the columns, then each line that is not empty, with its number."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] | None = None
    number = 1
    try:
        for cells in reader:
            first, number = number, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = [_key(cell) for cell in cells]
                columns = [_COLUMNS.get(name, "") for name in names]
                missing = [name for name in ("date", "name", "kind") if name not in columns]
                twice = [name for name in set(columns) - {""} if columns.count(name) > 1]
                if missing or twice:
                    raise CalendarFileFaults(
                        [LineFault(first, "csv_columns", ", ".join(missing or twice))]
                    )
                yield first, columns
            else:
                yield first, cells
    except csv.Error as error:
        raise CalendarFileFaults([LineFault(number, "csv_cells", str(error))]) from error
    if names is None:
        raise CalendarFileFaults([LineFault(1, "csv_empty")])


def _row(columns: Sequence[str], number: int, cells: Sequence[str]) -> ListedDay | LineFault:
    # A sheet may leave out the last empty cells of a line, or add some.
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        return LineFault(number, "csv_cells", str(len(cells)))
    values = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column}
    text = values.get("date", "")
    day = _date(text)
    if day is None:
        return LineFault(number, "csv_date", text)
    if day.year not in _YEARS:
        return LineFault(number, "csv_year", text)
    kind = _KINDS.get(_key(values.get("kind", "")))
    if kind is None:
        return LineFault(number, "csv_kind", values.get("kind", ""))
    name = one_line(values.get("name", ""))
    if len(name) > MAX_TEXT or (not name and kind != "makeup"):
        return LineFault(number, "csv_name", name[:40])
    hours = values.get("hours", "")
    if kind != "makeup":
        return LineFault(number, "csv_hours_closed", hours) if hours else ListedDay(day, name, kind)
    try:
        windows = read_hours(hours)
    except CalendarFault:
        windows = ()
    return ListedDay(day, name, kind, windows) if windows else LineFault(number, "csv_hours", hours)


def _date(text: str) -> date | None:
    for form in _DATE_FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a date
        except ValueError:
            continue
    return None


def _key(text: str) -> str:
    return re.sub(r"[\s_-]+", "_", text.strip().lower())
