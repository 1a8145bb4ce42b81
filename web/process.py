"""One process tree: a supervisor, the embedded database where none is named, web and scheduler.

The supervisor binds the port itself and hands the open socket on, so that a web process which
crashed is replaced without a caller being turned away. A child reads its standard input, which
the supervisor holds open: however the supervisor ends, its children see that and end too.
"""

from __future__ import annotations

import errno
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Protocol

from config import Settings
from licensing.database import connect
from migrations.roles import RolesMissing
from web.cli.migrate import owner_address, upgrade
from web.embedded import ADMIN_LOGIN, APP_LOGIN, EmbeddedServer
from web.postgres_host import EmbeddedServerError

_LOOK_SECONDS = 0.2
_STEADY_SECONDS = 60.0
_LONGEST_PAUSE_SECONDS = 30.0
_CHILD_SECONDS = 4.0
_SERVER_SECONDS = 4.0
_ANSWER_SECONDS = 60.0


class PortTaken(RuntimeError):
    """Something else listens where the web server should."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        super().__init__(
            f"Port {port} di {host} sudah dipakai program lain; pilih yang lain: PORT={port + 1}\n"
            f"Port {port} on {host} is in use by another program; choose another: PORT={port + 1}"
        )


class SampleAccount(Protocol):
    """An account of the sample office, to be printed once."""

    @property
    def name(self) -> str:
        """What to type when signing in."""

    @property
    def role(self) -> str:
        """What the account is for."""

    @property
    def password(self) -> str:
        """The password, never shown again."""


class _Stop(BaseException):
    """Somebody asked the supervisor to end."""


@dataclass(slots=True)
class _Child:
    """One program that the supervisor keeps alive."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    next_start_at: float = field(default=0.0)


