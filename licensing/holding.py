"""What stays with whoever has taken a file, and what does not."""

from __future__ import annotations

from workflows.sop import Sop


def holders_alone(sop: Sop, step: str, action: str) -> bool:
    """Return whether only the officer who has taken a file at `step` may press `action`.

    What the SOP gives to another lane is no work on the file: an applicant withdraws at the
    counter, whoever has taken it.
    """
    here = sop.steps[step]
    pressed = here.actions.get(action)
    return pressed is None or pressed.lane == here.lane
