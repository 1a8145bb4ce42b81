"""Seals: every minute the heads of the histories that grew are chained, per office.

A history chains itself, but whoever may write to the database could cut off its newest rows and
mend the application. A seal remembers how far each history had come, and the newest seal's hash,
kept elsewhere, remembers all seals.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy import Connection

from licensing.history import GENESIS, utc_text
from licensing.runtime import Runtime

OVERLAP = timedelta(minutes=5)
"""How long before the last seal events are looked at again: longer than any transaction lives,
so that one which committed late is not left out."""

MOST_HEADS = 5_000

Heads = Mapping[str, tuple[int, str]]
"""Application id → number of its newest event, and that event's hash in hex."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The newest seal of an office, to be kept outside."""

    office: str
    number: int
    sealed_at: datetime
    hash: str

    def __str__(self) -> str:
        return f"{utc_text(self.sealed_at)} {self.office} {self.number} {self.hash}"

    @classmethod
    def parse(cls, line: str) -> Anchor:
        """Return the anchor that `str` wrote.

        Raises:
            ValueError: the line is none.
        """
        sealed_at, office, number, hashed = line.split()
        if len(bytes.fromhex(hashed)) != 32:
            raise ValueError("the hash is not 64 hexadecimal digits")
        return cls(office, int(number), datetime.fromisoformat(sealed_at), hashed)


def seal_offices(runtime: Runtime) -> int:
    """Seal what has happened since the last seal in every office; return how many seals."""
    with runtime.db.begin() as connection:
        offices = connection.exec_driver_sql("SELECT id FROM office ORDER BY id").scalars().all()
    return sum(seal_office(runtime, office_id) for office_id in offices)


def seal_office(runtime: Runtime, office_id: UUID) -> int:
    """Seal what has happened in one office; return how many seals that took, usually one or none.

    Whoever comes while another process seals this office leaves it to that one.
    """
    with runtime.transaction(office_id) as connection:
        free = connection.exec_driver_sql(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 2))", (str(office_id),)
        ).scalar_one()
        if not free:
            return 0
        last = connection.exec_driver_sql(_LAST, (office_id,)).fetchone()
        number, previous, since = (0, GENESIS, None) if last is None else last
        heads = iter(_new_heads(connection, office_id, since).items())
        made = 0
        while part := dict(islice(heads, MOST_HEADS)):
            number, made = number + 1, made + 1
            previous = _write(connection, office_id, number, part, previous)
        return made


def seal_hash(
    office_id: UUID, number: int, sealed_at: datetime, heads: Heads, previous: bytes
) -> bytes:
    """Return SHA-256 over everything a seal says and the hash of the one before."""
    content = [
        str(office_id),
        number,
        utc_text(sealed_at),
        [[key, *heads[key]] for key in sorted(heads)],
        previous.hex(),
    ]
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).digest()


def newest_seals(runtime: Runtime) -> tuple[Anchor, ...]:
    """Return the newest seal of every office that has one."""
    found = []
    with runtime.db.begin() as connection:
        offices = connection.exec_driver_sql("SELECT id, code FROM office ORDER BY code").fetchall()
    for office_id, code in offices:
        with runtime.transaction(office_id) as connection:
            row = connection.exec_driver_sql(
                "SELECT number, sealed_at, hash FROM seal WHERE office_id = %s"
                " ORDER BY number DESC LIMIT 1",
                (office_id,),
            ).fetchone()
        if row is not None:
            found.append(Anchor(code, row[0], row[1], row[2].hex()))
    return tuple(found)


def _new_heads(
    connection: Connection, office_id: UUID, since: datetime | None
) -> dict[str, tuple[int, str]]:
    rows = connection.exec_driver_sql(
        _HEADS, {"office": office_id, "since": since, "overlap": OVERLAP}
    )
    return {str(row[0]): (row[1], row[2].hex()) for row in rows}


def _write(
    connection: Connection, office_id: UUID, number: int, heads: Heads, previous: bytes
) -> bytes:
    now = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    hashed = seal_hash(office_id, number, now, heads, previous)
    connection.exec_driver_sql(
        "INSERT INTO seal (office_id, number, sealed_at, heads, previous, hash)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (office_id, number, now, json.dumps(heads), previous, hashed),
    )
    return hashed


_LAST = """
SELECT number, hash, sealed_at FROM seal WHERE office_id = %s ORDER BY number DESC LIMIT 1
"""

# By the events' own time, which has an index; what an earlier seal has said is not said again.
_HEADS = """
SELECT a.id, a.last_seq, a.last_hash
  FROM application a
 WHERE a.office_id = %(office)s
   AND a.id IN (SELECT e.application_id FROM application_event e
                 WHERE e.office_id = %(office)s
                   AND e.recorded_at
                       > coalesce(%(since)s::timestamptz, '-infinity') - %(overlap)s::interval)
   AND NOT EXISTS (SELECT 1 FROM seal s
                    WHERE s.office_id = %(office)s
                      AND s.sealed_at > %(since)s::timestamptz - 2 * %(overlap)s::interval
                      AND (s.heads -> a.id::text ->> 0)::int = a.last_seq)
 ORDER BY a.id
"""
