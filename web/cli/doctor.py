"""`satupintu doctor`: is everything there that an office needs, and if not, what to do."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import click
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from config import Settings
from licensing.database import APP_ROLE
from licensing.models.people import ROLES_OF
from licensing.runtime import Runtime
from licensing.vocabulary import VOCABULARY
from migrations.roles import RolesMissing
from web.cli.doctor_files import bucket_problem, scanner_problem
from web.cli.migrate import alembic_config, owner_address
from web.cli.told import in_words
from web.wiring import opened, owner_of
from workflows.errors import SopFaults
from workflows.reading import read_sop

Level = Literal["ok", "warn", "fail"]

OLDEST_SERVER = 180_000
"""PostgreSQL 18: the first with `uuidv7()`."""

SILENCE = timedelta(minutes=5)
FORESIGHT = timedelta(days=60)
"""How long before its end a calendar must have been renewed: the longest service standard."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at."""

    level: Level
    what: str
    advice: str = ""


@click.command("doctor")
def doctor() -> None:
    """Look at settings, database, offices and the alarm; exit 1 where something fails."""
    with in_words(), opened() as (settings, runtime):
        lines = []
        for line in examine(settings, runtime):
            lines.append(line)
            click.echo(f"{line.level:<4}  {line.what}")
            if line.advice:
                click.echo(f"      → {line.advice}")
    failed = sum(line.level == "fail" for line in lines)
    if failed:
        raise click.ClickException(f"{failed} gagal / failed")


def examine(settings: Settings, runtime: Runtime) -> Iterator[Line]:
    """Yield what was found, in the order in which it should be mended."""
    yield from _settings(settings)
    yield from _folders(settings)
    yield from _files(settings, runtime)
    yield from _mail(settings)
    try:
        with runtime.db.begin() as connection:
            yield from _server(connection)
            tables = _exists(connection)
            if tables:
                yield from _rights(connection)
    except OperationalError as error:
        yield Line("fail", f"database: {_first_line(error)}", "check DATABASE_URL and the server")
        return
    yield from _migrations(settings)
    if tables:
        yield from _offices(runtime)


def _settings(settings: Settings) -> Iterator[Line]:
    yield Line("ok", f"settings: all can be used; data lies in {settings.data_dir}")
    if not (settings.alarms_somebody or settings.embedded):
        yield Line(
            "warn",
            "nobody hears by a second path when the sweep of alerts is silent",
            "set SATUPINTU_ALARM_EMAILS or SATUPINTU_ALARM_URL",
        )
    host = urlsplit(settings.public_url).hostname or ""
    if host in ("127.0.0.1", "localhost"):
        yield Line(
            "warn",
            f"public address {settings.public_url} is reached from this machine alone",
            "set SATUPINTU_PUBLIC_URL: it is printed in QR codes and letters",
        )
    elif not settings.https:
        yield Line(
            "fail",
            f"public address {settings.public_url} is not encrypted",
            "put HTTPS in front and set SATUPINTU_PUBLIC_URL=https://…",
        )


def _folders(settings: Settings) -> Iterator[Line]:
    folders = []
    if not settings.keeps_files_in_bucket:
        folders.append(("files", settings.files_dir))
    if not settings.sends_letters:
        folders.append(("letters", settings.letters_dir))
    for name, folder in folders:
        problem = _unwritable(folder)
        if problem:
            yield Line("fail", f"{name}: {folder}: {problem}", "give this user the folder")
        else:
            yield Line("ok", f"{name}: {folder} can be written")


def _files(settings: Settings, runtime: Runtime) -> Iterator[Line]:
    if settings.keeps_files_in_bucket:
        problem = bucket_problem(runtime.storage)
        if problem:
            yield Line("fail", f"files: {settings.storage}: {problem}", "check SATUPINTU_STORAGE_*")
        else:
            yield Line("ok", f"files: {settings.storage} can be read")
    if settings.clamd is None:
        yield Line(
            "warn", "malware: files are not scanned, and shown as such", "set SATUPINTU_CLAMD"
        )
        return
    problem = scanner_problem(runtime.malware)
    if problem:
        yield Line(
            "fail", f"malware: {settings.clamd}: {problem}", "check clamd; files wait for it"
        )
    else:
        yield Line("ok", f"malware: {settings.clamd} scans")


def _unwritable(folder: Path) -> str | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.strerror or str(error)
    return None


