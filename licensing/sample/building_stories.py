"""How the building permits and the free permits of the sample office go."""

from __future__ import annotations

from collections.abc import Collection
from random import Random

from licensing.sample.stories import Beat, Role, Story

BUILDING = "imb"
NURSE = "sip-perawat"


def building_stories(random: Random) -> tuple[Story, ...]:
    """Return the ways that building permits go here: one of each."""

    def beat(low: int, high: int, role: Role, action: str, reason: str | None = None) -> Beat:
        return Beat(random.randrange(low, high), role, action, reason)

    def opinion(agency: str, answer: str, reason: str | None = None) -> tuple[Beat, Beat]:
        ask = f"opinion_{agency}#1"
        lane: Role = "agency_pu" if agency == "pu" else "agency_lh"
        head: Role = "agency_head_pu" if agency == "pu" else "agency_head_lh"
        return (
            Beat(random.randrange(60, 240), lane, "propose", ask=ask),
            Beat(random.randrange(30, 150), head, answer, reason, ask=ask),
        )

    accept = beat(8, 30, "counter", "accept")
    approve = beat(40, 200, "verifier", "approve")
    schedule = beat(20, 120, "inspector", "schedule")
    # The visit is on the next working day at the earliest.
    visit = beat(460, 620, "inspector", "report")
    pu, lh = opinion("pu", "agree"), opinion("lh", "agree")
    grant = beat(40, 200, "verifier", "propose_grant")
    bill = beat(15, 90, "billing", "issue_bill")
    pay = beat(100, 900, "teller", "pay")
    sign = beat(40, 300, "head", "sign")
    hand_over = beat(90, 900, "counter", "hand_over")
    opened = (accept, approve, schedule)
    answered = (*opened, *pu, *lh, visit)
    billed = (*answered, grant, bill)
    postpone = beat(
        60, 200, "counter", "postpone", "Pemilik rumah sedang di luar kota, mohon diundur."
    )
    objected = opinion("lh", "object", "Garis sempadan sungai belum dipenuhi.")
    refused = (
        beat(60, 200, "verifier", "propose_refusal", "Pendapat dinas lingkungan hidup menolak."),
        beat(60, 200, "head", "refuse", "Bangunan berada di dalam garis sempadan sungai."),
    )
    return (
        Story("building issued", (14, 26), (*billed, pay, sign, hand_over), 3, BUILDING),
        Story("building to sign", (8, 9), (*billed, pay), 1, BUILDING),
        Story("building to pay", (7, 8), billed, 2, BUILDING),
        Story("building to bill", (6, 7), (*answered, grant), 1, BUILDING),
        Story("building to review", (5, 6), answered, 1, BUILDING),
        Story("building to visit", (2, 3), opened, 1, BUILDING),
        Story("building at the agencies", (2, 3), (*opened, *pu), 1, BUILDING),
        Story("building to plan", (2, 3), (accept, approve), 1, BUILDING),
        Story("building postponed", (5, 6), (*opened, *pu, *lh, postpone), 1, BUILDING),
        Story(
            "building refused",
            (12, 20),
            (*opened, *pu, *objected, visit, *refused),
            1,
            BUILDING,
        ),
        Story("building withdrawn after the bill", (12, 20), (*billed, _withdraw(random)), 1,
              BUILDING),
        Story("building not paid", (34, 38), billed, 1, BUILDING),
    )  # fmt: skip


def choose_others(random: Random, count: int, services: Collection[str]) -> list[Story]:
    """Return `count` stories of the services other than the SIUP, as far as they are offered."""
    building = [story for story in building_stories(random) for _ in range(story.weight)]
    # The nurses' permit first: it is what most people ask such an office for.
    others = sorted(set(services) - {BUILDING, "siup"}, key=lambda name: (name != NURSE, name))
    chosen: list[Story] = []
    while len(chosen) < count and services:
        found = (building if BUILDING in services else []) + list(free_stories(random, others))
        if not found:
            break
        chosen += found
    return chosen[:count]


def free_stories(random: Random, services: Collection[str]) -> tuple[Story, ...]:
    """Return one way for each of these free services, as far as two officers and the head go."""
    accept = Beat(random.randrange(6, 25), "counter", "accept")
    approve = Beat(random.randrange(60, 500), "verifier", "approve")
    sign = Beat(random.randrange(40, 420), "head", "sign")
    hand_over = Beat(random.randrange(90, 900), "counter", "hand_over")
    ways: tuple[tuple[str, tuple[int, int], tuple[Beat, ...]], ...] = (
        ("issued", (8, 30), (accept, approve, sign, hand_over)),
        ("to verify", (0, 2), (accept,)),
        ("to sign", (2, 4), (accept, approve)),
        ("at the counter", (0, 0), ()),
    )
    return tuple(
        Story(f"{service} {name}", days, beats, 1, service)
        for service, (name, days, beats) in zip(
            services, _cycle(random, ways, len(services)), strict=True
        )
    )


def _withdraw(random: Random) -> Beat:
    return Beat(
        random.randrange(60, 400), "counter", "withdraw", "Rencana membangun dibatalkan pemilik."
    )


def _cycle(
    random: Random, ways: tuple[tuple[str, tuple[int, int], tuple[Beat, ...]], ...], count: int
) -> list[tuple[str, tuple[int, int], tuple[Beat, ...]]]:
    chosen = [ways[number % len(ways)] for number in range(count)]
    random.shuffle(chosen)
    return chosen
