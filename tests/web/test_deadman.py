"""The second path: somebody hears of our silence once, and once more when it is over."""

from __future__ import annotations

import email
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner

from config import Settings
from licensing.database import OWNER_ROLE, connect
from licensing.services.heartbeat import SWEEP, beat
from tests.bed import Urls
from tests.factories import make_house, make_runtime
from tests.licensing.test_mail import free_port
from web.cli.alerts import alerts
from web.deadman import Look, Memory, Message, Watch, judge, keep_watch, look_at, recall, tell_by

NOON = datetime(2026, 7, 8, 5, tzinfo=UTC)
KEY = "x" * 43 + "="


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def well(minutes: float) -> Look:
    return Look(at(minutes), silent=timedelta(seconds=20))


def silent(minutes: float, since: float = 0) -> Look:
    return Look(at(minutes), silent=timedelta(minutes=minutes - since))


def away(minutes: float) -> Look:
    return Look(at(minutes), away="connection refused")


def told(*looks: Look, started: datetime | None = None) -> list[str | None]:
    """Return what each of these looks makes somebody hear."""
    memory, heard = Memory(), []
    for look in looks:
        memory, news = judge(memory, look, started=started)
        heard.append(news)
    return heard


class TestWhatIsTold:
    @pytest.mark.parametrize(
        ("looks", "heard"),
        [
            ((well(0), well(1)), [None, None]),
            # Five minutes are waited for, then it is said once.
            ((silent(4), silent(5), silent(5.1), silent(6), silent(600)),
             [None, None, "sweep", None, None]),
            ((silent(6), well(7), well(8)), ["sweep", "back", None]),
            # Each silence is one of its own.
            ((silent(6), well(7), silent(20, 10)), ["sweep", "back", "sweep"]),
            ((away(0), away(4), away(5), away(5.1), away(9)),
             [None, None, None, "database", None]),
            ((away(0), away(6), well(7)), [None, "database", "back"]),
            # It was away for a moment: the five minutes begin anew.
            ((away(0), well(1), away(4), away(6)), [None, None, None, None]),
            # The database is back, the sweep is not yet: that is the same silence.
            ((away(0), away(6), silent(7), well(8)), [None, "database", None, "back"]),
            ((silent(6), away(7), away(13), silent(14), well(15)),
             ["sweep", None, None, None, "back"]),
            # No office yet: nothing that could be silent.
            ((Look(at(0)), Look(at(60))), [None, None]),
        ],
    )  # fmt: skip
    def test_is_each_silence_once_and_its_end(
        self, looks: tuple[Look, ...], heard: list[str | None]
    ) -> None:
        assert told(*looks) == heard

    def test_an_office_that_has_just_been_started_has_five_minutes(self) -> None:
        looks = (silent(1, -600), silent(5, -600), silent(5.1, -600))

        assert told(*looks, started=NOON) == [None, None, "sweep"]


class TestTheWatch:
    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        return tmp_path / "alarm.json"

    def watch(
        self, place: Path, look: Look, heard: list[Message], *, works: bool = True
    ) -> tuple[Memory, bool]:
        """Look once, as a process of its own would."""

        def tell(message: Message) -> bool:
            heard.append(message)
            return works

        return Watch(place, lambda: look, tell, site="https://izin.contoh.example").once()

    def test_remembers_from_one_process_to_the_next(self, place: Path) -> None:
        heard: list[Message] = []
        for look in (well(0), silent(6), silent(7), silent(60), well(61), well(62)):
            self.watch(place, look, heard)

        assert [one.subject.partition(":")[2].split("/")[1].strip() for one in heard] == [
            "the sweep of alerts is silent", "the sweep is back",
        ]  # fmt: skip
        assert recall(place) == Memory()

    def test_says_since_when_and_where(self, place: Path) -> None:
        heard: list[Message] = []
        self.watch(place, silent(6), heard)
        self.watch(place, well(7), heard)

        for one in heard:
            assert "2026-07-08 05:00 UTC" in one.text
            assert "https://izin.contoh.example" in one.text

    def test_what_nobody_could_be_told_is_told_at_the_next_look(self, place: Path) -> None:
        heard: list[Message] = []
        _, first = self.watch(place, silent(6), heard, works=False)
        _, second = self.watch(place, silent(7), heard)
        self.watch(place, silent(8), heard)

        assert (first, second, len(heard)) == (False, True, 2)

    def test_the_five_minutes_of_an_absent_database_go_on_between_processes(
        self, place: Path
    ) -> None:
        heard: list[Message] = []
        for minute in (0, 3, 6):
            memory, _ = self.watch(place, away(minute), heard)

        assert len(heard) == 1
        assert memory.told == "database"

    def test_a_damaged_memory_counts_as_none(self, place: Path) -> None:
        place.write_text("[1, 2")
        heard: list[Message] = []
        self.watch(place, silent(6), heard)

        assert len(heard) == 1


