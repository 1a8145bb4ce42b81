"""The text of an SOP, read and checked: every fault at once, each with its line."""

from __future__ import annotations

from workflows.build import build
from workflows.check import NameCheck, check_graph
from workflows.confirm import check_places
from workflows.errors import Fault, SopFaults
from workflows.follows import Base, expand, whole
from workflows.paths import SHORTEST_DAY, check_time
from workflows.schema import load_draft
from workflows.silence_check import check_silence
from workflows.sop import Sop, Vocabulary
from workflows.tree import FaultList, parse

__all__ = ["Base", "Fault", "SopFaults", "expand", "read_sop"]

# With these the SOP can still be put together, and its time judged in the same reading.
_HARMLESS = frozenset(
    {
        "sop.unknown_guard",
        "sop.unknown_effect",
        "sop.unknown_role",
        "sop.unknown_audience",
        "sop.unknown_item",
        "sop.letter_twice",
        "sop.duplicate_key",
        "sop.unreachable",
        "sop.dead_end",
        "sop.ask_never_opened",
        "sop.not_of_the_clock",
        "sop.not_of_the_office",
        "sop.hold_of_own_work",
        "sop.bad_bands",
        "sop.unknown_subject",
        "sop.unknown_place",
    }
)


def read_sop(
    text: str,
    *,
    vocabulary: Vocabulary,
    base: Base | None = None,
    shortest_day: int = SHORTEST_DAY,
) -> Sop:
    """Return the SOP that `text` says. `shortest_day` is in minutes of office hours.

    Raises:
        SopFaults: the text is wrong; every fault is in it.
    """
    faults = FaultList()
    tree = parse(text, faults)
    if tree is None:
        raise SopFaults(faults.faults)
    tree = whole(tree, base, faults)
    if "follows" in tree:
        # What it follows is not there: all that is missing would be reported as its own fault.
        raise SopFaults(faults.faults)
    draft = load_draft(tree, faults)
    NameCheck(draft, vocabulary, faults).run()
    check_graph(draft, faults)
    check_places(draft, tree, faults)
    if all(fault.code in _HARMLESS for fault in faults.faults):
        sop = build(draft)
        check_time(sop, draft, shortest_day, faults)
        check_silence(sop, draft, vocabulary, faults)
        if not faults:
            return sop
    raise SopFaults(faults.faults)
