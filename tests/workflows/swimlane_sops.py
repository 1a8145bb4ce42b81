"""SOPs built by hand for the drawings: a small one, and one with every part of the grammar."""

import random

from workflows.sop import (
    Action,
    AnswerWithin,
    Ask,
    End,
    Fee,
    Hold,
    Lane,
    Limit,
    Outcome,
    Party,
    Product,
    Sop,
    Step,
    Within,
)


def both(text: str) -> dict[str, str]:
    return {"id": text, "en": f"{text} (en)"}


def lane(name: str, title: str, party: Party, letter: str) -> Lane:
    return Lane(name, both(title), party, letter)


def action(name: str, lane: str, to: str | None, **more: object) -> Action:
    return Action(name, both(name.replace("_", " ").capitalize()), lane, to, **more)  # type: ignore[arg-type]


def step(name: str, lane: str, party: Party, *actions: Action, **more: object) -> Step:
    return Step(
        name,
        both(name.replace("_", " ").capitalize()),
        lane,
        party,
        {one.name: one for one in actions},
        **more,  # type: ignore[arg-type]
    )


LANES = {
    "applicant": lane("applicant", "Pemohon", Party.APPLICANT, "P"),
    "counter": lane("counter", "Petugas loket", Party.OFFICE, "L"),
    "verifier": lane("verifier", "Verifikator", Party.OFFICE, "V"),
    "works": lane("works", "Dinas Pekerjaan Umum", Party.AGENCY, "D"),
    "environment": lane("environment", "Dinas Lingkungan Hidup", Party.AGENCY, "H"),
    "inspector": lane("inspector", "Peninjau lapangan", Party.OFFICE, "T"),
    "billing": lane("billing", "Penetap retribusi", Party.OFFICE, "R"),
    "bank": lane("bank", "Bank", Party.BANK, "B"),
    "head": lane("head", "Kepala dinas", Party.OFFICE, "K"),
    "clock": Lane("clock", both("Sistem"), Party.OFFICE, "S", clock=True),
}
DAY = Within(1)
ENDS = {
    "issued": End("issued", both("Izin diterima"), Outcome.GRANTED),
    "refused": End("refused", both("Ditolak"), Outcome.REFUSED),
    "withdrawn": End("withdrawn", both("Dicabut pemohon"), Outcome.WITHDRAWN),
}
OFFICE = Party.OFFICE


def sop(name: str, steps: list[Step], **more: object) -> Sop:
    return Sop(
        name=name,
        title=both("Izin contoh"),
        source="Perda Kota Contoh 1/2026",
        starts_at=steps[0].name,
        lanes=LANES,
        steps={one.name: one for one in steps},
        ends={
            name: end
            for name, end in ENDS.items()
            if any(action.to == name for one in steps for action in one.actions.values())
        },
        limits={
            "service": Limit(
                "service", Within(14), ("accept",), ("sign",), frozenset({OFFICE}), "Perda"
            )
        },
        ladder=(),
        fee=Fee(None, "Perda"),
        product=Product(both("Izin contoh"), "IC", None, "Perda"),
        **more,  # type: ignore[arg-type]
    )


def withdraw() -> Action:
    return action("withdraw", "applicant", "withdrawn")


SMALL = sop(
    "kecil",
    [
        step("intake", "counter", OFFICE, action("accept", "counter", "signature"), within=DAY),
        step(
            "signature",
            "head",
            OFFICE,
            action("sign", "head", "issued", not_who_did=("intake",)),
            action("refuse", "head", "refused", reason_required=True),
            action("note", "head", None),
            within=Within(6, "working hours"),
        ),
    ],
)

LARGE = sop(
    "besar",
    [
        step(
            "intake",
            "counter",
            OFFICE,
            action("accept", "counter", "verification"),
            action("return_incomplete", "counter", "completion"),
            withdraw(),
            within=DAY,
        ),
        step(
            "completion",
            "applicant",
            Party.APPLICANT,
            action("resubmit", "applicant", "intake"),
            withdraw(),
            answer_within=AnswerWithin(Within(10), "withdraw", "UU 30/2014"),
        ),
        step(
            "verification",
            "verifier",
            OFFICE,
            action(
                "ask_agencies", "verifier", "opinions", opens=("works_opinion", "green_opinion")
            ),
            action("return_for_correction", "verifier", "completion"),
            action("propose_refusal", "verifier", "refusal"),
            withdraw(),
            within=Within(3),
        ),
        step(
            "opinions",
            "verifier",
            OFFICE,
            action("go_on", "verifier", "inspection"),
            action("inspect_again", "verifier", "opinions"),
            within=Within(4),
        ),
        step(
            "inspection",
            "inspector",
            OFFICE,
            action("report", "inspector", "billing"),
            action("doubt", "inspector", "verification"),
            withdraw(),
            within=Within(2),
            holds={
                "rain": Hold(
                    "rain",
                    "dry",
                    both("hujan lebat"),
                    both("cerah"),
                    OFFICE,
                    Within(2),
                    1,
                    "Perda",
                    "inspector",
                )
            },
        ),
        step("billing", "billing", OFFICE, action("bill", "billing", "payment"), within=DAY),
        step("payment", "bank", Party.BANK, action("pay", "bank", "draft")),
        step("draft", "verifier", OFFICE, action("hand_up", "verifier", "signature"), within=DAY),
        step(
            "signature",
            "head",
            OFFICE,
            action("sign", "head", "handover", not_who_did=("verification", "intake")),
            action("send_back", "head", "draft"),
            action("send_far_back", "head", "verification"),
            withdraw(),
            within=DAY,
        ),
        step(
            "refusal",
            "head",
            OFFICE,
            action("refuse", "head", "refused"),
            action("reject_proposal", "head", "verification"),
            within=DAY,
        ),
        step("handover", "counter", OFFICE, action("hand_over", "counter", "issued"), within=DAY),
    ],
    asks={
        "works_opinion": Ask(
            "works_opinion",
            both("pertimbangan teknis bangunan"),
            "judge",
            {
                "judge": step(
                    "judge", "works", Party.AGENCY, action("pass_on", "works", "approve")
                ),
                "approve": step(
                    "approve",
                    "works",
                    Party.AGENCY,
                    action("recommend", "works", None, answer="positive"),
                    action("advise_against", "works", None, answer="negative"),
                ),
            },
            Within(4),
        ),
        "green_opinion": Ask(
            "green_opinion",
            both("pertimbangan lingkungan"),
            "judge",
            {
                "judge": step(
                    "judge",
                    "environment",
                    Party.AGENCY,
                    action("recommend", "environment", None, answer="positive"),
                )
            },
            Within(4),
        ),
    },
)


def crowded(seed: int) -> Sop:
    """Return an SOP of random shape: many arrows, back and forth over all lanes."""
    dice = random.Random(seed)
    lanes = dice.sample([name for name in LANES if name != "clock"], dice.randint(2, 9))
    names = [f"langkah_{n}" for n in range(dice.randint(3, 12))]
    targets = [*names, *ENDS]
    steps = []
    for place, name in enumerate(names):
        on = names[place + 1] if place + 1 < len(names) else "issued"
        goes = [on, *dice.sample(targets, dice.randint(0, 4))]
        lane_name = dice.choice(lanes)
        actions = [action(f"tindakan_{n}", lane_name, to) for n, to in enumerate(goes)]
        steps.append(step(name, lane_name, LANES[lane_name].party, *actions, within=DAY))
    return sop(f"acak-{seed}", steps)
