"""The embedded server: keeps what was committed, owns its folder alone, touches no other."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.bed import scratch_folder
from tests.setup.processes import Program, gone, program, wait_for
from web import postgres_host
from web.embedded import ADMIN_LOGIN, APP_LOGIN, SUPERUSER, EmbeddedServer, running
from web.locks import FolderHeld
from web.postgres_host import Account, EmbeddedServerError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root must hand the server to another")

HOLDER = """
import sys
from pathlib import Path
import web.embedded
if {orphans}:
    web.embedded.die_with_parent = lambda number: None
server = web.embedded.EmbeddedServer(Path({folder!r}))
server.start()
print("server", server.pid, flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with scratch_folder() as made:
        yield made / "var"


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedServer]:
    made = EmbeddedServer(folder)
    made.start()
    yield made
    made.stop()


def keep(server: EmbeddedServer, word: str) -> None:
    with psycopg.connect(server.url(SUPERUSER)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [word])


def kept(server: EmbeddedServer) -> set[str]:
    with psycopg.connect(server.url(SUPERUSER)) as connection:
        return {row[0] for row in connection.execute("SELECT word FROM kept")}


def holder(folder: Path, *, orphans: bool) -> str:
    return HOLDER.format(folder=str(folder), orphans=orphans)


def server_of(held: Program) -> psutil.Process:
    return psutil.Process(int(held.says("server").split()[1]))


class TestData:
    def test_survives_a_clean_end(self, folder: Path) -> None:
        with running(folder) as first:
            keep(first, "clean")
        with running(folder) as second:
            assert "clean" in kept(second)

    def test_survives_kill_9_of_the_server(self, server: EmbeddedServer) -> None:
        keep(server, "server killed")
        assert server.pid is not None
        before = server.pid
        os.kill(before, signal.SIGKILL)
        wait_for(server.restart_if_dead, "the dead server is noticed and started")
        assert server.pid != before
        assert "server killed" in kept(server)

    def test_survives_kill_9_of_the_program_and_the_server_ends_with_it(self, folder: Path) -> None:
        with program(holder(folder, orphans=False), {}) as held:
            process = server_of(held)
            keep(EmbeddedServer(folder), "program killed")
            held.process.kill()
            wait_for(lambda: gone(process), "the server ends with its program")
        with running(folder) as again:
            assert "program killed" in kept(again)

    def test_survives_an_orphaned_server_which_the_next_start_ends(self, folder: Path) -> None:
        with program(holder(folder, orphans=True), {}) as held:
            orphan = server_of(held)
            keep(EmbeddedServer(folder), "orphaned")
            held.process.kill()
            held.ends()
            assert not gone(orphan)
            with running(folder):  # it serves whoever asks while nobody owns it
                pass
            server = EmbeddedServer(folder)
            server.start()
            assert gone(orphan)
            assert server.pid != orphan.pid
            assert "orphaned" in kept(server)
            server.stop()

    def test_survives_both_killed_at_once(self, folder: Path) -> None:
        with program(holder(folder, orphans=True), {}) as held:
            process = server_of(held)
            keep(EmbeddedServer(folder), "both killed")
            held.process.kill()
            process.kill()
            wait_for(lambda: gone(process), "the server is dead")
        with running(folder) as again:
            assert "both killed" in kept(again)

    def test_is_safe_from_a_power_cut(self, server: EmbeddedServer) -> None:
        with psycopg.connect(server.url()) as connection:
            for name in ("fsync", "full_page_writes", "synchronous_commit"):
                row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
                assert row == ("on",), name


class TestStart:
    def test_takes_away_a_stale_file_that_names_a_stranger(self, folder: Path) -> None:
        stale = folder / "postgres" / "postmaster.pid"
        lines = [str(os.getpid()), str(folder), "1", "5432", "/tmp", "", "1 1", "ready"]
        with running(folder):
            pass
        stale.write_text("\n".join(lines) + "\n")
        with running(folder) as server:
            assert server.pid is not None

    def test_begins_anew_where_the_first_start_was_cut_short(self) -> None:
        with scratch_folder() as made:
            half = made / "var" / "postgres.new"
            half.mkdir(parents=True)
            (made / "var").chmod(0o711)
            (half / "PG_VERSION").write_text("18\n")
            with running(made / "var") as server:
                assert server.pid is not None
            assert not half.exists()

    def test_refuses_a_folder_of_another_version(self) -> None:
        with scratch_folder() as made:
            old = made / "var" / "postgres"
            old.mkdir(parents=True)
            (made / "var").chmod(0o711)
            (old / "PG_VERSION").write_text("16\n")
            with pytest.raises(EmbeddedServerError, match="made by PostgreSQL 16"):
                EmbeddedServer(made / "var").start()

    def test_finds_a_short_place_for_its_socket_and_keeps_it(self) -> None:
        with scratch_folder() as made:
            deep = made / ("folder-with-a-long-name-" * 4)
            with running(deep) as first:
                place = first.url()
            with running(deep) as second:
                assert second.url() == place
            shutil.rmtree((deep / "run.path").read_text())

    def test_gives_the_two_logins_the_rights_of_their_roles(self, server: EmbeddedServer) -> None:
        with psycopg.connect(server.url(APP_LOGIN)) as connection:
            connection.execute("SET ROLE satupintu_app")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("SET ROLE satupintu_owner")
        with psycopg.connect(server.url(ADMIN_LOGIN)) as connection:
            connection.execute("SET ROLE satupintu_owner")


