"""Whether an SOP may let silence grant what it leads to."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.check import everywhere, main_line
from workflows.faults import Path
from workflows.schema_fields import Draft
from workflows.sop import Outcome, Silence, Sop, Vocabulary
from workflows.tree import FaultList

LAW = "law"
"""The limit that silence belongs to: what an office promises beyond it is not for the law."""


def check_silence(sop: Sop, draft: Draft, vocabulary: Vocabulary, faults: FaultList) -> None:
    """Add a fault where silence would grant what a person must judge, or leads to no one end.

    Source: UU 30/2014 Art 53(3)-(4); automatic only without inspection and without discretion.
    """
    lapsed = [name for name, end in sop.ends.items() if end.outcome is Outcome.LAPSED]
    for name, limit in sop.limits.items():
        here: Path = ("limits", name, "silence")
        if limit.silence is not Silence.NONE and name != LAW:
            faults.add("sop.silence_of_law", here, name=name)
        if limit.silence is not Silence.DEEMED_GRANTED:
            continue
        if sop.safety_critical:
            faults.add("sop.deemed_granted", here)
        elif len(lapsed) != 1:
            faults.add("sop.deemed_needs_end", here, count=len(lapsed))
        for effect in sorted(_effects(sop) & vocabulary.judged):
            faults.add("sop.deemed_needs_judgement", here, None, effect=effect)
    for path, action in _actions(draft):
        if action.get("to") in lapsed:
            faults.add("sop.lapsed_by_hand", (*path, "to"), name=action["to"])


def _effects(sop: Sop) -> set[str]:
    steps = [
        *sop.steps.values(),
        *(step for ask in sop.asks.values() for step in ask.steps.values()),
    ]
    return {effect for step in steps for action in step.actions.values() for effect in action.then}


def _actions(draft: Draft) -> Iterator[tuple[Path, Draft]]:
    for place in main_line(draft):
        yield from place.actions()
    yield from everywhere(draft)
