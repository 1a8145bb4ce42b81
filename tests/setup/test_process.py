"""`satupintu serve`: one process tree that starts whole, mends itself and ends whole."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.bed import Urls, scratch_folder
from tests.setup.processes import Program, gone, program, wait_for
from web.embedded import EmbeddedServer
from web.process import PortTaken, listen, pause_seconds, wait_for_answer

SERVE = "from web.cli import main; main(['serve'])"

# The office as it is, but for its sample data and its timed jobs.
OFFICE = """
import sys, types
from config import Settings
from web.process import Supervisor
first = types.ModuleType("web.first_run")
account = types.SimpleNamespace(name="loket", role="counter", password="buka-pintu")
first.prepare = lambda settings, engine: [account] if {accounts} else []
sys.modules["web.first_run"] = first
idle = [sys.executable, "-c", {idle!r}, "scheduler"]
say = lambda line: print(line, flush=True)
sys.exit(Supervisor(Settings.from_environment(), say=say, commands={{"scheduler": idle}}).run())
"""
IDLE = """
import signal, sys
from web.parent import end_with
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
end_with(sys.stdin.fileno())
while True:
    signal.pause()
"""


def office(*, accounts: bool = False) -> str:
    return OFFICE.format(idle=IDLE, accounts=accounts)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with scratch_folder() as made:
        yield made / "var"


@pytest.fixture
def environment(folder: Path) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return {"SATUPINTU_DATA_DIR": str(folder), "PORT": str(port)}


def port_of(environment: Mapping[str, str]) -> int:
    return int(environment["PORT"])


def up(running: Program) -> dict[str, psutil.Process]:
    """Return the children of an office that says it is there."""
    running.says("Satupintu: http")
    return running.children()


class TestStart:
    def test_brings_database_web_and_scheduler_and_says_where(
        self, environment: dict[str, str]
    ) -> None:
        with program(office(accounts=True), environment) as running:
            children = up(running)
            assert set(children) == {"postgres", "web", "scheduler"}
            assert f"http://127.0.0.1:{environment['PORT']}" in running.text
            assert "buka-pintu" in running.text
            assert wait_for_answer("127.0.0.1", port_of(environment), lambda: None)

    def test_of_a_known_office_prints_no_password(self, environment: dict[str, str]) -> None:
        with program(office(), environment) as running:
            up(running)
            assert "Akun contoh" not in running.text

    def test_keeps_the_owners_address_from_its_children(self, environment: dict[str, str]) -> None:
        with program(office(), environment) as running:
            given = up(running)["web"].environ()
            assert "satupintu@" in given["DATABASE_URL"]
            assert "SATUPINTU_OWNER_DATABASE_URL" not in given

    def test_with_a_database_brings_no_server_and_no_samples(
        self, environment: dict[str, str], fresh_database: Urls
    ) -> None:
        key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        given = {
            "DATABASE_URL": fresh_database.app,
            "SATUPINTU_OWNER_DATABASE_URL": fresh_database.owner,
            "SATUPINTU_SECRET_KEY": "s" * 40,
            "SATUPINTU_NIK_ENCRYPTION_KEY": key,
            "SATUPINTU_NIK_HASH_KEY": key,
        }
        with program(office(accounts=True), environment | given) as running:
            assert set(up(running)) == {"web", "scheduler"}
            assert "Akun contoh" not in running.text

    def test_on_a_taken_port_says_so_and_ends_with_1(self, environment: dict[str, str]) -> None:
        with listen("127.0.0.1", port_of(environment)), program(SERVE, environment) as running:
            assert running.ends() == 1
            assert f"Port {environment['PORT']}" in running.text
            assert "Traceback" not in running.text

    def test_on_a_folder_in_use_names_its_holder_and_ends_with_1(
        self, environment: dict[str, str], folder: Path
    ) -> None:
        server = EmbeddedServer(folder)
        server.start()
        try:
            with program(SERVE, environment) as second:
                assert second.ends() == 1
                assert f"process {os.getpid()}" in second.text
                assert "Traceback" not in second.text
        finally:
            server.stop()

    def test_with_a_wrong_setting_names_it_and_ends_with_2(
        self, environment: dict[str, str]
    ) -> None:
        with program(SERVE, environment | {"PORT": "eighty"}) as running:
            assert running.ends() == 2
            assert "PORT is 'eighty'" in running.text
            assert "Traceback" not in running.text


class TestLife:
    def test_a_killed_web_process_is_replaced_and_no_caller_turned_away(
        self, environment: dict[str, str]
    ) -> None:
        with program(office(), environment) as running:
            first = up(running)["web"]
            first.kill()
            # The port stays open while nobody serves: this call waits in the queue.
            with socket.create_connection(("127.0.0.1", port_of(environment)), 30) as caller:
                caller.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                assert caller.recv(4) == b"HTTP"
            second = wait_for(lambda: running.children().get("web"), "web runs again")
            assert second.pid != first.pid

    def test_a_killed_database_is_started_again(
        self, environment: dict[str, str], folder: Path
    ) -> None:
        with program(office(), environment) as running:
            first = up(running)["postgres"]
            url = EmbeddedServer(folder).url()
            first.kill()
            running.says("was started again")
            assert running.children()["postgres"].pid != first.pid
            psycopg.connect(url).close()

    @pytest.mark.parametrize(
        ("failures", "seconds"), [(0, 0.0), (1, 1.0), (2, 2.0), (4, 8.0), (9, 30.0), (999, 30.0)]
    )
    def test_waits_longer_after_each_failure(self, failures: int, seconds: float) -> None:
        assert pause_seconds(failures) == seconds


class TestEnd:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_on_request_is_whole_and_clean(
        self, number: signal.Signals, environment: dict[str, str], folder: Path
    ) -> None:
        with program(office(), environment) as running:
            children = up(running)
            running.process.send_signal(number)
            assert running.ends(10) == 0, running.text
            assert "error" not in running.text
            assert all(gone(child) for child in children.values())
            assert not (folder / "postgres/postmaster.pid").exists(), "a clean end removes it"

    def test_comes_to_all_when_the_supervisor_is_killed(self, environment: dict[str, str]) -> None:
        with program(office(), environment) as running:
            children = up(running)
            assert set(children) == {"postgres", "web", "scheduler"}
            running.process.kill()
            wait_for(lambda: all(gone(child) for child in children.values()), "all have ended")
        with program(office(), environment) as again:
            assert set(up(again)) == {"postgres", "web", "scheduler"}


def test_a_taken_port_is_said_in_both_languages() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"(?s)sudah dipakai.*in use.*PORT={port + 1}"):
            listen("127.0.0.1", port)


def test_commands_are_listed_without_being_loaded() -> None:
    code = "import sys\nfrom web.cli import main\nmain(['--version'], standalone_mode=False)\n"
    with program(code + "print('flask' in sys.modules, 'alembic' in sys.modules)", {}) as running:
        assert running.ends() == 0, sys.version
        assert "False False" in running.text
