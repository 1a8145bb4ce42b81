"""The limits of an SOP as the clock uses them: a flat table, made once per SOP version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from workflows.ledger_state import ClockFault
from workflows.sop import Action, AnswerWithin, Ask, Limit, Party, Sop, Step, Within

Kind = Literal["limit", "step", "ask", "answer", "hold"]

HOUR = 3_600_000_000
"""Microseconds: the unit in which a limit in hours is counted."""

OURS = frozenset({Party.OFFICE, Party.AGENCY})
"""Whose days a limit counts where nothing else is said."""

RANK = {party: place for place, party in enumerate(Party)}

_VISIT = re.compile(r"#\d+")


@dataclass(frozen=True, slots=True)
class Rule:
    """One limit: how long, whose time it counts, and when somebody is told."""

    kind: Kind
    base: str
    """The key of its tracks without numbers: `service`, `step:verification`, `answer:bill`."""
    name: str
    within: Within
    counts: frozenset[Party]
    shares: tuple[tuple[str, int], ...] = ()
    """Warnings before it, (rung, percent), in ascending order."""
    breach: tuple[tuple[str, int], ...] = ()
    """Rungs at and after the breach: (rung, working days after it)."""
    once: bool = False
    """True where it starts once in the life of an application."""
    extendable: bool = True
    before: tuple[tuple[str, Within], ...] = ()
    """Warnings before it by what is left, (rung, working time), in the order of the SOP."""
    breach_hours: tuple[tuple[str, int], ...] = ()
    """Rungs after the breach: (rung, working hours after it)."""

    @property
    def hours(self) -> bool:
        """Whether it counts office hours instead of working days."""
        return self.within.unit == "working hours"


class Rules:
    """Every limit of an SOP by the key of its tracks, and what starts and stops it."""

    def __init__(self, sop: Sop) -> None:
        self._sop = sop
        before = [(rung.name, rung.share) for rung in sop.ladder if rung.share is not None]
        self._shares = tuple(sorted(before, key=lambda rung: rung[1]))
        self._breach = tuple(
            sorted(
                ((rung.name, rung.after) for rung in sop.ladder if rung.after is not None),
                key=lambda rung: rung[1],
            )
        )
        self._before = tuple(
            (rung.name, rung.before) for rung in sop.ladder if rung.before is not None
        )
        self._breach_hours = tuple(
            (rung.name, rung.after_hours) for rung in sop.ladder if rung.after_hours is not None
        )
        self._by_base: dict[str, Rule] = {}
        for limit in sop.limits.values():
            self._add(self._of_limit(limit))
        for step in sop.steps.values():
            self._add_step(step, "")
            for name, hold in step.holds.items():
                base = f"hold:{step.name}/{name}"
                ends = (("breach", 0),)
                self._add(
                    Rule("hold", base, name, hold.at_most, frozenset({hold.party}), breach=ends)
                )
        for ask in sop.asks.values():
            self._add_ask(ask)
        self._by_key = dict(self._by_base)
        self.of_step = {
            name: tuple(
                base for base in (f"step:{name}", f"answer:{name}") if base in self._by_base
            )
            for name in sop.steps
        }
        """What runs while a file lies at a main step, by its name."""
        main = {"file"} | {name for step in sop.steps.values() for name in _presses(step)}
        self.main_actions = frozenset(main)
        self.starts = _by_action((limit.starts, self._by_base[limit.name]) for limit in _all(sop))
        self.stops = {
            action: frozenset(rule.base for rule in rules)
            for action, rules in _by_action(
                (limit.stops, self._by_base[limit.name]) for limit in _all(sop)
            ).items()
        }

    def of(self, key: str) -> Rule:
        """Return the rule of a track.

        Raises:
            ClockFault: the SOP has no such limit.
        """
        rule = self._by_key.get(key)
        if rule is None:
            rule = self._by_base.get(_VISIT.sub("", key))
            if rule is None:
                raise ClockFault(key, f"SOP {self._sop.name} has no such limit")
            self._by_key[key] = rule
        return rule

    def get(self, base: str) -> Rule | None:
        """Return the rule with this base, if the SOP has one."""
        return self._by_base.get(base)

    def _add(self, rule: Rule) -> None:
        if rule.base in self._by_base:
            raise ClockFault(
                rule.base, f"a step and an ask of SOP {self._sop.name} share this name; rename one"
            )
        if rule.within.amount < 1:
            raise ClockFault(rule.base, f"allows {rule.within}; at least 1 is needed")
        self._by_base[rule.base] = rule

    def _of_limit(self, limit: Limit) -> Rule:
        return self._laddered(
            "limit", limit.name, limit.name, limit.within, limit.counts,
            once=limit.name == "service", extendable=limit.name != "law",
        )  # fmt: skip

    def _laddered(
        self,
        kind: Kind,
        base: str,
        name: str,
        within: Within,
        counts: frozenset[Party],
        *,
        once: bool = False,
        extendable: bool = True,
    ) -> Rule:
        """Return a limit of which officers are told as the ladder of the SOP says."""
        return Rule(
            kind, base, name, within, counts, self._shares, self._breach, once, extendable,
            self._before, self._breach_hours,
        )  # fmt: skip

    def _add_step(self, step: Step, inside: str) -> None:
        base = f"{inside}{step.name}"
        if step.within is not None:
            # A step of the bank with a limit would otherwise never use any of it.
            counts = OURS | {Party.BANK} if step.party is Party.BANK else OURS
            self._add(self._laddered("step", f"step:{base}", step.name, step.within, counts))
        if step.answer_within is not None:
            self._add_answer(base, step.name, step.answer_within)

    def _add_answer(self, base: str, name: str, answer: AnswerWithin) -> None:
        shares = tuple((f"{share}%", share) for share in sorted(answer.warnings))
        self._add(
            Rule("answer", f"answer:{base}", name, answer.within, frozenset({Party.APPLICANT}),
                 shares, (("breach", 0),))
        )  # fmt: skip

    def _add_ask(self, ask: Ask) -> None:
        if ask.within is not None:
            self._add(self._laddered("ask", f"ask:{ask.name}", ask.name, ask.within, OURS))
        if ask.answer_within is not None:
            self._add_answer(ask.name, ask.name, ask.answer_within)
        for step in ask.steps.values():
            self._add_step(step, f"{ask.name}/")


def _all(sop: Sop) -> Iterable[Limit]:
    return sop.limits.values()


def _presses(step: Step) -> Iterable[str]:
    actions: Mapping[str, Action] = step.actions
    yield from actions
    for hold in step.holds.values():
        yield hold.do
        yield hold.resume


def _by_action(pairs: Iterable[tuple[tuple[str, ...], Rule]]) -> dict[str, tuple[Rule, ...]]:
    found: dict[str, tuple[Rule, ...]] = {}
    for actions, rule in pairs:
        for action in actions:
            found[action] = (*found.get(action, ()), rule)
    return found
