"""Many presses at once: each through the one door, in a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from licensing.errors import InvalidInput, LicensingError, Refusal
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.take_action import Receipt, TakeAction, take_action

log = logging.getLogger(__name__)

MOST: Final = 50
"""So many at once: what one request carries out while somebody waits."""

Press = Callable[[Runtime, TakeAction, Officer], Receipt]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one press led to: a receipt, or the refusal."""

    command: TakeAction
    receipt: Receipt | None
    error: Exception | None


def take_many(
    runtime: Runtime,
    commands: Sequence[TakeAction],
    by: Officer,
    *,
    press: Press = take_action,
) -> Sequence[Outcome]:
    """Carry presses out one by one, in their order; what stops one stops none of the others.

    Every command carries the version that was seen, so a second time does nothing. Two presses in
    one file (two of its asks) are told apart from somebody else's change: the second goes on from
    the version that the first one made.

    Raises:
        InvalidInput: there are more than `MOST`, or one that carries no seen version.
    """
    if len(commands) > MOST:
        raise InvalidInput({"rows": "too_many"})
    if any(command.seen_version is None for command in commands):
        raise InvalidInput({"rows": "required"})
    made: dict[tuple[UUID, int | None], int] = {}
    found = []
    for command in commands:
        key = (command.application_id, command.seen_version)
        current = replace(command, seen_version=made.get(key, command.seen_version))
        try:
            receipt = press(runtime, current, by)
        except (LicensingError, Refusal) as error:
            found.append(Outcome(command, None, error))
        except DBAPIError as error:
            log.exception("one of many presses failed: %s", command.application_id)
            found.append(Outcome(command, None, error))
        else:
            made[key] = receipt.version
            found.append(Outcome(command, receipt, None))
    return found
