"""Regions and business fields found by the first letters of their words, or by their code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from licensing.runtime import Runtime

MOST: Final = 8
"""How many a list offers: more are found by another word."""
LONGEST: Final = 80
SHORTEST: Final = 3
"""Fewer letters than this would find everything."""
_WORDS: Final = re.compile(r"[^\W_]+")
_DIGITS: Final = re.compile(r"[0-9. ]+", re.ASCII)
_KINDS_OF_REGION: Final = frozenset({"kel", "kelurahan", "desa", "kec", "kecamatan", "kab"})
"""Words before a name that are no part of it in the table."""
_CODES: Final = re.compile(r"(?<![0-9])[0-9]{5}(?![0-9])", re.ASCII)


@dataclass(frozen=True, slots=True)
class RegionHit:
    """One region."""

    code: str
    name: str
    kind: str
    path: str

    @property
    def full_name(self) -> str:
        """The name with those of the regions around it: Metro, Metro Pusat, Kota Metro, …"""
        return f"{self.name}, {self.path}" if self.path else self.name


@dataclass(frozen=True, slots=True)
class BusinessFieldHit:
    """One five-digit field, of one edition of the classification."""

    code: str
    edition: str
    title: str

    @property
    def value(self) -> str:
        """How it is written into a form: the code and its edition."""
        return f"{self.code} (KBLI {self.edition})"


def regions(runtime: Runtime, wanted: str) -> Sequence[RegionHit]:
    """Return the regions that a text or the beginning of a code means, the best first."""
    query, asked = _REGIONS_BY_CODE, _of_code(wanted, dotted)
    if asked is None:
        query = _REGIONS_BY_WORDS
        asked = _of_words([word for word in _words(wanted) if word not in _KINDS_OF_REGION])
    if asked is None:
        return ()
    with runtime.db.begin() as connection:
        rows = connection.exec_driver_sql(query, asked)
        return [RegionHit(row.code, row.name, row.kind, row.path) for row in rows]


def business_fields(
    runtime: Runtime, wanted: str, edition: str | None = None
) -> Sequence[BusinessFieldHit]:
    """Return the fields that a text or the beginning of a code means, the best first.

    Without an edition: of the newest that was read in.
    """
    query, asked = _FIELDS_BY_CODE, _of_code(wanted, _bare)
    if asked is None:
        query, asked = _FIELDS_BY_WORDS, _of_words(_words(wanted))
    if asked is None:
        return ()
    with runtime.db.begin() as connection:
        rows = connection.exec_driver_sql(query, {**asked, "edition": edition})
        return [BusinessFieldHit(row.code, row.edition, row.title) for row in rows]


def region_named(connection: Connection, code: str) -> RegionHit | None:
    """Return the region of a code, listed still or not; None where it is unknown."""
    row = connection.exec_driver_sql(_REGION, (code,)).fetchone()
    return None if row is None else RegionHit(row.code, row.name, row.kind, row.path)


def editions_of(connection: Connection, text: str) -> Mapping[str, Sequence[BusinessFieldHit]]:
    """Return for each five-digit code in a text the fields it names, the newest edition first."""
    found: dict[str, list[BusinessFieldHit]] = {code: [] for code in codes_in(text)}
    if found:
        for row in connection.exec_driver_sql(_FIELDS, (list(found),)):
            found[row.code].append(BusinessFieldHit(row.code, row.edition, row.title))
    return found


def codes_in(text: str) -> Sequence[str]:
    """Return the five-digit codes in the answer to a question for business fields."""
    return _CODES.findall(text)


def dotted(digits: str) -> str:
    """Return the beginning of a region code with its dots: 187201 is 18.72.01."""
    bare = _bare(digits)
    parts = [bare[:2], bare[2:4], bare[4:6], bare[6:10]]
    return ".".join(part for part in parts if part)


def _bare(digits: str) -> str:
    return digits.replace(" ", "").replace(".", "")


def _words(text: str) -> list[str]:
    return _WORDS.findall(text[:LONGEST].casefold())


def _of_code(wanted: str, written: Callable[[str], str]) -> dict[str, object] | None:
    """Return what asks for the codes that begin so; None where it is no beginning of a code."""
    code = written(wanted[:LONGEST]) if _DIGITS.fullmatch(wanted[:LONGEST]) else ""
    return {"asked": code, "upto": code + "~", "most": MOST} if code else None


def _of_words(words: Sequence[str]) -> dict[str, object] | None:
    """Return what asks for every word as far as it is typed, first where names hold them."""
    if sum(map(len, words)) < SHORTEST:
        return None
    return {
        "asked": " & ".join(f"{word}:*" for word in words),
        "named": " & ".join(f"{word}:*A" for word in words),
        "partly": " | ".join(f"{word}:*A" for word in words),
        "most": MOST,
    }


# In the collation of the codes "~" stands behind every digit and dot.
_REGIONS_BY_CODE = """
SELECT code, name, kind, path FROM region
 WHERE listed AND code >= %(asked)s AND code < %(upto)s ORDER BY code LIMIT %(most)s
"""

# A name counts more than what is around it; of names that fit alike the larger region.
_REGIONS_BY_WORDS = """
SELECT code, name, kind, path FROM region
 WHERE listed AND words @@ to_tsquery('simple', %(asked)s)
 ORDER BY words @@ to_tsquery('simple', %(named)s) DESC,
       words @@ to_tsquery('simple', %(partly)s) DESC, length(code), code
 LIMIT %(most)s
"""

_REGION = "SELECT code, name, kind, path FROM region WHERE code = %s"

_EDITION = """
       edition = coalesce(%(edition)s, (SELECT max(edition) FROM business_field WHERE listed))
"""

_FIELDS_BY_CODE = f"""
SELECT code, edition, title FROM business_field
 WHERE listed AND level = 'kelompok' AND {_EDITION}
   AND code >= %(asked)s AND code < %(upto)s
 ORDER BY code LIMIT %(most)s
"""  # noqa: S608 - our own text

# What a field is called counts more than what its description says, also of what it excludes.
_FIELDS_BY_WORDS = f"""
SELECT code, edition, title FROM business_field
 WHERE listed AND level = 'kelompok' AND {_EDITION}
   AND words @@ to_tsquery('simple', %(asked)s)
 ORDER BY words @@ to_tsquery('simple', %(named)s) DESC,
       words @@ to_tsquery('simple', %(partly)s) DESC, code
 LIMIT %(most)s
"""  # noqa: S608 - our own text

_FIELDS = """
SELECT code, edition, title FROM business_field
 WHERE code = ANY(%s) AND level = 'kelompok' ORDER BY edition DESC, code
"""
