"""Whether the names of an SOP exist and its graph leads from the start to an end.

Both read the draft, not the finished SOP, so that every fault is found at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from workflows.faults import Path, nearest
from workflows.schema_fields import Draft
from workflows.sop import Party, Vocabulary
from workflows.tree import FaultList

FILE = "file"
"""The action that creates an application: the engine's own, it starts limits."""
ANSWERED = "answered"
"""Where every ask ends."""
LAPSE = "lapse"
"""The move by which the clock records that an application is granted by law: built in."""
SILENCE = "silence"
"""The line that records that the limit of the law has passed, where that grants nothing."""
EXTEND = "extend"
"""The line by which the service standard is extended."""
CORRECT_TIME = "correct_time"
"""The line by which a wrongly recorded time of receipt is corrected."""
CLOCK_ACTS = (EXTEND, CORRECT_TIME, "recount", LAPSE, SILENCE)
"""What is done to the clock of an application: lines of history that are no action of any SOP."""


@dataclass(frozen=True, slots=True)
class Place:
    """A step of the draft and where it stands; `ask` is its ask, None on the main line."""

    path: Path
    step: Draft
    ask: Draft | None = None

    @property
    def name(self) -> str:
        """Return the step's name, or nothing where it has none."""
        return str(self.step.get("step", ""))

    def actions(self) -> Iterator[tuple[Path, Draft]]:
        """Return the step's own actions with their paths."""
        for action in self.step.get("actions", ()):
            yield (*self.path, "actions", action["@"]), action

    def holds(self) -> Iterator[tuple[Path, Draft]]:
        """Return the step's holds with their paths."""
        for hold in self.step.get("holds", ()):
            yield (*self.path, "holds", hold["@"]), hold


def main_line(draft: Draft) -> list[Place]:
    """Return the steps of the main line."""
    return [Place(("steps", step["@"]), step) for step in draft.get("steps", ())]


def ask_line(ask: Draft) -> list[Place]:
    """Return the steps of an ask."""
    path = ("asks", ask["@"], "steps")
    return [Place((*path, step["@"]), step, ask) for step in ask.get("steps", ())]


def everywhere(draft: Draft) -> Iterator[tuple[Path, Draft]]:
    """Return the actions of every step with their paths."""
    for action in draft.get("everywhere", ()):
        yield ("everywhere", action["@"]), action