def _mail(settings: Settings) -> Iterator[Line]:
    if settings.smtp_url is None:
        yield Line(
            "warn",
            "mail: letters are laid into a folder and reach nobody",
            "set SATUPINTU_SMTP_URL",
        )
        return
    parts = urlsplit(settings.smtp_url)
    host = parts.hostname or ""
    port = parts.port or {"smtps": 465, "smtp+starttls": 587}.get(parts.scheme, 25)
    try:
        with suppress(TimeoutError), socket.create_connection((host, port), timeout=3):
            yield Line("ok", f"mail: {host}:{port} answers")
            return
    except OSError as error:
        yield Line("warn", f"mail: {host}:{port}: {error}", "letters wait until it answers")
        return
    yield Line("warn", f"mail: {host}:{port} does not answer", "letters wait until it answers")


def _server(connection: Connection) -> Iterator[Line]:
    version = int(str(connection.exec_driver_sql("SHOW server_version_num").scalar_one()))
    shown = connection.exec_driver_sql("SHOW server_version").scalar_one()
    if version < OLDEST_SERVER:
        yield Line("fail", f"database: PostgreSQL {shown}", "PostgreSQL 18 or newer is needed")
    else:
        yield Line("ok", f"database: PostgreSQL {shown}")
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if connection.exec_driver_sql(f"SHOW {name}").scalar_one() == "off":
            yield Line(
                "fail",
                f"database: {name} is off: what was confirmed may be lost",
                f"ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();",
            )


def _exists(connection: Connection) -> bool:
    found = connection.exec_driver_sql("SELECT to_regclass('application_event') IS NOT NULL")
    return bool(found.scalar_one())


def _rights(connection: Connection) -> Iterator[Line]:
    user, strong, may_change = connection.exec_driver_sql(
        "SELECT current_user, rolsuper OR rolbypassrls,"
        " has_table_privilege('application_event', 'UPDATE')"
        " OR has_table_privilege('application_event', 'DELETE')"
        " FROM pg_roles WHERE rolname = current_user"
    ).one()
    if strong or may_change:
        yield Line(
            "fail",
            f"database: the application works as {user}, who can change history",
            f"let it work as {APP_ROLE}: satupintu migrate",
        )
    else:
        yield Line("ok", f"database: the application works as {user} and cannot change history")


def _migrations(settings: Settings) -> Iterator[Line]:
    from alembic.script import ScriptDirectory

    try:
        head = ScriptDirectory.from_config(alembic_config(owner_address(settings)))
        wanted = head.get_current_head()
        with owner_of(settings) as owner, owner.begin() as connection:
            known = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    except (DBAPIError, RolesMissing) as error:
        yield Line("fail", f"migrations: {_first_line(error)}", "satupintu migrate")
        return
    if known == wanted:
        yield Line("ok", f"migrations: {known} is the newest")
    else:
        yield Line(
            "fail", f"migrations: database is at {known}, newest is {wanted}", "satupintu migrate"
        )


def _offices(runtime: Runtime) -> Iterator[Line]:
    with runtime.db.begin() as connection:
        offices = connection.exec_driver_sql(
            "SELECT id, code, zone, simulated, sample FROM office ORDER BY code"
        ).fetchall()
        silent_for: timedelta | None = connection.exec_driver_sql(
            "SELECT clock_timestamp() - at FROM heartbeat WHERE job = 'sweep'"
        ).scalar_one_or_none()
    if not offices:
        yield Line("fail", "offices: none", "satupintu office create --help")
        return
    at_work = False
    for office in offices:
        if office.simulated:
            yield Line("ok", f"office {office.code}: simulated")
            continue
        if office.sample:
            yield Line(
                "warn",
                f"office {office.code}: sample, with invented people",
                "do not put it where the public reaches it",
            )
        with runtime.transaction(office.id) as connection:
            yield from _calendar(connection, office)
            yield from _services(connection, office)
            yield from _outbox(connection, office)
            at_work |= bool(
                connection.exec_driver_sql(
                    "SELECT EXISTS (SELECT 1 FROM application WHERE ended_at IS NULL)"
                ).scalar_one()
            )
    yield from _sweep(silent_for, at_work=at_work)


