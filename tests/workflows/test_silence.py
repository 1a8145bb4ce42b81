"""When the silence of an office becomes true, and which SOPs may let it grant something."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.silence_sop import deemed
from tests.workflows.clock_sops import WIB, plain_spec
from tests.workflows.sops import VOCABULARY, siup
from workflows.calendar_spec import CalendarSpec
from workflows.definitions import text_of
from workflows.errors import SopFaults
from workflows.ledger import ClockState, Clockwork, Happening
from workflows.reading import read_sop
from workflows.silence import (
    grants_by_silence,
    lapse_move,
    lapsed_end,
    silent_limits,
    true_silence,
)
from workflows.sop import Outcome, Silence, Sop
from workflows.swimlane import draw
from workflows.worktime import Calendar


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


MONDAY = at("2026-07-06 10:00")
DUE = at("2026-07-13 16:00")
A_HOLIDAY = plain_spec(closed=(date(2026, 7, 8),))


@pytest.fixture(scope="module")
def sop() -> Sop:
    """The SIUP, granted by silence."""
    return read_sop(deemed(text_of("siup")), vocabulary=VOCABULARY)


def clock(sop: Sop, spec: CalendarSpec | None = None) -> Clockwork:
    return Clockwork(sop, Calendar(spec or plain_spec()))


def accepted(clockwork: Clockwork) -> ClockState:
    """Return the clock of a file that was filed and accepted on Monday 6 July, 10:00."""
    return clockwork.fold(
        [
            Happening(MONDAY, "file", "intake", entered=True),
            Happening(MONDAY, "accept", "verification", entered=True),
        ]
    )


class TestTheMoment:
    """The limit has passed a moment after its end; whoever acts at its end is in time."""

    @pytest.mark.parametrize(
        ("moment", "is_true"),
        [
            (DUE - timedelta(days=3), False),
            (DUE, False),
            (DUE + timedelta(microseconds=1), True),
            (DUE + timedelta(days=400), True),
        ],
    )
    def test_it_is_true_after_the_end_of_the_limit(
        self, sop: Sop, moment: datetime, is_true: bool
    ) -> None:
        clockwork = clock(sop)

        assert (true_silence(clockwork, accepted(clockwork), moment) is not None) is is_true

    def test_it_names_the_limit_since_when_and_the_first_working_day_after_it(
        self, sop: Sop
    ) -> None:
        clockwork = clock(sop)
        found = true_silence(clockwork, accepted(clockwork), DUE + timedelta(days=5))

        assert found is not None
        assert (found.key, found.since, found.deemed_on) == ("law", DUE, date(2026, 7, 14))
        assert found.started_at == MONDAY
        assert found.grants

    def test_a_holiday_after_the_limit_moves_the_deemed_date_alone(self, sop: Sop) -> None:
        clockwork = clock(sop, plain_spec(closed=(date(2026, 7, 14),)))
        found = true_silence(clockwork, accepted(clockwork), DUE + timedelta(days=5))

        assert found is not None
        assert (found.since, found.deemed_on) == (DUE, date(2026, 7, 15))

    def test_a_holiday_that_is_announced_makes_it_untrue_again(self, sop: Sop) -> None:
        """Counted anew, the limit ends a day later: nothing was due yet."""
        before, after = clock(sop), clock(sop, A_HOLIDAY)
        later = DUE + timedelta(minutes=1)

        assert true_silence(before, accepted(before), later) is not None
        assert true_silence(after, accepted(after), later) is None
        assert true_silence(after, accepted(after), later + timedelta(days=1)) is not None

    def test_an_applicant_who_is_waited_for_keeps_it_from_running(self, sop: Sop) -> None:
        clockwork = clock(sop)
        state = clockwork.advance(
            accepted(clockwork),
            Happening(at("2026-07-09 10:00"), "return_for_correction", "correction", entered=True),
        )

        assert true_silence(clockwork, state, DUE + timedelta(days=100)) is None

    def test_a_limit_broken_with_the_office_stays_passed_with_the_applicant(self, sop: Sop) -> None:
        clockwork = clock(sop)
        state = clockwork.advance(
            accepted(clockwork),
            Happening(DUE + timedelta(days=1), "return_for_correction", "correction", entered=True),
        )
        found = true_silence(clockwork, state, DUE + timedelta(days=2))

        assert found is not None
        assert found.since == DUE

    def test_what_was_decided_or_ended_has_no_silence(self, sop: Sop) -> None:
        clockwork = clock(sop)
        state = accepted(clockwork)
        signed = clockwork.advance(
            clockwork.advance(state, Happening(MONDAY, "approve", "signature", entered=True)),
            Happening(DUE, "sign", "handover", entered=True),
        )
        ended = clockwork.advance(state, Happening(DUE, "withdraw", None, entered=False))

        for after in (signed, signed.carried(), ended):
            assert true_silence(clockwork, after, DUE + timedelta(days=9)) is None

    def test_a_flag_is_no_grant(self) -> None:
        clockwork = clock(siup())
        found = true_silence(clockwork, accepted(clockwork), DUE + timedelta(days=1))

        assert found is not None
        assert (found.silence, found.grants) == (Silence.FLAG, False)


class TestTheMove:
    """Built into the clock: from every step to the one end of what the law grants."""

    def test_it_leads_to_the_end_that_no_action_leads_to(self, sop: Sop) -> None:
        assert lapsed_end(sop) == "deemed"
        for step in sop.steps:
            move = lapse_move(sop, step)
            assert (move.action, move.step, move.target) == ("lapse", step, "deemed")
            assert move.end is not None
            assert move.end.outcome is Outcome.LAPSED

    def test_an_sop_without_that_end_has_none(self) -> None:
        with pytest.raises(ValueError, match="siup"):
            lapse_move(siup(), "signature")

    def test_shipped_sops_flag_and_grant_nothing(self) -> None:
        assert silent_limits(siup()) == {"law"}
        assert not grants_by_silence(siup())


class TestTheSop:
    """What silence may grant: nothing critical, nothing that somebody must go and see."""

    def test_a_visit_is_never_granted_by_silence(self) -> None:
        text = deemed(text_of("siup")).replace(
            "        to: signature\n        only_if: papers_correct",
            "        to: signature\n        then: report_visit\n        only_if: papers_correct",
        )
        with pytest.raises(SopFaults) as refused:
            read_sop(text, vocabulary=VOCABULARY)

        assert [fault.code for fault in refused.value.faults] == ["sop.deemed_needs_judgement"]

    def test_no_action_may_be_called_as_the_built_in_one(self) -> None:
        text = deemed(text_of("siup")).replace("do: approve", "do: lapse")
        with pytest.raises(SopFaults) as refused:
            read_sop(text, vocabulary=VOCABULARY)

        assert "sop.reserved_name" in {fault.code for fault in refused.value.faults}

    def test_the_certificate_may_carry_the_offices_own_words(self) -> None:
        text = deemed(text_of("siup")).replace(
            "silence: deemed_granted",
            "silence: deemed_granted\n    certificate: {title: {id: Surat A, en: Paper A}}",
        )
        found = read_sop(text, vocabulary=VOCABULARY).limits["law"].certificate

        assert found.title == {"id": "Surat A", "en": "Paper A"}
        assert found.closing is None

    def test_its_swimlane_shows_the_end(self, sop: Sop) -> None:
        assert any("Dikabulkan secara" in svg for svg in draw(sop, lang="id"))