class NameCheck:
    """Looks every name of a draft up: in the draft itself, or in the vocabulary."""

    def __init__(self, draft: Draft, vocabulary: Vocabulary, faults: FaultList) -> None:
        self.draft, self.vocabulary, self.faults = draft, vocabulary, faults
        self.lanes: Mapping[str, Draft] = draft.get("lanes", {})
        self.main = main_line(draft)
        self.asks: list[Draft] = list(draft.get("asks", ()))
        self.sides = [place for ask in self.asks for place in ask_line(ask)]
        self.targets = [place.name for place in self.main] + list(draft.get("ends", {}))
        self.steps = [place.name for place in (*self.main, *self.sides)]
        self.ask_names = [str(ask.get("ask", "")) for ask in self.asks]
        self.actions = [
            str(action.get("do", ""))
            for _, action in (*(a for p in self.main for a in p.actions()), *everywhere(draft))
        ]

    def run(self) -> None:
        """Add a fault for every name that is unknown, used twice or reserved."""
        self._lanes()
        self._own_names()
        self.known(self.draft.get("starts_at"), self.steps_only, "step", ("starts_at",))
        for place in (*self.main, *self.sides):
            self._step(place)
        for path, action in everywhere(self.draft):
            self._action(path, action, self.targets, "")
            self.each(action, "except_", self.steps_only, "step", path)
        for ask in self.asks:
            self._ask_answer(ask)
        for name, limit in self.draft.get("limits", {}).items():
            for key in ("starts", "stops"):
                self.each(limit, key, [*self.actions, FILE], "action", ("limits", name))
            for kind, extension in limit.get("extensions", {}).items():
                self._deciders(extension, ("limits", name, "extensions", kind, "by"))
        for rung in self.draft.get("ladder", ()):
            path = ("ladder", rung["@"])
            self.each(rung, "tell", self.vocabulary.audiences, "audience", path)
        self._forms()

    @property
    def steps_only(self) -> list[str]:
        """Return the names of the steps of the main line."""
        return [place.name for place in self.main]

    def known(self, name: str | None, among: Collection[str], what: str, path: Path) -> bool:
        """Return whether `name` is absent or one of `among`; add a fault where it is not."""
        if name is None or name in among:
            return True
        self.faults.add(f"sop.unknown_{what}", path, nearest(name, among), name=name)
        return False

    def each(self, part: Draft, key: str, among: Collection[str], what: str, path: Path) -> None:
        """Look up every name of a list."""
        for name in part.get(key, ()):
            self.known(name, among, what, (*path, key.rstrip("_")))

    def once(self, names: Iterable[tuple[str, Path]], *, reserved: Collection[str] = ()) -> None:
        """Add a fault for every name used twice, or reserved."""
        seen: set[str] = set()
        for name, path in names:
            if name in seen:
                self.faults.add("sop.duplicate_name", path, name=name)
            if name in reserved:
                self.faults.add("sop.reserved_name", path, name=name)
            if name:
                seen.add(name)

    def _lanes(self) -> None:
        letters: dict[str, str] = {}
        for name, lane in self.lanes.items():
            path: Path = ("lanes", name)
            self.known(name, self.vocabulary.roles, "role", path)
            self.known(lane.get("served_by"), self.lanes, "lane", (*path, "served_by"))
            letter = lane.get("letter")
            if letter in letters:
                self.faults.add(
                    "sop.letter_twice", (*path, "letter"), letter=letter, lane=letters[letter]
                )
            elif letter is not None:
                letters[letter] = name

    def _own_names(self) -> None:
        names = [(place.name, place.path) for place in (*self.main, *self.sides)]
        names += [(name, ("ends", name)) for name in self.draft.get("ends", {})]
        self.once(names, reserved=(ANSWERED,))
        for key, item in (("asks", "ask"), ("fields_", "field"), ("papers", "paper")):
            parts = self.draft.get(key, ())
            self.once((part.get(item, ""), (key.rstrip("_"), part["@"])) for part in parts)
        rungs = self.draft.get("ladder", ())
        self.once((rung["at"].name, ("ladder", rung["@"])) for rung in rungs if "at" in rung)
        shared = ((a.get("do", ""), p) for p, a in everywhere(self.draft))
        self.once(shared, reserved=(FILE, *CLOCK_ACTS))

    def _step(self, place: Place) -> None:
        targets = self.targets
        if place.ask is not None:
            targets = [*(side.name for side in ask_line(place.ask)), ANSWERED]
        self.known(place.step.get("lane"), self.lanes, "lane", (*place.path, "lane"))
        self.each(place.step, "opens", self.ask_names, "ask", place.path)
        pressed = [(action.get("do", ""), path) for path, action in place.actions()]
        for path, action in place.actions():
            self._action(path, action, targets, place.step.get("lane", ""))
        for path, hold in place.holds():
            pressed += [(hold.get("do", ""), path), (hold.get("resume", ""), (*path, "resume"))]
            self.known(hold.get("lane"), self.lanes, "lane", (*path, "lane"))
        self._waits_for_others(place)
        self.once(pressed, reserved=(FILE, *CLOCK_ACTS))
        answer = place.step.get("answer_within")
        if answer is not None:
            self._pressed_by_clock(answer, [place], (*place.path, "answer_within", "then"))

    def _action(self, path: Path, action: Draft, targets: Collection[str], own_lane: str) -> None:
        self.known(action.get("lane"), self.lanes, "lane", (*path, "lane"))
        self.known(action.get("to"), targets, "step", (*path, "to"))
        self.each(action, "only_if", self.vocabulary.guards, "guard", path)
        self.each(action, "then", self.vocabulary.effects, "effect", path)
        self.each(action, "opens", self.ask_names, "ask", path)
        self.each(action, "not_who_did", self.steps, "step", path)
        self._effects_kept(path, action, action.get("lane", own_lane))

    def _effects_kept(self, path: Path, action: Draft, lane: str) -> None:
        """Add a fault for every effect that this lane's people may not bring about."""
        if lane not in self.lanes:
            return  # reported as unknown or missing
        pressing = {lane, self.lanes[lane].get("served_by", lane)}
        for name in action.get("then", ()):
            party = self.vocabulary.parties.get(name)
            if party is None or all(self._is_of(one, party) for one in pressing):
                continue
            facts = {"name": name, "party": party.value, "lane": lane}
            self.faults.add("sop.effect_of_another", (*path, "then"), **facts)

    def _waits_for_others(self, place: Place) -> None:
        """Add a fault for a hold at a step that waits for work of the office itself."""
        ours = sorted(
            effect
            for _, action in place.actions()
            for effect in action.get("then", ())
            if effect in self.vocabulary.own_work
        )
        for path, hold in place.holds() if ours else ():
            self.faults.add("sop.hold_of_own_work", path, name=hold.get("do", ""), effect=ours[0])

    def _deciders(self, extension: Draft, path: Path) -> None:
        """Add a fault for a role that is none of the office."""
        for role in extension.get("by", ()):
            if self.vocabulary.people.get(role, Party.NOBODY) is not Party.OFFICE:
                among = [name for name, of in self.vocabulary.people.items() if of is Party.OFFICE]
                self.faults.add("sop.not_of_the_office", path, nearest(role, among), name=role)

    def _is_of(self, lane: str, party: Party) -> bool:
        said = self.lanes.get(lane, {})
        people = self.vocabulary.people.get(lane, party)
        return said.get("party") == party and people is party and not said.get("clock")

    def _ask_answer(self, ask: Draft) -> None:
        answer = ask.get("answer_within")
        if answer is None:
            return
        waiting = [place for place in ask_line(ask) if self._party(place) == "applicant"]
        self._pressed_by_clock(answer, waiting, ("asks", ask["@"], "answer_within", "then"))

    def _party(self, place: Place) -> str | None:
        lane = self.lanes.get(place.step.get("lane", ""), {})
        party: str | None = place.step.get("party", lane.get("party"))
        return party

    def _pressed_by_clock(self, answer: Draft, places: list[Place], path: Path) -> None:
        wanted = answer.get("then")
        if wanted is None:
            return
        everyone = list(everywhere(self.draft))
        offered: list[set[str]] = []
        for place in places:
            actions = [*place.actions(), *(everyone if place.ask is None else ())]
            offered.append(
                {
                    str(action.get("do"))
                    for _, action in actions
                    if self.lanes.get(action.get("lane", place.step.get("lane")), {}).get("clock")
                }
            )
        if not offered or any(wanted not in names for names in offered):
            near = nearest(wanted, set().union(*offered) - {wanted})
            self.faults.add("sop.not_of_the_clock", path, near, name=wanted)

    def _forms(self) -> None:
        variants = self.draft.get("variants", {})
        numbers = []
        for key in ("fields_", "papers"):
            for part in self.draft.get(key, ()):
                path: Path = (key.rstrip("_"), part["@"])
                for variant, choices in part.get("needed", {}).items():
                    here = (*path, "needed", variant)
                    if self.known(variant, variants, "variant", here):
                        allowed = variants[variant].get("choices", {})
                        for choice in choices:
                            self.choice(choice, allowed, here)
                if part.get("type") in ("money_idr", "number"):
                    numbers.append(part.get("field", ""))
                if part.get("type") == "choice" and "choices" not in part:
                    self.faults.add("sop.choices_missing", path)
        asked = [str(part.get("field", "")) for part in self.draft.get("fields_", ())]
        self.known(self.draft.get("subject"), asked, "subject", ("subject",))
        for name, scale in self.draft.get("scales", {}).items():
            self.known(scale.get("by"), numbers, "field", ("scales", name, "by"))
            self._bands(scale.get("bands", ()), ("scales", name, "bands"))

    def choice(self, choice: str, allowed: Collection[str], path: Path) -> None:
        """Look up the choice of a variant."""
        if choice not in allowed:
            facts = {"value": choice, "allowed": ", ".join(allowed)}
            self.faults.add("sop.bad_choice", path, nearest(choice, allowed), **facts)

    def _bands(self, bands: Collection[Draft], path: Path) -> None:
        self.once((band.get("band", ""), (*path, band["@"])) for band in bands)
        tops = [band.get("up_to") for band in bands]
        inner = [top for top in tops[:-1] if top is not None]
        rising = all(low < high for low, high in pairwise(inner))
        if tops and (len(inner) != len(tops) - 1 or tops[-1] is not None or not rising):
            self.faults.add("sop.bad_bands", path)


