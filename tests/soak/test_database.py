"""PostgreSQL is killed under load: what was acknowledged is kept, and nobody lifts a hand."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic

import psutil
import pytest

from licensing.database import OWNER_ROLE, connect
from tests.bed import scratch_folder
from tests.factories import House, broken_promises, make_house, make_runtime
from tests.setup.processes import Program, gone, program, wait_for
from tests.setup.test_process import office, up
from tests.soak.crew import Worker, working
from tests.soak.rounds import chance, rounds
from tests.soak.work import Place, press_whatever_happens
from web.embedded import ADMIN_LOGIN, EmbeddedServer

pytestmark = pytest.mark.soak

PRESSERS = 4
BACK_WITHIN_S = 30.0
_KILLS_EACH = 20
"""Then other applications: a history in an office is not thousands of lines long."""


@pytest.fixture
def folder() -> Iterator[Path]:
    with scratch_folder() as made:
        yield made / "var"


@pytest.fixture
def supervised(folder: Path) -> Iterator[Program]:
    """A whole office as `satupintu serve` runs it, without its timed jobs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with program(office(), {"SATUPINTU_DATA_DIR": str(folder), "PORT": str(port)}) as running:
        up(running)
        yield running


@pytest.fixture
def house(supervised: Program, folder: Path, tmp_path: Path) -> Iterator[House]:
    server = EmbeddedServer(folder)
    app = connect(server.url(), pool_size=2)
    owner = connect(
        server.url(ADMIN_LOGIN),
        role=OWNER_ROLE,
        pool_size=1,
        statement_timeout_ms=0,
        idle_timeout_ms=0,
    )
    yield make_house(make_runtime(app, tmp_path), owner)
    app.dispose()
    owner.dispose()


@pytest.fixture
def place(house: House, folder: Path, tmp_path: Path) -> Place:
    people = house.people
    url = EmbeddedServer(folder).url()
    return Place(url, tmp_path, house.office_id, people.verifier, people.head)


def database_of(supervised: Program) -> psutil.Process:
    return wait_for(lambda: supervised.children().get("postgres"), "the database is back", 30)


def hear_all(pressers: list[Worker]) -> None:
    """Hear what was told until now, so that the next word is a new one."""
    for presser in pressers:
        while presser.ear.poll():
            presser.says()


class TestKilledUnderLoad:
    def test_keeps_what_was_acknowledged_and_is_back_without_hands(
        self, house: House, place: Place, supervised: Program
    ) -> None:
        dice = chance("database killed")
        kills, longest, heard = rounds(200), 0.0, 0
        while kills:
            applications = [house.application("verification") for _ in range(PRESSERS)]
            for application in applications:
                house.judge_all(application)
            with ExitStack() as crew:
                pressers = [
                    crew.enter_context(working(press_whatever_happens, place, application))
                    for application in applications
                ]
                for presser in pressers:
                    presser.says()
                for _ in range(min(kills, _KILLS_EACH)):
                    kills -= 1
                    pressers[0].listen(dice.uniform(0, 0.3))
                    longest = max(longest, _killed(supervised, pressers))
                told = [presser.kill() for presser in pressers]
            heard += sum(len(lines) for lines in told)
            for application, acknowledged in zip(applications, told, strict=True):
                rows = house.rows(
                    "SELECT seq FROM application_event WHERE application_id = %(id)s ORDER BY seq",
                    id=application,
                )
                found = [row.seq for row in rows]
                assert found == list(range(1, len(found) + 1))
                assert acknowledged == sorted(set(acknowledged))
                assert set(acknowledged) <= set(found)
        print(f"back after {longest:.1f} s at most, {heard} presses acknowledged")
        assert "was started again" in supervised.text
        assert broken_promises(house) == {}

    def test_leaves_the_web_server_up_and_its_pages_come_back(self, supervised: Program) -> None:
        web, port = supervised.children()["web"], port_of(supervised)
        assert ready(port) == 200
        for _ in range(rounds(20)):
            database = database_of(supervised)
            os.kill(database.pid, signal.SIGKILL)
            wait_for(lambda dead=database: gone(dead), "the database is dead")
            # Meanwhile it answers, whatever it has to say.
            wait_for(lambda: ready(port) == 200, "pages are served again", BACK_WITHIN_S)
        assert supervised.children()["web"] == web


def ready(port: int) -> int:
    """Return how the web server says it is: 200, or 503 while it has no database."""
    caller = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        caller.request("GET", "/readyz")
        status = caller.getresponse().status
    finally:
        caller.close()
    assert status in (200, 503)
    return status


def port_of(supervised: Program) -> int:
    return int(supervised.says("Satupintu: http").strip().rpartition(":")[2])


def _killed(supervised: Program, pressers: list[Worker]) -> float:
    """Kill the database; return the seconds until everybody's next press was acknowledged."""
    database = database_of(supervised)
    os.kill(database.pid, signal.SIGKILL)
    begin = monotonic()
    wait_for(lambda: database_of(supervised) != database, "another database", BACK_WITHIN_S)
    hear_all(pressers)
    for presser in pressers:
        presser.says(max(0.0, begin + BACK_WITHIN_S - monotonic()))
    return monotonic() - begin
