"""What differs between two texts of an SOP, place by place, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.errors import SopFaults
from workflows.tree import NAME_KEYS, Branch, FaultList, Node, Row, parse

_LANGUAGES = frozenset({"id", "en"})


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One place where two texts differ; None on the side that lacks it."""

    place: str
    """`steps.verification.within`; an item of a list stands by its name."""
    before: str | None
    after: str | None


def sop_diff(before: str, after: str) -> tuple[DiffLine, ...]:
    """Return every place where two whole texts differ; wording and comments of YAML do not count.

    Raises:
        SopFaults: one of them cannot be read.
    """
    old, new = _flat(before), _flat(after)
    # What is new stands where the new text has it; what is gone, after its old neighbour.
    order = list(new)
    for number, place in enumerate(old):
        if place not in new:
            names = list(old)
            near = next((one for one in reversed(names[:number]) if one in order), None)
            order.insert(0 if near is None else order.index(near) + 1, place)
    return tuple(
        DiffLine(place, old.get(place), new.get(place))
        for place in order
        if old.get(place) != new.get(place)
    )


def _flat(text: str) -> dict[str, str]:
    faults = FaultList()
    tree = parse(text, faults)
    if tree is None:
        raise SopFaults(faults.faults)
    return dict(_leaves(tree, ()))


def _leaves(node: Node, way: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    place = ".".join(way)
    if isinstance(node, Branch):
        if node and node.keys() <= _LANGUAGES:
            yield place, " / ".join(str(value) for value in node.values())
            return
        for key, value in node.items():
            yield from _leaves(value, (*way, key))
    elif isinstance(node, Row):
        if all(isinstance(one, str) for one in node):
            yield place, ", ".join(str(one) for one in node)
            return
        for number, one in enumerate(node, start=1):
            yield from _leaves(one, (*way, _name_of(one) or str(number)))
    else:
        yield place, " ".join(str(node).split())


def _name_of(node: Node) -> str | None:
    if isinstance(node, Branch):
        return next((str(node[key]) for key in NAME_KEYS if key in node), None)
    return None
