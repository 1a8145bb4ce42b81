"""Whether every place that `to_confirm` names is there: keys, and items of lists by their names."""

from __future__ import annotations

from workflows.faults import nearest
from workflows.follows import ITEM_KEYS
from workflows.schema_fields import Draft
from workflows.tree import Branch, FaultList, Node, Row


def check_places(draft: Draft, tree: Branch, faults: FaultList) -> None:
    """Add a fault for every place to be confirmed that leads to nothing, or is named twice."""
    seen: set[str] = set()
    for one in draft.get("to_confirm", ()):
        place = one.get("at")
        if place is None:
            continue  # reported as missing
        path = ("to_confirm", one["@"], "at")
        if place in seen:
            faults.add("sop.duplicate_name", path, name=place)
        seen.add(place)
        found, suggestion = _look(tree, place)
        if not found:
            faults.add("sop.unknown_place", path, suggestion, name=place)


def _look(tree: Branch, place: str) -> tuple[bool, str | None]:
    """Return whether `place` is in the tree, and if not the place that was probably meant."""
    node: Node = tree
    walked: list[str] = []
    names = place.split(".")
    for number, name in enumerate(names, start=1):
        inner = _inside(node, walked[-1] if walked else "")
        if name not in inner:
            near = nearest(name, inner)
            return False, ".".join([*walked, near, *names[number:]]) if near else None
        node = inner[name]
        walked.append(name)
    return True, None


def _inside(node: Node, key: str) -> dict[str, Node]:
    """Return what stands in a node, by key or by the name of the item."""
    if isinstance(node, Branch):
        return dict(node)
    item_key = ITEM_KEYS.get(key)
    if not isinstance(node, Row) or item_key is None:
        return {}
    items = [item for item in node if isinstance(item, Branch)]
    return {str(item[item_key]): item for item in items if item_key in item}
