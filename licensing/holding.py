"""What stays with whoever has taken a file, and which files an agency sees at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from licensing.models.people import ROLES_OF
from licensing.people import Officer
from workflows.sop import Sop

AGENCY_ROLES: Final = frozenset(ROLES_OF["agency"])


def holders_alone(sop: Sop, step: str, action: str) -> bool:
    """Return whether only the officer who has taken a file at `step` may press `action`.

    What the SOP gives to another lane is no work on the file: an applicant withdraws at the
    counter, whoever has taken it.
    """
    here = sop.steps[step]
    pressed = here.actions.get(action)
    return pressed is None or pressed.lane == here.lane


def sees_file(sop: Sop, asked: Iterable[str], by: Officer) -> bool:
    """Return whether `by` may see a file of which the side paths in `asked` were ever opened.

    Agencies see what they are or were asked about, and nothing else of the office.
    """
    if not by.roles <= AGENCY_ROLES:
        return True
    lanes = {
        name
        for ask in asked
        if ask in sop.asks
        for step in sop.asks[ask].steps.values()
        for name in (step.lane, sop.lanes[step.lane].served_by)
    }
    return not by.roles.isdisjoint(lanes)
