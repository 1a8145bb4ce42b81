"""What an SOP looks like as a chart: columns, numbered rows, arrows. No geometry yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from workflows.sop import Action, Ask, Outcome, Party, Sop, Step, Text, Within
from workflows.swimlane.words import Words, words_in

_AWAITS = "asks_answered"
"""The guard by which an action waits for the answers to all asks."""

Shape = Literal["capsule", "box", "diamond", "connector"]


@dataclass(frozen=True, slots=True)
class Row:
    """One activity; `number` is None for a connector, which is no activity."""

    key: str
    number: int | None
    activity: str
    column: int
    shape: Shape
    papers: str = ""
    time: str = ""
    output: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow between two rows, by index; `letter` stands beside it where a row has several."""

    source: int
    target: int
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole chart, or what one page shows of it."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """A step where it stands: in the main line, or in an ask."""

    key: str
    step: Step
    ask: Ask | None
    awaited_at: str | None
    """For a step of an ask: the key of the row that waits for its answer."""


@dataclass(frozen=True, slots=True)
class _Exit:
    title: str
    target: str | None


def chart_of(sop: Sop, lang: str) -> Chart:
    """Return the chart of `sop`: start, steps in their order, asks at their openers, ends."""
    words = words_in(lang)
    places = _places(sop)
    door = _applicant_lane(sop) or sop.steps[sop.starts_at].lane
    used = {door} | {place.step.lane for place in places}
    lanes = [name for name in sop.lanes if name in used]
    column = {name: index for index, name in enumerate(lanes)}

    keys = ["(start)", *(place.key for place in places), *(f"(end) {name}" for name in sop.ends)]
    index = {key: number for number, key in enumerate(keys)}
    brought = words.papers(len(sop.papers))
    rows = [Row(keys[0], 1, words.filing, column[door], "capsule", brought, "–", words.file)]
    edges = [Edge(0, index[sop.starts_at])]
    for number, place in enumerate(places, start=2):
        exits = _exits(sop, place, lang)
        drawn = [exit_ for exit_ in exits if exit_.target is not None]
        letters = [_letter(n) for n in range(len(drawn))] if len(drawn) > 1 else [""] * len(drawn)
        notes = []
        for exit_, letter in zip(drawn, letters, strict=True):
            target = index[exit_.target or ""]
            edges.append(Edge(index[place.key], target, letter))
            if letter:
                notes.append(f"{letter}. {exit_.title} →\u00a0{target + 1}")
        notes += [exit_.title for exit_ in exits if exit_.target is None]
        rows.append(
            Row(
                place.key,
                number,
                _activity(place, lang),
                column[place.step.lane],
                "diamond" if len({exit_.target for exit_ in drawn}) > 1 else "box",
                _say(place.step.papers, lang) or "–",
                _time(place, words),
                _say(place.step.output, lang) or "–",
                (*notes, *_rules(place, index, lang)),
            )
        )
    for number, (name, end) in enumerate(sop.ends.items(), start=len(rows) + 1):
        output = _say(sop.product.title, lang) if sop.product else ""
        granted = end.outcome is Outcome.GRANTED
        rows.append(
            Row(
                f"(end) {name}",
                number,
                _say(end.title, lang),
                column[door],
                "capsule",
                "–",
                "–",
                output if granted and output else "–",
                tuple(_ways_out(sop, name, index, lang)),
            )
        )
    titles = tuple(_say(sop.lanes[name].title, lang) for name in lanes)
    return Chart(titles, tuple(rows), tuple(edges))


def page_of(chart: Chart, first: int, stop: int, page_with: dict[int, int], lang: str) -> Chart:
    """Return rows `first` up to `stop` of `chart`, with a connector wherever an arrow leaves them.

    `page_with` tells, by row, the page on which it is; a row that is not in it is on a later page.
    """
    words = words_in(lang)
    inside = range(first, stop)
    before: list[Row] = []
    after: list[Row] = []
    links: list[tuple[Edge, str]] = []
    leaving = sorted({e.target for e in chart.edges if e.source in inside} - set(inside))
    for target in leaving:
        key = f"(to) {target}"
        row = chart.rows[target]
        text = words.to_page(target + 1, page_with.get(target))
        (before if target < first else after).append(Row(key, None, text, row.column, "connector"))
        links += [(e, key) for e in chart.edges if e.target == target and e.source in inside]
    for target in inside:
        for earlier, part in ((True, before), (False, after)):
            sources = sorted(
                {
                    e.source
                    for e in chart.edges
                    if e.target == target
                    and e.source not in inside
                    and (e.source < first) == earlier
                }
            )
            if sources:
                key = f"(from) {target} {earlier}"
                text = words.from_page([s + 1 for s in sources])
                part.append(Row(key, None, text, chart.rows[target].column, "connector"))
                links.append((Edge(-1, target), key))
    rows = (*before, *chart.rows[first:stop], *after)
    index = {row.key: number for number, row in enumerate(rows)}
    shift = len(before) - first
    edges = [
        Edge(e.source + shift, e.target + shift, e.letter)
        for e in chart.edges
        if e.source in inside and e.target in inside
    ]
    for edge, key in links:
        if edge.source < 0:
            edges.append(Edge(index[key], edge.target + shift))
        else:
            edges.append(replace(edge, source=edge.source + shift, target=index[key]))
    return Chart(chart.columns, rows, tuple(edges))


def _places(sop: Sop) -> list[_Place]:
    """Return the steps in the order of their rows: an ask directly after the step that opens it."""
    places: list[_Place] = []
    drawn: set[str] = set()
    for step in sop.steps.values():
        places.append(_Place(step.name, step, None, None))
        opened = [(name, _awaiting(sop, step.name)) for name in step.opens]
        for action in step.actions.values():
            awaited = _awaiting(sop, action.to or step.name)
            opened += [(name, awaited) for name in action.opens]
        for name, awaited_at in opened:
            ask = sop.asks[name]
            if name not in drawn:
                drawn.add(name)
                places += [
                    _Place(f"{name}: {inner.name}", inner, ask, awaited_at)
                    for inner in ask.steps.values()
                ]
    return places


def _awaiting(sop: Sop, opened_at: str) -> str:
    """Return the first step from `opened_at` on that cannot be left before the answers are in.

    Where there is none, `opened_at`.
    """
    if opened_at not in sop.steps:
        return opened_at
    names = list(sop.steps)
    for name in names[names.index(opened_at) :]:
        if any(_AWAITS in action.only_if for action in sop.steps[name].actions.values()):
            return name
    return opened_at


def _exits(sop: Sop, place: _Place, lang: str) -> list[_Exit]:
    exits = []
    for action in place.step.actions.values():
        if _is_way_out(sop, action):
            continue  # an arrow from every step would hide all others: the end says it once
        target: str | None = None
        if place.ask is not None and action.to in place.ask.steps:
            target = f"{place.ask.name}: {action.to}"
        elif place.ask is not None:
            closes = action.to is not None or action.answer is not None
            target = place.awaited_at if closes else None
        elif action.to is not None:
            target = f"(end) {action.to}" if action.to in sop.ends else action.to
        exits.append(_Exit(_title(sop, place.step, action, lang), target))
        exits += [_opening(sop, name, lang) for name in action.opens]
    exits += [_opening(sop, name, lang) for name in place.step.opens]
    for hold in place.step.holds.values():
        exits.append(_Exit(words_in(lang).pause(_say(hold.title, lang), hold.at_most), None))
    return exits


def _is_way_out(sop: Sop, action: Action) -> bool:
    return action.everywhere and action.to in sop.ends


def _ways_out(sop: Sop, end: str, index: dict[str, int], lang: str) -> Iterator[str]:
    """Yield how `end` is reached but by an action of its own step: by law, from every step."""
    found: dict[str, tuple[Step, Action, list[int]]] = {}
    for step in sop.steps.values():
        for action in step.actions.values():
            if _is_way_out(sop, action) and action.to == end:
                found.setdefault(action.name, (step, action, []))[2].append(index[step.name] + 1)
    if sop.ends[end].outcome is Outcome.LAPSED:
        yield words_in(lang).by_law()
    rows = {index[name] + 1 for name in sop.steps}
    for step, action, having in found.values():
        yield words_in(lang).from_every_step(
            _title(sop, step, action, lang), sorted(rows - set(having))
        )


def _opening(sop: Sop, name: str, lang: str) -> _Exit:
    ask = sop.asks[name]
    return _Exit(words_in(lang).asks(_say(ask.title, lang)), f"{name}: {ask.starts_at}")


def _title(sop: Sop, step: Step, action: Action, lang: str) -> str:
    title = _say(action.title, lang)
    if action.lane == step.lane:
        return title
    return f"{title} ({_say(sop.lanes[action.lane].title, lang)})"


def _activity(place: _Place, lang: str) -> str:
    title = _say(place.step.title, lang)
    return title if place.ask is None else f"{_say(place.ask.title, lang)}: {title}"


def _time(place: _Place, words: Words) -> str:
    step = place.step
    within: Within | None = step.within
    answer = step.answer_within
    if place.ask is not None:
        within = within or place.ask.within
        answer = answer or place.ask.answer_within
    if within is not None:
        return words.within(within)
    if answer is not None:
        return words.answer(answer.within)
    return words.uncounted if step.party in (Party.APPLICANT, Party.BANK) else "–"


def _rules(place: _Place, index: dict[str, int], lang: str) -> list[str]:
    """Return who may not act here, once for all actions that keep out the people of these rows."""
    inside = f"{place.ask.name}: " if place.ask is not None else ""
    kept_out: dict[tuple[int, ...], list[str]] = {}
    for action in place.step.actions.values():
        rows = {index.get(inside + name, index.get(name)) for name in action.not_who_did}
        numbers = tuple(sorted(row + 1 for row in rows if row is not None))
        if numbers:
            kept_out.setdefault(numbers, []).append(_say(action.title, lang))
    words = words_in(lang)
    if len(kept_out) == 1:
        return [words.other_person(numbers) for numbers in kept_out]
    return [f"{', '.join(titles)}: {words.other_person(n)}" for n, titles in kept_out.items()]


def _applicant_lane(sop: Sop) -> str | None:
    return next((n for n, lane in sop.lanes.items() if lane.party is Party.APPLICANT), None)


def _letter(place: int) -> str:
    return chr(ord("a") + place) if place < 26 else f"a{place - 25}"


def _say(text: Text | None, lang: str) -> str:
    if text is None:
        return ""
    return text.get(lang) or text.get("id") or next(iter(text.values()), "")
