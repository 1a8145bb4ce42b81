"""`follows:` — an SOP that says only what differs from another one, made whole again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from workflows.errors import SopFaults
from workflows.faults import Path, nearest
from workflows.schema_fields import SopName
from workflows.tree import Branch, FaultList, Node, Row, Scalar, dump, parse

Base = Callable[[str], str | None]
"""Returns the text of the SOP with that name, or None where there is none."""

ITEM_KEYS = {
    "steps": "step",
    "actions": "do",
    "holds": "do",
    "everywhere": "do",
    "asks": "ask",
    "papers": "paper",
    "fields": "field",
    "bands": "band",
    "to_confirm": "at",
}
"""Lists whose items have a name and are merged by it; every other list is replaced whole."""

_ORDERED = frozenset({("lanes",), ("variants",), ("ends",)})
"""Mappings whose order is seen, and so can be said by `after`."""

_MOST_BASES = 8
"""A chain of SOPs longer than this is as good as a circle: nobody reads it aloud."""
_LANGUAGES = frozenset({"id", "en"})


def expand(text: str, base: Base | None = None) -> str:
    """Return the whole text of an SOP, with what it `follows` written out.

    A text that follows nothing is returned as it is.

    Raises:
        SopFaults: the text or what it follows cannot be read.
    """
    faults = FaultList()
    tree = parse(text, faults)
    follows = tree is not None and "follows" in tree
    if tree is not None and follows:
        tree = whole(tree, base, faults)
    if faults or tree is None:
        raise SopFaults(faults.faults)
    return dump(tree) if follows else text


def whole(tree: Branch, base: Base | None, faults: FaultList, seen: tuple[str, ...] = ()) -> Branch:
    """Return the tree of an SOP merged into the one it follows.

    Whatever comes from there bears the line of `follows`, the only line of it in this text.
    """
    followed = tree.get("follows")
    if followed is None:
        return tree
    if not isinstance(followed, Scalar):
        faults.add("sop.not_text", ("follows",))
        return tree
    if not SopName.pattern.fullmatch(followed):
        # Whoever looks the name up is handed nothing but names.
        faults.add("sop.bad_name", ("follows",), value=followed)
        return tree
    name, line = str(followed), tree.key_lines["follows"]
    circle = (*seen, str(tree.get("sop", "")))
    if name in circle or len(circle) > _MOST_BASES:
        faults.add("sop.follows_circle", ("follows",), circle=" → ".join((*circle, name)))
        return tree
    text = base(name) if base is not None else None
    if text is None:
        faults.add("sop.unknown_base", ("follows",), name=name)
        return tree
    inner = FaultList()
    parent = parse(text, inner)
    if parent is not None:
        parent = whole(parent, base, inner, circle)
    if parent is None or inner:
        faults.add("sop.base_faulty", ("follows",), name=name, problem=inner.faults[0])
        return tree
    child, parent = _copy(tree), _copy(parent, line)
    del child["follows"]
    # Whoever follows a base is a service, unless it says that it is a base too.
    parent.pop("base", None)
    merged = _merge(parent, child, (), faults)
    faults.root = merged
    return merged


def _copy(node: Branch, line: int | None = None) -> Branch:
    return cast("Branch", _copied(node, line))


def _copied(node: Node, line: int | None) -> Node:
    at = node.line if line is None else line
    if isinstance(node, Branch):
        branch = Branch(at)
        for key, value in node.items():
            branch.put(key, _copied(value, line), node.key_lines[key] if line is None else line)
        return branch
    if isinstance(node, Row):
        row = Row(at)
        row.extend(_copied(value, line) for value in node)
        return row
    return Scalar(node, at)


def _merge(parent: Branch, child: Branch, path: Path, faults: FaultList) -> Branch:
    merged = Branch(child.line)
    for key, value in parent.items():
        merged.put(key, value, parent.key_lines[key])
    for key, value in child.items():
        line = child.key_lines[key]
        old = merged.get(key)
        if _is_dropped(value):
            if old is None:
                faults.add("sop.unknown_item", (*path, key), nearest(key, parent), name=key)
            else:
                del merged[key]
            continue
        after = value.pop("after", None) if path in _ORDERED and isinstance(value, Branch) else None
        merged.put(key, _merged(old, value, key, (*path, key), faults), line)
        if after is not None and not _moved(merged, key, str(after)):
            faults.add("sop.unknown_item", (*path, key), nearest(str(after), merged), name=after)
    return merged


def _moved(branch: Branch, key: str, after: str) -> bool:
    """Put `key` behind `after`; return whether that is there."""
    if after == key or after not in branch:
        return False
    items = {name: (value, branch.key_lines[name]) for name, value in branch.items()}
    moving = items.pop(key)
    branch.clear()
    for name, item in items.items():
        branch.put(name, *item)
        if name == after:
            branch.put(key, *moving)
    return True


def _merged(old: Node | None, new: Node, key: str, path: Path, faults: FaultList) -> Node:
    if isinstance(old, Branch) and isinstance(new, Branch):
        # A text is one thing in two languages: half of an old one would belie the new half.
        if new.keys() <= _LANGUAGES:
            return new
        return _merge(old, new, path, faults)
    if isinstance(new, Row) and key in ITEM_KEYS:
        return _merge_items(old if isinstance(old, Row) else Row(new.line), new, key, path, faults)
    return new


def _merge_items(old: Row, new: Row, key: str, path: Path, faults: FaultList) -> Row:
    item_key = ITEM_KEYS[key]
    merged = Row(new.line)
    merged.extend(old)
    for place, item in enumerate(new):
        here = (*path, place)
        name = item.get(item_key) if isinstance(item, Branch) else None
        if not isinstance(item, Branch) or not isinstance(name, Scalar):
            merged.append(item)
            continue
        at = _place_of(name, merged, item_key)
        if _is_dropped(item):
            if at is None:
                _unknown(name, merged, item_key, here, faults)
            else:
                del merged[at]
            continue
        after = item.pop("after", None)
        item.pop("drop", None)
        if at is None:
            merged.append(item)
            at = len(merged) - 1
        else:
            # `_place_of` finds mappings alone.
            merged[at] = _merge(cast("Branch", merged[at]), item, here, faults)
        if after is not None:
            moved = merged.pop(at)
            target = _place_of(after, merged, item_key)
            if target is None:
                _unknown(after, merged, item_key, (*here, "after"), faults)
                target = len(merged) - 1
            merged.insert(target + 1, moved)
    return merged


def _unknown(name: Node, merged: Row, item_key: str, path: Path, faults: FaultList) -> None:
    names = [str(name) for name in _names(merged, item_key)]
    faults.add("sop.unknown_item", path, nearest(str(name), names), name=str(name))


def _place_of(name: Node, row: Row, item_key: str) -> int | None:
    for place, item in enumerate(row):
        if isinstance(item, Branch) and item.get(item_key) == name:
            return place
    return None


def _names(row: Row, item_key: str) -> Iterable[Node]:
    return [item[item_key] for item in row if isinstance(item, Branch) and item_key in item]


def _is_dropped(node: Node) -> bool:
    return isinstance(node, Branch) and node.get("drop") in ("yes", "true")
