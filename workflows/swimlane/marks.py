"""The marks on a page: shapes, arrows and words as SVG elements, with attributes only."""

from __future__ import annotations

import html
from collections.abc import Sequence

from workflows.swimlane.chart import Chart
from workflows.swimlane.routes import Arrow, Symbol

SIZE = 2.5
"""Letter height in the table, millimetres."""
_ARROW = 1.7
_CONTROL = dict.fromkeys((*range(32), 127), " ")


def text_at(
    text: str,
    x: float,
    y: float,
    *,
    size: float = SIZE,
    bold: bool = False,
    italic: bool = False,
    anchor: str = "start",
) -> str:
    """Return one line of text; `y` is its base line."""
    extra = "" if size == SIZE else f' font-size="{size:.2f}"'
    extra += ' font-weight="600"' if bold else ""
    extra += ' font-style="italic"' if italic else ""
    extra += "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x:.2f}" y="{y:.2f}"{extra}>{escaped(text)}</text>'


def escaped(text: str) -> str:
    """Return `text` as it may stand in SVG."""
    return html.escape(cleaned(text))


def cleaned(text: str) -> str:
    """Return `text` without control characters, which XML cannot carry."""
    return text.translate(_CONTROL)


def symbols_of(chart: Chart, symbols: Sequence[Symbol]) -> list[str]:
    """Return the shapes, each with the key of its row."""
    out = ['<g fill="#fff" stroke="#000" stroke-width=".4" stroke-linejoin="round">']
    for symbol in symbols:
        x, y, w, h = symbol.x, symbol.y, symbol.width / 2, symbol.height / 2
        row = chart.rows[symbol.row]
        mark = f'data-row="{escaped(row.key)}" data-shape="{row.shape}"'
        if row.shape == "diamond":
            out.append(
                f'<path {mark} d="M{x - w:.2f} {y:.2f}L{x:.2f} {y - h:.2f}L{x + w:.2f} {y:.2f}'
                f'L{x:.2f} {y + h:.2f}Z"/>'
            )
        elif row.shape == "connector":
            out.append(
                f'<path {mark} d="M{x - w:.2f} {y - h:.2f}H{x + w:.2f}V{y:.2f}L{x:.2f} '
                f'{y + h:.2f}L{x - w:.2f} {y:.2f}Z"/>'
            )
        else:
            radius = min(w, h) if row.shape == "capsule" else 0
            out.append(
                f'<rect {mark} x="{x - w:.2f}" y="{y - h:.2f}" width="{2 * w:.2f}" '
                f'height="{2 * h:.2f}" rx="{radius:.2f}"/>'
            )
    return [*out, "</g>"]


def arrows_of(arrows: Sequence[Arrow]) -> list[str]:
    """Return the arrows, then their heads, then their letters."""
    out = ['<g fill="none" stroke="#000" stroke-width=".35">']
    heads = ['<g fill="#000">']
    letters = []
    for arrow in arrows:
        data = "".join(
            "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in stroke) for stroke in arrow.strokes
        )
        out.append(f'<path data-edge="{arrow.edge.source} {arrow.edge.target}" d="{data}"/>')
        if arrow.letter_at is not None:
            lx, ly = arrow.letter_at
            letters.append(
                text_at(arrow.edge.letter, lx, ly + 0.75, size=2.2, bold=True, anchor="middle")
            )
        if not arrow.head:
            continue
        (x0, y0), (x, y) = arrow.strokes[-1][-2:]
        dx, dy = _sign(x - x0), _sign(y - y0)
        back_x, back_y = x - dx * _ARROW, y - dy * _ARROW
        half = _ARROW * 0.42
        heads.append(
            f'<path d="M{x:.2f} {y:.2f}L{back_x + dy * half:.2f} {back_y + dx * half:.2f}'
            f'L{back_x - dy * half:.2f} {back_y - dx * half:.2f}Z"/>'
        )
    return [*out, "</g>", *heads, "</g>", *letters]


def _sign(value: float) -> int:
    return 0 if abs(value) < 1e-6 else (1 if value > 0 else -1)
