"""What is left out of a style sheet, and that no page misses it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from web.lean_css import LEFT_OUT, lean

WEB = Path(__file__).resolve().parents[2] / "web"


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".btn{color:red}.modal{color:red}", ".btn{color:red}"),
        (".btn,.navbar .btn,a{x:y}", ".btn,a{x:y}"),
        (".btn:not(.a,.b),p{x:y}", ".btn:not(.a,.b),p{x:y}"),
        ("@media print{.toast{x:y}.table{x:y}}", "@media print{.table{x:y}}"),
        ("@media print{.toast{x:y}}.card{x:y}", ".card{x:y}"),
        ("@keyframes a{0%{x:y}}", "@keyframes a{0%{x:y}}"),
        (
            '@charset "UTF-8";/*! licence */:root{--x:1}/* end */',
            '@charset "UTF-8";/*! licence */:root{--x:1}',
        ),
        (".modalx{x:y}.form-control{x:.5rem}", ".modalx{x:y}.form-control{x:.5rem}"),
    ],
)  # fmt: skip
def test_keeps_what_is_used(css: str, left: str) -> None:
    assert lean(css) == left


def test_refuses_a_sheet_that_has_no_end() -> None:
    with pytest.raises(ValueError, match="no end"):
        lean(".btn{color:red")


def test_no_template_uses_a_class_that_is_left_out() -> None:
    missed = []
    for path in [*(WEB / "templates").rglob("*.html"), *WEB.rglob("*.py")]:
        text = re.sub(r"\{[%#].*?[%#]\}", " ", path.read_text(), flags=re.DOTALL)
        for classes in re.findall(r'class="([^"]*)"', text):
            plain = re.sub(r"\{\{.*?\}\}", "", classes)
            for one in plain.split():
                if one.partition("-")[0] in LEFT_OUT:
                    missed.append(f"{path.name}: {one}")

    assert missed == []