class TestFolder:
    def test_has_one_holder_and_names_it_to_the_second(
        self, server: EmbeddedServer, folder: Path
    ) -> None:
        with pytest.raises(FolderHeld, match=f"process {os.getpid()} since"):
            EmbeddedServer(folder).start()
        assert kept(server) is not None

    def test_is_free_again_after_kill_9(self, folder: Path) -> None:
        with program(holder(folder, orphans=False), {}) as held:
            server_of(held)
            held.process.kill()
            held.ends()
        with running(folder) as again:
            assert again.pid is not None

    def test_leaves_the_permissions_of_others_alone(self) -> None:
        with scratch_folder() as made:
            others = made / "others"
            others.mkdir(mode=0o750)
            wheel = postgres_host.wheel_folder()
            watched = [others, made, *made.parents, wheel, wheel / "bin", *wheel.parents]
            before = {path: (path.stat().st_mode, path.stat().st_uid) for path in watched}
            with running(others.parent / "var"):
                pass
            assert {path: (path.stat().st_mode, path.stat().st_uid) for path in watched} == before

    @as_root
    def test_below_a_closed_folder_is_refused_and_nothing_is_opened(self) -> None:
        with scratch_folder() as made:
            closed = made / "closed"
            closed.mkdir(mode=0o700)
            with pytest.raises(EmbeddedServerError, match="SATUPINTU_DATA_DIR"):
                EmbeddedServer(closed / "var").start()
            assert closed.stat().st_mode & 0o777 == 0o700

    def test_and_socket_are_closed_to_other_users(self, server: EmbeddedServer) -> None:
        for name in ("postgres", "run"):
            assert (server.data_dir / name).stat().st_mode & 0o077 == 0

    @as_root
    def test_lets_no_other_user_of_the_machine_in(self, server: EmbeddedServer) -> None:
        tried = subprocess.run(
            [server.program("psql"), server.url(SUPERUSER), "-c", "select 1"],
            check=False,
            capture_output=True,
            text=True,
            user=54321,
            group=54321,
            extra_groups=[],
        )
        assert tried.returncode != 0


class TestPrograms:
    @as_root
    def test_are_copied_where_the_servers_user_cannot_read_them(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with scratch_folder() as made:
            closed = made / "closed"
            closed.mkdir(mode=0o700)
            source = postgres_host.wheel_folder()
            wheel = closed / source.parent.name / source.name
            shutil.copytree(source, wheel, symlinks=True)
            libraries = f"{source.parent.name}.libs"
            shutil.copytree(source.parents[1] / libraries, closed / libraries)
            monkeypatch.setattr(postgres_host, "wheel_folder", lambda: wheel)
            with running(made / "var") as server:
                assert server.program("postgres").is_relative_to(made / "var")
                with psycopg.connect(server.url()) as connection:
                    assert connection.execute("SELECT 1").fetchone() == (1,)
            assert closed.stat().st_mode & 0o777 == 0o700

    def test_that_are_missing_name_the_way_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(postgres_host, "find_spec", lambda name: None)
        with pytest.raises(EmbeddedServerError, match="DATABASE_URL"):
            postgres_host.wheel_folder()


@pytest.mark.parametrize(
    ("mode", "expected"), [(0o711, True), (0o755, True), (0o700, False), (0o770, False)]
)
def test_a_folder_is_reachable_where_every_folder_above_lets_the_user_through(
    mode: int, expected: bool
) -> None:
    stranger = Account("stranger", uid=54321, gid=54321)
    with scratch_folder() as made:
        above = made / "above"
        above.mkdir()
        above.chmod(mode)
        assert postgres_host.reachable(above / "data", stranger) is expected
        assert postgres_host.reachable(above / "data", None)
