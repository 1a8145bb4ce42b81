"""The grammar's documentation is written from the schema, and is current."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflows.grammar import grammar

WRITTEN = Path(__file__).parents[2] / "docs" / "sop-grammar.md"


def test_the_documentation_is_current() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == grammar(), (
        "write it anew: python -m workflows.grammar > docs/sop-grammar.md"
    )


@pytest.mark.parametrize(
    "line",
    [
        "| `sop` | name | its name; hyphens are allowed | **required** |",
        "| `except` | name, or a list of them | steps that do not have it | – |",
        "| `holds` | list, each [Hold](#hold) | pauses | – |",
        "| `times` | whole number | how often it may be used at one step | 1 |",
        "| `subject` | name | the field that says in one line what an application is about "
        "| `business_name`, else the name of the applicant |",
        "| `at` | text | where it stands in this text | **required** |",
    ],
)
def test_it_names_keys_values_and_defaults(line: str) -> None:
    assert line in grammar().splitlines()