class Supervisor:
    """Starts everything in order, keeps it running, ends it in order."""

    def __init__(
        self,
        settings: Settings,
        *,
        say: Callable[[str], object] = print,
        commands: Mapping[str, list[str]] | None = None,
    ) -> None:
        self.settings = settings
        self._say = say
        self._commands = dict(commands or {})
        self._server = EmbeddedServer(settings.data_dir) if settings.embedded else None
        self._children: list[_Child] = []
        self._socket: socket.socket | None = None
        self._server_failures = 0
        self._server_next_start_at = 0.0
        self._ending = threading.Event()

    def run(self) -> int:
        """Run until somebody asks for the end; return the exit code.

        Raises:
            PortTaken: another program listens on the port.
            EmbeddedServerError, FolderHeld: the embedded database cannot be started.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _raise_stop)
        try:
            self._socket = listen(self.settings.host, self.settings.port)
            settings = self._open_database()
            accounts = self._prepare(settings)
            self._children = self._plan()
            for child in self._children:
                self._start(child, settings)
            self._announce(accounts, settings)
            self._keep_watch(settings)
            while True:
                self._look_after(settings)
                time.sleep(_LOOK_SECONDS)
        except _Stop:
            return 0
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            self._end()

    # -- start

    def _open_database(self) -> Settings:
        if self._server is None:
            return self.settings
        self._server.start()
        return self.settings.with_database(
            self._server.url(APP_LOGIN), self._server.url(ADMIN_LOGIN)
        )

    def _prepare(self, settings: Settings) -> Sequence[SampleAccount]:
        try:
            upgrade(owner_address(settings))
        except RolesMissing as error:
            if settings.owner_database_url is not None:
                raise
            # The application may well sign in as nobody else; somebody migrates beforehand.
            self._say(f"Not migrated: {error}")
        if self._server is None:
            return ()
        from web.first_run import prepare

        engine = connect(str(settings.database_url), pool_size=2, statement_timeout_ms=60_000)
        try:
            accounts: Sequence[SampleAccount] = prepare(settings, engine)
        finally:
            engine.dispose()
        return accounts

    def _plan(self) -> list[_Child]:
        python = [sys.executable, "-m", "web.process"]
        handle = str(self._socket.fileno()) if self._socket else ""
        commands = {"web": [*python, "web", handle], "scheduler": [*python, "scheduler"]}
        return [_Child(name, command) for name, command in (commands | self._commands).items()]

    def _start(self, child: _Child, settings: Settings) -> None:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("SATUPINTU_")
        }
        environment |= settings.to_environment()
        # Who serves requests needs no way to the owner's rights.
        environment.pop("SATUPINTU_OWNER_DATABASE_URL", None)
        handles = (self._socket.fileno(),) if self._socket and child.name == "web" else ()
        child.process = subprocess.Popen(  # noqa: S603 (our own programs, no shell)
            list(child.command),
            stdin=subprocess.PIPE,
            env=environment,
            pass_fds=handles,
            start_new_session=True,
        )
        child.started_at = time.monotonic()

    def _announce(self, accounts: Sequence[SampleAccount], settings: Settings) -> None:
        """Say where the office is, once it answers there."""
        wait_for_answer(settings.host, settings.port, lambda: self._look_after(settings))
        if accounts:
            self._say("")
            self._say("Akun contoh, hanya ditampilkan sekali / sample accounts, shown this once:")
            width = max(len(account.name) for account in accounts)
            for account in accounts:
                self._say(f"  {account.name:<{width}}  {account.password}  {account.role}")
        self._say("")
        self._say(f"Satupintu: {settings.public_url}")
        self._say("Ctrl-C mengakhiri / ends it.")

    def _keep_watch(self, settings: Settings) -> None:
        """Watch over the sweep from here: neither scheduler nor web can take that along."""
        if settings.alarms_somebody:
            from web.deadman import keep_watch

            keep_watch(settings, self._ending)

    # -- life

    def _look_after(self, settings: Settings) -> None:
        now = time.monotonic()
        self._look_after_server(now)
        for child in self._children:
            process = child.process
            if process is not None:
                code = process.poll()
                if code is None:
                    continue
                if process.stdin:
                    process.stdin.close()
                child.process = None
                steady = now - child.started_at >= _STEADY_SECONDS
                child.failures = 0 if steady else child.failures + 1
                pause = pause_seconds(child.failures)
                child.next_start_at = now + pause
                self._say(
                    f"{child.name} ended with code {code}; it starts again in {pause:g} seconds"
                )
            elif now >= child.next_start_at:
                self._start(child, settings)

    def _look_after_server(self, now: float) -> None:
        if self._server is None or now < self._server_next_start_at:
            return
        try:
            if self._server.restart_if_dead():
                self._server_failures = 0
                self._say("The database server ended unexpectedly and was started again")
        except EmbeddedServerError as error:
            self._server_failures += 1
            pause = pause_seconds(self._server_failures)
            self._server_next_start_at = now + pause
            self._say(f"{error}; next try in {pause:g} seconds")

    # -- end

    def _end(self) -> None:
        """End web, scheduler, database, in this order and within ten seconds."""
        self._ending.set()
        for child in self._children:
            if child.process is not None:
                with suppress(ProcessLookupError):
                    child.process.terminate()
        deadline = time.monotonic() + _CHILD_SECONDS
        for child in self._children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            if child.process.stdin:
                child.process.stdin.close()
        if self._server is not None:
            self._server.stop(_SERVER_SECONDS)
        if self._socket is not None:
            self._socket.close()


def pause_seconds(failures: int) -> float:
    """Return how long to wait before the next start, after so many failures in a row."""
    return min(0.5 * 2.0 ** min(failures, 10), _LONGEST_PAUSE_SECONDS) if failures else 0.0


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; who calls before the web server is up waits in its queue.

    Raises:
        PortTaken: another program listens there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(1024)
    except OSError as error:
        found.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(host, port) from error
        raise
    return found


def wait_for_answer(
    host: str, port: int, meanwhile: Callable[[], None], seconds: float = _ANSWER_SECONDS
) -> bool:
    """Return whether a web server answers there within `seconds`, whatever it says.

    `meanwhile` is called every now and then.
    """
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (looked up)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((near, port), timeout=1) as caller:
            caller.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            caller.settimeout(_LOOK_SECONDS)
            while time.monotonic() < deadline:
                try:
                    answer = caller.recv(1)
                except TimeoutError:
                    meanwhile()
                    continue
                if answer:
                    return True
                break  # it ended while we stood in the queue: ask again
        meanwhile()
        time.sleep(_LOOK_SECONDS)
    return False


def run_web(settings: Settings, handle: int) -> None:
    """Serve pages on an open socket until told to end; requests under way are finished."""
    import waitress

    from web.app import create_app
    from web.wiring import runtime_from

    _allow_many_files()
    options: dict[str, object] = {}
    if settings.proxies:
        options = {
            "trusted_proxy": "*",
            "trusted_proxy_count": settings.proxies,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        }
    app = create_app(settings, runtime_from(settings))
    # What was made so far lives as long as the process, and what a page makes ends with it:
    # looking for cycles every few hundred things finds none and costs time on every page.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    server = waitress.create_server(
        app,
        sockets=[socket.socket(fileno=handle)],
        threads=settings.web_threads,
        # Slow callers are kept aside, cheaply, and starve nobody.
        connection_limit=2_000,
        channel_timeout=60,
        asyncore_use_poll=True,
        max_request_body_size=32 * 1024 * 1024,
        clear_untrusted_proxy_headers=True,
        ident=None,
        **options,
    )
    server.run()


def run_scheduler(settings: Settings) -> None:
    """Run the timed jobs until told to end."""
    from web.scheduler import main

    main(settings)


def _allow_many_files() -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4_096 if hard == resource.RLIM_INFINITY else min(4_096, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _raise_stop(_number: int, _frame: FrameType | None) -> None:
    # Once is enough: what follows is the orderly end, which nobody may cut short.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise _Stop


def _exit(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def main(arguments: Sequence[str]) -> None:
    """Be one child of the supervisor: `web HANDLE` or `scheduler`."""
    from web import logs
    from web.parent import end_with

    signal.signal(signal.SIGTERM, _exit)
    end_with(sys.stdin.fileno())
    settings = Settings.from_environment()
    logs.configure(settings)
    if arguments[0] == "web":
        run_web(settings, int(arguments[1]))
    else:
        run_scheduler(settings)


if __name__ == "__main__":
    main(sys.argv[1:])
