"""From settings to a runtime: which database, which keys, where files and letters go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import Engine

from config import Settings
from licensing.database import OWNER_ROLE, connect
from licensing.ports.gateway import AppriseGateway
from licensing.ports.mail import FolderMail, MailPort, SmtpMail
from licensing.ports.malware import Clamd, MalwarePort, NoScanner
from licensing.ports.storage import FileStorage, Storage
from licensing.ports.webhook import HttpWebhook
from licensing.runtime import Runtime
from licensing.secrecy import Keyring
from licensing.services.calendar_outages import OutageRules
from web.cli.migrate import owner_address
from web.embedded import with_database
from workflows.sop import Within

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def runtime_from(settings: Settings, *, statement_timeout_ms: int = 15_000) -> Runtime:
    """Return the runtime of a process; its database must be named in `settings`.

    Raises:
        ValueError: no database is named: the embedded server must be started first.
    """
    if settings.database_url is None:
        raise ValueError("no database is named: start the embedded server first")
    engine = connect(
        settings.database_url,
        pool_size=settings.web_threads + 2,
        statement_timeout_ms=statement_timeout_ms,
    )
    return Runtime(
        db=engine,
        keyring=Keyring(
            "k1", {"k1": settings.nik_encryption_key}, finders={"k1": settings.nik_hash_key}
        ),
        storage=storage_from(settings),
        mail=mail_from(settings),
        malware=scanner_from(settings),
        gateway=AppriseGateway(
            frozenset(settings.gateway_schemes.split(",")), settings.private_channels
        ),
        webhook=HttpWebhook(settings.private_channels),
        public_url=settings.public_url,
        outage_rules=OutageRules(
            settings.outage_longest_days, settings.outage_back_days, settings.outage_ahead_days
        ),
        calendar_warning_months=settings.calendar_warning_months,
        proxy_cases_hint=settings.proxy_cases_hint,
        escalate_after=Within(settings.escalate_after_hours, "working hours"),
    )


def storage_from(settings: Settings) -> Storage:
    """Return where scanned papers are kept: in a folder, or in a bucket."""
    if not settings.keeps_files_in_bucket:
        return FileStorage(settings.files_dir)
    parts = urlsplit(settings.storage or "")
    # Read only where it is used: a desk needs no client of buckets.
    from licensing.ports.object_storage import Bucket, open_bucket

    return open_bucket(
        Bucket(
            parts.netloc,
            parts.path.strip("/"),
            settings.storage_region,
            settings.storage_endpoint,
            settings.storage_access_key_id,
            settings.storage_secret_key,
        )
    )


def scanner_from(settings: Settings) -> MalwarePort:
    """Return who scans files for malware: ClamAV's daemon, or nobody where none is named."""
    if settings.clamd is None:
        return NoScanner()
    parts = urlsplit(settings.clamd)
    if parts.scheme == "unix":
        return Clamd(Path(parts.path))
    return Clamd((parts.hostname or "127.0.0.1", parts.port or 3310))


def mail_from(settings: Settings) -> MailPort:
    """Return where letters go: to the mail server, or into a folder where none is named."""
    if settings.smtp_url is None:
        return FolderMail(settings.letters_dir, settings.mail_from)
    parts = urlsplit(settings.smtp_url)
    return SmtpMail(
        host=parts.hostname or "localhost",
        port=parts.port or _PORTS[parts.scheme],
        sender=settings.mail_from,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        security={"smtp": "none", "smtp+starttls": "starttls", "smtps": "tls"}[parts.scheme],  # type: ignore[arg-type]
    )


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[tuple[Settings, Runtime]]:
    """Return settings and runtime for the time of a command, with a database that answers.

    The server of a running `satupintu serve` is used where there is one. A command may take
    longer over one statement than a request.
    """
    with with_database(settings or Settings.from_environment()) as ready:
        runtime = runtime_from(ready, statement_timeout_ms=600_000)
        try:
            yield ready, runtime
        finally:
            if isinstance(runtime.db, Engine):
                runtime.db.dispose()


@contextmanager
def owner_of(settings: Settings) -> Iterator[Engine]:
    """Return an engine in the role of the owner of the tables, for the time of a command."""
    engine = connect(
        owner_address(settings),
        role=OWNER_ROLE,
        pool_size=1,
        statement_timeout_ms=0,
        idle_timeout_ms=0,
        application_name="satupintu-owner",
    )
    try:
        yield engine
    finally:
        engine.dispose()
