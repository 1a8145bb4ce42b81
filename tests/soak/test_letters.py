"""Whoever sends letters is killed while sending: none is lost, and a repeat is the same letter."""

from __future__ import annotations

from contextlib import ExitStack
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from licensing.services.deliver import LEASE, message_id
from tests.factories import House, broken_promises
from tests.setup.processes import wait_for
from tests.soak.crew import working
from tests.soak.rounds import chance, rounds
from tests.soak.work import Place, deliver_until_nothing_waits

pytestmark = pytest.mark.soak

DELIVERERS = 2
_MOST_KILLS = rounds(2_000)


def waiting(house: House) -> int:
    query = "SELECT count(*) AS letters FROM notice WHERE channel = 'email' AND sent_at IS NULL"
    return int(house.rows(query)[0].letters)


def let_leases_lapse(house: House) -> None:
    """Let the time go by after which a letter is taken back from whoever died with it."""
    house.as_owner(
        "UPDATE notice SET next_try_at = next_try_at - %(lease)s WHERE next_try_at IS NOT NULL",
        lease=LEASE,
    )


def test_deliverers_killed_while_sending_lose_no_letter(
    house: House, place: Place, tmp_path: Path
) -> None:
    dice = chance("killed deliverers")
    folder = tmp_path / "surat"
    for _ in range(rounds(300)):
        house.application("verification")
    assert waiting(house) == rounds(300)
    told: list[tuple[str, str]] = []
    kills = 0
    while waiting(house) > rounds(300) // 10 and kills < _MOST_KILLS:
        with ExitStack() as crew:
            deliverers = [
                crew.enter_context(working(deliver_until_nothing_waits, place, folder))
                for _ in range(DELIVERERS)
            ]
            for deliverer in deliverers:
                deliverer.says()
            for deliverer in deliverers:
                deliverer.listen(dice.uniform(0, 0.12))
                told += deliverer.kill()
                kills += 1
        let_leases_lapse(house)

    def delivered() -> bool:
        let_leases_lapse(house)
        with working(deliver_until_nothing_waits, place, folder) as last:
            told.extend(last.ended(0))
        return waiting(house) == 0

    wait_for(delivered, "the rest is sent", 60)
    sent = [letter for word, letter in told if word == "sending"]
    print(f"{len(set(sent))} letters in {len(sent)} attempts, {kills} deliverers killed")

    rows = house.rows("SELECT id, tries, parked_at FROM notice WHERE channel = 'email'")
    letters = {message_id(house.runtime, row.id) for row in rows}
    assert {(row.tries, row.parked_at) for row in rows} == {(1, None)}
    assert set(sent) == letters
    parser = BytesParser(policy=policy.default)
    found = [
        parser.parsebytes(path.read_bytes(), headersonly=True)["Message-ID"]
        for path in folder.glob("*.eml")
    ]
    assert sorted(found) == sorted(letters)
    assert kills >= DELIVERERS
    assert broken_promises(house) == {}
