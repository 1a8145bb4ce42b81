"""What a benchmark says: one row a figure, its target beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Verdict = Literal["ok", "miss", "FAIL", "-"]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. Only ratios have targets that hold on every machine."""

    what: str
    figure: float
    unit: str = ""
    """Empty for a ratio."""
    least: float | None = None
    most: float | None = None
    note: str = ""
    must: bool = False
    """Whether the run fails where the target is missed."""

    @property
    def verdict(self) -> Verdict:
        """Return whether the figure meets its target; `-` where it has none."""
        if self.least is None and self.most is None:
            return "-"
        low = self.least is not None and self.figure < self.least
        high = self.most is not None and self.figure > self.most
        if not (low or high):
            return "ok"
        return "FAIL" if self.must else "miss"

    @property
    def target(self) -> str:
        """Return the target in words: `at least 0.6`."""
        parts = []
        if self.least is not None:
            parts.append(f"at least {self.least:g}")
        if self.most is not None:
            parts.append(f"at most {self.most:g}")
        return ", ".join(parts)


def header() -> str:
    """Return the two lines above the rows."""
    return "\n".join((line_of("what", "figure", "target", "verdict", ""), "|---|--:|---|---|---|"))


def line(row: Row) -> str:
    """Return a row of the table."""
    figure = f"{row.figure:,.2f}" if row.figure < 100 else f"{row.figure:,.0f}"
    return line_of(row.what, f"{figure} {row.unit}".strip(), row.target, row.verdict, row.note)


def line_of(what: str, figure: str, target: str, verdict: str, note: str) -> str:
    """Return cells as one line of a Markdown table."""
    return f"| {what:<44} | {figure:>14} | {target:<14} | {verdict:<7} | {note} |"


def summary(rows: Iterable[Row]) -> str:
    """Return how many targets are met, and which are not."""
    judged = [row for row in rows if row.verdict != "-"]
    missed = [row.what for row in judged if row.verdict in ("miss", "FAIL")]
    met = f"{len(judged) - len(missed)} of {len(judged)} targets met"
    return f"{met}; missed: {', '.join(missed)}" if missed else f"{met}."


def write_json(path: Path, rows: Iterable[Row]) -> None:
    """Write the rows where another program can read them."""
    data = [asdict(row) | {"verdict": row.verdict} for row in rows]
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
