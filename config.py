"""Settings: everything an operator may decide, read once from the environment."""

from __future__ import annotations

import base64
import binascii
import difflib
import os
import secrets
import stat
import sys
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

PREFIX = "SATUPINTU_"
SYSTEM_DATA_DIR = Path("/var/lib/satupintu")
# Read by the test bed alone.
_OF_TESTS = {"SATUPINTU_TEST_DATABASE_URL", "SATUPINTU_SOAK", "SATUPINTU_CHROMIUM"}

LogFormat = Literal["text", "json"]


class SettingsInvalid(Exception):
    """The environment lacks a setting or holds one that cannot be used; names each of them."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("\n".join(f"{name} {problem}" for name, problem in problems.items()))


def _setting(
    doc: str,
    parse: Callable[[str], Any],
    *,
    default: Any = MISSING,
    shown: str | None = None,
    env: str | None = None,
    secret: bool = False,
) -> Any:
    meta = {"doc": doc, "parse": parse, "env": env, "default": shown, "secret": secret}
    return field(default=default, repr=not secret, metadata=meta, kw_only=True)


def _text(value: str) -> str:
    return value


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise ValueError(f"is {value!r}: write a whole number from {least} to {most}")
        return int(value)

    return parse


def _yes_no(value: str) -> bool:
    known = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}
    if value.lower() not in known:
        raise ValueError(f"is {value!r}: write yes or no")
    return known[value.lower()]


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"is {value!r}: write one of {', '.join(choices)}")
        return value

    return parse


def _postgres(value: str) -> str:
    if urlsplit(value).scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError("is no address of PostgreSQL: write postgresql://user:password@host/name")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        raise ValueError(f"is {value!r}: write https://izin.example.go.id")
    return value.rstrip("/")


def _smtp(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtps", "smtp+starttls"} or not parts.hostname:
        raise ValueError(
            "is no address of a mail server: write smtp://host:25, "
            "smtp+starttls://user:password@host:587 or smtps://user:password@host:465"
        )
    return value


def _mail_address(value: str) -> str:
    name, at, host = value.partition("@")
    if not (name and at and host) or any(letter.isspace() for letter in value):
        raise ValueError(f"is {value!r}: write an e-mail address")
    return value


def _schemes(value: str) -> str:
    for scheme in value.split(","):
        if not scheme.isascii() or not scheme.isalnum() or scheme != scheme.lower():
            raise ValueError(f"names {scheme!r}: write schemes of Apprise, as tgram,whatsapp")
    return value


def _mail_addresses(value: str) -> str:
    return ",".join(_mail_address(one.strip()) for one in value.split(",") if one.strip())


def _long_text(value: str) -> str:
    if len(value) < 32:
        raise ValueError("is shorter than 32 characters: use the output of openssl rand -base64 48")
    return value


def _key(value: str) -> bytes:
    try:
        key = base64.b64decode(value.replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise ValueError("is not 32 bytes in base64: use the output of openssl rand -base64 32")
    return key


def _folder(value: str) -> Path:
    return Path(value).expanduser().resolve()


def _storage(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme == "s3":
        if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError(f"is {value!r}: write s3://bucket or s3://bucket/prefix")
        return value.rstrip("/")
    if "://" in value:
        raise ValueError(f"is {value!r}: write a folder or s3://bucket/prefix")
    return str(_folder(value))


def _clamd(value: str) -> str:
    parts = urlsplit(value)
    try:
        network = parts.scheme == "tcp" and parts.hostname and parts.port and not parts.path
    except ValueError:
        network = None
    if not network and not (parts.scheme == "unix" and parts.path.startswith("/")):
        raise ValueError(f"is {value!r}: write tcp://127.0.0.1:3310 or unix:/run/clamav/clamd.ctl")
    return value


@dataclass(frozen=True, slots=True)
class Settings:
    """What this process was told; the same for its whole life."""

    database_url: str | None = _setting(
        "The PostgreSQL database, as the application signs in: `postgresql://user:password@host/"
        "name`. Without it the program starts its own embedded server.",
        _postgres,
        env="DATABASE_URL",
        default=None,
        shown="the embedded server",
        secret=True,
    )
    owner_database_url: str | None = _setting(
        "The same database as a user who may act as `satupintu_owner`, for migrations alone.",
        _postgres,
        default=None,
        shown="`DATABASE_URL`",
        secret=True,
    )
    port: int = _setting("Port of the web server.", _whole(1, 65535), env="PORT", default=8000)
    host: str = _setting(
        "Address the web server listens on; `0.0.0.0` for all.", _text, default="127.0.0.1"
    )
    data_dir: Path = _setting(
        "Folder of the embedded database, generated keys, files and letters. For root, where a "
        "folder above the default is closed to others, the default is `/var/lib/satupintu`.",
        _folder,
        shown="`var/` in the source folder, or in the working folder",
    )
    secret_key: str = _setting(
        "Signs sessions and one-time form keys; 32 characters or more, the same in every process.",
        _long_text,
        shown="made once and kept in the data folder; required with `DATABASE_URL`",
        secret=True,
    )
    nik_encryption_key: bytes = _setting(
        "Encrypts identity numbers (NIK) at rest: 32 bytes in base64. Lost key, lost numbers.",
        _key,
        shown="made once and kept in the data folder; required with `DATABASE_URL`",
        secret=True,
    )
    nik_hash_key: bytes = _setting(
        "Finds an identity number (NIK) without opening it: 32 bytes in base64.",
        _key,
        shown="made once and kept in the data folder; required with `DATABASE_URL`",
        secret=True,
    )
    sample_password: str | None = _setting(
        "Password of the sample accounts on a new embedded database.",
        _text,
        default=None,
        shown="made up and printed once",
        secret=True,
    )
    smtp_url: str | None = _setting(
        "Mail server for letters: `smtp://`, `smtp+starttls://` or `smtps://`, with user and "
        "password where it asks for them. Without it letters are `.eml` files in `surat/` of the "
        "data folder.",
        _smtp,
        default=None,
        shown="a folder of `.eml` files",
        secret=True,
    )
    mail_from: str = _setting(
        "Sender of letters.", _mail_address, default="satupintu@localhost.localdomain"
    )
    public_url: str = _setting(
        "Where applicants reach this office, as printed in QR codes and letters.",
        _web_address,
        shown="`http://` with host and port",
    )
    https: bool = _setting(
        "Whether people reach the office by HTTPS alone: secure cookies, strict transport.",
        _yes_no,
        shown="yes where the public address begins with `https://`",
    )
    proxies: int = _setting(
        "How many reverse proxies stand before the web server and name the caller.",
        _whole(0, 5),
        default=0,
    )
    web_threads: int = _setting("Requests answered at once.", _whole(1, 64), default=8)
    sweep_seconds: int = _setting(
        "Seconds between two looks at the deadlines.", _whole(1, 300), default=30
    )
    escalate_after_hours: int = _setting(
        "Working hours after which an alert of a breach that nobody has answered is passed on to "
        "the next in rank, where the SOP says nothing else.",
        _whole(1, 200),
        default=4,
    )
    alarm_emails: str | None = _setting(
        "Who hears by e-mail that the sweep of alerts has been silent for 5 minutes, with commas "
        "between; sent past the outbox, by the mail server of the letters.",
        _mail_addresses,
        default=None,
        shown="nobody",
    )
    alarm_url: str | None = _setting(
        "Where the same is told besides or instead: an address of Apprise, as `tgram://…`.",
        _text,
        default=None,
        shown="nowhere",
        secret=True,
    )
    outage_longest_days: int = _setting(
        "Days that one declared outage may last at most; no limit of time counts them.",
        _whole(1, 90),
        default=14,
    )
    outage_back_days: int = _setting(
        "Days after its beginning within which an outage may be declared.",
        _whole(0, 366),
        default=30,
    )
    outage_ahead_days: int = _setting(
        "Days before its beginning from which an outage may be declared.",
        _whole(0, 90),
        default=7,
    )
    calendar_warning_months: int = _setting(
        "Months for which the closed days must be known; where fewer are, the office is warned.",
        _whole(1, 12),
        default=3,
    )
    proxy_cases_hint: int = _setting(
        "Open applications of one proxy from which the counter and the file page point them out.",
        _whole(2, 1_000),
        default=5,
    )
    gateway_schemes: str = _setting(
        "Services by which offices may send messages, as Apprise names them, with commas between. "
        "Only services that speak HTTPS: others escape the guard of addresses.",
        _schemes,
        default="discord,gchat,infobip,jsons,kaleyra,mmosts,ntfys,rockets,slack,tgram,twilio,"
        "vonage,whatsapp,workflows,wxteams,xmls,zulip",
    )
    private_channels: bool = _setting(
        "Whether gateways and webhooks of an office may lead to addresses of a private network, "
        "and without encryption. Leave it at no where administrators of offices are not the "
        "operators of the server.",
        _yes_no,
        default=False,
    )
    storage: str | None = _setting(
        "Where scanned papers are kept: a folder, or `s3://bucket/prefix` of a service that speaks "
        "S3. Several servers need one that they share.",
        _storage,
        default=None,
        shown="`berkas/` of the data folder",
    )
    storage_endpoint: str | None = _setting(
        "Address of the S3 service; `http://` only within the machine room.",
        _web_address,
        default=None,
        shown="the service of Amazon",
    )
    storage_region: str = _setting(
        "Region of the bucket, as the service names it.", _text, default="us-east-1"
    )
    storage_access_key_id: str | None = _setting(
        "Name of the key that opens the bucket.",
        _text,
        default=None,
        shown="the role of the machine",
    )
    storage_secret_key: str | None = _setting(
        "The key that opens the bucket.",
        _text,
        default=None,
        shown="the role of the machine",
        secret=True,
    )
    clamd: str | None = _setting(
        "ClamAV's daemon, which scans what is sent in: `tcp://host:3310` or "
        "`unix:/run/clamav/clamd.ctl`; its StreamMaxLength must be 10 MB or more. Without it, and "
        "while it is away, files are kept and shown as not scanned.",
        _clamd,
        default=None,
        shown="none: files are not scanned",
    )
    log_format: LogFormat = _setting(
        "`text` for people, `json` for machines.", _one_of("text", "json"), default="text"
    )
    log_level: str = _setting(
        "Least grave entry that is logged.",
        _one_of("debug", "info", "warning", "error"),
        default="info",
    )
    notes: tuple[str, ...] = field(default=(), kw_only=True)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings in `environ`; an empty value counts as none.

        Without a database of its own to name, generated keys are kept in the data folder.

        Raises:
            SettingsInvalid: some are missing or cannot be used; all of them are named.
        """
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for each in setting_fields():
            name = env_name(each)
            text = environ.get(name, "").strip()
            if not text:
                continue
            try:
                values[each.name] = each.metadata["parse"](text)
            except ValueError as error:
                problems[name] = str(error)
        notes = _misspelt(environ)
        embedded = "database_url" not in values
        if "data_dir" not in values:
            values["data_dir"], moved = default_data_dir()
            if moved and embedded:
                notes.append(moved)
        if embedded and values.get("owner_database_url"):
            problems[f"{PREFIX}OWNER_DATABASE_URL"] = "is set without DATABASE_URL: set both"
        missing = [name for name in _KEYS if name not in values]
        for name in missing:
            setting = PREFIX + name.upper()
            if embedded:
                if not problems:
                    values[name] = _kept_key(values["data_dir"], name)
            elif setting not in problems:
                problems[setting] = (
                    f"is missing and required with DATABASE_URL: use the output of {_KEYS[name]}"
                )
        if ("storage_access_key_id" in values) != ("storage_secret_key" in values):
            lacking = "SECRET_KEY" if "storage_access_key_id" in values else "ACCESS_KEY_ID"
            problems[f"{PREFIX}STORAGE_{lacking}"] = "is missing: set both, or neither"
        if problems:
            raise SettingsInvalid(problems)
        if "public_url" not in values:
            host = values.get("host", "127.0.0.1")
            host = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 (compared)
            values["public_url"] = f"http://{host}:{values.get('port', 8000)}"
        values.setdefault("https", values["public_url"].startswith("https://"))
        return cls(**values, notes=tuple(notes))

    @property
    def embedded(self) -> bool:
        """Return whether the program brings its own database server."""
        return self.database_url is None

    @property
    def sends_letters(self) -> bool:
        """Return whether letters leave by mail, rather than lie down in a folder."""
        return self.smtp_url is not None

    @property
    def alarm_addresses(self) -> tuple[str, ...]:
        """Return who hears by e-mail that the alarm itself is silent."""
        return tuple(self.alarm_emails.split(",")) if self.alarm_emails else ()

    @property
    def alarms_somebody(self) -> bool:
        """Return whether anybody hears that the alarm itself is silent."""
        return bool(self.alarm_emails or self.alarm_url)

    @property
    def letters_dir(self) -> Path:
        """Return the folder of letters where no mail server is named."""
        return self.data_dir / "surat"

    @property
    def keeps_files_in_bucket(self) -> bool:
        """Return whether scanned papers are kept in a bucket, rather than in a folder."""
        return (self.storage or "").startswith("s3://")

    @property
    def files_dir(self) -> Path:
        """Return the folder of scanned papers, where they are not kept in a bucket."""
        return Path(self.storage) if self.storage else self.data_dir / "berkas"

    def with_database(self, database_url: str, owner_database_url: str) -> Settings:
        """Return the same settings with the addresses of a database that runs now."""
        return replace(
            self, database_url=database_url, owner_database_url=owner_database_url, notes=()
        )

    def to_environment(self) -> dict[str, str]:
        """Return the environment from which another process reads these very settings."""
        found = {}
        for each in setting_fields():
            value = getattr(self, each.name)
            if value is None:
                continue
            if isinstance(value, bool):
                value = "yes" if value else "no"
            elif isinstance(value, bytes):
                value = base64.b64encode(value).decode()
            found[env_name(each)] = str(value)
        return found


