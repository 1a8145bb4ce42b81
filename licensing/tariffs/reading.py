"""The text of a tariff, read and checked: every fault at once, each with its line."""

from __future__ import annotations

from licensing.tariffs.answers import AnswerFault, read_number
from licensing.tariffs.errors import TariffFaults
from licensing.tariffs.formula import Formula
from licensing.tariffs.grammar import TariffFaultList, TariffPart
from licensing.tariffs.model import (
    Choice,
    Constant,
    Exemption,
    FormulaLine,
    Question,
    Table,
    Tariff,
    UnitPrice,
)
from licensing.tariffs.names import TariffNames
from workflows.schema import report_faults
from workflows.schema_fields import LANGUAGES, Draft, load
from workflows.tree import parse


def read_tariff(text: str) -> Tariff:
    """Return the tariff that `text` says.

    Raises:
        TariffFaults: the text is wrong; every fault is in it.
    """
    faults = TariffFaultList()
    tree = parse(text, faults)
    if tree is None:
        raise TariffFaults(faults.faults)
    draft, messages = load(TariffPart, tree)
    report_faults(messages, (), faults)
    names = TariffNames(tree, draft, faults)
    names.run()
    if faults:
        raise TariffFaults(faults.faults)
    tariff = _built(draft, names.formulas)
    for question in tariff.questions.values():
        if question.default is not None and question.table is None:
            try:
                read_number(question, question.default)
            except AnswerFault:
                path = ("questions", question.name, "default")
                faults.add("tariff.bad_default", path, value=question.default)
    if faults:
        raise TariffFaults(faults.faults)
    return tariff


def _built(draft: Draft, formulas: dict[str, Formula]) -> Tariff:
    source = draft["source"]
    tables = {
        name: Table(
            name,
            table["title"],
            table.get("source", source),
            {key: Choice(name=key, **choice) for key, choice in table["choices"].items()},
        )
        for name, table in draft.get("tables", {}).items()
    }
    return Tariff(
        name=draft["tariff"],
        version=draft["version"],
        title=draft["title"],
        source=source,
        since=draft["since"],
        tables=tables,
        constants={
            name: Constant(name=name, **({"source": source} | constant))
            for name, constant in draft.get("constants", {}).items()
        },
        prices={
            name: UnitPrice(name=name, **price) for name, price in draft.get("prices", {}).items()
        },
        questions={
            name: _question(name, question, tables) for name, question in draft["questions"].items()
        },
        lines={
            name: FormulaLine(
                name,
                line["title"],
                formulas[name],
                charged=line.get("charged", False),
                when=line.get("when"),
            )
            for name, line in draft["lines"].items()
        },
        exemptions={
            name: Exemption(name=name, **exemption)
            for name, exemption in draft.get("exemptions", {}).items()
        },
    )


def _question(name: str, draft: Draft, tables: dict[str, Table]) -> Question:
    table = draft.get("table")
    title = tables[table].title if table is not None else dict.fromkeys(LANGUAGES, name)
    return Question(name=name, **{"title": title, **draft})
