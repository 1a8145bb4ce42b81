"""Where shapes stand and arrows run: nothing crosses a shape or a letter.

A row holds one shape, so a level line is free of shapes; an upright line runs in the channel
between two columns, where no shape ever stands. All arrows to one target join one upright line,
its rail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from workflows.swimlane.chart import Chart, Edge, Row

PORT_GAP = 2.6
"""Millimetres between two arrows on one side of a shape: a letter fits between."""
LETTER_ROOM = 2.6

Side = Literal["left", "right"]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A shape on the page: centre and size in millimetres."""

    row: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Arrow:
    """A drawn arrow: strokes of points (two where a letter breaks it), the head at the last."""

    edge: Edge
    strokes: tuple[tuple[Point, ...], ...]
    letter_at: Point | None
    head: bool = True
    """False where the arrow joins another one to the same target, which has the head."""


@dataclass(frozen=True, slots=True)
class Band:
    """The part of a page where lanes are drawn: left edge, width of a lane, shape width."""

    left: float
    lane: float
    shape: float
    lanes: int

    def centre(self, column: int) -> float:
        """Return the middle of a column."""
        return self.left + (column + 0.5) * self.lane

    def channel(self, place: int) -> tuple[float, float]:
        """Return from where to where upright lines may run left of column `place`."""
        half = (self.lane - self.shape) / 2 - LETTER_ROOM
        edge = self.left + place * self.lane
        low = edge + 0.5 if place == 0 else edge - half
        high = edge - 0.5 if place == self.lanes else edge + half
        return low, high


@dataclass(slots=True)
class _Rail:
    target: int
    sources: list[int]
    low: int
    high: int
    channel: int = 0
    x: float = 0.0


@dataclass(slots=True)
class _Port:
    row: int
    side: Side
    edge: int | None
    """The edge that leaves here; None where a rail enters."""
    upward: bool
    far: float
    offset: float = 0.0


def shape_height(row: Row, ports: int) -> float:
    """Return how high a shape must be for `ports` arrows on its busier side."""
    if row.shape == "connector":
        return 4.6
    least = {"capsule": 4.8, "box": 6.0, "diamond": 8.0}[row.shape]
    slope = 1.6 if row.shape != "diamond" else 5.0
    return max(least, (ports - 1) * PORT_GAP + slope)


def route(
    chart: Chart, band: Band, middles: Sequence[float], heights: Sequence[float]
) -> tuple[tuple[Symbol, ...], tuple[Arrow, ...]]:
    """Return the shapes and arrows of `chart`; `middles` and `heights` are those of the rows."""
    direct = _direct(chart)
    rails = _rails(chart, direct)
    for rail in sorted(rails, key=lambda rail: (rail.high - rail.low, rail.target)):
        rail.channel = _best_channel(rail, rails, chart, band)
    _spread(rails, band)
    ports = _ports(chart, direct, rails, band)
    busiest = [
        max(sum(p.row == row and p.side == side for p in ports) for side in ("left", "right"))
        for row in range(len(chart.rows))
    ]
    symbols = tuple(
        Symbol(
            number,
            band.centre(row.column),
            middles[number],
            band.shape,
            min(shape_height(row, busiest[number]), heights[number] - 1.6),
        )
        for number, row in enumerate(chart.rows)
    )
    arrows = [
        _arrow(edge, number, chart, symbols, direct, rails, ports)
        for number, edge in enumerate(chart.edges)
    ]
    return symbols, tuple(_joined(arrows, direct))


def most_ports(chart: Chart, row: int) -> int:
    """Return how many arrows could meet on one side of the shape in `row`, at worst."""
    return sum(edge.source == row for edge in chart.edges) + 1


def _direct(chart: Chart) -> set[int]:
    """Return the edges drawn to the row just below without a rail: one into each row."""
    chosen: dict[int, int] = {}
    for number, edge in enumerate(chart.edges):
        if edge.target == edge.source + 1 and edge.target not in chosen:
            chosen[edge.target] = number
    return set(chosen.values())


def _rails(chart: Chart, direct: set[int]) -> list[_Rail]:
    rails: dict[int, _Rail] = {}
    for number, edge in enumerate(chart.edges):
        if number in direct:
            continue
        rail = rails.setdefault(edge.target, _Rail(edge.target, [], edge.target, edge.target))
        rail.sources.append(edge.source)
        rail.low, rail.high = min(rail.low, edge.source), max(rail.high, edge.source)
    return list(rails.values())


def _overlap(one: _Rail, other: _Rail) -> bool:
    return one.low <= other.high and other.low <= one.high


def _best_channel(rail: _Rail, rails: list[_Rail], chart: Chart, band: Band) -> int:
    """Return the channel with the shortest level lines, crowded ones counting as further away."""

    def cost(place: int) -> tuple[float, int]:
        x = sum(band.channel(place)) / 2
        reach = [
            abs(x - band.centre(chart.rows[row].column)) for row in (*rail.sources, rail.target)
        ]
        crowd = sum(
            r is not rail and r.x < 0 and r.channel == place and _overlap(r, rail) for r in rails
        )
        low, high = band.channel(place)
        return sum(reach) + crowd * 60 / max(high - low, 0.5), place

    best = min(range(band.lanes + 1), key=cost)
    rail.x = -1.0  # placed: from now on it takes room in its channel
    return best


