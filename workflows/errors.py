"""What the engine refuses.

WorkflowError
├── SopFaults             the text of an SOP is wrong: every fault at once
├── GuardUnknown          an SOP names a guard that the register of the office lacks
└── Refusal               the SOP forbids a move
    ├── ActionNotOffered  the step has no such action
    ├── OnHold            the step is paused
    ├── HoldUsedUp        the step was paused as often as the SOP allows
    ├── HoldNotOver       the clock ends no hold before its time
    ├── NotYourLane       the action belongs to somebody else
    ├── SamePerson        whoever did an earlier step may not do this one
    ├── ReasonMissing     the action needs a written reason
    └── GuardRefused      a condition of `only_if` is not met
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workflows.sop import Text


class WorkflowError(Exception):
    """Whatever the engine refuses."""

    code = "sop.error"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in the text of an SOP, and where."""

    line: int
    """Counted from 1."""
    where: str
    """The path of names that leads there: `steps.verification.actions.approve.to`."""
    code: str
    text: Text
    suggestion: str | None = None

    def __str__(self) -> str:
        hint = f"; did you mean `{self.suggestion}`?" if self.suggestion else ""
        place = f"{self.where}: " if self.where else ""
        return f"line {self.line}: {place}{self.text['en']}{hint}"


class SopFaults(WorkflowError):
    """The text of an SOP is wrong."""

    code = "sop.faults"

    def __init__(self, faults: Iterable[Fault]) -> None:
        once = {(f.line, f.where, f.code, f.text["en"]): f for f in faults}
        self.faults = tuple(once[key] for key in sorted(once))
        super().__init__("\n".join(map(str, self.faults)))


class GuardUnknown(WorkflowError):
    """An SOP names a guard that the register lacks: it was checked against another one."""

    code = "sop.guard_unknown"

    def __init__(self, guard: str, sop: str) -> None:
        self.guard, self.sop = guard, sop
        super().__init__(f"SOP {sop} names the guard {guard}, which the register lacks")


class Refusal(WorkflowError):
    """The SOP forbids a move."""

    code = "sop.refusal"


class ActionNotOffered(Refusal):
    """The step has no such action."""

    code = "sop.action_not_offered"

    def __init__(self, action: str, step: str) -> None:
        self.action, self.step = action, step
        super().__init__(f"step {step} offers no action {action}")


class OnHold(Refusal):
    """The step is paused: only its resumption is offered."""

    code = "sop.on_hold"

    def __init__(self, action: str, step: str, hold: str) -> None:
        self.action, self.step, self.hold = action, step, hold
        super().__init__(f"step {step} is paused by {hold}; {action} waits until it is resumed")


class HoldUsedUp(Refusal):
    """The step was paused as often as the SOP allows."""

    code = "sop.hold_used_up"

    def __init__(self, hold: str, step: str, times: int) -> None:
        self.hold, self.step, self.times = hold, step, times
        super().__init__(f"step {step} may be paused by {hold} {times} times, and was")


class HoldNotOver(Refusal):
    """The clock ends no hold before that has lasted as long as it may."""

    code = "sop.hold_not_over"

    def __init__(self, action: str, step: str) -> None:
        self.action, self.step = action, step
        super().__init__(f"the hold at step {step} is not over: the clock may not {action} it yet")


class NotYourLane(Refusal):
    """The action belongs to another lane."""

    code = "sop.not_your_lane"

    def __init__(self, action: str, step: str, lane: str) -> None:
        self.action, self.step, self.lane = action, step, lane
        super().__init__(f"action {action} of step {step} belongs to lane {lane}")


class SamePerson(Refusal):
    """Whoever acted in one of these steps may not press this."""

    code = "sop.same_person"

    def __init__(self, action: str, steps: tuple[str, ...]) -> None:
        self.action, self.steps = action, steps
        super().__init__(f"action {action} is not for who acted in {', '.join(steps)}")


class ReasonMissing(Refusal):
    """The action needs a written reason."""

    code = "sop.reason_missing"

    def __init__(self, action: str) -> None:
        self.action = action
        super().__init__(f"action {action} needs a reason")


class GuardRefused(Refusal):
    """A condition of `only_if` is not met. `missing` names what would meet it."""

    code = "sop.guard_refused"

    def __init__(self, guard: str, missing: tuple[str, ...] = ()) -> None:
        self.guard, self.missing = guard, missing
        super().__init__(f"{guard}: {', '.join(missing)}" if missing else guard)