_KEYS = {
    "secret_key": "openssl rand -base64 48",
    "nik_encryption_key": "openssl rand -base64 32",
    "nik_hash_key": "openssl rand -base64 32",
}


def setting_fields() -> list[Field[Any]]:
    """Return the fields of `Settings` that an operator may set."""
    return [each for each in fields(Settings) if "parse" in each.metadata]


def env_name(setting: Field[Any]) -> str:
    """Return the name of a setting in the environment."""
    return cast("str | None", setting.metadata["env"]) or PREFIX + setting.name.upper()


def default_data_dir() -> tuple[Path, str | None]:
    """Return where data lies unless told otherwise, and why, where that is unusual."""
    source = Path(__file__).resolve().parent
    base = source if (source / "setup.cfg").exists() else Path.cwd()
    usual = base / "var"
    if os.geteuid() != 0:
        return usual, None
    for folder in usual.parents:
        if _closed_to_others(folder):
            return SYSTEM_DATA_DIR, (
                f"Data lies in {SYSTEM_DATA_DIR}: the database server does not run as root, "
                f"and {folder} is closed to other users."
            )
    return usual, None


def _closed_to_others(folder: Path) -> bool:
    return folder.exists() and not folder.stat().st_mode & stat.S_IXOTH


def make_data_dir(path: Path) -> None:
    """Create the data folder where absent; a folder that exists keeps its permissions."""
    if path.exists():
        return
    path.mkdir(parents=True, exist_ok=True)
    # Root hands the database to another user, who must pass through and may list nothing.
    path.chmod(0o711 if os.geteuid() == 0 else 0o700)


