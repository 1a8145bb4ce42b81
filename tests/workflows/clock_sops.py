"""Small SOPs and calendars for the tests of the clock, built without a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from workflows.calendar_spec import CalendarSpec, ClosedDay, Outage, WeeklyRule, Window, Windows
from workflows.ledger import Clockwork, Happening, LimitState
from workflows.sop import (
    AnswerWithin,
    Ask,
    End,
    Fee,
    Hold,
    Lane,
    Limit,
    Outcome,
    Party,
    Rung,
    Sop,
    Step,
    Within,
)
from workflows.worktime import Calendar, LateReceipt

WIB = ZoneInfo("Asia/Jakarta")

OFFICE, AGENCY, APPLICANT, BANK, NOBODY = (
    Party.OFFICE, Party.AGENCY, Party.APPLICANT, Party.BANK, Party.NOBODY,
)  # fmt: skip

LADDER = (
    Rung("50%", 50, None, ("holder",)),
    Rung("80%", 80, None, ("holder", "supervisor")),
    Rung("breach", None, 0, ("holder", "supervisor")),
    Rung("breach+1", None, 1, ("head",)),
    Rung("breach+3", None, 3, ("inspectorate",)),
)


def window(text: str) -> Window:
    return Window.parse(*text.split("-"))


def week(*hours: str, days: range = range(5)) -> dict[int, Windows]:
    return dict.fromkeys(days, tuple(window(text) for text in hours))


def plain_spec(
    *,
    closed: tuple[date, ...] = (),
    makeup: Mapping[date, Windows] | None = None,
    outages: tuple[Outage, ...] = (),
    zone: str = "Asia/Jakarta",
    hours: tuple[str, ...] = ("07:30-16:00",),
    more: tuple[WeeklyRule, ...] = (),
) -> CalendarSpec:
    return CalendarSpec(
        zone=zone,
        weekly=(WeeklyRule(date(1970, 1, 1), week(*hours)), *more),
        covers=(date(2026, 1, 1), date(2026, 12, 31)),
        closed={day: ClosedDay("Libur", "national") for day in closed},
        makeup=makeup or {},
        outages=outages,
    )


def plain_calendar(late: LateReceipt = "next_working_day", **more: object) -> Calendar:
    return Calendar(plain_spec(**more), late)  # type: ignore[arg-type]


def step(name: str, party: Party = OFFICE, **more: object) -> Step:
    lane = more.pop("lane", {APPLICANT: "applicant", AGENCY: "agency", BANK: "bank"}.get(party))
    return Step(
        name=name, title={}, lane=str(lane or "counter"), party=party,
        actions={}, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def limit(name: str, within: Within, starts: str, stops: str, counts: str = "oa") -> Limit:
    parties = {"o": OFFICE, "a": AGENCY, "p": APPLICANT, "b": BANK}
    return Limit(
        name, within, tuple(starts.split()), tuple(stops.split()),
        frozenset(parties[letter] for letter in counts), "UU 30/2014",
    )  # fmt: skip


def make_sop(
    steps: tuple[Step, ...], limits: tuple[Limit, ...] = (), asks: tuple[Ask, ...] = ()
) -> Sop:
    lanes = {
        name: Lane(name, {}, party, letter)
        for name, party, letter in (
            ("applicant", APPLICANT, "P"),
            ("counter", OFFICE, "L"),
            ("signer", OFFICE, "K"),
            ("agency", AGENCY, "T"),
            ("bank", BANK, "B"),
        )
    }
    return Sop(
        name="uji", title={}, source="UU 30/2014", starts_at=steps[0].name, lanes=lanes,
        steps={here.name: here for here in steps},
        ends={"done": End("done", {}, Outcome.GRANTED)},
        limits={one.name: one for one in limits}, ladder=LADDER, fee=Fee(None, "-"),
        product=None, asks={ask.name: ask for ask in asks},
    )  # fmt: skip


QUESTION = Hold("ask", "answer", {}, {}, APPLICANT, Within(10), 2, "-", "counter")
OUTSIDE = Hold("send", "receive", {}, {}, AGENCY, Within(10), 2, "-", "counter")


def simple_sop(within: Within | None = None, *, step_within: Within | None = None) -> Sop:
    """One office step from filing to the end, which can be held; a service limit from filing."""
    return make_sop(
        (
            step("work", holds={"ask": QUESTION}, within=step_within),
            step("sign", lane="signer", within=step_within),
            step("correction", APPLICANT),
        ),
        (limit("service", within or Within(3), "file", "finish"),),
    )


def rich_sop() -> Sop:
    """Every kind of limit at once: the field of the random walks."""
    return make_sop(
        (
            step("intake", within=Within(2)),
            step("correction", APPLICANT,
                 answer_within=AnswerWithin(Within(5), "drop", "-")),
            step("review", within=Within(3), holds={"ask": QUESTION, "send": OUTSIDE}),
            step("survey", AGENCY, within=Within(9, "working hours")),
            step("pay", APPLICANT, answer_within=AnswerWithin(Within(4), "drop", "-")),
            step("book", BANK, within=Within(2)),
            step("sign", lane="signer", within=Within(1)),
        ),
        (
            limit("filing", Within(3), "file", "accept return"),
            limit("service", Within(5), "accept", "issue"),
            limit("law", Within(7), "accept", "issue", "oab"),
            limit("desk", Within(20, "working hours"), "accept", "issue", "o"),
            limit("delivery", Within(2), "issue", "deliver"),
        ),
        (
            Ask("opinion", {}, "draft",
                {"draft": step("draft", AGENCY, within=Within(2)),
                 "clarify": step("clarify", APPLICANT)}, Within(4)),
            Ask("query", {}, "wait", {"wait": step("wait", APPLICANT)}, None,
                AnswerWithin(Within(3), "drop", "-")),
        ),
    )  # fmt: skip


def wib(text: str) -> datetime:
    """Return an instant of July 2026 in WIB, written `6 10:00`; with a month: `8-6 10:00`."""
    day, clock = text.split()
    month, _, number = day.rpartition("-")
    hour, minute = clock.split(":")
    return datetime(2026, int(month or 7), int(number), int(hour), int(minute), tzinfo=WIB)


def filed(at: str, where: str = "work", **more: object) -> Happening:
    return Happening(wib(at), "file", where, True, **more)  # type: ignore[arg-type]


def move(at: str, action: str, to: str | None, **more: object) -> Happening:
    return Happening(wib(at), action, to, True, **more)  # type: ignore[arg-type]


def hold(at: str, where: str = "work") -> Happening:
    return Happening(wib(at), "ask", where, False, held="ask")


def resume(at: str, where: str = "work") -> Happening:
    return Happening(wib(at), "answer", where, False)


def clock(**more: object) -> Clockwork:
    return Clockwork(simple_sop(), plain_calendar(**more))  # type: ignore[arg-type]


def stand(
    clockwork: Clockwork, *history: Happening, key: str = "service", until: str | None = None
) -> LimitState:
    """Return how one limit stands after a history."""
    state = clockwork.fold(history)
    limits = clockwork.limits(state, wib(until) if until else None)
    return next(one for one in limits if one.key == key)
