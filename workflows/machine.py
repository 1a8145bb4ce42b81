"""Walks an SOP: whether it allows a move, and what may be pressed now."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from transitions import EventData, Machine

from workflows.check import ANSWERED
from workflows.errors import (
    ActionNotOffered,
    GuardRefused,
    GuardUnknown,
    HoldNotOver,
    HoldUsedUp,
    NotYourLane,
    OnHold,
    ReasonMissing,
    Refusal,
    SamePerson,
)
from workflows.sop import Action, End, Sop, Step, Text

__all__ = ["CLOCK", "Actor", "Facts", "Guard", "GuardRefused", "Move", "Offer", "SopMachine"]

CLOCK = "clock"
"""The id of the clock as an actor; no person has it."""

# It reports every callback of every transition, which is our history's business.
logging.getLogger("transitions").setLevel(logging.WARNING)


class Facts(Protocol):
    """What the engine asks about an application; guards may ask for more."""

    def actors_of(self, steps: Collection[str]) -> Collection[str]:
        """Return the ids of the persons who acted in any of these steps."""


Guard = Callable[[Any], None]
"""Is handed the facts; raises `GuardRefused` where its condition is not met."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who presses."""

    id: str
    lanes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Move:
    """A move that the SOP allows."""

    action: str
    step: str
    target: str
    """Step or end; the step itself where the application stays; in an ask also `answered`."""
    lane: str
    effects: tuple[str, ...]
    opens: tuple[str, ...]
    """Asks opened: by the action, and by entering the target."""
    end: End | None
    answer: str | None
    """In an ask: the answer with which it closes."""
    hold: Literal["starts", "ends"] | None
    stays: bool
    reason_required: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody may press, or may not yet: `refusal` says why."""

    action: str
    title: Text
    lane: str
    target: str
    reason_required: bool
    confirm: bool
    hold: Literal["starts", "ends"] | None
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class _Choice:
    """An action of a step, worked out once: who may press it, and the move it makes."""

    move: Move
    title: Text
    lanes: frozenset[str]
    not_who_did: tuple[str, ...]
    confirm: bool
    by_clock: bool
    hold: str | None = None
    """The hold that this starts or ends."""
    times: int = 0
    everywhere: bool = False


class _Token:
    """What `transitions` moves in place of an application."""

    __slots__ = ("_at",)

    def __init__(self, at: str) -> None:
        self._at = at


class _Line:
    """The main line of an SOP, or one of its asks, with its one shared machine."""

    def __init__(
        self,
        sop: Sop,
        steps: Mapping[str, Step],
        ends: Iterable[str],
        starts_at: str,
        guards: Mapping[str, Guard],
    ) -> None:
        self.choices: dict[str, dict[str, _Choice]] = {}
        # No action is called `_at`, so none can clash with the attribute that holds the step.
        self._machine = Machine(
            model=None,
            states=[*steps, *ends],
            initial=starts_at,
            auto_transitions=False,
            send_event=True,
            model_attribute="_at",
        )
        for step in steps.values():
            here = self.choices[step.name] = {}
            for action in step.actions.values():
                here[action.name] = _chosen(sop, steps, step, action)
                self._machine.add_transition(
                    action.name,
                    step.name,
                    action.to,
                    conditions=[_condition(name, guards, sop) for name in action.only_if],
                )
            for choice in _holds(sop, step):
                here[choice.move.action] = choice
                self._machine.add_transition(choice.move.action, step.name, None)
        self._events = self._machine.events

    def decide(
        self,
        step: str,
        action: str,
        by: Actor,
        facts: Facts,
        reason: str | None,
        held: str | None,
        holds_used: Mapping[str, int],
        *,
        hold_over: bool = False,
    ) -> Move:
        here = self.choices.get(step)
        chosen = None if here is None else here.get(action)
        if chosen is None or (chosen.move.hold == "ends" and held is None):
            raise ActionNotOffered(action, step)
        self._check_hold(chosen, held, holds_used)
        self._check_lane(chosen, by, hold_over=hold_over)
        if chosen.not_who_did and by.id in facts.actors_of(chosen.not_who_did):
            raise SamePerson(action, chosen.not_who_did)
        if chosen.move.reason_required and not (reason and reason.strip()):
            raise ReasonMissing(action)
        self._events[action].trigger(_Token(step), facts=facts)
        return chosen.move

    def offers(
        self,
        step: str,
        by: Actor,
        facts: Facts,
        held: str | None,
        holds_used: Mapping[str, int],
    ) -> tuple[Offer, ...]:
        found = []
        for name, choice in self.choices.get(step, {}).items():
            refusal: Refusal | None = None
            try:
                self.decide(step, name, by, facts, "to be written", held, holds_used)
            except (ActionNotOffered, NotYourLane, OnHold):
                continue
            except Refusal as error:
                refusal = error
            move = choice.move
            found.append(
                Offer(
                    move.action,
                    choice.title,
                    move.lane,
                    move.target,
                    move.reason_required,
                    choice.confirm,
                    move.hold,
                    refusal,
                )
            )
        return tuple(found)

    @staticmethod
    def _check_lane(chosen: _Choice, by: Actor, *, hold_over: bool) -> None:
        move = chosen.move
        if by.id == CLOCK and move.hold == "ends" and not chosen.by_clock:
            # The one press of the clock in a lane of people: it ends what may last no longer.
            if not hold_over:
                raise HoldNotOver(move.action, move.step)
        elif not (by.id == CLOCK if chosen.by_clock else by.lanes & chosen.lanes):
            raise NotYourLane(move.action, move.step, move.lane)

    @staticmethod
    def _check_hold(chosen: _Choice, held: str | None, used: Mapping[str, int]) -> None:
        move = chosen.move
        if held is not None:
            resumes = move.hold == "ends" and chosen.hold == held
            if not resumes and not chosen.everywhere:
                raise OnHold(move.action, move.step, held)
        elif move.hold == "starts" and used.get(move.action, 0) >= chosen.times:
            raise HoldUsedUp(move.action, move.step, chosen.times)


class SopMachine:
    """One published SOP, ready to judge moves; shared by all its applications."""

    def __init__(self, sop: Sop, guards: Mapping[str, Guard]) -> None:
        """Keep `sop` with its guards out of the register.

        Raises:
            GuardUnknown: the register lacks one.
        """
        self.sop = sop
        self._main = _Line(sop, sop.steps, sop.ends, sop.starts_at, guards)
        self._asks = {
            ask.name: _Line(sop, ask.steps, (ANSWERED,), ask.starts_at, guards)
            for ask in sop.asks.values()
        }

    def decide(
        self,
        step: str,
        action: str,
        *,
        by: Actor,
        facts: Facts,
        reason: str | None = None,
        held: str | None = None,
        holds_used: Mapping[str, int] | None = None,
        hold_over: bool = False,
    ) -> Move:
        """Return the move that `action` makes from `step`.

        `held` is the hold that is on, by its `do`; `holds_used` says how often each was started
        during this visit; `hold_over`, that the one that is on has lasted as long as it may, so
        that the clock ends it.

        Raises:
            ActionNotOffered, OnHold, HoldUsedUp, HoldNotOver, NotYourLane, SamePerson,
            ReasonMissing, GuardRefused: the SOP forbids it.
        """
        return self._main.decide(
            step, action, by, facts, reason, held, holds_used or {}, hold_over=hold_over
        )

    def decide_ask(
        self,
        ask: str,
        step: str,
        action: str,
        *,
        by: Actor,
        facts: Facts,
        reason: str | None = None,
    ) -> Move:
        """Return the move that `action` makes from a step of an ask.

        Raises:
            ActionNotOffered, NotYourLane, SamePerson, ReasonMissing, GuardRefused: the SOP
            forbids it.
        """
        line = self._asks.get(ask)
        if line is None:
            raise ActionNotOffered(action, f"{ask}.{step}")
        return line.decide(step, action, by, facts, reason, None, {})

    def offers(
        self,
        step: str,
        *,
        by: Actor,
        facts: Facts,
        held: str | None = None,
        holds_used: Mapping[str, int] | None = None,
    ) -> tuple[Offer, ...]:
        """Return what `by` may press at `step`; a reason still to be written is no refusal."""
        return self._main.offers(step, by, facts, held, holds_used or {})

    def offers_ask(self, ask: str, step: str, *, by: Actor, facts: Facts) -> tuple[Offer, ...]:
        """Return what `by` may press at a step of an ask."""
        line = self._asks.get(ask)
        return () if line is None else line.offers(step, by, facts, None, {})


def _condition(name: str, guards: Mapping[str, Guard], sop: Sop) -> Callable[[EventData], bool]:
    guard = guards.get(name)
    if guard is None:
        raise GuardUnknown(name, sop.name)

    def holds(event: EventData) -> bool:
        guard(event.kwargs["facts"])
        return True

    return holds


def _chosen(sop: Sop, steps: Mapping[str, Step], step: Step, action: Action) -> _Choice:
    entered = steps.get(action.to) if action.to is not None else None
    move = Move(
        action=action.name,
        step=step.name,
        target=action.to or step.name,
        lane=action.lane,
        effects=action.then,
        opens=tuple(dict.fromkeys((*action.opens, *(entered.opens if entered else ())))),
        end=sop.ends.get(action.to) if action.to is not None and entered is None else None,
        answer=action.answer,
        hold=None,
        stays=action.to is None,
        reason_required=action.reason_required,
    )
    return _Choice(
        move=move,
        title=action.title,
        lanes=_who_may_press(sop, action.lane),
        not_who_did=action.not_who_did,
        confirm=action.confirm,
        by_clock=sop.lanes[action.lane].clock,
        everywhere=action.everywhere,
    )


def _holds(sop: Sop, step: Step) -> Iterable[_Choice]:
    for hold in step.holds.values():
        sides: tuple[tuple[str, Text, Literal["starts", "ends"]], ...] = (
            (hold.do, hold.title, "starts"),
            (hold.resume, hold.resume_title, "ends"),
        )
        for action, title, side in sides:
            move = Move(
                action=action,
                step=step.name,
                target=step.name,
                lane=hold.lane,
                effects=(),
                opens=(),
                end=None,
                answer=None,
                hold=side,
                stays=True,
                reason_required=False,
            )
            yield _Choice(
                move=move,
                title=title,
                lanes=_who_may_press(sop, hold.lane),
                not_who_did=(),
                confirm=False,
                by_clock=sop.lanes[hold.lane].clock,
                hold=hold.do,
                times=hold.times,
            )


def _who_may_press(sop: Sop, lane: str) -> frozenset[str]:
    served_by = sop.lanes[lane].served_by
    return frozenset({lane} if served_by is None else {lane, served_by})
