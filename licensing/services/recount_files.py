"""What another calendar makes of files: where their clocks stand, what moves, who is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from licensing.change import Case, NoticeOrder
from licensing.database import execute
from licensing.history import RECOUNT
from licensing.runtime import Runtime
from licensing.services.reclock import Recount, derive, line_about
from licensing.services.reclock_sql import Batch, add_recount
from licensing.services.recompute_sql import HISTORIES
from licensing.services.recount_quick import Quick
from licensing.services.recount_words import (
    PROMISE_MOVED,
    Moved,
    Receipt,
    Step,
    Version,
    last_of,
    meant,
    moment_text,
    promise_params,
)
from workflows.ledger import ClockFault, ClockState, Clockwork, LimitState
from workflows.worktime import LateReceipt


class StoredLine(NamedTuple):
    """One line of history as it is stored, as far as the clock is concerned."""

    application_id: UUID
    seq: int
    action: str
    ask: str | None
    from_step: str | None
    to_step: str
    detail: Mapping[str, Any]
    effective_at: datetime


@dataclass(slots=True)
class Recounted:
    """What a batch of files comes to."""

    batch: Batch = field(default_factory=Batch)
    """What is to be written."""
    unmoved: list[UUID] = field(default_factory=list)
    """Files of which nothing changes but the calendar that they count by."""
    receipts: list[Receipt] = field(default_factory=list)
    failures: dict[UUID, str] = field(default_factory=dict)


class Recounting:
    """The counting of files by one version of the calendar, whatever version they come from."""

    def __init__(self, runtime: Runtime, target: Version, older: Iterable[Version]) -> None:
        self._runtime = runtime
        self._target = target
        self._older = {version.id: version for version in older}
        self._steps: dict[UUID, Step] = {}
        self._quick: dict[tuple[UUID, UUID, LateReceipt], Quick] = {}

    def files(
        self, connection: Connection, files: Sequence[Case], *, from_scratch: bool = False
    ) -> Recounted:
        """Return what becomes of locked files, whose states are texts still.

        The histories are read where they are needed; with `from_scratch` in any case: the
        answer is the same.
        """
        found = Recounted()
        slow: list[Case] = []
        for file in files:
            # Most files differ in days to come alone, and share what becomes of them.
            quick = None if from_scratch else self._quick_for(connection, file)
            if quick is None or not quick.add(file, found.batch, found.unmoved, found.receipts):
                slow.append(file)
        if slow:
            self._from_scratch(connection, found, slow)
        return found

    def _quick_for(self, connection: Connection, file: Case) -> Quick:
        key = (file.sop_version_id, file.calendar_version_id, file.late_receipt)
        try:
            return self._quick[key]
        except KeyError:
            clockwork = self._clockwork(connection, file, self._target.id)
            made = Quick(clockwork, self._step(file), self._target.id)
            self._quick[key] = made
            return made

    def _from_scratch(self, connection: Connection, found: Recounted, slow: Sequence[Case]) -> None:
        ids = [file.application_id for file in slow]
        rows = (StoredLine(*row) for row in execute(connection, HISTORIES, (ids,)))
        histories = {key: list(lines) for key, lines in groupby(rows, attrgetter("application_id"))}
        for file in slow:
            history = histories.get(file.application_id, [])
            case = _with_state(file)
            try:
                clockwork = self._clockwork(connection, case, self._target.id)
                state, limits = derive(clockwork, history)
                before = self._before(connection, case, history)
            except ClockFault as fault:
                found.failures[case.application_id] = str(fault)
                continue
            except KeyError as unknown:
                why = f"its history names {unknown}, which its SOP does not have"
                found.failures[case.application_id] = why
                continue
            self._add(found, case, clockwork, before, state.carried(), limits)

    def _before(
        self, connection: Connection, case: Case, history: Sequence[StoredLine]
    ) -> ClockState:
        try:
            return ClockState.from_json(case.state["clock"])
        except ClockFault:
            # The stored form is another one: what was due is derived too.
            clockwork = self._clockwork(connection, case, case.calendar_version_id)
            return derive(clockwork, history)[0]

    def _add(
        self,
        found: Recounted,
        case: Case,
        clockwork: Clockwork,
        before: ClockState,
        after: ClockState,
        limits: Mapping[str, LimitState],
    ) -> None:
        step = self._step(case)
        moved = _moved(before, after)
        event, cause = None, step.said()
        notices: tuple[NoticeOrder, ...] = ()
        if moved:
            local = clockwork.calendar.local_date
            keys = {one.key for one in moved}
            begun = min(track.started for track in after.tracks if track.key in keys)
            cause = step.said(local(begun), local(last_of(moved)))
            event = line_about(case, RECOUNT, step.detail(moved, cause))
            one = meant(moved)
            found.receipts.append(
                Receipt(
                    str(case.application_id),
                    event.seq,
                    one.key,
                    moment_text(one.before),
                    moment_text(one.after),
                )
            )
            params = promise_params(one, cause)
            if params is not None:
                notices = (NoticeOrder(PROMISE_MOVED, params),)
        recount = Recount(
            case, clockwork, limits, after, event, self._target.id,
            notices=notices, why=cause["id"],
        )  # fmt: skip
        add_recount(found.batch, recount)

    def _clockwork(self, connection: Connection, file: Case, calendar: UUID) -> Clockwork:
        return self._runtime.clockwork(connection, file.sop_version_id, calendar, file.late_receipt)

    def _step(self, file: Case) -> Step:
        known = self._steps.get(file.calendar_version_id)
        if known is None:
            version = self._older[file.calendar_version_id]
            known = self._steps[version.id] = Step(version, self._target)
        return known


def _moved(before: ClockState, after: ClockState) -> list[Moved]:
    """Return the limits still open that are due at another moment; a hold is nobody's promise."""
    was = {track.key: track.due for track in before.tracks}
    return [
        Moved(track.key, was.get(track.key), track.due)
        for track in after.tracks
        if track.outcome is None
        and not track.key.startswith("hold:")
        and was.get(track.key) != track.due
    ]


def _with_state(file: Case) -> Case:
    return replace(file, state=json.loads(str(file.state)))
