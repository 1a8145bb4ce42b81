"""Files of regions and business fields, as the ministries and others publish them: rows out.

CSV with a head (`kode,nama` or `kode,judul`) or a JSON list of objects, plain or gzipped.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from licensing.errors import LicensingError
from licensing.forms import one_line

MAX_BYTES: Final = 64 * 1024 * 1024
"""Unpacked; the whole country has nine megabytes."""

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("kode", "code"),
    "name": ("nama", "name", "judul", "title"),
    "kind": ("jenis", "kind"),
    "description": ("uraian", "description"),
}
_REGION: Final = re.compile(r"\d\d(?:\.\d\d(?:\.\d\d(?:\.\d{4})?)?)?")
_FIELD: Final = re.compile(r"[A-Z]|\d{2,5}")
_LEVELS: Final = {2: "golongan_pokok", 3: "golongan", 4: "subgolongan", 5: "kelompok"}


class ReferenceFault(LicensingError, ValueError):
    """A file of names that cannot be read in; says in which file, at which row, and what."""

    code = "reference.fault"

    def __init__(self, file: str, row: int, problem: str) -> None:
        self.file, self.row, self.problem = file, row, problem
        place = f"{file}, row {row}" if row else file
        super().__init__(f"{place}: {problem}")


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One region; `path` names those around it, the nearest first."""

    code: str
    name: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class BusinessFieldRow:
    """One heading of the classification."""

    code: str
    level: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class ReferenceFile:
    """What one import reads: the rows, and the fingerprint of the files they came from."""

    names: str
    sha256: str
    rows: Sequence[RegionRow] | Sequence[BusinessFieldRow]


def read_regions(path: Path) -> ReferenceFile:
    """Return the regions in a file, each with the names of the regions around it.

    Raises:
        ReferenceFault: the file, or one of its rows, cannot be what it should be.
    Source: Kepmendagri on codes and names of regions: dotted codes.
    """
    content = _content(path)
    found: dict[str, tuple[str, str]] = {}
    for number, row in _rows(path.name, content):
        code, name = row["code"], row["name"]
        if not _REGION.fullmatch(code):
            raise ReferenceFault(
                path.name, number, f"{code!r} is no region code: write 18, 18.72, 18.72.01 or "
                "18.72.01.1001"
            )  # fmt: skip
        if code in found:
            raise ReferenceFault(path.name, number, f"{code} stands there twice")
        found[code] = (name, row.get("kind", "") or _kind_of(code))
    rows = []
    for code, (name, kind) in found.items():
        around = []
        parent = code.rpartition(".")[0]
        while parent:
            if parent not in found:
                raise ReferenceFault(path.name, 0, f"{code} lies in {parent}, which is missing")
            around.append(found[parent][0])
            parent = parent.rpartition(".")[0]
        if kind != _kind_of(code) and {kind, _kind_of(code)} not in _INTERCHANGED:
            raise ReferenceFault(path.name, 0, f"{code} cannot be of the kind {kind!r}")
        rows.append(RegionRow(code, name, kind, ", ".join(around)))
    return ReferenceFile(path.name, hashlib.sha256(content).hexdigest(), rows)


def read_business_fields(paths: Sequence[Path]) -> ReferenceFile:
    """Return the headings in the files of one edition: some publish one file a level.

    Raises:
        ReferenceFault: a file, or one of its rows, cannot be what it should be.
    """
    digest = hashlib.sha256()
    rows: dict[str, BusinessFieldRow] = {}
    for path in paths:
        content = _content(path)
        digest.update(content)
        for number, row in _rows(path.name, content):
            code = row["code"]
            if not _FIELD.fullmatch(code):
                raise ReferenceFault(
                    path.name, number, f"{code!r} is no code of KBLI: one letter or 2 to 5 digits"
                )
            if code in rows:
                raise ReferenceFault(path.name, number, f"{code} stands there twice")
            level = _LEVELS.get(len(code), "kategori")
            rows[code] = BusinessFieldRow(code, level, row["name"], row.get("description", ""))
    return ReferenceFile(
        ", ".join(path.name for path in paths), digest.hexdigest(), [*rows.values()]
    )


_INTERCHANGED: Final = ({"kabupaten", "kota"}, {"kelurahan", "desa"})
"""Codes say which of the two it is; some real ones do not keep to it, and the file knows better."""


def _kind_of(code: str) -> str:
    parts = code.split(".")
    match len(parts):
        case 1:
            return "provinsi"
        case 2:
            return "kota" if parts[1] >= "71" else "kabupaten"
        case 3:
            return "kecamatan"
        case _:
            return "kelurahan" if parts[3].startswith("1") else "desa"


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            packed = stream.read(MAX_BYTES + 1)
            if packed[:2] == b"\x1f\x8b":
                with gzip.open(io.BytesIO(packed)) as unpacked:
                    packed = unpacked.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ReferenceFault(path.name, 0, f"cannot be read: {error}") from error
    if len(packed) > MAX_BYTES:
        raise ReferenceFault(path.name, 0, "is larger than 64 MB: this is another file")
    return packed


def _rows(file: str, content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Return each row with its number in the file, under our names; code and name are there."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReferenceFault(file, 0, "is not written in UTF-8") from error
    raw = _of_json(file, text) if text.lstrip()[:1] in ("[", "{") else _of_csv(file, text)
    empty = True
    for number, row in raw:
        empty = False
        found = {
            ours: one_line(row[theirs])
            for ours, names in _NAMES.items()
            for theirs in names
            if row.get(theirs)
        }
        for needed in ("code", "name"):
            if not found.get(needed):
                known = " or ".join(_NAMES[needed])
                raise ReferenceFault(file, number, f"has nothing in the column {known}")
        yield number, found
    if empty:
        raise ReferenceFault(file, 0, "holds no rows")


def _of_csv(file: str, text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        head = reader.fieldnames or []
        for needed in ("code", "name"):
            if not set(_NAMES[needed]) & set(head):
                raise ReferenceFault(
                    file, 1, f"the head lacks a column {' or '.join(_NAMES[needed])}"
                )
        for row in reader:
            yield reader.line_num, {name: text or "" for name, text in row.items() if name}
    except csv.Error as error:
        raise ReferenceFault(file, reader.line_num, f"is no CSV: {error}") from error


def _of_json(file: str, text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReferenceFault(file, 0, f"is no JSON: {error}") from error
    if not isinstance(items, list):
        raise ReferenceFault(file, 0, "is no list of objects")
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            raise ReferenceFault(file, number, "is no object with a code and a name")
        yield number, {name: text for name, text in item.items() if isinstance(text, str)}
