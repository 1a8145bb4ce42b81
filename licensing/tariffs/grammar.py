"""The grammar of a tariff: which keys there are, what each means, and what can be wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from workflows.errors import Fault
from workflows.faults import FAULTS, Problem
from workflows.schema_fields import (
    Both,
    Flag,
    Name,
    Named,
    Of,
    Part,
    Several,
    SopName,
    Value,
    Whole,
    refuse,
)
from workflows.tree import FaultList

TARIFF_FAULTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "tariff.empty": ("Teks tarif kosong.", "the tariff is empty"),
        "tariff.too_large": (
            "Teks tarif {size} byte; paling banyak {limit} byte.",
            "the tariff has {size} bytes; at most {limit} are read",
        ),
        "tariff.many_documents": (
            "Hanya satu dokumen YAML dalam satu tarif.",
            "a tariff is one YAML document, here begins another",
        ),
        "tariff.bad_decimal": (
            "`{value}` bukan bilangan; tulis misalnya `0.45`.",
            "`{value}` is no number; write for example `0.45`",
        ),
        "tariff.bad_date": (
            "`{value}` bukan tanggal; tulis misalnya `2007-08-09`.",
            "`{value}` is no date; write for example `2007-08-09`",
        ),
        # Names
        "tariff.duplicate_name": (
            "Nama `{name}` sudah dipakai di `{other}`.",
            "the name `{name}` already stands in `{other}`",
        ),
        "tariff.reserved_name": (
            "`{name}` adalah kata dari bahasa rumus; pilih nama lain.",
            "`{name}` is a word of the formula language; choose another name",
        ),
        "tariff.unknown_table": ("Tabel `{name}` tidak ada.", "there is no table `{name}`"),
        "tariff.unknown_question": (
            "Pertanyaan `{name}` tidak ada.",
            "there is no question `{name}`",
        ),
        "tariff.unknown_choice": (
            "Pilihan `{name}` tidak ada dalam tabel `{table}`.",
            "the table `{table}` has no choice `{name}`",
        ),
        "tariff.not_a_number": (
            "`{name}` bukan pertanyaan angka.",
            "`{name}` is no question for a number",
        ),
        "tariff.not_a_choice": (
            "`{name}` bukan pertanyaan pilihan.",
            "`{name}` is no question with choices",
        ),
        "tariff.number_only": (
            "`{key}` hanya untuk pertanyaan angka, tanpa `table`.",
            "`{key}` belongs to a question for a number, without `table`",
        ),
        "tariff.asked_too_late": (
            "`{name}` sendiri ditanyakan dengan `when`, atau baru sesudahnya.",
            "`{name}` is itself asked under a `when`, or only later",
        ),
        "tariff.bad_default": (
            "`{value}` bukan jawaban yang diterima pertanyaan ini.",
            "`{value}` is no answer that this question accepts",
        ),
        "tariff.never_used": (
            "`{name}` tidak dipakai dalam rumus apa pun.",
            "`{name}` is used by no formula",
        ),
        # Formulas
        "tariff.formula_too_long": (
            "Rumus terlalu panjang (paling banyak {limit} tanda); pecah menjadi beberapa baris.",
            "the formula is too long (at most {limit} characters); split it into lines",
        ),
        "tariff.formula_character": (
            "Tanda `{character}` tidak dikenal dalam rumus.",
            "a formula cannot hold `{character}`",
        ),
        "tariff.formula_number": (
            "`{value}` bukan bilangan desimal seperti `0.45`.",
            "`{value}` is no decimal number such as `0.45`",
        ),
        "tariff.formula_syntax": (
            "`{text}` bukan rumus; periksa kurung dan tanda hitungnya.",
            "`{text}` is no formula; look at its parentheses and signs",
        ),
        "tariff.formula_not_allowed": (
            "`{what}` tidak ada dalam bahasa rumus; hanya + - * / dan fungsinya.",
            "the formula language has no `{what}`, only + - * / and its functions",
        ),
        "tariff.formula_function": (
            "Fungsi `{name}` tidak ada; yang ada: {known}.",
            "there is no function `{name}`, only {known}",
        ),
        "tariff.formula_arguments": (
            "`{name}` dipakai keliru; tulis `min(a, b)`, `max(a, b)`, `cut(x, 3)`, `round(x, 3)`.",
            "`{name}` is used wrongly; write `min(a, b)`, `max(a, b)`, `cut(x, 3)`, `round(x, 3)`",
        ),
        "tariff.formula_name": (
            "Nama `{name}` tidak dikenal.",
            "nothing is called `{name}`",
        ),
        "tariff.formula_later": (
            "`{name}` baru dihitung pada baris sesudahnya.",
            "`{name}` is calculated only later",
        ),
        "tariff.formula_when": (
            "`{name}` hanya ada bila `{when}` di atas nol; baris ini perlu `when: {when}`.",
            "`{name}` exists only when `{when}` is above zero; this line needs `when: {when}`",
        ),
        "tariff.nothing_charged": (
            "Tidak ada baris yang ditagih; beri `charged: yes`.",
            "no line is charged; give one `charged: yes`",
        ),
    }
)


class TariffFaultList(FaultList):
    """Collects the faults of a tariff; where the reader's words suit any text, they stay."""

    def at(self, line: int, where: str, problem: Problem) -> None:
        """Add a fault whose place is already known."""
        code = f"tariff.{problem.code.partition('.')[2]}"
        indonesian, english = TARIFF_FAULTS.get(code) or FAULTS[problem.code]
        text = {"id": indonesian.format(**problem.facts), "en": english.format(**problem.facts)}
        self.faults.append(Fault(line, where, code, text, problem.suggestion))


