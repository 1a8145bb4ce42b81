"""The usual way through an SOP: at each step what its first action says."""

from __future__ import annotations

from workflows.sop import Action, Sop, Step


def usual_action(sop: Sop, step: Step) -> Action | None:
    """Return the first action that a person takes and that leads on; None where there is none."""
    for action in step.actions.values():
        if action.to is not None and not action.everywhere and not sop.lanes[action.lane].clock:
            return action
    return None


def usual_way(sop: Sop, start: str) -> tuple[str, ...]:
    """Return the steps from `start` (included) on the usual way, and the end that it reaches.

    Where the first actions lead round in a circle, the way stops before it closes.
    """
    way: list[str] = []
    place = start
    while place in sop.steps and place not in way:
        way.append(place)
        action = usual_action(sop, sop.steps[place])
        if action is None or action.to is None:
            return tuple(way)
        place = action.to
    return (*way, place) if place in sop.ends else tuple(way)
