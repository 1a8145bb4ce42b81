"""YAML text as a tree in which every scalar is a text and every node knows its line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any, TypeAlias

import yaml

from workflows.errors import Fault
from workflows.faults import FAULTS, Path, Problem

MOST_BYTES = 256 * 1024
MOST_LEVELS = 20
NAME_KEYS = ("step", "do", "ask", "paper", "field", "band", "at")
"""The keys by which an item of a list is called."""

# Invisible characters that reorder a line: a text must read as it is carried out.
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = frozenset("\n\r\t")


class Scalar(str):
    """A text, as typed."""

    __slots__ = ("line",)
    line: int

    def __new__(cls, value: str, line: int) -> Scalar:
        """Return `value` with the line on which it stands."""
        self = super().__new__(cls, value)
        self.line = line
        return self


class Branch(dict[str, "Node"]):
    """A mapping with the line of each of its keys."""

    __slots__ = ("key_lines", "line")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.key_lines: dict[str, int] = {}

    def put(self, key: str, value: Node, line: int) -> None:
        """Set `key`, which stands on `line`."""
        self[key] = value
        self.key_lines[key] = line


class Row(list["Node"]):
    """A list."""

    __slots__ = ("line",)

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


Node: TypeAlias = Scalar | Branch | Row


class FaultList:
    """Collects faults, and finds the line and the name of the place of each."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.root: Branch | None = None

    def __bool__(self) -> bool:
        return bool(self.faults)

    def at(self, line: int, where: str, problem: Problem) -> None:
        """Add a fault whose place is already known."""
        indonesian, english = FAULTS[problem.code]
        text = {
            "id": indonesian.format(**problem.facts),
            "en": english.format(**problem.facts),
        }
        self.faults.append(Fault(line, where, problem.code, text, problem.suggestion))

    def add(self, code: str, path: Path, suggestion: str | None = None, /, **facts: object) -> None:
        """Add a fault at `path` of the tree."""
        line, where = locate(self.root, path)
        self.at(line, where, Problem(code, facts, suggestion))


def locate(root: Node | None, path: Path) -> tuple[int, str]:
    """Return the line of the deepest part of `path` that exists, and the path in names."""
    line, names, node = 1, [], root
    if node is not None:
        line = node.line
    for part in path:
        child: Node | None = None
        if isinstance(part, int):
            if isinstance(node, Row) and part < len(node):
                child = node[part]
                line = child.line
            names.append(_name_of(child) or f"#{part + 1}")
        else:
            if isinstance(node, Branch) and part in node:
                child = node[part]
                line = node.key_lines[part]
            names.append(part)
        node = child
    return line, ".".join(names)


def _name_of(node: Node | None) -> str | None:
    if isinstance(node, Branch):
        for key in NAME_KEYS:
            name = node.get(key)
            if isinstance(name, Scalar) and name:
                return str(name)
    return None