class Kept:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.letters.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def post() -> Iterator[tuple[Kept, int]]:
    kept, port = Kept(), free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, port
    controller.stop()


def settings(folder: Path, database: str, port: int, **more: str) -> Settings:
    return Settings.from_environment(
        {
            "DATABASE_URL": database,
            "SATUPINTU_DATA_DIR": str(folder),
            "SATUPINTU_SECRET_KEY": "k" * 40,
            "SATUPINTU_NIK_ENCRYPTION_KEY": KEY,
            "SATUPINTU_NIK_HASH_KEY": KEY,
            "SATUPINTU_SMTP_URL": f"smtp://127.0.0.1:{port}",
            "SATUPINTU_ALARM_EMAILS": "satu@contoh.example, dua@contoh.example",
            **more,
        }
    )


class TestTheRealEnds:
    def test_everybody_gets_a_letter_past_the_outbox(
        self, post: tuple[Kept, int], tmp_path: Path
    ) -> None:
        kept, port = post
        tell = tell_by(settings(tmp_path, "postgresql://nobody@127.0.0.1:1/x", port))

        assert tell(Message("Satupintu: diam", "Periksa penjadwal.\n"))
        assert [letter["To"] for letter in kept.letters] == [
            "satu@contoh.example", "dua@contoh.example",
        ]  # fmt: skip
        assert kept.letters[0]["Subject"] == "Satupintu: diam"

    def test_a_mail_server_that_is_down_too_is_told_apart(self, tmp_path: Path) -> None:
        tell = tell_by(settings(tmp_path, "postgresql://nobody@127.0.0.1:1/x", free_port()))

        assert not tell(Message("Satupintu: diam", "x"))

    def test_an_address_of_apprise_is_told_besides(
        self, post: tuple[Kept, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            from apprise import Apprise
        heard: list[tuple[str, str]] = []

        def notify(self: Any, *, title: str, body: str) -> bool:
            heard.append((title, body))
            return len(self) == 1

        monkeypatch.setattr(Apprise, "notify", notify)
        more = {"SATUPINTU_ALARM_EMAILS": "", "SATUPINTU_ALARM_URL": "json://127.0.0.1/alarm"}
        made = settings(tmp_path, "postgresql://nobody@127.0.0.1:1/x", post[1], **more)

        assert made.alarms_somebody
        assert tell_by(made)(Message("Judul", "Isi"))
        assert heard == [("Judul", "Isi")]
        assert post[0].letters == []

    def test_a_database_that_does_not_answer_is_away(self, tmp_path: Path) -> None:
        look = look_at(settings(tmp_path, "postgresql://nobody@127.0.0.1:1/x", 1))()

        assert look.away

    def test_an_embedded_database_that_does_not_run_is_away_and_not_started(
        self, tmp_path: Path
    ) -> None:
        made = Settings.from_environment({"SATUPINTU_DATA_DIR": str(tmp_path / "var")})

        assert "no server runs" in (look_at(made)().away or "")

    def test_the_last_sweep_is_read(self, fresh_database: Urls, tmp_path: Path) -> None:
        made = settings(tmp_path, fresh_database.app, 1)
        assert look_at(made)().silent is None  # no office yet
        app = connect(fresh_database.app, pool_size=2)
        owner = connect(fresh_database.owner, role=OWNER_ROLE, pool_size=1)
        runtime = make_runtime(app, tmp_path)
        make_house(runtime, owner)
        beat(runtime, SWEEP)

        found = look_at(made)()
        app.dispose()
        owner.dispose()

        assert (found.away, found.silent is not None) == (None, True)
        assert (found.silent or timedelta(0)) < timedelta(minutes=1)

    def test_nobody_watches_where_nobody_is_to_be_told(self, tmp_path: Path) -> None:
        made = settings(tmp_path, "postgresql://x@127.0.0.1:1/x", 1, SATUPINTU_ALARM_EMAILS="")

        assert keep_watch(made, threading.Event()) is None

    def test_the_parent_of_serve_watches_in_a_thread_that_ends_with_it(
        self, tmp_path: Path
    ) -> None:
        stop = threading.Event()
        thread = keep_watch(settings(tmp_path, "postgresql://x@127.0.0.1:1/x", 1), stop)
        assert thread is not None
        assert thread.is_alive()
        stop.set()
        thread.join(10)

        assert not thread.is_alive()


class TestTheCommand:
    @pytest.fixture
    def run(
        self, post: tuple[Kept, int], fresh_database: Urls, tmp_path: Path
    ) -> Callable[..., Any]:
        def invoke(**more: str) -> Any:
            environment = {
                "DATABASE_URL": fresh_database.app,
                "SATUPINTU_DATA_DIR": str(tmp_path),
                "SATUPINTU_SECRET_KEY": "k" * 40,
                "SATUPINTU_NIK_ENCRYPTION_KEY": KEY,
                "SATUPINTU_NIK_HASH_KEY": KEY,
                "SATUPINTU_SMTP_URL": f"smtp://127.0.0.1:{post[1]}",
                "SATUPINTU_ALARM_EMAILS": "satu@contoh.example",
                **more,
            }
            return CliRunner().invoke(alerts, ["watch", "--once"], env=environment)

        return invoke

    def office(self, urls: Urls, folder: Path, minutes: int) -> None:
        """Make an office whose last sweep went through so many minutes ago."""
        app = connect(urls.app, pool_size=2)
        owner = connect(urls.owner, role=OWNER_ROLE, pool_size=1)
        runtime = make_runtime(app, folder)
        make_house(runtime, owner)
        beat(runtime, SWEEP)
        with owner.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE heartbeat SET at = at - make_interval(mins => %s)", (minutes,)
            )
        app.dispose()
        owner.dispose()

    def test_ends_with_0_while_the_sweep_works(
        self, run: Callable[..., Any], fresh_database: Urls, tmp_path: Path, post: Any
    ) -> None:
        self.office(fresh_database, tmp_path, 0)
        done = run()

        assert done.exit_code == 0, done.output
        assert post[0].letters == []

    def test_ends_with_1_while_it_is_silent_and_tells_once(
        self, run: Callable[..., Any], fresh_database: Urls, tmp_path: Path, post: Any
    ) -> None:
        self.office(fresh_database, tmp_path, 7)

        assert [run().exit_code for _ in range(3)] == [1, 1, 1]
        assert len(post[0].letters) == 1

    def test_ends_with_2_where_nobody_could_be_told(
        self, run: Callable[..., Any], fresh_database: Urls, tmp_path: Path
    ) -> None:
        self.office(fresh_database, tmp_path, 7)

        assert run(SATUPINTU_SMTP_URL=f"smtp://127.0.0.1:{free_port()}").exit_code == 2

    def test_says_what_to_set_where_nobody_is_named(self, run: Callable[..., Any]) -> None:
        done = run(SATUPINTU_ALARM_EMAILS="")

        assert done.exit_code == 2
        assert "SATUPINTU_ALARM_EMAILS" in done.output
