"""Proof that no history was changed: every hash, chain, number and seal is worked out anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from licensing.history import GENESIS, Event
from licensing.services.seal import Anchor, seal_hash

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One row that is not as it was written."""

    where: str
    """The application's registration number, or `seal`."""
    seq: int | None
    """The number of the line of history, or of the seal."""
    field: str
    """The column that disagrees; `content` where only the hash over all of them tells."""
    what: str

    def __str__(self) -> str:
        row = self.where if self.seq is None else f"{self.where} #{self.seq}"
        return f"{row}: {self.field}: {self.what}"


def count_events(connection: Connection, office_id: UUID, number: str | None = None) -> int:
    """Return how many lines of history `verify_histories` will read."""
    return int(connection.execute(text(_COUNT), _scope(office_id, number)).scalar_one())


def verify_histories(
    connection: Connection,
    office_id: UUID,
    *,
    number: str | None = None,
    progress: Callable[[int], object] = lambda _: None,
) -> Iterator[Finding]:
    """Yield every line of history of an office, or of one application, that was changed.

    The whole is one query, so it sees one moment; rows are streamed.
    """
    rows = connection.execute(
        text(_HISTORIES), _scope(office_id, number), execution_options={"yield_per": _BATCH}
    )
    for _, lines in groupby(rows, key=attrgetter("id")):
        yield from _verify_one(lines, progress)


def verify_seals(connection: Connection, office_id: UUID) -> Iterator[Finding]:
    """Yield every seal that was changed, and every history that is not as a seal saw it."""
    expected, previous = 1, GENESIS
    seals = connection.execute(
        text(_SEALS), {"office": office_id}, execution_options={"yield_per": 50}
    )
    for row in seals:
        if row.number != expected:
            yield Finding("seal", expected, "number", f"is missing; next is {row.number}")
        if row.previous != previous:
            yield Finding("seal", row.number, "previous", "is not the hash of the seal before")
        heads = {key: (head[0], head[1]) for key, head in row.heads.items()}
        if seal_hash(office_id, row.number, row.sealed_at, heads, row.previous) != row.hash:
            yield Finding("seal", row.number, "content", "does not have this hash")
        expected, previous = row.number + 1, row.hash
    for row in connection.execute(text(_SEALED), {"office": office_id}):
        where = row.registered or f"application {row.application}"
        if row.hash is None:
            yield Finding(where, row.seq, "seq", f"is gone; seal {row.number} has seen it")
        else:
            yield Finding(where, row.seq, "hash", f"is not the one that seal {row.number} has seen")


def verify_anchors(
    connection: Connection, office_id: UUID, code: str, anchors: Iterable[Anchor]
) -> Iterator[Finding]:
    """Yield every seal that is not as an anchor kept outside says."""
    for anchor in anchors:
        if anchor.office != code:
            continue
        row = connection.execute(
            text("SELECT hash FROM seal WHERE office_id = :office AND number = :number"),
            {"office": office_id, "number": anchor.number},
        ).fetchone()
        if row is None:
            yield Finding("seal", anchor.number, "number", "is gone; an anchor names it")
        elif row.hash.hex() != anchor.hash:
            yield Finding("seal", anchor.number, "hash", "is not the one that the anchor names")


def _verify_one(lines: Iterable[Any], progress: Callable[[int], object]) -> Iterator[Finding]:
    """Yield what is wrong with one application, of which `lines` are all rows in order."""
    before: Any = None
    broken: Any = None
    line: Any = None
    for line in lines:
        where = line.number or f"application {line.id}"
        if line.seq is None:
            yield Finding(where, None, "seq", "the application has no history")
            return
        progress(1)
        if broken is not None:
            yield _name_break(where, broken, successor=line.previous)
            broken = None
        yield from _verify_links(where, before, line)
        if _hash_of(line) != line.hash:
            broken = line
        before = line
    if line is None:
        return
    where = line.number or f"application {line.id}"
    if broken is not None:
        yield _name_break(where, broken, successor=line.last_hash)
    yield from _verify_head(where, line)


