"""The names in a tariff: each stands for one thing, and whatever uses it comes after it."""

from __future__ import annotations

from collections.abc import Iterable
from keyword import iskeyword

from licensing.tariffs.formula import FUNCTIONS, Formula, FormulaFault, read_formula
from workflows.faults import Path, nearest
from workflows.schema_fields import Draft
from workflows.tree import Branch, FaultList

_NUMBER_ONLY = ("unit", "places", "least", "most", "at_most")
_VALUES = ("constants", "prices", "questions", "lines")
"""The parts whose names a formula may use."""


class TariffNames:
    """Checks the names of one tariff, and reads its formulas on the way.

    What exists is asked of the tree: a part that cannot be read is still there for the others.
    """

    def __init__(self, tree: Branch, draft: Draft, faults: FaultList) -> None:
        self.tree, self.draft, self.faults = tree, draft, faults
        self.formulas: dict[str, Formula] = {}
        self._used: set[str] = set()
        self._when: dict[str, str | None] = {}
        """For each question and line that was passed, the number on which it depends."""

    def run(self) -> None:
        """Add a fault for every name that is used wrongly."""
        self._check_unique()
        for name, question in self.draft.get("questions", {}).items():
            self._check_question(name, question)
        for name, exemption in self.draft.get("exemptions", {}).items():
            self._check_exemption(name, exemption)
        for name, line in self.draft.get("lines", {}).items():
            self._check_line(name, line)
        self._check_used()
        lines = self.draft.get("lines", {})
        if lines and not any(line.get("charged") for line in lines.values()):
            self.faults.add("tariff.nothing_charged", ("lines",))

    def _names(self, part: str) -> tuple[str, ...]:
        node = self.tree.get(part)
        return tuple(node) if isinstance(node, Branch) else ()

    def _check_used(self) -> None:
        if self.formulas.keys() != set(self._names("lines")):
            return  # what a formula that cannot be read would use is not known
        for part in ("constants", "prices", "questions"):
            for name in self._names(part):
                if name not in self._used:
                    self.faults.add("tariff.never_used", (part, name), name=name)

    def _check_unique(self) -> None:
        seen: dict[str, str] = {}
        for part in _VALUES:
            for name in self._names(part):
                if name in FUNCTIONS or iskeyword(name):
                    self.faults.add("tariff.reserved_name", (part, name), name=name)
                elif name in seen:
                    other = f"{seen[name]}.{name}"
                    self.faults.add("tariff.duplicate_name", (part, name), name=name, other=other)
                seen.setdefault(name, part)

    def _check_question(self, name: str, question: Draft) -> None:
        here: Path = ("questions", name)
        table = question.get("table")
        if table is not None:
            tables = self._names("tables")
            if table not in tables:
                self._unknown("tariff.unknown_table", (*here, "table"), table, tables)
            for key in _NUMBER_ONLY:
                if key in question:
                    self.faults.add("tariff.number_only", (*here, key), key=key)
            self._check_choice(table, question.get("default"), (*here, "default"))
        for key in ("when", "at_most"):
            if key in question:
                self._check_number(question[key], (*here, key))
        self._when[name] = question.get("when")

    def _check_choice(self, table: str, choice: str | None, path: Path) -> None:
        known = self.draft.get("tables", {}).get(table, {}).get("choices")
        if choice is not None and known is not None and choice not in known:
            self._unknown("tariff.unknown_choice", path, choice, known, table=table)

    def _check_number(self, name: str, path: Path) -> None:
        """Add a fault where `name` is no number that was certainly asked for before."""
        questions = self._names("questions")
        if name not in questions:
            self._unknown("tariff.unknown_question", path, name, questions)
        elif self.draft.get("questions", {}).get(name, {}).get("table") is not None:
            self.faults.add("tariff.not_a_number", path, name=name)
        elif self._when.get(name, name) is not None:
            self.faults.add("tariff.asked_too_late", path, name=name)
        self._used.add(name)

    def _check_exemption(self, name: str, exemption: Draft) -> None:
        questions = self._names("questions")
        for asked, choices in exemption.get("when", {}).items():
            path: Path = ("exemptions", name, "when", asked)
            if asked not in questions:
                self._unknown("tariff.unknown_question", path, asked, questions)
                continue
            self._used.add(asked)
            question = self.draft.get("questions", {}).get(asked)
            if question is None:
                continue
            if question.get("table") is None:
                self.faults.add("tariff.not_a_choice", path, name=asked)
                continue
            for choice in choices:
                self._check_choice(question["table"], choice, path)

    def _check_line(self, name: str, line: Draft) -> None:
        path: Path = ("lines", name)
        when = line.get("when")
        if when is not None:
            self._check_number(when, (*path, "when"))
        if "formula" in line:
            try:
                formula = read_formula(line["formula"])
            except FormulaFault as fault:
                self.faults.add(fault.code, (*path, "formula"), fault.suggestion, **fault.facts)
            else:
                self.formulas[name] = formula
                for used in formula.names:
                    self._check_use(used, when, (*path, "formula"))
        self._when[name] = when

    def _check_use(self, name: str, when: str | None, path: Path) -> None:
        self._used.add(name)
        if name in self._names("constants") or name in self._names("prices"):
            return
        if name in self._when:
            needed = self._when[name]
            if needed is not None and needed != when:
                self.faults.add("tariff.formula_when", path, name=name, when=needed)
        elif name in self._names("lines"):
            self.faults.add("tariff.formula_later", path, name=name)
        elif name not in self._names("questions"):
            known = [known for part in _VALUES[:3] for known in self._names(part)]
            self._unknown("tariff.formula_name", path, name, [*known, *self._when])

    def _unknown(
        self, code: str, path: Path, name: str, known: Iterable[str], **facts: object
    ) -> None:
        meant = nearest(name, known)
        self.faults.add(code, path, meant, name=name, **facts)
        # What was meant is used, only misspelt: that it never is would be the same fault again.
        self._used.update({meant} if meant else ())