def _calendar(connection: Connection, office: Any) -> Iterator[Line]:
    row = connection.exec_driver_sql(
        "SELECT c.number, (c.spec -> 'covers' ->> 1)::date,"
        " (clock_timestamp() AT TIME ZONE o.zone)::date"
        " FROM office o LEFT JOIN calendar_version c ON c.id = o.calendar_version_id"
        " WHERE o.id = %s",
        (office.id,),
    ).one()
    number, until, today = row
    advice = f"satupintu office calendar import FILE.csv --office {office.code} --source … --by …"
    if number is None:
        yield Line("fail", f"office {office.code}: no calendar", advice)
        return
    level: Level = "ok"
    if until < today + FORESIGHT:
        level = "fail" if until < today else "warn"
    what = f"office {office.code}: calendar {number}, holidays known until {_day(until)}"
    yield Line(level, what, "" if level == "ok" else advice)


def _services(connection: Connection, office: Any) -> Iterator[Line]:
    people = set(
        connection.exec_driver_sql(
            "SELECT r.role FROM officer o JOIN officer_role r ON r.officer_id = o.id WHERE o.active"
        ).scalars()
    )
    if not people:
        yield Line(
            "fail",
            f"office {office.code}: no accounts",
            f"satupintu user create --office {office.code} --help",
        )
        return
    texts = connection.exec_driver_sql(
        "SELECT DISTINCT ON (service) service, number, expanded FROM sop_version"
        " ORDER BY service, number DESC"
    ).fetchall()
    if not texts:
        yield Line(
            "fail",
            f"office {office.code}: no SOP in force",
            f"satupintu sop publish siup --office {office.code} --drafted-by … --by …",
        )
    needed = {"supervisor", "head", "inspectorate"}
    for service, number, text in texts:
        try:
            sop = read_sop(text, vocabulary=VOCABULARY)
        except SopFaults as error:
            yield Line(
                "fail",
                f"office {office.code}: {service} {number}: {error.faults[0]}",
                "publish a version that this program can read",
            )
            continue
        yield Line("ok", f"office {office.code}: {service} version {number} is in force")
        needed |= {lane.served_by or name for name, lane in sop.lanes.items() if not lane.clock}
    missing = sorted(role for role in needed & VOCABULARY.roles if role not in people)
    for role in missing:
        kind = next(kind for kind, roles in ROLES_OF.items() if role in roles)
        yield Line(
            "fail",
            f"office {office.code}: nobody has the role {role}",
            f"satupintu user create --office {office.code} --organisation {kind} --role {role} …",
        )
    if not missing:
        yield Line("ok", f"office {office.code}: every role that its SOPs need is given")


def _outbox(connection: Connection, office: Any) -> Iterator[Line]:
    waiting, parked = connection.exec_driver_sql(
        "SELECT count(*) FILTER (WHERE next_try_at < clock_timestamp() - interval '1 hour'),"
        " count(*) FILTER (WHERE parked_at IS NOT NULL AND parked_why <> 'alert withdrawn')"
        " FROM notice"
        " WHERE next_try_at IS NOT NULL OR parked_at IS NOT NULL"
    ).one()
    if waiting:
        yield Line(
            "fail",
            f"office {office.code}: {waiting} notices wait for over an hour",
            "look at the mail server, then: satupintu alerts deliver",
        )
    if parked:
        yield Line(
            "warn",
            f"office {office.code}: {parked} notices were refused for good",
            "see why on the page Kotak keluar (/admin/kirim), and send them again from there",
        )
    failing = connection.exec_driver_sql(
        "SELECT name, last_fault FROM office_channel"
        " WHERE active AND last_fault_at > coalesce(last_ok_at, '-infinity') ORDER BY name"
    ).all()
    for name, fault in failing:
        yield Line(
            "warn",
            f"office {office.code}: the channel {name} fails: {fault}",
            "send a test message from the page Saluran (/admin/saluran)",
        )
    if not waiting and not parked:
        yield Line("ok", f"office {office.code}: no notice is stuck")


def _sweep(silent_for: timedelta | None, *, at_work: bool) -> Iterator[Line]:
    advice = "start the scheduler: satupintu serve"
    if silent_for is not None and silent_for <= SILENCE:
        yield Line("ok", f"alarm: last sweep {silent_for.total_seconds():.0f} s ago")
    elif silent_for is None:
        yield Line("fail" if at_work else "warn", "alarm: deadlines were never looked at", advice)
    else:
        minutes = int(silent_for.total_seconds() // 60)
        yield Line("fail" if at_work else "warn", f"alarm: silent for {minutes} minutes", advice)


def _day(day: date) -> str:
    return day.isoformat()


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", error)).strip().partition("\n")[0]