def _spread(rails: list[_Rail], band: Band) -> None:
    """Give the rails of each channel their places, side by side where they pass the same rows."""
    for place in range(band.lanes + 1):
        tracks: list[list[_Rail]] = []
        for rail in sorted(
            (r for r in rails if r.channel == place), key=lambda r: (r.low, r.high, r.target)
        ):
            free = next((t for t in tracks if not any(_overlap(r, rail) for r in t)), None)
            if free is None:
                tracks.append([rail])
            else:
                free.append(rail)
        low, high = band.channel(place)
        for number, track in enumerate(tracks, start=1):
            x = low + (high - low) * number / (len(tracks) + 1)
            if len(tracks) == 1 and 0 < place < band.lanes:
                x += 0.5  # beside the line between two lanes, not on it
            for rail in track:
                rail.x = x


def _ports(chart: Chart, direct: set[int], rails: list[_Rail], band: Band) -> list[_Port]:
    by_target = {rail.target: rail for rail in rails}
    ports: list[_Port] = []
    for number, edge in enumerate(chart.edges):
        here = band.centre(chart.rows[edge.source].column)
        if number in direct:
            there = band.centre(chart.rows[edge.target].column)
            if there != here:
                side: Side = "right" if there > here else "left"
                ports.append(_Port(edge.source, side, number, False, abs(there - here)))
            continue
        rail = by_target[edge.target]
        side = "right" if rail.x > here else "left"
        upward = edge.target < edge.source
        ports.append(_Port(edge.source, side, number, upward, abs(rail.x - here)))
    for rail in rails:
        here = band.centre(chart.rows[rail.target].column)
        side = "right" if rail.x > here else "left"
        above = sum(source < rail.target for source in rail.sources)
        ports.append(
            _Port(rail.target, side, None, above * 2 >= len(rail.sources), abs(rail.x - here))
        )
    for row in range(len(chart.rows)):
        for side in ("left", "right"):
            here_ports = [p for p in ports if p.row == row and p.side == side]
            # Upward lines above downward ones; among them the order in which none cuts another.
            here_ports.sort(key=lambda p: (not p.upward, p.far if p.upward else -p.far))
            for place, port in enumerate(here_ports):
                port.offset = (place - (len(here_ports) - 1) / 2) * PORT_GAP
    return ports


def _arrow(
    edge: Edge,
    number: int,
    chart: Chart,
    symbols: tuple[Symbol, ...],
    direct: set[int],
    rails: list[_Rail],
    ports: list[_Port],
) -> Arrow:
    source, target = symbols[edge.source], symbols[edge.target]
    port = next((p for p in ports if p.edge == number), None)
    if port is None:  # straight down
        top, bottom = source.y + source.height / 2, target.y - target.height / 2
        if not edge.letter:
            return Arrow(edge, (((source.x, top), (source.x, bottom)),), None)
        beside = (source.x + 1.6, top + 1.5)
        return Arrow(edge, (((source.x, top), (source.x, bottom)),), beside)
    start = _on_edge(source, chart.rows[edge.source], port.side, port.offset)
    if number in direct:
        rest: list[Point] = [(target.x, start[1]), (target.x, target.y - target.height / 2)]
    else:
        rail = next(r for r in rails if r.target == edge.target)
        entry = next(p for p in ports if p.edge is None and p.row == edge.target)
        end = _on_edge(target, chart.rows[edge.target], entry.side, entry.offset)
        rest = [(rail.x, start[1]), (rail.x, end[1]), end]
    if not edge.letter:
        return Arrow(edge, ((start, *rest),), None)
    ahead = 1 if port.side == "right" else -1
    side_x = source.x + ahead * source.width / 2
    letter_at = (side_x + ahead * 1.4, start[1])
    after = (side_x + ahead * 2.45, start[1])
    # The line is interrupted for its letter; on the slope of a diamond it starts further in.
    stub = (side_x + ahead * 0.3, start[1])
    return Arrow(edge, ((start, stub), (after, *rest)), letter_at)


def _joined(arrows: list[Arrow], direct: set[int]) -> list[Arrow]:
    """Return the arrows with each stretch of a rail drawn once: drawn twice it looks thicker."""
    result = list(arrows)
    by_target: dict[int, list[int]] = {}
    for number, arrow in enumerate(arrows):
        if number not in direct:
            by_target.setdefault(arrow.edge.target, []).append(number)
    for numbers in by_target.values():
        entry = arrows[numbers[0]].strokes[-1][-1][1]
        headed = False
        for above in (True, False):
            side = [n for n in numbers if (arrows[n].strokes[-1][-3][1] < entry) == above]
            side.sort(key=lambda n: -abs(arrows[n].strokes[-1][-3][1] - entry))
            for place, n in enumerate(side):
                *before, last = arrows[n].strokes
                if place > 0:
                    last = last[:-2]
                elif headed:
                    last = last[:-1]
                else:
                    headed = True
                    continue
                result[n] = replace(arrows[n], strokes=(*before, last), head=False)
    return result


def _on_edge(symbol: Symbol, row: Row, side: Side, offset: float) -> Point:
    """Return where a level line at `offset` from the middle meets the outline of the shape."""
    half = symbol.width / 2
    if row.shape == "diamond":
        half *= max(1 - abs(offset) / (symbol.height / 2), 0.0)
    elif row.shape == "capsule":
        radius = min(symbol.height / 2, half)
        flat = symbol.height / 2 - radius
        beyond = max(abs(offset) - flat, 0.0)
        half = half - radius + (max(radius**2 - beyond**2, 0.0)) ** 0.5
    elif row.shape == "connector":
        below = offset / (symbol.height / 2)
        half *= 1 if below <= 0 else max(1 - below, 0.0)
    x = symbol.x + half if side == "right" else symbol.x - half
    return x, symbol.y + offset
