"""The chart as SVG: one sheet of A4, lying, for each page."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from workflows.sop import Sop
from workflows.swimlane.chart import Chart, Row, chart_of, page_of
from workflows.swimlane.marks import SIZE, arrows_of, cleaned, escaped, symbols_of, text_at
from workflows.swimlane.measure import width, wrap
from workflows.swimlane.routes import (
    Band,
    most_ports,
    route,
    shape_height,
)
from workflows.swimlane.words import Words, words_in

PAGE_WIDTH, PAGE_HEIGHT = 297.0, 210.0
MARGIN_X, MARGIN_Y = 12.0, 10.0
LINE = 3.1
"""Line distance in the table, millimetres."""
PAD = 1.3
HEAD = (5.5, 10.5)
"""Heights of the two rows of column titles."""
FONT = "Inter, 'Liberation Sans', Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class _Columns:
    """Widths of the table, millimetres: the lanes take what the words leave."""

    number: float
    activity: float
    lane: float
    lanes: int
    papers: float
    time: float
    output: float
    notes: float

    def edges(self) -> list[float]:
        """Return where number, activity, lanes, papers, time, output and notes begin; the end."""
        widths = (
            self.number, self.activity, self.lane * self.lanes, self.papers, self.time,
            self.output, self.notes,
        )  # fmt: skip
        edges = [MARGIN_X]
        for one in widths:
            edges.append(edges[-1] + one)
        return edges


@dataclass(frozen=True, slots=True)
class _Page:
    """One page, measured."""

    chart: Chart
    heights: tuple[float, ...]


def draw(
    sop: Sop, lang: str = "id", *, identity: Sequence[tuple[str, str]] = ()
) -> tuple[str, ...]:
    """Return `sop` as pages of SVG in millimetres, A4 lying: the SOP AP with its swimlane.

    `identity` stands at the upper right of each page: number, version, date of effect.

    Raises:
        ValueError: there are words in id and en only.
    """
    words = words_in(lang)
    chart = chart_of(sop, lang)
    columns = _columns(len(chart.columns))
    title_lines = _title_lines(sop, words)
    top = _table_top(title_lines, identity)
    room = PAGE_HEIGHT - MARGIN_Y - 6.0 - top - sum(HEAD)
    pages = _paginate(chart, columns, room, lang)
    return tuple(
        _svg(sop, page, number, len(pages), columns, title_lines, identity, top, words, lang)
        for number, page in enumerate(pages, start=1)
    )


def _columns(lanes: int) -> _Columns:
    room = PAGE_WIDTH - 2 * MARGIN_X
    least = 8.0 + 32 + 23 + 16 + 23 + 36
    lane = max(min((room - least) / lanes, 22.0), 11.0)
    spare = room - 8 - 16 - lane * lanes
    parts = [spare * share / 119 for share in (34, 24, 24, 37)]
    return _Columns(8, parts[0], lane, lanes, parts[1], 16, parts[2], parts[3])


def _band(columns: _Columns) -> Band:
    shape = min(max(columns.lane * 0.42, 4.6), 10.0)
    return Band(columns.edges()[2], columns.lane, shape, columns.lanes)


def _title_lines(sop: Sop, words: Words) -> list[str]:
    lines = [f"{words.basis}: {sop.source}"]
    times = []
    if "service" in sop.limits:
        times.append(f"{words.service}: {words.within(sop.limits['service'].within)}")
    if "law" in sop.limits:
        limit = sop.limits["law"]
        times.append(f"{words.law}: {words.within(limit.within)} ({limit.source})")
    if times:
        lines.append("; ".join(times))
    room = (PAGE_WIDTH - 2 * MARGIN_X) * 0.66
    return [part for line in lines for part in wrap(line, SIZE, room)]


def _table_top(lines: list[str], identity: Sequence[tuple[str, str]]) -> float:
    return MARGIN_Y + max(7.5 + len(lines) * LINE, len(identity) * LINE) + 2.5


def _cells(row: Row, columns: _Columns) -> list[tuple[str, ...]]:
    """Return the wrapped lines of activity, papers, time, output and notes."""
    notes: tuple[str, ...] = ()
    for note in row.notes:
        notes += wrap(note, SIZE, columns.notes - 2 * PAD)
    texts = (
        (row.activity, columns.activity),
        (row.papers, columns.papers),
        (row.time, columns.time),
        (row.output, columns.output),
    )
    return [*(wrap(text, SIZE, room - 2 * PAD) for text, room in texts), notes]


def _height(chart: Chart, row: int, columns: _Columns) -> float:
    lines = max(len(cell) for cell in _cells(chart.rows[row], columns))
    shape = shape_height(chart.rows[row], most_ports(chart, row))
    least = 7.0 if chart.rows[row].shape == "connector" else 10.0
    return max(least, lines * LINE + 2 * PAD, shape + 4.0)


def _paginate(chart: Chart, columns: _Columns, room: float, lang: str) -> list[_Page]:
    """Return the pages: rows and their connectors, at least one row on each."""

    def measured(page: Chart) -> tuple[float, ...]:
        return tuple(_height(page, row, columns) for row in range(len(page.rows)))

    @cache
    def needed(first: int, stop: int) -> float:
        return sum(measured(page_of(chart, first, stop, {}, lang)))

    def broken(limit: float) -> list[int]:
        starts = [0]
        while starts[-1] < len(chart.rows):
            first = starts[-1]
            stop = first + 1
            while stop < len(chart.rows) and needed(first, stop + 1) <= limit:
                stop += 1
            starts.append(stop)
        return starts

    # As few pages as can be, then as even as can be: no page for the last row alone.
    starts = broken(room)
    for share in (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5):
        evener = broken(room * share)
        if len(evener) > len(starts):
            break
        starts = evener
    page_with = {
        row: number
        for number, (first, stop) in enumerate(pairwise(starts), start=1)
        for row in range(first, stop)
    }
    pages = []
    for first, stop in pairwise(starts):
        page = page_of(chart, first, stop, page_with, lang)
        heights = measured(page)
        spare = room - sum(heights)
        # A page with room to spare breathes, but not so much that the lines grow long.
        breathing = [row.shape != "connector" for row in page.rows]
        more = min(max(spare, 0) / max(sum(breathing), 1), 4.0)
        heights = tuple(h + more * breathes for h, breathes in zip(heights, breathing, strict=True))
        pages.append(_Page(page, heights))
    return pages


def _svg(
    sop: Sop,
    page: _Page,
    number: int,
    pages: int,
    columns: _Columns,
    title_lines: list[str],
    identity: Sequence[tuple[str, str]],
    top: float,
    words: Words,
    lang: str,
) -> str:
    chart = page.chart
    edges = columns.edges()
    tops = [top + sum(HEAD)]
    for height in page.heights:
        tops.append(tops[-1] + height)
    middles = [(a + b) / 2 for a, b in pairwise(tops)]
    symbols, arrows = route(chart, _band(columns), middles, page.heights)
    name = f"SOP {cleaned(sop.title.get(lang) or sop.title['id'])}"
    ident = f"sop-{sop.name}-{lang}-{number}"
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {PAGE_WIDTH:g} {PAGE_HEIGHT:g}" '
        f'width="{PAGE_WIDTH:g}mm" height="{PAGE_HEIGHT:g}mm" role="img" lang="{lang}" '
        f'xml:lang="{lang}" aria-labelledby="{ident}-title {ident}-desc" '
        f'font-family="{html.escape(FONT)}" font-size="{SIZE}" fill="#000">',
        f'<title id="{ident}-title">{escaped(name)}. {words.page(number, pages)}</title>',
        f'<desc id="{ident}-desc">{escaped(_described(chart, words))}</desc>',
        f'<rect width="{PAGE_WIDTH:g}" height="{PAGE_HEIGHT:g}" fill="#fff"/>',
        *_heading(name, title_lines, identity, edges[-1]),
        *_grid(chart, columns, edges, top, tops, words),
        *arrows_of(arrows),
        *symbols_of(chart, symbols),
    ]
    for row, (upper, lower) in zip(chart.rows, pairwise(tops), strict=True):
        out += _row_text(row, columns, edges, (upper + lower) / 2)
    foot = tops[-1] + 4.0
    room = edges[-1] - edges[0] - 32
    out += [
        text_at(line, edges[0], foot + place * 2.8, size=2.2)
        for place, line in enumerate(wrap(words.legend, 2.2, room))
    ]
    out += [text_at(words.page(number, pages), edges[-1], foot, size=2.2, anchor="end"), "</svg>"]
    return "\n".join(out)


def _heading(
    name: str, lines: list[str], identity: Sequence[tuple[str, str]], right: float
) -> list[str]:
    room = (right - MARGIN_X) * 0.66
    size = 5.0
    while size > 3.0 and width(name, size, bold=True) > room:
        size -= 0.25
    shown = wrap(name, size, room, bold=True)[0]
    out = [text_at(shown, MARGIN_X, MARGIN_Y + 4.5, size=size, bold=True)]
    out += [
        text_at(line, MARGIN_X, MARGIN_Y + 9 + place * LINE) for place, line in enumerate(lines)
    ]
    left = MARGIN_X + room + 3
    for place, (label, value) in enumerate(identity):
        y = MARGIN_Y + 3 + place * LINE
        out.append(text_at(_shortened(label, 22), left, y))
        out.append(text_at(_shortened(value, right - left - 24), left + 24, y, bold=True))
    return out


def _grid(
    chart: Chart,
    columns: _Columns,
    edges: list[float],
    top: float,
    tops: list[float],
    words: Words,
) -> list[str]:
    split, body, bottom = top + HEAD[0], tops[0], tops[-1]
    line = 'stroke="#555" stroke-width=".2"'
    out = [
        f'<rect x="{edges[0]:.2f}" y="{top:.2f}" width="{edges[-1] - edges[0]:.2f}" '
        f'height="{body - top:.2f}" fill="#f1efeb"/>',
        f'<g fill="none" {line}>',
        f'<rect x="{edges[0]:.2f}" y="{top:.2f}" width="{edges[-1] - edges[0]:.2f}" '
        f'height="{bottom - top:.2f}"/>',
    ]
    # Completeness, time and output stand under one title; so do the lanes.
    out += [
        f'<path d="M{x:.2f} {split if place in (4, 5) else top:.2f}V{bottom:.2f}"/>'
        for place, x in enumerate(edges[1:-1], start=1)
    ]
    out += [f'<path d="M{edges[0]:.2f} {y:.2f}H{edges[-1]:.2f}"/>' for y in tops[:-1]]
    out += [
        f'<path d="M{edges[2]:.2f} {split:.2f}H{edges[6]:.2f}"/>',
        "</g>",
        '<g fill="none" stroke="#999" stroke-width=".15">',
    ]
    lanes = [edges[2] + columns.lane * place for place in range(1, columns.lanes)]
    out += [f'<path d="M{x:.2f} {split:.2f}V{bottom:.2f}"/>' for x in lanes]
    out.append("</g>")

    def fitting(texts: Sequence[str], room: float) -> float:
        size = SIZE
        while size > 1.6 and any(
            width(word, size, bold=True) > room for text in texts for word in text.split()
        ):
            size -= 0.1
        return size

    # The lanes are equals: their titles have one size.
    lane_size = fitting([cleaned(title) for title in chart.columns], columns.lane - 0.6)

    def head(
        text: str, left: float, right: float, upper: float, lower: float, most: float = SIZE
    ) -> None:
        size = min(fitting([text], right - left - 0.6), most)
        lines = wrap(text, size, right - left - 0.6, bold=True)
        first = (upper + lower) / 2 - (len(lines) - 1) * (size + 0.5) / 2 + size * 0.36
        for place, one in enumerate(lines):
            y = first + place * (size + 0.5)
            out.append(text_at(one, (left + right) / 2, y, size=size, bold=True, anchor="middle"))

    head(words.number, edges[0], edges[1], top, body)
    head(words.activity, edges[1], edges[2], top, body)
    head(words.executor, edges[2], edges[3], top, split)
    for place, title in enumerate(chart.columns):
        left = edges[2] + columns.lane * place
        head(cleaned(title), left, left + columns.lane, split, body, lane_size)
    head(words.quality, edges[3], edges[6], top, split)
    head(words.completeness, edges[3], edges[4], split, body)
    head(words.time, edges[4], edges[5], split, body)
    head(words.output, edges[5], edges[6], split, body)
    head(words.notes, edges[6], edges[7], top, body)
    return out


def _row_text(row: Row, columns: _Columns, edges: list[float], middle: float) -> list[str]:
    activity, papers, time, output, notes = _cells(row, columns)
    out = []
    if row.number is not None:
        out.append(
            text_at(
                str(row.number), (edges[0] + edges[1]) / 2, middle + SIZE * 0.36, anchor="middle"
            )
        )
    for lines, left in (
        (activity, edges[1]),
        (papers, edges[3]),
        (time, edges[4]),
        (output, edges[5]),
        (notes, edges[6]),
    ):
        first = middle - (len(lines) - 1) * LINE / 2 + SIZE * 0.36
        italic = row.shape == "connector"
        out += [
            text_at(line, left + PAD, first + place * LINE, italic=italic)
            for place, line in enumerate(lines)
        ]
    return out


def _described(chart: Chart, words: Words) -> str:
    """Return the whole page as sentences, for those who hear it."""
    told = []
    for place, row in enumerate(chart.rows):
        targets = [
            (edge.letter, chart.rows[edge.target]) for edge in chart.edges if edge.source == place
        ]
        arrows = ", ".join(
            f"{letter + ' ' if letter else ''}→ {to.number if to.number else to.activity}"
            for letter, to in targets
        )
        start = f"{row.number}. " if row.number else ""
        parts = [f"{start}{row.activity} ({chart.columns[row.column]})", *row.notes]
        if row.time not in ("", "–"):
            parts.append(f"{words.time}: {row.time}")
        if arrows:
            parts.append(arrows)
        told.append("; ".join(parts))
    return ". ".join(told) + "."


def _shortened(text: str, room: float) -> str:
    lines = wrap(text, SIZE, room, bold=True)
    return lines[0] + ("…" if len(lines) > 1 else "") if lines else ""