def _verify_links(where: str, before: Any, line: Any) -> Iterator[Finding]:
    expected = 1 if before is None else before.seq + 1
    if line.seq != expected:
        yield Finding(where, expected, "seq", f"is missing; the next line is {line.seq}")
    elif line.previous != (GENESIS if before is None else before.hash):
        yield Finding(where, line.seq, "previous", "is not the hash of the line before")
    if line.event_office != line.office_id:
        yield Finding(where, line.seq, "office_id", "is another office than the application's")
    if before is not None and line.recorded_at < before.recorded_at:
        yield Finding(where, line.seq, "recorded_at", "lies before the line before")


def _name_break(where: str, line: Any, *, successor: bytes) -> Finding:
    """Return what was changed in a line whose hash does not fit: the next one remembers it."""
    if line.hash == successor:
        return Finding(where, line.seq, "content", "was changed: it does not have this hash")
    return Finding(where, line.seq, "hash", "is neither this content's nor known to the next line")


def _verify_head(where: str, last: Any) -> Iterator[Finding]:
    if last.last_seq != last.seq:
        yield Finding(
            where, last.last_seq, "seq", f"is the newest by the application, found is {last.seq}"
        )
    elif last.last_hash != last.hash:
        yield Finding(where, last.seq, "hash", "is not the one that the application holds")
    elif (last.last_recorded_at, last.last_effective_at) != (last.recorded_at, last.effective_at):
        yield Finding(where, last.seq, "recorded_at", "is not the one that the application holds")


def _hash_of(line: Any) -> bytes:
    return Event(
        application_id=line.id,
        seq=line.seq,
        action=line.action,
        ask=line.ask,
        from_step=line.from_step,
        to_step=line.to_step,
        lane=line.lane,
        actor_id=line.actor_id,
        reason=line.reason,
        detail=line.detail,
        recorded_at=line.recorded_at,
        effective_at=line.effective_at,
        previous=line.previous,
    ).hash()


def _scope(office_id: UUID, number: str | None) -> dict[str, Any]:
    return {"office": office_id, "number": number}


_COUNT = """
SELECT count(*) FROM application_event e
  JOIN application a ON a.id = e.application_id
  LEFT JOIN dossier d ON d.application_id = a.id
 WHERE a.office_id = :office AND (cast(:number AS text) IS NULL OR d.number = :number)
"""

_HISTORIES = """
SELECT a.id, a.office_id, d.number, a.last_seq, a.last_hash, a.last_recorded_at,
       a.last_effective_at, e.seq, e.office_id AS event_office, e.action, e.ask, e.from_step,
       e.to_step, e.lane, e.actor_id, e.reason, e.detail, e.recorded_at, e.effective_at,
       e.previous, e.hash
  FROM application a
  LEFT JOIN dossier d ON d.application_id = a.id
  LEFT JOIN application_event e ON e.application_id = a.id
 WHERE a.office_id = :office AND (cast(:number AS text) IS NULL OR d.number = :number)
 ORDER BY a.id, e.seq
"""

_SEALS = """
SELECT number, sealed_at, heads, previous, hash FROM seal
 WHERE office_id = :office ORDER BY number
"""

_SEALED = """
SELECT s.number, h.key AS application, (h.value ->> 0)::int AS seq, e.hash, d.number AS registered
  FROM seal s
 CROSS JOIN LATERAL jsonb_each(s.heads) h
  LEFT JOIN application_event e
    ON e.application_id = h.key::uuid AND e.seq = (h.value ->> 0)::int AND e.office_id = :office
  LEFT JOIN dossier d ON d.application_id = h.key::uuid
 WHERE s.office_id = :office AND encode(e.hash, 'hex') IS DISTINCT FROM h.value ->> 1
 ORDER BY s.number, h.key
"""
