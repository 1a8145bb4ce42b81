"""What the processes of a campaign do until they are killed. Each tells what was acknowledged."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from licensing.database import connect
from licensing.errors import ActionNotOffered, ApplicationEnded, StaleApplication
from licensing.people import Officer
from licensing.ports.mail import FolderMail, Letter, MailPort
from licensing.runtime import Runtime
from licensing.services.deliver import deliver
from licensing.services.sweep import sweep
from licensing.services.take_action import Receipt, take_action
from tests.factories import make_runtime, press

ACTIONS = {"verification": "approve", "signature": "send_back"}
"""Back and forth, as long as anybody likes."""

_RESTING = threading.Event()


@dataclass(frozen=True, slots=True)
class Place:
    """An office as another process finds it."""

    url: str
    folder: Path
    office_id: UUID
    verifier: Officer
    head: Officer

    def runtime(self, mail: MailPort | None = None) -> Runtime:
        """Return the world of one process, with one connection to the database."""
        made = make_runtime(connect(self.url, pool_size=1, max_overflow=0), self.folder)
        if mail is not None:
            made.mail = mail
        return made


def seen(runtime: Runtime, place: Place, application_id: UUID) -> tuple[str, int]:
    """Return the step and the version that a page of the application shows."""
    with runtime.transaction(place.office_id) as connection:
        row = connection.exec_driver_sql(
            "SELECT step, version FROM application WHERE id = %s", (application_id,)
        ).one()
    return row[0], row[1]


def press_next(
    runtime: Runtime, place: Place, application_id: UUID, step: str, version: int
) -> Receipt:
    """Press the button that leads from `step` to the other one."""
    action = ACTIONS[step]
    command = press(action, application_id, seen_version=version, reason="Sekali lagi")
    return take_action(runtime, command, place.verifier if action == "approve" else place.head)


def press_for_ever(tell: Connection, place: Place, application_id: UUID) -> None:
    """Press back and forth; tell the number of each line of history that was acknowledged."""
    runtime = place.runtime()
    while True:
        page = seen(runtime, place, application_id)
        try:
            receipt = press_next(runtime, place, application_id, *page)
        except StaleApplication:
            continue  # the last press of the process before this one was committed after its end
        tell.send(receipt.seq)


def press_whatever_happens(tell: Connection, place: Place, application_id: UUID) -> None:
    """The same for one who presses again and again while the database is gone."""
    runtime = place.runtime()
    while True:
        try:
            page = seen(runtime, place, application_id)
            receipt = press_next(runtime, place, application_id, *page)
        except StaleApplication:
            continue
        except DBAPIError:
            _RESTING.wait(0.05)
            continue
        tell.send(receipt.seq)


def press_and_die(
    tell: Connection, place: Place, application_id: UUID, *, committed: bool, after: int
) -> None:
    """Press `after` times and once more, and die around that COMMIT: right before or after it.

    Tells the line of each press that was acknowledged, then the step and version that the last
    page showed.
    """
    runtime = place.runtime()
    for _ in range(after):
        page = seen(runtime, place, application_id)
        tell.send(press_next(runtime, place, application_id, *page).seq)
    page = seen(runtime, place, application_id)
    tell.send(page)
    assert isinstance(runtime.db, Engine)
    _die_at_commit(runtime.db, committed=committed)
    press_next(runtime, place, application_id, *page)


def sign_what_is_left(tell: Connection, place: Place) -> None:
    """Sign whatever waits for it, in any order; tell each application signed."""
    runtime = place.runtime()
    while True:
        with runtime.transaction(place.office_id) as connection:
            found = connection.exec_driver_sql(
                "SELECT id FROM application WHERE step = 'signature' ORDER BY random() LIMIT 1"
            ).scalar()
        if found is None:
            return
        try:
            take_action(runtime, press("sign", found), place.head)
        except (ActionNotOffered, ApplicationEnded):
            continue  # somebody else was faster
        tell.send(found)


def sweep_until_nothing_is_owed(tell: Connection, place: Place, batch: int) -> None:
    """Say that it begins, and sweep until one sweep finds nothing."""
    runtime = place.runtime()
    with runtime.transaction(place.office_id):
        tell.send("begins")
    while sweep(runtime, batch=batch).raised:
        pass


def sweep_by_a_clock(tell: Connection, place: Place, batch: int, at: datetime) -> None:
    """The same in a simulated office, by a clock that shows `at`."""
    runtime = place.runtime()
    with runtime.transaction(place.office_id):
        tell.send("begins")
    while sweep(runtime, at=at, office_id=place.office_id, batch=batch).raised:
        pass


def deliver_until_nothing_waits(tell: Connection, place: Place, folder: Path) -> None:
    """Say that it begins, and send letters into `folder` until none is due.

    Tells the Message-ID of each letter before and after it left.
    """
    runtime = place.runtime(_Telling(tell, FolderMail(folder)))
    with runtime.transaction(place.office_id):
        tell.send(("begins", ""))
    while deliver(runtime).sent:
        pass


@dataclass(frozen=True, slots=True)
class _Telling:
    """A mail port that says what it is about to do, and what it has done."""

    tell: Connection
    door: MailPort

    def send(self, letter: Letter) -> None:
        self.tell.send(("sending", letter.message_id))
        self.door.send(letter)
        self.tell.send(("sent", letter.message_id))


def _die_at_commit(engine: Engine, *, committed: bool) -> None:
    dialect: Any = engine.dialect
    commit = dialect.do_commit

    def commit_and_die(connection: object) -> None:
        if committed:
            commit(connection)
        os.kill(os.getpid(), signal.SIGKILL)

    dialect.do_commit = commit_and_die
