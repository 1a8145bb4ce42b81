"""What the billing officer typed, read by the questions of a tariff."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from licensing.errors import InvalidInput
from licensing.forms import one_line
from licensing.tariffs.model import Choice, Question, Tariff

_PLAIN = re.compile(r"[0-9]{1,15}([.,][0-9]{1,18})?")
_GROUPED = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+,[0-9]{1,18}|[0-9]{1,3}(\.[0-9]{3}){2,4}")
_THOUSANDS = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")


@dataclass(frozen=True, slots=True)
class Given:
    """One answer, checked."""

    question: Question
    text: str
    """In one form: the name of the choice, or the number with a point."""
    value: Decimal
    choice: Choice | None
    assumed: bool
    """Nothing was typed: the tariff says what that means."""


class AnswerFault(ValueError):
    """An answer cannot be used; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def read_answers(tariff: Tariff, answers: Mapping[str, str]) -> dict[str, Given]:
    """Return the answers to the questions that are asked; others that exist are not looked at.

    Raises:
        InvalidInput: every fault at once, by question.
    """
    faults = {name: "unknown_question" for name in answers if name not in tariff.questions}
    given: dict[str, Given] = {}
    for name, question in tariff.questions.items():
        if question.when in faults or not is_on(question.when, given):
            continue
        try:
            given[name] = _read(tariff, question, one_line(answers.get(name) or ""))
        except AnswerFault as fault:
            faults[name] = fault.code
            continue
        limit = given.get(question.at_most or "")
        if limit is not None and given[name].value > limit.value:
            faults[name] = "more_than_whole"
    if faults:
        raise InvalidInput(faults)
    return given


def is_on(when: str | None, given: Mapping[str, Given]) -> bool:
    """Return whether what depends on the number `when` is asked and calculated."""
    return when is None or (when in given and given[when].value > 0)


def read_number(question: Question, text: str) -> Decimal:
    """Return the number that `text` says: `72`, `72,5`, `72.5` or `1.072,5`.

    Where decimals are asked for, a lone point marks them: `1.072` is not taken for a thousand.

    Raises:
        AnswerFault: it is no number, has too many decimals, or is out of bounds.
    """
    if _GROUPED.fullmatch(text) or (not question.places and _THOUSANDS.fullmatch(text)):
        text = text.replace(".", "")
    elif not _PLAIN.fullmatch(text):
        raise AnswerFault("number" if question.places else "whole_number")
    whole, _, decimals = text.replace(",", ".").partition(".")
    if len(decimals) > question.places:
        raise AnswerFault("too_many_decimals" if question.places else "whole_number")
    value = Decimal(f"{int(whole)}.{decimals}" if decimals else str(int(whole)))
    if value < question.least:
        raise AnswerFault("too_small")
    if value > question.most:
        raise AnswerFault("too_large")
    return value


def _read(tariff: Tariff, question: Question, text: str) -> Given:
    assumed = not text and question.default is not None
    if assumed:
        text = question.default or ""
    if question.table is None:
        if not text:
            raise AnswerFault("required")
        value = read_number(question, text)
        return Given(question, f"{value:f}", value, None, assumed)
    if not text:
        raise AnswerFault("choose")
    choice = tariff.choices(question.name).get(text)
    if choice is None:
        raise AnswerFault("unknown_choice")
    return Given(question, text, choice.value, choice, assumed)