def check_graph(draft: Draft, faults: FaultList) -> None:
    """Add a fault for whatever cannot be reached, or from where no end can be."""
    main = main_line(draft)
    ends = list(draft.get("ends", {}))
    steps = [place.name for place in main]
    if not steps or not ends:
        return  # reported as missing: without them everything would be a dead end
    by_law = _reached_by_law(draft)
    shared = [(action.get("to"), action.get("except_", ())) for _, action in everywhere(draft)]
    own: dict[str, set[str]] = {place.name: set() for place in main}
    for place in main:
        for _, action in place.actions():
            if "to" in action:
                own[place.name] |= _meant(action["to"], [*steps, *ends])
    # Withdrawing is no way out of a step that leads nowhere, so only own actions count there.
    ways = {
        step: own[step].union(
            *(_meant(to, [*steps, *ends]) for to, but in shared if to and step not in but)
        )
        for step in own
    }
    reached = _closure(_meant(draft.get("starts_at", ""), steps), ways)
    for path, name in [
        *((place.path, place.name) for place in main),
        *((("ends", end), end) for end in ends),
    ]:
        if name and name not in reached and name not in by_law:
            faults.add("sop.unreachable", path, name=name)
    _check_ends(main, own, ends, faults)
    _check_asks(draft, main, faults)


