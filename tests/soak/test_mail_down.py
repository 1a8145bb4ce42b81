"""Mail is down for five days and one letter in a hundred is poison: the rest leaves, none is stuck.

The days go by at once: what waits is made due earlier by as much as a day would have done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from licensing.ports.mail import (
    Letter,
    MailChannelDown,
    PermanentMailFault,
    TemporaryMailFault,
)
from licensing.services.deliver import PROBE_EVERY, deliver
from tests.factories import House
from tests.soak.rounds import chance, rounds

pytestmark = pytest.mark.soak

DOWN = timedelta(days=5)
LETTERS = rounds(20_000)
_POISON = "poison-"


@dataclass(slots=True)
class Server:
    """A mail server that is away, then back and moody."""

    dice: Random
    away: bool = True
    probes: int = 0
    taken: list[str] = field(default_factory=list)

    def send(self, letter: Letter) -> None:
        if self.away:
            self.probes += 1
            raise MailChannelDown("no route to host")
        if letter.to.startswith(_POISON):
            raise PermanentMailFault("550 no such user")
        if self.dice.random() < 0.05:
            raise TemporaryMailFault("451 later")
        self.taken.append(letter.message_id)


def owe(house: House, application_id: UUID) -> None:
    """Let the office owe many letters; one in a hundred goes where nobody lives."""
    house.as_owner(
        "INSERT INTO notice (id, office_id, application_id, event, audience, address, channel,"
        " locale, params, created_at, next_try_at)"
        " SELECT md5('letter' || n)::uuid, %(office)s, %(id)s, 'granted', 'applicant',"
        " CASE WHEN n %% 100 = 0 THEN 'poison-' ELSE 'pemohon-' END || n || '@contoh.example',"
        " 'email', 'id', '{}', clock_timestamp(), clock_timestamp()"
        " FROM generate_series(1, %(count)s) AS n",
        office=house.office_id,
        id=application_id,
        count=LETTERS,
    )


def go_by(house: House, span: timedelta) -> None:
    house.as_owner(
        "UPDATE notice SET next_try_at = next_try_at - %(span)s WHERE next_try_at IS NOT NULL",
        span=span,
    )
    house.as_owner("UPDATE heartbeat SET at = at - %(span)s", span=span)


def test_after_five_days_ninety_nine_in_a_hundred_leave_and_the_rest_is_parked(
    house: House,
) -> None:
    server = Server(chance("mail down"))
    house.runtime.mail = server
    application_id = house.application("verification")
    house.as_owner("DELETE FROM notice")
    owe(house, application_id)

    looks = 0
    for _ in range(DOWN // timedelta(hours=1)):
        report = deliver(house.runtime)
        looks += 1
        assert (report.sent, report.put_off, report.parked) == (0, 0, 0)
        go_by(house, timedelta(hours=1))
    assert server.probes == looks, "one letter is tried, not all of them"
    assert deliver(house.runtime).down
    assert server.probes == looks + 1
    assert deliver(house.runtime).down, f"asked again after {PROBE_EVERY}"
    assert server.probes == looks + 1
    tries = house.rows("SELECT DISTINCT tries FROM notice")
    assert [row.tries for row in tries] == [0], "days without a server are no tries"

    server.away = False
    for _ in range(40):
        go_by(house, timedelta(hours=6))
        while deliver(house.runtime, limit=LETTERS).sent:
            pass
        if not house.rows("SELECT 1 FROM notice WHERE next_try_at IS NOT NULL LIMIT 1"):
            break
    row = house.rows(
        "SELECT count(*) FILTER (WHERE sent_at IS NOT NULL) AS sent,"
        " count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked,"
        " count(*) FILTER (WHERE next_try_at IS NOT NULL) AS stuck,"
        " max(tries) AS tries FROM notice"
    )[0]
    poison = LETTERS // 100
    print(f"{row.sent} sent, {row.parked} parked, {row.stuck} stuck, at most {row.tries} tries")
    assert (row.sent, row.parked, row.stuck) == (LETTERS - poison, poison, 0)
    assert len(server.taken) == len(set(server.taken)) == LETTERS - poison
