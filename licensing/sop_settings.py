"""The figures and papers of an SOP that an office sets itself, and the text with other ones.

The SOP is the law of the service, so a setting is no table beside it: changing one gives another
text, which is checked, drafted and published like every other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from workflows.errors import SopFaults
from workflows.sop import DEFAULT_CORRECTIONS, Paper, Sop, Step, Text, Within
from workflows.tree import Branch, FaultList, Node, Row, Scalar, dump, parse

ITEM: Final[Mapping[str, str]] = {
    "steps": "step", "asks": "ask", "papers": "paper", "fields": "field", "to_confirm": "at",
    "holds": "do",
}  # fmt: skip
"""By what an item of a list is called, where a place leads through the list."""

CORRECTIONS: Final = "corrections.at_most"
"""The one figure that an office may set where the text says nothing of it."""
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 36


@dataclass(frozen=True, slots=True)
class Setting:
    """One figure that the office may set."""

    at: str
    """Where it stands: `limits.service.within`, `steps.verification.within`."""
    kind: str
    """service, extension, consent, step, hold, answer, ask, correction, validity."""
    title: Text | None
    """What it belongs to: the title of the step; None for the whole service."""
    within: Within | None
    """The time allowed; None for the validity."""
    years: int | None = None
    """How long the product is valid; None: as long as the activity runs."""


@dataclass(frozen=True, slots=True)
class PaperWords:
    """How one paper is asked for."""

    title: Text
    note: Text | None
    optional: bool


@dataclass(frozen=True, slots=True)
class SopChanges:
    """What an office sets; everything else stays as it is."""

    values: Mapping[str, str] = field(default_factory=dict)
    """Place → text: `limits.service.within` → `5 working days`."""
    summary: Text | None = None
    papers: Mapping[str, PaperWords] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    """Papers that are asked for no more."""
    added: tuple[PaperWords, ...] = ()
    confirmed: frozenset[str] = frozenset()
    """Places of `to_confirm` that the office stands by."""


def settings_of(sop: Sop) -> tuple[Setting, ...]:
    """Return the figures of an SOP that an office sets, in the order of the text."""
    found = [Setting("limits.service.within", "service", None, sop.limits["service"].within)]
    for kind, one in sop.limits["service"].extensions.items():
        place = f"limits.service.extensions.{kind}.at_most"
        named = "consent" if kind == "consent" else "extension"
        found.append(Setting(place, named, None, one.at_most))
    for step in sop.steps.values():
        found += _of_step(f"steps.{step.name}", step)
    for ask in sop.asks.values():
        place = f"asks.{ask.name}"
        if ask.within is not None:
            found.append(Setting(f"{place}.within", "ask", ask.title, ask.within))
        for step in ask.steps.values():
            found += _of_step(f"{place}.steps.{step.name}", step)
    found.append(Setting(CORRECTIONS, "correction", None, sop.corrections.at_most))
    if sop.product is not None:
        found.append(
            Setting("product.valid", "validity", sop.product.title, None, sop.product.valid_years)
        )
    return tuple(found)


def words_of(paper: Paper) -> PaperWords:
    """Return how a paper is asked for now."""
    return PaperWords(paper.title, paper.note, not paper.required)


def edited(text: str, changes: SopChanges) -> str:
    """Return the text of an SOP with other figures and papers; comments are not kept.

    `text` is whole: what it follows is written out.

    Raises:
        SopFaults: the text cannot be read, or a place leads to nothing.
    """
    faults = FaultList()
    tree = parse(text, faults)
    if tree is None:
        raise SopFaults(faults.faults)
    settled = set(changes.confirmed)
    for place, value in changes.values.items():
        if _set(tree, place, value, faults):
            settled.add(place)
    if changes.summary is not None:
        _put(tree, "summary", _both(changes.summary))
    settled |= _papers(tree, changes)
    _settle(tree, settled)
    if faults:
        raise SopFaults(faults.faults)
    return dump(tree)


def _of_step(place: str, step: Step) -> Iterator[Setting]:
    if step.within is not None:
        yield Setting(f"{place}.within", "step", step.title, step.within)
    if step.answer_within is not None:
        within = step.answer_within.within
        yield Setting(f"{place}.answer_within.within", "answer", step.title, within)
    for name, hold in step.holds.items():
        yield Setting(f"{place}.holds.{name}.at_most", "hold", hold.title, hold.at_most)


def _set(tree: Branch, place: str, value: str, faults: FaultList) -> bool:
    """Set the text at a place; return whether it is another one than before."""
    if place == CORRECTIONS and "corrections" not in tree:
        said = Branch(0)
        for key, text in (("at_most", value), ("source", DEFAULT_CORRECTIONS.source)):
            _put(said, key, Scalar(text, 0))
        _put(tree, "corrections", said)
        return True
    *way, last = place.split(".")
    node: Node | None = tree
    key = ""
    for name in way:
        node, key = _inside(node, key, name), name
    if not isinstance(node, Branch) or not isinstance(node.get(last), Scalar):
        faults.add("sop.unknown_place", (), name=place)
        return False
    if node[last] == value:
        return False
    _put(node, last, Scalar(value, 0))
    return True


def _inside(node: Node | None, key: str, name: str) -> Node | None:
    if isinstance(node, Branch):
        return node.get(name)
    item = ITEM.get(key)
    if isinstance(node, Row) and item is not None:
        return next(
            (one for one in node if isinstance(one, Branch) and one.get(item) == name), None
        )
    return None


def _papers(tree: Branch, changes: SopChanges) -> set[str]:
    """Change the list of papers; return the places that are settled by it."""
    listed = tree.get("papers")
    row = Row(0)
    settled: set[str] = set()
    names: set[str] = set()
    for paper in listed if isinstance(listed, Row) else ():
        name = str(paper.get("paper", "")) if isinstance(paper, Branch) else ""
        place = f"papers.{name}"
        if name in changes.dropped:
            settled.add(place)
            continue
        if isinstance(paper, Branch) and name in changes.papers:
            _reword(paper, changes.papers[name])
            settled.add(place)
        names.add(name)
        row.append(paper)
    for words in changes.added:
        name = _new_name(words.title["id"], names)
        names.add(name)
        paper = Branch(0)
        _put(paper, "paper", Scalar(name, 0))
        _reword(paper, words)
        row.append(paper)
    if row:
        _put(tree, "papers", row)
    elif "papers" in tree:
        del tree["papers"]
    return settled


def _reword(paper: Branch, words: PaperWords) -> None:
    _put(paper, "title", _both(words.title))
    if words.note is not None:
        _put(paper, "note", _both(words.note))
    else:
        paper.pop("note", None)
    if words.optional:
        _put(paper, "optional", Scalar("yes", 0))
    else:
        paper.pop("optional", None)


def _settle(tree: Branch, settled: set[str]) -> None:
    """Take out of `to_confirm` what the office has confirmed, changed or dropped."""
    listed = tree.get("to_confirm")
    if not isinstance(listed, Row):
        return
    row = Row(0)
    row.extend(one for one in listed if not (isinstance(one, Branch) and _is_settled(one, settled)))
    if row:
        _put(tree, "to_confirm", row)
    else:
        del tree["to_confirm"]


def _is_settled(one: Branch, settled: set[str]) -> bool:
    place = str(one.get("at", ""))
    return any(place == done or place.startswith(f"{done}.") for done in settled)


def _new_name(title: str, taken: set[str]) -> str:
    name = _NOT_IN_A_NAME.sub("_", title.casefold()).strip("_")[:_LONGEST_NAME].strip("_")
    if not name[:1].isalpha():
        name = f"p_{name}".strip("_")
    number, found = 2, name
    while found in taken:
        found = f"{name}_{number}"
        number += 1
    return found


def _both(text: Text) -> Branch:
    branch = Branch(0)
    for language in ("id", "en"):
        _put(branch, language, Scalar(text[language], 0))
    return branch


def _put(branch: Branch, key: str, value: Node) -> None:
    branch.put(key, value, branch.key_lines.get(key, 0))