def _kept_key(data_dir: Path, name: str) -> str | bytes:
    """Return a key from the data folder, made at the first call; two at once get the same."""
    make_data_dir(data_dir)
    folder = data_dir / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name
    if not path.exists():
        text = base64.b64encode(secrets.token_bytes(48 if name == "secret_key" else 32)).decode()
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as stream:
            stream.write(text + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        # What is encrypted with a key must not outlive it.
        place = os.open(folder, os.O_RDONLY)
        os.fsync(place)
        os.close(place)
    text = path.read_text().strip()
    parse = _long_text if name == "secret_key" else _key
    try:
        return parse(text)
    except ValueError as error:
        problem = f"in {path} {error}; restore the file from a backup"
        raise SettingsInvalid({PREFIX + name.upper(): problem}) from error


def _misspelt(environ: Mapping[str, str]) -> list[str]:
    known = {env_name(each) for each in setting_fields()}
    notes = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known | _OF_TESTS:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            notes.append(f"{name} is not a setting and has no effect{hint}")
    return notes


def documentation() -> str:
    """Return docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "Everything is read once, at the start, from the environment. A setting that is missing or",
        "cannot be used stops the start and names itself. An empty value counts as none.",
        "This page is made by `make docs` from `config.py`.",
        "",
        "| name | default | what it is |",
        "|---|---|---|",
    ]
    for each in setting_fields():
        default = each.metadata["default"]
        if default is None:
            default = f"`{each.default}`"
        lines.append(f"| `{env_name(each)}` | {default} | {each.metadata['doc']} |")
    lines += [
        "",
        "Keys that the program makes itself lie in `keys/` of the data folder, readable by its",
        "user alone. They belong into the backup: without `nik_encryption_key` the identity",
        "numbers in the database cannot be opened again.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(documentation())