def parse(text: str, faults: FaultList) -> Branch | None:
    """Return the tree of `text`, or None where it cannot be read at all."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        faults.at(1, "", Problem("sop.too_large", {"size": size, "limit": MOST_BYTES}))
        return None
    text = text.removeprefix("\ufeff")
    if not text.strip():
        faults.at(1, "", Problem("sop.empty"))
        return None
    for line, character in _forbidden(text):
        faults.at(line, "", Problem("sop.control_character", {"character": character}))
        return None
    composer = _Composer(faults)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if not composer.take(event):
                return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "unreadable"
        faults.at(mark.line + 1 if mark else 1, "", Problem("sop.syntax", {"problem": problem}))
        return None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        faults.at(1, "", Problem("sop.syntax", {"problem": str(error).splitlines()[0]}))
        return None
    root = composer.root
    if isinstance(root, Branch):
        faults.root = root
        return root
    if root is None or root == "":
        faults.at(1, "", Problem("sop.empty"))
    else:
        faults.at(root.line, "", Problem("sop.not_mapping"))
    return None


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1


def _forbidden(text: str) -> Iterator[tuple[int, str]]:
    line = 1
    for place, character in enumerate(text):
        if character == "\n" or (character == "\r" and text[place + 1 : place + 2] != "\n"):
            line += 1
        if _is_forbidden(character):
            yield line, f"U+{ord(character):04X}"


def _is_forbidden(character: str) -> bool:
    if character in _BREAKS:
        return False
    if character.isascii():
        return not character.isprintable()
    return (
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
        or character in _REORDERING
        or character in "\ufeff\ufffe\uffff"
    )


class _Composer:
    """Builds the tree from the events of the YAML reader, and refuses what an SOP may not use."""

    def __init__(self, faults: FaultList) -> None:
        self.faults = faults
        self.root: Node | None = None
        self._open: list[Branch | Row] = []
        self._keys: list[Scalar | None] = []
        """For each open mapping the key that waits for its value."""
        self._labels: list[str] = []
        """For each open node what leads to it from the one around it."""
        self._documents = 0

    def take(self, event: yaml.Event) -> bool:
        """Add `event` to the tree; return False where reading cannot go on."""
        line = _line(event)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._refuse(line, "sop.many_documents")
                return False
        elif isinstance(event, yaml.AliasEvent):
            self._refuse(line, "sop.alias", name=event.anchor)
            self._place(Scalar("", line))
        elif isinstance(event, yaml.NodeEvent):
            return self._begin(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._keys.pop()
            self._labels.pop()
        return True

    def _begin(self, event: yaml.NodeEvent, line: int) -> bool:
        if event.anchor is not None:
            self._refuse(line, "sop.anchor", name=event.anchor)
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._refuse(line, "sop.tag", name=tag)
        if isinstance(event, yaml.ScalarEvent):
            for _, character in _forbidden(event.value):
                self._refuse(line, "sop.control_character", character=character)
                break
            self._place(Scalar(event.value, line))
            return True
        node: Branch | Row = (
            Branch(line) if isinstance(event, yaml.MappingStartEvent) else Row(line)
        )
        label = self._label()
        self._place(node)
        self._labels.append(label)
        self._open.append(node)
        self._keys.append(None)
        if len(self._open) > MOST_LEVELS:
            # The whole path to the bottom would help nobody: its first name does.
            top = "".join(self._labels[1:2])
            self.faults.at(line, top, Problem("sop.too_deep", {"limit": MOST_LEVELS}))
            return False
        return True

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Row):
            parent.append(node)
            return
        key = self._keys[-1]
        if key is None:
            if not isinstance(node, Scalar):
                self._refuse(node.line, "sop.key_not_text")
                node = Scalar("", node.line)
            self._keys[-1] = node
            return
        if key in parent:
            first = parent.key_lines[str(key)]
            self._refuse(key.line, "sop.duplicate_key", key=str(key), first=first)
        else:
            parent.put(str(key), node, key.line)
        self._keys[-1] = None

    def _refuse(self, line: int, code: str, **facts: object) -> None:
        names = [label for label in (*self._labels, self._label()) if label]
        self.faults.at(line, ".".join(names), Problem(code, facts))

    def _label(self) -> str:
        """Return what leads to the next node: its key, or its place in a list."""
        if not self._open:
            return ""
        around = self._open[-1]
        return f"#{len(around) + 1}" if isinstance(around, Row) else str(self._keys[-1] or "")


def dump(node: Node) -> str:
    """Return the YAML text of a tree: the same tree gives the same text, scalars as typed."""
    # The base dumper knows no types, so that `no` and `010` stay as they were typed.
    text: str = yaml.serialize(
        _yaml_node(node), Dumper=yaml.BaseDumper, allow_unicode=True, width=100
    )
    return text


def _yaml_node(node: Node) -> yaml.Node:
    if isinstance(node, Branch):
        pairs = [(_yaml_node(Scalar(key, 0)), _yaml_node(value)) for key, value in node.items()]
        flow = all(isinstance(value, Scalar) for value in node.values()) and node.keys() <= {
            "id", "en",
        }  # fmt: skip
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=flow)
    if isinstance(node, Row):
        flow = all(isinstance(value, Scalar) for value in node)
        items = [_yaml_node(value) for value in node]
        return yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=flow)
    return yaml.ScalarNode("tag:yaml.org,2002:str", str(node))
