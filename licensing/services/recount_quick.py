"""Files that differ in days to come alone: counted from their stored clock, without a history.

Of a hundred thousand open files most share what becomes of their limits, and so the texts that
are written about them. What differs is put between these.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

from licensing.change import Case
from licensing.clock_rows import OPEN, concerns, deadline_row
from licensing.history import RECOUNT, utc_text
from licensing.services.door_sql import dump
from licensing.services.reclock_sql import Batch
from licensing.services.recount_words import (
    PROMISE_MOVED,
    Moved,
    Receipt,
    Step,
    last_of,
    meant,
    moment_text,
    promise_params,
)
from workflows.ledger import Clockwork, LimitState
from workflows.ledger_quick import Fate, QuickCount

_CLOCK: Final = '"clock":'
_parse = json.JSONDecoder().raw_decode


class Stored(NamedTuple):
    """A limit as the texts of its row."""

    due_at: str | None
    rungs: str
    next_rung_at: str | None
    open: bool


class Said(NamedTuple):
    """What is recorded and told where the same limits move alike, as texts."""

    detail: str
    """With its keys in order, as it is hashed."""
    why: str
    params: str | None
    """Of the letter to the applicant; None: he is told nothing."""
    key: str
    before: str | None
    after: str | None


class Quick:
    """The counting of files of one SOP version from one version of the calendar to another."""

    def __init__(self, clockwork: Clockwork, step: Step, target_id: UUID) -> None:
        self._step = step
        self._since = step.diff.first
        self._target = str(target_id)
        self._zone = clockwork.calendar
        self._count: QuickCount[Stored] | None = None
        if self._since is not None:
            self._count = QuickCount(clockwork, self._since, _stored)
        self._said: dict[tuple[Moved, ...], Said] = {}

    def add(self, file: Case, batch: Batch, unmoved: list[UUID], receipts: list[Receipt]) -> bool:
        """Add what becomes of a file, whose state is a text; return False: read its history."""
        if self._count is None:
            unmoved.append(file.application_id)
            return True
        state = str(file.state)
        begin = state.find(_CLOCK) + len(_CLOCK)
        if begin < len(_CLOCK):
            return False
        clock, end = _parse(state, begin)
        fates = self._count.fates(clock)
        if fates is None:
            return False
        if not any(fate.ahead for fate in fates):
            unmoved.append(file.application_id)
            return True
        after = dump(self._count.recalendared(clock, fates))
        self._add(file, f"{state[:begin]}{after}{state[end:]}", fates, clock, batch, receipts)
        return True

    def _add(
        self,
        file: Case,
        state: str,
        fates: list[Fate[Stored]],
        clock: dict[str, object],
        batch: Batch,
        receipts: list[Receipt],
    ) -> None:
        case_id, now = str(file.application_id), utc_text(file.now)
        moved = tuple(
            Moved(fate.key, fate.before, fate.after)
            for fate in fates
            if fate.before != fate.after and not fate.key.startswith("hold:")
        )
        line: tuple[str | None, ...] = (None,) * 13
        why = dump(self._step.said()["id"])
        if moved:
            said = self._said.get(moved) or self._say(moved)
            why = said.why
            line, at = _line(file, case_id, said.detail, now)
            receipts.append(Receipt(case_id, file.last_seq + 1, said.key, said.before, said.after))
            if said.params is not None:
                batch.add(
                    "notices", case_id, str(file.last_seq + 1), PROMISE_MOVED, said.params, at,
                    str(file.simulated),
                )  # fmt: skip
        batch.add_case(
            case_id,
            str(file.last_seq),
            _nearest(fates, None),
            self._target,
            state,
            now,
            why,
            *line,
            None,
        )
        for fate in fates:
            if fate.ahead:
                row = fate.row
                batch.add("known", case_id, fate.key, row.due_at, row.rungs, row.next_rung_at)
        asks = clock.get("q")
        if isinstance(asks, list):
            for key, _ in asks:
                batch.add("asks", case_id, key, _nearest(fates, key))

    def _say(self, moved: tuple[Moved, ...]) -> Said:
        assert self._since is not None  # noqa: S101 - else nothing moves
        last = self._zone.local_date(last_of(moved))
        cause = self._step.said(self._since, last)
        one = meant(moved)
        params = promise_params(one, cause)
        detail = json.dumps(
            self._step.detail(moved, cause),
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )
        said = self._said[moved] = Said(
            detail,
            dump(cause["id"]),
            None if params is None else dump(params),
            one.key,
            moment_text(one.before),
            moment_text(one.after),
        )
        return said


def _stored(limit: LimitState) -> Stored:
    row = deadline_row(limit)
    return Stored(row["due_at"], dump(row["rungs"]), row["next_rung_at"], limit.status in OPEN)


def _line(file: Case, case_id: str, detail: str, now: str) -> tuple[tuple[str | None, ...], str]:
    """Return the columns of a line of history, and when it counts.

    The text that is hashed is that of `Event.hash`, put together from parts.
    """
    seq, step, previous = file.last_seq + 1, dump(file.step), file.last_hash.hex()
    recorded = now if file.now >= file.last_recorded_at else utc_text(file.last_recorded_at)
    at = now if file.now >= file.last_effective_at else utc_text(file.last_effective_at)
    hashed = sha256(
        f'["{case_id}",{seq},"{RECOUNT}",null,{step},{step},"",null,null,{detail},'
        f'"{recorded}","{at}","{previous}"]'.encode()
    ).hexdigest()
    line = (
        str(seq), hashed, recorded, at, RECOUNT, None, file.step, file.step, "", None, None, detail,
        previous,
    )  # fmt: skip
    return line, at


def _nearest(fates: list[Fate[Stored]], ask: str | None) -> str | None:
    """Return what `clock_rows.nearest_due` does, as text."""
    nearest = min(
        (
            (fate.after, fate.row.due_at)
            for fate in fates
            if fate.after is not None and fate.row.open and concerns(fate.key, ask)
        ),
        default=None,
    )
    return None if nearest is None else nearest[1]