def _reached_by_law(draft: Draft) -> set[str]:
    """Return the ends to which no action leads, because silence does."""
    if all(limit.get("silence") != "deemed_granted" for limit in draft.get("limits", {}).values()):
        return set()
    return {name for name, end in draft.get("ends", {}).items() if end.get("outcome") == "lapsed"}


def _check_asks(draft: Draft, main: list[Place], faults: FaultList) -> None:
    asks = draft.get("asks", ())
    names = [ask.get("ask", "") for ask in asks]
    opened: set[str] = set()
    openers = [place.step for place in main] + [
        action for place in main for _, action in place.actions()
    ]
    openers += [action for _, action in everywhere(draft)]
    for opener in openers:
        for name in opener.get("opens", ()):
            opened |= _meant(name, names)
    for ask in asks:
        if ask.get("ask") and ask["ask"] not in opened:
            faults.add("sop.ask_never_opened", ("asks", ask["@"]), name=ask["ask"])
        line = ask_line(ask)
        steps = [place.name for place in line]
        ways: dict[str, set[str]] = {}
        for place, following in zip(line, [*steps[1:], ANSWERED], strict=True):
            targets = (action.get("to", following) for _, action in place.actions())
            ways[place.name] = set().union(*(_meant(to, [*steps, ANSWERED]) for to in targets))
        reached = _closure(set(steps[:1]), ways)
        for place in line:
            if place.name and place.name not in reached:
                faults.add("sop.unreachable", place.path, name=place.name)
        _check_ends(line, ways, [ANSWERED], faults)


def _check_ends(
    line: list[Place], ways: Mapping[str, set[str]], ends: list[str], faults: FaultList
) -> None:
    back: dict[str, set[str]] = {}
    for step, targets in ways.items():
        for target in targets:
            back.setdefault(target, set()).add(step)
    leading = _closure(set(ends), back)
    for place in line:
        # A step whose actions could not be read has been reported for that.
        if place.name and place.step.get("actions") and place.name not in leading:
            faults.add("sop.dead_end", place.path, name=place.name)


def _meant(name: str, known: Collection[str]) -> set[str]:
    """Return the target that a name stands for; a misspelt one stands for what was meant.

    One that nothing resembles may have meant any: its own fault is enough.
    """
    if name in known:
        return {name}
    near = nearest(name, known)
    return {near} if near else set(known)


def _closure(start: set[str], ways: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        for target in ways.get(waiting.pop(), ()):
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached
