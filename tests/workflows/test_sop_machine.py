"""The machine that walks an SOP: every move it allows, every move it refuses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.sops import (
    GUARDS,
    SMALL,
    VOCABULARY,
    KnownFacts,
    person,
    shipped_sop,
    siup,
    small,
    who_may_press,
)
from workflows.definitions import bases_names
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
    SopFaults,
    WorkflowError,
)
from workflows.machine import CLOCK, Actor, Move, SopMachine
from workflows.paths import paths
from workflows.reading import read_sop
from workflows.sop import Sop

FACTS = KnownFacts()
HEAD, COUNTER, VERIFIER = person("h", "head"), person("c", "counter"), person("v", "verifier")
THE_CLOCK = Actor(CLOCK, frozenset({"clock"}))
SMALL_MACHINE, SIUP_MACHINE = SopMachine(small(), GUARDS), SopMachine(siup(), GUARDS)


def sops() -> Iterator[Sop]:
    yield small()
    for name in bases_names():
        yield shipped_sop(name)


ALL_SOPS = list(sops())
every_sop = pytest.mark.parametrize("sop", ALL_SOPS, ids=[sop.name for sop in ALL_SOPS])


@every_sop
class TestEverySop:
    """Whatever an SOP says, the machine does."""

    def test_every_action_of_every_step_leads_where_the_sop_says(self, sop: Sop) -> None:
        machine = SopMachine(sop, GUARDS)
        for step in sop.steps.values():
            for action in step.actions.values():
                by = who_may_press(sop, action.lane)
                move = machine.decide(step.name, action.name, by=by, facts=FACTS, reason="why")

                assert (move.action, move.step, move.lane) == (action.name, step.name, action.lane)
                assert move.target == (action.to or step.name)
                assert move.stays is (action.to is None)
                assert move.end == sop.ends.get(action.to or "")
                assert move.effects == action.then
                assert (move.hold, move.answer) == (None, None)

    def test_every_action_of_every_ask_leads_where_the_sop_says(self, sop: Sop) -> None:
        machine = SopMachine(sop, GUARDS)
        for ask in sop.asks.values():
            for step in ask.steps.values():
                for action in step.actions.values():
                    by = who_may_press(sop, action.lane)
                    move = machine.decide_ask(
                        ask.name, step.name, action.name, by=by, facts=FACTS, reason="why"
                    )

                    assert (move.target, move.answer) == (action.to or step.name, action.answer)
                    assert move.end is None

    def test_every_way_without_repetition_can_be_walked_to_its_end(self, sop: Sop) -> None:
        machine = SopMachine(sop, GUARDS)
        walked = 0
        for way in paths(sop):
            at = sop.starts_at
            for step, action in way:
                assert at == step
                by = who_may_press(sop, sop.steps[step].actions[action].lane)
                at = machine.decide(step, action, by=by, facts=FACTS, reason="why").target
            assert at in sop.ends
            walked += 1

        assert walked >= len(sop.ends)

    def test_the_machine_itself_moves_as_its_moves_say(self, sop: Sop) -> None:
        # `decide` hands out moves worked out beforehand: the machine must agree with them.
        machine = SopMachine(sop, GUARDS)
        for line in (machine._main, *machine._asks.values()):
            for step, choices in line.choices.items():
                for action, choice in choices.items():
                    (transition,) = line._events[action].transitions[step]
                    assert (transition.dest or step) == choice.move.target

    def test_what_is_offered_is_exactly_what_is_accepted(self, sop: Sop) -> None:
        machine = SopMachine(sop, GUARDS)
        facts = KnownFacts({"intake": {"somebody"}}, {"documents_complete": ("ktp",)})
        actions = {name for step in sop.steps.values() for name in step.actions}
        for lane in sop.lanes:
            by = who_may_press(sop, lane)
            for step in sop.steps:
                offered = {
                    offer.action: offer for offer in machine.offers(step, by=by, facts=facts)
                }
                for action in actions - offered.keys():
                    with pytest.raises((ActionNotOffered, NotYourLane, OnHold)):
                        machine.decide(step, action, by=by, facts=facts, reason="why")
                for action, offer in offered.items():
                    if offer.refusal is None:
                        assert machine.decide(step, action, by=by, facts=facts, reason="why")
                        continue
                    with pytest.raises(type(offer.refusal)):
                        machine.decide(step, action, by=by, facts=facts, reason="why")

    def test_an_end_offers_nothing(self, sop: Sop) -> None:
        machine = SopMachine(sop, GUARDS)
        for end in sop.ends:
            assert machine.offers(end, by=person("a", *sop.lanes), facts=FACTS) == ()


class TestRefusals:
    """Why a move is forbidden, in this order."""

    @pytest.mark.parametrize(
        ("step", "action"), [("intake", "sign"), ("nowhere", "accept"), ("issued", "hand_over")]
    )
    def test_an_action_that_the_step_does_not_have(self, step: str, action: str) -> None:
        with pytest.raises(ActionNotOffered, match=action) as refused:
            SIUP_MACHINE.decide(step, action, by=HEAD, facts=FACTS)

        assert (refused.value.action, refused.value.step) == (action, step)

    def test_an_action_of_another_lane(self) -> None:
        with pytest.raises(NotYourLane) as refused:
            SIUP_MACHINE.decide("signature", "sign", by=VERIFIER, facts=FACTS)

        assert refused.value.lane == "head"

    def test_the_counter_presses_for_applicants_and_a_verifier_does_not(self) -> None:
        move = SIUP_MACHINE.decide("completion", "resubmit", by=COUNTER, facts=FACTS)

        assert (move.lane, move.target) == ("applicant", "intake")
        with pytest.raises(NotYourLane):
            SIUP_MACHINE.decide("completion", "resubmit", by=VERIFIER, facts=FACTS)

    @pytest.mark.parametrize("by", [person("x", "clock"), person("x", "counter", "head")])
    def test_nobody_presses_for_the_clock(self, by: Actor) -> None:
        with pytest.raises(NotYourLane):
            SIUP_MACHINE.decide("completion", "discontinue", by=by, facts=FACTS)
        offered = SIUP_MACHINE.offers("completion", by=by, facts=FACTS)
        assert "discontinue" not in {offer.action for offer in offered}

    def test_the_clock_presses_only_what_is_its_own(self) -> None:
        clock = Actor(CLOCK, frozenset({"clock"}))

        move = SIUP_MACHINE.decide("completion", "discontinue", by=clock, facts=FACTS)
        assert move.target == "discontinued"
        with pytest.raises(NotYourLane):
            SIUP_MACHINE.decide("completion", "resubmit", by=clock, facts=FACTS)

    @pytest.mark.parametrize("step", ["intake", "verification"])
    @pytest.mark.parametrize(("at", "action"), [("signature", "sign"), ("refusal", "refuse")])
    def test_who_checked_does_not_decide(self, step: str, at: str, action: str) -> None:
        facts = KnownFacts({step: {"h"}})

        with pytest.raises(SamePerson) as refused:
            SIUP_MACHINE.decide(at, action, by=HEAD, facts=facts, reason="why")

        assert refused.value.steps == ("intake", "verification")

    def test_who_received_does_not_approve(self) -> None:
        with pytest.raises(SamePerson):
            SIUP_MACHINE.decide(
                "verification", "approve", by=VERIFIER, facts=KnownFacts({"intake": {"v"}})
            )

    @pytest.mark.parametrize("reason", [None, "", "  \n"])
    def test_a_refusal_without_a_reason(self, reason: str | None) -> None:
        with pytest.raises(ReasonMissing):
            SIUP_MACHINE.decide("refusal", "refuse", by=HEAD, facts=FACTS, reason=reason)

    def test_a_condition_that_is_not_met_says_what_is_missing(self) -> None:
        facts = KnownFacts(refusing={"documents_complete": ("ktp", "npwp")})

        with pytest.raises(GuardRefused, match="documents_complete") as refused:
            SIUP_MACHINE.decide("intake", "accept", by=COUNTER, facts=facts)

        assert refused.value.missing == ("ktp", "npwp")

    def test_a_refusal_leaves_the_machine_as_it_was(self) -> None:
        facts = KnownFacts(refusing={"documents_complete": ()})
        with pytest.raises(GuardRefused):
            SIUP_MACHINE.decide("intake", "accept", by=COUNTER, facts=facts)

        move = SIUP_MACHINE.decide("intake", "accept", by=COUNTER, facts=FACTS)
        assert move.target == "verification"

    def test_an_sop_with_a_guard_that_the_register_lacks_makes_no_machine(self) -> None:
        with pytest.raises(GuardUnknown, match="documents_complete"):
            SopMachine(small(), {})

    def test_every_refusal_has_a_code_of_its_own(self) -> None:
        kinds = [*Refusal.__subclasses__(), SopFaults, GuardUnknown, Refusal, WorkflowError]
        codes = [kind.code for kind in kinds]

        assert len(set(codes)) == len(codes)
        assert all(code.startswith("sop.") for code in codes)


class TestOffers:
    """What a person may press here, and what not yet."""

    def test_a_reason_still_to_be_written_is_no_refusal(self) -> None:
        offers = {o.action: o for o in SIUP_MACHINE.offers("refusal", by=HEAD, facts=FACTS)}

        assert offers["refuse"].refusal is None
        assert offers["refuse"].reason_required
        assert offers["refuse"].confirm
        assert offers["refuse"].title["id"] == "Tolak permohonan"

    def test_what_is_not_yet_possible_is_shown_with_what_is_missing(self) -> None:
        facts = KnownFacts(refusing={"documents_complete": ("ktp",)})
        offers = {o.action: o for o in SIUP_MACHINE.offers("intake", by=COUNTER, facts=facts)}

        assert isinstance(offers["accept"].refusal, GuardRefused)
        assert offers["return_incomplete"].refusal is None

    def test_what_belongs_to_others_is_left_out(self) -> None:
        assert SIUP_MACHINE.offers("signature", by=VERIFIER, facts=FACTS) == ()


class TestAsks:
    """Side paths."""

    PU = person("pu", "agency_pu")

    def test_entering_a_step_opens_its_asks(self) -> None:
        move = SMALL_MACHINE.decide("intake", "accept", by=COUNTER, facts=FACTS)

        assert (move.target, move.opens) == ("signature", ("opinion",))

    def test_staying_opens_them_no_second_time(self) -> None:
        move = SMALL_MACHINE.decide("signature", "note", by=HEAD, facts=FACTS)

        assert (move.stays, move.opens, move.effects) == (True, (), ("list_faults",))

    def test_an_action_opens_its_own_asks_and_those_of_the_step_it_enters_once(self) -> None:
        text = SMALL.replace("only_if: documents_complete", "opens: opinion")
        machine = SopMachine(read_sop(text, vocabulary=VOCABULARY), GUARDS)

        assert machine.decide("intake", "accept", by=COUNTER, facts=FACTS).opens == ("opinion",)

    def test_an_ask_closes_with_its_answer(self) -> None:
        move = SMALL_MACHINE.decide_ask("opinion", "writing", "agree", by=self.PU, facts=FACTS)

        assert (move.target, move.answer) == ("answered", "positive")

    def test_an_ask_offers_to_its_lane_alone(self) -> None:
        offered = SMALL_MACHINE.offers_ask("opinion", "writing", by=self.PU, facts=FACTS)

        assert [offer.action for offer in offered] == ["agree", "rework"]
        assert SMALL_MACHINE.offers_ask("opinion", "writing", by=HEAD, facts=FACTS) == ()
        assert SMALL_MACHINE.offers_ask("other", "writing", by=self.PU, facts=FACTS) == ()

    @pytest.mark.parametrize(("ask", "step"), [("other", "writing"), ("opinion", "answered")])
    def test_an_ask_that_is_not_there_offers_no_action(self, ask: str, step: str) -> None:
        with pytest.raises(ActionNotOffered):
            SMALL_MACHINE.decide_ask(ask, step, "agree", by=self.PU, facts=FACTS)


class TestHolds:
    """A named pause inside a step."""

    MACHINE = SopMachine(
        read_sop(SMALL.replace(", except: signature", ""), vocabulary=VOCABULARY), GUARDS
    )

    def test_starts_and_ends_where_it_is(self) -> None:
        start = self.MACHINE.decide("signature", "pause", by=HEAD, facts=FACTS)
        end = self.MACHINE.decide("signature", "go_on", by=HEAD, facts=FACTS, held="pause")

        assert (start.hold, start.target, start.stays) == ("starts", "signature", True)
        assert (end.hold, end.target, end.stays) == ("ends", "signature", True)

    @pytest.mark.parametrize("action", ["sign", "note", "pause"])
    def test_nothing_else_may_be_done_meanwhile(self, action: str) -> None:
        with pytest.raises(OnHold) as refused:
            self.MACHINE.decide("signature", action, by=HEAD, facts=FACTS, held="pause")

        assert refused.value.hold == "pause"

    def test_but_the_applicant_may_withdraw(self) -> None:
        withdrawn = self.MACHINE.decide(
            "signature", "withdraw", by=COUNTER, facts=FACTS, held="pause", reason="why"
        )

        assert withdrawn.target == "withdrawn"

    def test_only_its_end_is_offered_while_it_lasts_and_never_before(self) -> None:
        held = self.MACHINE.offers("signature", by=HEAD, facts=FACTS, held="pause")
        free = self.MACHINE.offers("signature", by=HEAD, facts=FACTS)

        assert [offer.action for offer in held] == ["go_on"]
        assert [offer.action for offer in free] == ["sign", "note", "pause"]
        with pytest.raises(ActionNotOffered):
            self.MACHINE.decide("signature", "go_on", by=HEAD, facts=FACTS)

    def test_is_used_up_after_as_many_times_as_the_sop_says(self) -> None:
        with pytest.raises(HoldUsedUp) as refused:
            self.MACHINE.decide("signature", "pause", by=HEAD, facts=FACTS, holds_used={"pause": 1})

        assert refused.value.times == 1

    def test_belongs_to_the_lane_of_the_step(self) -> None:
        with pytest.raises(NotYourLane):
            self.MACHINE.decide("signature", "pause", by=COUNTER, facts=FACTS)

    @pytest.mark.parametrize(
        ("by", "action", "over", "refused"),
        [
            (THE_CLOCK, "go_on", True, None),
            (THE_CLOCK, "go_on", False, HoldNotOver),
            # Its being over lets the clock do nothing else, and nobody else anything.
            (THE_CLOCK, "sign", True, OnHold),
            (COUNTER, "go_on", True, NotYourLane),
            (HEAD, "go_on", False, None),
        ],
    )
    def test_is_ended_by_the_clock_once_it_is_over(
        self, by: Actor, action: str, over: bool, refused: type[Refusal] | None
    ) -> None:
        def press() -> Move:
            return self.MACHINE.decide(
                "signature", action, by=by, facts=FACTS, held="pause", hold_over=over
            )

        if refused is not None:
            with pytest.raises(refused):
                press()
        else:
            assert (press().hold, press().stays) == ("ends", True)

    @pytest.mark.parametrize("action", ["sign", "note", "pause"])
    def test_lets_the_clock_press_nothing_where_none_is_on(self, action: str) -> None:
        with pytest.raises(NotYourLane):
            self.MACHINE.decide("signature", action, by=THE_CLOCK, facts=FACTS, hold_over=True)


SIUP = siup()
EVERY_ACTION = sorted({name for step in SIUP.steps.values() for name in step.actions})


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(EVERY_ACTION),
            st.sampled_from(["ani", "budi", CLOCK]),
            st.sets(st.sampled_from(sorted(SIUP.lanes))),
        ),
        max_size=40,
    )
)
def test_a_random_walk_never_leaves_the_table(
    presses: list[tuple[str, str, set[str]]],
) -> None:
    at, acted = SIUP.starts_at, KnownFacts()
    for action, name, lanes in presses:
        by = Actor(name, frozenset(lanes))
        try:
            move = SIUP_MACHINE.decide(at, action, by=by, facts=acted, reason="why")
        except Refusal:
            continue
        assert move.target == SIUP.steps[at].actions[action].to
        assert (
            acted.actors_of(SIUP.steps[at].actions[action].not_who_did).__contains__(name) is False
        )
        acted.acted.setdefault(at, set()).add(name)
        at = move.target
        if move.end:
            assert at in SIUP.ends
            break
