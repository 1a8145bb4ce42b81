"""The dead man's notice: when the sweep is silent, somebody hears of it by another way.

It needs neither scheduler nor outbox nor database: whoever looks has a clock and a small file of
his own, and writes to a mail server or an Apprise address himself. Once per silence, and once
more when the sweep is back.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy.exc import SQLAlchemyError

from config import Settings
from licensing.database import connect
from licensing.ports.mail import Letter, MailFault
from licensing.services.heartbeat import SILENT_AFTER, SWEEP, age
from web.embedded import APP_LOGIN, EmbeddedServer
from web.postgres_host import EmbeddedServerError
from web.wiring import mail_from

log = logging.getLogger(__name__)

LOOK_SECONDS = 20.0
Trouble = Literal["sweep", "database"]
News = Literal["sweep", "database", "back"]


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at one moment."""

    at: datetime
    away: str | None = None
    """Why the database does not answer; None while it does."""
    silent: timedelta | None = None
    """How long ago the last sweep went through; None where there is nothing to sweep yet."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered between two looks, also by another process."""

    away_since: str | None = None
    told: Trouble | None = None
    """Of what somebody was told; None while nobody has to be told anything."""
    since: str | None = None
    """Since when the trouble that was told has lasted."""


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody is told by the second path, in both languages."""

    subject: str
    text: str


def judge(
    memory: Memory, look: Look, *, started: datetime | None = None
) -> tuple[Memory, News | None]:
    """Return what is remembered after a look, and what somebody has to be told of it.

    A watcher that has just started gives the sweep its five minutes from then on.
    """
    if look.away is not None:
        since = memory.away_since or look.at.isoformat()
        memory = replace(memory, away_since=since)
        begun = datetime.fromisoformat(since)
        if memory.told is None and look.at - begun > SILENT_AFTER:
            return replace(memory, told="database", since=since), "database"
        return memory, None
    memory = replace(memory, away_since=None)
    silent = look.silent or timedelta(0)
    if silent > SILENT_AFTER:
        if memory.told is None and (started is None or look.at - started > SILENT_AFTER):
            since = (look.at - silent).isoformat()
            return replace(memory, told="sweep", since=since), "sweep"
        return memory, None
    if memory.told is not None:
        return Memory(), "back"
    return memory, None


class Watch:
    """Looks, judges, tells; remembers in a file what it has told."""

    def __init__(
        self,
        place: Path,
        look: Callable[[], Look],
        tell: Callable[[Message], bool],
        *,
        site: str,
        started: datetime | None = None,
    ) -> None:
        self._place, self._look, self._tell = place, look, tell
        self._site, self._started = site, started

    def once(self) -> tuple[Memory, bool]:
        """Look once; return what is remembered, and whether whoever had to be told was told.

        What could not be told is told again at the next look.
        """
        seen = self._look()
        before = recall(self._place)
        after, news = judge(before, seen, started=self._started)
        if news is None:
            remember(self._place, before, after)
            return after, True
        since = after.since if news != "back" else before.since
        told = self._tell(message(news, self._site, since, seen))
        if not told:
            log.error("nobody could be told by the second path: %s", news)
            after = replace(before, away_since=after.away_since)
        remember(self._place, before, after)
        return after, told


def message(news: News, site: str, since: str | None, look: Look) -> Message:
    """Return what somebody is told: since when, and what to look at."""
    begun = look.at if since is None else datetime.fromisoformat(since)
    when = f"{begun.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if news == "back":
        return Message(
            "Satupintu: penyapuan berjalan lagi / the sweep is back",
            f"{site}\n\nPenyapuan peringatan berjalan lagi. Tadinya diam sejak {when}.\n"
            f"The sweep of alerts works again. It had been silent since {when}.\n",
        )
    if news == "database":
        return Message(
            "Satupintu: basis data tidak menjawab / the database does not answer",
            f"{site}\n\nBasis data tidak menjawab sejak {when}: {look.away}\n"
            "Tidak ada peringatan yang dibuat. Periksa server basis data.\n\n"
            f"The database has not answered since {when}. No alert is raised.\n"
            "Look at the database server, then at `satupintu doctor`.\n",
        )
    return Message(
        "Satupintu: penyapuan peringatan diam / the sweep of alerts is silent",
        f"{site}\n\nTidak ada penyapuan yang selesai sejak {when}. Peringatan tidak dibuat dan "
        "surat mungkin tidak terkirim. Periksa penjadwal.\n\n"
        f"No sweep has gone through since {when}. No alert is raised and letters may not leave.\n"
        "Look at the scheduler, then at `satupintu doctor`.\n",
    )


def recall(place: Path) -> Memory:
    """Return what a look before this one remembered; nothing where there was none."""
    try:
        found = json.loads(place.read_text())
        return Memory(found.get("away_since"), found.get("told"), found.get("since"))
    except (OSError, ValueError, AttributeError):
        return Memory()


def remember(place: Path, before: Memory, after: Memory) -> None:
    """Keep what this look has seen; whole, or as it was before."""
    if after == before:
        return
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f".{place.name}.{os.getpid()}")
        draft.write_text(json.dumps(asdict(after)))
        draft.replace(place)
    except OSError as error:
        # Told twice is better than not at all.
        log.warning("%s cannot be written: %s", place, error)


# -- the real ends


def look_at(settings: Settings) -> Callable[[], Look]:
    """Return how to look at the database of these settings, without starting it."""

    def look() -> Look:
        try:
            url = settings.database_url or EmbeddedServer(settings.data_dir).url(APP_LOGIN)
        except EmbeddedServerError as error:
            return Look(datetime.now(UTC), away=str(error))
        engine = connect(
            url, pool_size=1, max_overflow=0, statement_timeout_ms=5_000,
            application_name="satupintu-watch",
        )  # fmt: skip
        try:
            with engine.begin() as connection:
                return Look(datetime.now(UTC), silent=age(connection, SWEEP))
        except SQLAlchemyError as error:
            return Look(datetime.now(UTC), away=str(error).partition("\n")[0])
        finally:
            engine.dispose()

    return look


def tell_by(settings: Settings) -> Callable[[Message], bool]:
    """Return how somebody is told: by e-mail and an Apprise address, whichever are set."""

    def tell(what: Message) -> bool:
        return any([_mail(settings, what), _notify(settings.alarm_url, what)])

    return tell


def watch_of(settings: Settings, *, started: datetime | None = None) -> Watch:
    """Return the watch over the office of these settings."""
    return Watch(
        settings.data_dir / "alarm.json",
        look_at(settings),
        tell_by(settings),
        site=settings.public_url,
        started=started,
    )


def keep_watch(settings: Settings, stop: threading.Event) -> threading.Thread | None:
    """Watch in a thread of its own until `stop` is set; None where nobody is to be told."""
    if not settings.alarms_somebody:
        return None
    watch = watch_of(settings, started=datetime.now(UTC))

    def run() -> None:
        while not stop.wait(LOOK_SECONDS):
            try:
                watch.once()
            except Exception:
                log.exception("the watch over the sweep failed")

    thread = threading.Thread(target=run, name="watch", daemon=True)
    thread.start()
    return thread


def _mail(settings: Settings, what: Message) -> bool:
    host = urlsplit(settings.public_url).hostname or "satupintu.localdomain"
    sent = False
    for address in settings.alarm_addresses:
        letter = Letter(
            to=address,
            subject=what.subject,
            text=what.text,
            message_id=f"<alarm-{uuid4()}@{host}>",
            written_at=datetime.now(UTC),
        )
        try:
            mail_from(settings).send(letter)
            sent = True
        except MailFault as fault:
            log.error("the alarm could not be sent to %s: %s", address, fault.why)
    return sent


def _notify(url: str | None, what: Message) -> bool:
    if url is None:
        return False
    with warnings.catch_warnings():
        # All its services are loaded at the first use, and some of them use what is going away.
        warnings.simplefilter("ignore", DeprecationWarning)
        from apprise import Apprise

        ways = Apprise()
        known = ways.add(url)
    if not known:
        log.error("SATUPINTU_ALARM_URL is no address that Apprise knows")
        return False
    return bool(ways.notify(title=what.subject, body=what.text))
