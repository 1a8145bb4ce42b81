"""Steps through the one door, back and forth, as fast as they go."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine

from licensing.people import Officer
from licensing.services.take_action import TakeAction, take_action
from tests.factories import House, make_runtime

REASON = "Mohon diperiksa kembali"


class Door:
    """Approve and send back in turn, each press on the version that the page before showed."""

    def __init__(self, engine: Engine, folder: Path, verifier: Officer, head: Officer) -> None:
        self.runtime = make_runtime(engine, folder)
        self._people = {"approve": verifier, "send_back": head}
        self._next: dict[UUID, TakeAction] = {}

    def step(self, application_id: UUID) -> None:
        """Press the button that is open; an application not seen before is at verification."""
        command = self._next.get(application_id) or TakeAction(application_id, "approve")
        receipt = take_action(self.runtime, command, self._people[command.action])
        self._next[application_id] = (
            TakeAction(application_id, "approve", receipt.version)
            if command.action == "send_back"
            else TakeAction(application_id, "send_back", receipt.version, reason=REASON)
        )


def applications_at_verification(house: House, count: int) -> list[UUID]:
    """Return new applications whose papers are judged: only the button is left to press."""
    made = []
    for _ in range(count):
        application_id = house.application("verification")
        house.judge_all(application_id)
        made.append(application_id)
    return made
