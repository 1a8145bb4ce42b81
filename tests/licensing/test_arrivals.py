"""The lines by which papers came in, how far their times may move, and what the clock reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from licensing.arrivals import arrivals, find_arrival
from licensing.happenings import happenings
from licensing.vocabulary import VOCABULARY
from tests.licensing.clock_office import sop_text, wib
from workflows.reading import read_sop

SOP = read_sop(sop_text(), vocabulary=VOCABULARY)


@dataclass(frozen=True)
class Line:
    seq: int
    action: str
    from_step: str | None
    to_step: str
    lane: str
    effective_at: datetime
    detail: Mapping[str, Any] = field(default_factory=dict)
    ask: str | None = None
    actor_id: UUID | None = None


def correction(seq: int, of: int, now: str, at: str) -> Line:
    return Line(
        seq, "correct_time", "verification", "verification", "", wib(at),
        {"seq": of, "was": wib("6 16:01").isoformat(), "now": wib(now).isoformat()},
    )  # fmt: skip


HISTORY = (
    Line(1, "file", None, "intake", "counter", wib("6 09:00")),
    Line(2, "take", "intake", "intake", "", wib("6 09:10")),
    Line(3, "return_incomplete", "intake", "completion", "counter", wib("6 10:00")),
    Line(4, "warned", "completion", "completion", "", wib("7 08:00")),
    Line(5, "resubmit", "completion", "intake", "applicant", wib("7 16:05")),
    Line(6, "accept", "intake", "verification", "counter", wib("7 16:06")),
    Line(7, "wait_applicant", "verification", "verification", "verifier", wib("8 10:00"),
         {"hold": "starts"}),
    Line(8, "go_on", "verification", "verification", "verifier", wib("9 10:00"),
         {"hold": "ends"}),
    Line(9, "approve", "verification", "signature", "verifier", wib("10 10:00")),
)  # fmt: skip


class TestArrivals:
    def test_are_the_filing_what_came_back_the_complete_file_and_what_ended_a_wait(self) -> None:
        assert [one.action for one in arrivals(SOP, HISTORY)] == [
            "file", "resubmit", "accept", "go_on",
        ]  # fmt: skip

    def test_are_no_end_of_the_file(self) -> None:
        gone = Line(6, "withdraw", "completion", "withdrawn", "applicant", wib("7 10:00"))

        assert [one.action for one in arrivals(SOP, (*HISTORY[:4], gone))] == ["file"]

    def test_may_move_between_what_the_clock_reads_and_notes_are_no_bound(self) -> None:
        found = find_arrival(arrivals(SOP, HISTORY), 5)

        assert found is not None
        # The warning of Tuesday morning moved nothing: the papers may have come on Monday.
        assert (found.not_before, found.not_after) == (wib("6 10:00"), wib("7 16:06"))

    def test_have_no_bound_before_the_filing_nor_after_the_last_line(self) -> None:
        first, *_ = arrivals(SOP, HISTORY[:2])

        assert (first.not_before, first.not_after) == (None, None)

    def test_stand_at_their_last_corrected_time(self) -> None:
        corrected = (*HISTORY, correction(10, 5, "7 15:00", "10 11:00"))
        again = (*corrected, correction(11, 5, "7 15:30", "10 12:00"))

        for history, at in ((corrected, "7 15:00"), (again, "7 15:30")):
            found = find_arrival(arrivals(SOP, history), 5)
            assert found is not None
            assert (found.at, found.at_first) == (wib(at), wib("7 16:05"))


class TestWhatTheClockReads:
    def test_is_the_corrected_time_of_a_line(self) -> None:
        history = (*HISTORY, correction(10, 5, "7 15:00", "10 11:00"))

        read = {one.action: one.at for one in happenings(SOP, history)}

        assert read["resubmit"] == wib("7 15:00")
        assert read["accept"] == wib("7 16:06")
        assert "correct_time" not in read

    def test_is_an_extension_where_the_file_stands_held_or_not(self) -> None:
        extend = Line(8, "extend", "verification", "verification", "", wib("8 11:00"),
                      {"limit": "service", "more": 1})  # fmt: skip

        *_, last = happenings(SOP, (*HISTORY[:7], extend))

        assert (last.step, last.entered, last.held) == ("verification", False, "wait_applicant")
        assert last.extend == ("service", 1)

    def test_is_no_note(self) -> None:
        assert [one.action for one in happenings(SOP, HISTORY)] == [
            "file", "return_incomplete", "resubmit", "accept", "wait_applicant", "go_on", "approve",
        ]  # fmt: skip
