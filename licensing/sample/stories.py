"""How the files of the sample office go: each a list of presses with the time between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

Role = Literal[
    "counter", "verifier", "head", "inspector", "billing", "teller",
    "agency_pu", "agency_head_pu", "agency_lh", "agency_head_lh",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beat:
    """One press: after how many office minutes, by whom, what."""

    minutes: int
    role: Role
    action: str
    reason: str | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    """Papers found wrong before this press: paper → what is wrong."""
    ask: str | None = None
    """The side path it is pressed in: opinion_pu#1."""


@dataclass(frozen=True, slots=True)
class Story:
    """One way a file goes. `days_ago` is when it is filed, in working days before today."""

    name: str
    days_ago: tuple[int, int]
    beats: Sequence[Beat]
    weight: int
    service: str = "siup"


def stories(random: Random) -> tuple[Story, ...]:
    """Return the ways that files of the SIUP go here, with how many of sixty go each."""

    def minutes(low: int, high: int) -> int:
        return random.randrange(low, high)

    accept = Beat(minutes(6, 25), "counter", "accept")
    approve = Beat(minutes(60, 500), "verifier", "approve")
    sign = Beat(minutes(40, 420), "head", "sign")
    hand_over = Beat(minutes(90, 900), "counter", "hand_over")
    blurred = {"ktp": "Nomor tidak terbaca. Pindai ulang dengan terang."}
    unsigned = {"neraca": "Belum ditandatangani penanggung jawab."}
    correct = Beat(
        minutes(90, 420),
        "verifier",
        "return_for_correction",
        "Mohon perbaiki dokumen yang disebut di daftar.",
        faults=unsigned,
    )
    lacking = Beat(
        minutes(8, 30),
        "counter",
        "return_incomplete",
        "Mohon lengkapi dokumen yang disebut di daftar.",
        faults=blurred,
    )
    refuse = Beat(
        minutes(30, 300),
        "head",
        "refuse",
        "Kegiatan usaha tidak termasuk perdagangan menurut dokumen yang diajukan.",
    )
    propose = Beat(
        minutes(90, 420),
        "verifier",
        "propose_refusal",
        "Kegiatan usaha tidak termasuk perdagangan.",
    )
    slow = Beat(minutes(1600, 2000), "verifier", "approve")
    withdraw = Beat(minutes(60, 400), "counter", "withdraw", "Pemohon pindah ke kota lain.")
    resubmit = Beat(minutes(500, 1400), "counter", "resubmit_correction")
    again = Beat(minutes(400, 1300), "counter", "resubmit")
    return (
        Story("issued", (6, 38), (accept, approve, sign, hand_over), 18),
        Story("issued late", (14, 38), (accept, slow, sign, hand_over), 2),
        Story("ready", (2, 4), (accept, approve, sign), 5),
        Story("to sign", (1, 2), (accept, approve), 5),
        Story("to verify", (0, 2), (accept,), 8),
        Story("late at the verifier", (5, 7), (accept,), 2),
        Story("late at the head", (6, 8), (accept, approve), 1),
        Story("at the counter", (0, 1), (), 3),
        Story("incomplete", (1, 4), (lacking,), 3),
        Story("with the applicant", (3, 6), (accept, correct), 4),
        Story("corrected", (9, 30), (accept, correct, resubmit, approve, sign, hand_over), 3),
        Story("completed", (4, 7), (lacking, again, accept), 1),
        Story("refused", (6, 28), (accept, propose, refuse), 3),
        Story("withdrawn", (5, 20), (accept, withdraw), 1),
        Story("given up", (18, 24), (lacking,), 1),
    )


def choose(random: Random, count: int) -> list[Story]:
    """Return `count` stories: of sixty, as many of each as its weight; more repeat the mix."""
    chosen: list[Story] = []
    while len(chosen) < count:
        round_of = [story for story in stories(random) for _ in range(story.weight)]
        random.shuffle(round_of)
        chosen += round_of
    return chosen[:count]