class Number(Value):
    """A decimal number, never below zero."""

    kind = "number, such as `0.45`"

    def read(self, value: str) -> Decimal:
        """Return the number."""
        if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,8})?", value):
            raise refuse("tariff.bad_decimal", value=value)
        return Decimal(value)


class Day(Value):
    """A date."""

    kind = "date, such as `2007-08-09`"

    def read(self, value: str) -> date:
        """Return the date."""
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise refuse("tariff.bad_date", value=value)


class ChoicePart(Part):
    """One row of an index table."""

    title = Both("what the officer reads", required=True)
    value = Number("the index", required=True)
    unverified = Flag("whether the figure is still to be checked", by_default="`no`")


class TablePart(Part):
    """An index table."""

    title = Both("its name", required=True)
    source = Value("rule and article", by_default="the `source` of the tariff")
    choices = Named("the rows", Of("", ChoicePart), required=True)


class ConstantPart(Part):
    """A number that the rule fixes."""

    title = Both("what it is", required=True)
    value = Number("the number", required=True)
    source = Value("rule and article", by_default="the `source` of the tariff")
    unverified = Flag("whether the figure is still to be checked", by_default="`no`")


class PricePart(Part):
    """A unit price, which the office sets by the region's Perda, from a date on."""

    title = Both("what it is paid for", required=True)
    unit = Both("its unit, such as `Rp/m²`", required=True)
    example = Number("a figure to show beside the empty field, never used")


class QuestionPart(Part):
    """What the billing officer answers: a choice of a table, or a number."""

    title = Both("the question", by_default="the title of its table, or its name")
    table = Name("the table whose rows are the choices; without it a number is asked")
    unit = Both("the unit of the number")
    places = Whole("most decimals of the number", 0, 6, by_default="`0`")
    least = Number("the smallest number", by_default="`0`")
    most = Number("the largest number", by_default="`1000000000`")
    at_most = Name("an earlier number that this one may not exceed")
    default = Value("what an empty answer means", by_default="an answer must be given")
    when = Name("a number: asked only when it is above zero", by_default="always asked")
    hint = Both("a sentence of help")


class LinePart(Part):
    """One line of the calculation; it may use every line above it."""

    title = Both("what the sheet calls it", required=True)
    formula = Value("the formula", required=True)
    charged = Flag(
        "whether it is billed: rounded once, to whole rupiah, half up", by_default="`no`"
    )
    when = Name("a number: calculated only when it is above zero", by_default="always")


class ExemptionPart(Part):
    """Who owes nothing."""

    title = Both("the reason, as the sheet gives it", required=True)
    source = Value("rule and article", required=True)
    when = Named(
        "questions and the choices that exempt; all must hold",
        Several("", Name("")),
        required=True,
    )


class TariffPart(Part):
    """One version of a tariff. The bill is the sum of its charged lines."""

    tariff = SopName("its name, as an SOP's `fee` gives it", required=True)
    version = Whole("1, 2, …; of two that begin on one date the higher holds", 1, 9999,
                    required=True)  # fmt: skip
    title = Both("what the fee is called", required=True)
    source = Value("rule and article", required=True)
    since = Day("the first date on which it holds", required=True)
    tables = Named("index tables", Of("", TablePart))
    constants = Named("numbers that the rule fixes", Of("", ConstantPart))
    prices = Named("unit prices that the region sets", Of("", PricePart))
    questions = Named("what the billing officer answers", Of("", QuestionPart), required=True)
    lines = Named("the calculation, from top to bottom", Of("", LinePart), required=True)
    exemptions = Named("who owes nothing", Of("", ExemptionPart))
